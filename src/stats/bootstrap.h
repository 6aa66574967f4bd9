/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bootstrap: rates and their differences when the people are drawn again.
 *
 * Two kinds: the vertex bootstrap (people drawn with replacement; of one-way rates
 * the ordinary subject bootstrap) and double or nothing; see resample.h. Both
 * overstate the variance of a dyadic rate, up to threefold where dyads are nearly
 * independent, and say [0, 0] of a rate without errors: Wilson-t is the default and
 * they are offered beside it. They are what serves where no formula does: an FNMR at
 * a threshold that the same people set, two backends on the same people.
 *
 * Limits are percentiles of the replicates (NumPy's default, R's type 7). A replicate
 * in which a rate has no comparison is left out of that rate. Spreads (max/min, Gini)
 * have no valid percentile interval, see disparity.h: only their difference between
 * two backends is offered, and that is approximate where groups are nearly equal.
 *
 * Results depend on the seed and the number of replicates, not on the threads.
 *
 * Threads: any; `threads` of its own at a time. Fails when: ERR_INPUT for a
 * confidence out of (0, 1) or no comparisons.
 */
#ifndef STATS_BOOTSTRAP_H
#define STATS_BOOTSTRAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stats/clustered.h"
#include "stats/interval.h"

/* Rows of the table in methods.h. The degrees of freedom are infinite: percentiles
 * have none. */
int clustered_vertex(const struct dyads *d, const struct clustered_how *how,
                     struct clustered *out, struct err *err);
int clustered_doubling(const struct dyads *d, const struct clustered_how *how,
                       struct clustered *out, struct err *err);
int people_bootstrap(const struct people *c, const struct clustered_how *how,
                     struct clustered *out, struct err *err);
int people_doubling(const struct people *c, const struct clustered_how *how,
                    struct clustered *out, struct err *err);

/* One rate over persons that several rates number alike: one of the two. */
struct sampled {
    const struct dyads *dyads;
    const struct people *people;
};

/*
 * Rates of n cells in every replicate, rate[replicate * n + cell], with the same
 * weights for all. `stratum[s]` < strata says among whom a person is drawn (his group;
 * UINT32_MAX: not at all). how->confidence and how->borrowed play no part. Vertex
 * bootstrap, or double or nothing.
 */
void bootstrap_rates(const struct sampled *cells, size_t n, const uint32_t *stratum,
                     size_t strata, size_t persons, bool doubling,
                     const struct clustered_how *how, double *rate);

/* The percentile interval of n values at the given confidence; NaNs are left out, and
 * if nothing is left the limits are NaN. Keeps the estimate in `out`. */
void bootstrap_percentiles(const double *value, size_t n, double confidence,
                           struct interval *out);

/*
 * Two backends on the same people: first − second of a rate, or of a measure of
 * disparity over K groups (such as disparity_gini()). Cells first[g] and second[g] are
 * of group g. With `measure` NULL there is one cell each. `p` (may be NULL) is the
 * two-sided share of replicates on the far side of 0,
 * (1 + 2·least)/(B + 1), at most 1. `used` (may be NULL): replicates in which the
 * difference is a number.
 */
int bootstrap_paired(const struct sampled *first, const struct sampled *second,
                     size_t groups, double (*measure)(const double *rate, size_t groups),
                     const uint32_t *stratum, size_t strata, size_t persons,
                     const struct clustered_how *how, struct interval *out, double *p,
                     size_t *used, struct err *err);

/*
 * FNMR at a target FMR, with the threshold found anew in every replicate.
 */
struct scored_person {
    uint32_t s;
    float score;
};
struct fnmr_at_fmr {
    const struct dyads *nonmated;          /* all comparisons that set the threshold;
                                              errors play no part */
    const struct scored_dyad *exceedances; /* theirs from a floor up, most alike first */
    size_t n_exceedances;
    const struct scored_person *mated;     /* least alike first */
    size_t n_mated;
    double target;                         /* 0 < target < 1 */
    const uint32_t *stratum;               /* as in bootstrap_rates() */
    size_t strata;
};
struct fnmr_at_fmr_result {
    struct interval fnmr;
    double threshold;            /* the smallest observed score whose FMR ≤ target; just
                                    above all of them if there is none */
    struct interval thresholds;  /* percentiles of the replicates' */
    double fmr;                  /* at the threshold */
    double false_matches;        /* below 30: too few to set a threshold */
    size_t unreached;            /* replicates whose threshold lies below the floor and
                                    was taken as the lowest score listed: more than a few
                                    and the list is too short */
};
/* ERR_INPUT where one of the lists is empty, has a score that is no number or (of non-mated
 * ones) below the floor, is not in its order, or names a person there is not. */
int bootstrap_check_lists(const struct scored_dyad *high, size_t n_high,
                          const struct scored_person *mated, size_t n_mated, size_t persons,
                          double floor, struct err *err);
/* ERR_INPUT if an order is not kept, a list names a person there is not, or the list of
 * exceedances is too short for the target (and does not hold all comparisons). */
int bootstrap_fnmr_at_fmr(const struct fnmr_at_fmr *what, const struct clustered_how *how,
                          struct fnmr_at_fmr_result *out, struct err *err);

/*
 * The equal error rate of a cell: where the lines between the observed points of FMR and
 * FNMR cross (curve_eer()), found anew in every replicate, in which the cell's people are
 * drawn again. Ask for it where five comparisons of both kinds err at that rate: the limits
 * are percentiles of the vertex bootstrap, which of fewer errors are too narrow.
 */
struct eer_of {
    const struct dyads *nonmated;    /* the cell's comparisons; errors play no part */
    const struct scored_dyad *high;  /* theirs from the floor up, most alike first */
    size_t n_high;
    const struct scored_person *mated; /* least alike first */
    size_t n_mated;
    double floor;                    /* -INFINITY: `high` has all comparisons */
};
struct eer_result {
    struct interval eer;             /* of 0 … 1 */
    size_t unreached;                /* replicates in which they cross below the floor: taken
                                        as 1, so that the upper limit is never too low */
};
/* ERR_INPUT if an order is not kept, a list names a person there is not, or the lines of
 * the sample itself cross below the floor. */
int bootstrap_eer(const struct eer_of *what, const struct clustered_how *how,
                  struct eer_result *out, struct err *err);

#endif
