/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rows: what the parts of the estimate stage share: the work at hand, and how a
 * row of the findings is begun, flagged and noted.
 *
 * Ownership: everything is borrowed; texts of rows are kept by the findings.
 * Threads: one writer.
 */
#ifndef STATS_ROWS_H
#define STATS_ROWS_H

#include "model/findings.h"
#include "stats/evidence.h"

/* More rows than a reader can use, few enough to search plainly. */
#define MAX_ROWS 50000

/* Below this many hits a rate is "too few to say". */
#define TOO_FEW 5

struct work {
    const struct evidence *e;
    const struct study *study;
    struct findings *out;
    struct err *err;
    const char *backends[EVIDENCE_MAX];
    size_t n_backends;
};

/* A new row; `kind` goes behind the metric's dot, "" for none. */
struct finding *row_add(struct work *w, const struct subject *about, const char *kind,
                        const char *group, const char *versus);
/* Past MAX_ROWS: ERR_LIMIT. */
int rows_check_size(struct work *w);

void row_set_interval(struct finding *row, const struct interval *i,
                      const struct method *method, double confidence);
/* x, n and its range, clusters, threshold. */
void row_set_count(struct finding *row, const struct count *c);
/* The number behind the '=' of a native point (`native=80`), else NaN. */
double row_threshold(const char *point);
/* The threshold of the point: as the counts say, else as row_threshold(). */
double rows_threshold(const struct work *w, const struct subject *about);

/* What an interval of trials that share people rests on: n_eff, df, clusters, and the
 * flag and note where that is little. */
void row_set_clusters(struct work *w, struct finding *row, const struct clustered *got);

enum finding_flag row_count_flag(const struct count *c);
/* Of a ratio, which is as sure as the smaller of its two counts. */
enum finding_flag row_ratio_flag(int64_t x, int64_t versus, bool derived);
/* Where the counts come from, and whether they were derived. */
const char *row_count_note(struct work *w, const struct count *c);

/* Calls `add` for every group of the study's `by`. */
int rows_for_groups(struct work *w,
                    int (*add)(struct work *, const struct subject *, const char *,
                               const void *),
                    const struct subject *about, const void *arg);

/* The parts of the stage, each for one backend, metric and point. */
void add_census(struct work *w);
int add_groups(struct work *w, const struct subject *about);
int add_shares(struct work *w, const struct subject *about);
int add_spread(struct work *w, const struct subject *about);
int add_contrasts(struct work *w, const struct subject *about);
/* The same faces at two points, and by two backends. */
int add_changes(struct work *w, const struct subject *about);
int add_rivals(struct work *w, const struct subject *about);
/* Backends of which it is known who erred in which face. */
int add_paired(struct work *w, const struct subject *about);

/* The same faces as they are and changed: at a dose. */
int add_rises(struct work *w, const struct subject *about);

#endif
