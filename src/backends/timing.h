/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * timing: what a drive took, stage by stage and group by group, with what it was
 * measured on.
 *
 * Percentiles are those of nearest rank: the smallest time that at least p % of the
 * samples do not exceed. Each stage is over the samples that went through it and are no
 * warm-up; answers from the cache have times of their own, those of the day they were
 * made. NIST's Face Recognition Technology Evaluation takes no matcher whose median
 * template takes longer than TIMING_FRTE_LIMIT seconds on one core: the line to hold a
 * median against.
 *
 * Ownership: everything that is pointed at is the caller's; timing_release(). Threads:
 * any.
 */
#ifndef BACKENDS_TIMING_H
#define BACKENDS_TIMING_H

#include "backends/drive.h"
#include "base/json.h"

#define TIMING_FRTE_LIMIT 1.5

enum timing_stage { TIMING_DECODE, TIMING_LOOKUP, TIMING_MATCHER, TIMING_STAGES };
extern const char *const timing_stage_names[TIMING_STAGES];

struct timing_summary {        /* seconds; NaN where n is 0 */
    size_t n;
    double mean, p50, p95, p99, most;
};

struct timing_group {
    const char *name;          /* "gender=female" */
    struct timing_summary decode, matcher;
};

struct timing {
    struct arena arena;
    const char *cpu;           /* the processor's own name */
    unsigned processors;
    double resolution;         /* of the clock, seconds */
    double load;               /* mean of the last minute, at the end */
    unsigned threads;
    double wall;
    double start;              /* of wall, what the slowest session took to start */
    size_t samples, not_shown, computed, warm_up, cached;
    double calibration;        /* of the same run (base/machine.h); NaN: not taken */
    double throughput;         /* samples with an answer a second of wall − start */
    struct timing_summary stages[TIMING_STAGES];
    struct timing_summary kept; /* the matcher's, of answers from the cache */
    struct timing_group *groups;
    size_t n_groups;           /* in the order of their names */
};

/* Groups by every of `n_sets` sets of attributes, each ended by −1; may be none. */
void timing_take(struct timing *t, const struct drive *d, const struct drive_timing *from,
                 const long *const *sets, size_t n_sets);
void timing_release(struct timing *t);
/* Members of the map that is open. */
void timing_add_json(const struct timing *t, struct json_out *w);
/* A few lines for people. */
void timing_add_words(const struct timing *t, struct text *to);

#endif
