/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What compared.c shares with compared_count.c: which rows are whose. */
#ifndef STATS_COMPARED_ROWS_H
#define STATS_COMPARED_ROWS_H

#include "stats/compared.h"

/* Larger is more alike, whatever the matcher's scores mean. */
double compared_likeness(const struct compared *c, double score);
/* A sample of the group; one without a value on some axis is in none. */
bool compared_is_in(const struct compared *c, const struct compared_side *side, size_t row,
                    const struct group *g);
/* True if a comparison of rows a and b is one of g with h (NULL: of g with itself). */
bool compared_is_pair(const struct compared *c, uint32_t a, uint32_t b,
                      const struct group *g, const struct group *h);
/* The mated trials of every person in the group, with those that failed; free() it. NULL
 * where the scores do not tell. */
double *compared_mated_trials(const struct compared *c, const struct group *g);

#endif
