/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * doses: what the findings of a study with doses say: along which ways its images were
 * changed, and at which dose a group breaks.
 *
 * A way is a change taken in one direction from the images as they are: less light and
 * more light are two. A group breaks at the mildest dose of a way at which its rate rises
 * on the same faces: the interval of the rise lies above 0, and its p, adjusted by Holm's
 * method over all doses of the change, groups and backends, is below 1 − confidence.
 *
 * Ownership: arrays are in the arena. Threads: any.
 */
#ifndef REPORT_DOSES_H
#define REPORT_DOSES_H

#include "base/mem.h"
#include "model/findings.h"
#include "model/study.h"

struct dose_way {
    enum dose_kind kind;
    const char *words;                /* "less light" */
    const struct study_dose **doses;  /* the mildest first */
    size_t n;
};
/* In the order of the study; how many. */
size_t doses_ways(struct arena *a, const struct study *study, struct dose_way **ways);

/* True if a row of kind rise (or rise_difference) shows a rise. */
bool doses_shown(const struct study *study, const struct finding *rise);
/* The rise of a group at a dose, or NULL. */
const struct finding *doses_rise(const struct findings *f, const char *backend,
                                 const char *metric, const char *group, const char *point);
/* The rise at the dose at which the group breaks, or NULL. */
const struct finding *doses_break(const struct study *study, const struct findings *f,
                                  const struct dose_way *way, const char *backend,
                                  const char *metric, const char *group);

/* The metric that the study's answer is about: of those that have rises one that counts
 * a face that was not found as an error, as a change that hides faces must not look like
 * an improvement; else the study's first. NULL: none has any. */
const char *doses_metric(const struct study *study, const struct findings *f);
/* What breaks whom first, a few sentences a backend; the answer to the study's question. */
void doses_answer(const struct study *study, const struct findings *f, struct text *to);

#endif
