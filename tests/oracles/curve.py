#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes tests/data/curve-oracle.csv: ROC points by scikit-learn's roc_curve, the equal
error rate as the crossing of their lines by SciPy, and thresholds for target FMRs by
trying every score.

    tests/oracles/curve.py > tests/data/curve-oracle.csv

score,CASE,mated,score              target,CASE,fmr,threshold,false matches,misses
eer,CASE,value                      roc,CASE,threshold,false matches,matches
"""
import numpy as np
import sklearn
from scipy.interpolate import interp1d
from scipy.optimize import brentq
from sklearn.metrics import roc_curve

rng = np.random.default_rng(19795)
print("# Made by tests/oracles/curve.py: scikit-learn %s." % sklearn.__version__)
for case, (mated, other, digits) in enumerate([(40, 400, 2), (150, 300, 6), (30, 200, 1),
                                               (100, 250, 3)]):
    good = np.round(rng.normal(1.2, 1, mated), digits).astype(np.float32)
    bad = np.round(rng.normal(-.5, 1, other), digits).astype(np.float32)
    score = np.concatenate([good, bad])
    label = np.concatenate([np.ones(mated, int), np.zeros(other, int)])
    for s, m in zip(score, label):
        print("score,%d,%d,%.9g" % (case, m, s))
    fpr, tpr, thresholds = roc_curve(label, score, drop_intermediate=False)
    print("eer,%d,%.14g" % (case, brentq(lambda x: 1 - x - interp1d(fpr, tpr)(x), 0, 1)))
    for f, t, th in list(zip(fpr, tpr, thresholds))[1:]:
        print("roc,%d,%.9g,%d,%d" % (case, th, round(f * other), round(t * mated)))
    for target in 0, .001, .004, .01, .0333, .1, .3, .9:
        fit = [s for s in np.unique(bad) if np.mean(bad >= s) <= target]
        threshold = min(fit) if fit else np.nextafter(bad.max(), np.float32(np.inf))
        print("target,%d,%g,%.9g,%d,%d" % (case, target, threshold,
                                           np.sum(bad >= threshold),
                                           np.sum(good < threshold)))
