/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * again: the findings of a run made again from its tallies, in memory: from counts, or
 * from the comparisons of its matchers.
 *
 * `dir` is a run folder whose files are trusted to be whole, as far as they are there.
 * `scores` is where the comparisons lie of a run that does not hold them, or NULL.
 *
 * Lists of suspicious pairs (scored_cleaning.h) in the folders are written anew.
 *
 * The pipeline is the caller's, freshly made; afterwards it has findings and claims.
 * Fails where a tally is missing or contradicts itself.
 */
#ifndef CLI_AGAIN_H
#define CLI_AGAIN_H

#include "cli/pipeline.h"

int again(struct pipeline *p, const char *dir, const char *scores);

#endif
