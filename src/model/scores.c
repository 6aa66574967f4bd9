/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/scores.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

void scores_init(struct scores *s)
{
    *s = (struct scores){ .arena = ARENA_INIT };
}

void scores_release(struct scores *s)
{
    free(s->histograms);
    free(s->margins);
    free(s->margin_matches);
    free(s->mated);
    free(s->exceedances);
    free(s->dyads);
    free(s->candidates);
    arena_release(&s->arena);
    scores_init(s);
}

static void make_searches(struct scores *s)
{
    s->n_searches = 2 * s->n_groups;
    s->searches = arena_array(&s->arena, s->n_searches, sizeof *s->searches);
    for (size_t i = 0; i < s->n_searches; i++) {
        struct scores_search *q = &s->searches[i];
        q->group = (uint32_t)(i / 2);
        q->mated = i % 2 == 0;
        q->hits = arena_array(&s->arena, s->n_thresholds, sizeof *q->hits);
        if (q->mated)
            q->ranks = arena_array(&s->arena, s->top, sizeof *q->ranks);
    }
}

int scores_make_cells(struct scores *s, struct err *err)
{
    size_t g = s->n_groups, pairs = s->gallery ? g * g : g * (g + 1) / 2, n = 0, all;

    assert(s->bins && g <= SCORES_MAX_GROUPS);
    if (__builtin_mul_overflow(2 * pairs, s->bins * sizeof(uint64_t), &all) ||
        all > SCORES_HISTOGRAM_BYTES)
        return err_add(err, ERR_LIMIT, "histograms of %zu pairs of groups, mated and not, "
                       "with %zu bins, expected at most %zu MiB of them: give fewer --bins "
                       "or axes", pairs, s->bins, SCORES_HISTOGRAM_BYTES >> 20);
    s->histograms = mem_try_array(2 * pairs * s->bins, sizeof *s->histograms);
    if (!s->histograms)
        return err_add(err, ERR_LIMIT, "no memory for %zu histograms of %zu bins",
                       2 * pairs, s->bins);
    s->n_cells = 2 * pairs;
    s->cells = arena_array(&s->arena, s->n_cells, sizeof *s->cells);
    uint64_t *matches = arena_array(&s->arena, s->n_cells * s->n_thresholds,
                                    sizeof *matches);
    for (size_t a = 0; a < g; a++)
        for (size_t b = s->gallery ? 0 : a; b < g; b++)
            for (int mated = 1; mated >= 0; mated--, n++)
                s->cells[n] = (struct scores_cell){
                    .a = (uint32_t)a, .b = (uint32_t)b, .mated = mated,
                    .matches = matches + n * s->n_thresholds,
                    .histogram = s->histograms + n * s->bins,
                };
    assert(n == s->n_cells);
    if (s->gallery)
        make_searches(s);
    return 0;
}

void scores_make_margins(struct scores *s, size_t n)
{
    s->n_margins = n;
    s->margins = mem_array(n, sizeof *s->margins);
    s->margin_matches = mem_array(n, s->n_thresholds * sizeof *s->margin_matches);
    for (size_t i = 0; i < n; i++)
        s->margins[i].matches = s->margin_matches + i * s->n_thresholds;
}

long scores_cell(const struct scores *s, uint32_t a, uint32_t b, bool mated)
{
    size_t g = s->n_groups, pair;

    if (a >= g || b >= g)
        return -1;
    if (!s->gallery && a > b) {
        uint32_t c = a;
        a = b;
        b = c;
    }
    pair = s->gallery ? a * g + b : a * g - (size_t)a * (a + 1) / 2 + b;
    return (long)(2 * pair + !mated);
}

size_t scores_bin(const struct scores *s, float score)
{
    double scale = (double)s->bins / (s->high - s->low), at = score * scale;

    if (similarity_is_distance(s->similarity))
        at = ceil(at) - 1 - s->low * scale;
    else
        at = floor(at) - s->low * scale;
    if (!(at >= 0)) /* NaN too */
        return 0;
    return at < (double)s->bins ? (size_t)at : s->bins - 1;
}

/* A dictionary's numbers as numbers of people. */
struct people {
    struct dict names;
    uint32_t *person; /* of a name */
    size_t cap, n;
};

static uint32_t person_of(struct people *p, const char *name)
{
    bool fresh = true;

    if (*name) {
        uint32_t i = dict_add(&p->names, name, &fresh);
        if (!fresh)
            return p->person[i];
        size_t at = i;
        MEM_ROOM(p->person, at, p->cap);
        p->person[i] = (uint32_t)p->n;
    }
    return (uint32_t)p->n++;
}

size_t scores_people(const struct roster *r, const struct roster *gallery,
                     uint32_t *person, uint32_t *gallery_person)
{
    struct people p = { .names = DICT_INIT };

    for (size_t i = 0; i < r->n; i++)
        person[i] = person_of(&p, roster_subject(r, i));
    for (size_t i = 0; gallery && i < gallery->n; i++)
        gallery_person[i] = person_of(&p, roster_subject(gallery, i));
    dict_release(&p.names);
    free(p.person);
    return p.n;
}
