/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scores_join: the same comparisons with groups joined: what counting by fewer axes
 * would have given. Cells, margins, rolls and listed dyads are sums; the scores that
 * are kept one by one stay where they are.
 *
 * `map` gives each old group the number of its new one, in the order of `names`; every
 * old group is in one. Thresholds, searches, gallery rolls and what a cell says of its
 * dyads (`dyads`, `sum_m2`) are left out.
 *
 * Ownership: `to` borrows the pairs of `s` and is released by scores_join_release(),
 * before `s`. Threads: any. Fails when: the histograms would be too large (ERR_LIMIT).
 */
#ifndef MODEL_SCORES_JOIN_H
#define MODEL_SCORES_JOIN_H

#include "model/scores.h"

int scores_join(const struct scores *s, const uint32_t *map, char **names, size_t n,
                struct scores *to, struct err *err);
void scores_join_release(struct scores *to);

#endif
