/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/scores_join.h"

#include <stdlib.h>
#include <string.h>

/* The new number of an old cell. */
static uint32_t new_cell(const struct scores *s, const struct scores *to,
                         const uint32_t *map, uint32_t cell)
{
    const struct scores_cell *c = &s->cells[cell];

    return (uint32_t)scores_cell(to, map[c->a], map[c->b], c->mated);
}

static void join_cells(const struct scores *s, const uint32_t *map, struct scores *to)
{
    for (uint32_t i = 0; i < s->n_cells; i++) {
        const struct scores_cell *from = &s->cells[i];
        struct scores_cell *sum = &to->cells[new_cell(s, to, map, i)];
        sum->comparisons += from->comparisons;
        sum->lost += from->lost;
        for (size_t b = 0; b < s->bins; b++)
            sum->histogram[b] += from->histogram[b];
    }
}

static int by_cell_and_subject(const void *a, const void *b)
{
    const struct scores_margin *p = a, *q = b;

    if (p->cell != q->cell)
        return p->cell < q->cell ? -1 : 1;
    return (p->subject > q->subject) - (p->subject < q->subject);
}

static void join_margins(const struct scores *s, const uint32_t *map, struct scores *to)
{
    size_t n = 0;

    scores_make_margins(to, s->n_margins);
    for (size_t i = 0; i < s->n_margins; i++) {
        to->margins[i] = s->margins[i];
        to->margins[i].matches = NULL;
        to->margins[i].cell = new_cell(s, to, map, s->margins[i].cell);
    }
    qsort(to->margins, s->n_margins, sizeof *to->margins, by_cell_and_subject);
    for (size_t i = 0; i < s->n_margins; i++) {
        struct scores_margin *m = &to->margins[i];
        if (n && !by_cell_and_subject(&to->margins[n - 1], m)) {
            to->margins[n - 1].comparisons += m->comparisons;
            to->margins[n - 1].lost += m->lost;
        } else {
            to->margins[n++] = *m;
        }
    }
    to->n_margins = n;
}

static int by_cell_and_people(const void *a, const void *b)
{
    const struct scores_dyad *p = a, *q = b;

    if (p->cell != q->cell)
        return p->cell < q->cell ? -1 : 1;
    if (p->s != q->s)
        return p->s < q->s ? -1 : 1;
    return (p->t > q->t) - (p->t < q->t);
}

static void join_dyads(const struct scores *s, const uint32_t *map, struct scores *to)
{
    size_t n = 0;

    to->dyads = mem_array(s->n_dyads, sizeof *to->dyads);
    for (size_t i = 0; i < s->n_dyads; i++) {
        to->dyads[i] = s->dyads[i];
        to->dyads[i].cell = new_cell(s, to, map, s->dyads[i].cell);
    }
    qsort(to->dyads, s->n_dyads, sizeof *to->dyads, by_cell_and_people);
    for (size_t i = 0; i < s->n_dyads; i++) {
        if (n && !by_cell_and_people(&to->dyads[n - 1], &to->dyads[i]))
            to->dyads[n - 1].comparisons += to->dyads[i].comparisons;
        else
            to->dyads[n++] = to->dyads[i];
    }
    to->n_dyads = n;
}

int scores_join(const struct scores *s, const uint32_t *map, char **names, size_t n,
                struct scores *to, struct err *err)
{
    *to = *s;
    to->arena = (struct arena)ARENA_INIT;
    to->groups = names;
    to->n_groups = n;
    to->n_thresholds = to->n_searches = to->n_margins = to->n_dyads = to->top = 0;
    to->gallery_rolls = NULL;
    to->searches = NULL;
    to->candidates = NULL;
    to->histograms = NULL;
    to->margins = NULL;
    to->margin_matches = NULL;
    to->dyads = NULL;
    int code = scores_make_cells(to, err);
    if (code) {
        scores_join_release(to);
        return code;
    }
    to->rolls = arena_array(&to->arena, n, sizeof *to->rolls);
    for (size_t g = 0; g < s->n_groups; g++) {
        to->rolls[map[g]].samples += s->rolls[g].samples;
        to->rolls[map[g]].failed += s->rolls[g].failed;
    }
    join_cells(s, map, to);
    join_margins(s, map, to);
    join_dyads(s, map, to);
    return 0;
}

void scores_join_release(struct scores *to)
{
    to->mated = to->exceedances = NULL; /* those of the scores it was made of */
    scores_release(to);
}
