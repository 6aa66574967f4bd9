/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * paired: two rates measured on the same faces, also when the print does not say
 * which face erred in which.
 *
 * With x1 errors the first time and x2 the second among the same n faces, the
 * number of faces that changed, b + c, lies between |x1 - x2| and
 * min(x1 + x2, 2n - x1 - x2). The more faces changed the less is known of the
 * difference, so the upper end is the worst case: a = max(0, x1 + x2 - n) faces
 * wrong both times, b = x1 - a, c = x2 - a.
 */
#ifndef STATS_PAIRED_H
#define STATS_PAIRED_H

#include "stats/methods.h"
#include "stats/rate.h"

/*
 * The same where it is known who erred in which face: the difference
 * (both + only1)/n − (both + only2)/n of n = both + only1 + only2 + neither faces, by
 * Newcombe's method 10 (with its correction for a positive correlation), and *p by
 * McNemar's exact test. Faces are of one person each. n >= 1.
 */
int paired_interval(int64_t both, int64_t only1, int64_t only2, int64_t neither,
                    double confidence, struct interval *out, double *p,
                    struct err *err);

/*
 * The difference of two rates of the same faces, from the rates of those that only the
 * one, only the other and both got wrong: paired_interval(), or where people have several
 * faces each person's influence on the difference, and p from the interval. Both by
 * paired_method().
 */
int paired_rates(const struct rate *only1, const struct rate *only2,
                 const struct rate *both, double confidence, struct interval *out,
                 double *p, struct err *err);
const struct method *paired_method(const struct rate *only1, const struct rate *only2);
bool paired_is_clustered(const struct rate *only1, const struct rate *only2);

/*
 * The difference x1/n1 - x2/n2 under that pairing: limits by the hybrid score
 * for paired rates (Newcombe, Statistics in Medicine 17, 1998, 2635-2650,
 * method 10: Wilson limits combined with the correlation phi of the table) and
 * *p by McNemar's exact test. Where n1 and n2 differ (faces found one time and
 * not the other) each rate keeps its own n and the table has the smaller.
 */
int paired_worst_case(int64_t x1, int64_t n1, int64_t x2, int64_t n2,
                      double confidence, struct interval *out, double *p,
                      struct err *err);

#endif
