import csv
want, got = {}, {}
for r in csv.DictReader(open('id/identification.csv')):
    if r['kind'] == 'mated' and r['rank'] in ('1', '5'):
        n = int(r['searches']) + int(r['lost'])
        want[r['group'], 'rank=' + r['rank']] = (n - int(r['hits']), n)
for f in csv.DictReader(open('id/findings.csv')):
    if f['metric'] == 'rank_miss' and f['group'] != 'all':
        got[f['group'], f['point']] = (int(f['x']), int(f['n']))
        assert f['lo'] and f['hi'] and f['clusters'] and f['method'] == 'wilson-t', f
print(want == got and len(got) == 4 and max(x for x, n in got.values()) > 0, want, got)
