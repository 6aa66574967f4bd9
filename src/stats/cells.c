/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/cells.h"

<<<<<<< HEAD
#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "stats/clustered.h"

#define NO_CLASS UINT32_MAX

/* Larger is more alike. */
static double oriented(const struct cells *c, double score)
{
    return c->rows->distance ? -score : score;
}

/* The side on which the second row of a pair stands. */
static int second_side(const struct cells *c)
{
    return c->scores->gallery ? 1 : 0;
}

/* The number of the cell of two groups. */
static int find_cell(const struct cells *c, uint32_t a, uint32_t b, bool mated,
                     struct err *err)
{
    for (size_t i = 0; i < c->scores->n_cells; i++) {
        const struct scores_cell *at = &c->scores->cells[i];
        if (at->mated == mated && ((at->a == a && at->b == b) ||
                                   (!c->scores->gallery && at->a == b && at->b == a)))
            return (int)i;
    }
    return err_add(err, ERR_INPUT, "the scores have no %s cell of the groups %u and %u",
                   mated ? "mated" : "non-mated", (unsigned)a, (unsigned)b);
}

/* One number a pair of groups, for the cells' places in a table. */
static size_t pair_number(const struct cells *c, uint32_t a, uint32_t b)
{
    if (!c->scores->gallery && a > b)
        return (size_t)b * c->scores->n_groups + a;
    return (size_t)a * c->scores->n_groups + b;
}

/* Every pair of groups' cell of a kind, or -1; the caller's to free(). */
static long *cell_table(const struct cells *c, bool mated)
{
    size_t n = c->scores->n_groups * c->scores->n_groups;
    long *table = mem_array(n, sizeof *table);

    for (size_t i = 0; i < n; i++)
        table[i] = -1;
    for (size_t i = 0; i < c->scores->n_cells; i++) {
        const struct scores_cell *at = &c->scores->cells[i];
        if (at->mated == mated && at->a < c->scores->n_groups &&
            at->b < c->scores->n_groups)
            table[pair_number(c, at->a, at->b)] = (long)i;
    }
    return table;
}

/* The cell of each pair of a list; ERR_INPUT where a row or cell is not there. */
static int place_pairs(const struct cells *c, const struct scores_pair *pairs, size_t n,
                       bool mated, uint32_t *cell, struct err *err)
{
    const struct cells_rows *rows = c->rows;
    int side = second_side(c), code = 0;
    long *table = cell_table(c, mated);

    for (size_t i = 0; i < n && code == 0; i++) {
        uint32_t a = pairs[i].a, b = pairs[i].b;
        bool good = a < rows->n[0] && b < rows->n[side] && !isnan(pairs[i].score);
        uint32_t g = good ? rows->group[0][a] : NO_GROUP;
        uint32_t h = good ? rows->group[side][b] : NO_GROUP;
        good = good && g < c->scores->n_groups && h < c->scores->n_groups &&
               rows->completed[0][a] && rows->completed[side][b] &&
               (rows->person[0][a] == rows->person[side][b]) == mated;
        long at = good ? table[pair_number(c, g, h)] : -1;
        if (at < 0)
            code = err_add(err, ERR_INPUT,
                           "%s score %zu is of the rows %u and %u, expected two completed"
                           " rows of the roster that %s a person",
                           mated ? "mated" : "non-mated", i + 1, (unsigned)a, (unsigned)b,
                           mated ? "show" : "do not share");
        else
            cell[i] = (uint32_t)at;
    }
    free(table);
    return code;
}

/* Where each cell's begin, once sorted; the caller's to free(). */
static size_t *count_places(const struct cells *c, const uint32_t *cell, size_t n)
{
    size_t *from = mem_array(c->scores->n_cells + 1, sizeof *from);

    for (size_t i = 0; i < n; i++)
        from[cell[i] + 1]++;
    for (size_t i = 0; i < c->scores->n_cells; i++)
        from[i + 1] += from[i];
    return from;
}

static int most_alike_first(const void *a, const void *b)
{
    const struct scored_dyad *p = a, *q = b;
=======
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static int most_alike_first(const void *a, const void *b)
{
    const struct cells_pair *p = a, *q = b;
>>>>>>> dep

    if (p->score != q->score)
        return p->score < q->score ? 1 : -1;
    if (p->s != q->s)
        return p->s < q->s ? -1 : 1;
    return (p->t > q->t) - (p->t < q->t);
}

<<<<<<< HEAD
static int least_alike_first(const void *a, const void *b)
{
    const struct scored_person *p = a, *q = b;

    if (p->score != q->score)
        return p->score < q->score ? -1 : 1;
    return (p->s > q->s) - (p->s < q->s);
}

static int index_exceedances(struct cells *c, struct err *err)
{
    const struct scores *s = c->scores;
    uint32_t *cell = mem_array(s->n_exceedances, sizeof *cell);
    int code = place_pairs(c, s->exceedances, s->n_exceedances, false, cell, err);

    if (code == 0) {
        c->from = count_places(c, cell, s->n_exceedances);
        c->list = mem_array(s->n_exceedances, sizeof *c->list);
        size_t *next = count_places(c, cell, s->n_exceedances);
        for (size_t i = 0; i < s->n_exceedances; i++) {
            const struct scores_pair *at = &s->exceedances[i];
            c->list[next[cell[i]]++] = (struct scored_dyad){
                c->rows->person[0][at->a], c->rows->person[second_side(c)][at->b],
                (float)oriented(c, at->score)
            };
        }
        for (size_t i = 0; i < s->n_cells; i++)
            if (c->from[i + 1] > c->from[i])
                qsort(c->list + c->from[i], c->from[i + 1] - c->from[i], sizeof *c->list,
                      most_alike_first);
        free(next);
    }
    free(cell);
    return code;
}

static int index_mated(struct cells *c, struct err *err)
{
    const struct scores *s = c->scores;
    uint32_t *cell = mem_array(s->n_mated, sizeof *cell);
    int code = place_pairs(c, s->mated, s->n_mated, true, cell, err);

    if (code == 0) {
        c->mated_from = count_places(c, cell, s->n_mated);
        c->mated = mem_array(s->n_mated, sizeof *c->mated);
        size_t *next = count_places(c, cell, s->n_mated);
        for (size_t i = 0; i < s->n_mated; i++)
            c->mated[next[cell[i]]++] = (struct scored_person){
                c->rows->person[0][s->mated[i].a], (float)oriented(c, s->mated[i].score)
            };
        for (size_t i = 0; i < s->n_cells; i++)
            if (c->mated_from[i + 1] > c->mated_from[i])
                qsort(c->mated + c->mated_from[i], c->mated_from[i + 1] - c->mated_from[i],
                      sizeof *c->mated, least_alike_first);
        free(next);
    }
    free(cell);
    return code;
}

/* Each person's class, from his rows. */
static int index_classes(struct cells *c, struct err *err)
{
    const struct cells_rows *rows = c->rows;

    if (!rows->class[0])
        return 0;
    c->class = mem_array(c->scores->n_subjects, sizeof *c->class);
    for (size_t s = 0; s < c->scores->n_subjects; s++)
        c->class[s] = NO_CLASS;
    for (int side = 0; side <= second_side(c); side++)
        for (size_t i = 0; i < rows->n[side]; i++) {
            uint32_t *at = &c->class[rows->person[side][i]];
            if (!rows->completed[side][i])
                continue;
            if (*at != NO_CLASS && *at != rows->class[side][i])
                return err_add(err, ERR_INPUT,
                               "person %u has images of two kinds on an axis on which"
                               " compared samples had to agree; expected one a person",
                               (unsigned)rows->person[side][i]);
            *at = rows->class[side][i];
        }
    for (size_t s = 0; s < c->scores->n_subjects; s++)
        if (c->class[s] == NO_CLASS)
            c->class[s] = 0;
    return 0;
}

int cells_init(struct cells *c, const struct scores *scores,
               const struct cells_rows *rows, struct err *err)
{
    int code = 0;

    *c = (struct cells){ .scores = scores, .rows = rows };
    for (int side = 0; side <= second_side(c) && code == 0; side++)
        for (size_t i = 0; i < rows->n[side] && code == 0; i++)
            if (rows->person[side][i] >= scores->n_subjects ||
                (rows->class[side] && rows->class[side][i] >= rows->classes))
                code = err_add(err, ERR_INPUT, "row %zu is of person %u of %zu", i,
                               (unsigned)rows->person[side][i], scores->n_subjects);
    if (code == 0 && (code = index_classes(c, err)) == 0 &&
        (code = index_exceedances(c, err)) == 0)
        code = index_mated(c, err);
    if (code < 0)
        cells_release(c);
    return code;
}

void cells_release(struct cells *c)
{
    free(c->class);
    free(c->list);
    free(c->from);
    free(c->mated);
    free(c->mated_from);
    *c = (struct cells){ 0 };
}

/* Completed images of each person of a group on one side; the caller's to free(). */
static uint32_t *count_images(const struct cells *c, int side, uint32_t group)
{
    const struct cells_rows *rows = c->rows;
    uint32_t *images = mem_array(c->scores->n_subjects, sizeof *images);

    for (size_t i = 0; i < rows->n[side]; i++)
        if (rows->completed[side][i] && rows->group[side][i] == group)
            images[rows->person[side][i]]++;
    return images;
}

/* The comparisons of a non-mated cell. */
static int make_cell(const struct cells *c, uint32_t a, uint32_t b, uint32_t number,
                     struct dyads *out, struct err *err)
{
    const struct scores *s = c->scores;
    const struct scores_cell *cell = &s->cells[number];
    int code = 0;

    if (s->listed) {
        struct dyad *list = mem_array(s->n_dyads, sizeof *list);
        size_t n = 0;
        for (size_t i = 0; i < s->n_dyads; i++)
            if (s->dyads[i].cell == number && s->dyads[i].comparisons > 0)
                list[n++] = (struct dyad){ s->dyads[i].s, s->dyads[i].t,
                                           (double)s->dyads[i].comparisons, 0 };
        code = dyads_listed(out, list, n, s->n_subjects, err);
        free(list);
    } else {
        bool within = a == b && !s->gallery;
        uint32_t *first = count_images(c, 0, a);
        uint32_t *second = within ? NULL : count_images(c, second_side(c), b);
        if (within)
            dyads_within_classes(out, first, s->n_subjects, c->class, c->rows->classes);
        else
            dyads_across_classes(out, first, second, s->n_subjects, c->class,
                                 c->rows->classes);
        free(first);
        free(second);
    }
    if (code == 0 && (out->comparisons != (double)cell->comparisons ||
                      out->sum_m2 != cell->sum_m2))
        code = err_add(err, ERR_INPUT,
                       "the rows of a cell make %.0f comparisons (squares of pairs %.0f),"
                       " but %.0f (%.0f) were counted", out->comparisons, out->sum_m2,
                       (double)cell->comparisons, cell->sum_m2);
    return code;
}

static int check_floor(const struct cells *c, double threshold, struct err *err)
{
    if (oriented(c, threshold) >= oriented(c, c->scores->floor))
        return 0;
    return err_add(err, ERR_INPUT,
                   "a threshold of %g, but scores are listed only from %g on", threshold,
                   c->scores->floor);
}

int cells_dyads(const struct cells *c, uint32_t a, uint32_t b, double threshold,
                struct dyads *out, double *borrowed, struct err *err)
{
    int number = find_cell(c, a, b, false, err), code;
    double least = oriented(c, threshold);

    *out = (struct dyads){ 0 };
    if (number < 0 || (code = check_floor(c, threshold, err)) < 0)
        return ERR_INPUT;
    if ((code = make_cell(c, a, b, (uint32_t)number, out, err)) < 0) {
        dyads_release(out);
        return code;
    }
    const struct scored_dyad *list = c->list + c->from[number];
    size_t n = c->from[number + 1] - c->from[number];
    for (size_t i = 0; i < n && list[i].score >= least; i++)
        dyads_add(out, list[i].s, list[i].t, 1);
    if ((code = dyads_close(out, err)) < 0)
        dyads_release(out);
    else if (borrowed)
        *borrowed = out->n_erring < DYADS_TO_BORROW ? clustered_borrow(out, list, n) : 0;
    return code;
}

int cells_people(const struct cells *c, uint32_t a, uint32_t b, double threshold,
                 double *m, double *x, struct err *err)
{
    int number = find_cell(c, a, b, true, err);
    double least = oriented(c, threshold);

    if (number < 0)
        return number;
    for (size_t s = 0; s < c->scores->n_subjects; s++)
        m[s] = x[s] = 0;
    for (size_t i = c->mated_from[number]; i < c->mated_from[number + 1]; i++) {
        m[c->mated[i].s]++;
        x[c->mated[i].s] += c->mated[i].score < least;
    }
    return 0;
}

int cells_everybody(const struct cells *c, double threshold, struct dyads *out,
                    uint32_t *images, uint32_t *group, struct err *err)
{
    const struct cells_rows *rows = c->rows;
    size_t persons = c->scores->n_subjects;
    double least = oriented(c, threshold);
    int code = check_floor(c, threshold, err);

    *out = (struct dyads){ 0 };
    if (code < 0)
        return code;
    if (c->scores->gallery || c->scores->listed || c->class)
        return err_add(err, ERR_INPUT,
                       "everybody was not compared with everybody: no group of a person"
                       " can be exchanged");
    for (size_t s = 0; s < persons; s++) {
        images[s] = 0;
        group[s] = NO_GROUP;
    }
    for (size_t i = 0; i < rows->n[0]; i++) {
        uint32_t s = rows->person[0][i];
        if (!rows->completed[0][i] || rows->group[0][i] == NO_GROUP)
            continue;
        if (group[s] != NO_GROUP && group[s] != rows->group[0][i])
            return err_add(err, ERR_INPUT, "person %u has images in two groups, expected"
                           " one", (unsigned)s);
        group[s] = rows->group[0][i];
        images[s]++;
    }
    for (size_t s = 0; s < persons; s++)
        if (group[s] == NO_GROUP)
            group[s] = 0; /* without images, in no comparison */
    dyads_within_classes(out, images, persons, c->class, rows->classes);
    for (size_t i = 0; i < c->from[c->scores->n_cells]; i++)
        if (c->list[i].score >= least)
            dyads_add(out, c->list[i].s, c->list[i].t, 1);
    if ((code = dyads_close(out, err)) < 0)
        dyads_release(out);
    return code;
}

int cells_fnmr_at_fmr(const struct cells *c, uint32_t a, uint32_t b,
                      const struct dyads *nonmated, uint32_t g, uint32_t h,
                      struct fnmr_at_fmr *out, struct err *err)
{
    int number = find_cell(c, a, b, false, err);
    int mated = number < 0 ? number : find_cell(c, g, h, true, err);

    if (mated < 0)
        return mated;
    assert(nonmated->persons == c->scores->n_subjects);
    out->nonmated = nonmated;
    out->exceedances = c->list + c->from[number];
    out->n_exceedances = c->from[number + 1] - c->from[number];
    out->mated = c->mated + c->mated_from[mated];
    out->n_mated = c->mated_from[mated + 1] - c->mated_from[mated];
    return 0;
=======
/* The cell of a pair; -1 where its rows are not there or in no group. */
static long cell_of(const struct scores *s, const struct cells_side *sides,
                    const struct scores_pair *p, bool mated)
{
    if (p->a >= sides[0].rows || p->b >= sides[1].rows)
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

    *c = (struct cells){ .scores = scores, .people = people,
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

struct curve cells_curve(const struct cells *c, uint32_t a, uint32_t b)
{
    const struct scores *s = c->scores;
    long other = scores_cell(s, a, b, false), same = scores_cell(s, a, b, true);
    struct curve out = { .floor = c->floor, .low = c->low, .top = c->top };

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

/* Images of each person in a group that were compared: n with n(N − n) = m, N images of
 * the group; the one with the fewer images unless a person has more than half. */
static int take_images(const struct cells *c, uint32_t group, uint32_t *images,
                       struct err *err)
{
    const struct scores *s = c->scores;
    long cell = scores_cell(s, group, group, false);
    double all = (double)(s->rolls[group].samples - s->rolls[group].failed), sum = 0;

    memset(images, 0, c->people * sizeof *images);
    for (size_t i = 0; i < s->n_margins; i++) {
        const struct scores_margin *m = &s->margins[i];
        if ((long)m->cell != cell || !m->comparisons || m->subject >= c->people)
            continue;
        double root = sqrt(fmax(0, all * all / 4 - (double)m->comparisons));
        images[m->subject] = (uint32_t)lround(all / 2 - root);
        sum += images[m->subject];
    }
    /* at most one person can have more than half of the images */
    for (size_t i = 0; i < c->people && sum != all; i++)
        if (images[i] && sum == 2 * (double)images[i]) {
            images[i] = (uint32_t)(all - images[i]);
            sum = all;
        }
    if (sum == all || sum == 0)
        return 0;
    return err_add(err, ERR_INPUT, "margins.npy: the comparisons of group '%s' are not those "
                   "of %.0f images", s->groups[group], all);
}

static int listed(const struct cells *c, long cell, struct dyads *to, struct err *err)
{
    const struct scores *s = c->scores;
    struct dyad *list = mem_array(s->n_dyads, sizeof *list);
    size_t n = 0;

    for (size_t i = 0; i < s->n_dyads; i++)
        if ((long)s->dyads[i].cell == cell)
            list[n++] = (struct dyad){ s->dyads[i].s, s->dyads[i].t,
                                       (double)s->dyads[i].comparisons, 0 };
    int code = dyads_listed(to, list, n, c->people, err);
    free(list);
    return code;
}

int cells_dyads(const struct cells *c, uint32_t a, uint32_t b, struct dyads *to,
                struct err *err)
{
    long cell = scores_cell(c->scores, a, b, false);

    if (cell < 0 || !cells_has_people(c))
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
    long cell = scores_cell(c->scores, a, b, false);

    dyads_clear(to);
    for (size_t i = c->first[cell]; i < c->first[cell + 1] &&
                                    (double)c->pairs[i].score >= threshold; i++)
        dyads_add(to, c->pairs[i].s, c->pairs[i].t, 1);
    return dyads_close(to, err);
}

size_t cells_misses(const struct cells *c, uint32_t group, double threshold, double *m,
                    double *x)
{
    long cell = scores_cell(c->scores, group, group, true);
    size_t n = 0;

    memset(m, 0, c->people * sizeof *m);
    memset(x, 0, c->people * sizeof *x);
    for (size_t i = c->first[cell]; i < c->first[cell + 1]; i++) {
        m[c->pairs[i].s]++;
        x[c->pairs[i].s] += (double)c->pairs[i].score < threshold;
    }
    for (size_t i = 0; i < c->people; i++)
        if (m[i] > 0) {
            m[n] = m[i];
            x[n++] = x[i];
        }
    return n;
>>>>>>> dep
}
