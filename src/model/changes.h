/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * changes: what became of rates, gaps, ratios and spreads from one run to another: one
 * long table, as findings are of one run.
 *
 * changes.csv has the columns
 *     before,after,backend,metric,group,versus,point,value_before,value_after,change,
 *     kind,lo,hi,confidence,method,samples,common,x_before,n_before,x_after,n_after,p,
 *     p_adj,family,flag,note
 * `kind` is `difference` (after − before; nothing is 0) or `ratio` (after / before;
 * nothing is 1). `samples` says how the runs hang together: `paired` (every trial of the
 * one is one of the other), `shared` (people in common), `unpaired`. `backend` is
 * `OLD→NEW` where the two are called differently. Every metric counts errors: a rate that
 * rises is for the worse, and a gap, ratio or spread that grows, whichever group comes
 * first.
 *
 * `common` counts the samples of the group that both runs were given, -1 where a run does
 * not say which samples it had.
 *
 * Beside the rows: how the samples of the runs match, group by group, and remarks, a line
 * each, on what keeps runs from being compared.
 *
 * Ownership: changes own their strings. Threads: one writer.
 */
#ifndef MODEL_CHANGES_H
#define MODEL_CHANGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"

enum change_samples { CHANGE_PAIRED, CHANGE_SHARED, CHANGE_UNPAIRED, CHANGE_SAMPLES };
extern const char *const change_samples_names[CHANGE_SAMPLES + 1];

enum change_flag {
    CHANGE_OK,
    CHANGE_TOO_FEW,    /* fewer than five errors, or people, in one of the two */
    CHANGE_SUPPRESSED, /* counts that are not to be printed: no numbers */
    CHANGE_UNDEFINED,  /* a quotient by 0 */
    CHANGE_GONE,       /* only before */
    CHANGE_NEW,        /* only after */
    CHANGE_FLAGS
};
extern const char *const change_flag_names[CHANGE_FLAGS + 1];

struct change {
    const char *before, *after;   /* the runs, as they were called */
    const char *backend, *metric, *group, *versus, *point;
    double value_before, value_after;
    double change, lo, hi, confidence;
    bool ratio;
    const char *method;
    enum change_samples samples;
    int64_t common, x_before, n_before, x_after, n_after;
    double p, p_adj;
    const char *family;           /* what Holm's adjustment runs over */
    enum change_flag flag;
    const char *note;
};

/* The samples of one group (or `all`) that a backend was shown. */
struct change_overlap {
    const char *before, *after, *backend, *group;
    int64_t n_before, n_after, both;
    int64_t relabelled;           /* in both runs, with another group or true answer */
    int64_t replaced;             /* of one name, with another image: not in `both` */
};

struct changes {
    struct arena arena;
    struct change *rows;
    size_t n, cap;
    struct change_overlap *overlaps;
    size_t n_overlaps, overlaps_cap;
    const char **remarks;
    size_t n_remarks, remarks_cap;
};

void changes_init(struct changes *c);
void changes_release(struct changes *c);
/* A new row: texts "", numbers absent; valid until the next. */
struct change *changes_add(struct changes *c);
struct change_overlap *changes_add_overlap(struct changes *c);
/* A remark, each once. */
void changes_remark(struct changes *c, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Whether the change is shown at the row's confidence after adjustment: -1 for the
 * better, 1 for the worse, 0 not told apart. */
int change_verdict(const struct change *c);
/* Shown changes for the worse, then for the better, then the others; within each the
 * largest first: gaps, ratios and spreads by their logarithms, differences by their
 * points. */
void changes_sort(struct changes *c);

void changes_to_csv(const struct changes *c, struct text *to);
/* Members of the map that is open: changes, samples, remarks. */
void changes_add_json(const struct changes *c, struct json_out *w);

#endif
