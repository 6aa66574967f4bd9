/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The equal error rate when people are drawn again, its threshold found anew each time. */
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "stats/bootstrap.h"
#include "stats/resample.h"
#include "stats/streams.h"

enum { LANES = RESAMPLE_LANES };

/* A comparison of both kinds, most alike first; a mated one is s == t. */
struct event {
    struct link link;
    float score;
};

struct search {
    const struct eer_of *what;
    const struct clustered_how *how;
    struct strata strata;
    struct resample_plan plan; /* of the non-mated comparisons */
    struct event *events;
    size_t n;
    uint16_t **w;
    double *eer;
    unsigned char *unreached;
};

/* Replicates side by side on their way down the scores. */
struct descent {
    double total[LANES], mated[LANES];     /* weights of all comparisons of a kind */
    double matches[LANES], missed[LANES];  /* false ones so far */
    double fmr[LANES], gap[LANES];         /* at the step before: FMR, FNMR − FMR */
    double eer[LANES];                     /* NaN: not found */
};

static void begin(const struct search *f, const uint16_t *w, struct descent *d)
{
    resample_totals(&f->plan, w, d->total);
    for (size_t k = 0; k < LANES; k++) {
        d->mated[k] = d->matches[k] = d->fmr[k] = 0;
        d->gap[k] = 1;
        d->eer[k] = NAN;
    }
    for (size_t i = 0; i < f->what->n_mated; i++)
        for (size_t k = 0; k < LANES; k++)
            d->mated[k] += w[f->what->mated[i].s * (size_t)LANES + k];
    for (size_t k = 0; k < LANES; k++)
        d->missed[k] = d->mated[k];
}

static void take(const struct event *e, const uint16_t *w, struct descent *d)
{
    const uint16_t *s = w + e->link.s * (size_t)LANES, *t = w + e->link.t * (size_t)LANES;

    for (size_t k = 0; k < LANES; k++)
        if (e->link.s == e->link.t)
            d->missed[k] -= s[k];
        else
            d->matches[k] += (double)s[k] * t[k];
}

/* At the end of a step, all comparisons of one score: where the lines between steps cross.
 * Returns how many lanes are still on their way. */
static size_t cross(struct descent *d, size_t lanes)
{
    size_t left = 0;

    for (size_t k = 0; k < lanes; k++) {
        if (!isnan(d->eer[k]) || !(d->total[k] > 0) || !(d->mated[k] > 0))
            continue;
        double fmr = d->matches[k] / d->total[k];
        double gap = d->missed[k] / d->mated[k] - fmr;
        if (gap <= 0) {
            d->eer[k] = d->fmr[k] + d->gap[k] / (d->gap[k] - gap) * (fmr - d->fmr[k]);
            continue;
        }
        d->fmr[k] = fmr;
        d->gap[k] = gap;
        left++;
    }
    return left;
}

static void search_lanes(const struct search *f, const uint16_t *w, size_t lanes,
                         struct descent *d)
{
    size_t left = lanes;

    begin(f, w, d);
    for (size_t i = 0; i < f->n && left; i++) {
        take(&f->events[i], w, d);
        if (i + 1 == f->n || f->events[i + 1].score != f->events[i].score)
            left = cross(d, lanes);
    }
}

static void search_block(void *self, size_t block, size_t worker, gsl_rng *rng)
{
    struct search *f = self;
    size_t first = block * LANES, left = f->how->replicates - first;
    size_t lanes = left < LANES ? left : LANES;
    struct descent d;

    resample_draw(&f->strata, RESAMPLE_PEOPLE, f->how->seed, first, rng, f->w[worker]);
    search_lanes(f, f->w[worker], lanes, &d);
    for (size_t k = 0; k < lanes; k++) {
        const bool any = d.total[k] > 0 && d.mated[k] > 0;
        f->unreached[first + k] = any && isnan(d.eer[k]);
        f->eer[first + k] = f->unreached[first + k] ? 1 : d.eer[k];
    }
}

/* Both lists as one, from the most alike to the floor. */
static void merge(struct search *f)
{
    const struct eer_of *what = f->what;
    size_t i = 0, j = what->n_mated;

    f->events = mem_array(what->n_high + what->n_mated, sizeof *f->events);
    for (;;) {
        const bool high = i < what->n_high, mated = j > 0 && what->mated[j - 1].score >= what->floor;
        if (!high && !mated)
            return;
        if (high && (!mated || what->high[i].score >= what->mated[j - 1].score)) {
            f->events[f->n++] = (struct event){ { what->high[i].s, what->high[i].t },
                                                what->high[i].score };
            i++;
        } else {
            j--;
            f->events[f->n++] = (struct event){ { what->mated[j].s, what->mated[j].s },
                                                what->mated[j].score };
        }
    }
}

static double of_sample(const struct search *f)
{
    size_t persons = f->what->nonmated->persons;
    uint16_t *w = mem_array(persons * LANES, sizeof *w);
    struct descent d;

    for (size_t i = 0; i < persons * LANES; i++)
        w[i] = 1;
    search_lanes(f, w, 1, &d);
    free(w);
    return d.eer[0];
}

int bootstrap_eer(const struct eer_of *what, const struct clustered_how *how,
                  struct eer_result *out, struct err *err)
{
    size_t replicates = how->replicates;
    struct search f = { .what = what, .how = how };
    int code = check_confidence(how->confidence, err);

    if (!code)
        code = bootstrap_check_lists(what->high, what->n_high, what->mated, what->n_mated,
                                     what->nonmated->persons, what->floor, err);
    if (code < 0)
        return code;
    *out = (struct eer_result){ .eer = { NAN, NAN, NAN } };
    merge(&f);
    resample_plan_dyads(&f.plan, what->nonmated);
    out->eer.estimate = of_sample(&f);
    if (isnan(out->eer.estimate)) {
        code = err_add(err, ERR_INPUT, "FMR and FNMR are not equal at any of the %zu scores "
                       "that are listed, expected a list that reaches so far", f.n);
    } else {
        f.w = resample_space(how->threads, what->nonmated->persons);
        f.eer = mem_array(replicates, sizeof *f.eer);
        f.unreached = mem_array(replicates, 1);
        strata_of_dyads(&f.strata, what->nonmated);
        streams_run((replicates + LANES - 1) / LANES, how->threads, search_block, &f);
        bootstrap_percentiles(f.eer, replicates, how->confidence, &out->eer);
        interval_clip(&out->eer, 0, 1);
        for (size_t i = 0; i < replicates; i++)
            out->unreached += f.unreached[i];
        resample_space_free(f.w, how->threads);
        free(f.eer);
        free(f.unreached);
        strata_release(&f.strata);
    }
    free(f.events);
    resample_plan_release(&f.plan);
    return code;
}
