#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything that `misid score` writes, once more, in NumPy and by brute force.

    scores.py OUT --templates T.npy --roster R.csv [--probes P.npy --probe-roster PR.csv]
              [--trials L.csv]

What was asked for is read from OUT/scores.json. Scores are accumulated in single
precision in the order of k, each step one fused multiply-add: the product of two floats
is exact in double precision, the sum is formed there and rounded to odd, and rounding
that to a float gives what one rounding would have given (Boldo and Melquiond,
"Emulation of FMA and correctly rounded sums: proved algorithms using rounding to odd",
IEEE Trans. Computers 57, 2008). So every count must be equal, not nearly so.

Beside it all scores are formed in double precision: none may differ by more than
(dim + 2) 2^-23 times the sum of the absolute products, and every count must agree with
the plain double-precision count but for the pairs in that band around the threshold.
Prints what differs; exit status 1 if anything does.
"""
import argparse
import csv
import json
import os
import sys
from collections import Counter, defaultdict

import numpy as np

wrong = 0


def check(good, what):
    global wrong
    if not good:
        wrong += 1
        print("differs:", what)


def fma(a, b, s):
    """float32(a * b + s), rounded once."""
    p = a.astype(np.float64) * b.astype(np.float64)
    s = s.astype(np.float64)
    t = p + s
    v = t - p
    e = (p - (t - v)) + (s - v)
    bits = t.view(np.int64)
    step = np.where((e > 0) == (t > 0), 1, -1)
    odd = np.where((e != 0) & (bits & 1 == 0), bits + step, bits)
    return odd.view(np.float64).astype(np.float32)


def unit(x):
    x = x.astype(np.float64)
    s = np.zeros(len(x))
    for k in range(x.shape[1]):
        s = s + x[:, k] * x[:, k]
    with np.errstate(all="ignore"):
        return (x / np.sqrt(s)[:, None]).astype(np.float32)


def score_block(kind, a, b):
    """Scores of rows of a with rows of b, as misid means them; and in double
    precision, with the bound of the difference."""
    s = np.zeros((len(a), len(b)), np.float32)
    for k in range(a.shape[1]):
        x = np.broadcast_to(a[:, k, None], s.shape)
        y = np.broadcast_to(b[None, :, k], s.shape)
        if kind in ("cosine", "inner"):
            s = fma(x, y, s)
        else:
            d = x - y
            if kind == "euclidean":
                s = fma(d, d, s)
            else:
                t = x + y
                with np.errstate(all="ignore"):
                    s = fma(d, np.where(t > 0, d / t, np.float32(0)), s)
    if kind == "euclidean":
        s = np.sqrt(s)
    A, B = a.astype(np.float64), b.astype(np.float64)
    eps = (a.shape[1] + 2) * 2.0 ** -23
    if kind in ("cosine", "inner"):
        return s, A @ B.T, eps * (np.abs(A) @ np.abs(B).T) + 1e-37
    D = A[:, None, :] - B[None, :, :]
    if kind == "euclidean":
        d = np.sqrt((D * D).sum(2))
        return s, d, eps * d + 1e-19
    S = A[:, None, :] + B[None, :, :]
    d = np.divide(D * D, S, out=np.zeros_like(D), where=S > 0).sum(2)
    return s, d, 4 * eps * d + 1e-30


def percent(s):
    return "".join("%%%02X" % ord(c) if c in "%;=" or ord(c) < 32 or ord(c) == 127 else c
                   for c in s)


class Side:
    def __init__(self, templates, roster, kind, axes, same, may_lack):
        self.x = np.load(templates).astype(np.float32)
        if self.x.ndim == 1:
            self.x = self.x[:, None]
        with open(roster, newline="") as f:
            self.rows = list(csv.DictReader(f))
        n = len(self.rows)
        self.sample = [r.get("sample", str(i + 1)) for i, r in enumerate(self.rows)]
        self.name = [r["subject"] if "subject" in r else self.sample[i]
                     for i, r in enumerate(self.rows)]
        with np.errstate(all="ignore"):
            self.ok = np.isfinite(self.x).all(1)
            if kind == "cosine":
                self.ok &= (self.x != 0).any(1)
            if kind == "chi-square":
                self.ok &= (self.x >= 0).all(1)
        self.ok &= np.array([r.get("status", "ok") == "ok" for r in self.rows])
        here = [a for a in axes if not may_lack or a in self.rows[0]]
        self.group = []
        for r in self.rows:
            good = all(r[a] for a in here + same)
            self.group.append((";".join(percent(a) + "=" + percent(r[a]) for a in here) or "all")
                              if good else None)
        self.same = [tuple(r[a] for a in same) for r in self.rows]
        self.y = unit(self.x) if kind == "cosine" else self.x
        self.n = n


def people(sides):
    numbers, n = {}, 0
    for s in sides:
        s.person = []
        for name in s.name:
            if name and name in numbers:
                s.person.append(numbers[name])
                continue
            if name:
                numbers[name] = n
            s.person.append(n)
            n += 1
        s.person = np.array(s.person)
    return n


def main():
    p = argparse.ArgumentParser()
    p.add_argument("out")
    for name in ("templates", "roster", "probes", "probe-roster", "trials"):
        p.add_argument("--" + name)
    p.add_argument("--floor", type=float)
    o = p.parse_args()
    j = json.load(open(os.path.join(o.out, "scores.json")))
    kind, axes, same = j["similarity"], j["axes"], j["same"]
    distance = j["orientation"] == "distance"
    check(distance == (kind in ("euclidean", "chi-square")), "orientation")
    sign = -1.0 if distance else 1.0
    gallery = o.probes is not None
    thresholds = j["thresholds"]
    main_side = Side(o.templates, o.roster, kind, axes, same, gallery)
    a = Side(o.probes, o.probe_roster, kind, axes, same, False) if gallery else main_side
    b = main_side
    n_people = people([a, b] if gallery else [a])
    check(o.trials or n_people == j["people"], "people")
    groups = sorted({g for s in (a, b) for g in s.group if g is not None},
                    key=lambda g: g.encode())
    check(groups == [g["group"] for g in j["groups"]], "groups")
    number = {g: i for i, g in enumerate(groups)}
    for s, key in ((a, "probes"), (b, "gallery")) if gallery else ((a, "roster"),):
        for g in j["groups"] + [dict(j["without_group"], group=None)]:
            mine = [i for i in range(s.n) if s.group[i] == g["group"]]
            check(g[key] == {"samples": len(mine), "failed": int(sum(not s.ok[i] for i in mine))},
                  "samples of %s" % g["group"])
    cells = [(g, h, m) for i, g in enumerate(groups)
             for h in (groups if gallery else groups[i:]) for m in (True, False)]
    where = {c: i for i, c in enumerate(cells)}

    def cell_of(g, h, mated):
        if not gallery and number[g] > number[h]:
            g, h = h, g
        return where[g, h, mated]

    # every pair that is to be compared
    listed = None
    if o.trials:
        with open(o.trials, newline="") as f:
            listed = list(csv.DictReader(f))
        row = {s: i for i, s in enumerate(a.sample)}
        pairs = [(row[t["probe"]], row[t["reference"]]) for t in listed]
        if "mated" in listed[0] and len(set(a.name)) == a.n:
            up = list(range(a.n))

            def first(i):
                while up[i] != i:
                    i = up[i]
                return i
            for t, (x, y) in zip(listed, pairs):
                if t["mated"] == "yes":
                    x, y = sorted((first(x), first(y)))
                    up[y] = x
            a.name = [a.sample[first(i)] for i in range(a.n)]
            n_people = people([a])
        check(n_people == j["people"], "people of the list")
    else:
        pairs = None
    bins, low, high = (j["histogram"][k] for k in ("bins", "low", "high"))
    scale = bins / (high - low)

    def bin_of(v):
        v = np.asarray(v, np.float64) * scale
        v = np.ceil(v) - 1 - low * scale if distance else np.floor(v) - low * scale
        return np.clip(v, 0, bins - 1).astype(np.int64)

    T = len(thresholds)
    comparisons = np.zeros(len(cells), np.int64)
    lost = np.zeros(len(cells), np.int64)
    matches = np.zeros((len(cells), T), np.int64)
    plain = np.zeros((len(cells), T), np.int64)     # in double precision
    band = np.zeros((len(cells), T), np.int64)      # pairs near the threshold
    hist = np.zeros((len(cells), bins), np.uint64)
    margin = defaultdict(lambda: [0, 0] + [0] * T)
    dyads = [Counter() for _ in cells]
    mated, others = [], []
    searched = defaultdict(list)                    # probe → every candidate
    worst = 0.0
    ga = np.array([-1 if g is None else number[g] for g in a.group])
    gb = np.array([-1 if g is None else number[g] for g in b.group])
    table = np.full((len(groups) + 1, len(groups) + 1, 2), -1)
    for i, g in enumerate(groups):
        for k, h in enumerate(groups):
            for m in (0, 1):
                table[i, k, m] = cell_of(g, h, bool(m))
    classes = {c: i for i, c in enumerate({c for s in (a, b) for c in s.same})}
    sa = np.array([classes[c] for c in a.same])
    sb = np.array([classes[c] for c in b.same])

    def tally(I, J, S, D, E, kindred):
        """Pairs I, J with their scores."""
        nonlocal worst
        c = table[ga[I], gb[J], kindred.astype(int)]
        good = a.ok[I] & b.ok[J]
        inside = c >= 0
        np.add.at(lost, c[inside & ~good], 1)
        keep = inside & good
        with np.errstate(all="ignore"):
            check(not (good & (np.abs(S.astype(np.float64) - D) > E)).any(),
                  "a score from double precision")
            worst = max(worst, np.nanmax(np.where(good, np.abs(S - D) / E, 0), initial=0))
        np.add.at(comparisons, c[keep], 1)
        np.add.at(hist.reshape(-1), c[keep] * bins + bin_of(S[keep]), np.uint64(1))
        hits = np.zeros((len(I), T), bool)
        for t, v in enumerate(thresholds):
            hits[:, t] = good & (sign * S.astype(np.float64) >= sign * v)
            np.add.at(matches[:, t], c[keep & hits[:, t]], 1)
            np.add.at(plain[:, t], c[keep & (sign * D >= sign * v)], 1)
            np.add.at(band[:, t], c[keep & (np.abs(D - v) <= E)], 1)
        return c, good, keep, hits

    def rest(I, J, S, c, good, keep, hits, kindred):
        for x in range(len(I)):
            i, k = int(I[x]), int(J[x])
            pi, pk = int(a.person[i]), int(b.person[k])
            if good[x] and gallery and ga[i] >= 0:
                searched[i].append((-sign * float(S[x]), k))
            if c[x] < 0:
                continue
            for person in {pi, pk}:
                m = margin[person, int(c[x])]
                m[0 if good[x] else 1] += 1
                for t in range(T):
                    m[2 + t] += int(hits[x, t])
            if not good[x]:
                continue
            dyads[c[x]][min(pi, pk), max(pi, pk)] += 1
            pair = (i, k, float(S[x]))
            (mated if kindred[x] else others).append(pair)

    def compared(i, J):
        """Row i of a with rows J of b."""
        S, D, E = score_block(kind, a.y[i:i + 1], b.y[J])
        return S[0], D[0], E[0]

    with np.errstate(all="ignore"):
        if listed is not None:
            for t, (i, k) in zip(listed, pairs):
                I, J = np.array([i]), np.array([k])
                S, D, E = compared(i, J)
                kin = a.person[I] == b.person[J]
                check("mated" not in t or kin[0] == (t["mated"] == "yes"), "mated of a trial")
                c, good, keep, hits = tally(I, J, S, D, E, kin)
                rest(I, J, S, c, good, keep, hits, kin)
                t["score"] = S[0] if good[0] else None
        else:
            step = max(1, 2000000 // b.n)
            for i0 in range(0, a.n, step):
                i1 = min(a.n, i0 + step)
                S, D, E = score_block(kind, a.y[i0:i1], b.y)
                I, J = np.meshgrid(np.arange(i0, i1), np.arange(b.n), indexing="ij")
                want = (sa[I] == sb[J]) & ((ga[I] >= 0) if gallery else (I < J))
                I, J, S, D, E = I[want], J[want], S[want], D[want], E[want]
                kin = a.person[I] == b.person[J]
                c, good, keep, hits = tally(I, J, S, D, E, kin)
                rest(I, J, S, c, good, keep, hits, kin)

    # cells.csv
    with open(os.path.join(o.out, "cells.csv")) as f:
        text = f.read()
    check(text.startswith("group_a,group_b,kind,threshold,comparisons,matches\n"), "header")
    got = list(csv.DictReader(text.splitlines()))
    check(len(got) == len(cells) * T, "rows of cells.csv")
    tried = lost if j["failures"] == "non-match" else np.zeros_like(lost)
    for x, r in enumerate(got):
        c, t = divmod(x, T)
        g, h, m = cells[c]
        check((r["group_a"], r["group_b"], r["kind"]) ==
              (g, h, "mated" if m else "non-mated"), "cell %d" % c)
        check(float(r["threshold"]) == thresholds[t], "threshold")
        check(int(r["comparisons"]) == comparisons[c] + tried[c], "comparisons of %s" % (cells[c],))
        check(int(r["matches"]) == matches[c, t], "matches of %s at %s: %s, expected %d" %
              (cells[c], thresholds[t], r["matches"], matches[c, t]))
        check(abs(int(plain[c, t]) - int(matches[c, t])) <= band[c, t], "double precision")
    # scores.json
    for c, r in enumerate(j["cells"]):
        check(r["lost"] == lost[c] and r["comparisons"] == comparisons[c], "lost of a cell")
        if cells[c][2]:
            m = Counter()
            for (x, _), v in dyads[c].items():
                m[x] += v
            sizes = list(m.values())
        else:
            sizes = list(dyads[c].values())
        check(r["dyads"] == len(sizes) and r["sum_m2"] == sum(v * v for v in sizes),
              "dyads of %s: %s" % (cells[c], r))
    # lists
    def order(x):
        return (x[0], x[1])
    asked, floor = j["exceedances"]["floor_asked"], j["exceedances"]["floor"]
    targets = j["exceedances"]["target_fmr"]
    # in a gallery the list's floor is found with the samples in no group as well
    pool = others
    if gallery:
        pool = [(i, k, -sign * v) for i, l in searched.items() for v, k in l
                if a.person[i] != b.person[k]]
    v = np.sort(np.array([sign * s for _, _, s in pool]))[::-1]
    edges = [(low + x / scale) for x in range(bins + 1)]
    if distance:
        edges = [-e for e in edges[::-1]]

    def above(e):
        return int(np.searchsorted(-v, -e, side="right"))
    expect = sign * (o.floor if o.floor is not None else thresholds[0])
    cap = j["exceedances"]["cap"]
    if targets:
        total = sum(int(comparisons[c]) for c in range(len(cells)) if not cells[c][2])
        need = min(total, int(np.ceil(5 * max(targets) * total)))
        reach = next((e for e in reversed(edges) if above(e) >= need), None)
        reach = -np.inf if reach is None or need > cap else reach
        expect = min(expect, reach)
    check((asked is None and expect == -np.inf) or asked == sign * expect,
          "floor asked %s, expected %s" % (asked, sign * expect))
    if above(expect) > cap:
        check(j["exceedances"]["raised"], "floor not raised")
        expect = next((e for e in edges if e > expect and above(e) <= cap), np.inf)
    else:
        check(not j["exceedances"]["raised"], "floor raised")
    check((floor is None and np.isinf(expect)) or floor == sign * expect,
          "floor %s, expected %s" % (floor, sign * expect))
    others = sorted((x for x in others if sign * x[2] >= expect), key=lambda x: x)
    mated.sort()
    for name, want in (("mated.npy", mated), ("exceedances.npy", others)):
        m = np.load(os.path.join(o.out, name))
        check(m.dtype == [("a", "<u4"), ("b", "<u4"), ("score", "<f4")], "type of " + name)
        check(sorted((int(x), int(y), float(s)) for x, y, s in m) == want and
              [order(x) for x in m.tolist()] == [order(x) for x in want],
              "%s: %d, expected %d" % (name, len(m), len(want)))
    # histogram
    h = np.load(os.path.join(o.out, "histogram.npy"))
    if j["mode"] == "tail":
        for c in range(len(cells)):
            if not cells[c][2]:
                hist[c] = 0
        for i, k, s in others:
            hist[table[ga[i], gb[k], 0], bin_of(s)] += np.uint64(1)
    check(h.dtype == np.uint64 and h.shape == hist.shape and (h == hist).all(), "histogram")
    # margins
    m = np.load(os.path.join(o.out, "margins.npy"))
    check(m.dtype == [("subject", "<u4"), ("cell", "<u4"), ("comparisons", "<u8"),
                      ("lost", "<u8"), ("matches", "<u8", (T,))], "type of margins.npy")
    got = [(int(r["subject"]), int(r["cell"]), [int(r["comparisons"]), int(r["lost"])] +
            [int(x) for x in r["matches"]]) for r in m]
    check(got == [(s, c, v) for (s, c), v in sorted(margin.items())],
          "margins: %d rows, expected %d" % (len(got), len(margin)))
    if listed is not None:
        d = np.load(os.path.join(o.out, "pairs.npy"))
        want = [(s, t, c, v) for c in range(len(cells)) for (s, t), v in sorted(dyads[c].items())]
        check([tuple(int(x) for x in r) for r in d] == want, "pairs.npy")
        with open(os.path.join(o.out, "scores.csv"), newline="") as f:
            got = list(csv.DictReader(f))
        check(len(got) == len(listed) and all(
            (r["score"] == "") if t["score"] is None else np.float32(r["score"]) == t["score"]
            for r, t in zip(got, listed)), "scores.csv")
    if gallery:
        check_searches(o, j, a, b, searched, thresholds, sign, floor)
    print("%d comparisons, worst difference from double precision %.2f of its bound" %
          (comparisons.sum(), worst))
    return 1 if wrong else 0


def check_searches(o, j, a, b, searched, thresholds, sign, floor):
    top, consolidated = j["top"], j["consolidate"] == "max"
    enrolled = set(b.person.tolist())
    least = max(sign * thresholds[0], sign * floor if floor is not None else np.inf)
    want, rates = [], {}
    for g in [x["group"] for x in j["groups"]]:
        for m in (True, False):
            rates[g, m] = [0, 0, [0] * len(thresholds), [0] * top]
    for i in range(a.n):
        if a.group[i] is None:
            continue
        mated = int(a.person[i]) in enrolled
        r = rates[a.group[i], mated]
        if not a.ok[i]:
            r[1] += 1
            continue
        r[0] += 1
        order, seen = [], set()
        for v, k in sorted(searched.get(i, [])):
            if consolidated and int(b.person[k]) in seen:
                continue
            seen.add(int(b.person[k]))
            order.append((-v, k, b.person[k] == a.person[i]))
        for t, x in enumerate(thresholds):
            r[2][t] += any(v >= sign * x for v, _, m in order if m or not mated)
        rank = next((n for n, (_, _, m) in enumerate(order) if m), None)
        if mated and rank is not None:
            for k in range(rank, top):
                r[3][k] += 1
        n = max(min(top, len(order)), sum(v >= least for v, _, _ in order))
        want += [(a.sample[i], x + 1, b.sample[k], sign * v, "yes" if m else "no")
                 for x, (v, k, m) in enumerate(order[:n])]
    with open(os.path.join(o.out, "candidates.csv"), newline="") as f:
        got = [(r["probe"], int(r["rank"]), r["reference"], float(r["score"]), r["mated"])
               for r in csv.DictReader(f)]
    check(got == want, "candidates.csv: %d, expected %d" % (len(got), len(want)))
    with open(os.path.join(o.out, "identification.csv"), newline="") as f:
        got = [tuple(r.values()) for r in csv.DictReader(f)]
    want = []
    for (g, m), (n, lost, hits, ranks) in rates.items():
        word = "mated" if m else "non-mated"
        want += [(g, word, thresholds[t], "", n, hits[t], lost) for t in range(len(thresholds))]
        if m:
            want += [(g, word, "", k + 1, n, ranks[k], lost) for k in range(top)]
    got = [(g, w, float(t) if t else "", int(k) if k else "", int(n), int(h), int(l))
           for g, w, t, k, n, h, l in got]
    check(got == want, "identification.csv")


sys.exit(main())
