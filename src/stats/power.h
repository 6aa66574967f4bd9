/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * power: how many people a comparison needs, and the smallest disparity that so many
 * can show.
 *
 * Two groups of the same number of people and images; *shown* is what a report would
 * call shown: the interval of the difference p2 − p1 lies above 0, by MOVER (Newcombe's
 * formula) from the Wilson-t limits of each rate (clustered.h).
 *
 * Threads: any. Fails when: see each function.
 */
#ifndef STATS_POWER_H
#define STATS_POWER_H

#include "base/err.h"

/*
 * The size of each of two equal groups that a two-sided test of two proportions
 * at level `alpha` needs to see a difference of `difference` with probability
 * `power`, in the worst case, which is that of rates around one half:
 * Fleiss, Levin and Paik, Statistical Methods for Rates and Proportions, 3rd ed.
 * (2003), equation 4.14, without correction for continuity,
 *     n = (z_{1−α/2} √(2 P̄ Q̄) + z_{power} √(P1 Q1 + P2 Q2))² / (P2 − P1)²
 * with P1 = (1 − d)/2, P2 = (1 + d)/2, P̄ = 1/2; rounded up. 0 < difference < 1,
 * 0 < alpha < 1, 0 < power < 1.
 */
double power_group_size(double difference, double alpha, double power);

/*
 * How trials of the same people depend on each other: correlations of a latent normal
 * score that is an error where it is high,
 *     √(ρ/2)(a_i + a_j) + √(ι/2)(b_ik + b_jl) + √κ·c_ij + √(1 − ρ − ι − κ)·e
 * of image k of person i with image l of person j: `person` is ρ, `image` is ι, `pair` is
 * κ. Of trials of one person each, √ρ·a_i + √(1 − ρ)·e. A pair counts only where people
 * have several images. 0 <= each, sum < 1.
 */
struct power_dependence {
    double person, image, pair;
};
/* ρ with ι = .1 and κ = (1 − ρ − ι)/2: the cohorts on which misid's intervals were
 * tried (bench/perf). 0 <= ρ <= .8. */
struct power_dependence power_assume(double person);

/* One group of a plan: comparisons of all its images of different people (dyads), or
 * one trial an image. */
enum power_trials { POWER_DYADS, POWER_PEOPLE };
struct power_plan {
    enum power_trials trials;
    struct power_dependence dependence;
    double subjects, images; /* images a person */
    double confidence;
};

/* Correlation of two errors of rate p whose scores are correlated by r >= 0: the
 * bivariate normal integral (Plackett 1954, Biometrika 41:351-360) by quadrature. */
double power_error_correlation(double p, double r);
/* M comparisons, and the design effect of a rate p over them: 1 and the correlations
 * of errors times how many trials share an image, a pair of people, one person. */
double power_comparisons(const struct power_plan *plan);
double power_design_effect(const struct power_plan *plan, double p);

/*
 * The probability that a difference is shown: over x1 and x2 of N* = M/deff independent
 * trials, binomial. Degrees of freedom as the erring pairs give them, ν =
 * G/(3 + G/2x*), x* = p̂N*, at least 2 (dyads); people with several images
 * G·n/2(n − 1). Below ten errors the design effect is that of fifteen, as Wilson-t borrows
 * it. An approximation, held against simulated cohorts. 0 < p1 < p2 < 1.
 */
double power_of(const struct power_plan *plan, double p1, double p2);

/* The fewest subjects a group, plan->subjects aside, for a power of at least `power`;
 * ERR_NUMERIC where 10^7 are not enough. */
int power_subjects(const struct power_plan *plan, double p1, double p2, double power,
                   double *subjects, struct err *err);
/* The smallest p2/p1 > 1 shown with that power; ERR_NUMERIC where none below 1/p1 is. */
int power_ratio(const struct power_plan *plan, double p1, double power, double *ratio,
                struct err *err);
/* The ρ (of power_assume()) with which the plan, as the pilot was, has the design effect
 * a pilot measured; 0 where it has more without any. ERR_NUMERIC where .8 is not
 * enough. */
int power_pilot(const struct power_plan *pilot, double p, double deff, double *person,
                struct err *err);

#endif
