/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Planning against SciPy and statsmodels (tests/oracles/power.py); that what a plan asks
 * for is enough and one person fewer is not. Simulated cohorts: bench/perf/power.
 */
#include "test.h"

#include "near.h"
#include "stats/power.h"

static void test_oracle(void **state)
{
    char line[512];
    size_t rows = 0;
    double v[7];

    (void)state;
    FILE *f = open_data("power-oracle.csv");
    while (fgets(line, sizeof line, f)) {
        if (sscanf(line, "correlation,%lf,%lf,%lf", v, v + 1, v + 2) == 3) {
            assert_near(power_error_correlation(v[0], v[1]), v[2], 1e-7);
        } else if (sscanf(line, "dyads,%lf,%lf,%lf,%lf,%lf,%lf,%lf", v, v + 1, v + 2, v + 3,
                          v + 4, v + 5, v + 6) == 7) {
            struct power_plan plan = { POWER_DYADS, { v[1], v[2], v[3] }, v[4], v[5], .95 };
            assert_near(power_design_effect(&plan, v[0]), v[6], 1e-6);
        } else if (sscanf(line, "power,%lf,%lf,%lf,%lf", v, v + 1, v + 2, v + 3) == 4) {
            struct power_plan plan = { POWER_PEOPLE, { 0, 0, 0 }, v[2], 1, .95 };
            assert_near(power_of(&plan, v[0], v[1]), v[3], 1e-6);
        } else {
            assert_true(line[0] == '#');
            continue;
        }
        rows++;
    }
    fclose(f);
    assert_int_equal(rows, 16 + 18 + 4);
}

static void test_subjects(void **state)
{
    struct power_plan plan = { POWER_DYADS, power_assume(.1), 0, 2, .95 };
    double subjects, ratio;

    (void)state;
    assert_int_equal(power_subjects(&plan, 1e-4, 5e-4, .8, &subjects, NULL), 0);
    plan.subjects = subjects;
    assert_true(power_of(&plan, 1e-4, 5e-4) >= .8);
    /* and the smallest ratio that many show is no more than the one asked for */
    assert_int_equal(power_ratio(&plan, 1e-4, .8, &ratio, NULL), 0);
    assert_true(ratio <= 5.001 && ratio > 4.5);
    plan.subjects--;
    assert_true(power_of(&plan, 1e-4, 5e-4) < .8);
    /* 4M comparisons taken for independent promise the same from fewer */
    plan.dependence = (struct power_dependence){ 0, 0, 0 };
    double fewer;
    assert_int_equal(power_subjects(&plan, 1e-4, 5e-4, .8, &fewer, NULL), 0);
    assert_true(fewer < .9 * subjects);
    /* the classical formula, at rates around one half */
    plan = (struct power_plan){ POWER_PEOPLE, { 0, 0, 0 }, 0, 1, .95 };
    assert_int_equal(power_subjects(&plan, .45, .55, .8, &subjects, NULL), 0);
    assert_near(subjects, power_group_size(.1, .05, .8), 4);
}

static void test_pilot(void **state)
{
    struct power_plan pilot = { POWER_DYADS, power_assume(.17), 120, 3, .95 };
    double deff = power_design_effect(&pilot, 2e-3), person;
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(power_pilot(&pilot, 2e-3, deff, &person, NULL), 0);
    assert_near(person, .17, 1e-6);
    assert_int_equal(power_pilot(&pilot, 2e-3, 1, &person, NULL), 0);
    assert_true(person == 0);
    assert_int_equal(power_pilot(&pilot, 2e-3, 1e4, &person, &err), ERR_NUMERIC);
    assert_fault_says(&err, "more than people of the model share");
}

static void test_impossible(void **state)
{
    struct power_plan plan = { POWER_DYADS, power_assume(.1), 4, 1, .95 };
    struct err err = ERR_INIT;
    double v;

    (void)state;
    assert_int_equal(power_ratio(&plan, .2, .8, &v, &err), ERR_NUMERIC);
    assert_fault_says(&err, "4 subjects a group show no ratio at all");
    assert_int_equal(power_subjects(&plan, .2, .2 * (1 + 1e-9), .8, &v, &err), ERR_NUMERIC);
    assert_fault_says(&err, "1e+07 subjects a group do not show");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_oracle),
        cmocka_unit_test(test_subjects),
        cmocka_unit_test(test_pilot),
        cmocka_unit_test(test_impossible),
    };

    return cmocka_run_group_tests_name("power", tests, start_stats, NULL);
}
