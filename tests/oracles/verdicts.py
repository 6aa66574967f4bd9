#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The verdicts on the claims of the studies of published counts, computed a
second time, apart from misid: makes tests/data/expected-verdicts.csv.

Only the claims' types, groups and margins are said again here, in CLAIMS; the
counts are read from datasets/. Needs SciPy for quantiles and root finding.

    difference  Newcombe's hybrid score interval (Statistics in Medicine 17:873,
                1998, method 10)
    ratio       Koopman's score interval (Biometrics 40:513, 1984), its statistic
                inverted by bisection
Rules: a difference is supported if its lower limit is above 0, not supported if
its upper limit is below; an over-representation likewise by its ratio and 1. Worst (best) of K: supported if every difference to the others
has its lower limit above 0; not supported if one has its upper limit below 0
at confidence 1 - alpha/(K-1). A claim about several classifiers is supported
if each part is, and not supported if one part is not at alpha/(classifiers). No claim here
asserts a margin. That the printed figures come out of the counts is checked by
scripts/derive-counts --check; here they are only numbered. A claim whose verdict
changes with another counts-*.csv of its study is named on standard error.

usage: verdicts.py [OUT]     OUT is standard output by default
"""
import csv
import sys
from math import inf, sqrt
from pathlib import Path

from scipy.optimize import brentq
from scipy.stats import chi2, norm

ROOT = Path(__file__).resolve().parent.parent.parent
ALPHA = .05

DF, DM = "gender=female;skin=darker", "gender=male;skin=darker"
LF, LM = "gender=female;skin=lighter", "gender=male;skin=lighter"
PARTS = {"gender=female": (DF, LF), "gender=male": (DM, LM),
         "skin=darker": (DF, DM), "skin=lighter": (LF, LM)}
AUDITED = ("Microsoft", "Face++", "IBM")

# study, claim, type, metric, group, others, backends
CLAIMS = [
    ("gender-shades", "table-4", "printed"),
    ("gender-shades", "darker-women-worst", "worst", "error", DF, (DM, LF, LM), AUDITED),
    ("gender-shades", "women-worse", "difference", "error", "gender=female",
     ("gender=male",), AUDITED),
    ("gender-shades", "darker-worse", "difference", "error", "skin=darker",
     ("skin=lighter",), AUDITED),
    ("gender-shades", "lighter-men-best", "best", "error", LM, (DF, DM, LF), AUDITED),
    ("gender-shades", "face-plus-plus-best", "best", "error", DM, (DF, LF, LM), ("Face++",)),
    ("gender-shades", "largest-gap", "printed"),
    ("gender-shades", "gaps", "printed"),
    ("gender-shades", "shares-of-errors", "printed"),
    ("gender-shades", "within-south-africa", "not-testable"),
    ("aclu-congress", "false-matches", "printed"),
    ("aclu-congress", "over-represented", "over-representation", "fpir@native=80",
     "person_of_color=yes", ("person_of_color=no",), ("Rekognition",)),
    ("aclu-congress", "shares", "printed"),
    ("aclu-congress", "threshold", "not-testable"),
]


def read(study, name):
    with open(ROOT / "datasets" / study / name, encoding="utf-8", newline="") as f:
        return list(csv.DictReader(f))


class Counts:
    def __init__(self, study, *files):
        self.at = {}
        for file in files:
            for r in read(study, file):
                self.at[r["backend"], r["metric"], r["group"]] = int(r["x"]), int(r["n"])

    def __call__(self, backend, metric, group):
        own = self.at.get((backend, metric, group))
        if own or group not in PARTS:
            return own
        parts = [self.at[backend, metric, g] for g in PARTS[group]]
        return tuple(map(sum, zip(*parts)))


def wilson(x, n, alpha):
    z = norm.ppf(1 - alpha / 2)
    p, mid = x / n, (x + z * z / 2) / (n + z * z)
    half = z / (n + z * z) * sqrt(n * p * (1 - p) + z * z / 4)
    return (0. if x == 0 else mid - half), (1. if x == n else mid + half)


def newcombe(x1, n1, x2, n2, alpha):
    p1, p2 = x1 / n1, x2 / n2
    (l1, u1), (l2, u2) = wilson(x1, n1, alpha), wilson(x2, n2, alpha)
    return (p1 - p2 - sqrt((p1 - l1) ** 2 + (u2 - p2) ** 2),
            p1 - p2 + sqrt((u1 - p1) ** 2 + (p2 - l2) ** 2))


def koopman(x1, n1, x2, n2, alpha):
    def u(ratio):  # chi-squared distance of p1/p2 = ratio from the data
        n = n1 + n2
        b = ratio * (n1 + x2) + x1 + n2
        p1 = (b - sqrt(b * b - 4 * ratio * n * (x1 + x2))) / (2 * n)
        p2 = p1 / ratio
        return sum(((x - k * p) ** 2 / (k * p * (1 - p)) if 0 < p < 1 else 0.)
                   for x, k, p in ((x1, n1, p1), (x2, n2, p2))) - chi2.ppf(1 - alpha, 1)

    point = inf if x2 == 0 else x1 / n1 / (x2 / n2)
    start = 1. if point in (0, inf) else point
    lo = 0. if x1 == 0 else brentq(u, 1e-12, start, xtol=1e-14, rtol=1e-13)
    hi = inf if x2 == 0 else brentq(u, start, 1e12, xtol=1e-12, rtol=1e-13)
    return lo, hi


def part(kind, one, others, alpha):
    """Verdict, and the interval a contrast rests on, of one classifier."""
    sign = -1 if kind == "best" else 1
    rows, yes, no = [], True, False
    for other in others:
        pair = (one, other)[::sign]
        if kind == "over-representation":
            (lo, hi), bar = koopman(*pair[0], *pair[1], ALPHA), 1
            strict_hi = koopman(*pair[0], *pair[1], alpha)[1]
            no |= strict_hi <= bar
        else:
            (lo, hi), bar = newcombe(*pair[0], *pair[1], ALPHA), 0
            strict_hi = newcombe(*pair[0], *pair[1], alpha / len(others))[1]
            no |= strict_hi < bar
        yes &= lo > bar
        rows.append((lo, hi))
    return "supported" if yes else "not supported" if no else "inconclusive", rows


def judge(counts, kind, metric, group, others, backends):
    parts, rows = [], []
    for b in backends:
        one, rest = counts(b, metric, group), [counts(b, metric, g) for g in others]
        verdict, limits = part(kind, one, rest, ALPHA)
        refuted, _ = part(kind, one, rest, ALPHA / len(backends))
        parts.append((verdict, refuted))
        for g, (lo, hi) in zip(others, limits):
            pair = (g, group) if kind == "best" else (group, g)
            method = "koopman" if kind == "over-representation" else "newcombe"
            rows.append((f"{lo:.6f}", f"{hi:.6f}", f"{b} {method} {pair[0]} | {pair[1]}: "
                         f"{verdict}"))
    if all(v == "supported" for v, _ in parts):
        return "supported", rows
    if any(r == "not supported" for _, r in parts):
        return "not supported", rows
    return "inconclusive", rows


def main():
    out = open(sys.argv[1], "w", encoding="utf-8", newline="") if sys.argv[1:] else sys.stdout
    w = csv.writer(out, lineterminator="\n")
    w.writerow(("study", "claim", "verdict", "lo", "hi", "from"))
    for study, claim, kind, *rest in CLAIMS:
        if kind == "printed":
            n = sum(r["claim"] == claim for r in read(study, "printed.csv"))
            w.writerow((study, claim, "reproduced", "", "", f"{n} of {n} figures"))
        elif kind == "not-testable":
            w.writerow((study, claim, "not testable", "", "", "no counts published"))
        else:
            verdict, rows = judge(Counts(study, "counts.csv"), kind, *rest)
            for row in rows:
                w.writerow((study, claim, verdict, *row))
            for other in sorted((ROOT / "datasets" / study).glob("counts-*.csv")):
                also, _ = judge(Counts(study, "counts.csv", other.name), kind, *rest)
                if also != verdict:
                    print(f"{study} {claim}: {also} with {other.name}", file=sys.stderr)


if __name__ == "__main__":
    main()
