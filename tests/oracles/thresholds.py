#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Holds what `misid thresholds` says of a scored folder to a count over every pair in
NumPy, and one interval a group to the textbook formula over every pair of people.

    tests/oracles/thresholds.py FOLDER curves.csv AXIS [ROW,...]

ROW,... are rows of the roster (from 0) whose templates cannot be compared.
Prints a line a fault, then "N rows held"."""
import csv
import json
import sys
from collections import Counter

import numpy as np
from scipy import stats

folder, curves, axis = sys.argv[1:4]
roster = list(csv.DictReader(open(folder + "/roster.csv")))
about = json.load(open(folder + "/scores.json"))
distance = about["similarity"] in ("euclidean", "chi-square")
floor = about["exceedances"]["floor"]
cells = {(r["group_a"], r["group_b"], r["kind"]): int(r["comparisons"])
         for r in csv.DictReader(open(folder + "/cells.csv"))}


def encoded(value):
    return value.replace("%", "%25").replace(";", "%3B").replace("=", "%3D")


group = np.array([axis + "=" + encoded(r[axis]) if r[axis] else "" for r in roster])
people, person = np.unique([r["subject"] for r in roster], return_inverse=True)
sign = -1 if distance else 1
wrong = held = 0


def fault(what, *values):
    global wrong
    wrong += 1
    print("not held:", what, *values)


def load(name):
    a = np.load(folder + "/" + name)
    return a["a"], a["b"], sign * a["score"]


lists = {"fmr": load("exceedances.npy"), "fnmr": load("mated.npy")}


def total(kind, g, h):
    want = "non-mated" if kind == "fmr" else "mated"
    return sum(n for (a, b, k), n in cells.items()
               if k == want and (g == "all" or {a, b} == {g, h or g}))


def scores(kind, g, h):
    a, b, s = lists[kind]
    if g == "all":
        return a, b, s
    h = h or g
    keep = ((group[a] == g) & (group[b] == h)) | ((group[a] == h) & (group[b] == g))
    return a[keep], b[keep], s[keep]


def wilson_t(g, threshold, images):
    a, b, s = scores("fmr", g, "")
    x = Counter()
    for i, j in zip(person[a[s >= threshold]], person[b[s >= threshold]]):
        x[min(i, j), max(i, j)] += 1
    who = [p for p in range(len(people)) if images[p]]
    n = images[who].astype(float)
    m = np.triu(np.outer(n, n), 1)
    hits = np.zeros_like(m)
    at = {p: k for k, p in enumerate(who)}
    for (i, j), c in x.items():
        k, l = sorted((at[i], at[j]))
        hits[k, l] = c
    M, p = m.sum(), hits.sum() / m.sum()
    R = hits - p * m
    S = R.sum(0) + R.sum(1)
    ms = m.sum(0) + m.sum(1)
    S = S / (1 - ms / M)
    r2 = (R ** 2).sum()
    var = max((S ** 2).sum() - r2, r2, p * (1 - p) * M) / M ** 2
    nu = max(2, (S ** 2).sum() ** 2 / (S ** 4).sum())
    N, t = p * (1 - p) / var, stats.t.ppf(.975, nu)
    mid = (p + t * t / 2 / N) / (1 + t * t / N)
    half = t * np.sqrt(p * (1 - p) / N + t * t / 4 / N ** 2) / (1 + t * t / N)
    return mid - half, mid + half, len(x)


failed = {int(i) for i, r in enumerate(roster) if r["status"] not in ("", "ok")}
failed |= {int(i) for i in sys.argv[4].split(",")} if len(sys.argv) > 4 else set()
for row in csv.DictReader(open(curves)):
    kind, g, h, point = row["metric"], row["group"], row["versus"], row["point"]
    if kind not in lists or row["threshold"] == "":
        continue
    threshold = sign * float(row["threshold"])
    s = scores(kind, g, h)[2].astype(float)
    n = total(kind, g, h)
    x = int(np.sum(s >= threshold) if kind == "fmr" else np.sum(s < threshold))
    if kind == "fmr" and threshold < sign * float(floor):
        continue
    held += 1
    if (x, n) != (int(row["x"]), int(row["n"])):
        fault(kind, g, h, point, (x, n), (row["x"], row["n"]))
    own = point.startswith("own ") or (point and g == "all")
    if kind == "fmr" and own and not row["note"]:
        target = float(point.split("=")[1])
        steps = np.unique(s)
        fit = [t for t in steps if np.sum(s >= t) / n <= target]
        if not fit or min(fit) != threshold:
            fault("threshold", g, point, threshold, fit[:1])
    if kind == "fmr" and own and g != "all" and row["lo"]:
        images = np.zeros(len(people), int)
        for i, who in enumerate(person):
            images[who] += group[i] == g and i not in failed
        lo, hi, dyads = wilson_t(g, threshold, images)
        if dyads >= 10:
            held += 1
            if not np.allclose([lo, hi], [float(row["lo"]), float(row["hi"])], rtol=1e-9):
                fault("interval", g, point, (lo, hi), (row["lo"], row["hi"]))
print("%d rows held" % held if not wrong else "%d wrong" % wrong)
sys.exit(wrong > 0)
