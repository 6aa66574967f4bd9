/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * curve: the trade between false matches and false non-matches of one group or of all,
 * and the thresholds on it, from what a scored folder keeps: every mated score, the
 * non-mated scores down to a floor one by one, and below it a histogram.
 *
 * Scores here are likenesses: larger is more alike. A distance goes in negated, its
 * histogram mirrored (curve_mirror()), and comes out so. A match is
 * (double)score >= threshold; FMR and FNMR are of completed comparisons.
 *
 * An FMR is exact at every threshold at or above the floor and on every edge of the
 * histogram, in between it is bounded by the edges on either side. The curve changes
 * only at observed scores, so those are its thresholds.
 *
 * Ownership: arrays are the caller's. Threads: read-only. Fails when: never; what
 * cannot be known is said in `how`.
 */
#ifndef STATS_CURVE_H
#define STATS_CURVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct curve {
    const float *high;         /* non-mated scores >= floor, sorted, smallest first */
    size_t n_high;
    double floor;              /* -INFINITY: all of them are there */
    const uint64_t *histogram; /* non-mated, all bins over [low, top]; or NULL */
    size_t bins;
    double low, top;
    uint64_t nonmated;         /* comparisons */
    const float *mated;        /* sorted, smallest first */
    size_t n_mated;
};

enum curve_how {
    CURVE_EXACT,    /* the threshold is an observed score at or above the floor */
    CURVE_EDGE,     /* it is an edge of the histogram: the exact one lies below it */
    CURVE_BEYOND,   /* no observed score is strict enough: just above the largest */
    CURVE_ALL,      /* every score is good enough: -INFINITY */
    CURVE_BOUNDED,  /* the FMR lies between fmr and fmr_most */
    CURVE_UNKNOWN,  /* below the floor, and no histogram */
};
extern const char *const curve_how_names[];

struct curve_point {
    double threshold, fmr, fnmr; /* NaN where not known */
    uint64_t false_matches, false_non_matches;
    double fmr_most;             /* fmr but where CURVE_BOUNDED */
    enum curve_how how;
};

/* Sorts, smallest first; no NaN. By the bits of the floats, eleven at a time. */
void curve_sort(float *scores, size_t n);
/* The bins of a distance as those of its negation. */
void curve_mirror(uint64_t *histogram, size_t bins, double *low, double *top);

/* What a threshold does. */
struct curve_point curve_at(const struct curve *c, double threshold);

/*
 * The threshold for a target FMR, which it never exceeds: the smallest observed
 * non-mated score at which FMR <= target. Where only the histogram reaches so far down,
 * its lowest edge for which that holds (CURVE_EDGE). 0 <= target <= 1.
 */
struct curve_point curve_threshold(const struct curve *c, double target);

/* The lines between the points of the curve cross FMR = FNMR here (in 0 … 1; NaN
 * without scores of both kinds); `how` says whether both points were exact. Between
 * them the threshold is the stricter one's. */
struct curve_eer {
    double eer, threshold;
    enum curve_how how;
};
struct curve_eer curve_eer(const struct curve *c);

/*
 * All points of the curve whose scores are known one by one (floor or above), from the
 * strictest: at each distinct score its threshold, false matches, and mated matches. The
 * arrays have room for n_high + n_mated; returns how many there are.
 */
struct curve_points {
    double *threshold;
    uint64_t *false_matches, *matches;
};
size_t curve_points(const struct curve *c, struct curve_points *to);

/*
 * Points for a drawing: for every target FMR from 1 down, `per_decade` a decade, to one
 * false match, the point of curve_threshold(); equal ones once. Returns how many of at
 * most `most`.
 */
size_t curve_drawn(const struct curve *c, unsigned per_decade, struct curve_point *to,
                   size_t most);

/*
 * One group at a threshold for all, and at one of its own for the same target: what it
 * would take to equalise FMRs, and what the group pays for it in FNMR.
 */
struct curve_choice {
    struct curve_point common, own;
};
/* `groups` curves, a threshold for all that `of` alone decides (all comparisons, or one
 * reference group). */
void curve_choose(const struct curve *of, const struct curve *groups, size_t n,
                  double target, struct curve_choice *to);

#endif
