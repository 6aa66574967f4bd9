/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scoring: templates compared: what `misid score` does, and `misid run` with matchers
 * that run. From files to files: templates.npy and rosters to cells.csv, scores.json and
 * their like (misid-formats(5)).
 *
 * Ranks deal the blocks of comparisons among them; rank 0 writes. One that fails while
 * others are at work ends the job for all.
 *
 * An interruption (SIGINT, SIGTERM, SIGHUP) leaves a state in the folder, from which the
 * same request goes on.
 *
 * Ownership: texts are the caller's. Threads: one caller; sets signal handlers while it
 * runs. Fails where the inputs do not fit, and with ERR_PROGRAM where interrupted.
 */
#ifndef CLI_SCORING_H
#define CLI_SCORING_H

#include <math.h>
#include <stdbool.h>

#include "base/err.h"
#include "core/ranks.h"
#include "model/scores.h"

struct score_request {
    const char *run;           /* a folder that `misid embed` made, or NULL */
    const char *templates, *roster;    /* else these */
    const char *probes;        /* folder, or templates with probe_roster; NULL: none */
    const char *probe_roster;
    const char *own;           /* own.npy: the matcher's own scores in place of templates,
                                  of `run` and perhaps `probes`; or NULL */
    bool own_gaps;             /* not every pair has a score there … */
    double own_known;          /* … but those beyond this one; NaN: any that has one */
    const char *trials;        /* a list, or NULL */
    const char *same_person;   /* decided by a person (same_person.h), or NULL */
    const char *by, *same;     /* axes with commas, or NULL */
    const char *thresholds, *targets;  /* numbers with commas; one of the two */
    const char *out;           /* folder */
    const char *mode, *similarity, *consolidate, *failures; /* NULL: the usual */
    double floor, threads;     /* NaN: the usual */
    double top, most;
    double bins;               /* NaN: as many as fit */
    double every;              /* seconds between two states */
    const char *shard;         /* "3/8", or NULL */
    const struct ranks *ranks; /* that do it together; NULL: this process alone */
    bool resume;               /* a state that does not fit is a fault */
    bool quiet, json;          /* no words at all; a summary as JSON at the end */
    bool silent;               /* no summary */
};
#define SCORE_REQUEST_INIT                                                              \
    { .own_known = NAN, .floor = NAN, .threads = NAN, .top = 20,                        \
      .bins = SCORES_BINS, .most = SCORES_MAX_EXCEEDANCES, .every = 30 }

int scoring_run(const struct score_request *r, struct err *err);

#endif
