/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/compared.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "stats/clustered.h"
#include "stats/compared_rows.h"

static void side_init(struct compared_side *side, const struct roster *r,
                      const struct axes *axes)
{
    side->roster = r;
    side->person = mem_array(r->n, sizeof *side->person);
    side->values = mem_array(r->n * axes->n, sizeof *side->values);
    for (size_t a = 0; a < axes->n; a++) {
        long attribute = roster_attribute(r, axes->axes[a].name);
        side->lacks |= attribute < 0 ? 1u << a : 0;
        for (size_t i = 0; i < r->n; i++) {
            const char *v = attribute < 0 ? "" : roster_value(r, i, (size_t)attribute);
            side->values[i * axes->n + a] = *v ? axis_find(&axes->axes[a], v) : GROUP_OPEN;
        }
    }
}

static void side_release(struct compared_side *side)
{
    free(side->person);
    free(side->values);
}

bool compared_is_in(const struct compared *c, const struct compared_side *side, size_t row,
                    const struct group *g)
{
    for (size_t a = 0; a < c->axes->n; a++) {
        int value = side->values[row * c->axes->n + a];
        if (side->lacks & 1u << a)
            continue;
        if (value == GROUP_OPEN || (g->value[a] != GROUP_OPEN && value != g->value[a]))
            return false;
    }
    return true;
}

double compared_likeness(const struct compared *c, double score)
{
    return c->distance ? -score : score;
}

/* Descending likeness, equal ones in the order of the list. */
struct ranked {
    float likeness;
    uint32_t at;
};

static int by_likeness(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;

    if (x->likeness != y->likeness)
        return x->likeness > y->likeness ? -1 : 1;
    return (x->at > y->at) - (x->at < y->at);
}

static void order_exceedances(struct compared *c)
{
    size_t n = c->scores->n_exceedances;
    struct ranked *ranked = mem_array(n, sizeof *ranked);

    for (size_t i = 0; i < n; i++)
        ranked[i] = (struct ranked){
            (float)compared_likeness(c, c->scores->exceedances[i].score), (uint32_t)i };
    qsort(ranked, n, sizeof *ranked, by_likeness);
    c->order = mem_array(n, sizeof *c->order);
    for (size_t i = 0; i < n; i++)
        c->order[i] = ranked[i].at;
    free(ranked);
}

/* Every completed non-mated comparison of the cells must be one of these rosters. */
static int check_total(const struct compared *c, struct err *err)
{
    const struct group all = group_all();
    const struct scores *s = c->scores;
    struct dyads d;
    double cells = 0, here;

    if (s->listed || !s->n_cells || (c->same && !c->class))
        return 0;
    for (size_t i = 0; i < s->n_cells; i++)
        if (!s->cells[i].mated)
            cells += (double)s->cells[i].comparisons;
    here = 0;
    if (compared_pairs(c, &all, NULL, compared_likeness(c, INFINITY), false, &d)) {
        here = d.comparisons;
        dyads_release(&d);
    }
    if (here == cells)
        return 0;
    return err_add(err, ERR_INPUT, "the scores have %.0f non-mated comparisons, but the "
                   "roster beside them makes %.0f, expected the same", cells, here);
}

static int by_key(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

/* The values of every person on the axes of scores->same; false where one has several. */
static bool find_keys(const struct compared *c, const struct compared_side *side,
                      uint64_t *key, bool *seen)
{
    const struct group all = group_all();

    for (size_t i = 0; i < side->roster->n; i++) {
        uint32_t person = side->person[i];
        uint64_t k = 0;
        if (!compared_is_in(c, side, i, &all))
            continue;
        for (size_t a = 0; a < c->axes->n; a++)
            if (c->same & 1u << a)
                k = k * c->axes->axes[a].n + (uint64_t)side->values[i * c->axes->n + a];
        if (seen[person] && key[person] != k)
            return false;
        seen[person] = true;
        key[person] = k;
    }
    return true;
}

static void find_classes(struct compared *c)
{
    uint64_t *key = mem_array(c->persons, sizeof *key);
    uint64_t *sorted = mem_array(c->persons, sizeof *sorted);
    bool *seen = mem_array(c->persons, sizeof *seen);

    if (find_keys(c, &c->a, key, seen) &&
        (!c->gallery.roster || find_keys(c, &c->gallery, key, seen))) {
        memcpy(sorted, key, c->persons * sizeof *sorted);
        qsort(sorted, c->persons, sizeof *sorted, by_key);
        for (size_t i = 0; i < c->persons; i++)
            if (!i || sorted[i] != sorted[c->classes - 1])
                sorted[c->classes++] = sorted[i];
        c->class = mem_array(c->persons, sizeof *c->class);
        for (size_t i = 0; i < c->persons; i++)
            c->class[i] = (uint32_t)((uint64_t *)bsearch(&key[i], sorted, c->classes,
                                                         sizeof *sorted, by_key) - sorted);
    }
    free(key);
    free(sorted);
    free(seen);
}

int compared_init(struct compared *c, const struct scores *s, const struct axes *axes,
                  const struct roster *roster, const struct roster *gallery,
                  struct err *err)
{
    *c = (struct compared){ .scores = s, .axes = axes,
                            .distance = similarity_is_distance(s->similarity) };
    assert(!s->gallery == !gallery);
    for (size_t a = 0; a < axes->n; a++)
        if (roster_need_attribute(roster, axes->axes[a].name, err) < 0)
            return ERR_INPUT;
    side_init(&c->a, roster, axes);
    if (gallery)
        side_init(&c->gallery, gallery, axes);
    c->persons = scores_people(roster, gallery, c->a.person, c->gallery.person);
    for (size_t i = 0; i < s->n_same; i++) {
        int at = axes_find(axes, s->same[i]);
        if (at < 0)
            return err_add(err, ERR_INPUT, "only samples of the same '%s' were compared, "
                           "which is none of the groups' axes, expected it among --by",
                           s->same[i]);
        c->same |= 1u << at;
    }
    if (c->same)
        find_classes(c);
    order_exceedances(c);
    return check_total(c, err);
}

void compared_alike(struct compared *c, unsigned set)
{
    c->alike = mem_alloc(sizeof *c->alike);
    *c->alike = *c;
    c->alike->alike = NULL;
    c->alike->same |= set;
    c->alike->class = NULL;
    c->alike->classes = 0;
    find_classes(c->alike);
}

void compared_copies(struct compared *c)
{
    assert(c->gallery.roster && c->a.roster->n == c->gallery.roster->n);
    c->copies = true;
}

void compared_release(struct compared *c)
{
    if (c->alike)
        free(c->alike->class);
    free(c->alike);
    side_release(&c->a);
    side_release(&c->gallery);
    free(c->order);
    free(c->class);
    *c = (struct compared){ 0 };
}

/* Mated trials that a listed margin counts for a person. */
static void add_listed_mated(const struct compared *c, const struct group *g, double *to)
{
    const struct scores *s = c->scores;

    for (size_t i = 0; i < s->n_margins; i++) {
        const struct scores_margin *m = &s->margins[i];
        const struct scores_cell *cell = &s->cells[m->cell];
        struct group x, y;
        if (!cell->mated || group_parse(&x, c->axes, s->groups[cell->a], NULL) < 0 ||
            group_parse(&y, c->axes, s->groups[cell->b], NULL) < 0 ||
            !group_within(&x, g, c->axes->n) || !group_within(&y, g, c->axes->n))
            continue;
        to[m->subject] += (double)m->comparisons + (double)m->lost;
    }
}

/* How many samples each person has in the group. */
static uint32_t *count_images(const struct compared *c, const struct compared_side *side,
                              const struct group *g, bool failed_too)
{
    uint32_t *images = mem_array(c->persons, sizeof *images);

    for (size_t i = 0; i < side->roster->n; i++)
        if ((failed_too || roster_status(side->roster, i) == STATUS_OK) &&
            compared_is_in(c, side, i, g))
            images[side->person[i]]++;
    return images;
}

/* True if both have the values on the axes on which samples have to agree. */
static bool is_same(const struct compared *c, const struct compared_side *second, uint32_t a,
                    uint32_t b)
{
    const size_t n = c->axes->n;

    for (size_t x = 0; c->same && x < n; x++)
        if (c->same & 1u << x && c->a.values[a * n + x] != second->values[b * n + x])
            return false;
    return true;
}

bool compared_is_pair(const struct compared *c, uint32_t a, uint32_t b,
                      const struct group *g, const struct group *h)
{
    const struct compared_side *second = c->gallery.roster ? &c->gallery : &c->a;

    if (!is_same(c, second, a, b) || (c->copies && a == b))
        return false;
    if (!h)
        return compared_is_in(c, &c->a, a, g) && compared_is_in(c, second, b, g);
    return (compared_is_in(c, &c->a, a, g) && compared_is_in(c, second, b, h)) ||
           (!c->gallery.roster && compared_is_in(c, &c->a, a, h) && compared_is_in(c, &c->a, b, g));
}

/* True if nobody in the group has samples that were not to be compared with each other. */
static bool same_is_settled(const struct compared *c, const struct group *g)
{
    return c->class || (group_axes(g, c->axes->n) & c->same) == c->same;
}

double *compared_mated_trials(const struct compared *c, const struct group *g)
{
    double *trials = mem_array(c->persons, sizeof *trials);

    if (c->scores->listed) {
        add_listed_mated(c, g, trials);
        return trials;
    }
    if (!same_is_settled(c, g)) {
        free(trials);
        return NULL;
    }
    uint32_t *first = count_images(c, &c->a, g, true);
    uint32_t *second = c->gallery.roster ? count_images(c, &c->gallery, g, true) : NULL;
    for (size_t p = 0; p < c->persons; p++)
        trials[p] = second ? (double)first[p] * (second[p] - (c->copies && second[p]))
                           : (double)first[p] * ((double)first[p] - 1) / 2;
    free(first);
    free(second);
    return trials;
}

/* The comparisons of listed trials, completed. */
static bool listed_pairs(const struct compared *c, const struct group *g,
                         const struct group *h, struct dyads *out)
{
    const struct scores *s = c->scores;
    struct dyad *list = mem_array(s->n_dyads, sizeof *list);
    bool *chosen = mem_array(s->n_cells, sizeof *chosen);
    struct group *groups = mem_array(s->n_groups, sizeof *groups);
    size_t n = 0;

    for (size_t i = 0; i < s->n_groups; i++)
        if (group_parse(&groups[i], c->axes, s->groups[i], NULL) < 0)
            groups[i] = group_all(); /* no axes at all */
    for (size_t i = 0; i < s->n_cells; i++) {
        const struct group *x = &groups[s->cells[i].a], *y = &groups[s->cells[i].b];
        size_t axes = c->axes->n;
        const struct group *other = h ? h : g;
        chosen[i] = !s->cells[i].mated &&
                    ((group_within(x, g, axes) && group_within(y, other, axes)) ||
                     (group_within(x, other, axes) && group_within(y, g, axes)));
    }
    for (size_t i = 0; i < s->n_dyads; i++)
        if (chosen[s->dyads[i].cell] && s->dyads[i].comparisons)
            list[n++] = (struct dyad){ s->dyads[i].s, s->dyads[i].t,
                                       (double)s->dyads[i].comparisons, 0 };
    bool made = n && dyads_listed(out, list, n, c->persons, NULL) == 0;
    free(groups);
    free(chosen);
    free(list);
    return made;
}

/* The comparisons, without their errors. */
static bool make_pairs(const struct compared *c, const struct group *g,
                       const struct group *h, bool lost, struct dyads *out)
{
    if (c->scores->listed)
        return !lost && listed_pairs(c, g, h, out);
    if (!same_is_settled(c, g) || (h && !same_is_settled(c, h)))
        return false;
    for (size_t a = 0; h && a < c->axes->n; a++)
        if (c->same & 1u << a && g->value[a] != h->value[a])
            return false;

    uint32_t *first = count_images(c, &c->a, g, lost), *second = NULL;
    if (c->gallery.roster)
        second = count_images(c, &c->gallery, h ? h : g, lost);
    else if (h)
        second = count_images(c, &c->a, h, lost);
    if (second)
        dyads_across_classes(out, first, second, c->persons, c->class, c->classes);
    else
        dyads_within_classes(out, first, c->persons, c->class, c->classes);
    free(first);
    free(second);
    if (out->comparisons > 0)
        return true;
    dyads_release(out);
    return false;
}

static void persons_of(const struct compared *c, const struct scores_pair *p, uint32_t *s,
                       uint32_t *t)
{
    *s = c->a.person[p->a];
    *t = c->gallery.roster ? c->gallery.person[p->b] : c->a.person[p->b];
}

bool compared_reaches(const struct compared *c, double threshold)
{
    return compared_likeness(c, threshold) >= compared_likeness(c, c->scores->floor);
}

bool compared_pairs(const struct compared *c, const struct group *g, const struct group *h,
                    double threshold, bool lost, struct dyads *out)
{
    const struct scores_pair *list = c->scores->exceedances;
    double least = compared_likeness(c, threshold);

    if (!compared_reaches(c, threshold) || !make_pairs(c, g, h, lost, out))
        return false;
    for (size_t i = 0; i < c->scores->n_exceedances; i++) {
        const struct scores_pair *p = &list[c->order[i]];
        uint32_t s, t;
        if (compared_likeness(c, p->score) < least)
            break;
        if (!compared_is_pair(c, p->a, p->b, g, h))
            continue;
        persons_of(c, p, &s, &t);
        dyads_add(out, s, t, 1);
    }
    if (dyads_close(out, NULL) == 0)
        return true;
    dyads_release(out);
    return false;
}

double compared_deff(const struct compared *c, const struct group *g,
                     const struct group *h, bool lost)
{
    const struct scores *scores = c->scores;
    struct scored_dyad *list;
    struct dyads d;
    size_t n = 0;

    if (!make_pairs(c, g, h, lost, &d))
        return 0;
    list = mem_array(scores->n_exceedances, sizeof *list);
    for (size_t i = 0; i < scores->n_exceedances; i++) {
        const struct scores_pair *p = &scores->exceedances[c->order[i]];
        uint32_t s, t;
        if (!compared_is_pair(c, p->a, p->b, g, h))
            continue;
        persons_of(c, p, &s, &t);
        list[n++] = (struct scored_dyad){ s, t, (float)compared_likeness(c, p->score) };
    }
    double deff = clustered_borrow(&d, list, n);
    free(list);
    dyads_release(&d);
    return deff;
}

static int by_value(const void *a, const void *b)
{
    const float *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

void compared_curve(const struct compared *c, const struct group *g, struct curve *out)
{
    const struct scores *s = c->scores;
    float *high = mem_array(s->n_exceedances, sizeof *high);
    float *mated = mem_array(s->n_mated, sizeof *mated);
    struct dyads d;

    *out = (struct curve){ .high = high, .mated = mated,
                           .floor = isfinite(s->floor) ? compared_likeness(c, s->floor) : INFINITY };
    for (size_t i = s->n_exceedances; i-- > 0;) {
        const struct scores_pair *p = &s->exceedances[c->order[i]];
        if (compared_is_pair(c, p->a, p->b, g, NULL))
            high[out->n_high++] = (float)compared_likeness(c, p->score);
    }
    for (size_t i = 0; i < s->n_mated; i++)
        if (!isnan(s->mated[i].score) && compared_is_pair(c, s->mated[i].a, s->mated[i].b, g, NULL))
            mated[out->n_mated++] = (float)compared_likeness(c, s->mated[i].score);
    qsort(mated, out->n_mated, sizeof *mated, by_value);
    if (make_pairs(c, g, NULL, false, &d)) {
        out->nonmated = (uint64_t)d.comparisons;
        dyads_release(&d);
    }
}

/* Adds the cells whose comparisons are all of the group. */
static uint64_t add_histograms(const struct compared *c, const struct group *g, uint64_t *to)
{
    const struct scores *s = c->scores;
    bool *in = mem_array(s->n_groups, sizeof *in);
    uint64_t sum = 0;
    struct group of;

    for (size_t i = 0; i < s->n_groups; i++)
        in[i] = !s->n_axes || (group_parse(&of, c->axes, s->groups[i], NULL) == 0 &&
                               group_within(&of, g, c->axes->n));
    for (size_t i = 0; i < s->n_cells; i++)
        for (size_t b = 0; !s->cells[i].mated && in[s->cells[i].a] && in[s->cells[i].b] &&
                           b < s->bins; b++) {
            to[b] += s->cells[i].histogram[b];
            sum += s->cells[i].histogram[b];
        }
    free(in);
    return sum;
}

void compared_curve_whole(const struct compared *c, const struct group *g,
                          struct curve *out)
{
    const struct scores *s = c->scores;

    compared_curve(c, g, out);
    if (s->tail || !s->bins || !s->n_cells || !s->cells[0].histogram)
        return;
    uint64_t *histogram = mem_array(s->bins, sizeof *histogram);
    if (add_histograms(c, g, histogram) != out->nonmated) { /* not of these comparisons */
        free(histogram);
        return;
    }
    out->histogram = histogram;
    out->bins = s->bins;
    out->low = s->low;
    out->top = s->high;
    if (c->distance)
        curve_mirror(histogram, s->bins, &out->low, &out->top);
}

void compared_curve_release(struct curve *curve)
{
    free((void *)curve->high);
    free((void *)curve->histogram);
    free((void *)curve->mated);
}
