/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cohort.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { BLOCK = 32 };
#define DRAW_ALL .3 /* above this chance of a proposal all scores of a pair are drawn */

struct cohort_block {
    size_t from, to;   /* in the order of people */
    double high, low;  /* greatest and least effect of an image */
    unsigned images;   /* of each */
};

void cohort_init(struct cohort *c, const struct cohort_design *design)
{
    bool several = design->images != 1;

    *c = (struct cohort){ .design = *design };
    c->iota = several ? .1 : 0;
    c->kappa = several ? (1 - design->rho - c->iota) / 2 : 0;
    c->sigma = sqrt(1 - design->rho - c->iota);
    c->sigma_e = sqrt(1 - design->rho - c->iota - c->kappa);
    c->threshold = gsl_cdf_ugaussian_Qinv(design->rate);
    c->floor = gsl_cdf_ugaussian_Qinv(design->floor_rate);
    c->persons = design->within ? design->subjects : 2 * design->subjects;
    c->images = mem_array(c->persons, sizeof *c->images);
    c->effect = mem_array(c->persons, sizeof *c->effect);
    c->order = mem_array(c->persons, sizeof *c->order);
    c->blocks = mem_array(c->persons / BLOCK + 2 * IMAGES_MOST + 2, sizeof *c->blocks);
}

void cohort_release(struct cohort *c)
{
    free(c->images);
    free(c->effect);
    free(c->scores);
    free(c->order);
    free(c->blocks);
}

static unsigned draw_images(const struct cohort_design *design, gsl_rng *rng)
{
    if (design->images != IMAGES_RANDOM)
        return design->images;
    unsigned n = gsl_ran_geometric(rng, .35);
    return n < IMAGES_MOST ? n : IMAGES_MOST;
}

struct ranked {
    double greatest;
    unsigned images;
    uint32_t person;
};

static int by_images_and_effect(const void *a, const void *b)
{
    const struct ranked *p = a, *q = b;

    if (p->images != q->images)
        return p->images < q->images ? -1 : 1;
    return (p->greatest < q->greatest) - (p->greatest > q->greatest);
}

/* One group's people in blocks of as many images and like effects. */
static void make_blocks(struct cohort *c, size_t from, size_t to)
{
    struct ranked *ranked = mem_array(to - from, sizeof *ranked);

    for (size_t s = from; s < to; s++) {
        double greatest = c->effect[s][0];
        for (unsigned k = 1; k < c->images[s]; k++)
            greatest = fmax(greatest, c->effect[s][k]);
        ranked[s - from] = (struct ranked){ greatest, c->images[s], (uint32_t)s };
    }
    qsort(ranked, to - from, sizeof *ranked, by_images_and_effect);
    for (size_t i = from; i < to; i++) {
        const struct ranked *at = &ranked[i - from];
        struct cohort_block *b = &c->blocks[c->n_blocks - 1];
        c->order[i] = at->person;
        if (i == from || b->images != at->images || b->to - b->from == BLOCK) {
            b = &c->blocks[c->n_blocks++];
            *b = (struct cohort_block){ i, i, at->greatest, INFINITY, at->images };
        }
        b->to = i + 1;
        for (unsigned k = 0; k < at->images; k++)
            b->low = fmin(b->low, c->effect[at->person][k]);
    }
    free(ranked);
}

void cohort_draw_people(struct cohort *c, gsl_rng *rng)
{
    double of_person = sqrt(c->design.rho / 2), of_image = sqrt(c->iota / 2);
    size_t n = c->design.subjects;

    for (size_t s = 0; s < c->persons; s++) {
        double a = of_person * gsl_ran_gaussian_ziggurat(rng, 1);
        c->images[s] = draw_images(&c->design, rng);
        for (unsigned k = 0; k < c->images[s]; k++)
            c->effect[s][k] =
                a + (of_image > 0 ? of_image * gsl_ran_gaussian_ziggurat(rng, 1) : 0);
    }
    c->n_blocks = 0;
    make_blocks(c, 0, n);
    c->first_of_second = c->design.within ? 0 : c->n_blocks;
    if (!c->design.within)
        make_blocks(c, n, c->persons);
}

static void add_score(struct cohort *c, uint32_t s, uint32_t t, double score)
{
    MEM_ROOM(c->scores, c->n_scores, c->cap);
    c->scores[c->n_scores++] = (struct cohort_score){ s, t, score };
}

/* z > h, z normal with standard deviation sigma. */
static double draw_tail(gsl_rng *rng, double h, double sigma)
{
    double z;

    if (h > 0)
        return gsl_ran_gaussian_tail(rng, h, sigma);
    do
        z = gsl_ran_gaussian_ziggurat(rng, sigma);
    while (z <= h);
    return z;
}

static double draw(gsl_rng *rng, double sigma)
{
    return sigma > 0 ? gsl_ran_gaussian_ziggurat(rng, sigma) : 0;
}

/* All scores of a pair of people given their common effect; comparison k, l has the
 * residual e where k is not IMAGES_MOST. */
static size_t draw_pair(struct cohort *c, gsl_rng *rng, uint32_t s, uint32_t t,
                        double common, unsigned k, unsigned l, double e)
{
    size_t before = c->n_scores;

    for (unsigned i = 0; i < c->images[s]; i++)
        for (unsigned j = 0; j < c->images[t]; j++) {
            double rest = i == k && j == l ? e : draw(rng, c->sigma_e);
            double score = c->effect[s][i] + c->effect[t][j] + common + rest;
            if (score > c->floor)
                add_score(c, s, t, score);
        }
    return c->n_scores - before;
}

/* A proposal for s and t: one of `places`, each with chance q. */
static void propose(struct cohort *c, gsl_rng *rng, uint32_t s, uint32_t t,
                    const struct cohort_block *a, const struct cohort_block *b, double q,
                    double least)
{
    unsigned place = (unsigned)gsl_rng_uniform_int(rng, a->images * b->images);
    unsigned k = place % a->images, l = place / a->images;
    double h = c->floor - c->effect[s][k] - c->effect[t][l];
    double u = gsl_rng_uniform(rng) * q;
    if (u > least && u > gsl_cdf_ugaussian_Q(h / c->sigma))
        return;
    bool alone = c->images[s] == 1 && c->images[t] == 1;
    if (alone && c->floor == c->threshold) { /* the score itself is not wanted */
        add_score(c, s, t, c->threshold);
        return;
    }
    double z = draw_tail(rng, h, c->sigma);
    if (alone) {
        add_score(c, s, t, c->floor - h + z);
        return;
    }
    double var = c->sigma * c->sigma, share = c->kappa / var;
    double common = z * share + draw(rng, sqrt(c->kappa * (1 - share)));
    size_t before = c->n_scores, n = draw_pair(c, rng, s, t, common, k, l, z - common);
    if (n > 1 && gsl_rng_uniform_int(rng, n) > 0)
        c->n_scores = before;
}

static void draw_blocks(struct cohort *c, gsl_rng *rng, const struct cohort_block *a,
                        const struct cohort_block *b)
{
    size_t rows = a->to - a->from, columns = b->to - b->from, n = rows * columns;
    double q = gsl_cdf_ugaussian_Q((c->floor - a->high - b->high) / c->sigma);
    double least = gsl_cdf_ugaussian_Q((c->floor - a->low - b->low) / c->sigma);
    double chance = q * a->images * b->images, slope = 1 / log1p(-chance);
    bool all = chance > DRAW_ALL;

    for (size_t at = 0; at < n; at++) {
        if (!all) {
            double skip = log(gsl_rng_uniform_pos(rng)) * slope;
            if (skip >= (double)(n - at))
                break;
            at += (size_t)skip;
        }
        size_t i = at / columns, j = at % columns;
        if (a == b && i >= j)
            continue;
        uint32_t s = c->order[a->from + i], t = c->order[b->from + j];
        if (all)
            draw_pair(c, rng, s, t, draw(rng, sqrt(c->kappa)), IMAGES_MOST, IMAGES_MOST, 0);
        else
            propose(c, rng, s, t, a, b, q, least);
    }
}

void cohort_draw_scores(struct cohort *c, gsl_rng *rng)
{
    bool within = c->design.within;

    c->n_scores = 0;
    for (size_t i = 0; i < (within ? c->n_blocks : c->first_of_second); i++)
        for (size_t j = within ? i : c->first_of_second; j < c->n_blocks; j++)
            draw_blocks(c, rng, &c->blocks[i], &c->blocks[j]);
}
