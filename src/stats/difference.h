/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * difference: intervals of x1/n1 − x2/n2, two independent rates. The functions
 * are rows of the table in methods.h, which gives their sources and what they
 * take. All limits lie in [−1, 1]; with the two rates exchanged the limits
 * exchange their places and signs, bit for bit.
 *
 * Threads: any. Fails when: see methods.h.
 */
#ifndef STATS_DIFFERENCE_H
#define STATS_DIFFERENCE_H

#include <stdint.h>

#include "stats/interval.h"

int difference_newcombe(int64_t x1, int64_t n1, int64_t x2, int64_t n2,
                        double confidence, struct interval *out, struct err *err);
/*
 * The differences D whose score (x1/n1 − x2/n2 − D) / √(V(D)·N/(N − 1)), N =
 * n1 + n2, lies within ±z. V(D) = p1(1 − p1)/n1 + p2(1 − p2)/n2 at the rates of
 * greatest likelihood with p1 − p2 = D. These are found on the likelihood's slope,
 * not by the closed cubic: so they are right with a zero cell, where they may sit
 * on the boundary (p2 = 0), and at any n.
 */
int difference_miettinen_nurminen(int64_t x1, int64_t n1, int64_t x2, int64_t n2,
                                  double confidence, struct interval *out,
                                  struct err *err);

#endif
