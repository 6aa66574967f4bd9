/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/logit.h"

#include <gsl/gsl_blas.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_linalg.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* One attempt: the rows and columns that are left, and Newton's state. */
struct newton {
    const struct logit_data *d;
    bool *row;               /* in the fit */
    size_t *column, k;       /* those in the fit */
    double *beta;            /* k of each of these */
    double *step, *score;
    double *eta;             /* a row */
    double *trial;           /* a row: x·step */
    gsl_matrix *info;        /* k × k, then its Cholesky factor */
    double loglik;
};

/* log(1 + e^v) without overflow. */
static double softplus(double v)
{
    return v > 0 ? v + log1p(exp(-v)) : log1p(exp(v));
}

static double logistic(double v)
{
    return v >= 0 ? 1 / (1 + exp(-v)) : exp(v) / (1 + exp(v));
}

static double times(const struct newton *s, size_t row, const double *beta)
{
    const double *x = s->d->x + row * s->d->k;
    double sum = 0;

    for (size_t j = 0; j < s->k; j++)
        sum += x[s->column[j]] * beta[j];
    return sum;
}

static double loglik_at(const struct newton *s, double along)
{
    double sum = 0;

    for (size_t i = 0; i < s->d->n; i++)
        if (s->row[i]) {
            double eta = s->eta[i] + along * s->trial[i];
            sum -= softplus(s->d->y[i] ? -eta : eta);
        }
    return sum;
}

/* Score and information at eta; the lower triangle, then all of it. */
static void accumulate(struct newton *s)
{
    double *a = s->info->data;
    size_t stride = s->info->tda;

    gsl_matrix_set_zero(s->info);
    memset(s->score, 0, s->k * sizeof *s->score);
    for (size_t i = 0; i < s->d->n; i++) {
        if (!s->row[i])
            continue;
        const double *x = s->d->x + i * s->d->k;
        double p = logistic(s->eta[i]), q = logistic(-s->eta[i]);
        double residual = s->d->y[i] ? q : -p, w = p * q;
        for (size_t j = 0; j < s->k; j++) {
            double v = x[s->column[j]];
            if (v == 0)
                continue;
            s->score[j] += residual * v;
            for (size_t l = 0; l <= j; l++)
                a[j * stride + l] += w * v * x[s->column[l]];
        }
    }
    for (size_t j = 0; j < s->k; j++)
        for (size_t l = 0; l < j; l++)
            a[l * stride + j] = a[j * stride + l];
}

/* Columns that earlier ones make up, by Gram-Schmidt done twice; the rest go into
 * s->column. A column counts as made up where what is left is under 1e-9 of it.
 * Infinite ones come last: the rows that are left need one fewer of them. */
static void find_columns(struct newton *s, enum logit_state *state)
{
    size_t n = s->d->n, k = s->d->k;
    double *basis = mem_array(k * n, sizeof *basis);

    s->k = 0;
    for (size_t at = 0; at < 2 * k; at++) {
        size_t j = at % k;
        double *q = basis + s->k * n, before = 0, after = 0;
        if (s->k == k || (state[j] == LOGIT_INFINITE) != (at >= k))
            continue;
        for (size_t i = 0; i < n; i++) {
            q[i] = s->row[i] ? s->d->x[i * k + j] : 0;
            before += q[i] * q[i];
        }
        for (size_t b = 0; b < 2 * s->k; b++) {
            const double *e = basis + (b % s->k) * n;
            double dot = 0;
            for (size_t i = 0; i < n; i++)
                dot += e[i] * q[i];
            for (size_t i = 0; i < n; i++)
                q[i] -= dot * e[i];
        }
        for (size_t i = 0; i < n; i++)
            after += q[i] * q[i];
        bool made_up = !(after > 1e-18 * before);
        if (state[j] != LOGIT_INFINITE)
            state[j] = made_up ? LOGIT_ALIASED : LOGIT_ESTIMATED;
        if (made_up)
            continue;
        for (size_t i = 0; i < n; i++)
            q[i] /= sqrt(after);
        s->column[s->k++] = j;
    }
    free(basis);
}

enum outcome { SETTLED, SEPARATED, LOST };

/* Whether the last step is a direction in which all rows are on their own side. */
static bool is_separating(const struct newton *s)
{
    double least = INFINITY, most = 0, far = 0;

    for (size_t i = 0; i < s->d->n; i++)
        if (s->row[i]) {
            double z = s->d->y[i] ? s->trial[i] : -s->trial[i];
            least = fmin(least, z);
            most = fmax(most, z);
            far = fmax(far, fabs(s->eta[i]));
        }
    return far > 10 && most > .5 && least > -1e-4;
}

static enum outcome iterate(struct newton *s, unsigned *steps)
{
    gsl_vector_view score = gsl_vector_view_array(s->score, s->k);
    gsl_vector_view step = gsl_vector_view_array(s->step, s->k);

    memset(s->beta, 0, s->k * sizeof *s->beta);
    memset(s->eta, 0, s->d->n * sizeof *s->eta);
    memset(s->trial, 0, s->d->n * sizeof *s->trial);
    s->loglik = loglik_at(s, 0);
    for (unsigned at = 0; at < LOGIT_MAX_STEPS; at++) {
        double longest = 0, along = 1, next;
        ++*steps;
        accumulate(s);
        if (gsl_linalg_cholesky_decomp1(s->info) != GSL_SUCCESS ||
            gsl_linalg_cholesky_solve(s->info, &score.vector, &step.vector) != GSL_SUCCESS)
            return at > 0 && is_separating(s) ? SEPARATED : LOST;
        for (size_t i = 0; i < s->d->n; i++)
            if (s->row[i]) {
                s->trial[i] = times(s, i, s->step);
                longest = fmax(longest, fabs(s->trial[i]));
            }
        if (!isfinite(longest))
            return LOST;
        if (longest < 1e-9)
            return SETTLED;
        if (is_separating(s))
            return SEPARATED;
        while ((next = loglik_at(s, along)) < s->loglik - 1e-12 * fabs(s->loglik) &&
               along > 1e-6)
            along /= 2;
        s->loglik = next;
        for (size_t j = 0; j < s->k; j++)
            s->beta[j] += along * s->step[j];
        for (size_t i = 0; i < s->d->n; i++)
            s->eta[i] += along * s->trial[i];
    }
    return LOST;
}

/* Takes out what the direction found moves: rows, and the columns it goes along. */
static void take_out(struct newton *s, struct logit *out)
{
    double most = 0;

    for (size_t j = 0; j < s->k; j++)
        most = fmax(most, fabs(s->step[j]));
    for (size_t j = 0; j < s->k; j++)
        if (fabs(s->step[j]) > 1e-3 * most) {
            out->state[s->column[j]] = LOGIT_INFINITE;
            out->beta[s->column[j]] = s->step[j] > 0 ? INFINITY : -INFINITY;
        }
    for (size_t i = 0; i < s->d->n; i++)
        if (s->row[i] && fabs(s->trial[i]) > 1e-2) {
            s->row[i] = false;
            out->used--;
        }
}

static size_t count_clusters(const struct newton *s, uint32_t *number)
{
    size_t n = 0;

    for (size_t i = 0; i < s->d->n; i++)
        number[i] = UINT32_MAX;
    for (size_t i = 0; i < s->d->n; i++)
        if (s->row[i]) {
            uint32_t *of = &number[s->d->cluster ? s->d->cluster[i] : i];
            if (*of == UINT32_MAX)
                *of = (uint32_t)n++;
        }
    return n;
}

/* Both covariances, from the Cholesky factor of the information at the end. */
static void covariances(struct newton *s, struct logit *out)
{
    size_t k = s->k, n = s->d->n;
    uint32_t *number = mem_array(n, sizeof *number);
    size_t clusters = out->clusters = count_clusters(s, number);
    double *scores = mem_array(clusters * k, sizeof *scores);
    gsl_matrix *meat = gsl_matrix_calloc(k, k), *half = gsl_matrix_alloc(k, k);
    gsl_matrix *all = gsl_matrix_alloc(k, k);
    double correction = (double)clusters / (double)(clusters - 1) *
                        (double)(out->used - 1) / (double)(out->used - k);

    gsl_linalg_cholesky_invert(s->info);
    for (size_t i = 0; i < n; i++) {
        if (!s->row[i])
            continue;
        double *score = scores + number[s->d->cluster ? s->d->cluster[i] : i] * k;
        double residual = s->d->y[i] ? logistic(-s->eta[i]) : -logistic(s->eta[i]);
        for (size_t j = 0; j < k; j++)
            score[j] += residual * s->d->x[i * s->d->k + s->column[j]];
    }
    for (size_t g = 0; g < clusters; g++) {
        gsl_vector_view v = gsl_vector_view_array(scores + g * k, k);
        gsl_blas_dger(1, &v.vector, &v.vector, meat);
    }
    gsl_blas_dgemm(CblasNoTrans, CblasNoTrans, 1, s->info, meat, 0, half);
    gsl_blas_dgemm(CblasNoTrans, CblasNoTrans, correction, half, s->info, 0, all);
    for (size_t j = 0; j < k; j++)
        for (size_t l = 0; l < k; l++) {
            size_t at = s->column[j] * s->d->k + s->column[l];
            if (out->state[s->column[j]] == LOGIT_INFINITE ||
                out->state[s->column[l]] == LOGIT_INFINITE)
                continue;
            out->cov[at] = (gsl_matrix_get(all, j, l) + gsl_matrix_get(all, l, j)) / 2;
            out->model_cov[at] = gsl_matrix_get(s->info, j, l);
        }
    gsl_matrix_free(all);
    gsl_matrix_free(half);
    gsl_matrix_free(meat);
    free(scores);
    free(number);
}

/* Fits, taking out separated rows until the rest has a maximum or nothing is left. */
static int fit_rest(struct newton *s, struct logit *out, struct err *err)
{
    for (;;) {
        find_columns(s, out->state);
        out->rank = s->k;
        if (!out->separated)
            out->parameters = s->k;
        if (s->k == 0) {
            out->loglik = 0;
            return 0;
        }
        if (out->used <= s->k && !out->separated)
            return err_add(err, ERR_INPUT, "%zu rows for %zu coefficients, expected more "
                           "rows", out->used, s->k);
        s->info = gsl_matrix_alloc(s->k, s->k);
        enum outcome how = iterate(s, &out->steps);
        if (how == SETTLED) {
            out->loglik = s->loglik;
            for (size_t j = 0; j < s->k; j++)
                if (out->state[s->column[j]] == LOGIT_ESTIMATED)
                    out->beta[s->column[j]] = s->beta[j];
            if (out->used > s->k)
                covariances(s, out);
        }
        gsl_matrix_free(s->info);
        s->info = NULL;
        if (how == SETTLED)
            return 0;
        if (how == LOST)
            return err_add(err, ERR_NUMERIC, "no convergence of the logistic regression in "
                           "%u steps: it has next to no maximum; expected fewer terms",
                           LOGIT_MAX_STEPS);
        out->separated = true;
        take_out(s, out);
    }
}

static int check(const struct logit_data *d, struct err *err)
{
    size_t ones = 0;
    bool several = d->n > 1 && !d->cluster;

    for (size_t i = 0; i < d->n; i++) {
        ones += d->y[i];
        several |= d->cluster && d->cluster[i] != d->cluster[0];
    }
    if (!several)
        return err_add(err, ERR_INPUT, "rows of one cluster, expected two or more");
    if (ones == 0 || ones == d->n)
        return err_add(err, ERR_INPUT, "the outcome is %s in all %zu rows, expected both",
                       ones ? "true" : "false", d->n);
    return 0;
}

int logit_fit(const struct logit_data *d, struct logit *out, struct err *err)
{
    struct newton s = { .d = d };
    int code = check(d, err);

    *out = (struct logit){ .n = d->n, .k = d->k, .used = d->n };
    if (code)
        return code;
    out->state = mem_array(d->k, sizeof *out->state);
    out->beta = mem_array(d->k, sizeof *out->beta);
    out->cov = mem_array(d->k * d->k, sizeof *out->cov);
    out->model_cov = mem_array(d->k * d->k, sizeof *out->model_cov);
    for (size_t j = 0; j < d->k; j++)
        out->beta[j] = NAN;
    for (size_t j = 0; j < d->k * d->k; j++)
        out->cov[j] = out->model_cov[j] = NAN;
    s.row = mem_array(d->n, sizeof *s.row);
    for (size_t i = 0; i < d->n; i++)
        s.row[i] = true;
    s.column = mem_array(d->k, sizeof *s.column);
    s.beta = mem_array(d->k, sizeof *s.beta);
    s.step = mem_array(d->k, sizeof *s.step);
    s.score = mem_array(d->k, sizeof *s.score);
    s.eta = mem_array(d->n, sizeof *s.eta);
    s.trial = mem_array(d->n, sizeof *s.trial);
    code = fit_rest(&s, out, err);
    free(s.row);
    free(s.column);
    free(s.beta);
    free(s.step);
    free(s.score);
    free(s.eta);
    free(s.trial);
    if (code)
        logit_release(out);
    return code;
}

void logit_release(struct logit *fit)
{
    free(fit->state);
    free(fit->beta);
    free(fit->cov);
    free(fit->model_cov);
    *fit = (struct logit){ .n = 0 };
}

double logit_error(const struct logit *fit, size_t column)
{
    return sqrt(fit->cov[column * fit->k + column]);
}

double logit_df(const struct logit *fit)
{
    return (double)fit->clusters - 1;
}

int logit_wald(const struct logit *fit, const size_t *columns, size_t n,
               struct logit_test *out, struct err *err)
{
    size_t *of = mem_array(n, sizeof *of), q = 0;
    int code = 0;

    *out = (struct logit_test){ NAN, 0, logit_df(fit), NAN };
    for (size_t i = 0; i < n; i++)
        if (fit->state[columns[i]] == LOGIT_ESTIMATED && logit_error(fit, columns[i]) > 0)
            of[q++] = columns[i];
    out->df1 = (double)q;
    if (q && out->df1 <= out->df2) {
        gsl_matrix *v = gsl_matrix_alloc(q, q);
        gsl_vector *b = gsl_vector_alloc(q), *solved = gsl_vector_alloc(q);
        for (size_t i = 0; i < q; i++) {
            gsl_vector_set(b, i, fit->beta[of[i]]);
            for (size_t j = 0; j < q; j++)
                gsl_matrix_set(v, i, j, fit->cov[of[i] * fit->k + of[j]]);
        }
        if (gsl_linalg_cholesky_decomp1(v) != GSL_SUCCESS ||
            gsl_linalg_cholesky_solve(v, b, solved) != GSL_SUCCESS) {
            code = err_add(err, ERR_NUMERIC, "a Wald test of %zu coefficients whose "
                           "covariance is singular", q);
        } else {
            gsl_blas_ddot(b, solved, &out->statistic);
            out->statistic /= out->df1;
            out->p = gsl_cdf_fdist_Q(out->statistic, out->df1, out->df2);
        }
        gsl_vector_free(solved);
        gsl_vector_free(b);
        gsl_matrix_free(v);
    }
    free(of);
    return code;
}

struct logit_test logit_likelihood_ratio(const struct logit *full,
                                         const struct logit *reduced)
{
    struct logit_test t = { fmax(0, 2 * (full->loglik - reduced->loglik)), 0, INFINITY,
                            NAN };

    t.df1 = (double)full->parameters - (double)reduced->parameters;
    if (t.df1 > 0)
        t.p = gsl_cdf_chisq_Q(t.statistic, t.df1);
    else
        t.statistic = NAN;
    return t;
}

double logit_predict(const struct logit *fit, const double *x, double *slope)
{
    double eta = 0;

    for (size_t j = 0; j < fit->k; j++)
        if (x[j] != 0 && fit->state[j] != LOGIT_ALIASED)
            eta += fit->beta[j] * x[j];
    double p = logistic(eta), w = p * logistic(-eta);
    for (size_t j = 0; j < fit->k && slope; j++)
        slope[j] = fit->state[j] == LOGIT_ESTIMATED ? w * x[j] : 0;
    return p;
}
