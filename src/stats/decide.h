/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * decide: whether quantities lie within what is allowed, beyond it, or whether that
 * cannot be told.
 *
 * Each test has a margin that its quantity must not exceed (or, `least`, not fall below):
 *
 *     PASS   the limit of its interval on the far side is within the margin
 *     FAIL   the limit on the near side, adjusted for how many tests there are (Holm
 *            1979), is beyond it
 *     OPEN   neither
 *
 * Limits are those of two-sided intervals at `confidence` = 1 − α. A test whose quantity
 * is exactly at its margin fails with a probability of at most α/2, and so does any of
 * all tests together whose quantities are within their margins: that is the false-alarm
 * rate of a gate. Where nothing has changed and margins are wider than nothing it is
 * smaller. PASS is not adjusted: every test must pass by itself (intersection-union
 * test, Berger 1982), and one whose quantity is at its margin passes with α/2.
 *
 * Threads: any. Fails when: as the limits do.
 */
#ifndef STATS_DECIDE_H
#define STATS_DECIDE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "stats/interval.h"

enum decision { DECISION_PASS, DECISION_FAIL, DECISION_OPEN };

struct decide {
    /* asked */
    int (*limits)(const void *about, double confidence, struct interval *out,
                  struct err *err);
    const void *about;
    bool ratio;     /* a quotient: its margin is above 0, and it is nothing at 1 */
    bool least;     /* the margin is the least allowed */
    double margin;
    double bound;   /* NaN, or what the limit on the far side is held against in the
                       margin's stead; the estimate must then be within the margin too */
    /* answered */
    struct interval at; /* at the confidence */
    double p, p_adj;    /* of being beyond the margin: two-sided alpha; 1 if it is not */
    double near;        /* the adjusted limit on the near side */
    enum decision decision;
};

/* Decides all of them as one family. */
int decide(struct decide *tests, size_t n, double confidence, struct err *err);

/* The standard deviation of one night's logarithm from how far n nights lie apart from
 * those before them: their median over .6745·√2, which a step or two move little. Sorts
 * them. n >= 1. */
double decide_noise(double *apart, size_t n);

/* exp of an estimate ∓ t·se: quotients of times measured several times over. df may be
 * infinite. */
struct decide_times {
    double log_ratio, se, df;
};
int decide_times_limits(const void *about, double confidence, struct interval *out,
                        struct err *err);

#endif
