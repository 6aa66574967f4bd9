/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * steps: where a series of numbers over time changed its level, told from noise.
 *
 * The levels are the piecewise constant function u that makes
 *
 *     Σ |y_i − u_i| / σ_i + γ · (number of steps)
 *
 * least (the L1 Potts functional, the model of airspeed velocity's step detection): of
 * one segment the level is a weighted median, which one night out of the common does not
 * move. Found exactly over the levels that occur, by dynamic programming in O(n · levels)
 * (Storath, Weinmann & Unser 2017, Inf. Inference 6:225-245); over more than STEPS_LEVELS
 * of them the levels are as many quantiles.
 *
 * σ_i = s · h_i: h_i is half of night i's interval in units of its own normal quantile,
 * which says how nights differ in how well they are measured, and s how much they differ
 * in truth: the larger of the median and the upper quartile of |y_i − y_{i−1}| /
 * √(h_i² + h_{i−1}²), each by that of a normal variable. Nights on the same samples vary
 * less than their intervals say: s is then below 1. With fewer than STEPS_FEW nights s is
 * at least 1. σ_i is never below `resolution`, half of what one error counts.
 *
 * γ = STEPS_PENALTY + STEPS_PENALTY_LOG · ln n was set by simulation (bench/perf/steps):
 * series without a step then show one with a probability of at most 1 %, from 10 to
 * 10,000 nights, of normal noise, of binomial counts, and of noise with the tails of t
 * at 5 degrees of freedom.
 *
 * Ownership: steps_release(). Threads: any. Fails when: never.
 */
#ifndef STATS_STEPS_H
#define STATS_STEPS_H

#include <stdbool.h>
#include <stddef.h>

enum { STEPS_LEVELS = 512, STEPS_FEW = 12, STEPS_LEAST = 5 };
#define STEPS_PENALTY 0.5
#define STEPS_PENALTY_LOG 2.0

/* One night: its value, half of its interval over the normal quantile, and half of what
 * one error counts. All finite; half > 0. */
struct steps_night {
    double value, half, resolution;
};

struct step {
    size_t at;            /* the first night of the new level */
    double before, after; /* levels */
    double size;          /* |after − before| in σ of that night */
};

struct steps {
    double *level;        /* of each night */
    double noise;         /* s */
    struct step *steps;
    size_t n;
};

/* Of fewer than STEPS_LEAST nights there are none. */
void steps_find(const struct steps_night *nights, size_t n, struct steps *out);
/* The same with a penalty of the caller's. */
void steps_find_at(const struct steps_night *nights, size_t n, double penalty,
                   struct steps *out);
double steps_penalty(size_t n);
void steps_release(struct steps *s);

#endif
