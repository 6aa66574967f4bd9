/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * exceed: the list of the pairs at or above a floor that rises.
 *
 * Pairs come in any order, from several threads. What is kept in the end depends only
 * on which pairs came:
 *
 *     reach = the highest edge of a bin at or above which at least `want` pairs lie;
 *             −∞ if `want` is more than `most`
 *     asked = min(floor asked for, reach)               without `want`: the floor alone
 *     floor = asked if at most `most` pairs lie at or above it, else the lowest edge
 *             above it for which that is so
 *
 * Underway the same is computed of the pairs that came so far. That floor only rises
 * as more come: more pairs lie at or above any edge. So what falls below it is dropped
 * at once, and memory stays in the bounds of want and most.
 *
 * Edges are (i − offset) / scale; one above the last of them, there is nothing.
 * Scores are larger where more alike (scorer.h).
 *
 * Ownership: the list owns its pairs until they are taken. Threads: exceed_add() and
 * exceed_low() from any; the rest when no other is at work.
 */
#ifndef CORE_EXCEED_H
#define CORE_EXCEED_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/sweep.h"
#include "model/scores.h"

struct exceed {
    pthread_mutex_t lock;
    struct sweep_bins bins;  /* without counts */
    double floor;            /* asked for */
    uint64_t want;           /* pairs; 0: no matter */
    size_t most;
    struct scores_pair *pairs;
    size_t n, cap;
    size_t look_at;          /* so many, and the floor is looked for anew */
    uint64_t *counts;        /* of pairs below the bins, by bin, from the last edge up */
    double raised;           /* the edge to which `most` has forced the floor, or −∞ */
    double reach;            /* the highest so far */
    float low;               /* pairs below are not wanted any more */
};

void exceed_init(struct exceed *e, const struct sweep_bins *bins, double floor,
                 uint64_t want, size_t most);
void exceed_release(struct exceed *e);

/* The score from which pairs are still wanted. */
float exceed_low(const struct exceed *e);
/* Some may be below it. */
void exceed_add(struct exceed *e, const struct scores_pair *pairs, size_t n);
/* Adds what another list, of other pairs, has kept, whose floor and marks are these:
 * then what it dropped would have been dropped here too, since floors only rise. */
void exceed_merge(struct exceed *e, const struct scores_pair *pairs, size_t n, float low,
                  double raised, double reach);

struct exceed_floor {
    double asked, floor;     /* infinite: even above the last edge there are too many */
    bool raised;
};
/* Cuts the list at its floor and sorts it by a, b. */
struct exceed_floor exceed_finish(struct exceed *e);

/* Sorts by a, b, then score; rows at most `rows`. */
void pairs_sort(struct scores_pair *pairs, size_t n);

/* The least float at or above x. */
float float_from(double x);

#endif
