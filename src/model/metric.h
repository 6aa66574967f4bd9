/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * metric: the one list of what misid counts, in the field's own words
 * (ISO/IEC 2382-37, 19795-1), and how a metric's name carries its kind.
 *
 * A finding's metric is a base (`error`, `fpir`) with an optional kind behind
 * a dot: `error.difference`, `fpir.ratio`, `error.max_min`, `fpir.share`.
 */
#ifndef MODEL_METRIC_H
#define MODEL_METRIC_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

struct metric {
    const char *name;      /* "fpir" */
    const char *title;     /* "False-positive identification rate (FPIR)" */
    const char *axis;      /* for a chart's axis: "FPIR" */
    const char *hits;      /* what x counts: "false matches" */
    const char *trials;    /* what n counts: "probes searched" */
    bool census;           /* x of n describes the set itself: no interval */
    bool mean;             /* x is a mean over runs, no count: no interval */
    bool rival;            /* counted against another backend or the unchanged image: for
                              paired contrasts, has no rate of its own */
    bool detail;           /* looks into another metric's trials: only rates */
    bool amount;           /* a number a trial, not a share of the trials: may exceed 1 */
    bool pairs;            /* of comparisons within a group: those of two groups are
                              not all there are within both together */
};

/* NULL if there is no such base metric; `name` may carry a kind. */
const struct metric *metric_find(const char *name);
const struct metric *metric_table(size_t *n);
/* Adds the names of all, "error, fpir, …", for a line that says what is known. */
void metric_add_names(struct text *to);
/* The part behind the dot, "" if none. */
const char *metric_kind(const char *name);
/* True if what it is set against is no group but the same group at another point
 * (`error.improvement`), with another backend (`error.excess`) or as it is in place of
 * changed (`error.rise`). */
bool metric_is_paired(const char *name);

#endif
