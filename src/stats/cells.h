/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
<<<<<<< HEAD
 * cells: the comparisons of a scored folder (model/scores.h) as statistics want them:
 * one cell at any threshold the list of exceedances reaches, from the people and
 * images that took part, the sparse lists and, where trials were listed, their pairs.
 *
 *     struct cells c;
 *     if (cells_init(&c, &scores, &rows, &err) < 0) ...
 *     double borrowed;
 *     cells_dyads(&c, g, h, threshold, &d, &borrowed, &err);      FMR of (g, h)
 *     cells_people(&c, g, g, threshold, m, x, &err);              FNMR of g
 *     cells_fnmr_at_fmr(…);                                       see bootstrap.h
 *     cells_release(&c);
 *
 * Persons of all cells are numbered alike, so that cells can be contrasted and resampled
 * together. Thresholds are as the matcher means them; inside, scores are held so that
 * larger is more alike.
 *
 * The counts made here are held against those of the scores: what contradicts them is an
 * error, not a result.
 *
 * Ownership: cells borrow the scores and the rows. Threads: read-only once made.
 * Fails when: ERR_INPUT, as said, for a threshold below the floor, and for people whose
 * images differ on an axis on which compared samples had to agree.
=======
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
>>>>>>> dep
 */
#ifndef STATS_CELLS_H
#define STATS_CELLS_H

<<<<<<< HEAD
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/scores.h"
#include "stats/bootstrap.h"
#include "stats/dyads.h"

#define NO_GROUP UINT32_MAX

/* The rows of a roster: [0] of all, or of the probes; [1] of the gallery, else empty. */
struct cells_rows {
    size_t n[2];
    const uint32_t *person[2];  /* numbered as the scores number them */
    const uint32_t *group[2];   /* of scores.groups; NO_GROUP: in none */
    const bool *completed[2];   /* false where the sample failed */
    const uint32_t *class[2];   /* values of scores.same together; NULL without any */
    size_t classes;
    bool distance;              /* smaller scores are more alike */
=======
#include "model/scores.h"
#include "stats/curve.h"
#include "stats/dyads.h"

struct cells_pair {
    float score;
    uint32_t s, t; /* people; s = t of a mated pair */
>>>>>>> dep
};

struct cells {
    const struct scores *scores;
<<<<<<< HEAD
    const struct cells_rows *rows;
    uint32_t *class;            /* of each person, or NULL */
    struct scored_dyad *list;   /* exceedances by cell, most alike first */
    size_t *from;               /* where each cell's begin; n_cells + 1 */
    struct scored_person *mated; /* mated scores by cell, least alike first */
    size_t *mated_from;
};

int cells_init(struct cells *c, const struct scores *scores,
               const struct cells_rows *rows, struct err *err);
void cells_release(struct cells *c);

/* The non-mated cell of groups a and b (probe's first with a gallery) with its errors at
 * the threshold. *borrowed (may be NULL): the design effect to borrow, 0 where ten
 * dyads err already or the list holds too few. */
int cells_dyads(const struct cells *c, uint32_t a, uint32_t b, double threshold,
                struct dyads *out, double *borrowed, struct err *err);
/* The mated cell: comparisons of each person and how many do not match, both
 * n_subjects long. */
int cells_people(const struct cells *c, uint32_t a, uint32_t b, double threshold,
                 double *m, double *x, struct err *err);

/* All exceedances at or above a threshold as dyads, across cells too, with comparisons
 * of all groups together: what the permutation test takes. Not with a gallery, a list of
 * trials or an axis on which samples had to agree.
 * `images` and `group` are n_subjects long; a person's group is that of his first
 * completed row. ERR_INPUT where somebody's images are of several groups. */
int cells_everybody(const struct cells *c, double threshold, struct dyads *out,
                    uint32_t *images, uint32_t *group, struct err *err);

/* Fills in what belongs to the scores: exceedances of the non-mated cell (a, b), mated
 * scores of the cell (g, h), and `nonmated`, which must have been made by
 * cells_dyads(). */
int cells_fnmr_at_fmr(const struct cells *c, uint32_t a, uint32_t b,
                      const struct dyads *nonmated, uint32_t g, uint32_t h,
                      struct fnmr_at_fmr *out, struct err *err);
=======
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

/* Who the rows of a roster are, as scores_people() numbers people and scores->groups
 * groups (UINT32_MAX: in none). */
struct cells_side {
    const uint32_t *person, *group;
    size_t rows;
};
/* `gallery` is NULL without one; `people` is the number of all. */
int cells_open(struct cells *c, const struct scores *scores, const struct cells_side *side,
               const struct cells_side *gallery, size_t people, struct err *err);
void cells_release(struct cells *c);

/* Of one pair of groups (a group with itself: a = b). */
struct curve cells_curve(const struct cells *c, uint32_t a, uint32_t b);

bool cells_has_people(const struct cells *c);
/* The dyads of a pair of groups without errors, and their false matches at a threshold
 * that is no lower than the floor. `images` are those completed of each person in the
 * group, from the margins: cells_images(). Released by the caller. */
int cells_dyads(const struct cells *c, uint32_t a, uint32_t b, struct dyads *to,
                struct err *err);
int cells_false_matches(const struct cells *c, uint32_t a, uint32_t b, double threshold,
                        struct dyads *to, struct err *err);
/* Mated comparisons of each person in a group and the misses among them at a threshold;
 * arrays of `people`; those without any are left out. Returns how many there are. */
size_t cells_misses(const struct cells *c, uint32_t group, double threshold, double *m,
                    double *x);
>>>>>>> dep

#endif
