#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What scikit-learn's roc_curve takes on the scores of bench/perf/roc: float32 scores,
then a byte a score that says mated. Prints seconds (the median of five, all points and
those it keeps by default), points, and the sum of the points' false and true matches."""
import sys
import time

import numpy as np
import sklearn
from sklearn.metrics import roc_curve

raw = np.fromfile(sys.argv[1], dtype=np.uint8)
n = len(raw) // 5
score, mated = raw[:4 * n].view(np.float32), raw[4 * n:].astype(bool)


def median(**how):
    times = []
    for _ in range(5):
        start = time.perf_counter()
        out = roc_curve(mated, score, **how)
        times.append(time.perf_counter() - start)
    return sorted(times)[2], out


full, (fpr, tpr, thresholds) = median(drop_intermediate=False)
default, _ = median()
hits, misses = mated.sum(), (~mated).sum()
print("%.6f %.6f %d %.0f %.0f %s" % (
    full, default, len(thresholds) - 1, np.sum(np.round(fpr * misses)),
    np.sum(np.round(tpr * hits)), sklearn.__version__))
