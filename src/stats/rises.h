/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rises: by how much a rate rises from the images as they are to images changed by a
 * dose (model/dose.h), on the same faces; and how much more it rises for one group than
 * for another that shares nobody with it.
 *
 * Classification: which face erred when is known, and a pair is a pair: Newcombe's method
 * 10 and McNemar's exact test (paired.h); of people with several images the influence of
 * each person on the difference (influence.h). Comparisons: the two rates of the same
 * people, by influence. The difference of two rises: each with its own limits, by MOVER
 * (Zou & Donner 2008).
 *
 * Threads: any. Fails when: as rate.h and paired.h.
 */
#ifndef STATS_RISES_H
#define STATS_RISES_H

#include "stats/evidence.h"

/* The rise of `group` at the dose about->point, or with `versus` (else NULL) how much
 * larger it is, and the two-sided p against `margin` that goes with the interval. 1, and
 * nothing made, where there are no counts. */
int rise_limits_of(const struct evidence *e, const struct subject *about,
                   const char *group, const char *versus, double confidence, double margin,
                   struct interval *out, double *p, struct err *err);

#endif
