/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/versus.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "stats/bootstrap.h"
#include "stats/disparity.h"
#include "stats/dist.h"
#include "stats/exact.h"
#include "stats/influence.h"
#include "stats/methods.h"
#include "stats/paired.h"
#include "stats/proportion.h"

/* The limit of a rate of 0 (or 1) at another confidence: 1 − (α/2)^(1/k), with the k
 * independent trials that make the recorded one. */
static double none_limit(double recorded, double at, double confidence)
{
    double k = log((1 - at) / 2) / log1p(-recorded);

    return -expm1(log((1 - confidence) / 2) / k);
}

static int from_summary(const struct measured *m, double confidence, struct interval *out,
                        struct err *err)
{
    double p = (double)m->rate.x / (double)m->rate.n;

    if (m->n_eff > 0) {
        double z = isfinite(m->df) && m->df >= 1 ? student_two_sided(confidence, m->df)
                                                 : normal_two_sided(confidence);
        wilson_limits(p * m->n_eff, m->n_eff, z, out);
        out->estimate = p;
    } else if (m->rate.x == 0 && m->hi > 0 && m->hi < 1) {
        *out = (struct interval){ 0, 0, none_limit(m->hi, m->confidence, confidence) };
    } else if (m->rate.x == m->rate.n && m->lo > 0 && m->lo < 1) {
        *out = (struct interval){ 1, 1 - none_limit(1 - m->lo, m->confidence, confidence), 1 };
    } else {
        return err_add(err, ERR_INPUT, "%lld of %lld trials that share people, expected the "
                       "n_eff they are worth", (long long)m->rate.x, (long long)m->rate.n);
    }
    interval_clip(out, 0, 1);
    return 0;
}

/* The rate as it is in one run, where nobody need be told apart. */
static struct rate by_itself(const struct measured *m)
{
    struct rate r = m->rate;

    if (m->single)
        r.people = NULL;
    return r;
}

int measured_limits(const struct measured *m, double confidence, struct interval *out,
                    struct err *err)
{
    const struct method *wilson = method_find("wilson"), *method = m->method;
    struct rate rate = by_itself(m);
    struct clustered got;
    int code = check_confidence(confidence, err);

    if (code)
        return code;
    if (m->summary)
        return from_summary(m, confidence, out, err);
    if (rate_is_clustered(&rate))
        method = method_find("wilson-t");
    else if (!method || !method->proportion)
        method = wilson;
    if (!(code = rate_estimate(method, &rate, confidence, &got, err)))
        *out = got.at;
    return code;
}

static bool shares(const struct versus_group *g)
{
    return !g->before.summary && !g->after.summary &&
           rates_share(&g->before.rate, &g->after.rate);
}

enum versus_bond versus_bond(const struct versus *v)
{
    bool table = true, shared = true;

    for (size_t i = 0; i < v->n; i++) {
        table &= v->groups[i].table;
        shared &= v->groups[i].table || shares(&v->groups[i]);
    }
    return table ? VERSUS_PAIRED : shared ? VERSUS_SHARED : VERSUS_UNPAIRED;
}

static bool by_draws(const struct versus *v)
{
    return v->kind == VERSUS_SPREAD && v->replicates;
}

const char *versus_method(const struct versus *v)
{
    enum versus_bond bond = versus_bond(v);

    if (v->kind == VERSUS_SPREAD)
        return by_draws(v) ? "vertex-bootstrap" : "projection";
    if (v->kind != VERSUS_RATE)
        return "mover";
    if (bond == VERSUS_PAIRED && !v->relative)
        return "newcombe";
    return bond == VERSUS_UNPAIRED ? "mover" : "influence";
}

bool versus_is_ratio(const struct versus *v)
{
    return v->relative || v->kind == VERSUS_RATIO || v->kind == VERSUS_SPREAD;
}

/* The change of one group. */
static int group_change(const struct versus_group *g, bool ratio, double confidence,
                        struct interval *out, struct err *err)
{
    struct interval before, after;
    double p;
    int code;

    if (g->table && !ratio)
        return paired_interval(g->both, g->only_after, g->only_before, g->neither,
                               confidence, out, &p, err);
    if (shares(g))
        return rate_contrast(method_find("mover"), ratio ? FOR_RATIO : FOR_DIFFERENCE,
                             &g->after.rate, &g->before.rate, confidence, out, err);
    if ((code = measured_limits(&g->before, confidence, &before, err)) ||
        (code = measured_limits(&g->after, confidence, &after, err)))
        return code;
    (ratio ? mover_ratio : mover_difference)(&after, &before, out);
    return 0;
}

static void nothing_known(struct interval *out)
{
    *out = (struct interval){ NAN, 0, INFINITY };
}

static bool is_quotient(const struct interval *i)
{
    return i->estimate > 0 && isfinite(i->estimate);
}

/* Of two quotients of whom nobody is in both. */
static void quotient(const struct interval *first, const struct interval *second,
                     struct interval *out)
{
    if (!is_quotient(first) || !is_quotient(second)) {
        nothing_known(out);
        return;
    }
    mover_ratio(first, second, out);
}

static void gap(const struct interval *first, const struct interval *second,
                struct interval *out)
{
    out->estimate = first->estimate - second->estimate;
    out->lo = out->estimate - hypot(first->estimate - first->lo, second->hi - second->estimate);
    out->hi = out->estimate + hypot(first->hi - first->estimate, second->estimate - second->lo);
    interval_clip(out, -2, 2);
}

static double log_max_min(const double *rate, size_t groups)
{
    double at = disparity_max_min(rate, groups);

    return isfinite(at) ? log(at) : NAN;
}

/* Rates of people over the numbers of all. */
static void spread_out(const struct tally_people *p, size_t persons, struct people *to)
{
    double *m = mem_array(persons, sizeof *m), *x = mem_array(persons, sizeof *x);

    for (size_t i = 0; i < p->n; i++) {
        m[p->subject[i]] = p->trials[i];
        x[p->subject[i]] = p->hits[i];
    }
    *to = (struct people){ persons, m, x };
}

static bool takes_part(const struct sampled *s, size_t person)
{
    return s->dyads ? person < s->dyads->persons && s->dyads->m[person] > 0
                    : s->people->m[person] > 0;
}

static bool is_known(const struct measured *m)
{
    return !m->summary && rate_is_clustered(&m->rate);
}

static double rate_of(const struct measured *m)
{
    return m->rate.n ? (double)m->rate.x / (double)m->rate.n : NAN;
}

static void draw(struct versus *v, const struct sampled *cells)
{
    uint32_t *stratum = mem_array(v->persons, sizeof *stratum);
    size_t n = v->n, replicates = v->how.replicates;
    double *rate = mem_array(replicates * 2 * n, sizeof *rate);

    /* people of a group are drawn among those who were in the same runs */
    for (size_t s = 0; s < v->persons; s++) {
        stratum[s] = UINT32_MAX;
        for (size_t g = 0; g < n; g++) {
            unsigned where = (takes_part(&cells[g], s) ? 1u : 0) |
                             (takes_part(&cells[n + g], s) ? 2u : 0);
            if (where)
                stratum[s] = (uint32_t)(g * 3) + where - 1;
        }
    }
    bootstrap_rates(cells, 2 * n, stratum, 3 * n, v->persons, false, &v->how, rate);
    v->replicates = mem_array(replicates, sizeof *v->replicates);
    v->n_replicates = replicates;
    for (size_t i = 0; i < replicates; i++)
        v->replicates[i] = log_max_min(rate + i * 2 * n, n) -
                           log_max_min(rate + i * 2 * n + n, n);
    free(rate);
    free(stratum);
}

int versus_prepare(struct versus *v, struct err *err)
{
    struct sampled *cells;
    struct people *people;
    int code = check_confidence(v->how.confidence, err);

    if (v->kind != VERSUS_SPREAD || code)
        return code;
    for (size_t i = 0; i < v->n; i++)
        if (!is_known(&v->groups[i].before) || !is_known(&v->groups[i].after) ||
            !v->groups[i].before.rate.dyads != !v->groups[0].before.rate.dyads ||
            !v->groups[i].after.rate.dyads != !v->groups[0].before.rate.dyads)
            return 0;
    cells = mem_array(2 * v->n, sizeof *cells);
    people = mem_array(2 * v->n, sizeof *people);
    for (size_t i = 0; i < 2 * v->n; i++) {
        const struct rate *r = i < v->n ? &v->groups[i].after.rate
                                        : &v->groups[i - v->n].before.rate;
        cells[i].dyads = r->dyads;
        if (r->people) {
            spread_out(r->people, v->persons, &people[i]);
            cells[i].people = &people[i];
        }
    }
    draw(v, cells);
    for (size_t i = 0; i < 2 * v->n; i++) {
        free((void *)people[i].m);
        free((void *)people[i].x);
    }
    free(people);
    free(cells);
    return 0;
}

void versus_release(struct versus *v)
{
    free(v->replicates);
    v->replicates = NULL;
    v->n_replicates = 0;
}

static double spread_of(const struct versus *v, enum versus_side side)
{
    double *rate = mem_array(v->n, sizeof *rate);

    for (size_t i = 0; i < v->n; i++)
        rate[i] = rate_of(side == VERSUS_AFTER ? &v->groups[i].after : &v->groups[i].before);
    double at = disparity_max_min(rate, v->n);
    free(rate);
    return at;
}

static int spread_change(const struct versus *v, double confidence, struct interval *out,
                         struct err *err)
{
    struct interval before, after;
    int code = 0;

    if (by_draws(v)) {
        out->estimate = log(spread_of(v, VERSUS_AFTER) / spread_of(v, VERSUS_BEFORE));
        bootstrap_percentiles(v->replicates, v->n_replicates, confidence, out);
        if (isnan(out->lo) || !isfinite(out->estimate)) {
            nothing_known(out);
            return 0;
        }
        *out = (struct interval){ exp(out->estimate), exp(out->lo), exp(out->hi) };
        interval_clip(out, 0, INFINITY);
        return 0;
    }
    if (!(code = versus_level(v, VERSUS_BEFORE, confidence, &before, err)) &&
        !(code = versus_level(v, VERSUS_AFTER, confidence, &after, err)))
        quotient(&after, &before, out);
    return code;
}

int versus_change(const struct versus *v, double confidence, struct interval *out,
                  struct err *err)
{
    struct interval first, second;
    bool ratio = versus_is_ratio(v);
    int code;

    if (v->kind == VERSUS_SPREAD)
        return spread_change(v, confidence, out, err);
    if ((code = group_change(&v->groups[0], ratio, confidence, &first, err)))
        return code;
    if (v->kind == VERSUS_RATE) {
        *out = first;
        if (ratio && !is_quotient(out) && out->estimate != 0)
            out->estimate = NAN;
        return 0;
    }
    if ((code = group_change(&v->groups[1], ratio, confidence, &second, err)))
        return code;
    (ratio ? quotient : gap)(&first, &second, out);
    return 0;
}

static int change_limits(const void *about, double confidence, struct interval *out,
                         struct err *err)
{
    return versus_change(about, confidence, out, err);
}

int versus_change_p(const struct versus *v, double margin, double *p, struct err *err)
{
    return interval_p(change_limits, v, versus_is_ratio(v), margin, p, err);
}

int versus_test(const struct versus *v, double *p, struct err *err)
{
    const struct versus_group *g = &v->groups[0];

    if (v->kind == VERSUS_RATE && g->table)
        return exact_mcnemar(g->only_after, g->only_before, p, err);
    return versus_change_p(v, versus_is_ratio(v) ? 1 : 0, p, err);
}

static int spread_level(const struct versus *v, enum versus_side side, double confidence,
                        struct interval *out, struct err *err)
{
    struct interval *rate = mem_array(v->n, sizeof *rate);
    double each = 1 - (1 - confidence) / (double)v->n;
    int code = 0;

    for (size_t i = 0; i < v->n && !code; i++)
        code = measured_limits(side == VERSUS_AFTER ? &v->groups[i].after
                                                    : &v->groups[i].before,
                               each, &rate[i], err);
    if (!code)
        disparity_max_min_box(rate, v->n, out);
    free(rate);
    return code;
}

int versus_level(const struct versus *v, enum versus_side side, double confidence,
                 struct interval *out, struct err *err)
{
    const struct versus_group *g = v->groups;
    const struct measured *first = side == VERSUS_AFTER ? &g[0].after : &g[0].before;
    const struct measured *second;
    struct interval one, other;
    int code;

    if (v->kind == VERSUS_SPREAD)
        return spread_level(v, side, confidence, out, err);
    if (v->kind == VERSUS_RATE)
        return measured_limits(first, confidence, out, err);
    second = side == VERSUS_AFTER ? &g[1].after : &g[1].before;
    if (v->method && !first->summary && !second->summary) {
        const struct rate a = by_itself(first), b = by_itself(second);
        return rate_contrast(v->method, v->kind == VERSUS_RATIO ? FOR_RATIO : FOR_DIFFERENCE,
                             &a, &b, confidence, out, err);
    }
    if ((code = measured_limits(first, confidence, &one, err)) ||
        (code = measured_limits(second, confidence, &other, err)))
        return code;
    (v->kind == VERSUS_RATIO ? mover_ratio : mover_difference)(&one, &other, out);
    return 0;
}

struct level {
    const struct versus *versus;
    enum versus_side side;
};

static int level_limits(const void *about, double confidence, struct interval *out,
                        struct err *err)
{
    const struct level *l = about;

    return versus_level(l->versus, l->side, confidence, out, err);
}

int versus_level_p(const struct versus *v, enum versus_side side, double margin, double *p,
                   struct err *err)
{
    const struct level about = { v, side };

    return interval_p(level_limits, &about, v->kind == VERSUS_RATIO || v->kind == VERSUS_SPREAD,
                      margin, p, err);
}
