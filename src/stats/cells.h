/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cells: what statistics ask of a scored folder, cell by cell: the curve of a group or
 * of a pair of groups (curve.h), and at any threshold above the floor the dyads and
 * people that intervals of FMR and FNMR need (dyads.h, clustered.h).
 *
 * Scores are likenesses here: those of a distance are negated, thresholds too.
 *
 * Who is in how many completed comparisons is known of all pairs of one roster, where a
 * person with n of a group's N images has n(N − n) of them, and of listed trials. With a
 * gallery, with --same, or where one image stands for a person, the curves are there and
 * intervals are not (cells_has_people()).
 *
 * Ownership: cells own what they make; scores and the arrays given are borrowed until
 * cells_release(). Threads: read-only once open. Fails when: ERR_INPUT where the rows of
 * scores are not those of the roster.
 */
#ifndef STATS_CELLS_H
#define STATS_CELLS_H

#include "model/roster.h"
#include "model/scores.h"
#include "stats/curve.h"
#include "stats/dyads.h"

struct cells_pair {
    float score;
    uint32_t s, t; /* people; s = t of a mated pair */
};

/* Who the rows of a roster are, as scores_people() numbers people and scores->groups
 * groups (UINT32_MAX: in none). */
struct cells_side {
    const uint32_t *person, *group;
    const struct roster *roster; /* of which a sample that failed is not ok */
};

struct cells {
    const struct scores *scores;
    struct cells_side side;   /* of all rows; with a gallery, of the probes */
    size_t people;
    struct cells_pair *pairs; /* by cell, most alike first */
    size_t *first;            /* a cell's first pair, and one past the last cell */
    float *lists;             /* the scores of the pairs by cell, smallest first */
    uint64_t *histograms;     /* a cell's, in likenesses; NULL in tail mode */
    double low, top, floor;
    float *everyone[2];       /* non-mated and mated scores of all cells, sorted */
    uint64_t *total;          /* histogram of all non-mated cells */
    struct curve all;
};

/* `gallery` is NULL without one; `people` is the number of all. */
int cells_open(struct cells *c, const struct scores *scores, const struct cells_side *side,
               const struct cells_side *gallery, size_t people, struct err *err);
void cells_release(struct cells *c);

/* In place of both groups: everyone who is in one, across groups too. */
#define CELLS_ALL UINT32_MAX

/* Of one pair of groups (a group with itself: a = b). */
struct curve cells_curve(const struct cells *c, uint32_t a, uint32_t b);

bool cells_has_people(const struct cells *c);
/* The design effect that an interval of the pair may borrow (clustered.h), of its dyads. */
double cells_borrow(const struct cells *c, uint32_t a, uint32_t b, const struct dyads *d);
/* The dyads of a pair of groups without errors, and their false matches at a threshold
 * that is no lower than the floor. Released by the caller. */
int cells_dyads(const struct cells *c, uint32_t a, uint32_t b, struct dyads *to,
                struct err *err);
int cells_false_matches(const struct cells *c, uint32_t a, uint32_t b, double threshold,
                        struct dyads *to, struct err *err);
/* Mated comparisons of each person in a group and the misses among them at a threshold;
 * arrays of `people`; those without any are left out. Returns how many there are. */
size_t cells_misses(const struct cells *c, uint32_t group, double threshold, double *m,
                    double *x);

#endif
