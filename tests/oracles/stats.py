#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes tests/data/stats-oracle-python.csv: intervals and p-values of random
tables by SciPy, statsmodels and exact decimal arithmetic, for test_oracle to
hold misid to.

    tests/oracles/stats.py > tests/data/stats-oracle-python.csv

Columns: oracle, quantity, method, four counts (x,n of one or two groups; a,b,c,d
of a table; b,c of discordant pairs; x,n), argument (confidence, or the probability
tested against), two values (lo,hi or p and nothing) and `within`, the relative error
of the oracle itself, found by comparing oracles with each other:

Rows called `decimal` are solved from the definition in 50-digit arithmetic and hold
misid to 1e-11. They stand where the packages are themselves wrong:

- scipy.stats.beta (Boost, SciPy 1.10) loses digits with n: good to 1e-9 up to
  n = 1e6, to 5e-8 up to 1e9 (beta.isf(.4, 2, 999999999) errs in the eighth digit).
- statsmodels 0.13 has a slip in the Miettinen-Nurminen difference (its cubic's
  linear term takes a group's count where the paper has its size), and its score
  limits of a ratio are good to 3 digits only where a rate is next to 1.
- binomtest gives 0 for p-values under about 1e-300.
"""
import math
import random
import sys
import warnings
from decimal import Decimal, getcontext

import scipy
import statsmodels
from scipy import optimize, stats
from statsmodels.stats import proportion as sm

warnings.simplefilter("ignore")
rng = random.Random(20180726)
getcontext().prec = 50


def row(oracle, quantity, method, counts, argument, values, within):
    counts = [str(c) for c in counts] + [""] * (4 - len(counts))
    values = ["%.14g" % v for v in values] + [""] * (2 - len(values))
    print(",".join([oracle, quantity, method, *counts, "%.15g" % argument,
                    *values, "%g" % within]))


def trials(most):
    """1 to about `most`, spread evenly over its logarithm."""
    return max(1, int(round(math.exp(rng.uniform(0, math.log(most))))))


def hits(n):
    """Anything from 0 to n: often near an end, where formulae fail."""
    how = rng.random()
    few = min(n, int(rng.expovariate(0.3)))
    return few if how < 0.3 else n - few if how < 0.5 else rng.randint(0, n)


def confidence():
    return rng.choice([0.95, 0.95, 0.9, 0.99, 0.999, 1 - 0.05 / 7, 0.5])


def beta_limits(a_lo, b_lo, a_hi, b_hi, c):
    lo = stats.beta.ppf((1 - c) / 2, a_lo, b_lo) if a_lo >= 0.5 else 0.0
    hi = stats.beta.isf((1 - c) / 2, a_hi, b_hi) if b_hi >= 0.5 else 1.0
    return lo, hi


def clopper_pearson(x, n, c):
    return beta_limits(x, n - x + 1, x + 1, n - x, c)


def jeffreys(x, n, c):
    lo, hi = beta_limits(x + 0.5, n - x + 0.5, x + 0.5, n - x + 0.5, c)
    # scipy and statsmodels give the plain quantiles; misid follows Brown, Cai and
    # DasGupta, whose limits are 0 and 1 there.
    return 0.0 if x == 0 else lo, 1.0 if x == n else hi


def mid_p(x, n, c):
    tail = (1 - c) / 2

    def above(p):
        return stats.binom.sf(x, n, p) + stats.binom.pmf(x, n, p) / 2 - tail

    def below(p):
        return stats.binom.cdf(x - 1, n, p) + stats.binom.pmf(x, n, p) / 2 - tail

    precise = dict(xtol=1e-300, rtol=1e-14, maxiter=1000)
    lo = 0.0 if x == 0 else optimize.brentq(above, 0, 1, **precise)
    hi = 1.0 if x == n else optimize.brentq(below, 0, 1, **precise)
    return lo, hi


def falling_root(f, a, b):
    for _ in range(110):
        mid = (a + b) / 2
        if f(mid) > 0:
            a = mid
        else:
            b = mid
    return (a + b) / 2


def decimal_upper(x, n, c):
    """Clopper-Pearson's upper limit for few hits: P(X <= x; p) is a sum of x + 1
    terms."""
    tail = (1 - Decimal(repr(c))) / 2

    def at_most(p):
        total, term = Decimal(0), ((1 - p).ln() * n).exp()
        for k in range(x + 1):
            total += term
            term *= Decimal(n - k) / (k + 1) * p / (1 - p)
        return total

    return falling_root(lambda p: at_most(p) - tail, Decimal(0),
                        Decimal(60 + 3 * x) / n)


def normal(c):
    return Decimal(repr(float(stats.norm.isf((1 - c) / 2))))


def decimal_ratio(x1, n1, x2, n2, c, corrected):
    z = normal(c)
    most = Decimal(n1 + n2)
    scale = most / (most - 1) if corrected else Decimal(1)

    def score(log_ratio):
        r = log_ratio.exp()
        a, b = most * r, -(r * (n1 + x2) + x1 + n2)
        p2 = (-b - max(b * b - 4 * a * (x1 + x2), Decimal(0)).sqrt()) / (2 * a)
        p1 = r * p2
        variance = (p1 * (1 - p1) / n1 + r * r * p2 * (1 - p2) / n2) * scale
        gap = Decimal(x1) / n1 - r * x2 / n2
        return gap / variance.sqrt() if variance > 0 else gap * 10**30

    lo, hi = Decimal(0), Decimal("inf")
    if x1 > 0:
        lo = falling_root(lambda u: score(u) - z, Decimal(-40), Decimal(40)).exp()
    if x2 > 0:
        hi = falling_root(lambda u: score(u) + z, Decimal(-40), Decimal(40)).exp()
    return lo, hi


def decimal_difference(x1, n1, x2, n2, c):
    z = normal(c)
    most = Decimal(n1 + n2)
    d = Decimal(x1) / n1 - Decimal(x2) / n2

    def slope(p2, gap):
        return sum(Decimal(count) * sign / rate for count, sign, rate in (
            (x1, 1, p2 + gap), (n1 - x1, -1, 1 - p2 - gap), (x2, 1, p2),
            (n2 - x2, -1, 1 - p2)) if count)

    def score(gap):
        p2 = falling_root(lambda p: slope(p, gap), max(Decimal(0), -gap),
                          min(Decimal(1), 1 - gap))
        p1 = p2 + gap
        variance = (p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2) * most / (most - 1)
        return (d - gap) / variance.sqrt()

    lo = -1 if d == -1 else falling_root(lambda g: score(g) - z, Decimal(-1), d)
    hi = 1 if d == 1 else falling_root(lambda g: score(g) + z, d, Decimal(1))
    return lo, hi


def proportions():
    for _ in range(160):
        n = trials(5000)
        x, c = hits(n), confidence()
        row("scipy", "proportion", "clopper-pearson", (x, n), c,
            clopper_pearson(x, n, c), 1e-9)
        row("scipy", "proportion", "jeffreys", (x, n), c, jeffreys(x, n, c), 1e-9)
        row("scipy", "proportion", "mid-p", (x, n), c, mid_p(x, n, c), 1e-9)
        for ours, theirs in ("wilson", "wilson"), ("agresti-coull", "agresti_coull"):
            lo, hi = sm.proportion_confint(x, n, 1 - c, theirs)
            # at 0 and n statsmodels' Wilson is a rounding error off 0 and 1
            if ours == "wilson":
                lo, hi = 0.0 if x == 0 else lo, 1.0 if x == n else hi
            row("statsmodels", "proportion", ours, (x, n), c, (lo, hi), 1e-9)
    for _ in range(250):
        n = int(10 ** rng.uniform(6, 9))
        x = rng.choice([rng.randint(0, n), int(10 ** rng.uniform(0, math.log10(n))),
                        min(n, int(rng.expovariate(0.1)))])
        c = confidence()
        row("scipy", "proportion", "clopper-pearson", (x, n), c,
            clopper_pearson(x, n, c), 5e-8)
        lo, hi = sm.proportion_confint(x, n, 1 - c, "wilson")
        if x > 10000000:
            row("statsmodels", "proportion", "wilson", (x, n), c, (lo, hi), 1e-9)
    for n in 10**6, 10**7, 10**8, 10**9:
        for x in 0, 1, 2, 5, 20:
            for c in 0.95, 0.999:
                row("decimal", "proportion", "clopper-pearson", (x, n), c,
                    (math.nan, decimal_upper(x, n, c)), 1e-11)


def pair(most):
    n1, n2 = trials(most), trials(most)
    return hits(n1), n1, hits(n2), n2


def contrasts():
    done = 0
    while done < 160:
        x1, n1, x2, n2 = counts = pair(3000)
        c = confidence()
        row("statsmodels", "difference", "newcombe", counts, c,
            sm.confint_proportions_2indep(*counts, method="newcomb",
                                          compare="diff", alpha=1 - c), 1e-9)
        for method in "koopman", "miettinen-nurminen":
            row("decimal", "ratio", method, counts, c,
                decimal_ratio(*counts, c, method != "koopman"), 1e-11)
        if 0 in (x1, x2, n1 - x1, n2 - x2):
            continue
        done += 1
        row("statsmodels", "ratio", "katz", counts, c,
            sm.confint_proportions_2indep(*counts, method="log", compare="ratio",
                                          alpha=1 - c), 1e-9)
    for i in range(40):
        counts = pair(10 ** rng.choice([2, 4, 9]))
        c = confidence()
        row("decimal", "difference", "miettinen-nurminen", counts, c,
            decimal_difference(*counts, c), 1e-11)
        row("decimal", "ratio", "koopman", counts, c,
            decimal_ratio(*counts, c, False), 1e-11)


def tests():
    for _ in range(150):
        a, b, c, d = (int(rng.expovariate(1 / rng.choice([3, 30, 300])))
                      for _ in range(4))
        row("scipy", "test", "fisher", (a, b, c, d), 0,
            [stats.fisher_exact([[a, b], [c, d]])[1]], 1e-9)
    for _ in range(120):
        b, c = (int(rng.expovariate(1 / rng.choice([3, 30, 3000]))) for _ in range(2))
        if b + c:
            row("scipy", "test", "mcnemar", (b, c), 0,
                [stats.binomtest(b, b + c).pvalue], 1e-9)
    for _ in range(150):
        n = trials(20000)
        p0 = round(rng.random(), 3)
        x = stats.binom.ppf(rng.random(), n, p0) if rng.random() < 0.7 else hits(n)
        row("scipy", "test", "binomial", (int(x), n), p0,
            [stats.binomtest(int(x), n, p0).pvalue], 1e-9)


print("# Made by tests/oracles/stats.py: Python %s, SciPy %s, statsmodels %s."
      % (sys.version.split()[0], scipy.__version__, statsmodels.__version__))
print("oracle,quantity,method,a,b,c,d,argument,value1,value2,within")
proportions()
contrasts()
tests()
