/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Wrong labels: against tests/oracles/labels.py, against a published correction, and
 * that the tipping point and the correction agree with each other.
 */
#include "test.h"

#include "near.h"
#include "stats/labels.h"

static void test_oracle(void **state)
{
    char line[1024];
    size_t tipping = 0, correct = 0;

    (void)state;
    FILE *f = open_data("labels-oracle.csv");
    while (fgets(line, sizeof line, f)) {
        struct labels_counts c;
        long long v[7];
        if (sscanf(line, "tipping,%lld,%lld,%lld,%lld,%lld,%lld,%lld", v, v + 1, v + 2, v + 3,
                   v + 4, v + 5, v + 6) == 7) {
            int64_t gone, unsure;
            c = (struct labels_counts){ v[1], v[2], v[3], v[4] };
            assert_int_equal(labels_tipping(&c, (enum labels_part)v[0], .95, &gone, &unsure,
                                            NULL), 0);
            assert_int_equal(gone, v[5]);
            assert_int_equal(unsure, v[6]);
            tipping++;
        } else if (!strncmp(line, "correct,", 8)) {
            double d[20];
            char *at = line + 7;
            for (int i = 0; i < 20; i++)
                d[i] = strtod(at + 1, &at);
            c = (struct labels_counts){ (int64_t)d[0], (int64_t)d[1], (int64_t)d[2],
                                        (int64_t)d[3] };
            struct labels_wrong e = { d[4], d[5] }, o = { d[6], d[7] };
            struct labels_corrected out;
            assert_int_equal(labels_correct(&c, &e, &o, .95, &out, NULL), 0);
            const struct interval *got[] = { &out.rate[0], &out.rate[1], &out.difference,
                                             &out.ratio };
            for (int i = 0; i < 4; i++) {
                const double *want = d + 8 + 3 * i;
                double within = 1e-6 * fmax(1, want[2]);
                assert_near(got[i]->estimate, want[0], within);
                assert_near(got[i]->lo, want[1], within);
                assert_near(got[i]->hi, want[2], within);
            }
            correct++;
        }
    }
    fclose(f);
    assert_int_equal(tipping, 60);
    assert_int_equal(correct, 60);
}

/* Smoking and breast cancer (Fink & Lash 2003, Cancer Causes Control 14:887-893) with
 * sensitivity .78 and specificity .99, as corrected by R's episensr: risk ratio .9655
 * as labelled, .9614392 corrected, odds ratio .9490695. */
static void test_published(void **state)
{
    const struct labels_counts c = { 215, 215 + 668, 1449, 1449 + 4296 };
    const struct labels_wrong w = { .22, .01 };
    struct labels_corrected out;

    (void)state;
    assert_int_equal(labels_correct(&c, &w, &w, .95, &out, NULL), 0);
    assert_near(out.ratio.estimate, .9614392, 5e-8);
    double a = out.rate[0].estimate, b = out.rate[1].estimate;
    assert_near(a / (1 - a) / (b / (1 - b)), .9490695, 5e-8);
    assert_near(out.faces[0] + out.faces[1], 6628, 1e-9);
}

static void test_agree(void **state)
{
    /* a matrix without wrong labels changes nothing, and gives the counts' own logit
     * limits: 94/271 */
    const struct labels_counts c = { 94, 271, 1, 385 };
    const struct labels_wrong none = { 0, 0 };
    struct labels_corrected out;
    int64_t gone, unsure;

    (void)state;
    assert_int_equal(labels_correct(&c, &none, &none, .95, &out, NULL), 0);
    assert_near(out.rate[0].estimate, 94. / 271, 1e-15);
    assert_near(out.rate[0].lo, .2925576593, 5e-8); /* R: confint.default(glm) */
    assert_near(out.rate[0].hi, .4054721081, 5e-8);

    /* a tipping point of labels as groups is a share of wrong labels among errors that
     * the correction brings to nothing */
    assert_int_equal(labels_tipping(&c, LABELS_GROUP, .95, &gone, &unsure, NULL), 0);
    assert_true(unsure < gone && gone < c.x1);
    struct labels_wrong w = { 0, (double)gone / (double)(c.x2 + gone) };
    assert_int_equal(labels_correct(&c, &w, &none, .95, &out, NULL), 0);
    assert_true(out.difference.estimate <= 1e-12);
    w.second = (double)(gone - 1) / (double)(c.x2 + gone - 1);
    assert_int_equal(labels_correct(&c, &w, &none, .95, &out, NULL), 0);
    assert_true(out.difference.estimate > 0);

    /* wrong alike among errors and others never makes a gap larger than it is */
    for (int i = 0; i < 10; i++) {
        struct labels_wrong alike = { .0005 * i, .02 * i };
        assert_int_equal(labels_correct(&c, &alike, &alike, .95, &out, NULL), 0);
        assert_true(out.difference.estimate >= 94. / 271 - 1. / 385 - 1e-12);
    }
}

static void test_refused(void **state)
{
    const struct labels_counts c = { 94, 271, 1, 385 }, even = { 1, 10, 1, 10 };
    const struct labels_wrong half = { .5, .5 }, much = { .1, .3 };
    struct labels_corrected out;
    struct err err = ERR_INIT;
    int64_t gone, unsure;

    (void)state;
    assert_int_equal(labels_tipping(&even, LABELS_GROUP, .95, &gone, &unsure, &err),
                     ERR_INPUT);
    assert_fault_says(&err, "1/10 is not above 1/10");
    assert_int_equal(labels_correct(&c, &half, &half, .95, &out, &err), ERR_INPUT);
    assert_fault_says(&err, "sum to less than 1");
    assert_int_equal(labels_correct(&c, &much, &much, .95, &out, &err), ERR_INPUT);
    assert_fault_says(&err, "cannot come of labels wrong at these shares");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_oracle),
        cmocka_unit_test(test_published),
        cmocka_unit_test(test_agree),
        cmocka_unit_test(test_refused),
    };

    return cmocka_run_group_tests_name("labels", tests, start_stats, NULL);
}
