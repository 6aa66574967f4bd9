/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What writing and reading the files of scores share: names, headers, types. */
#ifndef MODEL_SCORES_FILES_H
#define MODEL_SCORES_FILES_H

#include "model/scores.h"

#define SCORES_FORMAT 1
#define SCORES_JSON "scores.json"
#define SCORES_CELLS "cells.csv"
#define SCORES_HISTOGRAM "histogram.npy"
#define SCORES_MARGINS "margins.npy"
#define SCORES_MATED "mated.npy"
#define SCORES_EXCEEDANCES "exceedances.npy"
#define SCORES_DYADS "pairs.npy"
#define SCORES_SEARCHES "identification.csv"

#define SCORES_CELLS_HEADER "group_a,group_b,kind,threshold,comparisons,matches"
#define SCORES_SEARCHES_HEADER "group,kind,threshold,rank,searches,hits,lost"
#define SCORES_PAIR_TYPE "[('a', '<u4'), ('b', '<u4'), ('score', '<f4')]"
#define SCORES_PAIR_BYTES 12
#define SCORES_DYAD_TYPE \
    "[('s', '<u4'), ('t', '<u4'), ('cell', '<u4'), ('comparisons', '<u8')]"
#define SCORES_DYAD_BYTES 20
#define SCORES_MARGIN_TYPE                                                  \
    "[('subject', '<u4'), ('cell', '<u4'), ('comparisons', '<u8'), "        \
    "('lost', '<u8'), ('matches', '<u8', (%zu,))]"
#define SCORES_MARGIN_BYTES(thresholds) (24 + 8 * (thresholds))

/* The arrays, once the cells are there. */
int scores_read_arrays(struct scores *s, const char *dir, struct err *err);

#endif
