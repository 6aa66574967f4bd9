/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cohort.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { BLOCK = 32 };
#define DRAW_ALL .2 /* above this chance of a proposal every pair is gone through */
/* The table of bounds: heights from −12 to 12, a hundred steps a unit. */
enum { STEPS = 2400, STEPS_A_UNIT = 100 };
#define STEP_FROM (-12.)

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
    if (!c->design.others)
        c->design.others = design->subjects;
    c->persons = design->subjects + (design->within ? 0 : c->design.others);
    c->images = mem_array(c->persons, sizeof *c->images);
    c->effect = mem_array(c->persons, sizeof *c->effect);
    c->order = mem_array(c->persons, sizeof *c->order);
    c->greatest = mem_array(c->persons, sizeof *c->greatest);
    c->bound = mem_array(STEPS, sizeof *c->bound);
    c->slope = mem_array(STEPS, sizeof *c->slope);
    for (size_t i = 0; i < STEPS; i++) { /* at a step's lower end; the first has none */
        double height = STEP_FROM + (double)i / STEPS_A_UNIT;
        c->bound[i] = i ? gsl_cdf_ugaussian_Q(height / c->sigma_e) : 1;
        c->slope[i] = 1 / log1p(-c->bound[i]);
    }
    c->blocks = mem_array(c->persons / BLOCK + 2 * IMAGES_MOST + 2, sizeof *c->blocks);
}

void cohort_release(struct cohort *c)
{
    free(c->images);
    free(c->effect);
    free(c->scores);
    free(c->order);
    free(c->greatest);
    free(c->bound);
    free(c->slope);
    for (size_t m = 0; m < sizeof c->none / sizeof *c->none; m++)
        free(c->none[m]);
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
        c->greatest[s] = greatest;
        ranked[s - from] = (struct ranked){ greatest, c->images[s], (uint32_t)s };
    }
    qsort(ranked, to - from, sizeof *ranked, by_images_and_effect);
    for (size_t i = from; i < to; i++) {
        const struct ranked *at = &ranked[i - from];
        struct cohort_block *b = i > from ? &c->blocks[c->n_blocks - 1] : NULL;
        c->order[i] = at->person;
        if (!b || b->images != at->images || b->to - b->from == BLOCK) {
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

/* The step of the table that holds a height, or the nearest. */
static size_t step_of(double height)
{
    double at = (height - STEP_FROM) * STEPS_A_UNIT;

    return at <= 0 ? 0 : at >= STEPS - 1 ? STEPS - 1 : (size_t)at;
}

/* (1 − q)^m of every step, made when first wanted. */
static const double *none_of(struct cohort *c, unsigned m)
{
    double **row = &c->none[m];

    if (!*row) {
        *row = mem_array(STEPS, sizeof **row);
        for (size_t i = 0; i < STEPS; i++)
            (*row)[i] = exp(m * log1p(-c->bound[i]));
    }
    return *row;
}

/*
 * All scores of a pair of people above the floor, given their common effect, but for
 * that of the images k and l (IMAGES_MOST: of none). Each of the m comparisons is
 * proposed with the chance q of the most alike two images, rounded up to a step of a
 * table, and kept with chance p/q. `none` is the table's (1 − q)^m.
 */
static void draw_pair(struct cohort *c, gsl_rng *rng, uint32_t s, uint32_t t,
                      double common, const double *none, unsigned k, unsigned l)
{
    double height = c->floor - common;
    size_t step = step_of(height - c->greatest[s] - c->greatest[t]);
    double u = gsl_rng_uniform_pos(rng);

    if (u < none[step])
        return;
    unsigned rows = c->images[s], m = rows * c->images[t];
    double q = c->bound[step], slope = c->slope[step];
    for (unsigned at = 0; at < m; at++, u = gsl_rng_uniform_pos(rng)) {
        double skip = log(u) * slope;
        if (skip >= m - at)
            break;
        at += (unsigned)skip;
        unsigned i = at % rows, j = at / rows;
        double common_and_images = c->effect[s][i] + c->effect[t][j] + common;
        double h = c->floor - common_and_images;
        if ((i == k && j == l) ||
            gsl_rng_uniform(rng) * q >= gsl_cdf_ugaussian_Q(h / c->sigma_e))
            continue;
        add_score(c, s, t, c->floor == c->threshold
                               ? c->threshold
                               : common_and_images + draw_tail(rng, h, c->sigma_e));
    }
}

/* A proposal for s and t: one of their comparisons, each with chance q. */
static void propose(struct cohort *c, gsl_rng *rng, uint32_t s, uint32_t t, double q,
                    double least)
{
    unsigned rows = c->images[s], m = rows * c->images[t];
    unsigned place = m > 1 ? (unsigned)gsl_rng_uniform_int(rng, m) : 0;
    unsigned k = place % rows, l = place / rows;
    double h = c->floor - c->effect[s][k] - c->effect[t][l];
    double u = gsl_rng_uniform(rng) * q;

    if (u > least && u > gsl_cdf_ugaussian_Q(h / c->sigma))
        return;
    if (m == 1 && c->floor == c->threshold) { /* the score itself is not wanted */
        add_score(c, s, t, c->threshold);
        return;
    }
    double z = draw_tail(rng, h, c->sigma);
    size_t before = c->n_scores;
    add_score(c, s, t, c->floor - h + z);
    if (m == 1)
        return;
    double share = c->kappa / (c->sigma * c->sigma);
    double common = z * share + draw(rng, sqrt(c->kappa * (1 - share)));
    draw_pair(c, rng, s, t, common, none_of(c, m), k, l);
    size_t n = c->n_scores - before;
    if (n > 1 && gsl_rng_uniform_int(rng, n) > 0)
        c->n_scores = before;
}

static void draw_blocks(struct cohort *c, gsl_rng *rng, const struct cohort_block *a,
                        const struct cohort_block *b)
{
    size_t rows = a->to - a->from, columns = b->to - b->from, n = rows * columns;
    unsigned m = a->images * b->images;
    double q = gsl_cdf_ugaussian_Q((c->floor - a->high - b->high) / c->sigma);
    double least = gsl_cdf_ugaussian_Q((c->floor - a->low - b->low) / c->sigma);
    double slope = 1 / log1p(-fmin(1, m * q)), of_pair = sqrt(c->kappa);
    bool all = m * q > DRAW_ALL;
    const double *none = all ? none_of(c, m) : NULL;

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
            draw_pair(c, rng, s, t, draw(rng, of_pair), none, IMAGES_MOST, IMAGES_MOST);
        else
            propose(c, rng, s, t, q, least);
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
