/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * logit: logistic regression of a 0/1 outcome, with standard errors for rows that
 * come in clusters (images of one person).
 *
 * The coefficients maximise the likelihood, by Newton's method (which for the logit is
 * iteratively reweighted least squares: McCullagh & Nelder 1989, section 4.4).
 *
 * Columns that are combinations of earlier ones have no coefficient of their own and
 * are left out (LOGIT_ALIASED), as R does.
 *
 * Separation (Albert & Anderson 1984, Biometrika 71:1-10): where some direction d has
 * (2y − 1)·x·d ≥ 0 in every row and > 0 in some, the likelihood has no maximum. The
 * direction is found from Newton's steps, which then never become small, and is
 * verified against every row before anything is said. The coefficients it moves are
 * infinite (LOGIT_INFINITE, with their sign); the others are those of the rows that it
 * leaves at 0, which is their limit (Correia, Guimarães & Zylkin 2019, arXiv
 * 1903.01633). Complete separation leaves no row.
 *
 * Covariance: the sandwich A⁻¹BA⁻¹, A the information, B the sum over clusters of the
 * outer products of their scores, times the correction CR1
 *     G/(G − 1) · (N − 1)/(N − K)
 * (Liang & Zeger 1986, Biometrika 73:13-22; Cameron & Miller 2015, J. Human Resources
 * 50:317-372, equation 12), G clusters, N rows, K coefficients estimated. Tests and
 * intervals use t and F at G − 1 degrees of freedom, as they advise for few clusters.
 * Even so errors come out too small where G is below about 40, or where a column is
 * not 0 in a few clusters only; with one cluster there its variance is 0 by
 * construction. Callers count them.
 *
 * Ownership: logit_release(). Threads: any. Fails when: ERR_INPUT for fewer than 2
 * clusters, no more rows than coefficients, or outcomes all alike; ERR_NUMERIC where
 * Newton's method does not settle within LOGIT_MAX_STEPS.
 */
#ifndef STATS_LOGIT_H
#define STATS_LOGIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define LOGIT_MAX_STEPS 100

struct logit_data {
    size_t n, k;              /* rows, columns; the first column is the constant */
    const double *x;          /* n × k; finite */
    const bool *y;
    const uint32_t *cluster;  /* a row's, below n; NULL: each row is one */
};

enum logit_state { LOGIT_ESTIMATED, LOGIT_ALIASED, LOGIT_INFINITE };

struct logit {
    size_t n, k;              /* as given */
    size_t used;              /* rows the finite coefficients rest on */
    size_t clusters;          /* among those */
    size_t rank;              /* columns those rows have */
    size_t parameters;        /* columns that all rows have: for tests of likelihoods */
    bool separated;           /* used < n says in how many rows */
    double loglik;            /* the largest, or its limit */
    unsigned steps;
    enum logit_state *state;  /* k of each */
    double *beta;             /* ±INFINITY, or NaN where aliased */
    double *cov, *model_cov;  /* k × k; NaN but for estimated ones */
};

int logit_fit(const struct logit_data *data, struct logit *out, struct err *err);
void logit_release(struct logit *fit);

/* Of a coefficient: cluster-robust; NaN where it is not estimated. */
double logit_error(const struct logit *fit, size_t column);
double logit_df(const struct logit *fit); /* G − 1 */

struct logit_test {
    double statistic, df1, df2, p; /* df2: infinity for chi-squared; NaN: no test */
};
/* That the estimated ones of the columns are all 0: Wald, F = b'V⁻¹b/q at (q, G − 1).
 * No test where none is, or q ≥ G. */
int logit_wald(const struct logit *fit, const size_t *columns, size_t n,
               struct logit_test *out, struct err *err);
/* Twice the difference in log-likelihood of two nested fits of the same rows,
 * chi-squared: for independent rows only. */
struct logit_test logit_likelihood_ratio(const struct logit *full,
                                         const struct logit *reduced);

/* P(y = 1) of a row x of k; NaN if it depends on coefficients both +inf and -inf.
 * slope (k), if not NULL, gets ∂P/∂β. */
double logit_predict(const struct logit *fit, const double *x, double *slope);

#endif
