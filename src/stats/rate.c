/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/rate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "stats/influence.h"

bool rate_is_clustered(const struct rate *r)
{
    return r->dyads || r->people;
}

static bool people_share(const struct tally_people *a, const struct tally_people *b)
{
    for (size_t i = 0, k = 0; i < a->n && k < b->n;) {
        if (a->subject[i] == b->subject[k])
            return true;
        if (a->subject[i] < b->subject[k])
            i++;
        else
            k++;
    }
    return false;
}

bool rates_share(const struct rate *a, const struct rate *b)
{
    if (a->people && b->people)
        return people_share(a->people, b->people);
    for (size_t s = 0; a->dyads && b->dyads && s < a->dyads->persons &&
                       s < b->dyads->persons; s++)
        if (a->dyads->m[s] > 0 && b->dyads->m[s] > 0)
            return true;
    return false;
}

bool rate_served(const struct method *m, const struct rate *r)
{
    return r->dyads ? m->dyads != NULL : r->people ? m->people != NULL
                                                    : m->proportion != NULL;
}

int rate_estimate(const struct method *m, const struct rate *r, double confidence,
                  struct clustered *out, struct err *err)
{
    struct clustered_how how = CLUSTERED_DEFAULTS;

    how.confidence = confidence;
    how.borrowed = r->borrowed;
    if (!rate_served(m, r))
        return err_add(err, ERR_INPUT, "the method %s does not serve %s, expected %s",
                       m->name, r->dyads ? "comparisons that share people"
                       : r->people ? "people with several trials" : "independent trials",
                       rate_is_clustered(r) ? "wilson-t or another that does" : "wilson");
    if (r->dyads)
        return m->dyads(r->dyads, &how, out, err);
    if (r->people) {
        const struct people p = { r->people->n, r->people->trials, r->people->hits };
        return m->people(&p, &how, out, err);
    }
    *out = (struct clustered){ .x = (double)r->x, .n = (double)r->n,
                               .clusters = (double)r->n, .variance = NAN, .deff = NAN,
                               .n_eff = NAN, .df = NAN, .worst = NAN,
                               .independent = (double)r->n,
                               .too_few = r->x < TOO_FEW_ERRORS };
    return m->proportion(r->x, r->n, confidence, &out->at, err);
}

/* Trials and hits of two rates over the people of both. */
struct together {
    size_t n;
    double *m[2], *x[2];
};

static void put(struct together *t, int which, const struct tally_people *p, size_t i)
{
    t->m[which][t->n] = p->trials[i];
    t->x[which][t->n] = p->hits[i];
}

static void together_init(struct together *t, const struct tally_people *a,
                          const struct tally_people *b)
{
    size_t room = a->n + b->n, i = 0, k = 0;

    *t = (struct together){ 0 };
    for (int w = 0; w < 2; w++) {
        t->m[w] = mem_array(room, sizeof **t->m);
        t->x[w] = mem_array(room, sizeof **t->x);
    }
    for (; i < a->n || k < b->n; t->n++) {
        bool first = k == b->n || (i < a->n && a->subject[i] <= b->subject[k]);
        bool second = i == a->n || (k < b->n && b->subject[k] <= a->subject[i]);
        if (first)
            put(t, 0, a, i++);
        if (second)
            put(t, 1, b, k++);
    }
}

static void together_release(struct together *t)
{
    for (int w = 0; w < 2; w++) {
        free(t->m[w]);
        free(t->x[w]);
    }
}

static int by_influence(unsigned quantity, const struct rate *a, const struct rate *b,
                        double confidence, struct interval *out, struct err *err)
{
    struct clustered_how how = CLUSTERED_DEFAULTS;
    const double borrowed[2] = { a->borrowed, b->borrowed };
    struct contrast_of of = { .first = a->dyads, .second = b->dyads };
    struct together t = { 0 };
    struct people first, second;
    struct influence at;

    how.confidence = confidence;
    if (a->people) {
        together_init(&t, a->people, b->people);
        first = (struct people){ t.n, t.m[0], t.x[0] };
        second = (struct people){ t.n, t.m[1], t.x[1] };
        of = (struct contrast_of){ .first_people = &first, .second_people = &second };
    }
    int code = (quantity == FOR_RATIO ? influence_ratio : influence_difference)(
        &of, &how, borrowed, &at, err);
    together_release(&t);
    *out = at.at;
    return code;
}

static int by_limits(unsigned quantity, const struct rate *a, const struct rate *b,
                     double confidence, struct interval *out, struct err *err)
{
    const struct method *m = method_find("wilson-t");
    struct clustered first, second;
    int code = rate_estimate(m, a, confidence, &first, err);

    if (!code)
        code = rate_estimate(m, b, confidence, &second, err);
    if (!code)
        (quantity == FOR_RATIO ? mover_ratio : mover_difference)(&first.at, &second.at,
                                                                 out);
    return code;
}

const struct method *rate_contrast_method(const struct method *m, const struct rate *a,
                                          const struct rate *b)
{
    return rates_share(a, b) ? method_find("influence") : m;
}

int rate_contrast(const struct method *m, unsigned quantity, const struct rate *a,
                  const struct rate *b, double confidence, struct interval *out,
                  struct err *err)
{
    bool clustered = rate_is_clustered(a) || rate_is_clustered(b);

    if (!clustered)
        return (quantity == FOR_RATIO ? m->ratio : m->difference)(a->x, a->n, b->x, b->n,
                                                                  confidence, out, err);
    if (!(m->quantities & FOR_CONTRAST))
        return err_add(err, ERR_INPUT, "the method %s takes the trials of both rates to be "
                       "independent, but they share people, expected mover", m->name);
    return (rates_share(a, b) ? by_influence : by_limits)(quantity, a, b, confidence, out,
                                                          err);
}

struct question {
    const struct method *method;
    unsigned quantity;
    const struct rate *a, *b;
};

static int answer(const void *about, double confidence, struct interval *out,
                  struct err *err)
{
    const struct question *q = about;

    return rate_contrast(q->method, q->quantity, q->a, q->b, confidence, out, err);
}

int rate_contrast_p(const struct method *m, unsigned quantity, const struct rate *a,
                    const struct rate *b, double margin, double *p, struct err *err)
{
    const struct question q = { m, quantity, a, b };

    return interval_p(answer, &q, quantity == FOR_RATIO, margin, p, err);
}
