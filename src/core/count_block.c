/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A block of pairs: from the scores of its tiles to histogram, matches, margins,
 * exceedances and candidates. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/counting.h"

int desk_sweep(struct desk *d, struct err *err)
{
    const struct count *c = d->c;
    int code = d->swept ? 0
                        : sweep_init(&d->sweep, c->setup.a.scorer,
                                     c->gallery ? c->setup.b.scorer : c->setup.a.scorer,
                                     c->setup.kernel, err);

    d->swept = !code;
    return code;
}

int desk_init(struct desk *d, struct count *c, struct err *err)
{
    size_t levels = c->side * c->s->n_thresholds;
    int code;

    *d = (struct desk){ .c = c, .bins = c->bins };
    if (c->tail)
        code = tail_init(&d->tail, c->index_a, c->index_b, c->setup.kernel, err);
    else
        code = desk_sweep(d, err);
    if (code) {
        d->c = NULL;
        return code;
    }
    d->bins.counts = mem_array(c->bins.n, sizeof *d->bins.counts);
    d->levels_a = mem_array(levels, sizeof *d->levels_a);
    d->levels_b = mem_array(levels, sizeof *d->levels_b);
    d->found = mem_array(SWEEP_ROWS, sizeof *d->found);
    d->pairs = mem_array(COUNT_BUFFER, sizeof *d->pairs);
    return 0;
}

void desk_release(struct desk *d)
{
    if (d->c && d->c->tail)
        tail_release(&d->tail);
    if (d->swept)
        sweep_release(&d->sweep);
    free(d->bins.counts);
    free(d->levels_a);
    free(d->levels_b);
    free(d->found);
    free(d->pairs);
    *d = (struct desk){ .c = NULL };
}

void desk_hand_in(struct desk *d)
{
    exceed_add(&d->c->exceed, d->pairs, d->n_pairs);
    d->n_pairs = 0;
}

/* A score at or above something of interest, of list places i and j of the block. */
static void take(struct desk *d, size_t i, size_t j, float score)
{
    struct count *c = d->c;
    size_t a = d->block->a + i, b = d->block->b + j;

    if (c->hits && !c->top_apart && score >= search_bar(c, a))
        search_offer(c, a, (uint32_t)b, score);
    if (c->a.person[a] == c->b.person[b])
        return;
    size_t level = count_level(c, score);
    if (level && d->block->cell != COUNT_NONE) {
        d->levels_a[i * c->s->n_thresholds + level - 1]++;
        d->levels_b[j * c->s->n_thresholds + level - 1]++;
    }
    if (!(score >= exceed_low(&c->exceed)) || score <= c->known_above)
        return;
    uint32_t x = c->a.row[a], y = c->b.row[b];
    bool swap = !c->gallery && x > y;
    d->pairs[d->n_pairs++] = (struct scores_pair){ swap ? y : x, swap ? x : y, score };
    if (d->n_pairs == COUNT_BUFFER)
        desk_hand_in(d);
}

static float lower(float a, float b)
{
    return a < b ? a : b;
}

/* From where on scores are of interest to the tallies. */
static float least_wanted(const struct desk *d)
{
    float low = exceed_low(&d->c->exceed);

    return d->block->cell == COUNT_NONE ? low : lower(d->c->thresholds[0], low);
}

static int take_found(void *self, const struct tail_pair *pairs, size_t n)
{
    for (size_t i = 0; i < n; i++)
        take(self, pairs[i].i, pairs[i].j, pairs[i].score);
    return 0;
}

static int take_tile(void *self, const struct tile *t)
{
    struct desk *d = self;
    const struct count *c = d->c;

    for (size_t r = 0; r < t->rows; r++) {
        const float *scores = t->scores + r * t->stride;
        size_t i = t->i + r, from = 0;
        if (d->block->above && i + 1 > t->j)
            from = i + 1 - t->j;
        if (from >= t->columns)
            continue;
        float floor = least_wanted(d);
        if (c->hits)
            floor = lower(floor, search_bar(c, d->block->a + i));
        size_t n = sweep_above(c->setup.kernel, scores + from, t->columns - from, floor,
                               d->found);
        for (size_t k = 0; k < n; k++)
            take(d, i, t->j + from + d->found[k], scores[from + d->found[k]]);
    }
    return 0;
}

/* The levels of n places into the margins of their people, and out of the desk; of one
 * of the two sides also into the matches of the cell. */
static void add_levels(struct count *c, uint32_t *levels, const uint32_t *person, size_t n,
                       uint32_t cell, uint64_t *cell_matches)
{
    size_t thresholds = c->s->n_thresholds;

    for (size_t i = 0; i < n; i++, levels += thresholds) {
        uint64_t reached = 0, *matches = NULL;
        for (size_t t = thresholds; t-- > 0;) {
            reached += levels[t];
            if (!reached)
                continue;
            if (!matches)
                matches = c->s->margins[count_margin(c, person[i], cell)].matches;
            __atomic_fetch_add(&matches[t], reached, __ATOMIC_RELAXED);
            if (cell_matches)
                __atomic_fetch_add(&cell_matches[t], reached, __ATOMIC_RELAXED);
        }
        if (reached)
            memset(levels, 0, thresholds * sizeof *levels);
    }
}

/* A cell's histogram may be long and a block small: what is 0 is passed over by eights. */
static void add_histogram(struct count *c, uint32_t *counts, uint32_t cell)
{
    uint64_t *to = c->s->cells[cell].histogram;
    pthread_mutex_t *lock = &c->stripes[cell % COUNT_STRIPES];
    bool mirrored = similarity_is_distance(c->s->similarity);
    size_t n = c->bins.n;

    pthread_mutex_lock(lock);
    for (size_t i = 0; i < n; i++) {
        if (i % 8 == 0 && i + 8 <= n && !(counts[i] | counts[i + 1] | counts[i + 2] |
                                          counts[i + 3] | counts[i + 4] | counts[i + 5] |
                                          counts[i + 6] | counts[i + 7])) {
            i += 7;
            continue;
        }
        to[mirrored ? n - 1 - i : i] += counts[i];
        counts[i] = 0;
    }
    pthread_mutex_unlock(lock);
}

static int compare(struct desk *d, const struct block *block, bool binned)
{
    struct count *c = d->c;
    const uint32_t *a = c->a.template + block->a, *b = c->b.template + block->b;
    enum sweep_part part = block->above ? SWEEP_ABOVE : SWEEP_ALL;

    if (c->tail)
        return tail_block(&d->tail, a, block->na, b, block->nb, part, least_wanted(d),
                          take_found, d);
    d->sweep.bins = binned ? &d->bins : NULL;
    return sweep_block(&d->sweep, a, block->na, b, block->nb, part, take_tile, d);
}

int desk_work(struct desk *d, const struct block *block)
{
    struct count *c = d->c;
    bool binned = !c->s->tail && block->cell != COUNT_NONE;

    if (block->top)
        return search_top(c, &d->tail, block);
    if (block->mated)
        return mated_work(d, block);
    d->block = block;
    int code = compare(d, block, binned);
    if (code || block->cell == COUNT_NONE)
        return code;
    add_levels(c, d->levels_a, c->a.person + block->a, block->na, block->cell,
               c->s->cells[block->cell].matches);
    add_levels(c, d->levels_b, c->b.person + block->b, block->nb, block->cell, NULL);
    if (binned)
        add_histogram(c, d->bins.counts, block->cell);
    return 0;
}
