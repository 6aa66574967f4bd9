/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/explain.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/dist.h"

struct interval explain_odds_ratio(const struct logit *fit, size_t column,
                                   double confidence)
{
    double beta = fit->beta[column], error = logit_error(fit, column);

    if (fit->state[column] != LOGIT_ESTIMATED)
        return (struct interval){ exp(beta), NAN, NAN };
    if (!(error > 0))
        return (struct interval){ exp(beta), NAN, NAN };
    double reach = student_two_sided(confidence, logit_df(fit)) * error;
    return (struct interval){ exp(beta), exp(beta - reach), exp(beta + reach) };
}

/* The average adjusted difference between two levels, over all rows. */
static struct interval difference(const struct design *d, const struct logit *fit,
                                  size_t variable, size_t level, size_t base,
                                  double confidence)
{
    struct interval out = { 0, NAN, NAN };
    double *x = mem_array(d->k, sizeof *x), *slope = mem_array(d->k, sizeof *slope);
    double *sum = mem_array(d->k, sizeof *sum), variance = 0;

    for (size_t i = 0; i < d->rows; i++)
        for (int which = 0; which < 2; which++) {
            design_row(d, i, variable, which ? base : level, x);
            double sign = which ? -1 : 1;
            out.estimate += sign * logit_predict(fit, x, slope);
            for (size_t j = 0; j < d->k; j++)
                sum[j] += sign * slope[j];
        }
    out.estimate /= (double)d->rows;
    bool whole = isfinite(out.estimate);
    for (size_t j = 0; j < d->k; j++) {
        bool counts = sum[j] != 0;
        for (size_t l = 0; l < d->k && counts; l++)
            if (sum[l] != 0)
                variance += sum[j] * sum[l] * fit->cov[j * d->k + l];
    }
    /* a level or base whose own coefficient is infinite has no limits */
    design_row(d, 0, variable, level, x);
    design_row(d, 0, variable, base, slope);
    for (size_t j = 0; j < d->k; j++)
        whole &= x[j] == slope[j] || fit->state[j] == LOGIT_ESTIMATED;
    if (whole && variance > 0) {
        double reach = student_two_sided(confidence, logit_df(fit)) * sqrt(variance) /
                       (double)d->rows;
        out.lo = out.estimate - reach;
        out.hi = out.estimate + reach;
        interval_clip(&out, -1, 1);
    }
    free(x);
    free(slope);
    free(sum);
    return out;
}

static int side(const struct interval *i)
{
    return i->lo > 0 ? 1 : i->hi < 0 ? -1 : 0;
}

static enum explain_verdict judge(const struct explain_effect *f)
{
    const struct interval *one = &f->alone, *other = &f->adjusted;

    if (f->x < EXPLAIN_FEW || f->base_x < EXPLAIN_FEW || f->people < EXPLAIN_FEW ||
        f->base_people < EXPLAIN_FEW)
        return EXPLAIN_TOO_FEW;
    if (isnan(other->lo) || isnan(one->lo))
        return EXPLAIN_NO_FIT;
    if (side(other) == 0)
        return side(one) ? EXPLAIN_GONE : EXPLAIN_NEITHER;
    return side(one) == side(other) ? EXPLAIN_SURVIVES
           : side(one) ? EXPLAIN_REVERSED : EXPLAIN_APPEARS;
}

/* Clusters among the rows that `has` says. */
static size_t people_in(const struct explain_input *in, const bool *has, uint32_t *seen,
                        uint32_t *mark)
{
    size_t n = 0;

    ++*mark;
    for (size_t i = 0; i < in->rows; i++)
        if (has[i] && seen[in->cluster ? in->cluster[i] : i] != *mark) {
            seen[in->cluster ? in->cluster[i] : i] = *mark;
            n++;
        }
    return n;
}

static void count_level(const struct explain_input *in, size_t variable, size_t level,
                        bool *has, uint32_t *seen, uint32_t *mark, size_t *x, size_t *n,
                        size_t *people)
{
    *x = *n = 0;
    for (size_t i = 0; i < in->rows; i++) {
        has[i] = in->variables[variable].levels[i] == level;
        *n += has[i];
        *x += has[i] && in->y[i];
    }
    *people = people_in(in, has, seen, mark);
}

static void add_effects(struct explain *e, const struct explain_input *in, bool *has,
                        uint32_t *seen, uint32_t *mark)
{
    const struct design *d = &e->design;
    size_t cap = 0;

    for (size_t v = 0; v < d->n_variables; v++) {
        const struct design_variable *var = &d->variables[v];
        for (size_t l = 0; l < var->n_levels && !var->number && !in->covariate[v]; l++) {
            if (l == (size_t)var->base)
                continue;
            struct explain_effect f = { .variable = v, .level = l,
                                        .base = (size_t)var->base };
            f.adjusted = difference(d, &e->fit, v, l, f.base, in->confidence);
            f.alone = e->has_covariates
                ? difference(&e->alone_design, &e->alone, v, l, f.base, in->confidence)
                : f.adjusted;
            count_level(in, v, l, has, seen, mark, &f.x, &f.n, &f.people);
            count_level(in, v, f.base, has, seen, mark, &f.base_x, &f.base_n,
                        &f.base_people);
            f.verdict = judge(&f);
            MEM_ROOM(e->effects, e->n_effects, cap);
            e->effects[e->n_effects++] = f;
        }
    }
}

static bool is_covariate_term(const struct design_term *t, const bool *covariate)
{
    for (size_t i = 0; i < t->n; i++)
        if (covariate[t->variables[i]])
            return true;
    return false;
}

/* The design of some terms of `of`, those for which keep[] is set, and its fit. */
static int fit_terms(const struct explain_input *in, const struct design *of,
                     const bool *keep, struct design *d, struct logit *fit,
                     struct err *err)
{
    const char **terms = mem_array(of->n_terms, sizeof *terms);
    size_t n = 0;

    for (size_t t = 0; t < of->n_terms; t++)
        if (keep[t])
            terms[n++] = of->terms[t].name;
    int code = design_make(d, of->variables, of->n_variables, terms, n, in->rows, err);
    free(terms);
    if (code)
        return code;
    struct logit_data data = { d->rows, d->k, d->x, in->y, in->cluster };
    code = logit_fit(&data, fit, err);
    if (code)
        design_release(d);
    return code;
}

/* Each term tested by leaving it out. A test that cannot be made stays NaN. */
static int test_terms(struct explain *e, const struct explain_input *in, struct err *err)
{
    const struct design *d = &e->design;
    bool *keep = mem_array(d->n_terms, sizeof *keep);
    size_t *columns = mem_array(d->k, sizeof *columns);
    int code = 0;

    for (size_t t = 0; t < d->n_terms && !code; t++) {
        const struct design_term *term = &d->terms[t];
        struct design without;
        struct logit reduced;
        for (size_t u = 0; u < d->n_terms; u++)
            keep[u] = u != t;
        for (size_t i = 0; i < term->columns; i++)
            columns[i] = term->first + i;
        if (logit_wald(&e->fit, columns, term->columns, &e->terms[t].wald, NULL) < 0)
            e->terms[t].wald.statistic = e->terms[t].wald.p = NAN;
        code = fit_terms(in, d, keep, &without, &reduced, err);
        if (code)
            break;
        e->terms[t].lr = logit_likelihood_ratio(&e->fit, &reduced);
        logit_release(&reduced);
        design_release(&without);
    }
    free(columns);
    free(keep);
    return code;
}

static int fit_alone(struct explain *e, const struct explain_input *in, struct err *err)
{
    bool *keep = mem_array(e->design.n_terms, sizeof *keep);
    size_t kept = 0;

    for (size_t t = 0; t < e->design.n_terms; t++) {
        keep[t] = !is_covariate_term(&e->design.terms[t], in->covariate);
        kept += keep[t];
    }
    int code = 0;
    if (kept && kept < e->design.n_terms) {
        code = fit_terms(in, &e->design, keep, &e->alone_design, &e->alone, err);
        e->has_covariates = !code;
    }
    free(keep);
    return code;
}

int explain_make(struct explain *e, const struct explain_input *in, struct err *err)
{
    *e = (struct explain){ .has_covariates = false };
    int code = design_make(&e->design, in->variables, in->n_variables, in->terms,
                           in->n_terms, in->rows, err);
    if (code)
        return code;
    const struct design *d = &e->design;
    struct logit_data data = { d->rows, d->k, d->x, in->y, in->cluster };
    bool *has = mem_array(d->rows, sizeof *has);
    uint32_t *seen = mem_array(d->rows, sizeof *seen), mark = 0;

    e->terms = mem_array(d->n_terms, sizeof *e->terms);
    e->people = mem_array(d->k, sizeof *e->people);
    (void)((code = logit_fit(&data, &e->fit, err)) || (code = fit_alone(e, in, err)) ||
           (code = test_terms(e, in, err)));
    if (!code) {
        for (size_t j = 0; j < d->k; j++) {
            for (size_t i = 0; i < d->rows; i++)
                has[i] = d->x[i * d->k + j] != 0;
            e->people[j] = people_in(in, has, seen, &mark);
        }
        add_effects(e, in, has, seen, &mark);
    }
    free(seen);
    free(has);
    if (code)
        explain_release(e);
    return code;
}

void explain_release(struct explain *e)
{
    logit_release(&e->fit);
    logit_release(&e->alone);
    design_release(&e->design);
    design_release(&e->alone_design);
    free(e->terms);
    free(e->effects);
    free(e->people);
    *e = (struct explain){ .has_covariates = false };
}
