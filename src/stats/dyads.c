/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/dyads.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "stats/matching.h"

static double *as_doubles(const uint32_t *count, size_t n)
{
    double *out = mem_array(n, sizeof *out);

    for (size_t i = 0; i < n; i++)
        out[i] = count[i];
    return out;
}

/* What follows from each person's comparisons. */
static void count_persons(struct dyads *d)
{
    double twice = 0;

    d->most = 0;
    d->clusters = 0;
    for (size_t s = 0; s < d->persons; s++) {
        twice += d->m[s];
        d->most = fmax(d->most, d->m[s]);
        d->clusters += d->m[s] > 0;
    }
    d->comparisons = twice / 2;
}

static size_t class_of(const struct dyads *d, size_t s)
{
    return d->class ? d->class[s] : 0;
}

/* Images of a class in the roles, and how many people have some. */
struct class_count {
    double a, b, only_a, only_b, both;
};

static struct class_count *count_classes(const struct dyads *d)
{
    struct class_count *all = mem_array(d->classes, sizeof *all);

    for (size_t s = 0; s < d->persons; s++) {
        struct class_count *at = &all[class_of(d, s)];
        bool in_a = d->a[s] > 0, in_b = d->b && d->b[s] > 0;
        at->a += d->a[s];
        at->b += d->b ? d->b[s] : 0;
        at->only_a += in_a && !in_b;
        at->only_b += in_b && !in_a;
        at->both += in_a && in_b;
    }
    return all;
}

/* With the images and the form set, all else. */
static void count_closed(struct dyads *d, const uint32_t *class, size_t classes)
{
    d->classes = class ? classes : 1;
    if (class) {
        d->class = mem_array(d->persons, sizeof *d->class);
        if (d->persons)
            memcpy(d->class, class, d->persons * sizeof *class);
    }
    struct class_count *all = count_classes(d);
    d->m = mem_array(d->persons, sizeof *d->m);
    for (size_t s = 0; s < d->persons; s++) {
        const struct class_count *at = &all[class_of(d, s)];
        d->m[s] = d->form == DYADS_WITHIN
                      ? d->a[s] * (at->a - d->a[s])
                      : d->a[s] * (at->b - d->b[s]) + d->b[s] * (at->a - d->a[s]);
    }
    count_persons(d);
    d->sum_m2 = dyads_common(d, d);
    for (size_t i = 0; i < d->classes; i++) {
        const struct class_count *at = &all[i];
        double some = at->only_a + at->only_b + at->both;
        /* Anybody goes with anybody but two of only_a or two of only_b: a complete
         * multipartite graph, whose largest matching leaves out only what is left
         * of its largest part. */
        d->disjoint += d->form == DYADS_WITHIN
                           ? floor(some / 2)
                           : fmin(floor(some / 2),
                                  fmin(at->only_a, at->only_b) + at->both);
    }
    free(all);
}

void dyads_within_classes(struct dyads *d, const uint32_t *images, size_t persons,
                          const uint32_t *class, size_t classes)
{
    *d = (struct dyads){ .form = DYADS_WITHIN, .persons = persons };
    d->a = as_doubles(images, persons);
    count_closed(d, class, classes);
}

void dyads_within(struct dyads *d, const uint32_t *images, size_t persons)
{
    dyads_within_classes(d, images, persons, NULL, 1);
}

void dyads_across_classes(struct dyads *d, const uint32_t *a, const uint32_t *b,
                          size_t persons, const uint32_t *class, size_t classes)
{
    *d = (struct dyads){ .form = DYADS_ACROSS, .persons = persons };
    d->a = as_doubles(a, persons);
    d->b = as_doubles(b, persons);
    count_closed(d, class, classes);
}

void dyads_across(struct dyads *d, const uint32_t *a, const uint32_t *b, size_t persons)
{
    dyads_across_classes(d, a, b, persons, NULL, 1);
}

static int by_persons(const void *a, const void *b)
{
    const struct dyad *p = a, *q = b;

    if (p->s != q->s)
        return p->s < q->s ? -1 : 1;
    return p->t < q->t ? -1 : p->t > q->t;
}

/* From `list` to `to`, in the order of t or of s, and of the list where that is the
 * same; `from` is persons + 1 long. */
static void sort_by_person(const struct dyad *list, size_t n, struct dyad *to, bool by_t,
                           size_t *from, size_t persons)
{
    memset(from, 0, (persons + 1) * sizeof *from);
    for (size_t i = 0; i < n; i++)
        from[(by_t ? list[i].t : list[i].s) + 1]++;
    for (size_t s = 0; s < persons; s++)
        from[s + 1] += from[s];
    for (size_t i = 0; i < n; i++)
        to[from[by_t ? list[i].t : list[i].s]++] = list[i];
}

/* Sorts and adds up those that come again; returns how many are left. All have
 * s, t < persons. */
static size_t merge(struct dyad *list, size_t n, size_t persons)
{
    struct dyad *space = mem_array(n, sizeof *space);
    size_t *from = mem_array(persons + 1, sizeof *from), kept = 0;

    sort_by_person(list, n, space, true, from, persons);
    sort_by_person(space, n, list, false, from, persons);
    free(space);
    free(from);
    for (size_t i = 0; i < n; i++) {
        if (kept && !by_persons(&list[kept - 1], &list[i])) {
            list[kept - 1].m += list[i].m;
            list[kept - 1].x += list[i].x;
        } else {
            list[kept++] = list[i];
        }
    }
    return kept;
}

int dyads_listed(struct dyads *d, const struct dyad *list, size_t n, size_t persons,
                 struct err *err)
{
    *d = (struct dyads){ .form = DYADS_LISTED, .persons = persons, .classes = 1 };
    for (size_t i = 0; i < n; i++)
        if (list[i].s == list[i].t || list[i].s >= persons || list[i].t >= persons ||
            !(list[i].m > 0))
            return err_add(err, ERR_INPUT,
                           "a pair of the people %u and %u with %g comparisons, expected"
                           " two people of %zu with one or more",
                           (unsigned)list[i].s, (unsigned)list[i].t, list[i].m, persons);
    d->m = mem_array(persons, sizeof *d->m);
    d->listed = mem_array(n, sizeof *d->listed);
    for (size_t i = 0; i < n; i++) {
        uint32_t s = list[i].s, t = list[i].t;
        d->listed[i] = (struct dyad){ s < t ? s : t, s < t ? t : s, list[i].m, 0 };
    }
    d->n_listed = merge(d->listed, n, persons);
    for (size_t i = 0; i < d->n_listed; i++) {
        const struct dyad *at = &d->listed[i];
        d->m[at->s] += at->m;
        d->m[at->t] += at->m;
        d->sum_m2 += at->m * at->m;
    }
    count_persons(d);
    d->disjoint = (double)matching_size(d->listed, d->n_listed, persons);
    return 0;
}

void dyads_release(struct dyads *d)
{
    free(d->a);
    free(d->b);
    free(d->class);
    free(d->m);
    free(d->erring);
    free(d->listed);
    *d = (struct dyads){ 0 };
}

void dyads_clear(struct dyads *d)
{
    d->n_erring = 0;
}

void dyads_add(struct dyads *d, uint32_t s, uint32_t t, double x)
{
    MEM_ROOM(d->erring, d->n_erring, d->cap);
    d->erring[d->n_erring++] = (struct dyad){ s < t ? s : t, s < t ? t : s, 0, x };
}

/* The dyad of a sorted list, or NULL. */
static const struct dyad *find(const struct dyad *list, size_t n, uint32_t s, uint32_t t)
{
    struct dyad key = { s < t ? s : t, s < t ? t : s, 0, 0 };

    return n ? bsearch(&key, list, n, sizeof *list, by_persons) : NULL;
}

long dyads_erring(const struct dyads *d, uint32_t s, uint32_t t)
{
    const struct dyad *at = find(d->erring, d->n_erring, s, t);

    return at ? at - d->erring : -1;
}

double dyads_between(const struct dyads *d, uint32_t s, uint32_t t)
{
    if (s == t || s >= d->persons || t >= d->persons ||
        class_of(d, s) != class_of(d, t))
        return 0;
    if (d->form == DYADS_WITHIN)
        return d->a[s] * d->a[t];
    if (d->form == DYADS_ACROSS)
        return d->a[s] * d->b[t] + d->a[t] * d->b[s];
    const struct dyad *at = find(d->listed, d->n_listed, s, t);
    return at ? at->m : 0;
}

static int too_many(const struct dyad *at, struct err *err)
{
    return err_add(err, ERR_INPUT,
                   "%g errors of the people %u and %u, expected 0 to their comparisons,"
                   " %g", at->x, (unsigned)at->s, (unsigned)at->t, at->m);
}

int dyads_close(struct dyads *d, struct err *err)
{
    size_t kept = 0;

    for (size_t i = 0; i < d->n_erring; i++)
        if (d->erring[i].t >= d->persons)
            return too_many(&d->erring[i], err);
    d->n_erring = merge(d->erring, d->n_erring, d->persons);
    for (size_t i = 0; i < d->n_erring; i++) {
        struct dyad at = d->erring[i];
        at.m = dyads_between(d, at.s, at.t);
        if (!(at.x >= 0 && at.x <= at.m))
            return too_many(&at, err);
        if (at.x > 0)
            d->erring[kept++] = at;
    }
    d->n_erring = kept;
    return 0;
}

/* The images of a person in the roles; a group with itself is half of its images in
 * both roles. */
struct roles {
    const double *a, *b;
    double scale;
};

static struct roles roles_of(const struct dyads *d)
{
    if (d->form == DYADS_WITHIN)
        return (struct roles){ d->a, d->a, 0.5 };
    return (struct roles){ d->a, d->b, 1 };
}

/* Of one class: Σaa', Σbb', Σab', Σba', Σaba'b'. */
struct common {
    double aa, bb, ab, ba, own;
};

double dyads_common(const struct dyads *d, const struct dyads *other)
{
    double sum = 0;

    assert(d->persons == other->persons);
    if (d->form == DYADS_LISTED || other->form == DYADS_LISTED) {
        const struct dyads *list = d->form == DYADS_LISTED ? d : other;
        const struct dyads *with = list == d ? other : d;
        for (size_t i = 0; i < list->n_listed; i++)
            sum += list->listed[i].m *
                   dyads_between(with, list->listed[i].s, list->listed[i].t);
        return sum;
    }
    /* Σ_{s<t} (a_s·b_t + a_t·b_s)(a'_s·b'_t + a'_t·b'_s)
     *   = Σaa'·Σbb' + Σab'·Σba' − 2Σaba'b' */
    struct roles p = roles_of(d), q = roles_of(other);
    struct common *all = mem_array(d->classes, sizeof *all);
    assert(d->classes == other->classes);
    for (size_t s = 0; s < d->persons; s++) {
        struct common *at = &all[class_of(d, s)];
        at->aa += p.a[s] * q.a[s];
        at->bb += p.b[s] * q.b[s];
        at->ab += p.a[s] * q.b[s];
        at->ba += p.b[s] * q.a[s];
        at->own += p.a[s] * p.b[s] * q.a[s] * q.b[s];
    }
    for (size_t i = 0; i < d->classes; i++)
        sum += all[i].aa * all[i].bb + all[i].ab * all[i].ba - 2 * all[i].own;
    free(all);
    return p.scale * q.scale * sum;
}

void dyads_residuals(const struct dyads *d, struct dyads_residuals *r)
{
    double x = 0, x2 = 0, xm = 0;

    for (size_t i = 0; i < d->n_erring; i++) {
        x += d->erring[i].x;
        x2 += d->erring[i].x * d->erring[i].x;
        xm += d->erring[i].x * d->erring[i].m;
    }
    r->x = x;
    r->p = x / d->comparisons;
    r->sum_r2 = x2 - 2 * r->p * xm + r->p * r->p * d->sum_m2;
    if (!r->s)
        return;
    for (size_t s = 0; s < d->persons; s++)
        r->s[s] = -r->p * d->m[s];
    for (size_t i = 0; i < d->n_erring; i++) {
        r->s[d->erring[i].s] += d->erring[i].x;
        r->s[d->erring[i].t] += d->erring[i].x;
    }
}
