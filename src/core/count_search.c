/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Searches: the best candidates of every probe while the blocks go by, and at the end
 * hits, ranks and the list of candidates. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/counting.h"

void search_begin(struct count *c)
{
    const float least = c->unknown > -INFINITY ? nextafterf(c->unknown, INFINITY) : -INFINITY;

    free(c->hits);
    free(c->n_hits);
    free(c->bars);
    c->hits = mem_array(c->a.n * c->s->top, sizeof *c->hits);
    c->n_hits = mem_array(c->a.n, sizeof *c->n_hits);
    c->bars = mem_array(c->a.n, sizeof *c->bars);
    for (size_t i = 0; i < c->a.n; i++)
        c->bars[i] = least;
}

/* The total order of candidates: the more alike first, then the smaller row. */
static bool is_before(const struct count *c, const struct hit *x, const struct hit *y)
{
    if (x->score != y->score)
        return x->score > y->score;
    return c->b.row[x->place] < c->b.row[y->place];
}

/* Where a new candidate may be put at the latest: the place of the same person if one
 * image stands for the person, a free one, or that of the last; `top` for none. */
static size_t find_seat(struct count *c, size_t place, const struct hit *new)
{
    const struct hit *hits = c->hits + place * c->s->top;
    size_t n = c->n_hits[place];

    for (size_t i = 0; c->s->consolidated && i < n; i++)
        if (c->b.person[hits[i].place] == c->b.person[new->place])
            return is_before(c, new, &hits[i]) ? i : c->s->top;
    if (n < c->s->top)
        return c->n_hits[place]++;
    return is_before(c, new, &hits[n - 1]) ? n - 1 : c->s->top;
}

void search_offer(struct count *c, size_t place, uint32_t candidate, float score)
{
    const size_t top = c->s->top;
    struct hit new = { candidate, score }, *hits = c->hits + place * top;
    pthread_mutex_t *lock = &c->stripes[place % COUNT_STRIPES];

    pthread_mutex_lock(lock);
    size_t seat = find_seat(c, place, &new);
    if (seat < top) {
        for (; seat && is_before(c, &new, &hits[seat - 1]); seat--)
            hits[seat] = hits[seat - 1];
        hits[seat] = new;
    }
    if (c->n_hits[place] == top)
        __atomic_store(&c->bars[place], &hits[top - 1].score, __ATOMIC_RELAXED);
    pthread_mutex_unlock(lock);
}

int search_top(struct count *c, struct tail *tail, const struct block *block)
{
    const size_t top = c->s->top;
    struct tail_pair *best = mem_array(block->na * top, sizeof *best);
    size_t *n = mem_array(block->na, sizeof *n);
    int code = tail_top(tail, c->a.template + block->a, block->na,
                        c->b.template_by_row + block->b, block->nb, top, best, n);

    for (size_t i = 0; i < block->na && !code; i++) {
        struct hit *hits = c->hits + (block->a + i) * top;
        for (size_t k = 0; k < n[i]; k++)
            hits[k] = (struct hit){ c->b.by_row[block->b + best[i * top + k].j],
                                    best[i * top + k].score };
        c->n_hits[block->a + i] = (uint32_t)n[i];
    }
    free(best);
    free(n);
    return code;
}

/* A candidate of a probe, scores as in core. */
struct found {
    uint32_t probe, reference;
    float score;
    bool mated;
};

static int by_probe(const void *a, const void *b)
{
    const struct found *x = a, *y = b;

    if (x->probe != y->probe)
        return x->probe < y->probe ? -1 : 1;
    if (x->score != y->score)
        return x->score > y->score ? -1 : 1;
    return (x->reference > y->reference) - (x->reference < y->reference);
}

struct finding {
    struct count *c;
    struct found *found;
    size_t n;
    uint32_t *place;         /* of a probe's row */
    bool *enrolled;          /* a person: has a sample in the gallery's roster */
    uint32_t *seen;          /* a person: the last probe it was a candidate of, + 1 */
    size_t candidates_cap;
};

static void collect(struct finding *f, const struct scores_pair *pairs, size_t n, float least)
{
    const struct count *c = f->c;

    for (size_t i = 0; i < n; i++) {
        float score = count_as_meant(c, pairs[i].score);
        if (!(score >= least))
            continue;
        f->found[f->n++] = (struct found){
            pairs[i].a, pairs[i].b, score,
            c->setup.a.person[pairs[i].a] == c->setup.b.person[pairs[i].b] };
    }
}

static void add_candidate(struct finding *f, uint32_t probe, uint32_t rank,
                          uint32_t reference, float score)
{
    struct scores *s = f->c->s;

    MEM_ROOM(s->candidates, s->n_candidates, f->candidates_cap);
    s->candidates[s->n_candidates++] = (struct scores_candidate){
        probe, rank, reference, count_as_meant(f->c, score),
        f->c->setup.a.person[probe] == f->c->setup.b.person[reference] };
}

/* The first candidates and those at or above the threshold are both the beginning of
 * one order: the longer holds the other. */
static void list_candidates(struct finding *f, uint32_t probe, struct found *found, size_t n)
{
    const struct count *c = f->c;
    uint32_t place = f->place[probe];
    size_t kept = 0;

    for (size_t i = 0; i < n; i++) {
        uint32_t person = c->setup.b.person[found[i].reference];
        if (c->s->consolidated && f->seen[person] == probe + 1)
            continue;
        f->seen[person] = probe + 1;
        found[kept++] = found[i];
    }
    if (kept >= c->n_hits[place]) {
        for (size_t i = 0; i < kept; i++)
            add_candidate(f, probe, (uint32_t)i + 1, found[i].reference, found[i].score);
        return;
    }
    for (size_t i = 0; i < c->n_hits[place]; i++) {
        const struct hit *hit = &c->hits[place * c->s->top + i];
        add_candidate(f, probe, (uint32_t)i + 1, c->b.row[hit->place], hit->score);
    }
}

/* `best`: of a mated search the best score of a mate, of another the best of all. */
static void count_search(struct finding *f, uint32_t probe, float best)
{
    const struct count *c = f->c;
    uint32_t person = c->setup.a.person[probe], place = f->place[probe];
    bool mated = f->enrolled[person];
    struct scores_search *q = &c->s->searches[2 * c->setup.a.group[probe] + !mated];

    if (place == COUNT_NONE) {
        q->lost++;
        return;
    }
    const struct hit *hits = c->hits + place * c->s->top;
    size_t n = c->n_hits[place], rank = 0;
    q->searches++;
    if (!mated && n)
        best = hits[0].score;
    for (size_t t = 0, level = count_level(c, best); t < level; t++)
        q->hits[t]++;
    if (!mated)
        return;
    while (rank < n && c->b.person[hits[rank].place] != person)
        rank++;
    for (size_t k = rank; rank < n && k < c->s->top; k++)
        q->ranks[k]++;
}

static float *best_mates(const struct count *c, const struct scores_pair *loose, size_t n)
{
    float *best = mem_array(c->setup.a.n, sizeof *best);

    for (size_t i = 0; i < c->setup.a.n; i++)
        best[i] = -INFINITY;
    for (size_t i = 0; i < c->s->n_mated + n; i++) {
        const struct scores_pair *p = i < c->s->n_mated ? &c->s->mated[i]
                                                        : &loose[i - c->s->n_mated];
        float score = count_as_meant(c, p->score);
        if (c->setup.a.person[p->a] == c->setup.b.person[p->b] && score > best[p->a])
            best[p->a] = score;
    }
    return best;
}

void search_finish(struct count *c, const struct scores_pair *loose, size_t n)
{
    struct scores *s = c->s;
    struct finding f = { .c = c };
    double floor = similarity_is_distance(s->similarity) ? -s->floor : s->floor;
    float least = c->thresholds[0] > float_from(floor) ? c->thresholds[0]
                                                       : float_from(floor);
    float *best = best_mates(c, loose, n);

    f.place = mem_array(c->setup.a.n, sizeof *f.place);
    f.enrolled = mem_array(s->n_subjects, sizeof *f.enrolled);
    f.seen = mem_array(s->n_subjects, sizeof *f.seen);
    f.found = mem_array(s->n_mated + s->n_exceedances + n, sizeof *f.found);
    for (size_t i = 0; i < c->setup.a.n; i++)
        f.place[i] = COUNT_NONE;
    for (size_t i = 0; i < c->a.n; i++)
        f.place[c->a.row[i]] = (uint32_t)i;
    for (size_t i = 0; i < c->setup.b.n; i++)
        f.enrolled[c->setup.b.person[i]] = true;
    collect(&f, s->mated, s->n_mated, least);
    collect(&f, s->exceedances, s->n_exceedances, least);
    collect(&f, loose, n, least);
    qsort(f.found, f.n, sizeof *f.found, by_probe);
    for (size_t i = 0, from = 0, to; i < c->setup.a.n; i++, from = to) {
        for (to = from; to < f.n && f.found[to].probe == i; to++)
            ;
        if (c->setup.a.group[i] == COUNT_NONE)
            continue;
        count_search(&f, (uint32_t)i, best[i]);
        if (f.place[i] != COUNT_NONE)
            list_candidates(&f, (uint32_t)i, f.found + from, to - from);
    }
    free(best);
    free(f.place);
    free(f.enrolled);
    free(f.seen);
    free(f.found);
}
