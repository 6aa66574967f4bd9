/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * own_words: what answers of classifiers do not let anybody conclude without saying how
 * many faces went without an answer, and whether counting those as errors turns the study's
 * answer round. Added to the study's conclusions, which stand beside the answer.
 *
 * Ownership: new texts are the study's. Threads: one writer.
 */
#ifndef CLI_OWN_WORDS_H
#define CLI_OWN_WORDS_H

#include "model/findings.h"
#include "model/study.h"

/* A conclusion for each backend that left a face in twenty or more without an answer. */
void own_words_conclude(struct study *s, const struct findings *f);

#endif
