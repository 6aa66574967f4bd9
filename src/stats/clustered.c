/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/clustered.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "stats/dist.h"
#include "stats/proportion.h"

static int begin(double x, double n, size_t clusters, double independent,
                 const struct clustered_how *how, struct clustered *out, struct err *err)
{
    int code = check_confidence(how->confidence, err);

    if (code < 0)
        return code;
    if (!(n >= 1 && n <= (double)COUNT_MAX))
        return err_add(err, ERR_INPUT, "a rate of %.0f comparisons, expected 1 to 2^53",
                       n);
    double worst = -expm1(log((1 - how->confidence) / 2) / independent);
    *out = (struct clustered){
        .at = { x / n, NAN, NAN }, .x = x, .n = n, .clusters = (double)clusters,
        .variance = NAN, .deff = NAN, .n_eff = NAN, .df = NAN,
        .worst = x == 0 ? worst : x == n ? 1 - worst : NAN,
        .independent = independent, .too_few = x < TOO_FEW_ERRORS,
    };
    return 0;
}

int clustered_begin(const struct dyads *d, const struct clustered_how *how,
                    struct clustered *out, struct err *err)
{
    double x = 0;

    for (size_t i = 0; i < d->n_erring; i++)
        x += d->erring[i].x;
    return begin(x, d->comparisons, d->clusters, d->disjoint, how, out, err);
}

int people_begin(const struct people *c, const struct clustered_how *how,
                 struct clustered *out, struct err *err)
{
    double x = 0, n = 0, squares = 0;
    size_t clusters = 0;

    for (size_t s = 0; s < c->n; s++) {
        x += c->x[s];
        n += c->m[s];
        squares += c->m[s] * c->m[s];
        clusters += c->m[s] > 0;
    }
    return begin(x, n, clusters, floor(n * n / squares), how, out, err);
}

/* Wilson's limits at an effective n. */
static void wilson_at(struct clustered *out, double n_eff, double quantile)
{
    double p = out->at.estimate;

    if (isinf(n_eff)) { /* no variance at all */
        out->at.lo = out->at.hi = p;
        return;
    }
    wilson_limits(p * n_eff, n_eff, quantile, &out->at);
    out->at.estimate = p;
    interval_clip(&out->at, 0, 1);
}

/* From a variance of the sum of errors and its degrees of freedom, at 0 < x < n. */
static void wilson_t(struct clustered *out, double variance_of_sum, double df,
                     size_t erring, const struct clustered_how *how)
{
    double p = out->at.estimate, tosses = p * (1 - p) * out->n;

    out->deff = variance_of_sum / tosses;
    if (erring < DYADS_TO_BORROW && how->borrowed > out->deff) {
        out->deff = how->borrowed;
        out->borrowed = true;
    }
    out->df = df;
    out->n_eff = out->n / out->deff;
    out->variance = p * (1 - p) / out->n_eff;
    out->too_few |= df < TOO_FEW_DF;
    wilson_at(out, out->n_eff, student_two_sided(how->confidence, df));
}

/* No error, or nothing else. */
static void one_sided(struct clustered *out, const struct clustered_how *how)
{
    out->df = NAN;
    out->too_few = true;
    if (out->x > 0) {
        out->at = (struct interval){ 1, out->worst, 1 };
        return;
    }
    out->at = (struct interval){ 0, 0, out->worst };
    if (how->borrowed > 0) {
        out->borrowed = true;
        out->deff = how->borrowed;
        out->n_eff = out->n / out->deff;
        out->at.hi = -expm1(log((1 - how->confidence) / 2) * how->borrowed / out->n);
    }
}

/* One person is in every comparison: nothing is known of anybody else. */
static void unknowable(struct clustered *out)
{
    out->at.lo = 0;
    out->at.hi = 1;
    out->df = NAN;
    out->too_few = true;
}

int clustered_wilson_t(const struct dyads *d, const struct clustered_how *how,
                       struct clustered *out, struct err *err)
{
    struct dyads_residuals r = { 0 };
    double s2 = 0, s4 = 0, all = d->comparisons;
    int code = clustered_begin(d, how, out, err);

    if (code < 0)
        return code;
    if (out->x == 0 || out->x == out->n) {
        one_sided(out, how);
        return 0;
    }
    if (d->most >= all) {
        unknowable(out);
        return 0;
    }
    r.s = mem_array(d->persons, sizeof *r.s);
    dyads_residuals(d, &r);
    for (size_t s = 0; s < d->persons; s++) {
        double corrected = r.s[s] / (1 - d->m[s] / all), square = corrected * corrected;
        s2 += square;
        s4 += square * square;
    }
    free(r.s);
    double sum = fmax(fmax(s2 - r.sum_r2, r.sum_r2), r.p * (1 - r.p) * all);
    wilson_t(out, sum, fmax(2, s2 * s2 / s4), d->n_erring, how);
    return 0;
}

/* The end of the step at which as many different dyads err as it takes; 0 if none. */
static size_t find_step(const struct scored_dyad *list, size_t n)
{
    struct link {
        uint32_t s, t;
    } seen[DYADS_TO_BORROW];
    size_t found = 0;

    for (size_t i = 0; i < n; i++) {
        size_t k = 0;
        while (k < found && !((seen[k].s == list[i].s && seen[k].t == list[i].t) ||
                              (seen[k].s == list[i].t && seen[k].t == list[i].s)))
            k++;
        if (k == found)
            seen[found++] = (struct link){ list[i].s, list[i].t };
        if (found < DYADS_TO_BORROW)
            continue;
        for (i++; i < n && list[i].score == list[i - 1].score;)
            i++;
        return i;
    }
    return 0;
}

double clustered_borrow(const struct dyads *d, const struct scored_dyad *list, size_t n)
{
    struct clustered_how how = CLUSTERED_DEFAULTS;
    struct clustered at = { .deff = NAN };
    struct dyads lower = *d; /* its comparisons, with errors of its own */
    size_t end = find_step(list, n);

    lower.erring = NULL;
    lower.n_erring = lower.cap = 0;
    for (size_t i = 0; i < end; i++)
        dyads_add(&lower, list[i].s, list[i].t, 1);
    if (end && dyads_close(&lower, NULL) == 0)
        clustered_wilson_t(&lower, &how, &at, NULL);
    free(lower.erring);
    return isnan(at.deff) ? 0 : at.deff;
}

int people_wilson_t(const struct people *c, const struct clustered_how *how,
                    struct clustered *out, struct err *err)
{
    double sum_t = 0, sum_t2 = 0, s2 = 0, s4 = 0, most = 0;
    size_t erring = 0;
    int code = people_begin(c, how, out, err);

    if (code < 0)
        return code;
    double all = out->n, p = out->at.estimate;
    for (size_t s = 0; s < c->n; s++)
        most = fmax(most, c->m[s]);
    if (most <= 1) { /* one trial a person: Wilson's own */
        out->n_eff = all;
        out->deff = 1;
        out->variance = p * (1 - p) / all;
        out->df = INFINITY;
        wilson_limits(out->x, all, normal_two_sided(how->confidence), &out->at);
        interval_clip(&out->at, 0, 1);
        return 0;
    }
    if (out->x == 0 || out->x == all) {
        one_sided(out, how);
        return 0;
    }
    if (most >= all) {
        unknowable(out);
        return 0;
    }
    for (size_t s = 0; s < c->n; s++) {
        double m = c->m[s], x = c->x[s], rest = 1 - m / all, sum = x - p * m;
        double t = (sum * sum - x * (1 - p) * (1 - p) - (m - x) * p * p) / (rest * rest);
        double square = sum * sum / (rest * rest);
        sum_t += t;
        sum_t2 += t * t;
        s2 += square;
        s4 += square * square;
        erring += x > 0;
    }
    double tosses = all * p * (1 - p);
    if (most > all / 10) {
        wilson_t(out, fmax(s2, tosses), fmax(2, s2 * s2 / s4), erring, how);
    } else {
        double v = tosses + fmax(0, sum_t);
        wilson_t(out, v, fmax(2, v * v / sum_t2), erring, how);
    }
    return 0;
}

/* With the variance of the sum of errors, which is not used at 0 and at n. */
static void wilson_neff(struct clustered *out, double variance_of_sum,
                        const struct clustered_how *how)
{
    double p = out->at.estimate, all = out->n;
    bool end = out->x == 0 || out->x == all;

    out->df = INFINITY;
    if (!end) {
        out->variance = variance_of_sum / (all * all);
        out->deff = variance_of_sum / (all * p * (1 - p));
    }
    out->n_eff = end ? all : all / out->deff;
    wilson_at(out, out->n_eff, normal_two_sided(how->confidence));
    if (out->x == 1)
        out->at.lo = fmin(-log(how->confidence) / all, out->at.estimate);
}

int clustered_wilson_neff(const struct dyads *d, const struct clustered_how *how,
                          struct clustered *out, struct err *err)
{
    struct dyads_residuals r = { 0 };
    double s2 = 0;
    int code = clustered_begin(d, how, out, err);

    if (code < 0)
        return code;
    r.s = mem_array(d->persons, sizeof *r.s);
    dyads_residuals(d, &r);
    for (size_t s = 0; s < d->persons; s++)
        s2 += r.s[s] * r.s[s];
    free(r.s);
    wilson_neff(out, r.sum_r2 + fmax(0, s2 - 2 * r.sum_r2), how);
    return 0;
}

int people_wilson_neff(const struct people *c, const struct clustered_how *how,
                       struct clustered *out, struct err *err)
{
    double s2 = 0;
    int code = people_begin(c, how, out, err);

    if (code < 0)
        return code;
    for (size_t s = 0; s < c->n; s++) {
        double sum = c->x[s] - out->at.estimate * c->m[s];
        s2 += sum * sum;
    }
    wilson_neff(out, s2, how);
    return 0;
}

static int naive(struct clustered *out, const struct clustered_how *how)
{
    out->df = INFINITY;
    out->deff = 1;
    out->n_eff = out->n;
    out->variance = out->at.estimate * (1 - out->at.estimate) / out->n;
    wilson_limits(out->x, out->n, normal_two_sided(how->confidence), &out->at);
    interval_clip(&out->at, 0, 1);
    return 0;
}

int clustered_naive(const struct dyads *d, const struct clustered_how *how,
                    struct clustered *out, struct err *err)
{
    int code = clustered_begin(d, how, out, err);

    return code < 0 ? code : naive(out, how);
}

int people_naive(const struct people *c, const struct clustered_how *how,
                 struct clustered *out, struct err *err)
{
    int code = people_begin(c, how, out, err);

    return code < 0 ? code : naive(out, how);
}

double rule_of_3(double n)
{
    return 3 / n;
}

bool rule_of_30(double x)
{
    return x >= 30;
}
