/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/cells.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "stats/clustered.h"

static int most_alike_first(const void *a, const void *b)
{
    const struct cells_pair *p = a, *q = b;

    if (p->score != q->score)
        return p->score < q->score ? 1 : -1;
    if (p->s != q->s)
        return p->s < q->s ? -1 : 1;
    return (p->t > q->t) - (p->t < q->t);
}

/* The cell of a pair; -1 where its rows are not there or in no group. */
static long cell_of(const struct scores *s, const struct cells_side *sides,
                    const struct scores_pair *p, bool mated)
{
    if (p->a >= sides[0].roster->n || p->b >= sides[1].roster->n)
        return -1;
    uint32_t a = sides[0].group[p->a], b = sides[1].group[p->b];
    return a == UINT32_MAX || b == UINT32_MAX ? -1 : scores_cell(s, a, b, mated);
}

/* Counts the pairs of each cell, or, with `place`, puts them there. */
static int sort_out(struct cells *c, const struct cells_side *sides,
                    const struct scores_pair *list, size_t n, bool mated, size_t *place,
                    struct err *err)
{
    bool distance = similarity_is_distance(c->scores->similarity);

    for (size_t i = 0; i < n; i++) {
        long cell = cell_of(c->scores, sides, &list[i], mated);
        if (cell < 0)
            return err_add(err, ERR_INPUT, "%s.npy: pair %zu is of no cell, expected rows of "
                           "the roster that was scored", mated ? "mated" : "exceedances",
                           i + 1);
        if (!place) {
            c->first[cell + 1]++;
            continue;
        }
        uint32_t s = sides[0].person[list[i].a], t = sides[1].person[list[i].b];
        c->pairs[place[cell]++] = (struct cells_pair){
            distance ? -list[i].score : list[i].score, s < t ? s : t, s < t ? t : s };
    }
    return 0;
}

static int sort_pairs(struct cells *c, const struct cells_side *sides, struct err *err)
{
    const struct scores *s = c->scores;
    int code;

    c->first = mem_array(s->n_cells + 1, sizeof *c->first);
    if ((code = sort_out(c, sides, s->mated, s->n_mated, true, NULL, err)) ||
        (code = sort_out(c, sides, s->exceedances, s->n_exceedances, false, NULL, err)))
        return code;
    for (size_t i = 0; i < s->n_cells; i++)
        c->first[i + 1] += c->first[i];
    size_t *place = mem_array(s->n_cells, sizeof *place);
    c->pairs = mem_array(s->n_mated + s->n_exceedances, sizeof *c->pairs);
    c->lists = mem_array(s->n_mated + s->n_exceedances, sizeof *c->lists);
    memcpy(place, c->first, s->n_cells * sizeof *place);
    (void)((code = sort_out(c, sides, s->mated, s->n_mated, true, place, err)) ||
           (code = sort_out(c, sides, s->exceedances, s->n_exceedances, false, place, err)));
    free(place);
    for (size_t i = 0; i < s->n_cells && !code; i++) {
        size_t from = c->first[i], n = c->first[i + 1] - from;
        qsort(c->pairs + from, n, sizeof *c->pairs, most_alike_first);
        for (size_t k = 0; k < n; k++)
            c->lists[from + k] = c->pairs[from + n - 1 - k].score;
    }
    return code;
}

/* The histograms as those of likenesses, and their sum over all non-mated cells. */
static void take_histograms(struct cells *c)
{
    const struct scores *s = c->scores;
    bool distance = similarity_is_distance(s->similarity);

    c->low = s->low;
    c->top = s->high;
    if (s->tail || !s->bins)
        return;
    c->histograms = mem_array(s->n_cells * s->bins, sizeof *c->histograms);
    c->total = mem_array(s->bins, sizeof *c->total);
    for (size_t i = 0; i < s->n_cells; i++) {
        uint64_t *h = c->histograms + i * s->bins;
        memcpy(h, s->cells[i].histogram, s->bins * sizeof *h);
        if (distance) {
            c->low = s->low;
            c->top = s->high;
            curve_mirror(h, s->bins, &c->low, &c->top);
        }
        for (size_t b = 0; b < s->bins && !s->cells[i].mated; b++)
            c->total[b] += h[b];
    }
}

static void take_everyone(struct cells *c)
{
    const struct scores *s = c->scores;
    size_t n[2] = { 0, 0 };
    uint64_t nonmated = 0;

    c->everyone[0] = mem_array(s->n_exceedances, sizeof **c->everyone);
    c->everyone[1] = mem_array(s->n_mated, sizeof **c->everyone);
    for (size_t i = 0; i < s->n_cells; i++) {
        bool mated = s->cells[i].mated;
        size_t here = c->first[i + 1] - c->first[i];
        memcpy(c->everyone[mated] + n[mated], c->lists + c->first[i],
               here * sizeof **c->everyone);
        n[mated] += here;
        nonmated += mated ? 0 : s->cells[i].comparisons;
    }
    curve_sort(c->everyone[0], n[0]);
    curve_sort(c->everyone[1], n[1]);
    c->all = (struct curve){ .high = c->everyone[0], .n_high = n[0], .floor = c->floor,
                             .histogram = c->total, .bins = s->bins, .low = c->low,
                             .top = c->top, .nonmated = nonmated,
                             .mated = c->everyone[1], .n_mated = n[1] };
}

int cells_open(struct cells *c, const struct scores *scores, const struct cells_side *side,
               const struct cells_side *gallery, size_t people, struct err *err)
{
    const struct cells_side sides[] = { *side, gallery ? *gallery : *side };
    bool distance = similarity_is_distance(scores->similarity);

    *c = (struct cells){ .scores = scores, .side = *side, .people = people,
                         .floor = distance ? -scores->floor : scores->floor };
    if (people != scores->n_subjects)
        return err_add(err, ERR_INPUT, "scores of %zu people, %zu in the roster, expected "
                       "the roster that was scored", scores->n_subjects, people);
    int code = sort_pairs(c, sides, err);
    if (code) {
        cells_release(c);
        return code;
    }
    take_histograms(c);
    take_everyone(c);
    return 0;
}

void cells_release(struct cells *c)
{
    free(c->pairs);
    free(c->first);
    free(c->lists);
    free(c->histograms);
    free(c->total);
    free(c->everyone[0]);
    free(c->everyone[1]);
    *c = (struct cells){ .scores = NULL };
}

/* -1 of all. */
static long cell_index(const struct scores *s, uint32_t a, uint32_t b, bool mated)
{
    return a == CELLS_ALL ? -1 : scores_cell(s, a, b, mated);
}

/* True if the cell is the one, or where that is -1 any of its kind. */
static bool is_chosen(const struct scores *s, size_t cell, long one, bool mated)
{
    return one < 0 ? s->cells[cell].mated == mated : cell == (size_t)one;
}

struct curve cells_curve(const struct cells *c, uint32_t a, uint32_t b)
{
    const struct scores *s = c->scores;
    long other = cell_index(s, a, b, false), same = cell_index(s, a, b, true);
    struct curve out = { .floor = c->floor, .low = c->low, .top = c->top };

    if (a == CELLS_ALL)
        return c->all;
    if (other >= 0) {
        out.high = c->lists + c->first[other];
        out.n_high = c->first[other + 1] - c->first[other];
        out.nonmated = s->cells[other].comparisons;
        out.bins = s->bins;
        out.histogram = c->histograms ? c->histograms + (size_t)other * s->bins : NULL;
    }
    if (same >= 0) {
        out.mated = c->lists + c->first[same];
        out.n_mated = c->first[same + 1] - c->first[same];
    }
    return out;
}

bool cells_has_people(const struct cells *c)
{
    const struct scores *s = c->scores;

    return !s->gallery && !s->consolidated && !s->n_same;
}

/* How many samples each person has in a group that were compared. */
static int take_images(const struct cells *c, uint32_t group, uint32_t *images,
                       struct err *err)
{
    const struct scores *s = c->scores;
    uint64_t all = 0, sum = 0;

    for (size_t g = 0; g < s->n_groups; g++)
        if (group == CELLS_ALL || group == g)
            all += s->rolls[g].samples - s->rolls[g].failed;
    for (size_t i = 0; i < c->side.roster->n; i++) {
        uint32_t of = c->side.group[i];
        if ((group == CELLS_ALL ? of != UINT32_MAX : of == group) &&
            roster_status(c->side.roster, i) == STATUS_OK) {
            images[c->side.person[i]]++;
            sum++;
        }
    }
    if (sum == all)
        return 0;
    return err_add(err, ERR_INPUT, "the group '%s' has %llu samples with a template beside "
                   "the scores, expected %llu: the roster that was scored",
                   group == CELLS_ALL ? "all" : s->groups[group], (unsigned long long)sum,
                   (unsigned long long)all);
}

static int listed(const struct cells *c, long cell, struct dyads *to, struct err *err)
{
    const struct scores *s = c->scores;
    struct dyad *list = mem_array(s->n_dyads, sizeof *list);
    size_t n = 0;

    for (size_t i = 0; i < s->n_dyads; i++)
        if (is_chosen(s, s->dyads[i].cell, cell, false))
            list[n++] = (struct dyad){ s->dyads[i].s, s->dyads[i].t,
                                       (double)s->dyads[i].comparisons, 0 };
    int code = dyads_listed(to, list, n, c->people, err);
    free(list);
    return code;
}

int cells_dyads(const struct cells *c, uint32_t a, uint32_t b, struct dyads *to,
                struct err *err)
{
    long cell = cell_index(c->scores, a, b, false);

    if ((cell < 0 && a != CELLS_ALL) || !cells_has_people(c))
        return err_add(err, ERR_INPUT, "who is in which comparison is not known, expected all "
                       "pairs of one roster or listed trials");
    if (c->scores->listed)
        return listed(c, cell, to, err);
    uint32_t *one = mem_array(c->people, sizeof *one);
    uint32_t *other = mem_array(c->people, sizeof *other);
    int code = take_images(c, a, one, err);
    if (!code && a != b)
        code = take_images(c, b, other, err);
    if (!code && a == b)
        dyads_within(to, one, c->people);
    else if (!code)
        dyads_across(to, one, other, c->people);
    free(one);
    free(other);
    return code;
}

int cells_false_matches(const struct cells *c, uint32_t a, uint32_t b, double threshold,
                        struct dyads *to, struct err *err)
{
    long one = cell_index(c->scores, a, b, false);

    dyads_clear(to);
    for (size_t cell = 0; cell < c->scores->n_cells; cell++)
        for (size_t i = c->first[cell];
             is_chosen(c->scores, cell, one, false) && i < c->first[cell + 1] &&
             (double)c->pairs[i].score >= threshold; i++)
            dyads_add(to, c->pairs[i].s, c->pairs[i].t, 1);
    return dyads_close(to, err);
}

static int higher_first(const void *a, const void *b)
{
    const struct scored_dyad *p = a, *q = b;

    return (p->score < q->score) - (p->score > q->score);
}

double cells_borrow(const struct cells *c, uint32_t a, uint32_t b, const struct dyads *d)
{
    long one = cell_index(c->scores, a, b, false);
    size_t n = 0, all = one < 0 ? c->all.n_high : c->first[one + 1] - c->first[one];
    struct scored_dyad *list = mem_array(all, sizeof *list);

    for (size_t cell = 0; cell < c->scores->n_cells; cell++)
        for (size_t i = c->first[cell];
             is_chosen(c->scores, cell, one, false) && i < c->first[cell + 1]; i++)
            list[n++] = (struct scored_dyad){ c->pairs[i].s, c->pairs[i].t,
                                              c->pairs[i].score };
    if (one < 0)
        qsort(list, n, sizeof *list, higher_first);
    double deff = clustered_borrow(d, list, n);
    free(list);
    return deff;
}

size_t cells_misses(const struct cells *c, uint32_t group, double threshold, double *m,
                    double *x)
{
    long one = cell_index(c->scores, group, group, true);
    size_t n = 0;

    memset(m, 0, c->people * sizeof *m);
    memset(x, 0, c->people * sizeof *x);
    for (size_t cell = 0; cell < c->scores->n_cells; cell++)
        for (size_t i = c->first[cell];
             is_chosen(c->scores, cell, one, true) && i < c->first[cell + 1]; i++) {
            m[c->pairs[i].s]++;
            x[c->pairs[i].s] += (double)c->pairs[i].score < threshold;
        }
    for (size_t i = 0; i < c->people; i++)
        if (m[i] > 0) {
            m[n] = m[i];
            x[n++] = x[i];
        }
    return n;
}
