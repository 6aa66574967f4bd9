import csv, numpy as np
from math import sqrt
rows = list(csv.DictReader(open('r.csv')))
t = np.load('t.npy').astype(np.float64)
ok = np.isfinite(t).all(axis=1)
t[~ok] = 1
t /= np.linalg.norm(t, axis=1, keepdims=True)
s = t @ t.T
n = len(rows)
person = np.array([r['subject'] for r in rows])
people = sorted(set(person))
def inside(name):
    want = dict(x.split('=') for x in name.split(';')) if name != 'all' else {}
    return np.array([all(r[k] == v for k, v in want.items()) for r in rows])
i, j = np.triu_indices(n, 1)
mated = person[i] == person[j]
done = ok[i] & ok[j]
faults, seen = [], 0
def expect(what, got, want, tolerance=0):
    if abs(float(got) - want) > tolerance * abs(want):
        faults.append(f'{what}: {got}, expected {want}')
for f in csv.DictReader(open('sc/findings.csv')):
    metric, where = f['metric'], f"{f['metric']} {f['group']} {f['versus']} {f['point']}"
    if f['method'] == 'vertex-bootstrap' or '.' in metric or metric in ('eer', 'fdr', 'ir', 'garbe'):
        continue
    g = inside(f['group'])
    h = inside(f['versus']) if f['versus'] else g
    pair = (g[i] & h[j]) | (h[i] & g[j])
    if metric == 'no_template':
        expect(where, f['x'], (g & ~ok).sum()); expect(where, f['n'], g.sum())
        seen += 1
        continue
    match = s[i, j] >= float(f['threshold'])
    if f['point'].startswith('fmr='):   # the threshold is an observed score: within rounding
        match = s[i, j] >= float(f['threshold']) - 1e-6
    if metric == 'fmr':
        in_it = pair & ~mated & done; hit = match
    elif metric == 'gfar':
        in_it = pair & ~mated; hit = match & done
    elif metric == 'fnmr':
        in_it = pair & mated & done; hit = ~match
    else:
        in_it = pair & mated; hit = ~match | ~done
    expect(where + ' x', f['x'], (in_it & hit).sum()); expect(where + ' n', f['n'], in_it.sum())
    seen += 1
    if metric not in ('fmr', 'gfar') or (in_it & hit).sum() == 0:
        continue
    # degrees of freedom of Wilson-t from all pairs, by the formula
    M, x = in_it.sum(), (in_it & hit).sum()
    p = x / M
    S, m = dict.fromkeys(people, 0.0), dict.fromkeys(people, 0.0)
    R = {}
    for a, b, e in zip(person[i][in_it], person[j][in_it], hit[in_it]):
        k = (min(a, b), max(a, b))
        q = R.setdefault(k, [0, 0]); q[0] += 1; q[1] += e
    R2 = 0
    for (a, b), (c, e) in R.items():
        r = e - p * c
        R2 += r * r
        for z in (a, b):
            S[z] += r; m[z] += c
    W = np.array([S[z] / (1 - m[z] / M) for z in people if m[z]])
    expect(where + ' df', f['df'] or 'inf', max(2, (W**2).sum()**2 / (W**4).sum()), 1e-9)
    erring = sum(1 for c, e in R.values() if e)
    if erring >= 10:
        var = max((W**2).sum() - R2, R2, p * (1 - p) * M) / M**2
        expect(where + ' n_eff', f['n_eff'], p * (1 - p) / var, 1e-9)
    expect(where + ' clusters', f['clusters'], sum(1 for z in people if m[z]))
    seen += 1
for x in faults[:20]:
    print(x)
print('seen', seen, 'faults', len(faults))
