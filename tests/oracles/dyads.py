#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes tests/data/dyads-oracle.csv: intervals of random cells whose comparisons share
people, from the matrix of all pairs with NumPy and SciPy, for test_oracle to hold
misid to.

    tests/oracles/dyads.py > tests/data/dyads-oracle.csv

Columns: what (within, across, people), method, images (or trials) of each person in the
first role, in the second (people: errors), erring pairs as s-t:x (from 0), confidence,
lo, hi, variance, df. A df that is infinite is empty.
"""
import random

import numpy as np
from scipy import special, stats

rng = random.Random(1307)


def wilson(p, n, z):
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return middle - half, middle + half


def student(c, df):
    """t with P(|T| <= t) = c. scipy.stats.t.isf of SciPy 1.10 errs in the ninth
    digit where df is about 2.5; the incomplete beta function it stands on does not."""
    y = special.betaincinv(.5, df / 2, c)
    return np.sqrt(df * y / (1 - y))


def row(what, method, a, b, pairs, c, lo, hi, var, df):
    print(",".join([what, method, " ".join(map(str, a)), " ".join(map(str, b)),
                    " ".join(pairs), repr(c), repr(float(lo)), repr(float(hi)),
                    repr(float(var)), "" if np.isinf(df) else repr(float(df))]))


def matrices(what, n):
    a = [rng.choice([0, 1, 1, 2, 3, 5]) for _ in range(n)]
    b = [0] * n
    if what == "across":
        cut = n // 3
        b = [0] * cut + [rng.choice([1, 2, 4]) for _ in range(n - cut)]
        a = [max(1, v) for v in a[:cut]] + [0] * (n - cut)
        m = np.outer(a, b) + np.outer(b, a)
    else:
        m = np.outer(a, a)
    m = m.astype(float)
    np.fill_diagonal(m, 0)
    x = np.zeros_like(m)
    chance = rng.choice([.02, .1, .3])
    for s in range(n):
        for t in range(s + 1, n):
            x[s, t] = x[t, s] = sum(rng.random() < chance for _ in range(int(m[s, t])))
    return a, b, m, x


def dyadic(what):
    a, b, m, x = matrices(what, rng.choice([6, 10, 25]))
    total, errors = m.sum() / 2, x.sum() / 2
    if errors == 0 or errors == total or m.sum(axis=1).max() >= total:
        return
    c = rng.choice([.95, .99, .9])
    p = errors / total
    r = x - p * m
    s = r.sum(axis=1)
    r2 = (r ** 2).sum() / 2
    pairs = ["%d-%d:%d" % (i, j, x[i, j]) for i in range(len(a))
             for j in range(i + 1, len(a)) if x[i, j]]
    corrected = s / (1 - m.sum(axis=1) / total)
    var = max((corrected ** 2).sum() - r2, r2, p * (1 - p) * total) / total ** 2
    df = max(2, (corrected ** 2).sum() ** 2 / (corrected ** 4).sum())
    lo, hi = wilson(p, p * (1 - p) / var, student(c, df))
    row(what, "wilson-t", a, b, pairs, c, lo, hi, var, df)
    var = (r2 + max(0, (s ** 2).sum() - 2 * r2)) / total ** 2
    lo, hi = wilson(p, p * (1 - p) / var, stats.norm.isf((1 - c) / 2))
    if errors == 1:
        lo = -np.log(c) / total
    row(what, "wilson-neff", a, b, pairs, c, lo, hi, var, np.inf)


def people():
    n = rng.choice([5, 15, 60])
    m = np.array([rng.choice([1, 2, 3, 8]) for _ in range(n)], float)
    if rng.random() < .3:
        m[0] = m.sum() / 3 // 1
    chance = [rng.betavariate(.5, 2) for _ in range(n)]
    x = np.array([sum(rng.random() < chance[i] for _ in range(int(m[i])))
                  for i in range(n)], float)
    total, errors = m.sum(), x.sum()
    if errors == 0 or errors == total or m.max() <= 1:
        return
    c, p = rng.choice([.95, .99]), errors / total
    s = x - p * m
    if m.max() > total / 10:
        corrected = s / (1 - m / total)
        var = max((corrected ** 2).sum(), p * (1 - p) * total) / total ** 2
        df = max(2, (corrected ** 2).sum() ** 2 / (corrected ** 4).sum())
    else:
        t = (s ** 2 - x * (1 - p) ** 2 - (m - x) * p ** 2) / (1 - m / total) ** 2
        v = total * p * (1 - p) + max(0, t.sum())
        var, df = v / total ** 2, max(2, v ** 2 / (t ** 2).sum())
    lo, hi = wilson(p, p * (1 - p) / var, student(c, df))
    row("people", "wilson-t", m.astype(int), x.astype(int), [], c, lo, hi, var, df)


print("# made by tests/oracles/dyads.py with NumPy %s" % np.__version__)
print("what,method,first,second,pairs,confidence,lo,hi,variance,df")
for _ in range(60):
    dyadic("within")
    dyadic("across")
    people()
