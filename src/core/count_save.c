/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The state of a count between two rounds: which blocks are in the tallies, and the
 * tallies; so states of disjoint blocks add up. It begins with the numbers that say for
 * what it is; all numbers are as they lie in memory, and a state of a machine of another
 * byte order does not fit and is refused. At the end stands a sum (FNV-1a, by words), so
 * that a damaged state is known.
 *
 * A state is read twice: first all is held against the count, then it is added.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/counting.h"

#define MAGIC UINT64_C(0x3230746e756f634d) /* Mcount02 */

struct head {
    uint64_t magic, cells, bins, thresholds, margins, trials, top, places, mated; /* fit */
    uint64_t side, blocks, exceedances;
    double raised, reach;
    float low;
    uint32_t unused;
};

struct stretch { /* of a histogram: what is not 0 */
    uint64_t cell, from, n;
};

static uint64_t add_to_sum(uint64_t sum, const unsigned char *p, size_t n)
{
    for (size_t i = 0; i < n; i += 8) {
        uint64_t word = 0;
        memcpy(&word, p + i, n - i < 8 ? n - i : 8);
        sum = (sum ^ word) * UINT64_C(0x100000001b3);
    }
    return sum;
}

struct out {
    count_put put;
    void *self;
    uint64_t sum;
};

static void put(struct out *o, const void *bytes, size_t n)
{
    if (!n)
        return;
    o->sum = add_to_sum(o->sum, bytes, n);
    o->put(o->self, bytes, n);
}

static struct head make_head(const struct count *c)
{
    const struct scores *s = c->s;

    return (struct head){
        .magic = MAGIC, .cells = s->n_cells, .bins = s->bins,
        .thresholds = s->n_thresholds, .margins = s->n_margins,
        .trials = c->setup.n_trials, .top = c->hits ? s->top : 0,
        .places = c->a.n + (c->gallery ? c->b.n : 0), .mated = c->mated.n, .side = c->side,
        .blocks = c->n_blocks, .exceedances = c->exceed.n, .raised = c->exceed.raised,
        .reach = c->exceed.reach, .low = c->exceed.low,
    };
}

static void put_histograms(const struct count *c, struct out *o)
{
    const struct scores *s = c->s;

    for (size_t i = 0; i < s->n_cells; i++) {
        const uint64_t *h = s->cells[i].histogram;
        struct stretch x = { i, 0, s->bins };
        while (x.n && !h[x.from + x.n - 1])
            x.n--;
        while (x.n && !h[x.from]) {
            x.from++;
            x.n--;
        }
        if (!x.n)
            continue;
        put(o, &x, sizeof x);
        put(o, h + x.from, x.n * sizeof *h);
    }
    put(o, &(struct stretch){ s->n_cells, 0, 0 }, sizeof(struct stretch));
}

/* The scores that have a place of their own: of a block of listed trials, or of mated
 * pairs. */
static float *own_scores(const struct count *c, const struct block *b, size_t *n)
{
    const struct mated *m = &c->mated;

    *n = 0;
    if (c->setup.trials) {
        *n = b->na;
        return c->trial_scores + b->a;
    }
    if (!b->mated)
        return NULL;
    const size_t last = b->a + b->na - 1, from = m->families[b->a].at;
    *n = m->families[last].at + count_family_pairs(m, last) - from;
    return m->scores + from;
}

void count_save(const struct count *c, count_put fn, void *self)
{
    const struct scores *s = c->s;
    struct out o = { fn, self, 0 };
    struct head head = make_head(c);

    put(&o, &head, sizeof head);
    put(&o, c->done, c->n_blocks);
    put_histograms(c, &o);
    for (size_t i = 0; i < s->n_cells; i++)
        put(&o, s->cells[i].matches, s->n_thresholds * sizeof(uint64_t));
    put(&o, s->margin_matches, s->n_margins * s->n_thresholds * sizeof(uint64_t));
    put(&o, c->exceed.pairs, c->exceed.n * sizeof *c->exceed.pairs);
    if (c->hits) {
        put(&o, c->n_hits, c->a.n * sizeof *c->n_hits);
        for (size_t i = 0; i < c->a.n; i++)
            put(&o, c->hits + i * s->top, c->n_hits[i] * sizeof *c->hits);
    }
    for (size_t i = 0; i < c->n_blocks; i++) {
        size_t n;
        const float *scores = own_scores(c, &c->blocks[i], &n);
        if (c->done[i])
            put(&o, scores, n * sizeof *scores);
    }
    o.put(o.self, &o.sum, sizeof o.sum);
}

/* The bytes of a state, which need not be aligned. */
struct in {
    const unsigned char *at;
    size_t left;
    uint64_t sum;
    bool adds;                     /* else is only looked at */
};

/* The next n things, or NULL. */
static const unsigned char *take(struct in *in, size_t n, size_t size)
{
    const unsigned char *at = in->at;
    size_t bytes;

    if (__builtin_mul_overflow(n, size, &bytes) || bytes > in->left)
        return NULL;
    in->sum = add_to_sum(in->sum, at, bytes);
    in->at += bytes;
    in->left -= bytes;
    return at;
}

static bool take_counts(struct in *in, uint64_t *to, size_t n)
{
    const unsigned char *p = take(in, n, sizeof *to);

    for (size_t i = 0; p && in->adds && i < n; i++) {
        uint64_t v;
        memcpy(&v, p + i * sizeof v, sizeof v);
        to[i] += v;
    }
    return p;
}

static bool take_done(struct count *c, struct in *in, const unsigned char **done)
{
    *done = take(in, c->n_blocks, sizeof *c->done);
    for (size_t i = 0; *done && i < c->n_blocks; i++) {
        if ((*done)[i] > 1)
            return false;
        if (!in->adds || !(*done)[i])
            continue;
        c->done[i] = 1;
        c->pairs_done += count_block_pairs(&c->blocks[i]);
    }
    return *done;
}

static bool take_histograms(struct count *c, struct in *in)
{
    const struct scores *s = c->s;
    const unsigned char *p;

    while ((p = take(in, 1, sizeof(struct stretch)))) {
        struct stretch x;
        memcpy(&x, p, sizeof x);
        if (x.cell == s->n_cells)
            return x.n == 0;
        if (x.cell > s->n_cells || x.from > s->bins || x.n > s->bins - x.from ||
            !take_counts(in, s->cells[x.cell].histogram + x.from, (size_t)x.n))
            return false;
    }
    return false;
}

/* A pair that can be an exceedance. */
static bool is_non_mated(const struct count *c, const struct scores_pair *p)
{
    const struct count_side *a = &c->setup.a, *b = c->gallery ? &c->setup.b : a;

    return p->a < a->n && p->b < b->n && a->person[p->a] != b->person[p->b] &&
           a->group[p->a] != COUNT_NONE &&
           (c->gallery || b->group[p->b] != COUNT_NONE) && isfinite(p->score);
}

static bool take_exceedances(struct count *c, const struct head *head, struct in *in)
{
    const unsigned char *p = take(in, (size_t)head->exceedances, sizeof(struct scores_pair));
    struct scores_pair *pairs;

    if (!p)
        return false;
    pairs = mem_array((size_t)head->exceedances, sizeof *pairs);
    if (head->exceedances)
        memcpy(pairs, p, (size_t)head->exceedances * sizeof *pairs);
    bool good = true;
    for (size_t i = 0; good && i < head->exceedances; i++)
        good = is_non_mated(c, &pairs[i]);
    if (good && in->adds)
        exceed_merge(&c->exceed, pairs, (size_t)head->exceedances, head->low, head->raised,
                     head->reach);
    free(pairs);
    return good;
}

static bool take_hits(struct count *c, struct in *in)
{
    const unsigned char *counts = c->hits ? take(in, c->a.n, sizeof *c->n_hits) : NULL;

    for (size_t i = 0; counts && i < c->a.n; i++) {
        uint32_t n;
        memcpy(&n, counts + i * sizeof n, sizeof n);
        const unsigned char *p = n <= c->s->top ? take(in, n, sizeof(struct hit)) : NULL;
        if (!p)
            return false;
        for (size_t k = 0; k < n; k++) {
            struct hit hit;
            memcpy(&hit, p + k * sizeof hit, sizeof hit);
            if (hit.place >= c->b.n || !isfinite(hit.score))
                return false;
            if (in->adds)
                search_offer(c, i, hit.place, hit.score);
        }
    }
    return counts || !c->hits;
}

static bool take_own(struct count *c, struct in *in, const unsigned char *done)
{
    for (size_t i = 0; i < c->n_blocks; i++) {
        size_t n;
        float *to = own_scores(c, &c->blocks[i], &n);
        if (!done[i] || !n)
            continue;
        const unsigned char *p = take(in, n, sizeof *to);
        if (!p)
            return false;
        for (size_t k = 0; k < n; k++) {
            float score;
            memcpy(&score, p + k * sizeof score, sizeof score);
            if (isinf(score) || (isnan(score) && !c->setup.trials))
                return false;
            if (in->adds)
                to[k] = score;
        }
    }
    return true;
}

/* All behind the head. */
static bool take_all(struct count *c, const struct head *head, struct in in, bool adds)
{
    const struct scores *s = c->s;
    const unsigned char *done;
    uint64_t sum;

    in.adds = adds;
    if (!take_done(c, &in, &done) || !take_histograms(c, &in))
        return false;
    for (size_t i = 0; i < s->n_cells; i++)
        if (!take_counts(&in, s->cells[i].matches, s->n_thresholds))
            return false;
    if (!take_counts(&in, s->margin_matches, s->n_margins * s->n_thresholds) ||
        !take_exceedances(c, head, &in) || !take_hits(c, &in) || !take_own(c, &in, done))
        return false;
    sum = in.sum;
    return in.left == sizeof sum && !memcmp(in.at, &sum, sizeof sum);
}

static bool has_done(const struct count *c)
{
    return c->n_blocks && memchr(c->done, 1, c->n_blocks);
}

/* The head, after which the work is cut as the state's was. */
static bool take_head(struct count *c, struct head *head, struct in *in)
{
    const struct head want = make_head(c);
    const unsigned char *p = take(in, 1, sizeof *head);

    if (!p)
        return false;
    memcpy(head, p, sizeof *head);
    if (memcmp(head, &want, offsetof(struct head, side)) || isnan(head->low) ||
        isnan(head->raised) || isnan(head->reach) || head->side < COUNT_SIDE_MIN ||
        head->side > COUNT_SIDE_MAX || (has_done(c) && head->side != c->side))
        return false;
    if (head->side != c->side)
        count_cut(c, (size_t)head->side);
    return head->blocks == c->n_blocks;
}

int count_merge(struct count *c, const void *bytes, size_t n, struct err *err)
{
    struct in in = { .at = bytes, .left = n };
    struct head head;
    size_t before = c->side;

    if (!take_head(c, &head, &in) || !take_all(c, &head, in, false)) {
        if (c->side != before)
            count_cut(c, before);
        return err_add(err, ERR_INPUT, "is damaged, or of another work");
    }
    for (size_t i = 0; i < c->n_blocks; i++)
        if (c->done[i] && in.at[i])
            return err_add(err, ERR_LIMIT, "has comparisons that were counted already");
    take_all(c, &head, in, true);
    count_deal(c, 0, 1, NULL);
    return 0;
}
