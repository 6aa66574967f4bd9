/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Listed trials: each is scored on its own; the tallies are made of the list when all
 * scores are there. */
#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "core/counting.h"

#define TRIALS_AT_ONCE 1024

/* What a trial is in the tallies; several of the same person or pair come together. */
struct part {
    uint32_t first, second, cell;
    uint64_t all, ok;
};

static int by_cell(const struct part *x, const struct part *y)
{
    return (x->cell > y->cell) - (x->cell < y->cell);
}

static int by_person(const void *a, const void *b)
{
    const struct part *x = a, *y = b;

    if (x->first != y->first)
        return x->first < y->first ? -1 : 1;
    return by_cell(x, y);
}

static int by_pair(const void *a, const void *b)
{
    const struct part *x = a, *y = b;
    int order = by_cell(x, y);

    if (order)
        return order;
    if (x->first != y->first)
        return x->first < y->first ? -1 : 1;
    return (x->second > y->second) - (x->second < y->second);
}

static size_t merge(struct part *p, size_t n, int order(const void *, const void *))
{
    size_t kept = 0;

    qsort(p, n, sizeof *p, order);
    for (size_t i = 0; i < n; i++) {
        if (kept && order(&p[kept - 1], &p[i]) == 0) {
            p[kept - 1].all += p[i].all;
            p[kept - 1].ok += p[i].ok;
        } else {
            p[kept++] = p[i];
        }
    }
    return kept;
}

static long cell_of(const struct count *c, const struct count_trial *t)
{
    const uint32_t *group = c->setup.a.group;

    if (group[t->a] == COUNT_NONE || group[t->b] == COUNT_NONE)
        return -1;
    return scores_cell(c->s, group[t->a], group[t->b], t->mated);
}

static void make_margins(struct count *c, struct part *parts, size_t n)
{
    struct scores *s = c->s;
    size_t person = 0;

    n = merge(parts, n, by_person);
    scores_make_margins(s, n);
    c->margin_at = mem_array(s->n_subjects + 1, sizeof *c->margin_at);
    for (size_t i = 0; i < n; i++) {
        s->margins[i].subject = parts[i].first;
        s->margins[i].cell = parts[i].cell;
        s->margins[i].comparisons = parts[i].ok;
        s->margins[i].lost = parts[i].all - parts[i].ok;
        while (person <= parts[i].first)
            c->margin_at[person++] = i;
    }
    while (person <= s->n_subjects)
        c->margin_at[person++] = n;
}

static void make_dyads(struct count *c, struct part *parts, size_t n)
{
    struct scores *s = c->s;

    n = merge(parts, n, by_pair);
    s->dyads = mem_array(n, sizeof *s->dyads);
    for (size_t i = 0; i < n; i++) {
        struct scores_cell *cell = &s->cells[parts[i].cell];
        cell->comparisons += parts[i].ok;
        cell->lost += parts[i].all - parts[i].ok;
        if (!parts[i].ok)
            continue;
        cell->dyads++;
        cell->sum_m2 += (double)parts[i].ok * (double)parts[i].ok;
        s->dyads[s->n_dyads++] = (struct scores_dyad){ parts[i].first, parts[i].second,
                                                       parts[i].cell, parts[i].ok };
    }
}

void list_begin(struct count *c)
{
    const struct count_setup *u = &c->setup;
    struct part *people = mem_array(2 * u->n_trials, sizeof *people);
    struct part *pairs = mem_array(u->n_trials, sizeof *pairs);
    size_t n_people = 0, n_pairs = 0;

    for (size_t i = 0; i < u->n_trials; i++) {
        const struct count_trial *t = &u->trials[i];
        uint32_t x = u->a.person[t->a], y = u->a.person[t->b];
        long cell = cell_of(c, t);
        bool ok = !count_failed(&u->a, t->a) && !count_failed(&u->a, t->b);
        assert(t->a != t->b && t->mated == (x == y));
        if (cell < 0)
            continue;
        struct part part = { x, y, (uint32_t)cell, 1, ok };
        people[n_people++] = part;
        if (!t->mated) {
            people[n_people] = part;
            people[n_people++].first = y;
        }
        part.first = x < y ? x : y;
        part.second = x < y ? y : x;
        pairs[n_pairs++] = part;
    }
    make_margins(c, people, n_people);
    make_dyads(c, pairs, n_pairs);
    free(people);
    free(pairs);
    c->trial_scores = mem_array(u->n_trials, sizeof *c->trial_scores);
    c->side = TRIALS_AT_ONCE;
    c->n_blocks = (u->n_trials + c->side - 1) / c->side;
    c->blocks = mem_array(c->n_blocks, sizeof *c->blocks);
    c->pairs = u->n_trials;
    for (size_t i = 0; i < c->n_blocks; i++) {
        size_t from = i * c->side, left = u->n_trials - from;
        c->blocks[i] = (struct block){ .a = from, .na = left < c->side ? left : c->side,
                                       .nb = 1, .cell = COUNT_NONE };
    }
    count_cut(c, c->side);
}

void list_work(struct count *c, const struct block *block)
{
    const struct count_side *a = &c->setup.a;

    for (size_t i = block->a; i < block->a + block->na; i++) {
        const struct count_trial *t = &c->setup.trials[i];
        c->trial_scores[i] = count_failed(a, t->a) || count_failed(a, t->b)
                                 ? NAN
                                 : scorer_pair(a->scorer, a->template[t->a], a->scorer,
                                               a->template[t->b]);
    }
}

static void tally(struct count *c, const struct count_trial *t, size_t cell, float score)
{
    struct scores *s = c->s;
    const uint32_t people[2] = { c->setup.a.person[t->a], c->setup.a.person[t->b] };
    size_t level = count_level(c, score);

    s->cells[cell].histogram[scores_bin(s, count_as_meant(c, score))]++;
    for (size_t k = 0; k < level; k++)
        s->cells[cell].matches[k]++;
    for (int i = 0; i < (t->mated ? 1 : 2); i++) {
        uint64_t *matches = s->margins[count_margin(c, people[i], (uint32_t)cell)].matches;
        for (size_t k = 0; k < level; k++)
            matches[k]++;
    }
}

void list_finish(struct count *c)
{
    struct scores *s = c->s;

    s->mated = mem_array(c->setup.n_trials, sizeof *s->mated);
    for (size_t i = 0; i < c->setup.n_trials; i++) {
        const struct count_trial *t = &c->setup.trials[i];
        float score = c->trial_scores[i];
        struct scores_pair pair = { t->a, t->b, score };
        long cell = cell_of(c, t);
        c->trial_scores[i] = count_as_meant(c, score);
        if (isnan(score) || cell < 0)
            continue;
        tally(c, t, (size_t)cell, score);
        if (!t->mated) {
            if (score > c->known_above)
                exceed_add(&c->exceed, &pair, 1);
            continue;
        }
        pair.score = count_as_meant(c, score);
        s->mated[s->n_mated++] = pair;
    }
    pairs_sort(s->mated, s->n_mated);
}
