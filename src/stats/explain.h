/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * explain: whether a gap between groups survives what else differs between their
 * images: a logistic regression of error on groups and covariates, set beside the one
 * on the groups alone, of the same rows.
 *
 * An effect is one level of a grouping category against its base. It is given as the
 * average adjusted difference in the rate of error: everyone in the rows taken to be of
 * the level, less everyone taken to be of the base, all else as it is (standardisation
 * over the rows at hand: Lane & Nelder 1982, Biometrics 38:613-621), with the delta
 * method on the cluster-robust covariance, the rows taken as fixed. Odds ratios do not
 * serve for that comparison: they change when a covariate is added even where nothing
 * is confounded (Greenland, Robins & Pearl 1999, Stat. Sci. 14:29-46).
 *
 * What a regression cannot do: covariates that the group itself changes (a camera that
 * exposes for light skin) are part of how the gap arises, and holding them alike does
 * not excuse it.
 *
 * Ownership: explain_release(). Threads: any. Fails when: see design.h and logit.h.
 */
#ifndef STATS_EXPLAIN_H
#define STATS_EXPLAIN_H

#include "stats/design.h"
#include "stats/interval.h"
#include "stats/logit.h"

/* Fewer people or errors than these behind a level are too few to say. */
#define EXPLAIN_FEW 5

struct explain_input {
    const struct design_variable *variables;
    const bool *covariate;       /* a variable: not a group */
    size_t n_variables;
    const char *const *terms;
    size_t n_terms, rows;
    const bool *y;
    const uint32_t *cluster;
    double confidence;
};

enum explain_verdict {
    EXPLAIN_SURVIVES,   /* shown alone and beside the covariates, the same way */
    EXPLAIN_GONE,       /* shown alone, not beside the covariates */
    EXPLAIN_APPEARS,    /* shown only beside the covariates */
    EXPLAIN_REVERSED,   /* shown both times, the other way round */
    EXPLAIN_NEITHER,    /* shown neither time */
    EXPLAIN_TOO_FEW,    /* EXPLAIN_FEW people or errors are not there */
    EXPLAIN_NO_FIT,     /* separated, or the base is: no finite interval */
};

struct explain_effect {
    size_t variable, level, base;
    struct interval alone, adjusted; /* differences in rate; NaN where none */
    size_t x, n, people;             /* of the level */
    size_t base_x, base_n, base_people;
    enum explain_verdict verdict;
};

struct explain_term {
    struct logit_test wald, lr;      /* of leaving the term out of all terms */
};

struct explain {
    bool has_covariates;             /* else `alone` is not made */
    struct design design, alone_design;
    struct logit fit, alone;
    struct explain_term *terms;      /* design.n_terms */
    struct explain_effect *effects;
    size_t n_effects;
    size_t *people;                  /* a column: clusters in which it is not 0 */
};

int explain_make(struct explain *e, const struct explain_input *in, struct err *err);
void explain_release(struct explain *e);

/* exp of a coefficient with its limits (t at G − 1); NaN where not estimated, 0 or
 * infinity where infinite. */
struct interval explain_odds_ratio(const struct logit *fit, size_t column,
                                   double confidence);

#endif
