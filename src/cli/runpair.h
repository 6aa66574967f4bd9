/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * runpair: two runs (side.h) as pairs of rates, whose changes src/stats then judges:
 * which backend of the one is which of the other, which findings speak of the same thing,
 * and what is known of whose trials they are.
 *
 *     runpair_init(&c, before, after)
 *     runpair_versus(&c, &c.pairs[0], row, &v)   stats/versus.h
 *     runpair_all(&c, &filter, &changes, &err)   model/changes.h
 *
 * Backends are paired by their names; where each run has one, these are a pair. Of the
 * findings by several methods the first counts, which is the study's own.
 *
 * Ownership: sides are borrowed; what is made belongs to the pair of runs. Threads: one.
 */
#ifndef CLI_RUNPAIR_H
#define CLI_RUNPAIR_H

#include "base/dict.h"
#include "cli/side.h"
#include "history/pairing.h"
#include "model/changes.h"
#include "stats/versus.h"

struct runpair_backend {
    const char *before, *after; /* the backend's name in each run */
    const char *name;           /* one name, or OLD→NEW */
    struct pairing pairing;
    bool paired;                /* pairing is there */
    const struct side_scores *scores[2]; /* comparisons at hand of both, or NULL */
    uint32_t *person[2];        /* of them: people as both number them */
    size_t persons;
};

struct runpair {
    struct arena arena;
    const struct side *side[2];
    struct runpair_backend *pairs;
    size_t n_pairs;
    struct dict keys[2];        /* of findings; number: the first row of a key */
    size_t *rows[2];
    struct dyads **made;        /* to be released */
    size_t n_made, made_cap;
    struct clustered_how how;   /* of spreads */
};

int runpair_init(struct runpair *c, const struct side *before,
                   const struct side *after, struct err *err);
void runpair_release(struct runpair *c);

/* The first row of a run that says so, or NULL. `backend` as that run calls it. */
const struct finding *runpair_find(const struct runpair *c, int side,
                                     const char *backend, const char *metric,
                                     const char *group, const char *versus,
                                     const char *point);
/* True for rows that can be compared: rates, differences, ratios and max_min of metrics
 * that count trials, the first row of its key. */
bool runpair_is_compared(const struct runpair *c, int side, const struct finding *row);

/* True if an earlier row says the same with its two groups exchanged. */
bool runpair_is_mirror(const struct runpair *c, int side, const struct finding *row);

/* What the row of the run after says, in both runs. 0; 1 where one of them has nothing
 * to set beside it; or a code. Released by versus_release(). */
int runpair_versus(struct runpair *c, const struct runpair_backend *pair,
                     const struct finding *after, struct versus *v, struct err *err);

/* The row of the run before that goes with one after, or NULL. */
const struct finding *runpair_before(const struct runpair *c,
                                       const struct runpair_backend *pair,
                                       const struct finding *after);

struct runpair_filter {     /* NULL: any */
    const char *metric, *group, *point, *backend;
    double confidence;
};

/* Every change, how samples match by group, and remarks. */
int runpair_all(struct runpair *c, const struct runpair_filter *f,
                  struct changes *to, struct err *err);
/* Holm's adjustment over each family: a metric (with its kind) at a point, all groups,
 * backends and pairs of runs. */
void runpair_adjust(struct changes *c);

#endif
