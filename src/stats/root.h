/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * root: where a function of one variable crosses zero. All limits that are
 * defined as the solution of an equation are found with this.
 *
 * Threads: any. Fails when: see below.
 */
#ifndef STATS_ROOT_H
#define STATS_ROOT_H

#include "base/err.h"

/*
 * A zero of `f` between a and b, to within 4 units in the last place of the
 * root plus `tiny`; f(a) and f(b) differ in sign (a zero counts as either), or
 * else the end whose value is nearer to 0 is the answer. f may return infinities
 * but not NaN. Takes at most 400 evaluations; a bisection interleaved with inverse
 * quadratic interpolation (Chandrupatla 1997, Adv. Eng. Softw. 28:145-149).
 * ERR_NUMERIC where f returns NaN.
 */
int root_find(double (*f)(double at, void *arg), void *arg, double a, double b,
              double tiny, double *root, struct err *err);

#endif
