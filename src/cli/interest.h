/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * interest: which series of a study a page about all nights shows first.
 *
 * In this order: what the gate fails, leaves undecided, passes, does not watch; series that
 * the last night has before those it has no more; those with a step in the last 30 days, the
 * latest first; rates, then spreads, then gaps; each metric by its newest value, the worst
 * first (gaps by their size, either way), then by name.
 *
 * Charts are fewer than series: of those that the gate says the same of and that stepped or
 * did not, the worst of every metric comes before the second of any.
 *
 * Ownership: everything is borrowed; arrays are the caller's. Threads: any.
 */
#ifndef CLI_INTEREST_H
#define CLI_INTEREST_H

#include "cli/trends.h"
#include "model/gated.h"

/* A check of a gate, of a rule: a series by its names, and what became of it. */
struct interest_check {
    const char *backend, *metric, *group, *versus, *point;
    enum gate_status status;
};

struct interest {
    const struct trends_series *series;
    bool watched;
    enum gate_status gate;  /* the worst of its checks; GATE_PASS if none */
    bool ended, stepped;    /* not in the last night; a step in the last 30 days */
    int64_t step;           /* when the latest of those was */
    size_t nth;             /* among those alike, of its metric */
};

/* The series in order, without those that repeat others: night by night the same, or the
 * same gap the other way round. `last` is the study's last night. Returns how many. */
size_t interest_order(const struct trends *t, const struct interest_check *checks,
                      size_t n_checks, int64_t last, struct interest *order);

/* The places in `order` of what is to be charted, the first first. */
void interest_charts(const struct interest *order, size_t n, size_t *charts);

/* The order in words, for the page. */
extern const char interest_words[];

#endif
