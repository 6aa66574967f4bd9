/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Two rates of the same faces: limits and p with the pairing that leaves the
 * difference least certain, against Newcombe's print and against every pairing
 * tried in Python; and printed figures of such differences.
 */
#include "test.h"

#include "model/metric.h"
#include "model/printed.h"
#include "near.h"
#include "stats/paired.h"

static struct interval paired(int64_t x1, int64_t n1, int64_t x2, int64_t n2,
                              double confidence, double *p)
{
    struct interval out;

    assert_int_equal(paired_worst_case(x1, n1, x2, n2, confidence, &out, p, NULL), 0);
    return out;
}

/* Newcombe 1998, Stat. Med. 17:2635-2650, table III, method 10: those of its tables
 * e f g h whose pairing is the worst that their margins allow. */
static void published(void **state)
{
    static const struct {
        int64_t e, f, g, h;
        double lo, hi;
    } rows[] = {
        { 36, 12, 2, 0, .0569, .3404 },  { 36, 14, 0, 0, .1528, .4167 },
        { 2, 97, 1, 0, .8721, .9854 },   { 0, 29, 1, 0, .6666, .9882 },
        { 2, 98, 0, 0, .9178, .9945 },   { 0, 30, 0, 0, .8395, 1 },
        { 54, 0, 0, 0, -.0664, .0664 },
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        int64_t n = rows[i].e + rows[i].f + rows[i].g + rows[i].h;
        double p;
        struct interval at = paired(rows[i].e + rows[i].f, n, rows[i].e + rows[i].g, n, .95,
                                    &p);
        assert_near(at.estimate, (double)(rows[i].f - rows[i].g) / (double)n, 1e-15);
        assert_near(at.lo, rows[i].lo, 5e-5);
        assert_near(at.hi, rows[i].hi, 5e-5);
    }
}

/* McNemar exact of b = 70, c = 59 and b = 80, c = 59: statsmodels' tests. */
static void mcnemar(void **state)
{
    double p;

    (void)state;
    paired(70, 500, 59, 500, .95, &p); /* nobody need be wrong both times */
    assert_near(p, .378688, 5e-7);
    paired(80, 139, 59, 139, .95, &p); /* the table is full */
    assert_near(p, .089452, 5e-7);
    paired(90, 140, 60, 140, .95, &p); /* 10 are wrong both times: 80 and 50 */
    assert_near(p, .0106941, 5e-8);
    paired(0, 10, 0, 10, .95, &p);
    assert_true(p == 1);
}

static void every_pairing(void **state)
{
    FILE *f = open_data("pairs-oracle.csv");
    char line[256];
    size_t rows = 0;

    (void)state;
    assert_non_null(fgets(line, sizeof line, f));
    for (; fgets(line, sizeof line, f); rows++) {
        long long x1, n1, x2, n2;
        double confidence, lo, hi, expected, p;
        assert_int_equal(sscanf(line, "%lld,%lld,%lld,%lld,%lf,%lf,%lf,%lf", &x1, &n1, &x2,
                                &n2, &confidence, &lo, &hi, &expected), 8);
        struct interval at = paired(x1, n1, x2, n2, confidence, &p);
        if (fabs(at.lo - lo) > 1e-12 || fabs(at.hi - hi) > 1e-12 ||
            fabs(p - expected) > 1e-10 * expected + 1e-300)
            fail_msg("[%.14g, %.14g] %.14g, expected %s", at.lo, at.hi, p, line);
    }
    assert_true(rows > 150);
    fclose(f);
}

/* Taken the other way round the limits change sides; and they are never inside
 * those of independent rates. */
static void properties(void **state)
{
    const struct method *newcombe = method_find("newcombe");

    (void)state;
    for (int64_t x1 = 0; x1 <= 12; x1++)
        for (int64_t x2 = 0; x2 <= 11; x2++) {
            double p, q;
            struct interval a = paired(x1, 12, x2, 11, .95, &p), apart;
            struct interval b = paired(x2, 11, x1, 12, .95, &q);
            assert_near(a.lo, -b.hi, 1e-14);
            assert_near(a.hi, -b.lo, 1e-14);
            assert_near(p, q, 1e-14);
            assert_int_equal(newcombe->difference(x1, 12, x2, 11, .95, &apart, NULL), 0);
            assert_true(a.lo <= apart.lo + 1e-14 && a.hi >= apart.hi - 1e-14);
            assert_true(a.lo <= a.estimate && a.estimate <= a.hi);
        }
}

static void refused(void **state)
{
    struct err err = ERR_INIT;
    struct interval out;
    double p;

    (void)state;
    assert_true(paired_worst_case(3, 2, 0, 2, .95, &out, &p, &err) < 0);
    err_release(&err);
    assert_true(paired_worst_case(0, 2, 0, 0, .95, &out, &p, &err) < 0);
    err_release(&err);
    assert_true(paired_worst_case(0, 2, 0, 2, 1, &out, &p, &err) < 0);
    err_release(&err);
}

/* What such a difference is set against is no group. */
static void printed(void **state)
{
    static const char *const pairs[] = {
        "error.improvement", "error.improvement_worst_case", "error.excess",
        "error.excess_worst_case"
    };
    static const char *const others[] = {
        "error", "error.difference", "error.improvements", "error.improvement_", "improvement"
    };
    struct axes axes = { .n = 0 };
    struct err err = ERR_INIT;
    struct printed got;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(pairs); i++)
        assert_true(metric_is_paired(pairs[i]));
    for (size_t i = 0; i < ARRAY_SIZE(others); i++)
        assert_false(metric_is_paired(others[i]));

    char *folder = test_folder();
    char *path = test_file(folder, "printed.csv",
        "claim,backend,metric,group,versus,point,printed,unit,source\n"
        "c,A,error.improvement,all,audit=2017,audit=2018,17.7,points,s\n"
        "c,A,error.excess,all,backend=B,,5,points,s\n");
    assert_int_equal(printed_read(&got, path, &axes, &err), 0);
    assert_string_equal(got.figures[0].versus, "audit=2017");
    assert_string_equal(got.figures[1].versus, "backend=B");
    printed_release(&got);
    free(path);
    path = test_file(folder, "printed.csv",
        "claim,backend,metric,group,versus,point,printed,unit,source\n"
        "c,A,error.difference,all,audit=2017,audit=2018,17.7,points,s\n");
    assert_true(printed_read(&got, path, &axes, &err) < 0);
    assert_fault_says(&err, "printed.csv:2: group has no axis 'audit'");
    printed_release(&got);
    free(path);
    test_remove_folder(folder);
}

/* Where it is known who erred in which: Newcombe's table III, method 10, with positive
 * correlations too; bronchial hyper-responsiveness before and after a transplantation
 * (Bentur et al. 2009), as in Fagerland, Lydersen & Laake 2014, Stat. Med.
 * 33:2850-2875. */
static void known(void **state)
{
    static const struct {
        int64_t both, first, second, neither;
        double lo, hi, within;
    } rows[] = {
        { 36, 12, 2, 0, .0569, .3404, 5e-5 },
        { 0, 29, 1, 0, .6666, .9882, 5e-5 },
        { 54, 0, 0, 0, -.0664, .0664, 5e-5 },
        { 1, 1, 7, 12, -.507, -.026, 5e-4 },
    };
    struct interval out;
    double p;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        int64_t n = rows[i].both + rows[i].first + rows[i].second + rows[i].neither;
        assert_int_equal(paired_interval(rows[i].both, rows[i].first, rows[i].second,
                                         rows[i].neither, .95, &out, &p, NULL), 0);
        assert_near(out.estimate, (double)(rows[i].first - rows[i].second) / (double)n,
                    1e-15);
        assert_near(out.lo, rows[i].lo, rows[i].within);
        assert_near(out.hi, rows[i].hi, rows[i].within);
    }
    assert_near(p, .0703125, 1e-12); /* 1 and 7: 2·9/2^8 */
    assert_int_equal(paired_interval(0, 0, 0, 0, .95, &out, &p, NULL), ERR_INPUT);
    assert_int_equal(paired_interval(-1, 0, 0, 5, .95, &out, &p, NULL), ERR_INPUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published),  cmocka_unit_test(mcnemar),
        cmocka_unit_test(every_pairing), cmocka_unit_test(properties),
        cmocka_unit_test(refused),    cmocka_unit_test(printed),
        cmocka_unit_test(known),
    };
    return cmocka_run_group_tests_name("pairs", tests, start_stats, NULL);
}
