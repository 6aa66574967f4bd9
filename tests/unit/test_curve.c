/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Thresholds and curves against scikit-learn and SciPy (tests/oracles/curve.py): with
 * every score known, and with those below a floor known by a histogram only; ties,
 * distances, empty sides, targets that nothing reaches.
 */
#include "test.h"

#include "near.h"
#include "stats/curve.h"

enum { CASES = 4, MOST = 600, BINS = 16 };

struct whole {
    float high[MOST], mated[MOST];
    uint64_t histogram[BINS];
    struct curve c;
};

static void load(int wanted, struct whole *w)
{
    FILE *f = open_data("curve-oracle.csv");
    char line[256];
    size_t n = 0, m = 0;

    *w = (struct whole){ .high = { 0 } };
    while (fgets(line, sizeof line, f)) {
        int c, mated;
        double s;
        if (sscanf(line, "score,%d,%d,%lf", &c, &mated, &s) != 3 || c != wanted)
            continue;
        if (mated)
            w->mated[m++] = (float)s;
        else
            w->high[n++] = (float)s;
    }
    fclose(f);
    curve_sort(w->high, n);
    curve_sort(w->mated, m);
    for (size_t i = 1; i < n; i++)
        assert_true(w->high[i - 1] <= w->high[i]);
    w->c = (struct curve){ .high = w->high, .n_high = n, .floor = -INFINITY, .low = -4,
                           .top = 4, .bins = BINS, .nonmated = n, .mated = w->mated,
                           .n_mated = m };
    for (size_t i = 0; i < n; i++) {
        double bin = floor((double)(w->high[i] + 4) * 2);
        w->histogram[(size_t)fmin(fmax(bin, 0), BINS - 1)]++;
    }
    w->c.histogram = w->histogram;
}

/* Forgets the scores below a floor. */
static void hide(struct whole *w, double floor)
{
    size_t drop = 0;

    while (drop < w->c.n_high && (double)w->high[drop] < floor)
        drop++;
    w->c.high += drop;
    w->c.n_high -= drop;
    w->c.floor = floor;
}

static void test_sort(void **state)
{
    float v[] = { 3, -1, 0, -0.f, INFINITY, 1e-40f, -INFINITY, -1e-40f, -2, 3 };
    (void)state;
    curve_sort(v, ARRAY_SIZE(v));
    for (size_t i = 1; i < ARRAY_SIZE(v); i++)
        assert_true(v[i - 1] <= v[i]);
    assert_true(isinf(v[0]) && isinf(v[9]) && v[8] == 3 && v[1] == -2);
    curve_sort(v, 0);
}

static void test_oracle(void **state)
{
    static struct whole w[CASES], cut[CASES];
    static double t[2 * MOST];
    static uint64_t fm[2 * MOST], hits[2 * MOST];
    size_t n[CASES] = { 0 }, seen[CASES] = { 0 }, targets = 0;
    char line[256];

    (void)state;
    for (int c = 0; c < CASES; c++) {
        load(c, &w[c]);
        load(c, &cut[c]);
        hide(&cut[c], 1);
    }
    FILE *f = open_data("curve-oracle.csv");
    int c, last = -1;
    struct curve_points points = { t, fm, hits };
    while (fgets(line, sizeof line, f)) {
        double a, b;
        unsigned long long x, y;
        if (sscanf(line, "eer,%d,%lf", &c, &a) == 2) {
            struct curve_eer e = curve_eer(&w[c].c);
            assert_near(e.eer, a, 1e-12);
            assert_int_equal(e.how, CURVE_EXACT);
            /* from the histogram: close, and said to be so */
            e = curve_eer(&cut[c].c);
            assert_near(e.eer, a, .05);
            assert_int_equal(e.how, CURVE_EDGE);
        } else if (sscanf(line, "roc,%d,%lf,%llu,%llu", &c, &a, &x, &y) == 4) {
            if (c != last)
                n[c] = curve_points(&w[c].c, &points);
            last = c;
            assert_true(seen[c] < n[c]);
            assert_true((float)t[seen[c]] == (float)a);
            assert_int_equal(fm[seen[c]], x);
            assert_int_equal(hits[seen[c]], y);
            struct curve_point p = curve_at(&w[c].c, (double)(float)a);
            assert_int_equal(p.false_matches, x);
            assert_int_equal(p.false_non_matches, w[c].c.n_mated - y);
            p = curve_at(&cut[c].c, (double)(float)a);
            assert_true(p.fmr <= (double)x / (double)w[c].c.nonmated + 1e-15);
            assert_true(p.fmr_most >= (double)x / (double)w[c].c.nonmated - 1e-15);
            assert_true(p.how == CURVE_BOUNDED || p.false_matches == x);
            seen[c]++;
        } else if (sscanf(line, "target,%d,%lf,%lf,%llu,%llu", &c, &a, &b, &x, &y) == 5) {
            struct curve_point p = curve_threshold(&w[c].c, a);
            assert_true((float)p.threshold == (float)b);
            assert_int_equal(p.false_matches, x);
            assert_int_equal(p.false_non_matches, y);
            assert_int_equal(p.how, x ? CURVE_EXACT : CURVE_BEYOND);
            struct curve_point q = curve_threshold(&cut[c].c, a);
            assert_true(q.fmr <= a);
            if (q.how == CURVE_EXACT || q.how == CURVE_BEYOND)
                assert_true(q.threshold == p.threshold);
            else /* an edge: stricter than need be, by less than a bin */
                assert_true(q.how == CURVE_EDGE && q.threshold >= p.threshold - .5 &&
                            q.threshold <= 1);
            targets++;
        }
    }
    fclose(f);
    for (c = 0; c < CASES; c++)
        assert_int_equal(seen[c], n[c]);
    assert_int_equal(targets, 32);
}

static void test_edges(void **state)
{
    const float high[] = { .5f, .5f, .5f, .75f }, mated[] = { .25f, .75f };
    uint64_t histogram[] = { 6, 0, 3, 1 };
    struct curve c = { .high = high, .n_high = 4, .floor = .5, .histogram = histogram,
                       .bins = 4, .low = 0, .top = 1, .nonmated = 10, .mated = mated,
                       .n_mated = 2 };
    struct curve_point p;

    (void)state;
    p = curve_threshold(&c, .1);
    assert_true(p.threshold == .75 && p.false_matches == 1 && p.fnmr == .5);
    p = curve_threshold(&c, .3); /* the three tie: all would be four */
    assert_true(p.threshold == .75 && p.how == CURVE_EXACT);
    p = curve_threshold(&c, .4);
    assert_true(p.threshold == .5 && p.false_matches == 4 && p.fmr == .4);
    p = curve_threshold(&c, .05);
    assert_true(p.how == CURVE_BEYOND && p.threshold > .75 && p.threshold < .7501 &&
                p.fmr == 0 && p.fnmr == 1);
    p = curve_threshold(&c, .5); /* the bin below the floor is empty */
    assert_true(p.how == CURVE_EDGE && p.threshold == .25 && p.false_matches == 4);
    p = curve_threshold(&c, 1);
    assert_true(p.how == CURVE_ALL && p.fmr == 1 && p.fnmr == 0);
    p = curve_at(&c, .25);
    assert_true(p.how == CURVE_EDGE && p.fmr == .4 && p.fmr_most == .4);
    p = curve_at(&c, .1);
    assert_true(p.how == CURVE_BOUNDED && p.fmr == .4 && p.fmr_most == 1);
    p = curve_at(&c, -INFINITY);
    assert_true(p.fmr == 1);
    c.histogram = NULL;
    p = curve_at(&c, .1);
    assert_true(p.how == CURVE_UNKNOWN && isnan(p.fmr) && p.fnmr == 0);
    p = curve_threshold(&c, .9);
    assert_true(p.how == CURVE_EDGE && p.threshold == .5 && p.fmr == .4);

    c.n_high = 0;
    c.nonmated = 0;
    c.n_mated = 0;
    assert_true(isnan(curve_eer(&c).eer));
    p = curve_at(&c, .6);
    assert_true(isnan(p.fmr) && isnan(p.fnmr));

    double low = 0, top = 2;
    uint64_t bins[] = { 1, 2, 3 };
    curve_mirror(bins, 3, &low, &top);
    assert_true(low == -2 && top == 0 && bins[0] == 3 && bins[1] == 2 && bins[2] == 1);
}

static void test_choose(void **state)
{
    static struct whole w[CASES];
    struct curve groups[2];
    struct curve_choice choice[2];
    struct curve_point drawn[100];

    (void)state;
    for (int c = 0; c < 2; c++) {
        load(c, &w[c]);
        groups[c] = w[c].c;
    }
    curve_choose(&groups[0], groups, 2, .01, choice);
    assert_true(choice[0].common.threshold == choice[0].own.threshold);
    assert_true(choice[1].common.threshold == choice[0].own.threshold);
    assert_true(choice[1].own.fmr <= .01 && choice[1].own.threshold ==
                curve_threshold(&groups[1], .01).threshold);
    size_t n = curve_drawn(&groups[1], 3, drawn, ARRAY_SIZE(drawn));
    assert_true(n > 5);
    for (size_t i = 1; i < n; i++)
        assert_true(drawn[i].threshold > drawn[i - 1].threshold &&
                    drawn[i].fmr <= drawn[i - 1].fmr && drawn[i].fnmr >= drawn[i - 1].fnmr);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sort),
        cmocka_unit_test(test_oracle),
        cmocka_unit_test(test_edges),
        cmocka_unit_test(test_choose),
    };

    return cmocka_run_group_tests_name("curve", tests, start_stats, NULL);
}
