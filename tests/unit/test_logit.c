/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Logistic regression against statsmodels and base R (tests/oracles/logit.*), what it
 * says of tables that have no maximum, how terms become columns, and whether a gap that
 * is or is not one of exposure is called so.
 */
#include "test.h"

#include "near.h"
#include "stats/explain.h"

enum { MOST_ROWS = 400, MOST_COLUMNS = 8 };

struct table {
    size_t n, k;
    double x[MOST_ROWS * MOST_COLUMNS];
    bool y[MOST_ROWS];
    uint32_t cluster[MOST_ROWS];
};

static struct logit fit(const struct table *t, size_t k)
{
    struct logit_data d = { t->n, k, t->x, t->y, t->cluster };
    struct err err = ERR_INIT;
    struct logit out;

    if (logit_fit(&d, &out, &err) < 0)
        fail_msg("%s", err_text(&err));
    return out;
}

static void load_case(int wanted, struct table *t)
{
    FILE *f = open_data("logit-oracle.csv");
    char line[512];

    *t = (struct table){ .n = 0 };
    while (fgets(line, sizeof line, f)) {
        int at, y, who, which, used;
        if (sscanf(line, "data,%d,%d,%d%n", &which, &y, &who, &used) < 3 ||
            which != wanted)
            continue;
        double *x = t->x + t->n * t->k;
        at = 1;
        x[0] = 1;
        for (char *s = line + used; *s == ','; at++)
            x[at] = strtod(s + 1, &s);
        if (t->n == 0)
            t->k = (size_t)at;
        assert_int_equal(at, t->k);
        t->y[t->n] = y;
        t->cluster[t->n++] = (uint32_t)who;
    }
    fclose(f);
    assert_true(t->n > 20);
}

/* The table without its last column. */
static struct logit fit_less(const struct table *t)
{
    static struct table less;

    less = *t;
    less.k = t->k - 1;
    for (size_t i = 0; i < t->n; i++)
        for (size_t j = 0; j < less.k; j++)
            less.x[i * less.k + j] = t->x[i * t->k + j];
    return fit(&less, less.k);
}

static size_t hold_to(const char *file)
{
    static struct table t;
    char line[512];
    size_t checked = 0;
    int loaded = -1;
    struct logit l = { 0 };
    FILE *f = open_data(file);

    while (fgets(line, sizeof line, f)) {
        struct logit_test test;
        int c, first, last;
        double v[3];
        if (sscanf(line, "%*[a-z],%d", &c) != 1 || !strncmp(line, "data", 4))
            continue;
        if (c != loaded) {
            logit_release(&l);
            load_case(c, &t);
            l = fit(&t, t.k);
            loaded = c;
        }
        if (sscanf(line, "fit,%d,%d,%lf,%lf,%lf", &c, &first, v, v + 1, v + 2) == 5) {
            assert_near(l.beta[first], v[0], 1e-9);
            assert_near(logit_error(&l, (size_t)first), v[1], 1e-9);
            assert_near(sqrt(l.model_cov[(size_t)first * (t.k + 1)]), v[2], 1e-9);
        } else if (sscanf(line, "loglik,%d,%lf", &c, v) == 2) {
            assert_near(l.loglik, v[0], 1e-9);
        } else if (sscanf(line, "wald,%d,%d,%d,%lf,%lf", &c, &first, &last, v, v + 1) == 5) {
            size_t columns[MOST_COLUMNS];
            for (int j = first; j <= last; j++)
                columns[j - first] = (size_t)j;
            assert_int_equal(logit_wald(&l, columns, (size_t)(last - first + 1), &test,
                                        NULL), 0);
            assert_near(test.statistic, v[0], 1e-8 * v[0]);
            assert_near(test.p, v[1], 1e-8 * v[1]);
        } else if (sscanf(line, "lr,%d,%d,%lf,%lf", &c, &first, v, v + 1) == 4) {
            struct logit less = fit_less(&t);
            test = logit_likelihood_ratio(&l, &less);
            logit_release(&less);
            assert_near(test.statistic, v[0], 1e-8);
            assert_near(test.p, v[1], 1e-8);
            assert_true(test.df1 == 1);
        } else {
            fail_msg("a row that is none: %s", line);
        }
        checked++;
    }
    logit_release(&l);
    fclose(f);
    return checked;
}

static void test_statsmodels(void **state)
{
    (void)state;
    assert_true(hold_to("logit-oracle.csv") == 6 * 2 + 23);
}

static void test_r(void **state)
{
    (void)state;
    assert_true(hold_to("logit-oracle-r.csv") == 6 + 23);
}

/* n rows of the given columns behind the constant. */
static void add(struct table *t, size_t n, bool y, double a, double b)
{
    for (size_t i = 0; i < n; i++) {
        double *x = t->x + t->n * t->k;
        x[0] = 1;
        x[1] = a;
        if (t->k > 2)
            x[2] = b;
        t->y[t->n] = y;
        t->cluster[t->n] = (uint32_t)t->n;
        t->n++;
    }
}

static void test_separated(void **state)
{
    static struct table t;
    (void)state;

    /* nobody with x1 = 1 errs; the rest has log-odds log(30/10) and x2 adds
     * log((20/20)/(30/10)) */
    t = (struct table){ .k = 3 };
    add(&t, 50, false, 1, 0);
    add(&t, 30, true, 0, 0);
    add(&t, 10, false, 0, 0);
    add(&t, 20, true, 0, 1);
    add(&t, 20, false, 0, 1);
    struct logit l = fit(&t, 3);
    assert_true(l.separated);
    assert_int_equal(l.used, 80);
    assert_int_equal(l.state[1], LOGIT_INFINITE);
    assert_true(isinf(l.beta[1]) && l.beta[1] < 0);
    assert_near(l.beta[0], log(3), 1e-9);
    assert_near(l.beta[2], -log(3), 1e-9);
    assert_near(l.loglik, 30 * log(.75) + 10 * log(.25) + 40 * log(.5), 1e-9);
    assert_near(sqrt(l.model_cov[8]), sqrt(1. / 30 + 1. / 10 + 1. / 20 + 1. / 20), 1e-9);
    assert_true(isnan(logit_error(&l, 1)));
    logit_release(&l);

    /* the base errs never: everything is relative to it, x2 within it is not */
    t = (struct table){ .k = 3 };
    add(&t, 40, false, 0, 0);
    add(&t, 10, false, 0, 1);
    add(&t, 10, true, 1, 0);
    add(&t, 20, false, 1, 0);
    add(&t, 10, true, 1, 1);
    add(&t, 10, false, 1, 1);
    l = fit(&t, 3);
    assert_true(l.separated);
    assert_int_equal(l.used, 50);
    assert_true(isinf(l.beta[0]) && l.beta[0] < 0);
    assert_true(isinf(l.beta[1]) && l.beta[1] > 0);
    assert_near(l.beta[2], log(2), 1e-9);
    logit_release(&l);

    /* complete, by a number */
    t = (struct table){ .k = 2 };
    for (int i = 0; i < 20; i++)
        add(&t, 1, i > 9, i - 9.5, 0);
    l = fit(&t, 2);
    assert_true(l.separated);
    assert_int_equal(l.used, 0);
    assert_int_equal(l.state[1], LOGIT_INFINITE);
    assert_near(l.loglik, 0, 1e-9);
    logit_release(&l);

    /* nearly, but not: one of 300 */
    t = (struct table){ .k = 2 };
    add(&t, 299, false, 0, 0);
    add(&t, 1, true, 0, 0);
    add(&t, 50, false, 1, 0);
    add(&t, 49, true, 1, 0);
    l = fit(&t, 2);
    assert_false(l.separated);
    assert_near(l.beta[0], -log(299), 1e-9);
    logit_release(&l);
}

static void test_refused(void **state)
{
    static struct table t;
    struct err err = ERR_INIT;
    struct logit l;
    (void)state;

    t = (struct table){ .k = 2 };
    add(&t, 30, true, 0, 0);
    struct logit_data d = { t.n, t.k, t.x, t.y, t.cluster };
    assert_int_equal(logit_fit(&d, &l, &err), ERR_INPUT);
    assert_non_null(strstr(err_text(&err), "the outcome is true in all 30 rows"));
    err_release(&err);
    add(&t, 30, false, 1, 0);
    memset(t.cluster, 0, sizeof t.cluster);
    d.n = t.n;
    assert_int_equal(logit_fit(&d, &l, &err), ERR_INPUT);
    assert_non_null(strstr(err_text(&err), "one cluster"));
    err_release(&err);
}

static const char *const genders[] = { "male", "female" };
static const char *const skins[] = { "lighter", "darker", "other" };

static void test_design(void **state)
{
    static const uint32_t gender[] = { 0, 0, 1, 1, 0, 1, 0 },
                          skin[] = { 0, 1, 1, 2, 1, 0, 2 };
    static const double light[] = { 1, 2, 3, 4, 5, 6, 7 };
    const struct design_variable variables[] = {
        { .name = "gender", .levels = gender, .level_names = genders, .n_levels = 2,
          .base = -1 },
        { .name = "skin", .levels = skin, .level_names = skins, .n_levels = 3, .base = 0 },
        { .name = "light", .number = true, .values = light, .base = -1 },
    };
    const char *const terms[] = { "gender", "skin", "light", "gender:skin", "light:gender" };
    static const char *const names[] = {
        "(constant)", "gender=female", "skin=darker", "skin=other", "light",
        "gender=female:skin=darker", "gender=female:skin=other", "light:gender=female",
    };
    struct err err = ERR_INIT;
    struct design d;

    (void)state;
    assert_int_equal(design_make(&d, variables, 3, terms, 5, 7, &err), 0);
    assert_int_equal(d.k, ARRAY_SIZE(names));
    for (size_t j = 0; j < d.k; j++)
        assert_string_equal(d.names[j], names[j]);
    const double *x = d.x + 3 * d.k; /* female, other, 4 = the mean */
    const double row[] = { 1, 1, 0, 1, 0, 0, 1, 0 };
    for (size_t j = 0; j < d.k; j++)
        assert_near(x[j], row[j], 1e-15);
    x = d.x + 5 * d.k; /* female, lighter, 6 */
    assert_near(x[4], 2 / sqrt(28. / 6), 1e-15);
    assert_near(x[7], 2 / sqrt(28. / 6), 1e-15);
    double other[8];
    design_row(&d, 5, 0, 0, other); /* were it male */
    assert_true(other[1] == 0 && other[7] == 0);
    assert_near(other[4], x[4], 0);
    design_release(&d);

    const char *const twice[] = { "gender:skin", "skin:gender" }, *const unknown[] = { "age" };
    assert_int_equal(design_make(&d, variables, 3, twice, 2, 7, &err), ERR_INPUT);
    assert_non_null(strstr(err_text(&err), "'skin:gender' is given twice"));
    err_release(&err);
    assert_int_equal(design_make(&d, variables, 3, unknown, 1, 7, &err), ERR_INPUT);
    assert_non_null(strstr(err_text(&err), "'age' has no variable 'age'"));
    err_release(&err);
}

enum { PEOPLE = 400 };
static uint32_t who[PEOPLE], group[PEOPLE], copy[PEOPLE];
static double exposure[PEOPLE];
static bool wrong[PEOPLE];

/* A repeatable draw below 1. */
static double draw(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed / 4294967296.;
}

/* Two groups; error at 10 % plus `by_group` for the second and `by_light` for the dark;
 * 80 % of the second group and 20 % of the first are photographed dark. */
static void make_people(double by_group, double by_light)
{
    uint32_t seed = 7;

    for (uint32_t i = 0; i < PEOPLE; i++) {
        who[i] = i;
        copy[i] = group[i] = i % 2;
        bool dark = draw(&seed) < (group[i] ? .8 : .2);
        exposure[i] = dark + .3 * draw(&seed);
        wrong[i] = draw(&seed) < .1 + by_group * group[i] + by_light * dark;
    }
}

static struct explain explain_people(size_t n_terms)
{
    const struct design_variable variables[] = {
        { .name = "gender", .levels = group, .level_names = genders, .n_levels = 2,
          .base = 0 },
        { .name = "exposure", .number = true, .values = exposure },
    };
    const bool covariate[] = { false, true };
    const char *const terms[] = { "gender", "exposure" };
    const struct explain_input in = { variables, covariate, 2, terms, n_terms, PEOPLE, wrong,
                                      who, .95 };
    struct err err = ERR_INIT;
    struct explain e;

    if (explain_make(&e, &in, &err) < 0)
        fail_msg("%s", err_text(&err));
    assert_int_equal(e.n_effects, 1);
    return e;
}

static void test_explain(void **state)
{
    (void)state;
    make_people(0, .5);
    struct explain e = explain_people(2);
    assert_true(e.has_covariates);
    assert_int_equal(e.effects[0].verdict, EXPLAIN_GONE);
    assert_true(e.effects[0].alone.lo > .1);
    assert_true(fabs(e.effects[0].adjusted.estimate) < .1);
    assert_int_equal(e.people[1], 200);
    explain_release(&e);

    make_people(.4, .1);
    e = explain_people(2);
    assert_int_equal(e.effects[0].verdict, EXPLAIN_SURVIVES);
    assert_true(e.effects[0].adjusted.lo < .4 && e.effects[0].adjusted.hi > .4);
    explain_release(&e);

    /* one category and nothing else: the difference of the two rates */
    e = explain_people(1);
    const struct explain_effect *f = &e.effects[0];
    double one = (double)f->x / (double)f->n, base = (double)f->base_x / (double)f->base_n;
    assert_false(e.has_covariates);
    assert_near(f->adjusted.estimate, one - base, 1e-12);
    /* HC1 of a two-group table: n/(n − 2)·Σ p(1 − p)/n_g */
    double variance = PEOPLE / (PEOPLE - 2.) * (one * (1 - one) / (double)f->n +
                                               base * (1 - base) / (double)f->base_n);
    assert_near((f->adjusted.hi - f->adjusted.lo) / 2,
                1.965927295920 * sqrt(variance), 1e-9); /* qt(.975, 399) */
    explain_release(&e);

    for (size_t i = 0; i < PEOPLE; i++)
        wrong[i] = group[i] && i % 3 == 0;
    e = explain_people(1);
    assert_int_equal(e.effects[0].verdict, EXPLAIN_TOO_FEW);
    assert_true(isnan(e.effects[0].adjusted.lo));
    explain_release(&e);
}

static void test_aliased(void **state)
{
    const struct design_variable variables[] = {
        { .name = "gender", .levels = group, .level_names = genders, .n_levels = 2,
          .base = 0 },
        { .name = "same", .levels = copy, .level_names = genders, .n_levels = 2,
          .base = 0 },
    };
    const bool covariate[] = { false, false };
    const char *const terms[] = { "gender", "same" };
    const struct explain_input in = { variables, covariate, 2, terms, 2, PEOPLE, wrong, who,
                                      .95 };
    struct explain e;

    (void)state;
    make_people(.4, 0);
    assert_int_equal(explain_make(&e, &in, NULL), 0);
    assert_int_equal(e.fit.state[1], LOGIT_ESTIMATED);
    assert_int_equal(e.fit.state[2], LOGIT_ALIASED);
    assert_string_equal(e.design.names[2], "same=female");
    assert_true(isnan(e.fit.beta[2]) && isnan(e.terms[1].wald.p) && isnan(e.terms[1].lr.p));
    explain_release(&e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_statsmodels), cmocka_unit_test(test_r),
        cmocka_unit_test(test_separated),   cmocka_unit_test(test_refused),
        cmocka_unit_test(test_design),      cmocka_unit_test(test_explain),
        cmocka_unit_test(test_aliased),
    };

    return cmocka_run_group_tests_name("logit", tests, start_stats, NULL);
}
