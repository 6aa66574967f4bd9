/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * resample: rates when people are drawn again, sixteen replicates at a time.
 *
 * A replicate gives every person s a weight w_s: how often he is drawn with
 * replacement among those of his stratum (RESAMPLE_PEOPLE, the vertex bootstrap), or
 * 0 or 2 by a coin (RESAMPLE_DOUBLING, double or nothing; Owen & Eckles 2012, Ann.
 * Appl. Stat. 6:895-927). A dyad weighs w_s·w_t; a person with himself, drawn twice,
 * is no comparison (i ≠ j). The total weight of all comparisons is closed,
 *     within  ((Σwn)² − Σw²n²)/2,   across  Σwa·Σwb − Σw²ab,
 * so that only erring dyads are visited. Sums are whole numbers: exact, whatever
 * the order.
 *
 * Weights lie person by person, RESAMPLE_LANES replicates side by side. A replicate's
 * weights depend on its number and the seed alone.
 *
 * Ownership: a plan owns copies of what it needs of the dyads. Threads: plans and
 * strata are read-only once made.
 */
#ifndef STATS_RESAMPLE_H
#define STATS_RESAMPLE_H

#include <gsl/gsl_rng.h>
#include <stddef.h>
#include <stdint.h>

#include "stats/clustered.h"
#include "stats/dyads.h"

enum { RESAMPLE_LANES = 16 };

enum resampling { RESAMPLE_PEOPLE, RESAMPLE_DOUBLING };

/* Who is drawn among whom. */
struct strata {
    size_t persons, n;
    size_t *from;      /* where each stratum begins in `members`; n + 1 */
    uint32_t *members; /* persons in no stratum are not drawn: weight 1 */
};
#define NO_STRATUM UINT32_MAX
/* stratum[s] < n or NO_STRATUM. */
void strata_init(struct strata *g, const uint32_t *stratum, size_t n, size_t persons);
/* The people of one cell: those of a group, or of two by their roles (probe, gallery,
 * both), each drawn among its like. */
void strata_of_dyads(struct strata *g, const struct dyads *d);
void strata_of_people(struct strata *g, const struct people *c);
void strata_release(struct strata *g);

/* Weights of replicates first … first + RESAMPLE_LANES − 1 into w[persons ×
 * RESAMPLE_LANES]. */
void resample_draw(const struct strata *g, enum resampling kind, uint64_t seed,
                   uint64_t first, gsl_rng *rng, uint16_t *w);

/* Room for the weights of a block, for each worker. */
uint16_t **resample_space(size_t workers, size_t persons);
void resample_space_free(uint16_t **w, size_t workers);

struct link {
    uint32_t s, t;
};

/* Links that weigh alike. */
struct links {
    struct link *at;
    size_t n;
    size_t *from;      /* where each weight's links begin; n_weights + 1 */
    double *weight;
    size_t n_weights;
};

/* One rate, made ready. */
struct resample_plan {
    const struct dyads *dyads;   /* one of the two: borrowed */
    const struct people *people;
    struct links erring, listed;
};
void resample_plan_dyads(struct resample_plan *p, const struct dyads *d);
void resample_plan_people(struct resample_plan *p, const struct people *c);
void resample_plan_release(struct resample_plan *p);

/* The weight of all comparisons, of all errors, and the rate, in each lane; NaN for a
 * rate without a comparison. */
void resample_totals(const struct resample_plan *p, const uint16_t *w,
                     double total[RESAMPLE_LANES]);
void resample_errors(const struct resample_plan *p, const uint16_t *w,
                     double errors[RESAMPLE_LANES]);
void resample_rates(const struct resample_plan *p, const uint16_t *w,
                    double rate[RESAMPLE_LANES]);

/* Adds w_s·w_t of n links, at most RESAMPLE_MOST, to each lane. */
#define RESAMPLE_MOST ((size_t)1 << 16)
void resample_add(const struct link *at, size_t n, const uint16_t *w,
                  uint32_t sum[RESAMPLE_LANES]);

#endif
