/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * trends: series of the history with the steps that are told from noise (stats/steps.h),
 * and what else was new in the night of a step: the matcher, the data, misid, the class
 * of machine.
 *
 * A series is what the history calls one; of the findings by several methods the first in
 * findings.csv. Rates and differences as they are, quotients by their logarithms. Nights
 * without a number, or with one that is not to be printed, are left out.
 *
 * Ownership: trends_release(). Threads: one.
 */
#ifndef CLI_TRENDS_H
#define CLI_TRENDS_H

#include "history/history.h"
#include "report/trend.h"

struct trends_run {
    char id[HASH_HEX];
    const char *started, *version, *host, *dataset_hash;
    int64_t at;
};

struct trends_series {
    const char *study, *backend, *metric, *group, *versus, *point;
    const char *what;              /* in words */
    size_t row;                    /* in the last findings.csv */
    struct trend_night *nights;
    uint32_t *run;                 /* of each night */
    size_t n, cap;
    double *resolution;            /* of each night (steps.h) */
    double *level;
    struct trend_step *steps;
    const char **news;             /* of each step: what else was new that night */
    size_t n_steps;
    double *sizes;                 /* of each step, in standard deviations of a night */
};

struct trends {
    struct arena arena;
    struct trends_run *runs;       /* by time */
    size_t n_runs, cap_runs;
    struct trends_series *series;
    size_t n, cap;
};

/* Reads what fits and finds the steps; speeds are series of the metric `throughput`. */
int trends_load(struct trends *t, struct history *h, const struct history_filter *f,
                struct err *err);
void trends_release(struct trends *t);
/* A series as report/trend.h wants it; borrowed from the series. */
struct trend trends_trend(const struct trends_series *s);
/* For the caption: what steps there are and what was new. */
void trends_words(const struct trends_series *s, struct text *to);

#endif
