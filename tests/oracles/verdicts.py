#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The verdicts on the claims of the studies of published counts, computed a
second time, apart from misid: makes tests/data/expected-verdicts.csv, which
tests/cli/verdicts.sh holds the runs to.

    tests/oracles/verdicts.py > tests/data/expected-verdicts.csv

Only the claims' types, groups and backends are said again here, in CLAIMS; the
counts are read from datasets/. Needs SciPy and statsmodels (pairs.py).

    difference  Newcombe's hybrid score interval (Statistics in Medicine 17:873,
                1998, method 10); its p by root finding
    ratio       Koopman's score interval (Biometrics 40:513, 1984), its statistic
                inverted by bisection; its p is that of the statistic at 1
    same faces  besides: paired at worst (pairs.py)
Rules: a difference, an improvement (before minus after) and an excess (over each of
the others) are supported if every lower limit is above 0, not supported if an upper
limit is below; an over-representation likewise by its ratio and 1. Worst (best) of K:
supported if every difference to the others has its lower limit above 0; not
supported if one has its upper limit below 0 at confidence 1 - alpha/(K-1). A claim
about several backends is supported if each part is, and not supported if one part
is not at alpha/(backends). No claim here asserts a margin. The p of a claim is the
largest of all it needs, 1 where an estimate points the other way; Holm over the
claims of a study that have one. That the printed figures come out of the counts is
checked by scripts/derive-counts --check; here they are only counted.

Columns: study, claim, verdict, p, holm, otherwise; then backend, metric, point,
group, versus, method, lo, hi of an interval the claim rests on, a row each. The p are
those of the whole claim, `otherwise` the verdict with the other counts and numbers
of faces that the print allows and with the worst pairing: "same", or those that
differ.
"""
import csv
import sys
from itertools import product
from math import inf, sqrt
from pathlib import Path

from scipy.optimize import brentq
from scipy.stats import chi2, norm

from pairs import worst

ROOT = Path(__file__).resolve().parent.parent.parent
ALPHA = .05
FLOOR = 1e-12

DF, DM = "gender=female;skin=darker", "gender=male;skin=darker"
LF, LM = "gender=female;skin=lighter", "gender=male;skin=lighter"
PARTS = {"gender=female": (DF, LF), "gender=male": (DM, LM),
         "skin=darker": (DF, DM), "skin=lighter": (LF, LM), "all": (DF, DM, LF, LM)}
AUDITED = ("Microsoft", "Face++", "IBM")
TARGETS, OTHERS = ("Microsoft", "IBM", "Face++"), ("Amazon", "Kairos")
NOW, THEN = "error@audit=2018", "error@audit=2017"

# study, claim, type; then metric, group, others, backends. Others are groups, for an
# improvement the metric it is set against, for an excess backends.
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
    ("actionable-auditing", "table", "printed"),
    ("actionable-auditing", "darker-women-improved", "improvement", NOW, DF, (THEN,), TARGETS),
    ("actionable-auditing", "darker-women-falls", "printed"),
    ("actionable-auditing", "everyone-improved", "improvement", NOW, "all", (THEN,), TARGETS),
    ("actionable-auditing", "overall-falls", "misprinted"),
    ("actionable-auditing", "non-targets-lag", "excess", NOW, "all", TARGETS, OTHERS),
    ("actionable-auditing", "non-targets-lag-on-darker-women", "excess", NOW, DF, TARGETS,
     OTHERS),
    ("actionable-auditing", "darker-women-worst", "worst", NOW, DF, (DM, LF, LM),
     TARGETS + OTHERS),
    ("aclu-california", "false-matches", "printed"),
    ("aclu-california", "over-represented", "not-testable"),
    ("aclu-massachusetts", "false-matches", "printed"),
    ("comparitech", "mean-false-matches", "printed"),
    ("comparitech", "no-improvement", "not-testable"),
    ("comparitech", "half-of-color", "not-testable"),
    ("watchlist-audits", "false-matches", "printed"),
    ("watchlist-audits", "changed-since-2018", "not-testable"),
    ("aint-i-a-woman", "misgendered", "not-testable"),
]
PAIRED = ("improvement", "excess")


def read(study, name):
    with open(ROOT / "datasets" / study / name, encoding="utf-8", newline="") as f:
        return list(csv.DictReader(f))


class Counts:
    """Counts of a study: x, n and the ends of the range of n. A further file stands
    in for all counts of a backend and metric that it has anything on."""

    def __init__(self, study, *files):
        self.at = {}
        for file in files:
            rows = read(study, file)
            taken = {(r["backend"], r["metric"]) for r in rows}
            self.at = {k: v for k, v in self.at.items() if k[:2] not in taken}
            for r in rows:
                n = int(r["n"])
                self.at[r["backend"], r["metric"], r["group"]] = (
                    int(r["x"]), n, int(r["n_lo"] or n), int(r["n_hi"] or n))

    def __call__(self, backend, metric, group, end=1):
        own = self.at.get((backend, metric, group))
        if not own:
            own = tuple(map(sum, zip(*(self.at[backend, metric, g] for g in PARTS[group]))))
        return own[0], own[end]


def wilson(x, n, alpha):
    z = norm.isf(alpha / 2)
    p, mid = x / n, (x + z * z / 2) / (n + z * z)
    half = z / (n + z * z) * sqrt(n * p * (1 - p) + z * z / 4)
    return (0. if x == 0 else mid - half), (1. if x == n else mid + half)


def newcombe(x1, n1, x2, n2, alpha):
    p1, p2 = x1 / n1, x2 / n2
    (l1, u1), (l2, u2) = wilson(x1, n1, alpha), wilson(x2, n2, alpha)
    return (p1 - p2 - sqrt((p1 - l1) ** 2 + (u2 - p2) ** 2),
            p1 - p2 + sqrt((u1 - p1) ** 2 + (p2 - l2) ** 2))


def newcombe_p(x1, n1, x2, n2):
    side = 0 if x1 * n2 > x2 * n1 else 1

    def limit(alpha):
        return newcombe(x1, n1, x2, n2, alpha)[side]

    if x1 * n2 == x2 * n1:
        return 1.
    if limit(FLOOR) * limit(1 - 1e-9) > 0:
        return FLOOR
    return brentq(limit, FLOOR, 1 - 1e-9, xtol=1e-300, rtol=1e-13)


def koopman_distance(x1, n1, x2, n2, ratio):
    """Chi-squared distance of p1/p2 = ratio from the data."""
    n = n1 + n2
    b = ratio * (n1 + x2) + x1 + n2
    p1 = (b - sqrt(b * b - 4 * ratio * n * (x1 + x2))) / (2 * n)
    return sum(((x - k * p) ** 2 / (k * p * (1 - p)) if 0 < p < 1 else 0.)
               for x, k, p in ((x1, n1, p1), (x2, n2, p1 / ratio)))


def koopman(x1, n1, x2, n2, alpha):
    def u(ratio):
        return koopman_distance(x1, n1, x2, n2, ratio) - chi2.isf(alpha, 1)

    point = inf if x2 == 0 else x1 / n1 / (x2 / n2)
    start = 1. if point in (0, inf) else point
    lo = 0. if x1 == 0 else brentq(u, 1e-12, start, xtol=1e-14, rtol=1e-13)
    hi = inf if x2 == 0 else brentq(u, start, 1e12, xtol=1e-12, rtol=1e-13)
    return lo, hi


def contrast(kind, a, b, alpha, paired):
    """Limits of a against b, and the bar they are held to."""
    if kind == "over-representation":
        return koopman(*a, *b, alpha), 1
    if paired:
        return worst(*a, *b, 1 - alpha)[:2], 0
    return newcombe(*a, *b, alpha), 0


def contrast_p(kind, a, b):
    if kind == "over-representation":
        return max(FLOOR, chi2.sf(koopman_distance(*a, *b, 1.), 1))
    return max(FLOOR, newcombe_p(*a, *b))


def part(kind, one, others, alpha, paired=False):
    """Verdict and p of one backend; alpha is the level of a refutation."""
    sign = -1 if kind == "best" else 1
    yes, no, largest = True, False, 0.
    for other in others:
        a, b = (one, other)[::sign]
        (lo, hi), bar = contrast(kind, a, b, ALPHA, paired)
        strict_hi = contrast(kind, a, b, alpha / len(others), paired)[0][1]
        refuted = strict_hi <= bar if kind in ("over-representation", "improvement") \
            else strict_hi < bar
        yes &= lo > bar
        no |= refuted
        p = contrast_p(kind, a, b)
        largest = max(largest, p if a[0] * b[1] > b[0] * a[1] else 1.)
    return "supported" if yes else "not supported" if no else "inconclusive", largest


def gather(counts, kind, metric, group, others, b, ends=(1, 1)):
    """(x, n) of the one and of the others, in the order before minus after."""
    if kind == "improvement":
        return counts(b, others[0], group, ends[0]), [counts(b, metric, group, ends[1])]
    if kind == "excess":
        return (counts(b, metric, group, ends[0]),
                [counts(o, metric, group, ends[1]) for o in others])
    return counts(b, metric, group, ends[0]), [counts(b, metric, g, ends[1]) for g in others]


def judge(counts, kind, metric, group, others, backends, ends=(1, 1), paired=False):
    parts, p = [], 0.
    for b in backends:
        one, rest = gather(counts, kind, metric, group, others, b, ends)
        verdict, own = part(kind, one, rest, ALPHA, paired)
        parts.append((verdict, part(kind, one, rest, ALPHA / len(backends), paired)[0]))
        p = max(p, own)
    if all(v == "supported" for v, _ in parts):
        return "supported", p
    if any(r == "not supported" for _, r in parts):
        sys.exit("a refuted claim: its p is not computed here")
    return "inconclusive", p


def otherwise(study, kind, verdict, *terms):
    """Verdicts with everything else that the print allows."""
    files = sorted(p.name for p in (ROOT / "datasets" / study).glob("counts-*.csv"))
    got = {judge(Counts(study, *names), kind, *terms, ends=ends)[0]
           for names in [("counts.csv",)] + [("counts.csv", f) for f in files]
           for ends in product((1, 2, 3), (1, 2, 3))}
    if kind in PAIRED:
        got.add(judge(Counts(study, "counts.csv"), kind, *terms, paired=True)[0])
    return " ".join(sorted(got - {verdict})) or "same"


def intervals(counts, kind, metric, group, others, backends):
    """Rows for the intervals a claim rests on."""
    base, _, point = metric.partition("@")
    for b in backends:
        one, rest = gather(counts, kind, metric, group, others, b)
        for other, pair in zip(others, rest):
            versus = {"improvement": other.partition("@")[2],
                      "excess": f"backend={other}"}.get(kind, other)
            name = {"over-representation": "ratio", "worst": "difference",
                    "best": "difference"}.get(kind, kind)
            method = "koopman" if name == "ratio" else "newcombe"
            (lo, hi), _ = contrast(kind, one, pair, ALPHA, False)
            yield b, f"{base}.{name}", point, group, versus, method, lo, hi
            if kind in PAIRED:
                lo, hi, _ = worst(*one, *pair, 1 - ALPHA)
                yield b, f"{base}.{name}_worst_case", point, group, versus, method, lo, hi


def holm(ps):
    """Adjusted p by index."""
    out, so_far = {}, 0.
    for rank, i in enumerate(sorted(ps, key=ps.get)):
        so_far = max(so_far, min(1., (len(ps) - rank) * ps[i]))
        out[i] = so_far
    return out


def main():
    w = csv.writer(sys.stdout, lineterminator="\n")
    w.writerow(("study", "claim", "verdict", "p", "holm", "otherwise", "backend", "metric",
                "point", "group", "versus", "method", "lo", "hi"))
    none = ("",) * 8
    judged = {(study, claim): judge(Counts(study, "counts.csv"), kind, *rest)
              for study, claim, kind, *rest in CLAIMS if rest}
    adjusted = {}
    for study in {s for s, _ in judged}:
        adjusted.update(holm({k: p for k, (_, p) in judged.items() if k[0] == study}))
    for study, claim, kind, *rest in CLAIMS:
        if kind in ("printed", "misprinted"):
            n = sum(r["claim"] == claim for r in read(study, "printed.csv"))
            assert n
            w.writerow((study, claim, "reproduced" if kind == "printed" else "not reproduced",
                        "", "", "") + none)
        elif kind == "not-testable":
            w.writerow((study, claim, "not testable", "", "", "") + none)
        else:
            verdict, p = judged[study, claim]
            also = otherwise(study, kind, verdict, *rest)
            for row in intervals(Counts(study, "counts.csv"), kind, *rest):
                w.writerow((study, claim, verdict, f"{p:.9g}",
                            f"{adjusted[study, claim]:.9g}", also, *row[:6],
                            f"{row[6]:.9g}", f"{row[7]:.9g}"))


if __name__ == "__main__":
    main()
