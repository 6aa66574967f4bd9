#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""NumPy's side of bench/perf/core:

    core-peers.py FILE PROBES GALLERY DIM THREADS

FILE holds probes, then gallery, as they are compared. Prints "ready", then for every
line that it reads the seconds that the product of all pairs and its histogram take.
"""
import os
import sys
import time

file, probes, gallery, dim, threads = sys.argv[1], *map(int, sys.argv[2:6])
for name in "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS":
    os.environ[name] = str(threads)

import numpy as np  # noqa: E402, once it is known how many threads there shall be

rows = np.fromfile(file, dtype=np.float32).reshape(probes + gallery, dim)
a, b = rows[:probes], rows[probes:].T
bins = 65536
step = 256  # of 64 to 8192, nearly the fastest


def histogram():
    counts = np.zeros(bins, dtype=np.int64)
    scores = np.empty((step, gallery), dtype=np.float32)
    for i in range(0, probes, step):
        part = scores[: min(step, probes - i)]
        np.matmul(a[i : i + step], b, out=part)
        part *= bins / 2
        part += bins / 2
        # Of NumPy's ways the fastest; np.histogram() takes three times as long.
        counts += np.bincount(part.ravel().astype(np.intp), minlength=bins)[:bins]
    return counts


print("ready", flush=True)
for _ in sys.stdin:
    begun = time.perf_counter()
    counted = histogram().sum()
    seconds = time.perf_counter() - begun
    print(seconds if counted >= 0.9999 * probes * gallery else "nan", flush=True)
