/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The state of a count between two rounds. It begins with the numbers that say for what
 * it is; all numbers are as they lie in memory: it is read where it was written, and a
 * state of another machine does not fit and is refused. At the end stands a sum (FNV-1a,
 * by words), so that a damaged state is known.
 */
#include <stdlib.h>
#include <string.h>

#include "core/counting.h"

#define MAGIC UINT64_C(0x3130746e756f634d) /* Mcount01 */

struct head {
    uint64_t magic, cells, bins, thresholds, margins, trials, top, places; /* must fit */
    uint64_t side, next, done, exceedances;
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
        .places = c->hits ? c->a.n : 0, .side = c->side, .next = c->next,
        .done = c->pairs_done, .exceedances = c->exceed.n,
        .raised = c->exceed.raised, .reach = c->exceed.reach, .low = c->exceed.low,
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

void count_save(const struct count *c, count_put fn, void *self)
{
    const struct scores *s = c->s;
    struct out o = { fn, self, 0 };
    struct head head = make_head(c);

    put(&o, &head, sizeof head);
    put_histograms(c, &o);
    for (size_t i = 0; i < s->n_cells; i++)
        put(&o, s->cells[i].matches, s->n_thresholds * sizeof(uint64_t));
    put(&o, s->margin_matches, s->n_margins * s->n_thresholds * sizeof(uint64_t));
    put(&o, c->exceed.pairs, c->exceed.n * sizeof *c->exceed.pairs);
    if (c->hits) {
        put(&o, c->n_hits, c->a.n * sizeof *c->n_hits);
        put(&o, c->hits, c->a.n * s->top * sizeof *c->hits);
        put(&o, c->bars, c->a.n * sizeof *c->bars);
    }
    put(&o, c->trial_scores, c->setup.n_trials * sizeof *c->trial_scores);
    o.put(o.self, &o.sum, sizeof o.sum);
}

struct in {
    const unsigned char *at;
    size_t left;
    uint64_t sum;
};

static bool take(struct in *in, void *to, size_t n, size_t size)
{
    size_t bytes;

    if (__builtin_mul_overflow(n, size, &bytes) || bytes > in->left)
        return false;
    in->sum = add_to_sum(in->sum, in->at, bytes);
    if (bytes)
        memcpy(to, in->at, bytes);
    in->at += bytes;
    in->left -= bytes;
    return true;
}

static bool take_histograms(struct count *c, struct in *in)
{
    const struct scores *s = c->s;
    struct stretch x;

    while (take(in, &x, 1, sizeof x)) {
        if (x.cell == s->n_cells)
            return x.n == 0;
        if (x.cell > s->n_cells || x.from > s->bins || x.n > s->bins - x.from ||
            !take(in, s->cells[x.cell].histogram + x.from, x.n, sizeof(uint64_t)))
            return false;
    }
    return false;
}

static bool take_exceedances(struct count *c, const struct head *head, struct in *in)
{
    const struct count_side *a = &c->setup.a, *b = c->gallery ? &c->setup.b : a;

    if (head->exceedances > in->left / sizeof(struct scores_pair))
        return false;
    struct scores_pair *pairs = mem_array((size_t)head->exceedances, sizeof *pairs);
    bool good = take(in, pairs, (size_t)head->exceedances, sizeof *pairs);
    for (size_t i = 0; good && i < head->exceedances; i++)
        good = pairs[i].a < a->n && pairs[i].b < b->n && pairs[i].score == pairs[i].score;
    if (good) {
        c->exceed.low = head->low;
        c->exceed.raised = head->raised;
        c->exceed.reach = head->reach;
        exceed_add(&c->exceed, pairs, (size_t)head->exceedances);
    }
    free(pairs);
    return good;
}

static bool take_hits(struct count *c, struct in *in)
{
    if (!c->hits)
        return true;
    bool good = take(in, c->n_hits, c->a.n, sizeof *c->n_hits) &&
                take(in, c->hits, c->a.n * c->s->top, sizeof *c->hits) &&
                take(in, c->bars, c->a.n, sizeof *c->bars);
    for (size_t i = 0; good && i < c->a.n; i++) {
        good = c->n_hits[i] <= c->s->top;
        for (size_t k = 0; good && k < c->n_hits[i]; k++)
            good = c->hits[i * c->s->top + k].place < c->b.n;
    }
    return good;
}

static bool take_all(struct count *c, const struct head *head, struct in *in)
{
    const struct scores *s = c->s;
    uint64_t sum;

    if (!take_histograms(c, in))
        return false;
    for (size_t i = 0; i < s->n_cells; i++)
        if (!take(in, s->cells[i].matches, s->n_thresholds, sizeof(uint64_t)))
            return false;
    if (!take(in, s->margin_matches, s->n_margins * s->n_thresholds, sizeof(uint64_t)) ||
        !take_exceedances(c, head, in) || !take_hits(c, in) ||
        !take(in, c->trial_scores, c->setup.n_trials, sizeof *c->trial_scores))
        return false;
    sum = in->sum;
    return in->left == sizeof sum && !memcmp(in->at, &sum, sizeof sum);
}

static void forget(struct count *c)
{
    struct scores *s = c->s;

    memset(s->histograms, 0, s->n_cells * s->bins * sizeof *s->histograms);
    for (size_t i = 0; i < s->n_cells; i++)
        memset(s->cells[i].matches, 0, s->n_thresholds * sizeof(uint64_t));
    memset(s->margin_matches, 0, s->n_margins * s->n_thresholds * sizeof(uint64_t));
    if (c->hits)
        search_begin(c);
    count_begin_exceedances(c);
}

int count_restore(struct count *c, const void *bytes, size_t n, struct err *err)
{
    struct in in = { bytes, n, 0 };
    struct head head, want = make_head(c);
    bool good = take(&in, &head, 1, sizeof head) &&
                !memcmp(&head, &want, offsetof(struct head, side)) &&
                head.side >= COUNT_SIDE_MIN && head.side <= COUNT_SIDE_MAX;

    if (good) {
        count_cut(c, (size_t)head.side);
        good = head.next <= c->n_blocks && head.done <= c->pairs;
    }
    if (good && !take_all(c, &head, &in)) {
        forget(c);
        good = false;
    }
    if (!good)
        return err_add(err, ERR_INPUT, "is damaged");
    c->next = (size_t)head.next;
    c->pairs_done = head.done;
    return 0;
}
