/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * disparity: one number for how far apart groups are, from the rate of each
 * (FMR, FNMR) at one threshold, and what counts say about it.
 *
 * Rates lie in [0, 1], groups >= 1. Where every group has the same positive rate
 * ratios are 1 and Gini coefficients 0. A rate of 0 makes a ratio to it +inf; if
 * all rates are 0, ratios and Gini coefficients are NaN (0/0), not "fair".
 *
 * Threads: any. Fails when: counts break the rules of methods.h (ERR_INPUT); the
 * measures of rates never fail.
 */
#ifndef STATS_DISPARITY_H
#define STATS_DISPARITY_H

#include <stddef.h>
#include <stdint.h>

#include "stats/interval.h"
#include "stats/methods.h"

/* Fairness discrepancy rate, 1 − (α·max|ΔFMR| + (1 − α)·max|ΔFNMR|), α in [0, 1];
 * 1 is fair (de Freitas Pereira & Marcel 2021, IEEE T-BIOM 4:19-29). */
double disparity_fdr(const double *fmr, const double *fnmr, size_t groups,
                     double alpha);
/* Inequity rate, (max/min FMR)^α · (max/min FNMR)^(1 − α); 1 is fair (Grother
 * 2021, NIST). With α of 0 or 1 only the rate with weight counts. */
double disparity_ir(const double *fmr, const double *fnmr, size_t groups,
                    double alpha);
/* n/(n − 1) · ΣΣ|x_i − x_j| / (2n²·mean), 0 is fair, 1 all errors in one group;
 * NaN for one group. */
double disparity_gini(const double *rate, size_t groups);
/* GARBE, α·Gini(FMR) + (1 − α)·Gini(FNMR) (Howard et al. 2022, ICPR; arXiv
 * 2203.05051). With α of 0 or 1 only the rate with weight counts. */
double disparity_garbe(const double *fmr, const double *fnmr, size_t groups,
                       double alpha);
/* The worst group against the best, the geometric and the arithmetic mean of all
 * (NISTIR 8429, 2022). */
double disparity_max_min(const double *rate, size_t groups);
double disparity_max_geomean(const double *rate, size_t groups);
double disparity_max_arithmean(const double *rate, size_t groups);

/*
 * The projection interval of max/min over groups: with L and U each group's
 * limits at 1 − (1 − confidence)/groups by `proportion_method`,
 * [max(1, max L / min U), max U / min L], +inf where a lower limit is 0.
 * Conservative whatever the groups share. Estimate +inf if the least rate is 0, NaN
 * if all are. Two groups or more.
 */
int spread_max_min(const struct method *proportion_method, const int64_t *x,
                   const int64_t *n, size_t groups, double confidence,
                   struct interval *out, struct err *err);

/*
 * The same from limits got elsewhere (wilson-t, say), each at 1 − α/groups, for rates
 * that share people. Rates of 0: the estimate and the upper limit are +inf, and only the
 * lower limit says something.
 */
void disparity_max_min_box(const struct interval *rate, size_t groups,
                           struct interval *out);

/*
 * Extremes over the same box, exact: the largest against the geometric mean, Gini, and
 * GARBE (each rate's own box at 1 − α/(2·groups)). The least unequal rates of a box are
 * some level c cut off at each interval; the most unequal ones are a corner of it, so
 * that Gini and GARBE, which try all corners, have an upper limit of 1 over more than
 * DISPARITY_CORNERS groups.
 */
enum { DISPARITY_CORNERS = 16 };
void disparity_max_geomean_box(const struct interval *rate, size_t groups,
                               struct interval *out);
void disparity_gini_box(const struct interval *rate, size_t groups,
                        struct interval *out);
void disparity_garbe_box(const struct interval *fmr, const struct interval *fnmr,
                         size_t groups, double alpha, struct interval *out);

/* FDR and IR of rates known to lie within intervals (a simultaneous box: one
 * interval a group and rate, each at 1 − α/(2·groups)): the estimates at the
 * intervals' own, and outer bounds of the extremes over the box, as max U − min L
 * and max U / min L even where both are one group's. */
void disparity_fdr_box(const struct interval *fmr, const struct interval *fnmr,
                       size_t groups, double alpha, struct interval *out);
void disparity_ir_box(const struct interval *fmr, const struct interval *fnmr,
                      size_t groups, double alpha, struct interval *out);

#endif
