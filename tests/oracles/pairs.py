#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes tests/data/pairs-oracle.csv: two rates of the same faces, paired at worst,
for test_pairs to hold misid to.

    tests/oracles/pairs.py > tests/data/pairs-oracle.csv

misid takes the pairing with the fewest faces wrong both times. Here every pairing
the counts allow is tried, by Newcombe's method 10 in full (Statistics in Medicine
17:2635, 1998, with its continuity correction of a positive phi; Wilson limits by
statsmodels) and McNemar's exact test (SciPy's binomial test), and the lowest lower
limit, the highest upper limit and the largest p are written.

Columns: x1,n1,x2,n2,confidence,lo,hi,p. The table of the pairs has the smaller n,
or the larger x where that is more.
"""
import random
from math import sqrt

from scipy.stats import binomtest
from statsmodels.stats.proportion import proportion_confint

rng = random.Random(20190126)


def method_10(a, b, c, d, one, other):
    """Limits of p1 - p2; `one` and `other` are (p, lower, upper)."""
    margins = (a + b) * (c + d) * (a + c) * (b + d)
    product = a * d - b * c
    if product > 0:
        product = max(product - (a + b + c + d) / 2, 0)
    phi = product / sqrt(margins) if margins else 0.
    (p1, l1, u1), (p2, l2, u2) = one, other
    d1, u1, d2, u2 = p1 - l1, u1 - p1, p2 - l2, u2 - p2
    return (max(-1., p1 - p2 - sqrt(d1 * d1 - 2 * phi * d1 * u2 + u2 * u2)),
            min(1., p1 - p2 + sqrt(u1 * u1 - 2 * phi * u1 * d2 + d2 * d2)))


def worst(x1, n1, x2, n2, confidence):
    one, other = ((x / n, *proportion_confint(x, n, 1 - confidence, "wilson"))
                  for x, n in ((x1, n1), (x2, n2)))
    n = max(min(n1, n2), x1, x2)
    limits, p = [], 0.
    for a in range(max(0, x1 + x2 - n), min(x1, x2) + 1):
        b, c = x1 - a, x2 - a
        limits.append(method_10(a, b, c, n - a - b - c, one, other))
        p = max(p, binomtest(b, b + c, .5).pvalue if b + c else 1.)
    return min(lo for lo, _ in limits), max(hi for _, hi in limits), p


def main():
    cases = [(94, 271, 46, 271), (55, 265, 4, 263), (89, 258, 11, 271), (0, 385, 0, 386),
             (2, 295, 4, 317), (85, 271, 46, 271), (110, 1270, 56, 1269), (5, 5, 5, 5),
             (5, 5, 0, 5), (0, 1, 1, 1), (1, 1, 0, 1), (1, 1, 1, 1), (7, 9, 8, 30)]
    for _ in range(160):
        n1 = rng.choice((1, 2, 5, 10, 30, 100, 300, 1200)) + rng.randint(0, 9)
        n2 = max(1, n1 + rng.randint(-3, 3))
        cases.append((rng.randint(0, n1) if rng.random() < .5 else rng.randint(0, min(n1, 9)),
                      n1, rng.randint(0, n2), n2))
    print("x1,n1,x2,n2,confidence,lo,hi,p")
    for case in cases:
        confidence = rng.choice((.95, .95, .9, .99, 1 - .05 / 9))
        print(*case, *("%.14g" % v for v in (confidence, *worst(*case, confidence))), sep=",")


if __name__ == "__main__":
    main()
