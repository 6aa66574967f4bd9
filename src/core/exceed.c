/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/exceed.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define SLACK ((size_t)1 << 16) /* pairs that come at least between two looks */

float float_from(double x)
{
    float f = (float)x;

    return (double)f < x ? nextafterf(f, INFINITY) : f;
}

void exceed_init(struct exceed *e, const struct sweep_bins *bins, double floor,
                 uint64_t want, size_t most)
{
    *e = (struct exceed){ .bins = *bins, .floor = floor, .want = want, .most = most };
    e->bins.counts = NULL;
    e->counts = mem_array((size_t)bins->n + 2, sizeof *e->counts);
    e->low = want ? -INFINITY : float_from(floor);
    e->raised = e->reach = -INFINITY;
    e->look_at = (want && 2 * want < most ? (size_t)(2 * want) : most + most / 4) + SLACK;
    pthread_mutex_init(&e->lock, NULL);
}

void exceed_release(struct exceed *e)
{
    pthread_mutex_destroy(&e->lock);
    free(e->pairs);
    free(e->counts);
    *e = (struct exceed){ .n = 0 };
}

float exceed_low(const struct exceed *e)
{
    float low;

    __atomic_load(&e->low, &low, __ATOMIC_RELAXED);
    return low;
}

/* The lower edge of counts[i]. The first is of all that is below the bins, the last of
 * all from their last edge up. */
static double edge(const struct exceed *e, size_t i)
{
    return i ? ((double)i - 1 - e->bins.offset) / (double)e->bins.scale : -INFINITY;
}

static size_t bin_of(const struct exceed *e, float score)
{
    size_t last = (size_t)e->bins.n + 1;

    if ((double)score >= edge(e, last))
        return last;
    return (double)score < edge(e, 1) ? 0 : 1 + sweep_bin(&e->bins, score);
}

/*
 * The highest edge at or above which `want` of those that came lie. It only rises. Where
 * `most` has forced the floor to an edge above it, it was the edge just below that one,
 * since more than `most` lay there: so what has been dropped since could not have raised
 * it further, and the highest that was ever found is right.
 */
static double find_reach(const struct exceed *e)
{
    size_t i = (size_t)e->bins.n + 2;
    uint64_t above = 0;

    while (i > 0 && above < e->want)
        above += e->counts[--i];
    double reach = above < e->want || e->want > e->most ? -INFINITY : edge(e, i);
    return reach > e->reach ? reach : e->reach;
}

/* A floor that is no edge cuts through a bin; the list itself tells how many are above
 * it, if none of them were dropped. */
static bool too_many(const struct exceed *e, double floor)
{
    size_t n = 0;

    if (e->raised > floor)
        return true;
    for (size_t k = 0; k < e->n && n <= e->most && e->n > e->most; k++)
        n += (double)e->pairs[k].score >= floor;
    return n > e->most;
}

/* The floor for the pairs that came so far. */
static struct exceed_floor find_floor(const struct exceed *e)
{
    struct exceed_floor f = { .asked = e->floor };
    size_t i = (size_t)e->bins.n + 2;
    double reach = e->want ? find_reach(e) : INFINITY;

    f.asked = reach < f.asked ? reach : f.asked;
    f.floor = f.asked;
    f.raised = too_many(e, f.asked);
    if (!f.raised)
        return f;
    for (uint64_t above = 0; i > 0 && above + e->counts[i - 1] <= e->most;)
        above += e->counts[--i];
    f.floor = i > (size_t)e->bins.n + 1 ? INFINITY : edge(e, i);
    if (f.floor < e->raised)
        f.floor = e->raised;
    return f;
}

static void cut(struct exceed *e, float low)
{
    size_t n = 0;

    for (size_t i = 0; i < e->n; i++) {
        if (e->pairs[i].score >= low)
            e->pairs[n++] = e->pairs[i];
        else
            e->counts[bin_of(e, e->pairs[i].score)]--;
    }
    e->n = n;
    __atomic_store(&e->low, &low, __ATOMIC_RELAXED);
}

/* Drops what is below the floor of those that came so far. The next look comes when
 * there are a quarter more, so that looking costs next to nothing a pair. */
static struct exceed_floor look(struct exceed *e)
{
    struct exceed_floor f = find_floor(e);

    e->reach = e->want ? find_reach(e) : -INFINITY;
    if (f.raised)
        e->raised = f.floor;
    if (float_from(f.floor) > e->low)
        cut(e, float_from(f.floor));
    if (e->look_at < e->n + e->n / 4 + SLACK)
        e->look_at = e->n + e->n / 4 + SLACK;
    return f;
}

void exceed_add(struct exceed *e, const struct scores_pair *pairs, size_t n)
{
    pthread_mutex_lock(&e->lock);
    if (e->n + n > e->cap) {
        e->cap = 2 * e->cap < e->look_at ? 2 * e->cap : e->look_at;
        e->cap = e->cap > e->n + n ? e->cap : e->n + n;
        e->pairs = mem_grow(e->pairs, e->cap, sizeof *e->pairs);
    }
    for (size_t i = 0; i < n; i++) {
        if (!(pairs[i].score >= e->low))
            continue;
        e->pairs[e->n++] = pairs[i];
        e->counts[bin_of(e, pairs[i].score)]++;
    }
    if (e->n >= e->look_at)
        look(e);
    pthread_mutex_unlock(&e->lock);
}

void exceed_merge(struct exceed *e, const struct scores_pair *pairs, size_t n, float low,
                  double raised, double reach)
{
    pthread_mutex_lock(&e->lock);
    e->raised = raised > e->raised ? raised : e->raised;
    e->reach = reach > e->reach ? reach : e->reach;
    if (low > e->low)
        cut(e, low);
    pthread_mutex_unlock(&e->lock);
    exceed_add(e, pairs, n);
}

struct exceed_floor exceed_finish(struct exceed *e)
{
    struct exceed_floor f = look(e);

    pairs_sort(e->pairs, e->n);
    return f;
}

static int by_rows(const void *a, const void *b)
{
    const struct scores_pair *x = a, *y = b;

    if (x->a != y->a)
        return x->a < y->a ? -1 : 1;
    if (x->b != y->b)
        return x->b < y->b ? -1 : 1;
    return (x->score > y->score) - (x->score < y->score);
}

void pairs_sort(struct scores_pair *pairs, size_t n)
{
    if (n)
        qsort(pairs, n, sizeof *pairs, by_rows);
}
