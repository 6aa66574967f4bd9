#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes tests/data/logit-oracle.csv: logistic regressions of random clustered tables by
statsmodels, for test_logit to hold misid to. A case is its rows, then what came out.

    tests/oracles/logit.py > tests/data/logit-oracle.csv

data,CASE,y,cluster,x1,x2,...       a row
fit,CASE,column,beta,robust error,model error
loglik,CASE,value                   wald,CASE,first column,last column,F,p
tests/oracles/logit.R adds rows by base R, which has no such sandwich: written out there.
"""
import sys

import numpy as np
import scipy.stats
import statsmodels
import statsmodels.api as sm

rng = np.random.default_rng(1980)
print("# Made by tests/oracles/logit.py: statsmodels %s." % statsmodels.__version__)
for case, (people, most, k) in enumerate([(40, 1, 2), (60, 4, 3), (25, 8, 4), (80, 3, 5),
                                          (12, 12, 3), (150, 2, 6)]):
    images = rng.integers(1, most + 1, people)
    who = np.repeat(np.arange(people), images)
    n = len(who)
    x = np.ones((n, k))
    for j in range(1, k):
        level = rng.integers(0, 2, people) if j % 2 else rng.normal(size=people)
        x[:, j] = level[who] + (0 if j % 2 else np.round(rng.normal(size=n), 3))
    x = np.round(x, 3)
    eta = x @ rng.normal(0, .7, k) + rng.normal(0, .8, people)[who] - .5
    y = (rng.random(n) < 1 / (1 + np.exp(-eta))).astype(int)
    for i in range(n):
        print("data,%d,%d,%d,%s" % (case, y[i], who[i],
                                    ",".join("%g" % v for v in x[i, 1:])))
    plain = sm.Logit(y, x).fit(disp=0, method="newton", tol=1e-14, maxiter=100)
    robust = sm.Logit(y, x).fit(disp=0, method="newton", tol=1e-14, maxiter=100,
                                cov_type="cluster", cov_kwds={"groups": who})
    for j in range(k):
        print("fit,%d,%d,%.14g,%.14g,%.14g" % (case, j, robust.params[j], robust.bse[j],
                                               plain.bse[j]))
    print("loglik,%d,%.14g" % (case, plain.llf))
    b, v = robust.params[1:], robust.cov_params()[1:, 1:]
    f = b @ np.linalg.solve(v, b) / (k - 1)
    print("wald,%d,1,%d,%.14g,%.14g" % (case, k - 1, f,
                                        scipy.stats.f.sf(f, k - 1, people - 1)))
sys.stdout.flush()
