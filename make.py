import numpy as np
rng = np.random.default_rng(7)
rows, t = [], []
for s in range(60):
    g = 'female' if s % 2 else 'male'
    e = 'abc'[s % 3]
    c = rng.normal(size=24) + (1.5 if g == 'female' else 0) * np.eye(24)[0]
    for k in range(1 + s % 4):
        t.append(c + 0.8 * rng.normal(size=24))
        rows.append((f's{s}_{k}', f'p{s}', g, e))
t = np.array(t, dtype=np.float32)
t[5] = np.nan
np.save('t.npy', t)
open('r.csv', 'w').write('sample,subject,gender,origin\n' +
                         ''.join(','.join(r) + '\n' for r in rows))
