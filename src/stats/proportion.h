/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * proportion: intervals of one rate x/n, n independent trials. The functions
 * are rows of the table in methods.h, which gives their sources and what they
 * take. All limits lie in [0, 1]; except for Agresti–Coull, lo is exactly 0 at
 * x = 0 and hi exactly 1 at x = n; the limits of n − x are those of x mirrored.
 *
 * Threads: any. Fails when: see methods.h.
 */
#ifndef STATS_PROPORTION_H
#define STATS_PROPORTION_H

#include <stdint.h>

#include "stats/interval.h"

/*
 * Wilson's limits for real 0 <= x <= n, n > 0 (an effective n may be a fraction)
 * and z > 0, a normal or Student quantile: the roots p of
 * (x/n − p)² = z² p(1 − p)/n, the smaller without cancellation. Relative error
 * about 1e-15 in either limit.
 */
void wilson_limits(double x, double n, double z, struct interval *out);

int proportion_wilson(int64_t x, int64_t n, double confidence,
                      struct interval *out, struct err *err);
/* Beta quantiles: lo of (x, n − x + 1), hi of (x + 1, n − x). */
int proportion_clopper_pearson(int64_t x, int64_t n, double confidence,
                               struct interval *out, struct err *err);
/* P(X > x; lo) + ½P(X = x; lo) = ½α, P(X < x; hi) + ½P(X = x; hi) = ½α. */
int proportion_mid_p(int64_t x, int64_t n, double confidence,
                     struct interval *out, struct err *err);
/* n + z² trials and x + z²/2 hits in Wald's formula; cut off at 0 and 1. */
int proportion_agresti_coull(int64_t x, int64_t n, double confidence,
                             struct interval *out, struct err *err);
/* Beta(x + ½, n − x + ½) quantiles, lo = 0 at x = 0, hi = 1 at x = n. */
int proportion_jeffreys(int64_t x, int64_t n, double confidence,
                        struct interval *out, struct err *err);

#endif
