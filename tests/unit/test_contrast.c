/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Two rates and many: differences, ratios, the p-values that go with them, measures
 * of disparity and the spread over groups.
 */
#include "test.h"

#include "near.h"
#include "stats/disparity.h"
#include "stats/dist.h"
#include "stats/exact.h"
#include "stats/methods.h"

#define BILLION INT64_C(1000000000)

static struct interval contrast(const char *name, unsigned quantity, const int64_t c[4],
                                double confidence)
{
    const struct method *m = method_find(name);
    struct interval out;

    assert_non_null(m);
    assert_int_equal((quantity == FOR_RATIO ? m->ratio : m->difference)(
                         c[0], c[1], c[2], c[3], confidence, &out, NULL),
                     0);
    return out;
}

static void test_published(void **state)
{
    static const struct {
        const char *method;
        unsigned quantity;
        int64_t c[4];
        double lo, hi, within;
    } rows[] = {
        /* Newcombe 1998, Stat. Med. 17:873-890, table II, method 10 */
        { "newcombe", FOR_DIFFERENCE, { 56, 70, 48, 80 }, .0524, .3339, 5e-5 },
        { "newcombe", FOR_DIFFERENCE, { 9, 10, 3, 10 }, .1705, .8090, 5e-5 },
        { "newcombe", FOR_DIFFERENCE, { 6, 7, 2, 7 }, .0582, .8062, 5e-5 },
        { "newcombe", FOR_DIFFERENCE, { 0, 10, 0, 10 }, -.2775, .2775, 5e-5 },
        { "newcombe", FOR_DIFFERENCE, { 10, 10, 0, 10 }, .6075, 1, 5e-5 },
        { "newcombe", FOR_DIFFERENCE, { 94, 271, 1, 385 }, .2888, .4028, 5e-5 },
        /* the same paper's Miettinen-Nurminen, method 9 */
        { "miettinen-nurminen", FOR_DIFFERENCE, { 56, 70, 48, 80 }, .0528, .3382, 5e-5 },
        { "miettinen-nurminen", FOR_DIFFERENCE, { 9, 10, 3, 10 }, .1700, .8406, 5e-5 },
        { "miettinen-nurminen", FOR_DIFFERENCE, { 10, 10, 0, 20 }, .7156, 1, 5e-5 },
        /* R, package ratesci: the restricted likelihood is on the boundary */
        { "miettinen-nurminen", FOR_DIFFERENCE, { 5, 56, 0, 29 }, -.0326, .1933, 5e-5 },
        /* Fagerland, Lydersen & Laake 2015; R, package PropCIs */
        { "katz", FOR_RATIO, { 7, 34, 1, 34 }, .91, 54, .5 },
        { "katz", FOR_RATIO, { 11, 107, 17, 428 }, 1.250, 5.361, 5e-4 },
        { "koopman", FOR_RATIO, { 7, 34, 1, 34 }, 1.220853, 42.575718, 5e-7 },
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct interval at = contrast(rows[i].method, rows[i].quantity, rows[i].c, .95);
        assert_near(at.lo, rows[i].lo, rows[i].within);
        assert_near(at.hi, rows[i].hi, rows[i].within);
    }
}

/* Pairs of groups with every end, small and huge. */
static const int64_t tables[][4] = {
    { 0, 1, 0, 1 }, { 1, 1, 0, 1 }, { 1, 1, 1, 1 }, { 0, 1, 5, 9 },
    { 0, 40, 0, 7 }, { 40, 40, 0, 7 }, { 40, 40, 7, 7 }, { 40, 40, 3, 7 },
    { 3, 40, 0, 7 }, { 3, 40, 7, 7 }, { 3, 10, 3, 10 }, { 94, 271, 1, 385 },
    { 11, 107, 17, 428 }, { 0, BILLION, 0, 1 }, { 0, BILLION, 1, 1 },
    { 3, BILLION, 5, BILLION }, { BILLION, BILLION, BILLION - 1, BILLION },
    { BILLION / 2, BILLION, BILLION / 3, BILLION }, { 0, BILLION, 0, BILLION },
    { 1, BILLION, BILLION, BILLION }, { 7, BILLION, 2, 30 },
    { 1, COUNT_MAX, COUNT_MAX, COUNT_MAX }, { 5, COUNT_MAX, 0, COUNT_MAX },
};

static const double levels[] = { .01, .5, .9, .95, .99, .999999 };

static void test_differences_hold_their_shape(void **state)
{
    static const char *const names[] = { "newcombe", "miettinen-nurminen" };

    (void)state;
    for (size_t m = 0; m < ARRAY_SIZE(names); m++) {
        for (size_t i = 0; i < ARRAY_SIZE(tables); i++) {
            const int64_t *c = tables[i];
            const int64_t exchanged[4] = { c[2], c[3], c[0], c[1] };
            const int64_t misses[4] = { c[1] - c[0], c[1], c[3] - c[2], c[3] };
            double d = (double)c[0] / (double)c[1] - (double)c[2] / (double)c[3];
            struct interval inner = { d, d, d };
            for (size_t k = 0; k < ARRAY_SIZE(levels); k++) {
                struct interval at = contrast(names[m], FOR_DIFFERENCE, c, levels[k]);
                struct interval back =
                    contrast(names[m], FOR_DIFFERENCE, exchanged, levels[k]);
                struct interval of_misses =
                    contrast(names[m], FOR_DIFFERENCE, misses, levels[k]);
                assert_true(at.estimate == d);
                assert_true(-1 <= at.lo && at.hi <= 1);
                assert_true(at.lo <= inner.lo && at.hi >= inner.hi);
                /* beside -1 doubles lie 1e-16 apart, as far as the limits */
                assert_true(at.lo < at.hi || c[1] == COUNT_MAX);
                assert_true(back.lo == -at.hi && back.hi == -at.lo);
                assert_near(of_misses.lo, -at.hi, 1e-13);
                assert_near(of_misses.hi, -at.lo, 1e-13);
                inner = at;
            }
        }
    }
}

static void test_ratios_hold_their_shape(void **state)
{
    static const char *const names[] = { "koopman", "miettinen-nurminen", "katz" };

    (void)state;
    for (size_t m = 0; m < ARRAY_SIZE(names); m++) {
        for (size_t i = 0; i < ARRAY_SIZE(tables); i++) {
            const int64_t *c = tables[i];
            const int64_t exchanged[4] = { c[2], c[3], c[0], c[1] };
            double r = (double)c[0] / (double)c[1] / ((double)c[2] / (double)c[3]);
            struct interval inner = { r, isnan(r) ? 1 : r, isnan(r) ? 1 : r };
            for (size_t k = 0; k < ARRAY_SIZE(levels); k++) {
                struct interval at = contrast(names[m], FOR_RATIO, c, levels[k]);
                struct interval back = contrast(names[m], FOR_RATIO, exchanged, levels[k]);
                assert_true(isnan(r) ? isnan(at.estimate) : at.estimate == r);
                assert_true(0 <= at.lo && at.lo <= inner.lo && at.hi >= inner.hi);
                assert_true(at.lo < at.hi);
                assert_true(c[0] > 0 || at.lo == 0);
                assert_true(c[2] > 0 || isinf(at.hi));
                if (back.lo > 0)
                    assert_near(back.lo * at.hi, 1, 1e-13);
                inner = at;
                if (isnan(r)) {
                    assert_true(at.lo == 0 && isinf(at.hi));
                    inner.lo = 0;
                }
            }
        }
    }
}

/* The score of a margin by brute force: the likelihood of p2, with p1 = p2 + margin
 * or p1 = margin·p2, searched by golden section. */
static double log_term(int64_t count, double rate)
{
    return count ? (double)count * log(rate) : 0;
}

static double score(const int64_t c[4], unsigned quantity, double margin)
{
    bool ratio = quantity == FOR_RATIO;
    double n1 = (double)c[1], n2 = (double)c[3], best[2] = { 0, 0 };
    double a = ratio ? 0 : fmax(0, -margin), b = fmin(1, ratio ? 1 / margin : 1 - margin);

    for (int step = 0; step < 120; step++) {
        double m[2] = { a + .382 * (b - a), a + .618 * (b - a) };
        for (int i = 0; i < 2; i++) {
            double p1 = ratio ? margin * m[i] : m[i] + margin;
            best[i] = log_term(c[0], p1) + log_term(c[1] - c[0], 1 - p1) +
                      log_term(c[2], m[i]) + log_term(c[3] - c[2], 1 - m[i]);
        }
        *(best[0] < best[1] ? &a : &b) = m[best[0] >= best[1]];
    }
    double p2 = (a + b) / 2, p1 = ratio ? margin * p2 : p2 + margin;
    double factor = ratio ? margin : 1, rate1 = (double)c[0] / n1, rate2 = (double)c[2] / n2;
    double variance = p1 * (1 - p1) / n1 + factor * factor * p2 * (1 - p2) / n2;
    return (rate1 - (ratio ? margin * rate2 : margin + rate2)) /
           sqrt(variance * (n1 + n2) / (n1 + n2 - 1));
}

static void test_small_tables_meet_the_score(void **state)
{
    static const unsigned both[] = { FOR_DIFFERENCE, FOR_RATIO };
    double z95 = normal_two_sided(.95), z50 = normal_two_sided(.5);

    (void)state;
    for (int64_t n1 = 1; n1 <= 6; n1++)
        for (int64_t n2 = 1; n2 <= 6; n2++)
            for (int64_t x1 = 0; x1 <= n1; x1++)
                for (int64_t x2 = 0; x2 <= n2; x2++)
                    for (int k = 0; k < 4; k++) {
                        const int64_t c[4] = { x1, n1, x2, n2 };
                        bool ratio = k & 1;
                        double z = k & 2 ? z50 : z95;
                        struct interval at = contrast("miettinen-nurminen", both[k & 1],
                                                      c, k & 2 ? .5 : .95);
                        if (ratio ? at.lo > 0 : at.lo > -1)
                            assert_near(score(c, both[k & 1], at.lo), z, 1e-5);
                        else
                            assert_true(ratio ? x1 == 0 : x1 == 0 && x2 == n2);
                        if (ratio ? isfinite(at.hi) : at.hi < 1)
                            assert_near(score(c, both[k & 1], at.hi), -z, 1e-5);
                        else
                            assert_true(ratio ? x2 == 0 : x1 == n1 && x2 == 0);
                    }
}

/* One of one against none of one: the restricted rates are (1 + D)/2 and (1 - D)/2,
 * so that (1 - D)/(1 + D) = z² (N/(N - 1) = 2). Likewise with any n of n. */
static void test_smallest_difference(void **state)
{
    const int64_t one[4] = { 1, 1, 0, 1 };

    (void)state;
    for (double confidence = .01; confidence < .995; confidence += .01) {
        double z = normal_two_sided(confidence);
        struct interval at = contrast("miettinen-nurminen", FOR_DIFFERENCE, one, confidence);
        assert_near(at.lo, (1 - z * z) / (1 + z * z), 1e-13);
        assert_true(at.hi == 1);
    }
}

/* Where nobody is missed the score limits have a closed form: n2 of n2 allows
 * ratios to 1 + z²/n2 (Koopman). */
static void test_ratio_of_full_groups(void **state)
{
    const int64_t full[4] = { 40, 40, 7, 7 };
    struct interval at = contrast("koopman", FOR_RATIO, full, .95);
    double z = normal_two_sided(.95);

    (void)state;
    assert_near(at.hi, 1 + z * z / 7, 1e-13);
    assert_near(at.lo, 1 / (1 + z * z / 40), 1e-13);
    at = contrast("katz", FOR_RATIO, full, .95); /* not the formula's [1, 1] */
    assert_true(at.lo < .9 && at.hi > 1.1);
}

static double p_of(const char *name, unsigned quantity, const int64_t c[4], double margin)
{
    double p = NAN;

    assert_int_equal(contrast_p(method_find(name), quantity, c[0], c[1], c[2], c[3],
                                margin, &p, NULL),
                     0);
    return p;
}

static void test_p_meets_the_limits(void **state)
{
    static const struct {
        const char *method;
        unsigned quantity;
    } both[] = {
        { "newcombe", FOR_DIFFERENCE }, { "miettinen-nurminen", FOR_DIFFERENCE },
        { "koopman", FOR_RATIO }, { "miettinen-nurminen", FOR_RATIO }, { "katz", FOR_RATIO },
    };
    static const double alphas[] = { .5, .05, .001, 1e-9 };

    (void)state;
    for (size_t m = 0; m < ARRAY_SIZE(both); m++) {
        for (size_t i = 0; i < ARRAY_SIZE(tables); i++) {
            const int64_t *c = tables[i];
            if (c[1] == COUNT_MAX)
                continue; /* limits no further apart than doubles are */
            for (size_t a = 0; a < ARRAY_SIZE(alphas); a++) {
                struct interval at =
                    contrast(both[m].method, both[m].quantity, c, 1 - alphas[a]);
                double ends[2] = { at.lo, at.hi };
                for (int e = 0; e < 2; e++) {
                    bool reachable = both[m].quantity == FOR_RATIO
                                         ? ends[e] > 0 && isfinite(ends[e])
                                         : fabs(ends[e]) < 1;
                    if (!reachable || ends[e] == at.estimate)
                        continue;
                    /* the digits that the narrowest of them leave */
                    double p = p_of(both[m].method, both[m].quantity, c, ends[e]);
                    assert_near(p / alphas[a], 1, 1e-4);
                }
            }
        }
    }
}

static void test_p_ends(void **state)
{
    const int64_t same[4] = { 3, 10, 3, 10 }, none[4] = { 0, 9, 0, 8 };
    const int64_t aclu[4] = { 11, 107, 17, 428 }, ibm[4] = { 94, 271, 1, 385 };
    const int64_t newcombe[4] = { 56, 70, 48, 80 };
    struct err err = ERR_INIT;
    double p, expected;

    (void)state;
    assert_true(p_of("newcombe", FOR_DIFFERENCE, same, 0) == 1);
    assert_true(p_of("koopman", FOR_RATIO, same, 1) == 1);
    assert_true(p_of("koopman", FOR_RATIO, none, 1) == 1);
    assert_true(p_of("newcombe", FOR_DIFFERENCE, none, 0) == 1);
    assert_true(p_of("newcombe", FOR_DIFFERENCE, ibm, 0) == CONTRAST_P_FLOOR);
    /* no interval leaves out what is at the end of the range */
    assert_true(p_of("newcombe", FOR_DIFFERENCE, ibm, 1) < 1);
    assert_true(p_of("miettinen-nurminen", FOR_DIFFERENCE, ibm, 1) == CONTRAST_P_FLOOR);
    /* Koopman at 1 is Pearson's chi-squared test of the table */
    double chi2 = 535. * pow(11. * 411 - 17. * 96, 2) / (107. * 428 * 28 * 507);
    expected = erfc(sqrt(chi2 / 2));
    assert_near(p_of("koopman", FOR_RATIO, aclu, 1), expected, 1e-10);
    /* Miettinen-Nurminen at 0 is the same with N - 1 */
    chi2 = 149. * pow(56. * 32 - 48. * 14, 2) / (70. * 80 * 104 * 46);
    assert_near(p_of("miettinen-nurminen", FOR_DIFFERENCE, newcombe, 0),
                erfc(sqrt(chi2 / 2)), 1e-10);
    /* falls with distance */
    double last = 1;
    for (double margin = .2; margin > -.9; margin -= .05) {
        p = p_of("newcombe", FOR_DIFFERENCE, newcombe, margin);
        assert_true(p <= last);
        last = p;
    }
    const struct method *nc = method_find("newcombe"), *ko = method_find("koopman");
    assert_int_equal(contrast_p(nc, FOR_DIFFERENCE, 1, 2, 1, 2, 1.5, &p, &err), ERR_INPUT);
    assert_fault_says(&err, "from -1 to 1");
    assert_int_equal(contrast_p(ko, FOR_RATIO, 1, 2, 1, 2, 0, &p, &err), ERR_INPUT);
    assert_fault_says(&err, "above 0");
    assert_int_equal(contrast_p(ko, FOR_RATIO, 3, 2, 1, 2, 1, &p, &err), ERR_INPUT);
    assert_fault_says(&err, "expected 0 to 2");
}

static void test_disparity(void **state)
{
    const double fmr[4] = { 1e-4, 2e-4, 5e-4, 1e-3 };
    const double fnmr[4] = { .01, .02, .015, .03 };
    const double equal[3] = { .2, .2, .2 }, one[3] = { 0, .3, 0 }, none[2] = { 0, 0 };

    (void)state;
    assert_near(disparity_gini(fmr, 4), .555556, 5e-7);
    assert_near(disparity_gini(fnmr, 4), .288889, 5e-7);
    assert_near(disparity_garbe(fmr, fnmr, 4, .5), .422222, 5e-7);
    assert_near(disparity_fdr(fmr, fnmr, 4, .5), .98955, 1e-15);
    assert_near(disparity_ir(fmr, fnmr, 4, .5), 5.477226, 5e-7);
    assert_near(disparity_max_min(fmr, 4), 10, 1e-14);
    assert_near(disparity_max_geomean(fmr, 4), 3.162278, 5e-7);
    assert_near(disparity_max_arithmean(fmr, 4), 1e-3 / 4.5e-4, 1e-14);
    assert_near(disparity_ir(fmr, fnmr, 4, 1), 10, 1e-14);
    assert_near(disparity_garbe(fmr, fnmr, 4, 0), .288889, 5e-7);

    assert_true(disparity_gini(equal, 3) == 0);
    assert_true(disparity_fdr(equal, equal, 3, .3) == 1);
    assert_near(disparity_ir(equal, equal, 3, .3), 1, 1e-15);
    assert_near(disparity_max_geomean(equal, 3), 1, 1e-15);
    assert_near(disparity_gini(one, 3), 1, 1e-15); /* all errors in one group */
    assert_true(isinf(disparity_max_min(one, 3)));
    assert_true(isinf(disparity_max_geomean(one, 3)));
    assert_true(isinf(disparity_ir(one, equal, 3, .5)));
    assert_true(isnan(disparity_max_min(none, 2)));
    assert_true(isnan(disparity_max_geomean(none, 2)));
    assert_true(isnan(disparity_max_arithmean(none, 2)));
    assert_true(isnan(disparity_gini(none, 2)));
    assert_true(isnan(disparity_gini(fmr, 1)));
    assert_true(isnan(disparity_ir(none, equal, 2, .5)));
    assert_true(disparity_ir(none, equal, 2, 0) == 1);
    assert_true(disparity_garbe(none, equal, 2, 0) == 0);
    assert_true(disparity_fdr(none, none, 2, .5) == 1);
}

static void test_spread(void **state)
{
    const struct method *wilson = method_find("wilson");
    const int64_t x[4] = { 94, 38, 21, 1 }, n[4] = { 271, 317, 296, 385 };
    const int64_t with_none[2] = { 5, 0 }, no_hits[2] = { 0, 0 }, like[2] = { 30, 31 };
    const int64_t many[2] = { 100, 100 };
    struct interval out, lo, hi;
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(spread_max_min(wilson, x, n, 4, .95, &out, NULL), 0);
    assert_int_equal(wilson->proportion(94, 271, 1 - .05 / 4, &hi, NULL), 0);
    assert_int_equal(wilson->proportion(1, 385, 1 - .05 / 4, &lo, NULL), 0);
    assert_near(out.estimate, 94. / 271 * 385, 1e-11);
    assert_near(out.lo, hi.lo / lo.hi, 1e-11);
    assert_near(out.hi, hi.hi / lo.lo, 1e-11);
    assert_int_equal(spread_max_min(wilson, with_none, many, 2, .95, &out, NULL), 0);
    assert_true(isinf(out.estimate) && isinf(out.hi) && out.lo == 1);
    assert_int_equal(spread_max_min(wilson, no_hits, many, 2, .95, &out, NULL), 0);
    assert_true(isnan(out.estimate) && isinf(out.hi) && out.lo == 1);
    assert_int_equal(spread_max_min(wilson, like, many, 2, .95, &out, NULL), 0);
    assert_true(out.lo == 1 && out.hi > 31. / 30);
    assert_int_equal(spread_max_min(wilson, x, n, 1, .95, &out, &err), ERR_INPUT);
    assert_fault_says(&err, "two groups");
    assert_int_equal(spread_max_min(wilson, x, n, 4, 1.5, &out, &err), ERR_INPUT);
    assert_fault_says(&err, "confidence");
    assert_int_equal(spread_max_min(wilson, n, x, 4, .95, &out, &err), ERR_INPUT);
    assert_fault_says(&err, "expected 0 to 94");
}

/* The box's corners give no FDR or IR outside what is said of the box. */
static void test_boxes(void **state)
{
    const struct interval fmr[2] = { { .1, .05, .2 }, { .3, .25, .4 } };
    const struct interval fnmr[2] = { { .02, .01, .03 }, { .02, .01, .04 } };
    struct interval fdr, ir;

    (void)state;
    disparity_fdr_box(fmr, fnmr, 2, .5, &fdr);
    disparity_ir_box(fmr, fnmr, 2, .5, &ir);
    assert_near(fdr.estimate, .9, 1e-15);
    assert_near(fdr.lo, 1 - .5 * (.35 + .03), 1e-15);
    assert_near(fdr.hi, 1 - .5 * .05, 1e-15);
    assert_near(ir.estimate, sqrt(3), 1e-14);
    assert_near(ir.lo, sqrt(1.25), 1e-14);
    assert_near(ir.hi, sqrt(8 * 4), 1e-14);
    for (int corner = 0; corner < 16; corner++) {
        double a[2], b[2];
        for (int g = 0; g < 2; g++) {
            a[g] = corner >> g & 1 ? fmr[g].hi : fmr[g].lo;
            b[g] = corner >> (g + 2) & 1 ? fnmr[g].hi : fnmr[g].lo;
        }
        double f = disparity_fdr(a, b, 2, .5), i = disparity_ir(a, b, 2, .5);
        assert_true(fdr.lo <= f + 1e-15 && f <= fdr.hi + 1e-15);
        assert_true(ir.lo <= i * (1 + 1e-15) && i <= ir.hi * (1 + 1e-15));
    }
}

static void test_bad_counts(void **state)
{
    size_t n;
    const struct method *m = method_table(&n);
    struct interval out;
    struct err err = ERR_INIT;

    (void)state;
    for (const struct method *end = m + n; m < end; m++) {
        for (int k = 0; k < 2; k++) {
            int (*f)(int64_t, int64_t, int64_t, int64_t, double, struct interval *,
                     struct err *) = k ? m->ratio : m->difference;
            if (!f)
                continue;
            assert_int_equal(f(3, 2, 1, 2, .95, &out, &err), ERR_INPUT);
            assert_fault_says(&err, "expected 0 to 2");
            assert_int_equal(f(1, 2, -1, 2, .95, &out, &err), ERR_INPUT);
            assert_fault_says(&err, "a count of -1");
            assert_int_equal(f(1, 2, 0, 0, .95, &out, &err), ERR_INPUT);
            assert_fault_says(&err, "trials is 0");
            assert_int_equal(f(1, 2, 1, 2, 1, &out, &err), ERR_INPUT);
            assert_fault_says(&err, "confidence 1");
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_published),
        cmocka_unit_test(test_differences_hold_their_shape),
        cmocka_unit_test(test_small_tables_meet_the_score),
        cmocka_unit_test(test_smallest_difference),
        cmocka_unit_test(test_ratios_hold_their_shape),
        cmocka_unit_test(test_ratio_of_full_groups),
        cmocka_unit_test(test_p_meets_the_limits),
        cmocka_unit_test(test_p_ends),
        cmocka_unit_test(test_disparity),
        cmocka_unit_test(test_spread),
        cmocka_unit_test(test_boxes),
        cmocka_unit_test(test_bad_counts),
    };

    return cmocka_run_group_tests_name("contrast", tests, start_stats, NULL);
}
