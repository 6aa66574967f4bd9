/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * trace_samples: the samples that a count is made of, from roster.csv and
 * backends/NAME/outputs.csv of a run folder that has them.
 *
 * Ownership: study and record are borrowed; trace_samples_release().
 */
#ifndef CLI_TRACE_SAMPLES_H
#define CLI_TRACE_SAMPLES_H

#include "core/classify.h"
#include "model/run.h"
#include "model/study.h"

struct trace_samples {
    const char *dir;
    const struct study *study;
    const struct run *run;
    bool there;              /* the folder has samples */
    bool all;                /* list every one, not the first ten */
    struct roster roster;
    struct classify classify;
    unsigned *sets;
};

/* A folder without samples is none the worse: `there` is then false. */
int trace_samples_open(struct trace_samples *t, const char *dir, const struct study *study,
                       const struct run *run, struct err *err);
void trace_samples_release(struct trace_samples *t);

/* Prints the samples of one backend that a group's count of a base metric counts. */
int trace_samples_print(const struct trace_samples *t, const char *backend,
                        const char *metric, const char *point, const struct group *g,
                        struct err *err);

#endif
