/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dashboard: one page about all studies over time, which works as a file: no scripts, no
 * network, charts inlined. A line a study at its head, then a section each: what the gate
 * last said, the steps that were found with their dates, charts of the series that say most,
 * and a line with a sparkline for every series.
 *
 * Charts are drawn by gnuplot in a folder `charts` of `dir`; where there is none the page
 * still has its sparklines (ERR_PROGRAM, after writing). Texts from data are escaped.
 *
 * Ownership: everything is borrowed. Threads: one.
 */
#ifndef REPORT_DASHBOARD_H
#define REPORT_DASHBOARD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "model/gated.h"
#include "report/trend.h"

struct dashboard_series {
    struct trend trend;
    const char *metric;
    const char *const *news;   /* of each step: what else was new that night */
    bool watched;              /* the gate that spoke last has a rule about it */
    enum gate_status gate;     /* what it said, if so */
};

struct dashboard_verdict {     /* what a gate said */
    bool there;
    enum gate_status status;
    const char *says, *baseline, *policy, *started;
    bool stale;                /* the last run is a later one */
    const char *const *lines;  /* of checks that fail or are undecided */
    const enum gate_status *statuses;
    size_t n_lines;
};

struct dashboard_study {
    const char *name, *id;     /* id: unique in the page, letters, digits and '-' */
    size_t runs;
    int64_t first, last;       /* nights, in seconds since 1970 */
    const char *version;       /* of misid, in the last run */
    struct dashboard_verdict verdict;
    const struct dashboard_series *series; /* in the order in which they are listed */
    size_t n;
    const char *order;         /* that order in words */
    const size_t *charted;     /* places of those that are charted */
    size_t charts;             /* so many */
};

/* Writes dir/index.html. `made` says when, "2026-11-23T05:00:00Z"; "" says nothing. */
int dashboard_write(const struct dashboard_study *studies, size_t n, const char *made,
                    const char *dir, struct err *err);

#endif
