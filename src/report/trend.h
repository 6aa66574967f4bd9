/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * trend: one number over many nights: its value and interval night by night, the levels
 * between the steps that were found, and a mark at every step with its date.
 *
 * Two forms: a chart through gnuplot, as the charts of a study are, and a sparkline, a
 * small drawing in a line of a page.
 *
 * Ownership: everything is borrowed. Threads: any, on different folders.
 */
#ifndef REPORT_TREND_H
#define REPORT_TREND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "report/format.h"

struct trend_night {
    int64_t at;              /* seconds since 1970 */
    double value, lo, hi;    /* lo and hi NaN where there is no interval */
};

struct trend_step {
    size_t at;               /* the first night of the new level */
    double before, after;
};

struct trend {
    const char *title, *subtitle;
    enum unit unit;
    const struct trend_night *nights;
    size_t n;
    const double *level;     /* of each night, or NULL */
    const struct trend_step *steps;
    size_t n_steps;
    double limit;            /* a line: what a policy allows; NaN: none */
};

/* Writes dir/ID.gp, .tsv, .svg and .png; ERR_PROGRAM with one line where gnuplot is
 * missing. Long series are drawn by the median of the nights that fall on one dot. */
int trend_chart(const struct trend *t, const char *dir, const char *id, struct err *err);
/* What the chart shows, in words: for the caption and for those who cannot see it. */
void trend_words(const struct trend *t, struct text *to);

/* An <svg> of width × height, with `words` as its name. */
void trend_sparkline(const struct trend *t, int width, int height, const char *words,
                     struct text *to);

/* "2026-11-23" of seconds since 1970, UTC. */
void trend_date(int64_t at, struct text *to);

#endif
