/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * versus: the same rate, gap, ratio or spread in two runs: what it was before, what it
 * is after, and how surely it changed.
 *
 *     rate         after − before, or after / before
 *     difference   of two groups: (after_g − after_h) − (before_g − before_h)
 *     ratio        of two groups: (after_g / after_h) / (before_g / before_h)
 *     max_min      over groups: the largest by the smallest, after / before
 *
 * How the two runs hang together decides how the interval is made:
 *
 *   the same trials, one a person    Newcombe's method 10 on the paired table
 *                                    (paired.h); ratios by the influence function
 *   people in common                 the influence of every person on both rates, so
 *                                    that what the runs share cancels (influence.h)
 *   nobody in common                 MOVER from the limits of each rate, which is
 *                                    Newcombe's interval of independent trials
 *
 * Gap and ratio are of two groups that share nobody: their changes are independent, and
 * MOVER combines the limits of each (Zou & Donner 2008, Stat. Med. 27:1693-1702; for
 * differences of differences the same formula once more). Spreads: people are drawn again,
 * the same in both runs (bootstrap.h), percentiles of the log of the ratio; where nobody
 * is known, MOVER from the projection interval of each (disparity.h), which is wide.
 *
 * Ownership: rates are borrowed; the replicates of a spread are of versus_release().
 * Threads: any. Fails when: as the methods do.
 */
#ifndef STATS_VERSUS_H
#define STATS_VERSUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stats/clustered.h"
#include "stats/rate.h"

/* A rate in one run. `rate` says whose its trials are where that is known. Where it is
 * not, but trials share people (`summary`), the limits come from what was recorded:
 * Wilson's with n_eff coin tosses and t at df; of a rate of 0 or 1, whose n_eff is NaN,
 * the tosses that make the recorded limit. */
struct measured {
    struct rate rate;
    const struct method *method; /* of independent trials; NULL: wilson */
    bool summary;
    bool single;                 /* one trial a person: they tell who is who, and by
                                    themselves the trials are independent */
    double n_eff, df, lo, hi, confidence;
};

int measured_limits(const struct measured *m, double confidence, struct interval *out,
                    struct err *err);

/* One group in both runs. With `table` every trial of the one run is one of the other,
 * one a person. */
struct versus_group {
    struct measured before, after;
    bool table;
    int64_t both, only_before, only_after, neither;
};

enum versus_kind { VERSUS_RATE, VERSUS_DIFFERENCE, VERSUS_RATIO, VERSUS_SPREAD };

struct versus {
    enum versus_kind kind;
    bool relative;              /* of a rate: after / before */
    const struct method *method; /* of a difference or ratio in one run, where whom the
                                    trials share is known; NULL: mover */
    struct versus_group *groups; /* rate: 1; difference, ratio: 2; spread: 2 or more */
    size_t n;
    size_t persons;             /* numbers of people lie below it */
    struct clustered_how how;   /* of a spread: replicates, seed, threads */
    double *replicates;         /* of a spread: logs of after / before; made once */
    size_t n_replicates;
};

/* How the two runs hang together. */
enum versus_bond { VERSUS_UNPAIRED, VERSUS_SHARED, VERSUS_PAIRED };
enum versus_bond versus_bond(const struct versus *v);
/* The name of the method behind versus_change(), as in methods.h. */
const char *versus_method(const struct versus *v);

/* Draws the replicates of a spread whose people are known; nothing else. */
int versus_prepare(struct versus *v, struct err *err);
void versus_release(struct versus *v);

/* True if the change is a quotient, whose "nothing" is 1. */
bool versus_is_ratio(const struct versus *v);
/* The change and its limits; [−2, 2] of differences, [0, inf] of quotients. NaN where a
 * quotient has no estimate, with limits that say nothing. */
int versus_change(const struct versus *v, double confidence, struct interval *out,
                  struct err *err);
/* The two-sided alpha at which the nearer limit meets the margin (interval_p()). */
int versus_change_p(const struct versus *v, double margin, double *p, struct err *err);
/* McNemar's exact test of a rate with a table; else as versus_change_p() of nothing. */
int versus_test(const struct versus *v, double *p, struct err *err);

/* What it is in one of the runs, and its limits. */
enum versus_side { VERSUS_BEFORE, VERSUS_AFTER };
int versus_level(const struct versus *v, enum versus_side side, double confidence,
                 struct interval *out, struct err *err);
int versus_level_p(const struct versus *v, enum versus_side side, double margin, double *p,
                   struct err *err);

#endif
