/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dyads: the comparisons of one cell, that is of one group with itself or of one
 * group with another, as far as statistics of comparisons that share people need
 * them: what every person took part in, and the few pairs of people that erred.
 *
 * A dyad is a pair of people s < t; it holds m comparisons (of images of the one with
 * images of the other), x of them errors. Millions of dyads have x = 0: they are in
 * no list. What sums over them is closed, from the images of each person.
 *
 *     struct dyads d;
 *     dyads_within(&d, images, persons);        or _across(), or _listed()
 *     dyads_add(&d, s, t, x);                   in any order, repeats add up
 *     if (dyads_close(&d, &err) < 0) ...
 *     ... clustered.h, bootstrap.h, influence.h ...
 *     dyads_release(&d);
 *
 * Invariants once closed: erring dyads are sorted by s, t, are distinct, and have
 * s < t < persons and 0 < x <= m. Counts are whole numbers held in doubles, exact
 * below 2^53. The persons of several cells may be numbered alike, each cell with
 * m_s = 0 for those it does not touch: then cells can be contrasted and resampled
 * together.
 *
 * Ownership: dyads own their arrays. Threads: read-only once closed.
 * Fails when: see each function.
 */
#ifndef STATS_DYADS_H
#define STATS_DYADS_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct dyad {
    uint32_t s, t;
    double m, x;
};

/* One comparison by its score, which is held so that larger is more alike (a distance
 * negated). */
struct scored_dyad {
    uint32_t s, t;
    float score;
};

enum dyads_form {
    DYADS_WITHIN, /* all pairs of images of different people of one group */
    DYADS_ACROSS, /* images in one role with images in another, of others */
    DYADS_LISTED, /* those of a list */
};

struct dyads {
    enum dyads_form form;
    size_t persons;
    double *a, *b;       /* images of each person in the roles; WITHIN: a only */
    uint32_t *class;     /* of each person: only people of one class were compared;
                            NULL: all of one */
    size_t classes;
    double *m;           /* comparisons of each person */
    double comparisons;  /* M, of all */
    double sum_m2;       /* Σ m_d² over all dyads */
    double most;         /* the largest m_s */
    size_t clusters;     /* persons with a comparison */
    double disjoint;     /* the most dyads of which no two share a person */
    struct dyad *erring;
    size_t n_erring, cap;
    struct dyad *listed; /* LISTED: every dyad with its m, sorted; x is 0 */
    size_t n_listed;
};

/* Every image of a person with every image of every other: m_st = n_s·n_t. With
 * `class` (else NULL) only of those of the same class, 0 … classes − 1. */
void dyads_within(struct dyads *d, const uint32_t *images, size_t persons);
void dyads_within_classes(struct dyads *d, const uint32_t *images, size_t persons,
                          const uint32_t *class, size_t classes);
/* Every image in the first role with every one in the second, but for a person with
 * itself: m_st = a_s·b_t + a_t·b_s. Two groups have a = 0 or b = 0; probes and a
 * gallery may hold the same people. */
void dyads_across(struct dyads *d, const uint32_t *a, const uint32_t *b,
                  size_t persons);
void dyads_across_classes(struct dyads *d, const uint32_t *a, const uint32_t *b,
                          size_t persons, const uint32_t *class, size_t classes);
/* The dyads of a list with their m, in any order; a dyad that comes again adds up.
 * ERR_INPUT for a person against itself, one >= persons, or m <= 0. */
int dyads_listed(struct dyads *d, const struct dyad *list, size_t n, size_t persons,
                 struct err *err);
void dyads_release(struct dyads *d);

/* x errors among the comparisons of s and t, in either order. */
void dyads_add(struct dyads *d, uint32_t s, uint32_t t, double x);
/* ERR_INPUT if a dyad has no comparison, or more errors than comparisons. */
int dyads_close(struct dyads *d, struct err *err);
/* Forgets the errors, keeps the comparisons. */
void dyads_clear(struct dyads *d);

/* The same comparisons and errors with person s called as[s], distinct and below
 * `persons`; closed. */
int dyads_renumbered(const struct dyads *d, const uint32_t *as, size_t persons,
                     struct dyads *out, struct err *err);

/* Comparisons of s and t; 0 where they have none. */
double dyads_between(const struct dyads *d, uint32_t s, uint32_t t);

/* The place of s and t among the erring dyads, or -1. */
long dyads_erring(const struct dyads *d, uint32_t s, uint32_t t);

/* Σ m_d·m'_d over the dyads of two cells with the same persons (and classes). */
double dyads_common(const struct dyads *d, const struct dyads *other);

/*
 * What the estimators start from, with p = Σx/M and R_d = x_d − p·m_d:
 * ΣR² = Σx² − 2pΣxm + p²Σm², and each person's S_s = Σ_{d ∋ s} R_d = x_s − p·m_s.
 */
struct dyads_residuals {
    double x, p;   /* all errors; their share, NaN without a comparison */
    double sum_r2; /* over all dyads */
    double *s;     /* of each person: the caller's, persons long; may be NULL */
};
void dyads_residuals(const struct dyads *d, struct dyads_residuals *r);

#endif
