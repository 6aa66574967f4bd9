/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fit_study: what of a study can be asked of a data set: axes whose values the set
 * brings, claims and contrasts about groups that it has.
 *
 * Ownership: new texts are the study's. Threads: one writer.
 */
#ifndef CLI_FIT_STUDY_H
#define CLI_FIT_STUDY_H

#include "model/roster.h"
#include "model/study.h"
#include "model/tally.h"

/* Settles the axes on who is there: an attribute that serves for an axis gets its name,
 * and an open axis the values it has, behind the study's own, in the order of their
 * numbers. `gallery` or NULL. Fails where there are too many. */
int fit_axes(struct study *s, struct roster *r, struct roster *gallery, struct err *err);
/* The axes that some sample has one of the study's values on. */
unsigned fit_usable(const struct study *s, const struct roster *r);
/* How many groups a set of axes has. */
double fit_groups(const struct study *s, unsigned set);
/* Those of a list of sets that are within `usable` and have no more groups than a study
 * may, once each, behind what is in `to` already. */
size_t fit_sets(const struct study *s, unsigned *to, size_t n, const unsigned *sets,
                size_t n_sets, unsigned usable);
/* The set of axes that a group fixes; 0 of NULL. */
unsigned fit_axes_of(const struct study *s, const char *group);

/* A claim that this run says nothing of. */
void fit_cannot_test(struct claim_spec *c, const char *why);
/* Claims and contrasts that the data set says nothing of: the ones cannot be tested,
 * the others go. `points`: those about an operating point stay. */
void fit_claims(struct study *s, unsigned usable, bool points);
void fit_contrasts(struct study *s, unsigned usable, bool points);
/* True if some backend has counts of the group, or if it is NULL. */
bool fit_is_counted(const struct study *s, const struct tally *t, const char *metric,
                    const char *group);

/* Leaves the study the axes of a set, and what needs no others; claims and contrasts,
 * which fit_claims() and fit_contrasts() see to, come before. */
void fit_drop_axes(struct study *s, unsigned keep);
/* Where the faces are drawn, says so in the title and first among the conclusions. */
void fit_say_drawn(struct study *s, const struct roster *r);
/* The answer in words that fit any run, with the rates its claim is about. */
void fit_answer(struct study *s, const struct tally *t);

#endif
