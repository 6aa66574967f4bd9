/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Distributions, intervals of one rate and exact tests: published values, what
 * must hold of any interval, and the counts at which software is known to fail.
 * Contrasts and spreads: test_contrast; other people's software: test_oracle.
 */
#include "test.h"

#include "near.h"
#include "stats/adjust.h"
#include "stats/dist.h"
#include "stats/exact.h"
#include "stats/methods.h"
#include "stats/proportion.h"
#include "stats/root.h"

#define BILLION INT64_C(1000000000)

static struct interval rate(const char *name, int64_t x, int64_t n, double confidence)
{
    const struct method *m = method_find(name);
    struct interval out;

    assert_non_null(m);
    assert_int_equal(m->proportion(x, n, confidence, &out, NULL), 0);
    return out;
}

static void test_published_rates(void **state)
{
    static const struct {
        const char *method;
        int64_t x, n;
        double lo, hi, within;
    } rows[] = {
        /* R, package binom */
        { "wilson", 18, 20, .6989663547715128, .972133518786232, 1e-14 },
        { "wilson", 4, 20, .0806576625797981, .4160174322518935, 1e-14 },
        { "clopper-pearson", 18, 20, .6830172859809176, .9876514728297052, 1e-14 },
        { "clopper-pearson", 4, 20, .05733399705003284, .436614002996668, 1e-14 },
        { "clopper-pearson", 0, 30, 0, .11570331, 5e-9 },
        { "clopper-pearson", 1, 30, 8.435709e-4, .17216946, 5e-9 },
        { "agresti-coull", 18, 20, .6867561125596077, .984343760998137, 1e-14 },
        /* Newcombe 1998, Stat. Med. 17:857-872, table I, method 3 */
        { "wilson", 0, 20, 0, .1611, 5e-5 },
        { "wilson", 15, 148, .0624, .1605, 5e-5 },
        { "wilson", 1, 29, .0061, .1718, 5e-5 },
        /* Arithmetic, for counts of the studies shipped */
        { "wilson", 28, 535, .03646, .07460, 5e-6 },
        { "wilson", 85, 271, .2613, .3712, 5e-5 },
        { "wilson", 0, 386, 0, .0099, 5e-5 },
        /* Closed forms: 1 - (alpha/2)^(1/n), 1 - alpha^(1/n) */
        { "clopper-pearson", 0, 10, 0, .308497107818761, 1e-15 },
        { "mid-p", 0, 10, 0, 0.2588655508930523, 1e-15 },
        { "mid-p", 1, 1, .05, 1, 1e-15 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct interval at = rate(rows[i].method, rows[i].x, rows[i].n, .95);
        assert_near(at.lo, rows[i].lo, rows[i].within);
        assert_near(at.hi, rows[i].hi, rows[i].within);
    }
}

/* Fogliato, Patil & Perona 2024 (arXiv 2306.01198): x of n = 50 of 100 with a
 * variance of 1, that is an effective n of p(1 - p)/1 = .25. */
static void test_wilson_effective(void **state)
{
    struct interval at;

    (void)state;
    wilson_limits(.5 * .25, .25, normal_two_sided(.95), &at);
    assert_near(at.estimate, .5, 0);
    assert_near(at.lo, .015516486400631463, 1e-15);
    assert_near(at.hi, .9844835135993687, 1e-15);
}

static const int64_t sizes[] = { 1, 2, 3, 10, 29, 148, 10000, 1000000, BILLION,
                                 COUNT_MAX };
#define N_SIZES (sizeof sizes / sizeof *sizes)

/* Ends, their neighbours and the middle. */
#define N_COUNTS 8
static void counts_of(int64_t n, int64_t count[N_COUNTS])
{
    int64_t all[N_COUNTS] = { 0, 1, 2, n / 3, n / 2, n - 2, n - 1, n };

    for (int i = 0; i < N_COUNTS; i++)
        count[i] = all[i] < 0 ? 0 : all[i] > n ? n : all[i];
}

static void test_rates_hold_their_shape(void **state)
{
    static const double levels[] = { .3, .5, .9, .95, .99, .999999 };
    size_t n_methods;
    const struct method *m = method_table(&n_methods);

    (void)state;
    for (const struct method *end = m + n_methods; m < end; m++) {
        if (!(m->quantities & FOR_PROPORTION))
            continue;
        for (size_t s = 0; s < N_SIZES; s++) {
            int64_t n = sizes[s], count[N_COUNTS];
            counts_of(n, count);
            for (int k = 0; k < N_COUNTS; k++) {
                int64_t x = count[k];
                struct interval inner = { (double)x / (double)n, 1, 0 };
                for (size_t c = 0; c < sizeof levels / sizeof *levels; c++) {
                    struct interval at = rate(m->name, x, n, levels[c]);
                    struct interval mirror = rate(m->name, n - x, n, levels[c]);
                    assert_true(0 <= at.lo && at.hi <= 1);
                    assert_true(at.lo <= at.estimate && at.estimate <= at.hi);
                    assert_true(at.estimate == inner.estimate);
                    /* grows with confidence, and is never a point */
                    assert_true(at.lo <= inner.lo && at.hi >= inner.hi);
                    assert_true(n == COUNT_MAX || at.lo < at.hi);
                    assert_near(1 - mirror.hi, at.lo, 3e-16);
                    assert_near(1 - mirror.lo, at.hi, 3e-16);
                    if (x == 0)
                        assert_true(at.lo == 0);
                    if (x == n)
                        assert_true(at.hi == 1);
                    inner = at;
                }
                /* a hit more moves no limit down, but for rounding */
                if (x < n) {
                    struct interval a = rate(m->name, x, n, .95);
                    struct interval b = rate(m->name, x + 1, n, .95);
                    assert_true(a.lo <= b.lo + 4e-16 && a.hi <= b.hi + 4e-16);
                }
            }
        }
    }
}

/* The limits of exact methods meet their definitions at any size. */
static void test_clopper_pearson_by_definition(void **state)
{
    static const int64_t cases[][2] = {
        { 100, 10000000 }, { 10, BILLION }, { 1, 1000000 }, { BILLION / 2, BILLION },
        { 5000000, 10000000 }, { 999999999, BILLION }, { 7, 20 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double x = (double)cases[i][0], n = (double)cases[i][1], log_p;
        struct interval at = rate("clopper-pearson", cases[i][0], cases[i][1], .9);
        struct interval mid = rate("mid-p", cases[i][0], cases[i][1], .9);
        /* where 1 - lo has few digits the test, not the limit, is inexact */
        double within = n > 1e8 && x > .9 * n ? 1e-6 : 1e-9;
        assert_int_equal(beta_log_cdf(x, n - x + 1, at.lo, 1 - at.lo, &log_p, NULL), 0);
        assert_near(exp(log_p), .05, within);
        assert_int_equal(beta_log_cdf(n - x, x + 1, 1 - at.hi, at.hi, &log_p, NULL), 0);
        assert_near(exp(log_p), .05, within);
        assert_int_equal(beta_log_cdf(x + 1, n - x, mid.lo, 1 - mid.lo, &log_p, NULL), 0);
        assert_near(exp(log_p) + exp(binomial_log_pdf(x, n - x, mid.lo, 1 - mid.lo)) / 2,
                    .05, within);
        assert_true(at.lo < mid.lo && mid.hi < at.hi);
    }
}

static void test_jeffreys_ends(void **state)
{
    struct share s;

    (void)state;
    assert_true(rate("jeffreys", 0, 10, .95).lo == 0);
    assert_true(rate("jeffreys", 10, 10, .95).hi == 1);
    assert_int_equal(beta_quantile(10.5, .5, .025, &s, NULL), 0);
    assert_near(rate("jeffreys", 0, 10, .95).hi, s.q, 1e-15);
    /* arcsine law: sin²(pi/2 · .025) */
    assert_int_equal(beta_quantile(.5, .5, .025, &s, NULL), 0);
    assert_near(s.p, .0015413331334360, 1e-15);
}

static void test_quantiles(void **state)
{
    (void)state;
    assert_near(normal_two_sided(.95), 1.959963984540054, 1e-15);
    assert_near(normal_two_sided(1 - 1e-12), 7.130506, 2e-5);
    /* closed forms at 1 and 2 degrees of freedom; R's qt() */
    assert_near(student_two_sided(.95, 1), 12.706204736174698, 1e-12);
    assert_near(student_two_sided(.95, 2), 4.302652729749464, 1e-13);
    assert_near(student_two_sided(.95, 3.006211), 3.178729857097547, 1e-12);
    assert_near(student_two_sided(.95, 1e9), 1.959963986912325, 1e-12);
}

static void test_binomial_log_pdf(void **state)
{
    (void)state;
    assert_near(exp(binomial_log_pdf(2, 3, .5, .5)), 10. / 32, 1e-15);
    assert_near(exp(binomial_log_pdf(0, 5, .25, .75)), pow(.75, 5), 1e-15);
    assert_near(exp(binomial_log_pdf(5, 0, .25, .75)), pow(.25, 5), 1e-17);
    assert_true(binomial_log_pdf(1, 4, 0, 1) == -INFINITY);
    assert_true(binomial_log_pdf(5, 0, 1, 0) == 0);
    /* the middle of a wide one: 1/sqrt(2 pi n p q) (1 - 1/4n) */
    assert_near(exp(binomial_log_pdf(5e14, 5e14, .5, .5)) * sqrt(M_PI / 2 * 1e15), 1,
                1e-14);
}

static double p_of(int code, double p)
{
    assert_int_equal(code, 0);
    return p;
}

static double fisher(int64_t a, int64_t b, int64_t c, int64_t d)
{
    double p = NAN;
    int code = exact_fisher(a, b, c, d, &p, NULL);

    return p_of(code, p);
}

static double mcnemar(int64_t b, int64_t c)
{
    double p = NAN;
    int code = exact_mcnemar(b, c, &p, NULL);

    return p_of(code, p);
}

static double binomial(int64_t x, int64_t n, double p0)
{
    double p = NAN;
    int code = exact_binomial(x, n, p0, &p, NULL);

    return p_of(code, p);
}

static void test_exact_published(void **state)
{
    (void)state;
    assert_near(mcnemar(70, 59), .378688, 5e-7);
    assert_near(mcnemar(80, 59), .089452, 5e-7);
    assert_near(fisher(3, 1, 1, 3), 34. / 70, 1e-15);
    assert_near(fisher(11, 96, 17, 411), .01418, 5e-6);
    assert_near(binomial(0, 10, .5), 2. / 1024, 1e-16);
    assert_near(binomial(1, 10, .1), 1, 0);
}

static void test_exact_ends(void **state)
{
    (void)state;
    assert_true(fisher(0, 0, 0, 0) == 1);
    assert_true(fisher(1, 0, 0, 0) == 1);
    assert_true(fisher(0, 5, 0, 7) == 1);
    assert_true(fisher(0, BILLION, BILLION, 0) == 0);
    assert_true(mcnemar(0, 0) == 1);
    assert_true(mcnemar(0, 1) == 1);
    assert_near(mcnemar(0, 40), ldexp(1, -39), 1e-25);
    assert_true(binomial(0, 7, 0) == 1);
    assert_true(binomial(1, 7, 0) == 0);
    assert_true(binomial(7, 7, 1) == 1);
    assert_true(binomial(6, 7, 1) == 0);
    assert_near(binomial(1, 1, 1e-300) / 1e-300, 1, 1e-12);
}

/* Wide margins: against the normal with Yates's correction, whose error is of the
 * order of 1/variance there; and a table read by rows or by columns is the same. */
static void test_exact_wide(void **state)
{
    double n = 2 * (double)BILLION, sd;

    (void)state;
    sd = sqrt(n) / 4;
    assert_near(fisher(BILLION / 2, BILLION / 2, BILLION / 2 + 10000,
                       BILLION / 2 - 10000),
                erfc(4999.5 / sd / sqrt(2)), 1e-6);
    assert_near(mcnemar(BILLION / 2, BILLION / 2 + 10000),
                erfc(4999.5 / sqrt((double)BILLION + 10000) * 2 / sqrt(2)), 1e-6);
    double p = fisher(10, BILLION - 10, 30, BILLION - 30);
    assert_near(p, mcnemar(10, 30), 1e-9); /* rare events: Poisson given the sum */
    assert_near(fisher(10, 30, BILLION - 10, BILLION - 30), p, 1e-14);
    assert_near(fisher(30, BILLION - 30, 10, BILLION - 10), p, 1e-14);
}

static void test_adjust(void **state)
{
    /* R, p.adjust() */
    const double p[6] = { .00534, .83276, .18806, .00203, .13095, .10761 };
    const double holm[6] = { .0267, .8328, .4304, .0122, .4304, .4304 };
    const double q[10] = { .001, .002, .003, .004, .005, .05, .06, .07, .08, .09 };
    const double bh[10] = { .01, .01, .01, .01, .01, .5 / 6, .6 / 7, .0875, .8 / 9, .09 };
    const double gaps[4] = { NAN, .03, NAN, .02 };
    double out[10];

    (void)state;
    adjust_holm(p, 6, out);
    for (int i = 0; i < 6; i++)
        assert_near(out[i], holm[i], 6e-5);
    adjust_bh(q, 10, out);
    for (int i = 0; i < 10; i++)
        assert_near(out[i], bh[i], 1e-15);
    adjust_holm(gaps, 4, out);
    assert_true(isnan(out[0]) && isnan(out[2]));
    assert_near(out[3], .04, 1e-16);
    assert_near(out[1], .04, 1e-16);
    adjust_bh(gaps, 4, out);
    assert_near(out[3], .03, 1e-16);
    memcpy(out, p, sizeof p);
    adjust_holm(out, 6, out); /* in place */
    assert_near(out[3], .01218, 1e-15);
    adjust_holm(NULL, 0, NULL);
}

static void refuses(int code, struct err *err, const char *why)
{
    assert_int_equal(code, ERR_INPUT);
    assert_int_equal(err->count, 1);
    assert_non_null(strstr(err_text(err), why));
    err_release(err);
}

static void test_bad_input(void **state)
{
    static const double wrong[] = { 0, 1, -.5, 95, NAN };
    struct err err = ERR_INIT;
    struct interval out;
    size_t n_methods;
    const struct method *m = method_table(&n_methods);
    double p;

    (void)state;
    for (const struct method *end = m + n_methods; m < end; m++) {
        if (!m->proportion)
            continue;
        refuses(m->proportion(5, 4, .95, &out, &err), &err, "expected 0 to 4");
        refuses(m->proportion(-1, 4, .95, &out, &err), &err, "expected 0 to 4");
        refuses(m->proportion(0, 0, .95, &out, &err), &err, "expected 1 to 2^53");
        refuses(m->proportion(0, COUNT_MAX + 1, .95, &out, &err), &err, "2^53");
        for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
            refuses(m->proportion(1, 4, wrong[i], &out, &err), &err, "confidence");
    }
    refuses(exact_fisher(1, -1, 1, 1, &p, &err), &err, "a cell");
    refuses(exact_fisher(COUNT_MAX, 1, 0, 0, &p, &err), &err, "total");
    refuses(exact_fisher(INT64_MAX, 1, 0, 0, &p, &err), &err, "a cell");
    refuses(exact_mcnemar(-1, 1, &p, &err), &err, "discordant");
    refuses(exact_mcnemar(COUNT_MAX, COUNT_MAX, &p, &err), &err, "discordant");
    refuses(exact_binomial(1, 2, 1.5, &p, &err), &err, "expected 0 to 1");
    refuses(exact_binomial(1, 2, NAN, &p, &err), &err, "expected 0 to 1");
    refuses(exact_binomial(3, 2, .5, &p, &err), &err, "expected 0 to 2");
}

static void test_table(void **state)
{
    size_t n;
    const struct method *m = method_table(&n);

    (void)state;
    for (size_t i = 0; i < n; i++) {
        assert_ptr_equal(method_find(m[i].name), &m[i]);
        assert_true(!(m[i].quantities & FOR_PROPORTION) == !m[i].proportion);
        assert_true(!(m[i].quantities & FOR_DIFFERENCE) == !m[i].difference);
        assert_true(!(m[i].quantities & FOR_RATIO) == !m[i].ratio);
        assert_true(!(m[i].quantities & FOR_DYADS) == !m[i].dyads);
        assert_true(!(m[i].quantities & FOR_PEOPLE) == !m[i].people);
        assert_true(m[i].title && m[i].summary && m[i].source);
    }
    assert_null(method_find("wald"));
    assert_string_equal(method_default(FOR_PROPORTION)->name, "wilson");
    assert_string_equal(method_default(FOR_DIFFERENCE)->name, "newcombe");
    assert_string_equal(method_default(FOR_RATIO)->name, "koopman");
    assert_string_equal(method_default(FOR_SPREAD)->name, "projection");
    assert_string_equal(method_default(FOR_DYADS)->name, "wilson-t");
    assert_string_equal(method_default(FOR_PEOPLE)->name, "wilson-t");
}

static double cubic(double at, void *arg)
{
    (void)arg;
    return at * at * at - 2;
}

static double cliff(double at, void *arg)
{
    (void)arg;
    return at < .3 ? INFINITY : -INFINITY;
}

static double hole(double at, void *arg)
{
    (void)arg;
    return at > .4 && at < .6 ? NAN : .5 - at;
}

static void test_root(void **state)
{
    struct err err = ERR_INIT;
    double root;

    (void)state;
    assert_int_equal(root_find(cubic, NULL, 0, 5, 0, &root, NULL), 0);
    assert_near(root, cbrt(2), 1e-15);
    assert_int_equal(root_find(cliff, NULL, 0, 1, 0, &root, NULL), 0);
    assert_near(root, .3, 1e-15);
    assert_int_equal(root_find(cubic, NULL, 2, 5, 0, &root, NULL), 0);
    assert_true(root == 2); /* no crossing: the nearer end */
    assert_int_equal(root_find(hole, NULL, 0, 1, 0, &root, &err), ERR_NUMERIC);
    err_release(&err);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_root),
        cmocka_unit_test(test_quantiles),
        cmocka_unit_test(test_binomial_log_pdf),
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_published_rates),
        cmocka_unit_test(test_wilson_effective),
        cmocka_unit_test(test_rates_hold_their_shape),
        cmocka_unit_test(test_clopper_pearson_by_definition),
        cmocka_unit_test(test_jeffreys_ends),
        cmocka_unit_test(test_exact_published),
        cmocka_unit_test(test_exact_ends),
        cmocka_unit_test(test_exact_wide),
        cmocka_unit_test(test_adjust),
        cmocka_unit_test(test_bad_input),
    };

    return cmocka_run_group_tests_name("stats", tests, start_stats, NULL);
}
