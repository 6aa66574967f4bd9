/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * policy: what a run may be, alone and against its baseline: the rules of `misid gate`,
 * from YAML (misid-formats(5)).
 *
 *     policy: nightly
 *     confidence: 0.95
 *     rules:
 *       - {metric: fnmr, rise_at_most: 0.2 points}
 *       - {metric: fmr.ratio, point: fmr=1e-3, at_most: 5, upper_at_most: 8}
 *       - {metric: throughput, times_at_least: 0.9}
 *     allow:
 *       lost_samples: 0
 *
 * A rule speaks of every finding that its selectors fit: metric with its kind (none,
 * difference, ratio, max_min), and backends, points, groups and versus, each of which may
 * be left out for all there are. What nobody allows is not allowed: another fingerprint or
 * data set, samples lost or moved to another group, fewer trials.
 *
 * Validated whole, every fault `file:line: key: …`.
 *
 * Ownership: the policy owns its strings. Threads: read-only once loaded.
 */
#ifndef MODEL_POLICY_H
#define MODEL_POLICY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"

enum policy_kind {
    POLICY_AT_MOST,        /* of the run alone */
    POLICY_AT_LEAST,
    POLICY_RISE_AT_MOST,   /* run − baseline */
    POLICY_TIMES_AT_MOST,  /* run / baseline */
    POLICY_TIMES_AT_LEAST,
    POLICY_KINDS
};
/* The keys: "at_most" … */
extern const char *const policy_kind_names[POLICY_KINDS + 1];

struct policy_list {
    const char **names;
    size_t n;              /* 0: all there are */
};

struct policy_rule {
    const char *metric;    /* with its kind; "throughput" */
    struct policy_list backends, points, groups, versus;
    enum policy_kind kind;
    double margin;         /* a rate, a difference of rates, or a quotient */
    double bound;          /* upper_at_most or lower_at_least; NaN: none */
    size_t line;
};

struct policy {
    struct arena arena;
    const char *path, *name;
    char sha256[65];
    struct policy_list studies;
    double confidence;     /* .95 */
    double speed_noise;    /* standard deviation of the logarithm of a night's speed; NaN:
                              learnt from the history */
    struct policy_rule *rules;
    size_t n_rules;
    struct {
        bool fingerprint, dataset, version;
        double lost_samples, moved_samples, fewer_trials; /* shares of a group's */
        struct policy_list missing_groups;
    } allow;
};

int policy_load(struct policy *p, const char *path, struct err *err);
void policy_release(struct policy *p);

/* True if the list names it, or names nothing. */
bool policy_names(const struct policy_list *list, const char *name);
/* A rule in words: "fnmr may rise by at most 0.2 points". */
void policy_rule_words(const struct policy_rule *r, struct text *to);

#endif
