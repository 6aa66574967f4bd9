/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/count.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "core/counting.h"

#define HITS_BYTES ((size_t)1 << 30)

bool count_failed(const struct count_side *side, size_t row)
{
    uint32_t t = side->template[row];

    return t == COUNT_NONE || side->scorer->faults[t] != TEMPLATE_OK;
}

/* The greatest length of a template that is compared (of chi-square, sum). */
static double greatest(const struct count_side *side)
{
    size_t dim = side->scorer->dim;
    bool sums = side->scorer->similarity == SIMILARITY_CHI_SQUARE;
    double most = 0;

    for (size_t i = 0; i < side->n; i++) {
        if (count_failed(side, i))
            continue;
        const float *x = side->scorer->templates + side->template[i] * dim;
        double v = 0;
        for (size_t k = 0; k < dim; k++)
            v += sums ? (double)x[k] : (double)x[k] * (double)x[k];
        v = sums ? v : sqrt(v);
        most = v > most ? v : most;
    }
    return most;
}

/* The greatest amount of a given score. */
static double greatest_given(const struct scorer *s)
{
    float most = 0;

    for (size_t i = 0; i < s->n * s->given_columns; i++)
        most = fabsf(s->given[i]) > most ? fabsf(s->given[i]) : most;
    return (double)most;
}

/* What no score goes beyond: |a·b| ≤ |a||b|, |a − b| ≤ |a| + |b|, (a−b)²/(a+b) ≤ a + b;
 * a millionth more, for rounding. */
static double find_bound(const struct count *c)
{
    if (c->setup.a.scorer->given)
        return greatest_given(c->setup.a.scorer);
    double a = greatest(&c->setup.a), b = c->gallery ? greatest(&c->setup.b) : a;
    return (c->s->similarity == SIMILARITY_INNER ? a * b : a + b) * (1 + 1e-6);
}

/* Bounds of the scores, powers of two. */
static void choose_range(struct count *c)
{
    struct scores *s = c->s;
    double high = c->setup.merges ? s->high : 1;
    bool from_0 = similarity_is_from_0(s->similarity);

    if (s->similarity != SIMILARITY_COSINE && !c->setup.merges) {
        double bound = find_bound(c);
        int exponent = -60;
        while (ldexp(1, exponent) < bound)
            exponent++;
        high = ldexp(1, exponent);
    }
    s->high = high;
    s->low = from_0 ? 0 : -high;
    c->bins = (struct sweep_bins){
        .scale = (float)((double)s->bins / (s->high - s->low)),
        .offset = (int32_t)(from_0 ? s->bins : s->bins / 2),
        .n = (uint32_t)s->bins,
    };
}

struct place {
    uint32_t same, group, row;
};

static int by_segment(const void *a, const void *b)
{
    const struct place *x = a, *y = b;

    if (x->same != y->same)
        return x->same < y->same ? -1 : 1;
    if (x->group != y->group)
        return x->group < y->group ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

static void find_places(struct places *p, const struct count_side *side, bool ungrouped)
{
    struct place *all = mem_array(side->n, sizeof *all);
    size_t cap = 0;

    for (size_t i = 0; i < side->n; i++)
        if (!count_failed(side, i) && (ungrouped || side->group[i] != COUNT_NONE))
            all[p->n++] = (struct place){ side->same ? side->same[i] : 0, side->group[i],
                                          (uint32_t)i };
    qsort(all, p->n, sizeof *all, by_segment);
    p->row = mem_array(p->n, sizeof *p->row);
    p->template = mem_array(p->n, sizeof *p->template);
    p->person = mem_array(p->n, sizeof *p->person);
    for (size_t i = 0; i < p->n; i++) {
        p->row[i] = all[i].row;
        p->template[i] = side->template[all[i].row];
        p->person[i] = side->person[all[i].row];
        if (!i || all[i].same != all[i - 1].same || all[i].group != all[i - 1].group) {
            MEM_ROOM(p->segments, p->n_segments, cap);
            p->segments[p->n_segments++] =
                (struct segment){ all[i].same, all[i].group, i, 0 };
        }
        p->segments[p->n_segments - 1].n++;
    }
    free(all);
}

/* A gallery once more in the order of rows, by which candidates of equal score are
 * told apart. */
static void sort_by_row(struct places *p)
{
    struct place *all = mem_array(p->n, sizeof *all);

    for (size_t k = 0; k < p->n_segments; k++)
        for (size_t i = p->segments[k].from; i < p->segments[k].from + p->segments[k].n; i++)
            all[i] = (struct place){ p->segments[k].same, p->row[i], (uint32_t)i };
    qsort(all, p->n, sizeof *all, by_segment);
    p->by_row = mem_array(p->n, sizeof *p->by_row);
    p->template_by_row = mem_array(p->n, sizeof *p->template_by_row);
    for (size_t i = 0; i < p->n; i++) {
        p->by_row[i] = all[i].row;
        p->template_by_row[i] = p->template[all[i].row];
    }
    free(all);
}

static void release_places(struct places *p)
{
    free(p->by_row);
    free(p->template_by_row);
    free(p->row);
    free(p->template);
    free(p->person);
    free(p->segments);
}

static int plan(struct count *c, struct err *err)
{
    find_places(&c->a, &c->setup.a, false);
    if (c->gallery)
        find_places(&c->b, &c->setup.b, true);
    else
        c->b = c->a;
    c->tail = c->s->tail && !similarity_is_distance(c->s->similarity) &&
              !c->setup.a.scorer->given;
    c->top_apart = c->tail && c->gallery && !c->s->consolidated;
    if (c->top_apart)
        sort_by_row(&c->b);
    int code = mated_begin(c, err);
    if (!code)
        code = count_people(c, err);
    if (!code)
        count_cut(c, 0);
    if (!code && c->tail && !c->setup.merges)
        code = tail_index_new(&c->index_a, &c->index_b, c->setup.a.scorer,
                              c->gallery ? c->setup.b.scorer : c->setup.a.scorer,
                              c->setup.threads, err);
    if (!code && c->gallery) {
        size_t bytes;
        if (__builtin_mul_overflow(c->a.n * c->s->top, sizeof *c->hits, &bytes) ||
            bytes > HITS_BYTES)
            return err_add(err, ERR_LIMIT, "the first %zu candidates of %zu probes: expected "
                           "at most %zu in all", c->s->top, c->a.n,
                           HITS_BYTES / sizeof *c->hits);
        search_begin(c);
    }
    return code;
}

void count_begin_exceedances(struct count *c)
{
    const struct scores *s = c->s;
    double asked = isnan(c->setup.asked) ? s->thresholds[0] : c->setup.asked, target = 0;
    uint64_t comparisons = 0, want;

    for (size_t i = 0; i < s->n_targets; i++)
        target = s->targets[i] > target ? s->targets[i] : target;
    for (size_t i = 0; i < s->n_cells; i++)
        comparisons += s->cells[i].mated ? 0 : s->cells[i].comparisons;
    double reach = ceil(SCORES_REACH * target * (double)comparisons);
    want = reach < (double)comparisons ? (uint64_t)reach : comparisons;
    if (c->exceed.counts)
        exceed_release(&c->exceed);
    exceed_init(&c->exceed, &c->bins,
                similarity_is_distance(s->similarity) ? -asked : asked, want, s->cap);
}

int count_new(struct count **to, const struct count_setup *setup, struct scores *scores,
              struct err *err)
{
    struct count *c = mem_alloc(sizeof *c);

    assert(scores->n_thresholds && scores->bins && setup->threads);
    *to = c;
    c->setup = *setup;
    c->s = scores;
    c->gallery = scores->gallery;
    pthread_mutex_init(&c->lock, NULL);
    for (size_t i = 0; i < COUNT_STRIPES; i++)
        pthread_mutex_init(&c->stripes[i], NULL);
    choose_range(c);
    c->unknown = setup->a.scorer->given ? setup->a.scorer->unknown : -INFINITY;
    c->known_above = setup->a.scorer->given ? setup->a.scorer->known_above : -INFINITY;
    c->thresholds = mem_array(scores->n_thresholds, sizeof *c->thresholds);
    for (size_t i = 0; i < scores->n_thresholds; i++)
        c->thresholds[i] = float_from(similarity_is_distance(scores->similarity)
                                          ? -scores->thresholds[i]
                                          : scores->thresholds[i]);
    count_rolls(c);
    int code = scores_make_cells(scores, err);
    if (!code && setup->trials)
        list_begin(c);
    else if (!code)
        code = plan(c, err);
    if (!code)
        count_begin_exceedances(c);
    if (code) {
        count_free(c);
        *to = NULL;
    }
    return code;
}

void count_free(struct count *c)
{
    if (!c)
        return;
    release_places(&c->a);
    if (c->gallery)
        release_places(&c->b);
    if (c->index_a)
        tail_index_free(c->index_a, c->index_b);
    free(c->blocks);
    free(c->thresholds);
    free(c->margin_at);
    if (c->exceed.counts)
        exceed_release(&c->exceed);
    free(c->hits);
    free(c->n_hits);
    free(c->bars);
    free(c->trial_scores);
    mated_release(&c->mated);
    free(c->done);
    free(c->todo);
    pthread_mutex_destroy(&c->lock);
    for (size_t i = 0; i < COUNT_STRIPES; i++)
        pthread_mutex_destroy(&c->stripes[i]);
    free(c);
}

uint64_t count_pairs(const struct count *c)
{
    return c->pairs_mine;
}

uint64_t count_pairs_done(const struct count *c)
{
    return c->pairs_done;
}

struct count_plan count_plan_of(const struct count *c)
{
    return (struct count_plan){ c->side, c->n_blocks, c->done };
}

bool count_is_whole(const struct count *c)
{
    return !memchr(c->done, 0, c->n_blocks);
}

const float *count_trial_scores(const struct count *c)
{
    return c->trial_scores;
}

/* What a round of threads shares, beside the count. */
struct round {
    struct count *c;
    const struct count_hooks *hooks;
    double until;
    bool stopped;
    struct err *err;
    pthread_t caller;
    double told;
};

/* Under the lock, between two blocks. */
static void look_round(struct round *r)
{
    struct count *c = r->c;
    double time = clock_now();

    if (r->hooks->is_stopped && r->hooks->is_stopped(r->hooks->self))
        r->stopped = c->pause = true;
    if (time >= r->until)
        c->pause = true;
    if (r->hooks->progress && pthread_equal(pthread_self(), r->caller) &&
        (time > r->told + .1)) {
        r->told = time;
        r->hooks->progress(r->hooks->self, c->pairs_done, c->pairs_mine);
    }
}

static void *work(void *arg)
{
    struct round *r = arg;
    struct count *c = r->c;
    struct desk desk = { .c = NULL };
    struct err err = ERR_INIT;
    int code = c->setup.trials ? 0 : desk_init(&desk, c, &err);

    pthread_mutex_lock(&c->lock);
    while (!code && !c->code && !c->pause && c->next < c->n_todo) {
        const uint32_t number = c->todo[c->next++];
        const struct block *block = &c->blocks[number];
        pthread_mutex_unlock(&c->lock);
        if (c->setup.trials)
            list_work(c, block);
        else
            code = desk_work(&desk, block);
        pthread_mutex_lock(&c->lock);
        c->done[number] = !code;
        c->pairs_done += count_block_pairs(block);
        look_round(r);
    }
    if (code && !c->code) {
        c->code = code;
        err_add(r->err, code, "%s", err.count ? err_text(&err) : "no memory to compare");
    }
    pthread_mutex_unlock(&c->lock);
    if (desk.c)
        desk_hand_in(&desk);
    desk_release(&desk);
    err_release(&err);
    return NULL;
}

/* All threads stop between two blocks, so that those that are done are all that is in
 * the tallies. */
int count_work(struct count *c, const struct count_hooks *hooks, struct err *err)
{
    size_t wanted = c->setup.threads, n = 0;
    struct round round = { .c = c, .hooks = hooks, .until = clock_now() + hooks->save_every,
                           .err = err, .caller = pthread_self(), .told = clock_now() };

    assert(!c->setup.merges);
    if (wanted > c->n_todo - c->next)
        wanted = c->n_todo - c->next;
    pthread_t *threads = mem_array(wanted, sizeof *threads);
    c->pause = hooks->is_stopped && hooks->is_stopped(hooks->self);
    round.stopped = c->pause;
    while (n + 1 < wanted && pthread_create(&threads[n], NULL, work, &round) == 0)
        n++;
    work(&round);
    while (n)
        pthread_join(threads[--n], NULL);
    free(threads);
    if (c->code)
        return c->code;
    if (hooks->progress)
        hooks->progress(hooks->self, c->pairs_done, c->pairs_mine);
    return round.stopped && c->next < c->n_todo ? COUNT_STOPPED
           : c->next < c->n_todo                ? COUNT_TIME_TO_SAVE
                                                : COUNT_DONE;
}

/* The list is whole: pairs with a gallery's sample that is in no group go aside. */
static size_t split_exceedances(struct count *c, struct scores_pair **loose)
{
    struct scores *s = c->s;
    struct exceed_floor f = exceed_finish(&c->exceed);
    size_t kept = 0, n = 0;
    bool distance = similarity_is_distance(s->similarity);

    *loose = NULL;
    if (c->known_above > -INFINITY && f.floor <= (double)c->known_above) {
        f.floor = nextafter((double)c->known_above, INFINITY);
        f.raised = true;
    }
    s->floor_asked = distance ? -f.asked : f.asked;
    s->floor = distance ? -f.floor : f.floor;
    s->floor_raised = f.raised;
    s->exceedances = c->exceed.pairs;
    c->exceed.pairs = NULL;
    if (c->gallery)
        *loose = mem_array(c->exceed.n, sizeof **loose);
    for (size_t i = 0; i < c->exceed.n; i++) {
        struct scores_pair p = s->exceedances[i];
        p.score = count_as_meant(c, p.score);
        if (c->gallery && c->setup.b.group[p.b] == COUNT_NONE)
            (*loose)[n++] = p;
        else
            s->exceedances[kept++] = p;
    }
    s->n_exceedances = kept;
    return n;
}

/* In tail mode the histograms hold what was found. */
static void bin_exceedances(const struct count *c)
{
    struct scores *s = c->s;
    const struct count_side *b = c->gallery ? &c->setup.b : &c->setup.a;

    for (size_t i = 0; i < s->n_exceedances; i++) {
        const struct scores_pair *p = &s->exceedances[i];
        long cell = scores_cell(s, c->setup.a.group[p->a], b->group[p->b], false);
        s->cells[cell].histogram[scores_bin(s, p->score)]++;
    }
}

void count_finish(struct count *c)
{
    struct scores_pair *loose;

    assert(count_is_whole(c));
    if (c->setup.trials)
        list_finish(c);
    size_t n_loose = split_exceedances(c, &loose);
    if (!c->setup.trials) {
        if (c->s->tail)
            bin_exceedances(c);
        mated_finish(c, &loose, &n_loose);
    }
    if (c->gallery)
        search_finish(c, loose, n_loose);
    free(loose);
}
