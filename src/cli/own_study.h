/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * own_study: a study of published counts, turned into one of predictions of one's
 * own, as its key `own` says. What speaks of the original's numbers goes; its
 * claims, contrasts and charts stay, where these predictions can say anything of
 * them, and what cannot be tested says why.
 *
 *     own_study_begin(&study, &roster, &dataset);
 *     n = own_study_sets(&study, sets);        what is to be counted
 *     … counts …
 *     own_study_end(&study, &tally);
 *
 * Ownership: new texts are the study's. Threads: one writer.
 */
#ifndef CLI_OWN_STUDY_H
#define CLI_OWN_STUDY_H

#include "datasets/dataset.h"
#include "model/roster.h"
#include "model/study.h"
#include "model/tally.h"

/* `live`: the answers are given in this run. Fails where the study has no `own` or the
 * roster not its target. */
int own_study_begin(struct study *s, struct roster *r, const struct dataset *d,
                    bool live, struct err *err);
/* Every set of axes that the study has groups of, at most OWN_MAX_SETS. */
#define OWN_MAX_SETS 2000
size_t own_study_sets(const struct study *s, unsigned *sets);
void own_study_end(struct study *s, const struct tally *t);

#endif
