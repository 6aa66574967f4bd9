#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The peer of bench/perf/bootstrap: what one writes with NumPy.

    bootstrap-peer.py FILE PEOPLE IMAGES

FILE has a line `s t x` an erring dyad. The vertex bootstrap weighs the erring dyads,
with the totals in closed form (already better than a matrix of all pairs); its time is
for 2000 replicates, measured on as many as take a few seconds. The effective n is
computed from the matrix of all pairs. Prints: seconds seconds n_eff replicates.
"""
import sys
import time

import numpy as np

path, people, images = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
s, t, x = np.loadtxt(path, dtype=np.int64).T
rng = np.random.default_rng(1)

start = time.perf_counter()
done = 0
rates = []
while time.perf_counter() - start < 4 and done < 2000:
    w = np.bincount(rng.integers(0, people, people), minlength=people)
    total = ((w * images).sum() ** 2 - ((w * images) ** 2).sum()) / 2
    rates.append((w[s] * w[t] * x).sum() / total)
    done += 1
vertex = (time.perf_counter() - start) / done * 2000
np.percentile(rates, [2.5, 97.5])

start = time.perf_counter()
m = np.full((people, people), float(images * images))
np.fill_diagonal(m, 0)
errors = np.zeros((people, people))
errors[s, t] = x
errors[t, s] = x
total = m.sum() / 2
p = errors.sum() / 2 / total
r = errors - p * m
s2 = (r.sum(axis=1) ** 2).sum()
r2 = (r ** 2).sum() / 2
var = (r2 + max(0, s2 - 2 * r2)) / total ** 2
n_eff = p * (1 - p) / var
neff = time.perf_counter() - start
print("%.6f %.6f %.12g %d" % (vertex, neff, n_eff, done))
