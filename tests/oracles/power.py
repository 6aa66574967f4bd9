#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes tests/data/power-oracle.csv: error correlations by SciPy's bivariate normal,
design effects by adding up every pair of comparisons of a small cohort, and the power of
statsmodels' Newcombe interval by enumeration.

    tests/oracles/power.py > tests/data/power-oracle.csv

correlation,p,r,value
dyads,p,person,image,pair,subjects,images,design effect
power,p1,p2,n,value
"""
import itertools

import numpy as np
import scipy
import statsmodels
import statsmodels.stats.proportion as sm
from scipy.stats import binom, multivariate_normal, norm

print("# Made by tests/oracles/power.py: SciPy %s, statsmodels %s."
      % (scipy.__version__, statsmodels.__version__))


def correlation(p, r):
    t = norm.ppf(p)  # P(X < t, Y < t) is P(X > -t, Y > -t)
    both = multivariate_normal([0, 0], [[1, r], [r, 1]]).cdf([t, t])
    return (both - p * p) / (p * (1 - p))


for p in 1e-4, 1e-3, .02, .3:
    for r in .05, .2, .55, .8:
        print("correlation,%g,%g,%.10g" % (p, r, correlation(p, r)))


def design_effect(p, person, image, pair, people, images):
    if images == 1:
        pair = 0
    trials = [(i, j, k, l) for i in range(people) for j in range(i + 1, people)
              for k in range(images) for l in range(images)]
    known = {}
    total = 0
    for a, b in itertools.product(trials, trials):
        shared_people = len({a[0], a[1]} & {b[0], b[1]})
        shared_images = len({(a[0], a[2]), (a[1], a[3])} & {(b[0], b[2]), (b[1], b[3])})
        if a == b:
            total += 1
            continue
        r = shared_people * person / 2 + shared_images * image / 2
        r += pair if shared_people == 2 else 0
        if r > 0:
            r = round(r, 12)
            known.setdefault(r, correlation(p, r))
            total += known[r]
    return total / len(trials)


for p in .01, .1:
    for person, image, pair in (.1, .1, .4), (.3, .1, .3), (0, .1, .45):
        for people, images in (5, 1), (6, 2), (4, 3):
            print("dyads,%g,%g,%g,%g,%d,%d,%.10g"
                  % (p, person, image, pair, people, images,
                     design_effect(p, person, image, pair, people, images)))

for p1, p2, n in (.05, .1, 300), (.1, .3, 60), (.01, .05, 150), (.4, .5, 400):
    x1, x2 = np.meshgrid(np.arange(n + 1), np.arange(n + 1), indexing="ij")
    near = (binom.pmf(x1, n, p1) * binom.pmf(x2, n, p2)) > 1e-12
    power = 0
    for a, b in zip(x1[near], x2[near]):
        lo = sm.confint_proportions_2indep(b, n, a, n, method="newcomb", compare="diff")[0]
        if lo > 0:
            power += binom.pmf(a, n, p1) * binom.pmf(b, n, p2)
    print("power,%g,%g,%d,%.8g" % (p1, p2, n, power))
