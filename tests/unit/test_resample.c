/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * People drawn again: the sparse sums of every replicate against all pairs in
 * memory, the same result on any number of threads, and limits against other
 * people's formulas.
 */
#include "test.h"

#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>

#include "near.h"
#include "stats/bootstrap.h"
#include "stats/disparity.h"
#include "stats/resample.h"
#include "stats/streams.h"

enum { PEOPLE = 12, LANES = RESAMPLE_LANES };

static uint32_t next(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*seed >> 33);
}

/* Images in one role and in the other; within a group b is not used. */
struct cohort {
    uint32_t a[PEOPLE], b[PEOPLE], class[PEOPLE];
    double m[PEOPLE][PEOPLE], x[PEOPLE][PEOPLE];
};

static void draw_cohort(uint64_t *seed, int form, struct dyads *d, struct cohort *c)
{
    struct dyad list[PEOPLE * PEOPLE];
    size_t n = 0;

    memset(c, 0, sizeof *c);
    for (uint32_t s = 0; s < PEOPLE; s++) {
        c->a[s] = form == 1 ? (s < 5) * (1 + next(seed) % 3) : next(seed) % 4;
        c->class[s] = s % 4 / 2;
        c->b[s] = form == 1 ? (s >= 5) * (1 + next(seed) % 3) : next(seed) % 3;
    }
    for (uint32_t s = 0; s < PEOPLE; s++)
        for (uint32_t t = s + 1; t < PEOPLE; t++) {
            double m = form % 4 == 0 ? c->a[s] * c->a[t]
                       : form == 3   ? next(seed) % 3
                                     : c->a[s] * c->b[t] + c->a[t] * c->b[s];
            if (form > 3 && c->class[s] != c->class[t])
                m = 0;
            c->m[s][t] = m;
            if (m > 0)
                list[n++] = (struct dyad){ s, t, m, 0 };
        }
    if (form == 0)
        dyads_within(d, c->a, PEOPLE);
    else if (form < 3)
        dyads_across(d, c->a, c->b, PEOPLE);
    else if (form == 4)
        dyads_within_classes(d, c->a, PEOPLE, c->class, 2);
    else if (form == 5)
        dyads_across_classes(d, c->a, c->b, PEOPLE, c->class, 2);
    else
        assert_int_equal(dyads_listed(d, list, n, PEOPLE, NULL), 0);
    for (uint32_t s = 0; s < PEOPLE; s++)
        for (uint32_t t = s + 1; t < PEOPLE; t++)
            for (int k = 0; k < c->m[s][t]; k++)
                if (next(seed) % 4 == 0) {
                    dyads_add(d, s, t, 1);
                    c->x[s][t]++;
                }
    assert_int_equal(dyads_close(d, NULL), 0);
}

static void test_all_pairs(void **state)
{
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    uint64_t seed = 5;

    (void)state;
    for (int i = 0; i < 200; i++) {
        struct dyads d;
        struct cohort c;
        struct resample_plan plan;
        struct strata strata;
        uint16_t w[PEOPLE * LANES];
        double rate[LANES], total[LANES];

        draw_cohort(&seed, i % 6, &d, &c);
        resample_plan_dyads(&plan, &d);
        strata_of_dyads(&strata, &d);
        resample_draw(&strata, i % 5 ? RESAMPLE_PEOPLE : RESAMPLE_DOUBLING, 1,
                      (uint64_t)i, rng, w);
        resample_totals(&plan, w, total);
        resample_rates(&plan, w, rate);
        for (int k = 0; k < LANES; k++) {
            double m = 0, x = 0;
            for (int s = 0; s < PEOPLE; s++)
                for (int t = s + 1; t < PEOPLE; t++) {
                    double both = w[s * LANES + k] * w[t * LANES + k];
                    m += both * c.m[s][t];
                    x += both * c.x[s][t];
                }
            assert_true(total[k] == m);
            assert_true(m > 0 ? rate[k] == x / m : isnan(rate[k]));
        }
        strata_release(&strata);
        resample_plan_release(&plan);
        dyads_release(&d);
    }
    gsl_rng_free(rng);
}

/* Drawn n times of n within each stratum, or 0 and 2 by a fair coin. */
static void test_weights(void **state)
{
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    uint32_t stratum[PEOPLE] = { 0, 1, 0, 1, NO_STRATUM, 1, 0, 0, 0, 0, 2, 0 };
    double mean[PEOPLE] = { 0 }, square[PEOPLE] = { 0 }, heads = 0;
    struct strata g;
    uint16_t w[PEOPLE * LANES], again[PEOPLE * LANES];
    enum { BLOCKS = 2000 };

    (void)state;
    strata_init(&g, stratum, 3, PEOPLE);
    for (uint64_t block = 0; block < BLOCKS; block++) {
        resample_draw(&g, RESAMPLE_PEOPLE, 9, block * LANES, rng, w);
        for (int k = 0; k < LANES; k++) {
            int sum[3] = { 0 };
            for (int s = 0; s < PEOPLE; s++) {
                double v = w[s * LANES + k];
                if (s != 4)
                    sum[stratum[s]] += (int)v;
                mean[s] += v;
                square[s] += v * v;
            }
            assert_true(sum[0] == 7 && sum[1] == 3 && sum[2] == 1);
        }
    }
    for (int s = 0; s < PEOPLE; s++) { /* multinomial: mean 1, variance 1 − 1/n */
        double n = BLOCKS * LANES, var = square[s] / n - mean[s] / n * (mean[s] / n);
        double size = s == 4 || s == 10 ? 1 : stratum[s] ? 3 : 7;
        assert_near(mean[s] / n, 1, .03);
        assert_near(var, 1 - 1 / size, .04);
    }
    resample_draw(&g, RESAMPLE_DOUBLING, 9, 32, rng, w);
    for (int s = 0; s < PEOPLE; s++)
        for (int k = 0; k < LANES; k++) {
            assert_true(s == 4 ? w[s * LANES + k] == 1
                               : w[s * LANES + k] == 0 || w[s * LANES + k] == 2);
            heads += s != 4 && w[s * LANES + k];
        }
    assert_near(heads / ((PEOPLE - 1) * LANES), .5, .15);
    /* a replicate is the same wherever its block begins */
    resample_draw(&g, RESAMPLE_DOUBLING, 9, 33, rng, again);
    for (int s = 0; s < PEOPLE; s++)
        assert_int_equal(w[s * LANES + 1], again[s * LANES]);
    strata_release(&g);
    gsl_rng_free(rng);
}

static void test_threads(void **state)
{
    uint64_t seed = 11;
    struct dyads d;
    struct cohort c;
    double x[PEOPLE], m[PEOPLE];
    struct people people = { PEOPLE, m, x };

    (void)state;
    draw_cohort(&seed, 0, &d, &c);
    for (int s = 0; s < PEOPLE; s++) {
        m[s] = 1 + s % 4;
        x[s] = s % 3 == 0;
    }
    struct clustered one[4], other[4];
    for (size_t threads = 1; threads <= 5; threads++) {
        struct clustered_how how = { .95, 0, 3, 501, threads };
        struct clustered *at = threads == 1 ? one : other;
        assert_int_equal(clustered_vertex(&d, &how, &at[0], NULL), 0);
        assert_int_equal(clustered_doubling(&d, &how, &at[1], NULL), 0);
        assert_int_equal(people_bootstrap(&people, &how, &at[2], NULL), 0);
        assert_int_equal(people_doubling(&people, &how, &at[3], NULL), 0);
        for (int i = 0; i < 4; i++) {
            assert_true(at[i].at.lo == one[i].at.lo && at[i].at.hi == one[i].at.hi);
            assert_true(at[i].variance == one[i].variance);
            assert_true(at[i].at.lo < at[i].at.estimate);
            assert_true(at[i].at.hi > at[i].at.estimate);
        }
    }
    dyads_release(&d);
}

/* The variance of a share of people drawn with replacement is known. */
static void test_people_variance(void **state)
{
    enum { MANY = 400 };
    double m[MANY], x[MANY], p = 0;
    struct people people = { MANY, m, x };
    struct clustered_how how = { .95, 0, 3, 20000, 2 };
    struct clustered c;

    (void)state;
    for (int s = 0; s < MANY; s++) {
        m[s] = 2;
        x[s] = s % 5 == 0 ? 2 : s % 2;
        p += x[s] / (2 * MANY);
    }
    double var = 0;
    for (int s = 0; s < MANY; s++)
        var += (x[s] - 2 * p) * (x[s] - 2 * p) / (4. * MANY * MANY);
    assert_int_equal(people_bootstrap(&people, &how, &c, NULL), 0);
    assert_near(c.variance / var, 1, .03);
    assert_near((c.at.hi - c.at.lo) / (2 * 1.96 * sqrt(var)), 1, .03);
}

static void test_percentiles(void **state)
{
    double v[] = { 5, NAN, 1, 3, 2, 4 };
    struct interval at = { 3, 0, 0 };

    (void)state;
    bootstrap_percentiles(v, 6, .8, &at); /* numpy.percentile([1..5], [10, 90]) */
    assert_near(at.lo, 1.4, 1e-15);
    assert_near(at.hi, 4.6, 1e-15);
    bootstrap_percentiles(v + 1, 1, .8, &at);
    assert_true(isnan(at.lo) && isnan(at.hi));
}

/* FNMR@FMR of one set of weights, the long way. */
static double fnmr_by_hand(const struct fnmr_at_fmr *f, const struct cohort *c,
                           const uint16_t *w, int k, double *threshold)
{
    double total = 0, mated = 0, missed = 0;

    for (int s = 0; s < PEOPLE; s++)
        for (int t = s + 1; t < PEOPLE; t++)
            total += c->m[s][t] * w[s * LANES + k] * w[t * LANES + k];
    *threshold = total > 0 ? nextafterf(f->exceedances[0].score, INFINITY) : NAN;
    for (size_t i = 0; i < f->n_exceedances; i++) { /* is this score low enough? */
        double at = f->exceedances[i].score, matches = 0, here = 0;
        for (size_t j = 0; j < f->n_exceedances; j++) {
            const struct scored_dyad *e = &f->exceedances[j];
            double both = w[e->s * LANES + (size_t)k] * w[e->t * LANES + (size_t)k];
            matches += e->score >= at ? both : 0;
            here += e->score == at ? both : 0;
        }
        if (here > 0 && matches <= f->target * total && at < *threshold)
            *threshold = at;
    }
    for (size_t i = 0; i < f->n_mated; i++) {
        double weight = w[f->mated[i].s * LANES + (size_t)k];
        mated += weight;
        missed += f->mated[i].score < *threshold ? weight : 0;
    }
    return total > 0 && mated > 0 ? missed / mated : NAN;
}

static int descending(const void *a, const void *b)
{
    const struct scored_dyad *p = a, *q = b;

    return (p->score < q->score) - (p->score > q->score);
}

static int ascending(const void *a, const void *b)
{
    const struct scored_person *p = a, *q = b;

    return (p->score > q->score) - (p->score < q->score);
}

static void test_fnmr_at_fmr(void **state)
{
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    uint64_t seed = 21;

    (void)state;
    for (int i = 0; i < (under_valgrind() ? 8 : 40); i++) {
        struct dyads d;
        struct cohort c;
        struct scored_dyad list[4096];
        struct scored_person mated[60];
        uint32_t stratum[PEOPLE];
        struct strata strata;
        struct fnmr_at_fmr f = { .nonmated = &d, .exceedances = list, .mated = mated,
                                 .n_mated = ARRAY_SIZE(mated), .target = .1,
                                 .stratum = stratum, .strata = 2 };
        struct clustered_how how = { .95, 0, 77, 8 * LANES, 2 };
        struct fnmr_at_fmr_result got;
        double fnmr[8 * LANES], threshold[8 * LANES];
        uint16_t w[PEOPLE * LANES], ones[PEOPLE * LANES];

        draw_cohort(&seed, i % 4, &d, &c);
        for (uint32_t s = 0; s < PEOPLE; s++) {
            stratum[s] = s < 5;
            for (uint32_t t = s + 1; t < PEOPLE; t++)
                for (int k = 0; k < c.m[s][t]; k++) /* coarse: many ties */
                    list[f.n_exceedances++] = (struct scored_dyad){
                        s, t, (float)(next(&seed) % (i % 2 ? 12 : 1000)) };
        }
        for (size_t k = 0; k < f.n_mated; k++)
            mated[k] = (struct scored_person){ next(&seed) % PEOPLE,
                                               (float)(next(&seed) % 1200) };
        qsort(list, f.n_exceedances, sizeof *list, descending);
        qsort(mated, f.n_mated, sizeof *mated, ascending);
        assert_int_equal(bootstrap_fnmr_at_fmr(&f, &how, &got, NULL), 0);
        strata_init(&strata, stratum, 2, PEOPLE);
        for (size_t block = 0; block < 8; block++) {
            resample_draw(&strata, RESAMPLE_PEOPLE, 77, block * LANES, rng, w);
            for (int k = 0; k < LANES; k++)
                fnmr[block * LANES + (size_t)k] =
                    fnmr_by_hand(&f, &c, w, k, &threshold[block * LANES + (size_t)k]);
        }
        struct interval by_hand = { got.fnmr.estimate, 0, 0 }, steps = { 0, 0, 0 };
        bootstrap_percentiles(fnmr, ARRAY_SIZE(fnmr), .95, &by_hand);
        interval_clip(&by_hand, 0, 1);
        bootstrap_percentiles(threshold, ARRAY_SIZE(threshold), .95, &steps);
        assert_true(got.fnmr.lo == by_hand.lo && got.fnmr.hi == by_hand.hi);
        assert_near(got.thresholds.lo, steps.lo, 1e-9);
        assert_near(got.thresholds.hi, steps.hi, 1e-9);
        for (size_t k = 0; k < ARRAY_SIZE(ones); k++)
            ones[k] = 1;
        double at;
        assert_true(got.fnmr.estimate == fnmr_by_hand(&f, &c, ones, 0, &at));
        assert_true(got.threshold == at && got.fmr <= f.target);
        strata_release(&strata);
        dyads_release(&d);
    }
    gsl_rng_free(rng);
}

/* EER of one set of weights, the long way: FMR and FNMR at every score from the top. */
static double eer_by_hand(const struct eer_of *f, const struct cohort *c, const uint16_t *w,
                          int k)
{
    double total = 0, mated = 0, before[2] = { 0, 1 }, score = INFINITY;

    for (int s = 0; s < PEOPLE; s++)
        for (int t = s + 1; t < PEOPLE; t++)
            total += c->m[s][t] * w[s * LANES + k] * w[t * LANES + k];
    for (size_t i = 0; i < f->n_mated; i++)
        mated += w[f->mated[i].s * LANES + (size_t)k];
    while (total > 0 && mated > 0) {
        double next = -INFINITY, matches = 0, missed = 0;
        for (size_t i = 0; i < f->n_high; i++)
            if (f->high[i].score < score)
                next = fmax(next, f->high[i].score);
        for (size_t i = 0; i < f->n_mated; i++)
            if (f->mated[i].score < score && f->mated[i].score >= f->floor)
                next = fmax(next, f->mated[i].score);
        if (isinf(next))
            return 1; /* below the floor */
        for (size_t i = 0; i < f->n_high; i++)
            if (f->high[i].score >= next)
                matches += (double)w[f->high[i].s * LANES + (size_t)k] *
                           w[f->high[i].t * LANES + (size_t)k];
        for (size_t i = 0; i < f->n_mated; i++)
            if (f->mated[i].score < next)
                missed += w[f->mated[i].s * LANES + (size_t)k];
        double fmr = matches / total, fnmr = missed / mated;
        if (fnmr <= fmr) { /* the lines from (before) to here */
            double part = (before[1] - before[0]) / (before[1] - before[0] - (fnmr - fmr));
            return before[0] + part * (fmr - before[0]);
        }
        before[0] = fmr;
        before[1] = fnmr;
        score = next;
    }
    return NAN;
}

static void test_eer(void **state)
{
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    uint64_t seed = 5;
    size_t beyond = 0, refused = 0;

    (void)state;
    for (int i = 0; i < (under_valgrind() ? 8 : 24); i++) {
        struct dyads d;
        struct cohort c;
        struct scored_dyad list[4096];
        struct scored_person mated[60];
        struct strata strata;
        struct eer_of f = { .nonmated = &d, .high = list, .mated = mated,
                            .n_mated = ARRAY_SIZE(mated),
                            .floor = i % 3 ? -INFINITY : i % 2 ? 5 : 600 };
        struct clustered_how how = { .95, 0, 9, 4 * LANES, 2 };
        struct eer_result got;
        double eer[4 * LANES];
        uint16_t w[PEOPLE * LANES];
        size_t unreached = 0;

        draw_cohort(&seed, i % 4, &d, &c);
        for (uint32_t s = 0; s < PEOPLE; s++)
            for (uint32_t t = s + 1; t < PEOPLE; t++)
                for (int k = 0; k < c.m[s][t]; k++) {
                    float score = (float)(next(&seed) % (i % 2 ? 12 : 1000));
                    if (score >= f.floor)
                        list[f.n_high++] = (struct scored_dyad){ s, t, score };
                }
        for (size_t k = 0; k < f.n_mated; k++)
            mated[k] = (struct scored_person){
                next(&seed) % PEOPLE, (float)(next(&seed) % (i % 2 ? 12 : 1000)) * 1.3f };
        qsort(list, f.n_high, sizeof *list, descending);
        qsort(mated, f.n_mated, sizeof *mated, ascending);
        for (size_t k = 0; k < ARRAY_SIZE(w); k++)
            w[k] = 1;
        double at = eer_by_hand(&f, &c, w, 0);
        if (at == 1) {
            assert_int_equal(bootstrap_eer(&f, &how, &got, NULL), ERR_INPUT);
            dyads_release(&d);
            refused++;
            continue;
        }
        assert_int_equal(bootstrap_eer(&f, &how, &got, NULL), 0);
        strata_of_dyads(&strata, &d);
        for (size_t block = 0; block < 4; block++) {
            resample_draw(&strata, RESAMPLE_PEOPLE, 9, block * LANES, rng, w);
            for (int k = 0; k < LANES; k++) {
                eer[block * LANES + (size_t)k] = eer_by_hand(&f, &c, w, k);
                unreached += eer[block * LANES + (size_t)k] == 1;
            }
        }
        struct interval by_hand = { at, 0, 0 };
        bootstrap_percentiles(eer, ARRAY_SIZE(eer), .95, &by_hand);
        assert_near(got.eer.estimate, at, 1e-15);
        assert_near(got.eer.lo, by_hand.lo, 1e-12);
        assert_near(got.eer.hi, by_hand.hi, 1e-12);
        assert_int_equal(got.unreached, unreached);
        beyond += unreached;
        strata_release(&strata);
        dyads_release(&d);
    }
    assert_true(beyond > 0 && refused > 0);
    gsl_rng_free(rng);
}

/* Drawing people again tells how far an EER varies: of scores whose EER is known, 5 %, the
 * interval holds it about as often as it says. */
static void test_eer_holds(void **state)
{
    enum { G = 40, COHORTS = 60 };
    const double apart = 2 * 1.6448536269514722; /* of normal scores: EER = Q(apart / 2) */
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    struct clustered_how how = { .95, 0, 1, 12 * LANES, 1 };
    struct scored_dyad *list = mem_array(G * G * 2, sizeof *list);
    struct scored_person mated[G * 3];
    uint32_t two[G];
    int held = 0, cohorts = under_valgrind() ? 2 : COHORTS;

    (void)state;
    gsl_rng_set(rng, 3);
    for (int i = 0; i < cohorts; i++) {
        struct eer_of f = { .high = list, .mated = mated, .n_mated = ARRAY_SIZE(mated),
                            .floor = -INFINITY };
        struct eer_result got;
        struct dyads d;
        double own[G];
        for (uint32_t s = 0; s < G; s++) {
            two[s] = 2;
            own[s] = gsl_ran_ugaussian(rng);
            for (uint32_t k = 0; k < 3; k++)
                mated[s * 3 + k] = (struct scored_person){
                    s, (float)(apart + sqrt(.3) * own[s] + sqrt(.7) * gsl_ran_ugaussian(rng)) };
        }
        for (uint32_t s = 0; s < G; s++)
            for (uint32_t t = s + 1; t < G; t++)
                for (int k = 0; k < 4; k++)
                    list[f.n_high++] = (struct scored_dyad){
                        s, t, (float)(sqrt(.1) * (own[s] + own[t]) +
                                      sqrt(.8) * gsl_ran_ugaussian(rng)) };
        qsort(list, f.n_high, sizeof *list, descending);
        qsort(mated, f.n_mated, sizeof *mated, ascending);
        dyads_within(&d, two, G);
        f.nonmated = &d;
        how.seed = (uint64_t)i;
        assert_int_equal(dyads_close(&d, NULL), 0);
        assert_int_equal(bootstrap_eer(&f, &how, &got, NULL), 0);
        held += got.eer.lo <= .05 && .05 <= got.eer.hi;
        dyads_release(&d);
    }
    assert_in_range(held, cohorts * 85 / 100, cohorts);
    free(list);
    gsl_rng_free(rng);
}

/* A short list is a fault in the sample, and counted in replicates. */
static void test_fnmr_short_list(void **state)
{
    struct err err = ERR_INIT;
    uint32_t images[PEOPLE], stratum[PEOPLE] = { 0 };
    struct scored_dyad list[] = { { 0, 1, 9 }, { 2, 3, 8 }, { 4, 5, 7 }, { 6, 7, 6 } };
    struct scored_person mated[] = { { 0, 5 }, { 1, 6.5f }, { 2, 20 } };
    struct dyads d;
    struct clustered_how how = CLUSTERED_DEFAULTS;
    struct fnmr_at_fmr_result got;

    (void)state;
    for (int i = 0; i < PEOPLE; i++)
        images[i] = 1;
    dyads_within(&d, images, PEOPLE);
    struct fnmr_at_fmr f = { &d, list, 4, mated, 3, 2. / 66, stratum, 1 };
    assert_int_equal(bootstrap_fnmr_at_fmr(&f, &how, &got, &err), 0);
    assert_near(got.threshold, 8, 0);
    assert_near(got.false_matches, 2, 0);
    assert_near(got.fnmr.estimate, 2. / 3, 1e-15);
    assert_true(got.unreached > 0);
    f.target = .1;
    assert_int_equal(bootstrap_fnmr_at_fmr(&f, &how, &got, &err), ERR_INPUT);
    assert_fault_says(&err, "only 4 scores are listed");
    f.target = .01; /* not one false match is allowed */
    assert_int_equal(bootstrap_fnmr_at_fmr(&f, &how, &got, &err), 0);
    assert_true(got.threshold > 9 && got.fmr == 0);
    list[2].score = 10;
    assert_int_equal(bootstrap_fnmr_at_fmr(&f, &how, &got, &err), ERR_INPUT);
    assert_fault_says(&err, "out of order");
    dyads_release(&d);
}

/* Two backends: their common people cancel. */
static void test_paired(void **state)
{
    enum { MANY = 60 };
    uint32_t images[MANY], stratum[MANY];
    uint32_t some[2][MANY] = { { 0 } };
    struct dyads first, second, group[2][2];
    struct clustered_how how = CLUSTERED_DEFAULTS;
    struct interval same, other, gini;
    double p;
    size_t used;
    uint64_t seed = 31;

    (void)state;
    for (int i = 0; i < MANY; i++) {
        images[i] = 2;
        stratum[i] = i % 2;
        some[i % 2][i] = 2;
    }
    dyads_within(&first, images, MANY);
    dyads_within(&second, images, MANY);
    for (int b = 0; b < 2; b++)
        for (int g = 0; g < 2; g++)
            dyads_within(&group[b][g], some[g], MANY);
    for (uint32_t s = 0; s < MANY; s++)
        for (uint32_t t = s + 1; t < MANY; t++) {
            bool errs = next(&seed) % 20 == 0, better = errs && next(&seed) % 3;
            if (errs)
                dyads_add(&first, s, t, 1);
            if (better)
                dyads_add(&second, s, t, 1);
            if (stratum[s] == stratum[t] && errs) {
                dyads_add(&group[0][stratum[s]], s, t, stratum[s] ? 4 : 1);
                dyads_add(&group[1][stratum[s]], s, t, 1);
            }
        }
    struct dyads *all[] = { &first, &second, &group[0][0], &group[0][1], &group[1][0],
                            &group[1][1] };
    for (size_t i = 0; i < ARRAY_SIZE(all); i++)
        assert_int_equal(dyads_close(all[i], NULL), 0);
    struct sampled a = { &first, NULL }, b = { &second, NULL };
    assert_int_equal(bootstrap_paired(&a, &a, 1, NULL, stratum, 2, MANY, &how, &same, &p,
                                      &used, NULL), 0);
    assert_true(same.estimate == 0 && same.lo == 0 && same.hi == 0 && p == 1);
    assert_int_equal(used, how.replicates);
    assert_int_equal(bootstrap_paired(&a, &b, 1, NULL, stratum, 2, MANY, &how, &other, &p,
                                      NULL, NULL), 0);
    assert_true(other.lo > 0 && other.lo < other.estimate && other.hi > other.estimate);
    assert_near(p, 1. / 2001, 1e-15);
    struct sampled before[] = { { &group[0][0], NULL }, { &group[0][1], NULL } };
    struct sampled after[] = { { &group[1][0], NULL }, { &group[1][1], NULL } };
    assert_int_equal(bootstrap_paired(before, after, 2, disparity_gini, stratum, 2, MANY,
                                      &how, &gini, &p, NULL, NULL), 0);
    struct sampled four[] = { before[0], before[1], after[0], after[1] };
    double *rate = mem_array(4 * how.replicates, sizeof *rate);
    double *differences = mem_array(how.replicates, sizeof *differences);
    struct interval by_hand = gini;
    bootstrap_rates(four, 4, stratum, 2, MANY, false, &how, rate);
    for (size_t i = 0; i < how.replicates; i++)
        differences[i] = disparity_gini(rate + 4 * i, 2) -
                         disparity_gini(rate + 4 * i + 2, 2);
    bootstrap_percentiles(differences, how.replicates, .95, &by_hand);
    assert_true(gini.lo == by_hand.lo && gini.hi == by_hand.hi && gini.lo < gini.hi);
    assert_true(gini.estimate > .5);
    free(rate);
    free(differences);
    for (size_t i = 0; i < ARRAY_SIZE(all); i++)
        dyads_release(all[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_pairs),
        cmocka_unit_test(test_weights),
        cmocka_unit_test(test_threads),
        cmocka_unit_test(test_people_variance),
        cmocka_unit_test(test_percentiles),
        cmocka_unit_test(test_fnmr_at_fmr),
        cmocka_unit_test(test_eer),
        cmocka_unit_test(test_eer_holds),
        cmocka_unit_test(test_fnmr_short_list),
        cmocka_unit_test(test_paired),
    };

    return cmocka_run_group_tests_name("resample", tests, start_stats, NULL);
}
