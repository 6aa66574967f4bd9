/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * counted: small made-up sides with a count's settings, counted, and held to a loop over
 * all pairs. For the tests of counting.
 */
#ifndef COUNTED_H
#define COUNTED_H

#include "test.h"

#include <math.h>

#include "core/count.h"

static uint32_t seed = 1;

static inline uint32_t draw(uint32_t below)
{
    seed = seed * 1664525 + 1013904223;
    return (uint32_t)(((uint64_t)seed * below) >> 32);
}

static inline float number(void)
{
    return (float)draw(1u << 20) / (1u << 19) - 1;
}

#define MAX_ROWS 900
#define MAX_DIM 5

struct lab_side {
    float templates[MAX_ROWS * MAX_DIM];
    uint32_t template[MAX_ROWS], person[MAX_ROWS], group[MAX_ROWS], same[MAX_ROWS];
    struct scorer scorer;
    struct count_side side;
};

struct lab {
    struct lab_side a, b;
    struct count_setup setup;
    struct scores scores;
};

static inline void make_side(struct lab_side *s, size_t n, size_t dim, uint32_t people,
                      enum similarity similarity, bool same)
{
    for (size_t i = 0; i < n * dim; i++)
        s->templates[i] = similarity == SIMILARITY_CHI_SQUARE ? fabsf(number()) : number();
    for (uint32_t i = 0; i < n; i++) {
        s->template[i] = draw(20) ? i : COUNT_NONE;
        s->person[i] = draw(people);
        s->group[i] = draw(10) ? draw(3) : COUNT_NONE;
        s->same[i] = draw(2);
    }
    if (n > 3)
        s->templates[2 * dim] = NAN;
    assert_int_equal(scorer_init(&s->scorer, similarity, s->templates, n, dim, NULL), 0);
    s->side = (struct count_side){ &s->scorer, n, s->template, s->person, s->group,
                                   same ? s->same : NULL };
}

static inline void make_scores(struct lab *lab, enum similarity similarity, uint32_t people,
                        bool tail)
{
    static const double similar[] = { -.5, .25, .7 }, distant[] = { 2, 1, .25 };
    static char *groups[] = { (char *)"a", (char *)"b", (char *)"c" };
    static const uint64_t caps[] = { 10, 100, 5000, 10000000 };
    struct scores *s = &lab->scores;

    scores_init(s);
    s->version = "0";
    s->similarity = similarity;
    s->tail = tail;
    s->gallery = lab->setup.b.scorer;
    s->listed = lab->setup.trials;
    s->groups = groups;
    s->n_groups = 3;
    s->n_thresholds = 3;
    s->thresholds = arena_array(&s->arena, 3, sizeof(double));
    memcpy(s->thresholds, similarity_is_distance(similarity) ? distant : similar,
           sizeof similar);
    if (!draw(3)) {
        s->n_targets = 1;
        s->targets = arena_array(&s->arena, 1, sizeof(double));
        s->targets[0] = .01;
    }
    s->bins = 64;
    s->cap = caps[draw(4)];
    s->top = s->gallery ? 1 + draw(5) : 0;
    s->consolidated = s->gallery && draw(2);
    s->n_subjects = people;
}

static inline struct lab *make_lab(size_t n, size_t n_gallery, enum similarity similarity,
                            bool same, bool tail)
{
    struct lab *lab = mem_alloc(sizeof *lab);
    size_t dim = 1 + draw(MAX_DIM);
    uint32_t people = 2 + draw((uint32_t)n);

    make_side(&lab->a, n, dim, people, similarity, same);
    lab->setup.a = lab->a.side;
    if (n_gallery) {
        make_side(&lab->b, n_gallery, dim, people, similarity, same);
        lab->setup.b = lab->b.side;
    }
    lab->setup.kernel = sweep_kernel(NULL);
    lab->setup.threads = 1 + draw(4);
    lab->setup.asked = NAN;
    make_scores(lab, similarity, people, tail);
    return lab;
}

static inline void free_lab(struct lab *lab)
{
    scores_release(&lab->scores);
    scorer_release(&lab->a.scorer);
    if (lab->setup.b.scorer)
        scorer_release(&lab->b.scorer);
    free(lab);
}

static inline void count_all(struct lab *lab)
{
    const struct count_hooks hooks = { .save_every = 1e9 };
    struct err err = ERR_INIT;
    struct count *c;

    assert_int_equal(count_new(&c, &lab->setup, &lab->scores, &err), 0);
    assert_int_equal(count_work(c, &hooks, &err), COUNT_DONE);
    count_finish(c);
    assert_int_equal(count_pairs_done(c), count_pairs(c));
    count_free(c);
}

/* Comparisons, lost ones, matches, bins: a loop over all pairs. */
static inline void check_cells(const struct lab *lab)
{
    const struct scores *s = &lab->scores;
    const struct lab_side *a = &lab->a, *b = s->gallery ? &lab->b : a;
    uint64_t comparisons[18] = { 0 }, lost[18] = { 0 }, matches[18][3] = { { 0 } };
    uint64_t (*bins)[64] = mem_array(18, sizeof *bins);
    double sign = similarity_is_distance(s->similarity) ? -1 : 1;

    for (size_t i = 0; i < a->side.n; i++)
        for (size_t j = s->gallery ? 0 : i + 1; j < b->side.n; j++) {
            long cell = scores_cell(s, a->group[i], b->group[j],
                                    a->person[i] == b->person[j]);
            if (cell < 0 || (a->side.same && a->same[i] != b->same[j]))
                continue;
            if (a->template[i] == COUNT_NONE || b->template[j] == COUNT_NONE ||
                a->scorer.faults[i] || b->scorer.faults[j]) {
                lost[cell]++;
                continue;
            }
            double score = sign * (double)scorer_pair(&a->scorer, i, &b->scorer, j);
            comparisons[cell]++;
            bins[cell][scores_bin(s, (float)score)]++;
            for (size_t t = 0; t < 3; t++)
                matches[cell][t] += sign * score >= sign * s->thresholds[t];
        }
    for (size_t i = 0; i < s->n_cells; i++) {
        assert_int_equal(s->cells[i].comparisons, comparisons[i]);
        assert_int_equal(s->cells[i].lost, lost[i]);
        assert_memory_equal(s->cells[i].matches, matches[i], sizeof matches[i]);
        if (!s->tail || s->cells[i].mated)
            assert_memory_equal(s->cells[i].histogram, bins[i], sizeof bins[i]);
    }
    free(bins);
}

#endif
