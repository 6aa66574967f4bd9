import csv
cells = {}
for r in csv.DictReader(open('same/cells.csv')):
    if r['kind'] == 'non-mated' and r['threshold'] == '0.45':
        cells[r['group_a'], r['group_b']] = (int(r['matches']), int(r['comparisons']))
bad = seen = 0
for f in csv.DictReader(open('same-run/findings.csv')):
    if f['metric'] != 'fmr' or f['versus']:
        continue
    if f['point'] == 'fmr=0.01' and f['group'] == 'all':
        bad += float(f['estimate']) > .01
        seen += 1
    if f['point'] != 'threshold=0.45':
        continue
    inside = set() if f['group'] == 'all' else set(f['group'].split(';'))
    here = [v for k, v in cells.items() if all(inside <= set(g.split(';')) for g in k)]
    bad += (int(f['x']), int(f['n'])) != tuple(map(sum, zip(*here)))
    seen += 1
print('seen', seen, 'bad', bad)
