/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * score_given: own.npy, the scores that a matcher has formed itself, as core/scorer.h
 * takes them: larger is more alike, and a pair without a score has one below all others
 * and below every threshold.
 *
 * Ownership: score_given_release(). Threads: one.
 */
#ifndef CLI_SCORE_GIVEN_H
#define CLI_SCORE_GIVEN_H

#include "base/err.h"
#include "model/scores.h"

struct score_given {
    float *scores;             /* rows × columns */
    size_t rows, columns;
    float unknown, known_above; /* as a scorer has them */
};

/* `gaps` and `known` as in score_request; the similarity and thresholds of `s` are set. */
int score_given_load(struct score_given *g, const char *path, const struct scores *s,
                     bool gaps, double known, struct err *err);
void score_given_release(struct score_given *g);

#endif
