#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes tests/data/labels-oracle.csv: tipping points by trying every number of wrong
labels with statsmodels' Newcombe interval, and corrected rates by NumPy's matrix
inverse with numerical derivatives.

    tests/oracles/labels.py > tests/data/labels-oracle.csv

tipping,PART,x1,n1,x2,n2,gone,unsure
correct,x1,n1,x2,n2,e1,e2,o1,o2,rate1,lo,hi,rate2,lo,hi,difference,lo,hi,ratio,lo,hi
"""
import random

import numpy as np
import statsmodels
import statsmodels.stats.proportion as sm

rng = random.Random(1954)
print("# Made by tests/oracles/labels.py: NumPy %s, statsmodels %s."
      % (np.__version__, statsmodels.__version__))


def moved(part, k, x1, n1, x2, n2):
    if part == 1:
        return x1 - k, n1, x2, n2
    return x1 - k, n1 - k, x2 + (k if part == 0 else 0), n2 + k


def lower(x1, n1, x2, n2):
    return sm.confint_proportions_2indep(x1, n1, x2, n2, method="newcomb",
                                         compare="diff", alpha=.05)[0]


def tipping(part, counts):
    gone = unsure = None
    for k in range(counts[0] + 1):
        x1, n1, x2, n2 = moved(part, k, *counts)
        none = n1 == 0 or x1 * n2 <= x2 * n1
        if unsure is None and (none or lower(x1, n1, x2, n2) <= 0):
            unsure = k
        if none:
            return k, unsure
    raise AssertionError


def truth(v, e, o):
    def matrix(w):
        return np.array([[1 - w[0], w[1]], [w[0], 1 - w[1]]])
    x = np.linalg.solve(matrix(e), v[:2])
    y = np.linalg.solve(matrix(o), v[2:])
    return x, y


def correct(counts, e, o):
    x1, n1, x2, n2 = counts
    v = np.array([x1, x2, n1 - x1, n2 - x2], float)
    x, y = truth(v, e, o)
    if min(*x, *y) <= .5:
        return None
    out = []
    for g in 0, 1:
        def logit(u, g=g):
            a, b = truth(u, e, o)
            return np.log(a[g] / b[g])
        variance = 0
        for i in range(4):
            h = 1e-6 * max(v[i], 1)
            up, down = v.copy(), v.copy()
            up[i] += h
            down[i] -= h
            variance += v[i] * ((logit(up) - logit(down)) / 2 / h) ** 2
        reach = 1.959963984540054 * variance ** .5
        out.append([1 / (1 + np.exp(-logit(v) + s * reach)) for s in (0, 1, -1)])
    (p, l, u), (q, m, w) = out
    d = p - q
    r = p / q
    return out[0] + out[1] + [
        d, d - np.hypot(p - l, w - q), d + np.hypot(u - p, q - m),
        r, r * np.exp(-np.hypot(np.log(p / l), np.log(w / q))),
        r * np.exp(np.hypot(np.log(u / p), np.log(q / m)))]


done = 0
while done < 60:
    n1, n2 = int(10 ** rng.uniform(1, 3)), int(10 ** rng.uniform(1, 3.3))
    x1, x2 = rng.randint(1, n1), rng.randint(0, n2 // 3)
    if x1 * n2 > x2 * n1:
        part = done % 3
        print("tipping,%d,%d,%d,%d,%d,%d,%d" % ((part, x1, n1, x2, n2) +
                                                tipping(part, (x1, n1, x2, n2))))
        done += 1
while done < 120:
    n1, n2 = int(10 ** rng.uniform(2, 4)), int(10 ** rng.uniform(2, 4))
    counts = rng.randint(5, n1 // 2), n1, rng.randint(5, n2 // 2), n2
    e = [round(rng.uniform(0, .2), 3) for _ in "ab"]
    o = e if done % 2 else [round(rng.uniform(0, .2), 3) for _ in "ab"]
    values = correct(counts, e, o)
    if values:
        print("correct," + ",".join("%.12g" % v for v in [*counts, *e, *o, *values]))
        done += 1
