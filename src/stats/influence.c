/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/influence.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "stats/dist.h"

void mover_difference(const struct interval *first, const struct interval *second,
                      struct interval *out)
{
    double p1 = first->estimate, p2 = second->estimate;

    out->estimate = p1 - p2;
    out->lo = out->estimate - hypot(p1 - first->lo, second->hi - p2);
    out->hi = out->estimate + hypot(first->hi - p1, p2 - second->lo);
    interval_clip(out, -1, 1);
}

/* a/b, where 0/0 leaves everything open. */
static double limit(double a, double b, double open)
{
    if (b > 0)
        return a / b;
    return a > 0 ? INFINITY : open;
}

void mover_ratio(const struct interval *first, const struct interval *second,
                 struct interval *out)
{
    double p1 = first->estimate, p2 = second->estimate;

    out->estimate = p2 > 0 ? p1 / p2 : p1 > 0 ? INFINITY : NAN;
    if (p1 > 0 && p2 > 0) {
        double lo = hypot(log(p1 / first->lo), log(second->hi / p2));
        double hi = hypot(log(first->hi / p1), log(p2 / second->lo));
        out->lo = out->estimate * exp(-lo);
        out->hi = out->estimate * exp(hi);
    } else {
        out->lo = limit(first->lo, second->hi, 0);
        out->hi = limit(first->hi, second->lo, INFINITY);
    }
    interval_clip(out, 0, INFINITY);
}

/* Σ R_d·R'_d over the dyads of both. */
static double common_residuals(const struct dyads *d, const struct dyads *other, double p,
                               double q)
{
    double both = 0, xm = 0, mx = 0;

    for (size_t i = 0, j = 0; i < d->n_erring; i++) {
        const struct dyad *at = &d->erring[i], *to;
        xm += at->x * dyads_between(other, at->s, at->t);
        while (j < other->n_erring &&
               (other->erring[j].s < at->s ||
                (other->erring[j].s == at->s && other->erring[j].t < at->t)))
            j++;
        to = &other->erring[j];
        if (j < other->n_erring && to->s == at->s && to->t == at->t)
            both += at->x * to->x;
    }
    for (size_t j = 0; j < other->n_erring; j++)
        mx += other->erring[j].x *
              dyads_between(d, other->erring[j].s, other->erring[j].t);
    return both - q * xm - p * mx + p * q * dyads_common(d, other);
}

/* Weights of the two rates' residuals in the contrast: ∂f/∂p_k / M_k. */
struct weights {
    double first, second;
};

/* People's influences, and the dyads' ΣI². */
static double dyads_influence(const struct contrast_of *c, struct weights w, double *at)
{
    size_t n = c->first->persons;
    double *s1 = mem_array(n, sizeof *s1), *s2 = mem_array(n, sizeof *s2);
    struct dyads_residuals a = { .s = s1 }, b = { .s = s2 };

    dyads_residuals(c->first, &a);
    dyads_residuals(c->second, &b);
    for (size_t s = 0; s < n; s++)
        at[s] = w.first * s1[s] + w.second * s2[s];
    free(s1);
    free(s2);
    return w.first * w.first * a.sum_r2 + w.second * w.second * b.sum_r2 +
           2 * w.first * w.second * common_residuals(c->first, c->second, a.p, b.p);
}

static void people_influence(const struct contrast_of *c, struct weights w, double p,
                             double q, double *at)
{
    const struct people *a = c->first_people, *b = c->second_people;

    for (size_t s = 0; s < a->n; s++)
        at[s] = w.first * (a->x[s] - p * a->m[s]) + w.second * (b->x[s] - q * b->m[s]);
}

/* Wilson-t of both rates. */
static int rates(const struct contrast_of *c, const struct clustered_how *how,
                 const double borrowed[2], struct clustered rate[2], struct err *err)
{
    struct clustered_how each[2] = { *how, *how };
    int code = 0;

    for (int k = 0; k < 2 && code >= 0; k++) {
        const struct dyads *d = k ? c->second : c->first;
        each[k].borrowed = borrowed[k];
        code = d ? clustered_wilson_t(d, &each[k], &rate[k], err)
                 : people_wilson_t(k ? c->second_people : c->first_people, &each[k],
                                   &rate[k], err);
    }
    return code;
}

static void variance(const struct contrast_of *c, struct weights w,
                     const struct clustered rate[2], struct influence *out)
{
    size_t n = c->first ? c->first->persons : c->first_people->n;
    double *at = mem_array(n, sizeof *at), s2 = 0, s4 = 0, i2 = 0;

    if (c->first)
        i2 = dyads_influence(c, w, at);
    else
        people_influence(c, w, rate[0].at.estimate, rate[1].at.estimate, at);
    for (size_t s = 0; s < n; s++) {
        double square = at[s] * at[s];
        s2 += square;
        s4 += square * square;
    }
    free(at);
    out->variance = c->first ? fmax(fmax(s2 - i2, i2), 0) : s2;
    out->df = s4 > 0 ? fmax(2, s2 * s2 / s4) : 2;
    out->too_few |= out->df < TOO_FEW_DF;
}

static bool inside(const struct clustered *rate)
{
    return rate->x > 0 && rate->x < rate->n;
}

static int contrast(const struct contrast_of *c, const struct clustered_how *how,
                    const double borrowed[2], bool ratio, struct influence *out,
                    struct err *err)
{
    struct clustered rate[2];
    int code;

    assert(!c->first == !c->second && !c->first_people == !c->second_people &&
           !c->first == !!c->first_people);
    if ((code = rates(c, how, borrowed, rate, err)) < 0)
        return code;
    *out = (struct influence){
        .variance = NAN, .df = NAN,
        .too_few = rate[0].x < TOO_FEW_ERRORS || rate[1].x < TOO_FEW_ERRORS,
    };
    double p = rate[0].at.estimate, q = rate[1].at.estimate;
    if (!inside(&rate[0]) || !inside(&rate[1])) {
        out->by_limits = true;
        (ratio ? mover_ratio : mover_difference)(&rate[0].at, &rate[1].at, &out->at);
        return 0;
    }
    struct weights w = { (ratio ? 1 / p : 1) / rate[0].n, -(ratio ? 1 / q : 1) / rate[1].n };
    variance(c, w, rate, out);
    double reach = student_two_sided(how->confidence, out->df) * sqrt(out->variance);
    out->at.estimate = ratio ? p / q : p - q;
    out->at.lo = ratio ? out->at.estimate * exp(-reach) : out->at.estimate - reach;
    out->at.hi = ratio ? out->at.estimate * exp(reach) : out->at.estimate + reach;
    interval_clip(&out->at, ratio ? 0 : -1, ratio ? INFINITY : 1);
    return 0;
}

int influence_difference(const struct contrast_of *c, const struct clustered_how *how,
                         const double borrowed[2], struct influence *out, struct err *err)
{
    return contrast(c, how, borrowed, false, out, err);
}

int influence_ratio(const struct contrast_of *c, const struct clustered_how *how,
                    const double borrowed[2], struct influence *out, struct err *err)
{
    return contrast(c, how, borrowed, true, out, err);
}
