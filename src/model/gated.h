/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * gated: what `misid gate` says of a run: a list of checks, each passed, failed or open,
 * and the verdict of them all.
 *
 * A check is a test of a rule of the policy (it has numbers), or a look at what must be
 * there for any number to mean something: the groups, the samples, the fingerprint (it
 * has words). One that fails makes the verdict FAIL; otherwise one that is open makes it
 * OPEN; PASS needs at least one test that passed: nothing measured is never good.
 *
 * Ownership: gated owns its strings. Threads: one writer.
 */
#ifndef MODEL_GATED_H
#define MODEL_GATED_H

#include <stdbool.h>
#include <stddef.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "model/changes.h"
#include "model/policy.h"

enum gate_status { GATE_PASS, GATE_FAIL, GATE_OPEN, GATE_STATUSES };
extern const char *const gate_status_names[GATE_STATUSES + 1]; /* pass, fail, undecided */

struct gate_check {
    const char *name;          /* "fnmr|scores|gender=female", "samples|vendor|skin=darker" */
    enum gate_status status;
    const char *says;          /* one line */
    const char *line;          /* what reports print of it: with its numbers */
    const struct policy_rule *rule; /* NULL: of no rule */
    const char *backend, *metric, *group, *versus, *point; /* "" where none */
    bool tested;               /* has the numbers below */
    bool ratio;                /* the quantity is a quotient */
    double before, after;      /* in the two runs; NaN: not there */
    double estimate, lo, hi;   /* of the quantity that the rule limits */
    double near;               /* the limit adjusted for all tests, on the near side */
    double p, p_adj;           /* of being beyond the margin */
    enum change_samples samples;
};

struct gated {
    struct arena arena;
    const char *run, *baseline;     /* as they were called */
    const char *run_id, *baseline_id, *study, *started;
    const struct policy *policy;    /* borrowed */
    struct gate_check *checks;
    size_t n, cap;
    size_t tests;                   /* in the family of Holm's adjustment */
    enum gate_status status;
};

void gated_init(struct gated *g);
void gated_release(struct gated *g);
/* A new check: texts "", numbers NaN, open; valid until the next. */
struct gate_check *gated_add(struct gated *g);
/* The verdict from the checks; failed checks to the front, then open ones. */
void gated_settle(struct gated *g);
size_t gated_count(const struct gated *g, enum gate_status status);
/* "fail: 2 of 14 checks fail, 1 is undecided" */
void gated_words(const struct gated *g, struct text *to);
void gated_to_json(const struct gated *g, struct text *to);

#endif
