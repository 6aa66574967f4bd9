/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Changes from one run to another, and what a gate decides of them. */
#include "test.h"

#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <string.h>

#include "stats/decide.h"
#include "stats/difference.h"
#include "stats/paired.h"
#include "stats/power.h"
#include "stats/steps.h"
#include "stats/versus.h"

static struct versus_group counts(int64_t x1, int64_t n1, int64_t x2, int64_t n2)
{
    struct versus_group g = { .table = false };

    g.before.rate = (struct rate){ .x = x1, .n = n1 };
    g.after.rate = (struct rate){ .x = x2, .n = n2 };
    return g;
}

static struct versus of(enum versus_kind kind, struct versus_group *g, size_t n)
{
    return (struct versus){ .kind = kind, .groups = g, .n = n };
}

static void test_unpaired_is_newcombe(void **state)
{
    struct versus_group g = counts(48, 80, 56, 70);
    struct versus v = of(VERSUS_RATE, &g, 1);
    struct interval got, want;

    (void)state;
    assert_int_equal(versus_change(&v, .95, &got, NULL), 0);
    /* Newcombe 1998, Stat. Med. 17:873-890, table II: 56/70 - 48/80, method 10 */
    assert_int_equal(difference_newcombe(56, 70, 48, 80, .95, &want, NULL), 0);
    assert_true(fabs(got.lo - .0524) < 5e-5 && fabs(got.hi - .3339) < 5e-5);
    assert_true(fabs(got.lo - want.lo) < 1e-12 && fabs(got.hi - want.hi) < 1e-12);
    assert_int_equal(versus_bond(&v), VERSUS_UNPAIRED);
    assert_string_equal(versus_method(&v), "mover");
}

static void test_paired_is_mcnemar(void **state)
{
    struct versus_group g = counts(20, 100, 9, 100);
    struct versus v = of(VERSUS_RATE, &g, 1);
    struct interval got, want;
    double p, q;

    (void)state;
    g.table = true;
    g.both = 8;
    g.only_before = 12;
    g.only_after = 1;
    g.neither = 79;
    assert_int_equal(versus_change(&v, .95, &got, NULL), 0);
    assert_int_equal(paired_interval(8, 1, 12, 79, .95, &want, &q, NULL), 0);
    assert_true(fabs(got.estimate + .11) < 1e-12 && got.lo == want.lo && got.hi == want.hi);
    assert_int_equal(versus_test(&v, &p, NULL), 0);
    assert_true(fabs(p - 2 * 14. / 8192) < 1e-12); /* 2·(1 + 13)/2^13 */
    assert_int_equal(versus_bond(&v), VERSUS_PAIRED);
}

/* The same people in both runs: what they share cancels. */
static void test_shared_people(void **state)
{
    enum { N = 200 };
    uint32_t subject[N];
    double trials[N], before[N], after[N], x1 = 0, x2 = 0;
    struct versus_group g, apart;
    struct versus v = of(VERSUS_RATE, &g, 1), w = of(VERSUS_RATE, &apart, 1);
    struct interval shared, unpaired;

    (void)state;
    for (uint32_t i = 0; i < N; i++) {
        subject[i] = i;
        trials[i] = 4;
        before[i] = i % 5 == 0 ? 3 : 0;
        after[i] = i % 5 == 0 ? 3 : i % 50 == 1 ? 1 : 0;
        x1 += before[i];
        x2 += after[i];
    }
    struct tally_people one = { N, subject, trials, before };
    struct tally_people other = { N, subject, trials, after };
    g = counts((int64_t)x1, 4 * N, (int64_t)x2, 4 * N);
    apart = g;
    g.before.rate.people = &one;
    g.after.rate.people = &other;
    assert_int_equal(versus_change(&v, .95, &shared, NULL), 0);
    assert_int_equal(versus_change(&w, .95, &unpaired, NULL), 0);
    assert_int_equal(versus_bond(&v), VERSUS_SHARED);
    assert_true(shared.hi - shared.lo < .2 * (unpaired.hi - unpaired.lo));
    assert_true(fabs(shared.estimate - unpaired.estimate) < 1e-12);
}

static void test_gap_and_ratio(void **state)
{
    struct versus_group g[2] = { counts(30, 300, 60, 300), counts(15, 300, 15, 300) };
    struct versus gap = of(VERSUS_DIFFERENCE, g, 2), ratio = of(VERSUS_RATIO, g, 2);
    struct versus spread = of(VERSUS_SPREAD, g, 2);
    struct interval at, first, second;

    (void)state;
    assert_int_equal(versus_change(&gap, .95, &at, NULL), 0);
    assert_true(fabs(at.estimate - .1) < 1e-12);
    struct versus one = of(VERSUS_RATE, &g[0], 1), two = of(VERSUS_RATE, &g[1], 1);
    versus_change(&one, .95, &first, NULL);
    versus_change(&two, .95, &second, NULL);
    assert_true(fabs(at.lo - (.1 - hypot(.1 - first.lo, second.hi))) < 1e-12);
    assert_int_equal(versus_change(&ratio, .95, &at, NULL), 0);
    assert_true(fabs(at.estimate - 2) < 1e-12 && at.lo > .5 && at.lo < 1 && at.hi < 6);
    assert_int_equal(versus_change(&spread, .95, &at, NULL), 0);
    assert_true(fabs(at.estimate - 2) < 1e-12 && at.lo < 1); /* the projection is wide */
    assert_int_equal(versus_level(&ratio, VERSUS_AFTER, .95, &at, NULL), 0);
    assert_true(fabs(at.estimate - 4) < 1e-12);
}

/* A quotient by nothing has no estimate, and is never decided. */
static void test_nothing_to_divide_by(void **state)
{
    struct versus_group g[2] = { counts(0, 100, 5, 100), counts(10, 100, 10, 100) };
    struct versus v = of(VERSUS_RATIO, g, 2);
    struct interval at;
    double p;

    (void)state;
    assert_int_equal(versus_change(&v, .95, &at, NULL), 0);
    assert_true(isnan(at.estimate) && at.lo == 0 && isinf(at.hi));
    assert_int_equal(versus_change_p(&v, 1.5, &p, NULL), 0);
    assert_true(p == 1);
}

static void test_summary(void **state)
{
    struct measured m = { .rate = { .x = 40, .n = 400 }, .summary = true, .n_eff = 100,
                          .df = INFINITY };
    struct measured none = { .rate = { .x = 0, .n = 400 }, .summary = true, .n_eff = NAN,
                             .df = NAN, .lo = 0, .hi = 1 - pow(.025, 1. / 50),
                             .confidence = .95 };
    struct interval at;

    (void)state;
    assert_int_equal(measured_limits(&m, .95, &at, NULL), 0);
    /* Wilson of 10 of 100 */
    assert_true(fabs(at.lo - .05523) < 1e-5 && fabs(at.hi - .17437) < 1e-5);
    assert_int_equal(measured_limits(&none, .99, &at, NULL), 0);
    assert_true(fabs(at.hi - (1 - pow(.005, 1. / 50))) < 1e-12 && at.lo == 0);
}

static int change(const void *about, double confidence, struct interval *out, struct err *err)
{
    return versus_change(about, confidence, out, err);
}

static struct decide rise(const struct versus *v, double margin)
{
    return (struct decide){ .limits = change, .about = v, .margin = margin, .bound = NAN };
}

static void test_decide(void **state)
{
    struct versus_group g[3] = { counts(50, 1000, 50, 1000), counts(50, 1000, 120, 1000),
                                 counts(5, 100, 7, 100) };
    struct versus v[3];
    struct decide t[3];

    (void)state;
    for (int i = 0; i < 3; i++) {
        v[i] = of(VERSUS_RATE, &g[i], 1);
        t[i] = rise(&v[i], .03);
    }
    assert_int_equal(decide(t, 3, .95, NULL), 0);
    assert_int_equal(t[0].decision, DECISION_PASS);
    assert_int_equal(t[1].decision, DECISION_FAIL);
    assert_int_equal(t[2].decision, DECISION_OPEN);
    assert_true(t[1].near > .03 && t[1].near < t[1].at.lo); /* adjusted: farther out */
    assert_true(t[1].p_adj >= 3 * t[1].p * .999 && t[1].p_adj < .05);
    assert_true(t[0].p == 1 && t[2].p == 1);

    /* an estimate within, an upper limit that may be wider */
    t[0] = rise(&v[2], .03);
    t[0].bound = .2;
    assert_int_equal(decide(t, 1, .95, NULL), 0);
    assert_int_equal(t[0].decision, DECISION_PASS);
    t[0].margin = .01;
    assert_int_equal(decide(t, 1, .95, NULL), 0);
    assert_int_equal(t[0].decision, DECISION_OPEN);
}

static void test_times(void **state)
{
    struct decide_times times = { log(.8), .02, INFINITY };
    struct decide t = { .limits = decide_times_limits, .about = &times, .ratio = true,
                        .least = true, .margin = .9, .bound = NAN };
    double apart[] = { .03, .01, .02, .5, .02 };

    (void)state;
    assert_int_equal(decide(&t, 1, .95, NULL), 0);
    assert_int_equal(t.decision, DECISION_FAIL);
    assert_true(fabs(t.near - .8 * exp(1.959964 * .02)) < 1e-6);
    times.log_ratio = log(.99);
    assert_int_equal(decide(&t, 1, .95, NULL), 0);
    assert_int_equal(t.decision, DECISION_PASS);
    times.log_ratio = log(.89);
    assert_int_equal(decide(&t, 1, .95, NULL), 0);
    assert_int_equal(t.decision, DECISION_OPEN);
    assert_true(fabs(decide_noise(apart, 5) - .02 / .6745 / sqrt(2)) < 1e-12);
}

/* bench/perf/gate in small: eight groups of 800 fresh people, 200 nights. */
static void test_false_alarms_and_power(void **state)
{
    enum { GROUPS = 8, NIGHTS = 200, PEOPLE = 800 };
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    const struct power_plan plan = { .trials = POWER_PEOPLE, .subjects = PEOPLE, .images = 1,
                                     .confidence = 1 - .05 / GROUPS };
    double ratio;
    int alarms = 0, found = 0, half = 0;

    (void)state;
    assert_int_equal(power_ratio(&plan, .05, .9, &ratio, NULL), 0);
    for (int planted = 0; planted < 3; planted++)
        for (int night = 0; night < NIGHTS; night++) {
            struct versus_group g[GROUPS];
            struct versus v[GROUPS];
            struct decide t[GROUPS];
            double p = planted == 1 ? .05 * ratio : planted == 2 ? .05 * (1 + ratio) / 2 : .05;
            bool fail = false;
            for (int i = 0; i < GROUPS; i++) {
                g[i] = counts(gsl_ran_binomial(rng, .05, PEOPLE), PEOPLE,
                              gsl_ran_binomial(rng, i ? .05 : p, PEOPLE), PEOPLE);
                v[i] = of(VERSUS_RATE, &g[i], 1);
                t[i] = rise(&v[i], 0);
            }
            assert_int_equal(decide(t, GROUPS, .95, NULL), 0);
            for (int i = 0; i < GROUPS; i++)
                fail |= t[i].decision == DECISION_FAIL;
            alarms += planted == 0 && fail;
            found += planted == 1 && t[0].decision == DECISION_FAIL;
            half += planted == 2 && t[0].decision == DECISION_FAIL;
        }
    gsl_rng_free(rng);
    /* at most 2.5 % and 90 %, with three standard errors of 200 nights */
    assert_true(alarms <= 200 * (.025 + 3 * .011));
    assert_true(found >= 200 * (.9 - 3 * .0212));
    assert_true(half < found / 2);
}

static void test_steps(void **state)
{
    struct steps_night y[60];
    struct steps s;
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    int alarms = 0;

    (void)state;
    for (size_t i = 0; i < 60; i++)
        y[i] = (struct steps_night){ (i < 40 ? .1 : .2) + (i % 3 ? .005 : -.005), .01, .001 };
    y[20].value = .17; /* one night is no step */
    steps_find(y, 60, &s);
    assert_int_equal(s.n, 1);
    assert_int_equal(s.steps[0].at, 40);
    assert_true(fabs(s.steps[0].after - s.steps[0].before - .1) < .011);
    assert_true(s.level[0] == s.level[39] && s.level[40] == s.level[59]);
    steps_release(&s);
    steps_find(y, 4, &s);
    assert_int_equal(s.n, 0);
    steps_release(&s);
    for (int series = 0; series < 300; series++) {
        for (size_t i = 0; i < 60; i++)
            y[i] = (struct steps_night){ gsl_ran_gaussian(rng, 1), 1, 0 };
        steps_find(y, 60, &s);
        alarms += s.n > 0;
        steps_release(&s);
    }
    gsl_rng_free(rng);
    assert_true(alarms <= 8); /* 1 % and three standard errors of 300 series */
}

/* Always the same number is no noise, and the least change is a step. */
static void test_steps_without_noise(void **state)
{
    struct steps_night y[30];
    struct steps s;

    (void)state;
    for (size_t i = 0; i < 30; i++)
        y[i] = (struct steps_night){ i < 15 ? .1 : .11, .01, .0005 };
    steps_find(y, 30, &s);
    assert_int_equal(s.n, 1);
    assert_int_equal(s.steps[0].at, 15);
    steps_release(&s);
    for (size_t i = 0; i < 30; i++)
        y[i].value = .1;
    steps_find(y, 30, &s);
    assert_int_equal(s.n, 0);
    steps_release(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_unpaired_is_newcombe),
        cmocka_unit_test(test_paired_is_mcnemar),
        cmocka_unit_test(test_shared_people),
        cmocka_unit_test(test_gap_and_ratio),
        cmocka_unit_test(test_nothing_to_divide_by),
        cmocka_unit_test(test_summary),
        cmocka_unit_test(test_decide),
        cmocka_unit_test(test_times),
        cmocka_unit_test(test_false_alarms_and_power),
        cmocka_unit_test(test_steps),
        cmocka_unit_test(test_steps_without_noise),
    };
    stats_start();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
