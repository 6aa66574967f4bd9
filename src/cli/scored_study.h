/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scored_study: what a study of comparisons is given by its scores: the study that a
 * folder of comparisons is of its own accord, and, of any such study, every group against
 * a reference, facts, caveats, charts and what may be concluded.
 *
 *     scored_study_begin(&study, &scored, .95, &err)      without a study file
 *     ... scored_count() by study.by ...
 *     scored_study_contrasts(&study, &tally, "gender=male", &err)
 *     point = scored_study_point(&study, all, n, &tally)
 *     scored_study_end(&study, all, n, &tally, point)
 *     ... estimate, scored_findings() ...
 *     scored_study_conclude(&study, all, n, point, &findings)
 *     scored_study_curves(&study, all, n, point, &curves)
 *
 * `all` are the comparisons of `n` matchers on the same samples.
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
/* Everyone, every axis of the study, all axes together, where it names no sets. */
void scored_study_sets(struct study *s);
/* `reference` is a group, or NULL for the largest of each set of `spread`. */
int scored_study_contrasts(struct study *s, const struct tally *t, const char *reference,
                           struct err *err);
/* The operating point that charts and words are about: that of the claim which answers the
 * study's question, if every matcher has 10 false matches there; else the strictest target
 * FMR at which they have 30, else the strictest, else the first threshold; NULL: there is
 * none. */
const char *scored_study_point(const struct study *s, const struct scored *all, size_t n,
                               const struct tally *t);
void scored_study_end(struct study *s, const struct scored *all, size_t n,
                      const struct tally *t, const char *point);
/* After scored_findings(): what may be concluded, in words. */
void scored_study_conclude(struct study *s, const struct scored *all, size_t n,
                           const char *point, const struct findings *f);
/* The charts of curves.csv, behind the others: for the first axis and for all of them, as
 * far as there are rows; one a matcher. */
void scored_study_curves(struct study *s, const struct scored *all, size_t n,
                         const char *point, const struct findings *curves);

#endif
