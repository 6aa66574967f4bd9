/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * exact: exact two-sided tests of counts. Two-sided is: the probability of all
 * outcomes no more likely than the observed one, where an outcome on the far side
 * counts as equally likely up to a relative 1e-7, as in R's fisher.test() and
 * binom.test(). P-values below 1e-308 come out as 0.
 *
 * The far side's first outcome is found by bisection, each tail is summed outwards
 * until what is left cannot change the sum; so the work grows with the standard
 * deviation of the count (milliseconds at 10^9, seconds at 2^53).
 *
 * Threads: any. Fails when: ERR_INPUT for counts below 0 or, alone or summed,
 * above COUNT_MAX (interval.h).
 */
#ifndef STATS_EXACT_H
#define STATS_EXACT_H

#include <stdint.h>

#include "base/err.h"

/* Fisher's exact test of the table  a b / c d  with all margins given. A table
 * with an empty row or column, or none but zeros, is the only one: p = 1. */
int exact_fisher(int64_t a, int64_t b, int64_t c, int64_t d, double *p,
                 struct err *err);

/* McNemar's test in its exact form: b of b + c discordant pairs against one half.
 * No discordant pair at all: p = 1. */
int exact_mcnemar(int64_t b, int64_t c, double *p, struct err *err);

/* x of n trials, n >= 1, against a probability of p0, 0 <= p0 <= 1. */
int exact_binomial(int64_t x, int64_t n, double p0, double *p, struct err *err);

#endif
