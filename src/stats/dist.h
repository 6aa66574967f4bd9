/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dist: the distributions behind the intervals: normal and Student quantiles,
 * binomial probabilities, the beta distribution and its quantiles.
 *
 * GSL 2.7.1 is not used for the beta distribution: its quantile gives NaN or
 * never ends, and its CDF is wrong in the third digit, at the counts of face
 * comparisons (10^6 and more).
 *
 * Threads: any. Fails when: ERR_NUMERIC where an iteration does not converge
 * within its bound; nothing here loops for ever.
 */
#ifndef STATS_DIST_H
#define STATS_DIST_H

#include "base/err.h"

/* z with P(|Z| <= z) = confidence, Z standard normal; 0 < confidence < 1. */
double normal_two_sided(double confidence);
/* t with P(|T| <= t) = confidence, T Student's with df >= 1 degrees of freedom,
 * whole or not, or infinite. */
double student_two_sided(double confidence, double df);

/*
 * log of C(x + y, x) p^x q^y for real x, y >= 0 (hits and misses) and q = 1 - p;
 * each is given so that none loses digits to another. In the deviance form of
 * Loader (2000, "Fast and accurate computation of binomial probabilities"), which
 * keeps 12 digits at n = 10^15 where differences of log-gammas keep none. -inf where
 * impossible.
 */
double binomial_log_pdf(double x, double y, double p, double q);

/* log P(B <= x), B ~ Beta(a, b), a, b >= 0.5, q = 1 - x. By the continued
 * fraction of DLMF 8.17.22 (its even part), evaluated by Lentz's method. */
int beta_log_cdf(double a, double b, double x, double q, double *log_p,
                 struct err *err);

/* A number between 0 and 1 with its complement, neither rounded by the other. */
struct share {
    double p, q;
};
/* The `tail` quantile of Beta(a, b), 0 < tail < 1; best for tail <= 0.5 (for an
 * upper quantile swap a and b, and p and q). Newton's method for log P on the logit
 * of the quantile, where log P is concave, so that it converges from anywhere. */
int beta_quantile(double a, double b, double tail, struct share *out,
                  struct err *err);

/* The p and q of a logit y = log(p/q), and back. */
struct share share_of_logit(double y);
double logit_of_share(struct share s);

#endif
