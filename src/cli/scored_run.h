/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scored_run: from comparisons to findings, charts and words: what `misid estimate` does
 * with a folder of scores, and `misid run` with those of several matchers.
 *
 * The study has its axes, its sets of them and its methods; contrasts, rivals, facts,
 * caveats and charts are added to what it has. In `all` are the comparisons of n matchers
 * on the same samples, `names` their names.
 *
 * Ownership: everything is the caller's. Fails as the stages do.
 */
#ifndef CLI_SCORED_RUN_H
#define CLI_SCORED_RUN_H

#include "cli/pipeline.h"
#include "cli/scored.h"

struct scored_run {
    struct scored *all;
    const char *const *names;
    size_t n;
    const struct scored_wish *wish; /* of each */
    const char *reference;          /* group, or NULL */
    bool curves;
    const char *point;              /* filled: what charts and words are about */
};

int scored_run_count(struct scored_run *r, struct pipeline *p);
/* After scored_run_count(), and what else the caller does to the study then. */
int scored_run_estimate(struct scored_run *r, struct pipeline *p);

#endif
