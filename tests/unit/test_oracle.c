/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Thousands of random tables against other people's software: the CSV files under
 * tests/data that tests/oracles/stats.py and stats.R make. Each row carries how
 * exact its oracle is.
 */
#include "test.h"

#include "near.h"
#include "stats/adjust.h"
#include "stats/clustered.h"
#include "stats/exact.h"
#include "stats/methods.h"

enum { MAX_FIELDS = 16, MAX_P = 64 };

/* The next row's fields, empty ones too; 0 at the end. Comments and the line
 * with the names are left out. */
static size_t next_row(FILE *f, char *line, size_t size, char *field[MAX_FIELDS])
{
    size_t n = 0;

    do {
        if (!fgets(line, (int)size, f))
            return 0;
    } while (line[0] == '#' || strstr(line, "method,"));
    line[strcspn(line, "\n")] = '\0';
    for (char *at = line; at && n < MAX_FIELDS; n++)
        field[n] = strsep(&at, ",");
    return n;
}

static double real(const char *s)
{
    return s[0] ? strtod(s, NULL) : NAN;
}

struct result {
    double value[2];
    int code;
};

static struct result compute(char *const field[], struct err *err)
{
    struct interval out = { NAN, NAN, NAN };
    struct result r = { { NAN, NAN }, 0 };
    const char *quantity = field[1], *name = field[2];
    int64_t c[4];
    double argument = real(field[7]);

    for (int i = 0; i < 4; i++)
        c[i] = strtoll(field[3 + i], NULL, 10);
    if (!strcmp(quantity, "test")) {
        if (!strcmp(name, "fisher"))
            r.code = exact_fisher(c[0], c[1], c[2], c[3], r.value, err);
        else if (!strcmp(name, "mcnemar"))
            r.code = exact_mcnemar(c[0], c[1], r.value, err);
        else
            r.code = exact_binomial(c[0], c[1], argument, r.value, err);
        return r;
    }
    const struct method *m = method_find(name);
    assert_non_null(m);
    if (!strcmp(quantity, "proportion"))
        r.code = m->proportion(c[0], c[1], argument, &out, err);
    else if (!strcmp(quantity, "difference"))
        r.code = m->difference(c[0], c[1], c[2], c[3], argument, &out, err);
    else
        r.code = m->ratio(c[0], c[1], c[2], c[3], argument, &out, err);
    r.value[0] = out.lo;
    r.value[1] = out.hi;
    return r;
}

static void hold_to(const char *file, size_t at_least)
{
    char line[4096], *field[MAX_FIELDS];
    size_t rows = 0, wrong = 0;
    FILE *f = open_data(file);

    while (next_row(f, line, sizeof line, field) == 11) {
        struct err err = ERR_INIT;
        struct result r = compute(field, &err);
        double within = real(field[10]);
        double expected[2] = { real(field[8]), real(field[9]) };
        /* A difference's limit near 0 is as exact as the other one. */
        double scale = strcmp(field[1], "difference")
                           ? 0 : fmax(fabs(expected[0]), fabs(expected[1]));

        rows++;
        for (int i = 0; i < 2; i++) {
            if (isnan(expected[i]) || r.value[i] == expected[i])
                continue; /* not given; infinities and exact ends */
            double error = fabs(r.value[i] - expected[i]);
            /* 1e-300: p-values that come out as 0 or below the normal range */
            if (r.code >= 0 &&
                error <= within * fmax(scale, fabs(expected[i])) + 1e-300)
                continue;
            wrong++;
            print_error("%s %s %s: %s/%s %s/%s at %s: value %d is %.15g, expected"
                        " %.15g (off by %.2g) %s\n",
                        field[0], field[1], field[2], field[3], field[4], field[5],
                        field[6], field[7], i + 1, r.value[i], expected[i], error,
                        err_text(&err));
        }
        err_release(&err);
    }
    fclose(f);
    assert_true(rows >= at_least);
    assert_int_equal(wrong, 0);
}

static void test_python(void **state)
{
    (void)state;
    hold_to("stats-oracle-python.csv", 2000);
}

static void test_r(void **state)
{
    (void)state;
    hold_to("stats-oracle-r.csv", 1200);
}

static size_t list(char *s, double *to)
{
    size_t n = 0;

    for (char *word; (word = strsep(&s, " ")) && n < MAX_P;)
        to[n++] = strtod(word, NULL);
    return n;
}

static void test_adjust(void **state)
{
    char line[4096], *field[MAX_FIELDS];
    double p[MAX_P], expected[MAX_P], got[MAX_P];
    size_t rows = 0;
    FILE *f = open_data("stats-oracle-adjust.csv");

    (void)state;
    while (next_row(f, line, sizeof line, field) == 3) {
        size_t n = list(field[1], p);
        assert_int_equal(list(field[2], expected), n);
        const struct adjustment *a = adjustment_find(field[0]);
        assert_non_null(a);
        a->adjust(p, n, got);
        for (size_t i = 0; i < n; i++) {
            if (isnan(expected[i]))
                assert_true(isnan(got[i]));
            else
                assert_true(fabs(got[i] - expected[i]) <= 1e-13);
        }
        rows++;
    }
    fclose(f);
    assert_true(rows >= 100);
}

enum { MAX_PEOPLE = 64 };

/* "2 1 3" as counts. */
static size_t counts(char *s, uint32_t *to)
{
    size_t n = 0;

    for (char *word; (word = strsep(&s, " ")) && n < MAX_PEOPLE;)
        to[n++] = (uint32_t)strtoul(word, NULL, 10);
    return n;
}

/* Comparisons that share people, from the matrix of all pairs. */
static void test_dyads(void **state)
{
    /* long: a cell of 25 people may err in every pair */
    static char line[1 << 16];
    char *field[MAX_FIELDS];
    size_t rows = 0;
    FILE *f = open_data("dyads-oracle.csv");

    (void)state;
    while (next_row(f, line, sizeof line, field) == 10) {
        uint32_t a[MAX_PEOPLE], b[MAX_PEOPLE], s, t;
        struct clustered_how how = CLUSTERED_DEFAULTS;
        struct clustered got;
        const struct method *m = method_find(field[1]);
        size_t n = counts(field[2], a);

        assert_int_equal(counts(field[3], b), n);
        how.confidence = real(field[5]);
        if (!strcmp(field[0], "people")) {
            double trials[MAX_PEOPLE], errors[MAX_PEOPLE];
            struct people people = { n, trials, errors };
            for (size_t i = 0; i < n; i++) {
                trials[i] = a[i];
                errors[i] = b[i];
            }
            assert_int_equal(m->people(&people, &how, &got, NULL), 0);
        } else {
            struct dyads d;
            unsigned x;
            if (!strcmp(field[0], "within"))
                dyads_within(&d, a, n);
            else
                dyads_across(&d, a, b, n);
            for (char *word; (word = strsep(&field[4], " "));) {
                assert_int_equal(sscanf(word, "%u-%u:%u", &s, &t, &x), 3);
                dyads_add(&d, s, t, x);
            }
            assert_int_equal(dyads_close(&d, NULL), 0);
            assert_int_equal(m->dyads(&d, &how, &got, NULL), 0);
            dyads_release(&d);
        }
        double expected[] = { real(field[6]), real(field[7]), real(field[8]),
                              field[9][0] ? real(field[9]) : INFINITY };
        double values[] = { got.at.lo, got.at.hi, got.variance, got.df };
        for (int i = 0; i < 4; i++)
            if (values[i] != expected[i] &&
                /* the lower limit loses digits as it is printed in textbooks */
                !(fabs(values[i] - expected[i]) <=
                  1e-10 * fabs(expected[i]) + (i == 0 ? 1e-12 * expected[1] : 0)))
                fail_msg("row %zu (%s %s): value %d is %.15g, expected %.15g", rows + 1,
                         field[0], field[1], i + 1, values[i], expected[i]);
        rows++;
    }
    fclose(f);
    assert_true(rows >= 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dyads),
        cmocka_unit_test(test_python),
        cmocka_unit_test(test_r),
        cmocka_unit_test(test_adjust),
    };

    return cmocka_run_group_tests_name("oracle", tests, start_stats, NULL);
}
