/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cohort: made-up people whose comparisons depend on each other, with a known
 * false-match rate, drawn without computing every score.
 *
 * The score of image k of person i with image l of person j is
 *     s = √(ρ/2)(a_i + a_j) + √(ι/2)(b_ik + b_jl) + √κ·c_ij + √(1 − ρ − ι − κ)·e,
 * standard normals all: of people, images, pairs of people and comparisons. s is
 * standard normal, so that the threshold Φ⁻¹(1 − rate) has the rate wanted. Where people
 * have several images ι = .1 and κ = (1 − ρ − ι)/2, else both are 0.
 *
 * Drawing is exact. Given the effects of people and images, pairs of people are
 * independent, and a comparison exceeds the floor τ with probability p = Q((τ − v_ik −
 * v_jl)/σ), v the effects of person and image, σ² = 1 − ρ − ι. People are put in blocks
 * with as many images and like effects. For two blocks with m comparisons a pair and p
 * <= q each,
 *   - a pair is proposed with chance m·q (skipping geometrically over those that are
 *     not), and one of its comparisons at random, so each with chance q; it is kept with
 *     chance p/q: each with its own p;
 *   - its score is drawn from the tail, then c_ij given it, then the pair's others;
 *   - if K of them exceed, all are kept with chance 1/K, since the same outcome is
 *     proposed by each of the K.
 * So an outcome in which K >= 1 exceed comes out with its own probability. Where m·q is
 * not small c_ij is drawn for every pair; given it the comparisons are independent, and
 * are proposed and kept in the same way.
 */
#ifndef BENCH_COHORT_H
#define BENCH_COHORT_H

#include <gsl/gsl_rng.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { IMAGES_RANDOM = 0, IMAGES_MOST = 10 }; /* random: min(10, geometric of .35) */

struct cohort_design {
    bool within;       /* one group with itself, or one with another */
    size_t subjects;   /* of the (first) group */
    unsigned images;   /* of each person, or IMAGES_RANDOM */
    double rho, rate;
    double floor_rate; /* scores are drawn down to where this share exceeds */
    size_t others;     /* in the second group; 0: as many as in the first */
};

struct cohort_score {
    uint32_t s, t;
    double score;      /* above the floor */
};

struct cohort {
    struct cohort_design design;
    double iota, kappa, sigma_e, sigma;
    double threshold, floor;
    size_t persons;
    uint32_t *images;
    double (*effect)[IMAGES_MOST]; /* v of each image */
    double *greatest;              /* of each person's */
    struct cohort_score *scores;   /* of one pair of people side by side */
    size_t n_scores, cap;
    uint32_t *order;               /* people by their greatest effect, group by group */
    struct cohort_block *blocks;
    size_t n_blocks, first_of_second; /* blocks of the second group begin there */
    double *bound, *slope, *none[IMAGES_MOST * IMAGES_MOST + 1]; /* tables, see cohort.c */
};

void cohort_init(struct cohort *c, const struct cohort_design *design);
void cohort_release(struct cohort *c);

/* Images and effects; then the scores above the floor given them. */
void cohort_draw_people(struct cohort *c, gsl_rng *rng);
void cohort_draw_scores(struct cohort *c, gsl_rng *rng);

#endif
