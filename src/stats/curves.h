/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * curves: the rows of curves.csv, which has the columns of findings.csv: every number
 * that a curve, a heat map or a density of a scored folder shows.
 *
 *   metric            group, versus  point              threshold
 *   fmr, fnmr         g              fmr=P              the one for all, FMR P
 *   fmr               g, h           fmr=P              the same, g against h
 *   fmr, fnmr         g              own fmr=P          the group's own, FMR P
 *   fmr, fnmr         g              (empty)            along the curve
 *   eer               g              (empty)            where the two are equal
 *   density.mated     g              (empty)            middle of a bin; the estimate is
 *   density.nonmated                                    the share of scores per unit
 *
 * `all` is everyone: fmr over all comparisons, those between groups too; a group's own
 * are within it. Rates have Wilson-t limits where it is known who is in which
 * comparison; below 10 erring dyads the design effect is borrowed from the strictest
 * lower threshold that has so many (clustered.h). Intervals are of single rates,
 * pointwise along a curve, and conditional on the threshold.
 *
 * Ownership: rows keep their texts. Threads: one writer.
 */
#ifndef STATS_CURVES_H
#define STATS_CURVES_H

#include "model/findings.h"
#include "stats/cells.h"

struct curves_want {
    const char *study, *dataset, *backend;
    const double *targets;  /* FMRs, 0 < P < 1 */
    size_t n_targets;
    long reference;         /* the group whose FMR sets the thresholds; -1: all */
    double confidence;
    unsigned per_decade;    /* points of a curve a decade of FMR; 0: no curves */
    unsigned density_bins;  /* 0: no densities */
    bool groups_only;       /* without the rows of `all` */
};

int curves_make(const struct cells *c, const struct curves_want *want,
                struct findings *to, struct err *err);

#endif
