/* SPDX-License-Identifier: GPL-3.0-or-later */
/* FNMR at a target FMR, the threshold found anew in every replicate. */
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "stats/bootstrap.h"
#include "stats/resample.h"
#include "stats/streams.h"

enum { LANES = RESAMPLE_LANES, CHUNK = 1024 };

struct search {
    const struct fnmr_at_fmr *what;
    const struct clustered_how *how;
    struct strata strata;
    struct resample_plan plan; /* of the non-mated comparisons */
    struct link *links;        /* the exceedances' */
    double exceedances;        /* with their weights of 1: are they all comparisons? */
    uint16_t **w;
    double *fnmr, *threshold;
    unsigned char *unreached;
};

/* One replicate on its way down the list. A step is all exceedances with one score. */
struct descent {
    double room;       /* target × total: false matches may weigh as much */
    double passed;     /* weight of all whole steps so far */
    double threshold;  /* the last step that was within bounds, if any */
    bool any, done;
    double weight;     /* of false matches at the threshold */
};

static double weight_of(const struct search *f, const uint16_t *w, size_t i, size_t lane)
{
    const struct link *at = &f->links[i];

    return (double)w[at->s * (size_t)LANES + lane] * w[at->t * (size_t)LANES + lane];
}

/* Exceedances from … to − 1, which end where a step ends, one by one. */
static void descend(const struct search *f, const uint16_t *w, size_t lane, size_t from,
                    size_t to, struct descent *d)
{
    const struct scored_dyad *list = f->what->exceedances;

    for (size_t i = from; i < to && !d->done;) {
        double step = 0;
        size_t next = i;
        for (; next < to && list[next].score == list[i].score; next++)
            step += weight_of(f, w, next, lane);
        if (d->passed + step > d->room) {
            d->done = true;
        } else if (step > 0) { /* else nobody drawn has this score */
            d->passed += step;
            d->threshold = list[i].score;
            d->weight = d->passed;
            d->any = true;
        }
        i = next;
    }
}

/* The end of the chunk that begins at `from`: no step is cut. */
static size_t chunk_end(const struct fnmr_at_fmr *what, size_t from)
{
    size_t to = from + CHUNK;

    if (to >= what->n_exceedances)
        return what->n_exceedances;
    while (to < what->n_exceedances &&
           what->exceedances[to].score == what->exceedances[to - 1].score)
        to++;
    return to;
}

/* The weight of the exceedances from … to − 1 in each lane. */
static void sum_chunk(const struct search *f, const uint16_t *w, size_t from, size_t to,
                      double sum[LANES])
{
    for (size_t k = 0; k < LANES; k++)
        sum[k] = 0;
    while (from < to) {
        size_t n = to - from < RESAMPLE_MOST ? to - from : RESAMPLE_MOST;
        uint32_t some[LANES] = { 0 };
        resample_add(f->links + from, n, w, some);
        for (size_t k = 0; k < LANES; k++)
            sum[k] += some[k];
        from += n;
    }
}

/* The score of the last exceedance of a chunk that has a weight. */
static double last_observed(const struct search *f, const uint16_t *w, size_t from,
                            size_t to, size_t lane)
{
    while (to > from + 1 && weight_of(f, w, to - 1, lane) == 0)
        to--;
    return f->what->exceedances[to - 1].score;
}

static void find_thresholds(const struct search *f, const uint16_t *w, size_t lanes,
                            struct descent d[LANES])
{
    const struct fnmr_at_fmr *what = f->what;
    size_t left = lanes;

    for (size_t from = 0, to; from < what->n_exceedances && left; from = to) {
        double sum[LANES];
        to = chunk_end(what, from);
        sum_chunk(f, w, from, to, sum);
        left = 0;
        for (size_t k = 0; k < lanes; k++) {
            if (d[k].done)
                continue;
            if (d[k].passed + sum[k] > d[k].room) {
                descend(f, w, k, from, to, &d[k]);
            } else if (sum[k] > 0) {
                d[k].passed += sum[k];
                d[k].weight = d[k].passed;
                d[k].threshold = last_observed(f, w, from, to, k);
                d[k].any = true;
            }
            left += !d[k].done;
        }
    }
}

/* The share of mated scores, by weight, below the threshold. */
static double fnmr_below(const struct search *f, const uint16_t *w, size_t lane,
                         double total, double threshold)
{
    const struct fnmr_at_fmr *what = f->what;
    double missed = 0;

    for (size_t i = 0; i < what->n_mated && what->mated[i].score < threshold; i++)
        missed += w[what->mated[i].s * (size_t)LANES + lane];
    return total > 0 ? missed / total : NAN;
}

/* The weights of `lanes` replicates to their results. */
static void search_lanes(const struct search *f, const uint16_t *w, size_t lanes,
                         struct descent d[LANES], double fnmr[LANES])
{
    const struct fnmr_at_fmr *what = f->what;
    double total[LANES], mated[LANES] = { 0 };

    resample_totals(&f->plan, w, total);
    for (size_t k = 0; k < lanes; k++)
        d[k] = (struct descent){ .room = what->target * total[k], .threshold = NAN };
    find_thresholds(f, w, lanes, d);
    for (size_t i = 0; i < what->n_mated; i++)
        for (size_t k = 0; k < lanes; k++)
            mated[k] += w[what->mated[i].s * (size_t)LANES + k];
    for (size_t k = 0; k < lanes; k++) {
        fnmr[k] = NAN;
        if (!(total[k] > 0))
            continue;
        if (!d[k].any) /* above all of them */
            d[k].threshold = nextafterf(what->exceedances[0].score, INFINITY);
        fnmr[k] = fnmr_below(f, w, k, mated[k], d[k].threshold);
    }
}

static void search_block(void *self, size_t block, size_t worker, gsl_rng *rng)
{
    struct search *f = self;
    size_t first = block * LANES, left = f->how->replicates - first;
    size_t lanes = left < LANES ? left : LANES;
    struct descent d[LANES];
    double fnmr[LANES];

    resample_draw(&f->strata, RESAMPLE_PEOPLE, f->how->seed, first, rng, f->w[worker]);
    search_lanes(f, f->w[worker], lanes, d, fnmr);
    for (size_t k = 0; k < lanes; k++) {
        f->fnmr[first + k] = fnmr[k];
        f->threshold[first + k] = d[k].threshold;
        f->unreached[first + k] = !d[k].done;
    }
}

/* The sample itself, which is a replicate with weights of 1. */
static int search_sample(struct search *f, struct fnmr_at_fmr_result *out, struct err *err)
{
    const struct fnmr_at_fmr *what = f->what;
    size_t persons = what->nonmated->persons;
    uint16_t *w = mem_array(persons * LANES, sizeof *w);
    struct descent d[LANES];
    double fnmr[LANES];

    for (size_t i = 0; i < persons * LANES; i++)
        w[i] = 1;
    search_lanes(f, w, 1, d, fnmr);
    free(w);
    if (!d[0].done && f->exceedances < what->nonmated->comparisons)
        return err_add(err, ERR_INPUT,
                       "an FMR of %g is %.6g of %.6g comparisons, but only %zu scores are"
                       " listed; expected a list that reaches below the threshold",
                       what->target, d[0].room, what->nonmated->comparisons,
                       what->n_exceedances);
    out->fnmr.estimate = fnmr[0];
    out->threshold = out->thresholds.estimate = d[0].threshold;
    out->false_matches = d[0].weight;
    out->fmr = d[0].weight / what->nonmated->comparisons;
    return 0;
}

int bootstrap_check_lists(const struct scored_dyad *high, size_t n_high,
                          const struct scored_person *mated, size_t n_mated, size_t persons,
                          double floor, struct err *err)
{
    if (!n_mated || !n_high)
        return err_add(err, ERR_INPUT, "%zu mated scores and %zu non-mated ones, expected"
                       " one or more of both", n_mated, n_high);
    for (size_t i = 0; i < n_high; i++) {
        const struct scored_dyad *at = &high[i];
        if (at->s >= persons || at->t >= persons || at->s == at->t ||
            !(at->score >= floor) || (i && at->score > at[-1].score))
            return err_add(err, ERR_INPUT, "non-mated score %zu (%g, people %u and %u) is no"
                           " number, below the floor, out of order, or of nobody", i + 1,
                           (double)at->score, (unsigned)at->s, (unsigned)at->t);
    }
    for (size_t i = 0; i < n_mated; i++) {
        const struct scored_person *at = &mated[i];
        if (at->s >= persons || isnan(at->score) || (i && at->score < at[-1].score))
            return err_add(err, ERR_INPUT, "mated score %zu (%g, person %u) is no number,"
                           " out of order, or of nobody", i + 1, (double)at->score,
                           (unsigned)at->s);
    }
    return 0;
}

static int check(const struct fnmr_at_fmr *what, const struct clustered_how *how,
                 struct err *err)
{
    size_t persons = what->nonmated->persons;
    int code = check_confidence(how->confidence, err);

    if (code < 0)
        return code;
    if (!(what->target > 0 && what->target < 1))
        return err_add(err, ERR_INPUT,
                       "a target FMR of %g, expected more than 0 and less than 1",
                       what->target);
    return bootstrap_check_lists(what->exceedances, what->n_exceedances, what->mated,
                                 what->n_mated, persons, -INFINITY, err);
}

int bootstrap_fnmr_at_fmr(const struct fnmr_at_fmr *what, const struct clustered_how *how,
                          struct fnmr_at_fmr_result *out, struct err *err)
{
    size_t persons = what->nonmated->persons, replicates = how->replicates;
    struct search f = { .what = what, .how = how };
    int code = check(what, how, err);

    if (code < 0)
        return code;
    *out = (struct fnmr_at_fmr_result){ 0 };
    f.links = mem_array(what->n_exceedances, sizeof *f.links);
    for (size_t i = 0; i < what->n_exceedances; i++)
        f.links[i] = (struct link){ what->exceedances[i].s, what->exceedances[i].t };
    f.exceedances = (double)what->n_exceedances;
    resample_plan_dyads(&f.plan, what->nonmated);
    code = search_sample(&f, out, err);
    if (code >= 0) {
        f.w = resample_space(how->threads, persons);
        f.fnmr = mem_array(replicates, sizeof *f.fnmr);
        f.threshold = mem_array(replicates, sizeof *f.threshold);
        f.unreached = mem_array(replicates, 1);
        strata_init(&f.strata, what->stratum, what->strata, persons);
        streams_run((replicates + LANES - 1) / LANES, how->threads, search_block, &f);
        bootstrap_percentiles(f.fnmr, replicates, how->confidence, &out->fnmr);
        bootstrap_percentiles(f.threshold, replicates, how->confidence,
                              &out->thresholds);
        interval_clip(&out->fnmr, 0, 1);
        for (size_t i = 0; i < replicates; i++)
            out->unreached += f.unreached[i];
        resample_space_free(f.w, how->threads);
        free(f.fnmr);
        free(f.threshold);
        free(f.unreached);
        strata_release(&f.strata);
    }
    free(f.links);
    resample_plan_release(&f.plan);
    return code;
}
