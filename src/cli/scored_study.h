/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scored_study: the study that a folder of comparisons is of its own accord: the rates
 * of everyone, of every axis and of all axes together, their spreads, and every group
 * against a reference.
 *
 *     scored_study_begin(&study, &scored, .95, &err)
 *     ... scored_count() by study.by ...
 *     scored_study_contrasts(&study, &tally, "gender=male", &err)
 *     scored_study_end(&study, &scored, &tally)
 *
 * Ownership: new texts are the study's, but names of axes and values are of the scored
 * folder, which outlives it. Threads: one writer.
 */
#ifndef CLI_SCORED_STUDY_H
#define CLI_SCORED_STUDY_H

#include "cli/scored.h"
#include "model/study.h"

int scored_study_begin(struct study *s, const struct scored *sc, double confidence,
                       struct err *err);
/* `reference` is a group, or NULL for the largest of each set. */
int scored_study_contrasts(struct study *s, const struct tally *t, const char *reference,
                           struct err *err);
void scored_study_end(struct study *s, const struct scored *sc, const struct tally *t);
/* After scored_findings(): what may be concluded, in words, behind the question. */
void scored_study_conclude(struct study *s, const struct scored *sc,
                           const struct findings *f);
/* The charts of curves.csv, behind the others: for the first axis and for all of them, as
 * far as there are rows. */
void scored_study_curves(struct study *s, const struct scored *sc,
                         const struct findings *curves);
/* The operating point that charts and words are about: the strictest target FMR, else
 * the first threshold; NULL: there is none. */
const char *scored_study_point(const struct scored *sc);

#endif
