/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * comparing: two runs (side.h) as pairs of rates, whose changes src/stats then judges:
 * which backend of the one is which of the other, which findings speak of the same thing,
 * and what is known of whose trials they are.
 *
 *     comparing_init(&c, before, after)
 *     comparing_versus(&c, &c.pairs[0], row, &v)   stats/versus.h
 *     comparing_all(&c, &filter, &changes, &err)   model/changes.h
 *
 * Backends are paired by their names; where each run has one, these are a pair. Of the
 * findings by several methods the first counts, which is the study's own.
 *
 * Ownership: sides are borrowed; what is made belongs to the comparing. Threads: one.
 */
#ifndef CLI_COMPARING_H
#define CLI_COMPARING_H

#include "base/dict.h"
#include "cli/side.h"
#include "history/pairing.h"
#include "model/changes.h"
#include "stats/versus.h"

struct comparing_pair {
    const char *before, *after; /* the backend's name in each run */
    const char *name;           /* one name, or OLD→NEW */
    struct pairing pairing;
    bool paired;                /* pairing is there */
};

struct comparing {
    struct arena arena;
    const struct side *side[2];
    struct comparing_pair *pairs;
    size_t n_pairs;
    struct dict keys[2];        /* of findings; number: the first row of a key */
    size_t *rows[2];
    uint32_t *person[2];        /* of comparisons at hand: people as both number them */
    size_t persons;
    struct dyads **made;        /* renumbered, to be released */
    size_t n_made, made_cap;
    struct clustered_how how;   /* of spreads */
};

int comparing_init(struct comparing *c, const struct side *before,
                   const struct side *after, struct err *err);
void comparing_release(struct comparing *c);

/* The first row of a run that says so, or NULL. `backend` as that run calls it. */
const struct finding *comparing_find(const struct comparing *c, int side,
                                     const char *backend, const char *metric,
                                     const char *group, const char *versus,
                                     const char *point);
/* True for rows that can be compared: rates, differences, ratios and max_min of metrics
 * that count trials, the first row of its key. */
bool comparing_is_compared(const struct comparing *c, int side, const struct finding *row);

/* What the row of the run after says, in both runs. 0; 1 where one of them has nothing
 * to set beside it; or a code. Released by versus_release(). */
int comparing_versus(struct comparing *c, const struct comparing_pair *pair,
                     const struct finding *after, struct versus *v, struct err *err);

/* The row of the run before that goes with one after, or NULL. */
const struct finding *comparing_before(const struct comparing *c,
                                       const struct comparing_pair *pair,
                                       const struct finding *after);

struct comparing_filter {     /* NULL: any */
    const char *metric, *group, *point, *backend;
    double confidence;
};

/* Every change, how samples match by group, and remarks. */
int comparing_all(struct comparing *c, const struct comparing_filter *f,
                  struct changes *to, struct err *err);
/* Holm's adjustment over each family: a metric (with its kind) at a point, all groups,
 * backends and pairs of runs. */
void comparing_adjust(struct changes *c);

#endif
