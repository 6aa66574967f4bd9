/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ratio: intervals of (x1/n1)/(x2/n2), two independent rates. The functions are
 * rows of the table in methods.h, which gives their sources and what they take.
 * Limits lie in [0, +inf]. x1 = 0 gives lo = 0; x2 = 0 an estimate and hi of
 * +inf; both 0 an estimate of NaN in [0, +inf]. With the two rates exchanged lo
 * becomes 1/hi and hi 1/lo.
 *
 * Threads: any. Fails when: see methods.h.
 */
#ifndef STATS_RATIO_H
#define STATS_RATIO_H

#include <stdint.h>

#include "stats/interval.h"

/*
 * The ratios R whose score (x1/n1 − R·x2/n2) / √(p1(1 − p1)/n1 + R²p2(1 − p2)/n2)
 * lies within ±z, with p1, p2 the rates of greatest likelihood under p1 = R·p2
 * (a quadratic); its square is Koopman's chi-squared. Miettinen–Nurminen multiplies
 * the variance by N/(N − 1), N = n1 + n2.
 */
int ratio_koopman(int64_t x1, int64_t n1, int64_t x2, int64_t n2,
                  double confidence, struct interval *out, struct err *err);
int ratio_miettinen_nurminen(int64_t x1, int64_t n1, int64_t x2, int64_t n2,
                             double confidence, struct interval *out,
                             struct err *err);
/* Where a count is zero the log's standard error is infinite: [0, +inf]. At
 * x1 = n1 with x2 = n2 the formula gives [1, 1], which no sample supports; there
 * half a hit is taken from both for the standard error. This is a convention of
 * ours: use Koopman there. */
int ratio_katz(int64_t x1, int64_t n1, int64_t x2, int64_t n2,
               double confidence, struct interval *out, struct err *err);

#endif
