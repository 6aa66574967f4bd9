/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lookup: finding the rows of a findings table that a chart or a table shows.
 *
 * Where a study asks for several interval methods the rows of the first, the
 * primary one, are meant. Lists keep the order in which things first appear
 * in the findings.
 *
 * Ownership: lists are arrays in an arena of the caller; the strings are
 * those of the findings. Threads: any.
 */
#ifndef REPORT_LOOKUP_H
#define REPORT_LOOKUP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/mem.h"
#include "base/text.h"
#include "model/findings.h"
#include "model/study.h"

struct names {
    const char **names;
    size_t n;
};

/* Backends ("" left out) and operating points of a metric ("" counts; doses of a change
 * are none here, report/doses.h has them). */
struct names lookup_backends(struct arena *a, const struct findings *f,
                             const char *metric);
struct names lookup_points(struct arena *a, const struct findings *f,
                           const char *metric);
/* The metrics a chart or a page shows: `metric` if not NULL, else all of the
 * study's that have rows of a backend. */
struct names lookup_metrics(struct arena *a, const struct study *study,
                            const struct findings *f, const char *metric);
/* Canonical names of the groups of a set of axes that have a row of `metric`. */
struct names lookup_groups(struct arena *a, const struct study *study,
                           const struct findings *f, const char *metric,
                           unsigned by);

/* The row of base metric `metric` with `kind` behind its dot ("" for none) by
 * the primary method of its quantity, or NULL. NULL matches anything. */
const struct finding *lookup_row(const struct study *study, const struct findings *f,
                                 const char *backend, const char *metric,
                                 const char *kind, const char *group,
                                 const char *versus, const char *point);
/* True if `row` is one that lookup_row() would give: by the primary method. */
bool lookup_primary(const struct study *study, const struct finding *row);

/* The base of a metric ("error" of "error.ratio"), in the arena. */
const char *lookup_base(struct arena *a, const char *metric);

/* The other backend of an excess: "IBM" of backend=IBM. */
void lookup_rival(struct text *to, const char *versus);

/* An operating point; "" for "".
 * exposure=-2 is "2 stops darker", in words "with images changed: 2 stops darker".
 * fmr=1e-3 is "FMR 0.001", as a phrase "at the threshold for an FMR of 0.001". Others:
 *                 native=80          native=default             audit=2017
 *     name        threshold 80       the default threshold      2017
 *     words       at threshold 80    at the default threshold   2017
 *     phrase      at threshold 80    at the default threshold   in 2017
 *     short       at 80              at default                 2017       */
void lookup_point_name(struct text *to, const char *point);
void lookup_point_words(struct text *to, const char *point);
void lookup_point_phrase(struct text *to, const char *point);
void lookup_point_short(struct text *to, const char *point);
/* "IBM" or, where the metric has points, "IBM at threshold 80". */
void lookup_backend_words(struct text *to, const char *backend, const char *point);

#endif
