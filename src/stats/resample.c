/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/resample.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "stats/streams.h"

enum { LANES = RESAMPLE_LANES };

void strata_init(struct strata *g, const uint32_t *stratum, size_t n, size_t persons)
{
    *g = (struct strata){ .persons = persons, .n = n };
    g->from = mem_array(n + 2, sizeof *g->from);
    g->members = mem_array(persons, sizeof *g->members);
    for (size_t s = 0; s < persons; s++)
        if (stratum[s] != NO_STRATUM)
            g->from[stratum[s] + 2]++;
    for (size_t i = 2; i < n + 2; i++)
        g->from[i] += g->from[i - 1];
    for (size_t s = 0; s < persons; s++)
        if (stratum[s] != NO_STRATUM)
            g->members[g->from[stratum[s] + 1]++] = (uint32_t)s;
}

void strata_of_dyads(struct strata *g, const struct dyads *d)
{
    uint32_t *stratum = mem_array(d->persons, sizeof *stratum);

    for (size_t s = 0; s < d->persons; s++) {
        bool roles = d->form == DYADS_ACROSS;
        stratum[s] = d->m[s] == 0                      ? NO_STRATUM
                     : roles && d->a[s] > 0 && d->b[s] > 0 ? 2
                     : roles && d->b[s] > 0            ? 1
                                                       : 0;
    }
    strata_init(g, stratum, 3, d->persons);
    free(stratum);
}

void strata_of_people(struct strata *g, const struct people *c)
{
    uint32_t *stratum = mem_array(c->n, sizeof *stratum);

    for (size_t s = 0; s < c->n; s++)
        stratum[s] = c->m[s] > 0 ? 0 : NO_STRATUM;
    strata_init(g, stratum, 1, c->n);
    free(stratum);
}

void strata_release(struct strata *g)
{
    free(g->from);
    free(g->members);
    *g = (struct strata){ 0 };
}

void resample_draw(const struct strata *g, enum resampling kind, uint64_t seed,
                   uint64_t first, gsl_rng *rng, uint16_t *w)
{
    for (size_t i = 0; i < g->persons * LANES; i++)
        w[i] = 1;
    for (size_t i = 0; i < g->from[g->n]; i++)
        memset(w + (size_t)g->members[i] * LANES, 0, LANES * sizeof *w);
    for (size_t lane = 0; lane < LANES; lane++) {
        stream_begin(rng, seed, first + lane);
        for (size_t i = 0; i < g->n && kind == RESAMPLE_PEOPLE; i++) {
            const uint32_t *members = g->members + g->from[i];
            uint32_t size = (uint32_t)(g->from[i + 1] - g->from[i]);
            for (uint32_t k = 0; k < size; k++)
                w[(size_t)members[stream_below(rng, size)] * LANES + lane]++;
        }
        if (kind == RESAMPLE_PEOPLE)
            continue;
        uint32_t coins = 0;
        for (size_t i = 0; i < g->from[g->n]; i++, coins >>= 1) {
            if (i % 32 == 0)
                coins = (uint32_t)gsl_rng_get(rng);
            w[(size_t)g->members[i] * LANES + lane] = (uint16_t)(2 * (coins & 1));
        }
    }
}

uint16_t **resample_space(size_t workers, size_t persons)
{
    uint16_t **w = mem_array(workers, sizeof *w);

    for (size_t i = 0; i < workers; i++)
        w[i] = mem_array(persons * LANES, sizeof **w);
    return w;
}

void resample_space_free(uint16_t **w, size_t workers)
{
    for (size_t i = 0; i < workers; i++)
        free(w[i]);
    free(w);
}

/* Lanes as vectors, which every compiler makes of what the machine has. */
typedef uint16_t narrow __attribute__((vector_size(LANES * 2)));
typedef uint32_t wide __attribute__((vector_size(LANES * 4)));

/* A product of two weights stays below 2^16: nobody is drawn 256 times, the chance of
 * which is below 1/256!. */
void resample_add(const struct link *at, size_t n, const uint16_t *w,
                  uint32_t sum[LANES])
{
    wide total;

    assert(n <= RESAMPLE_MOST);
    memcpy(&total, sum, sizeof total);
    for (size_t i = 0; i < n; i++) {
        narrow s, t;
        memcpy(&s, w + (size_t)at[i].s * LANES, sizeof s);
        memcpy(&t, w + (size_t)at[i].t * LANES, sizeof t);
        total += __builtin_convertvector(s * t, wide);
    }
    memcpy(sum, &total, sizeof total);
}

/* Weights up to this are sorted by counting, larger ones by comparing. */
enum { SMALL = 64 };

static int by_x(const void *a, const void *b)
{
    const struct dyad *p = *(const struct dyad *const *)a;
    const struct dyad *q = *(const struct dyad *const *)b;

    if (p->x != q->x)
        return p->x < q->x ? -1 : 1;
    return (p > q) - (p < q); /* as they were, by persons */
}

/* The dyads by their x, those with the same x as they were. */
static void links_init(struct links *l, const struct dyad *list, size_t n)
{
    size_t start[SMALL + 2] = { 0 }, large = 0;

    *l = (struct links){ .n = n };
    l->at = mem_array(n, sizeof *l->at);
    l->from = mem_array(n + 1, sizeof *l->from);
    l->weight = mem_array(n, sizeof *l->weight);
    for (size_t i = 0; i < n; i++)
        if (list[i].x <= SMALL)
            start[(size_t)list[i].x + 1]++;
        else
            large++;
    for (size_t x = 1; x <= SMALL; x++) {
        if (start[x + 1]) {
            l->weight[l->n_weights] = (double)x;
            l->from[l->n_weights++] = start[x];
        }
        start[x + 1] += start[x];
    }
    const struct dyad **sorted = mem_array(large, sizeof *sorted);
    size_t smalls = n - large, k = 0;
    for (size_t i = 0; i < n; i++) {
        if (list[i].x <= SMALL)
            l->at[start[(size_t)list[i].x]++] = (struct link){ list[i].s, list[i].t };
        else
            sorted[k++] = &list[i];
    }
    if (large)
        qsort(sorted, large, sizeof *sorted, by_x);
    for (size_t i = 0; i < large; i++) {
        l->at[smalls + i] = (struct link){ sorted[i]->s, sorted[i]->t };
        if (i == 0 || sorted[i]->x != sorted[i - 1]->x) {
            l->weight[l->n_weights] = sorted[i]->x;
            l->from[l->n_weights++] = smalls + i;
        }
    }
    l->from[l->n_weights] = n;
    free(sorted);
}

static void links_release(struct links *l)
{
    free(l->at);
    free(l->from);
    free(l->weight);
}

static void links_sum(const struct links *l, const uint16_t *w, double sum[LANES])
{
    for (size_t k = 0; k < LANES; k++)
        sum[k] = 0;
    for (size_t i = 0; i < l->n_weights; i++)
        for (size_t at = l->from[i], end = l->from[i + 1]; at < end;) {
            size_t n = end - at < RESAMPLE_MOST ? end - at : RESAMPLE_MOST;
            uint32_t some[LANES] = { 0 };
            resample_add(l->at + at, n, w, some);
            for (size_t k = 0; k < LANES; k++)
                sum[k] += l->weight[i] * some[k];
            at += n;
        }
}

void resample_plan_dyads(struct resample_plan *p, const struct dyads *d)
{
    *p = (struct resample_plan){ .dyads = d };
    links_init(&p->erring, d->erring, d->n_erring);
    if (d->form != DYADS_LISTED)
        return;
    struct dyad *all = mem_array(d->n_listed, sizeof *all);
    for (size_t i = 0; i < d->n_listed; i++) {
        all[i] = d->listed[i];
        all[i].x = all[i].m;
    }
    links_init(&p->listed, all, d->n_listed);
    free(all);
}

void resample_plan_people(struct resample_plan *p, const struct people *c)
{
    *p = (struct resample_plan){ .people = c };
}

void resample_plan_release(struct resample_plan *p)
{
    links_release(&p->erring);
    links_release(&p->listed);
    *p = (struct resample_plan){ 0 };
}

/* Σwv in each lane. */
static void weigh(const double *v, size_t n, const uint16_t *w, double sum[LANES])
{
    for (size_t k = 0; k < LANES; k++)
        sum[k] = 0;
    for (size_t s = 0; s < n; s++)
        for (size_t k = 0; k < LANES; k++)
            sum[k] += v[s] * w[s * LANES + k];
}

/* The comparisons' weight within one class from Σwa, Σwb and Σw²ab. */
struct class_weight {
    double a[LANES], b[LANES], own[LANES];
};

static void weigh_classes(const struct dyads *d, const uint16_t *w, double total[LANES])
{
    bool within = d->form == DYADS_WITHIN;
    struct class_weight *all = mem_array(d->classes, sizeof *all);

    for (size_t s = 0; s < d->persons; s++) {
        struct class_weight *at = &all[d->class ? d->class[s] : 0];
        double a = d->a[s], b = within ? 0 : d->b[s], both = within ? a * a : a * b;
        const uint16_t *of = w + s * LANES;
        for (size_t k = 0; k < LANES && a > 0; k++)
            at->a[k] += a * of[k];
        for (size_t k = 0; k < LANES && b > 0; k++)
            at->b[k] += b * of[k];
        for (size_t k = 0; k < LANES && both > 0; k++)
            at->own[k] += both * of[k] * of[k];
    }
    for (size_t k = 0; k < LANES; k++)
        total[k] = 0;
    for (size_t i = 0; i < d->classes; i++)
        for (size_t k = 0; k < LANES; k++)
            total[k] += within ? (all[i].a[k] * all[i].a[k] - all[i].own[k]) / 2
                               : all[i].a[k] * all[i].b[k] - all[i].own[k];
    free(all);
}

void resample_totals(const struct resample_plan *p, const uint16_t *w,
                     double total[LANES])
{
    if (p->people)
        weigh(p->people->m, p->people->n, w, total);
    else if (p->dyads->form == DYADS_LISTED)
        links_sum(&p->listed, w, total);
    else
        weigh_classes(p->dyads, w, total);
}

void resample_errors(const struct resample_plan *p, const uint16_t *w,
                     double errors[LANES])
{
    if (p->people)
        weigh(p->people->x, p->people->n, w, errors);
    else
        links_sum(&p->erring, w, errors);
}

void resample_rates(const struct resample_plan *p, const uint16_t *w,
                    double rate[LANES])
{
    double total[LANES];

    resample_totals(p, w, total);
    resample_errors(p, w, rate);
    for (size_t k = 0; k < LANES; k++)
        rate[k] = total[k] > 0 ? rate[k] / total[k] : NAN;
}
