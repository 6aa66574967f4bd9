import csv
found = {(f['group'], f['versus']): f for f in csv.DictReader(open('solo-run/findings.csv'))
         if f['metric'] == 'fmr' and f['point'] == 'fmr=0.01' and f['method'] == 'wilson-t'}
at = [c for c in csv.DictReader(open('solo-run/curves.csv'))
      if c['metric'] == 'fmr' and c['point'] == 'fmr=0.01' and 'origin=z' in (c['group'], c['versus'])]
ok = at and all(c['lo'] and (c['x'], c['n'], c['clusters'], c['lo'], c['hi']) ==
                tuple(found[c['group'], c['versus']][k] for k in ('x', 'n', 'clusters', 'lo', 'hi'))
                for c in at)
print(len(at), ok)
