/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/bootstrap.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "stats/resample.h"
#include "stats/streams.h"

enum { LANES = RESAMPLE_LANES };

static int by_value(const void *a, const void *b)
{
    double p = *(const double *)a, q = *(const double *)b;

    return (p > q) - (p < q);
}

/* R's type 7, of sorted values. */
static double quantile(const double *sorted, size_t n, double share)
{
    double at = share * (double)(n - 1);
    size_t below = (size_t)at;
    double rest = at - (double)below;

    /* no 0·inf */
    return rest > 0 ? sorted[below] + rest * (sorted[below + 1] - sorted[below])
                    : sorted[below];
}

void bootstrap_percentiles(const double *value, size_t n, double confidence,
                           struct interval *out)
{
    double *sorted = mem_array(n, sizeof *sorted);
    size_t kept = 0;

    for (size_t i = 0; i < n; i++)
        if (!isnan(value[i]))
            sorted[kept++] = value[i];
    out->lo = out->hi = NAN;
    if (kept) {
        qsort(sorted, kept, sizeof *sorted, by_value);
        out->lo = quantile(sorted, kept, (1 - confidence) / 2);
        out->hi = quantile(sorted, kept, 1 - (1 - confidence) / 2);
    }
    free(sorted);
}

struct run {
    const struct strata *strata;
    const struct resample_plan *plans;
    size_t n_plans, replicates;
    enum resampling kind;
    uint64_t seed;
    uint16_t **w; /* of each worker */
    double *rate;
};

static void run_block(void *self, size_t block, size_t worker, gsl_rng *rng)
{
    struct run *r = self;
    size_t first = block * LANES;
    double rate[LANES];

    resample_draw(r->strata, r->kind, r->seed, first, rng, r->w[worker]);
    for (size_t i = 0; i < r->n_plans; i++) {
        resample_rates(&r->plans[i], r->w[worker], rate);
        for (size_t k = 0; k < LANES && first + k < r->replicates; k++)
            r->rate[(first + k) * r->n_plans + i] = rate[k];
    }
}

static size_t blocks_of(const struct clustered_how *how)
{
    return (how->replicates + LANES - 1) / LANES;
}

static void run_plans(const struct resample_plan *plans, size_t n,
                      const struct strata *strata, enum resampling kind,
                      const struct clustered_how *how, double *rate)
{
    struct run r = { strata, plans, n, how->replicates, kind, how->seed,
                     resample_space(how->threads, strata->persons), rate };

    streams_run(blocks_of(how), how->threads, run_block, &r);
    resample_space_free(r.w, how->threads);
}

void bootstrap_rates(const struct sampled *cells, size_t n, const uint32_t *stratum,
                     size_t strata, size_t persons, bool doubling,
                     const struct clustered_how *how, double *rate)
{
    struct resample_plan *plans = mem_array(n, sizeof *plans);
    struct strata drawn;

    strata_init(&drawn, stratum, strata, persons);
    for (size_t i = 0; i < n; i++) {
        if (cells[i].dyads)
            resample_plan_dyads(&plans[i], cells[i].dyads);
        else
            resample_plan_people(&plans[i], cells[i].people);
        assert((cells[i].dyads ? cells[i].dyads->persons : cells[i].people->n) == persons);
    }
    run_plans(plans, n, &drawn, doubling ? RESAMPLE_DOUBLING : RESAMPLE_PEOPLE, how,
              rate);
    for (size_t i = 0; i < n; i++)
        resample_plan_release(&plans[i]);
    free(plans);
    strata_release(&drawn);
}

/* One rate by itself: `out` has been begun. */
static void one_rate(struct resample_plan *plan, struct strata *strata,
                     enum resampling kind, const struct clustered_how *how,
                     struct clustered *out)
{
    double *rate = mem_array(how->replicates, sizeof *rate), p = out->at.estimate;
    double mean = 0, squares = 0;
    size_t n = 0;

    run_plans(plan, 1, strata, kind, how, rate);
    bootstrap_percentiles(rate, how->replicates, how->confidence, &out->at);
    for (size_t i = 0; i < how->replicates; i++)
        if (!isnan(rate[i])) { /* Welford's running mean and squares */
            double off = rate[i] - mean;
            mean += off / (double)++n;
            squares += off * (rate[i] - mean);
        }
    out->variance = n > 1 ? squares / (double)(n - 1) : NAN;
    if (out->variance > 0) {
        out->n_eff = p * (1 - p) / out->variance;
        out->deff = out->n / out->n_eff;
    }
    out->df = INFINITY;
    if (n)
        interval_clip(&out->at, 0, 1);
    else
        out->at = (struct interval){ p, 0, 1 };
    free(rate);
    resample_plan_release(plan);
    strata_release(strata);
}

static int of_dyads(const struct dyads *d, enum resampling kind,
                    const struct clustered_how *how, struct clustered *out,
                    struct err *err)
{
    struct resample_plan plan;
    struct strata strata;
    int code = clustered_begin(d, how, out, err);

    if (code < 0)
        return code;
    resample_plan_dyads(&plan, d);
    strata_of_dyads(&strata, d);
    one_rate(&plan, &strata, kind, how, out);
    return 0;
}

static int of_people(const struct people *c, enum resampling kind,
                     const struct clustered_how *how, struct clustered *out,
                     struct err *err)
{
    struct resample_plan plan;
    struct strata strata;
    int code = people_begin(c, how, out, err);

    if (code < 0)
        return code;
    resample_plan_people(&plan, c);
    strata_of_people(&strata, c);
    one_rate(&plan, &strata, kind, how, out);
    return 0;
}

int clustered_vertex(const struct dyads *d, const struct clustered_how *how,
                     struct clustered *out, struct err *err)
{
    return of_dyads(d, RESAMPLE_PEOPLE, how, out, err);
}

int clustered_doubling(const struct dyads *d, const struct clustered_how *how,
                       struct clustered *out, struct err *err)
{
    return of_dyads(d, RESAMPLE_DOUBLING, how, out, err);
}

int people_bootstrap(const struct people *c, const struct clustered_how *how,
                     struct clustered *out, struct err *err)
{
    return of_people(c, RESAMPLE_PEOPLE, how, out, err);
}

int people_doubling(const struct people *c, const struct clustered_how *how,
                    struct clustered *out, struct err *err)
{
    return of_people(c, RESAMPLE_DOUBLING, how, out, err);
}

/* The rate itself. */
static int rate_of(const struct sampled *cell, double *rate, struct err *err)
{
    struct clustered_how how = CLUSTERED_DEFAULTS;
    struct clustered c;
    int code = cell->dyads ? clustered_begin(cell->dyads, &how, &c, err)
                           : people_begin(cell->people, &how, &c, err);

    if (code >= 0)
        *rate = c.at.estimate;
    return code;
}

/* From rates of the first backend's groups, then the second's. */
static double paired_difference(const double *rate, size_t groups,
                                double (*measure)(const double *rate, size_t groups))
{
    return measure ? measure(rate, groups) - measure(rate + groups, groups)
                   : rate[0] - rate[1];
}

int bootstrap_paired(const struct sampled *first, const struct sampled *second,
                     size_t groups, double (*measure)(const double *rate, size_t groups),
                     const uint32_t *stratum, size_t strata, size_t persons,
                     const struct clustered_how *how, struct interval *out, double *p,
                     size_t *used, struct err *err)
{
    size_t n = 2 * groups, kept = 0, above = 0, below = 0;
    struct sampled *cells = mem_array(n, sizeof *cells);
    double *rate = mem_array(how->replicates * n, sizeof *rate);
    double *differences = mem_array(how->replicates, sizeof *differences);
    double *observed = mem_array(n, sizeof *observed);
    int code = check_confidence(how->confidence, err);

    assert(measure || groups == 1);
    for (size_t i = 0; i < n; i++)
        cells[i] = i < groups ? first[i] : second[i - groups];
    for (size_t i = 0; i < n && code >= 0; i++)
        code = rate_of(&cells[i], &observed[i], err);
    if (code >= 0) {
        bootstrap_rates(cells, n, stratum, strata, persons, false, how, rate);
        for (size_t i = 0; i < how->replicates; i++) {
            double at = paired_difference(rate + i * n, groups, measure);
            differences[i] = at;
            kept += !isnan(at);
            above += at >= 0;
            below += at <= 0;
        }
        out->estimate = paired_difference(observed, groups, measure);
        bootstrap_percentiles(differences, how->replicates, how->confidence, out);
        double least = (double)(above < below ? above : below);
        if (p)
            *p = kept ? fmin(1, (1 + 2 * least) / ((double)kept + 1)) : NAN;
        if (used)
            *used = kept;
        code = 0;
    }
    free(cells);
    free(rate);
    free(differences);
    free(observed);
    return code;
}
