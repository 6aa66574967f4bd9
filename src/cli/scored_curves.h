/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scored_curves: the rows of curves.csv (stats/curves.h) of a folder of comparisons, for
 * the groups of each set of axes of the study's `spread`: where a set leaves axes open, groups
 * are joined (model/scores_join.h).
 *
 * A rate at an operating point that `found`, the run's findings, has too gets its
 * interval from there.
 *
 * Left out, since the scores do not tell: sets that leave open an axis on which samples
 * had to agree or, with a gallery, any axis; and sets of more than SCORED_CURVES_GROUPS
 * groups. `all` stands there once. Threads: one.
 */
#ifndef CLI_SCORED_CURVES_H
#define CLI_SCORED_CURVES_H

#include "cli/scored.h"
#include "model/study.h"

#define SCORED_CURVES_GROUPS 60

int scored_curves(const struct scored *sc, const struct study *s,
                  const struct findings *found, struct findings *to, struct err *err);

#endif
