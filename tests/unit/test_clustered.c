/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Rates whose comparisons share people: values worked out by hand and by other
 * programs, and the sparse sums against all pairs of small cohorts in memory.
 */
#include "test.h"

#include "near.h"
#include "stats/clustered.h"
#include "stats/dist.h"
#include "stats/matching.h"
#include "stats/proportion.h"

static const struct clustered_how defaults = CLUSTERED_DEFAULTS;

/* 20 people of one image, numbered from 1; 1-2 1-3 1-4 5-6 7-8 are false matches. */
static void twenty(struct dyads *d)
{
    static const uint32_t pairs[][2] = { { 1, 2 }, { 1, 3 }, { 4, 1 }, { 5, 6 }, { 7, 8 } };
    uint32_t images[20];

    for (size_t i = 0; i < 20; i++)
        images[i] = 1;
    dyads_within(d, images, 20);
    for (size_t i = 0; i < ARRAY_SIZE(pairs); i++)
        dyads_add(d, pairs[i][0] - 1, pairs[i][1] - 1, 1);
    assert_int_equal(dyads_close(d, NULL), 0);
}

static void test_within_values(void **state)
{
    struct dyads d;
    double s[20], s2 = 0, s4 = 0;
    struct dyads_residuals r = { .s = s };
    struct clustered c;

    (void)state;
    twenty(&d);
    dyads_residuals(&d, &r);
    for (size_t i = 0; i < 20; i++) {
        s2 += s[i] * s[i];
        s4 += s[i] * s[i] * s[i] * s[i];
    }
    assert_near(s2, 11, 1e-12);
    assert_near(r.sum_r2, 4.868421, 5e-7);
    assert_near(s2 * s2 / s4, 3.006211, 5e-7);
    assert_near(d.comparisons, 190, 0);
    assert_near(d.disjoint, 10, 0);

    /* without leverage: the dyadic-robust variance */
    double p = r.p, var = (s2 - r.sum_r2) / (190. * 190), n_eff = p * (1 - p) / var;
    struct interval plain;
    wilson_limits(p * n_eff, n_eff, student_two_sided(.95, s2 * s2 / s4), &plain);
    assert_near(var, 1.698498e-4, 5e-11);
    assert_near(plain.lo, .006124, 5e-7);
    assert_near(plain.hi, .105978, 5e-7);

    assert_int_equal(clustered_wilson_t(&d, &defaults, &c, NULL), 0);
    assert_near(c.variance, 2.413248e-4, 5e-11);
    assert_near(c.df, 3.006211, 5e-7);
    assert_near(c.at.lo, .004861, 5e-7);
    assert_near(c.at.hi, .130093, 5e-7);
    assert_true(c.too_few && !c.borrowed && isnan(c.worst));
    assert_near(c.at.estimate, 5. / 190, 0);
    dyads_release(&d);
}

static void cross(struct dyads *d)
{
    static const uint32_t a[8] = { 2, 1, 3 }, b[8] = { 0, 0, 0, 1, 2, 4, 1, 1 };

    dyads_across(d, a, b, 8);
    dyads_add(d, 0, 3, 1);
    dyads_add(d, 5, 0, 3);
    dyads_add(d, 2, 5, 2);
    assert_int_equal(dyads_close(d, NULL), 0);
}

static void test_cross_values(void **state)
{
    struct dyads d;
    struct clustered c;

    (void)state;
    cross(&d);
    assert_near(d.comparisons, 6 * 9, 0);
    assert_near(d.sum_m2, 14 * 23, 0);
    assert_near(d.disjoint, 3, 0);
    assert_int_equal(clustered_wilson_t(&d, &defaults, &c, NULL), 0);
    assert_near(c.variance, .01008923, 5e-9);
    assert_near(c.df, 3.138157, 5e-7);
    assert_near(c.at.lo, .010408, 5e-7);
    assert_near(c.at.hi, .597692, 5e-7);
    dyads_release(&d);
}

/* A small generator of its own, so that the cases never change. */
static uint32_t next(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*seed >> 33);
}

enum { PEOPLE = 9, COHORTS = 400 };

/* Every dyad of a cohort, one by one. */
struct all_pairs {
    double m[PEOPLE][PEOPLE], x[PEOPLE][PEOPLE];
};

/* A random cohort of one of the forms, and all its pairs. */
static void cohort(uint64_t *seed, struct dyads *d, struct all_pairs *all)
{
    uint32_t a[PEOPLE], b[PEOPLE], class[PEOPLE], form = next(seed) % 6;
    struct dyad list[PEOPLE * PEOPLE];
    size_t n = 0;

    memset(all, 0, sizeof *all);
    for (uint32_t s = 0; s < PEOPLE; s++) {
        a[s] = next(seed) % 4;
        b[s] = form == 2 ? (a[s] ? 0 : 1 + next(seed) % 3) : next(seed) % 3;
        class[s] = s % 3; /* of the last two forms */
    }
    for (uint32_t s = 0; s < PEOPLE; s++)
        for (uint32_t t = s + 1; t < PEOPLE; t++) {
            double m = form % 4 == 0 ? a[s] * a[t] : a[s] * b[t] + a[t] * b[s];
            if (form == 3)
                m = next(seed) % 3;
            if (form > 3 && class[s] != class[t])
                m = 0;
            all->m[s][t] = all->m[t][s] = m;
            if (form == 3 && m > 0)
                list[n++] = (struct dyad){ t, s, m, 0 };
        }
    if (form == 0)
        dyads_within(d, a, PEOPLE);
    else if (form < 3)
        dyads_across(d, a, b, PEOPLE);
    else if (form == 4)
        dyads_within_classes(d, a, PEOPLE, class, 3);
    else if (form == 5)
        dyads_across_classes(d, a, b, PEOPLE, class, 3);
    else
        assert_int_equal(dyads_listed(d, list, n, PEOPLE, NULL), 0);
    for (uint32_t s = 0; s < PEOPLE; s++)
        for (uint32_t t = s + 1; t < PEOPLE; t++) {
            double x = 0;
            for (int k = 0; k < all->m[s][t]; k++)
                if (next(seed) % 6 == 0) {
                    dyads_add(d, k % 2 ? s : t, k % 2 ? t : s, 1);
                    x++;
                }
            all->x[s][t] = all->x[t][s] = x;
        }
    assert_int_equal(dyads_close(d, NULL), 0);
}

/* The most pairs of people without a person in two, of the people in `left`. */
static int most_disjoint(const struct all_pairs *all, unsigned left)
{
    int s = 0, best;

    if (!left)
        return 0;
    while (!(left >> s & 1))
        s++;
    left &= ~(1u << s);
    best = most_disjoint(all, left);
    for (int t = s + 1; t < PEOPLE; t++)
        if (left >> t & 1 && all->m[s][t] > 0) {
            int with = 1 + most_disjoint(all, left & ~(1u << t));
            best = with > best ? with : best;
        }
    return best;
}

/* The formulas as printed, over all pairs. */
static void by_hand(const struct all_pairs *all, struct clustered *c, double *s2,
                    double *r2)
{
    double m = 0, x = 0, tilde2 = 0, tilde4 = 0;

    *s2 = *r2 = 0;
    for (int s = 0; s < PEOPLE; s++)
        for (int t = s + 1; t < PEOPLE; t++) {
            m += all->m[s][t];
            x += all->x[s][t];
        }
    double p = x / m;
    for (int s = 0; s < PEOPLE; s++) {
        double sum = 0, own = 0;
        for (int t = 0; t < PEOPLE; t++) {
            double r = all->x[s][t] - p * all->m[s][t];
            sum += r;
            own += all->m[s][t];
            if (t > s)
                *r2 += r * r;
        }
        *s2 += sum * sum;
        double tilde = sum / (1 - own / m);
        tilde2 += tilde * tilde;
        tilde4 += tilde * tilde * tilde * tilde;
    }
    c->n = m;
    c->x = x;
    c->variance = fmax(fmax(tilde2 - *r2, *r2), p * (1 - p) * m) / (m * m);
    c->df = fmax(2, tilde2 * tilde2 / tilde4);
    c->n_eff = p * (1 - p) / c->variance;
    c->at.estimate = p;
    double z = student_two_sided(.95, c->df), n = c->n_eff;
    double middle = (p + z * z / (2 * n)) / (1 + z * z / n);
    double half = z / (1 + z * z / n) * sqrt(p * (1 - p) / n + z * z / (4 * n * n));
    c->at.lo = middle - half;
    c->at.hi = middle + half;
}

static void test_all_pairs(void **state)
{
    uint64_t seed = 7;
    size_t held = 0;

    (void)state;
    for (int i = 0; i < COHORTS; i++) {
        struct dyads d;
        struct all_pairs all;
        struct clustered hand = { 0 }, got, neff;
        double s2, r2, sum_m2 = 0, s[PEOPLE];
        struct dyads_residuals r = { .s = s };

        cohort(&seed, &d, &all);
        by_hand(&all, &hand, &s2, &r2);
        for (int p = 0; p < PEOPLE; p++)
            for (int q = p + 1; q < PEOPLE; q++) {
                sum_m2 += all.m[p][q] * all.m[p][q];
                assert_near(dyads_between(&d, (uint32_t)q, (uint32_t)p), all.m[p][q], 0);
            }
        assert_near(d.comparisons, hand.n, 0);
        assert_near(d.sum_m2, sum_m2, 0);
        assert_near(d.disjoint, most_disjoint(&all, (1u << PEOPLE) - 1), 0);
        if (hand.x > 0 && hand.x < hand.n && d.most < d.comparisons) {
            dyads_residuals(&d, &r);
            assert_near(r.sum_r2, r2, 1e-12 * r2);
            assert_int_equal(clustered_wilson_t(&d, &defaults, &got, NULL), 0);
            assert_near(got.variance, hand.variance, 1e-12 * hand.variance);
            assert_near(got.df, hand.df, 1e-10 * hand.df);
            assert_near(got.n_eff, hand.n_eff, 1e-12 * hand.n_eff);
            assert_near(got.at.lo, hand.at.lo, 1e-12);
            assert_near(got.at.hi, hand.at.hi, 1e-12);
            double var = (r2 + fmax(0, s2 - 2 * r2)) / (hand.n * hand.n);
            assert_int_equal(clustered_wilson_neff(&d, &defaults, &neff, NULL), 0);
            assert_near(neff.variance, var, 1e-12 * var);
            held++;
        }
        dyads_release(&d);
    }
    assert_true(held > COHORTS / 2);
}

static void test_no_errors(void **state)
{
    struct dyads d;
    struct clustered c;
    struct clustered_how how = defaults;
    uint32_t ones[21], b[21] = { 0 };

    (void)state;
    for (size_t i = 0; i < 21; i++)
        ones[i] = 1;
    dyads_within(&d, ones, 21);
    assert_int_equal(dyads_close(&d, NULL), 0);
    assert_int_equal(clustered_wilson_t(&d, &how, &c, NULL), 0);
    assert_near(c.independent, 10, 0);
    assert_near(c.at.lo, 0, 0);
    assert_near(c.at.hi, 1 - pow(.025, .1), 1e-15);
    assert_near(c.worst, c.at.hi, 0);
    assert_true(c.too_few && !c.borrowed);
    how.borrowed = 2.5;
    assert_int_equal(clustered_wilson_t(&d, &how, &c, NULL), 0);
    assert_near(c.at.hi, 1 - pow(.025, 2.5 / 210), 1e-15);
    assert_near(c.worst, 1 - pow(.025, .1), 1e-15);
    assert_true(c.borrowed);
    /* the published one has N* = M there */
    assert_int_equal(clustered_wilson_neff(&d, &how, &c, NULL), 0);
    struct interval plain;
    wilson_limits(0, 210, normal_two_sided(.95), &plain);
    assert_near(c.at.hi, plain.hi, 0);
    /* everything an error: the mirror image */
    for (uint32_t s = 0; s < 21; s++)
        for (uint32_t t = s + 1; t < 21; t++)
            dyads_add(&d, s, t, 1);
    assert_int_equal(dyads_close(&d, NULL), 0);
    assert_int_equal(clustered_wilson_t(&d, &defaults, &c, NULL), 0);
    assert_near(c.at.lo, pow(.025, .1), 1e-15);
    assert_near(c.at.hi, 1, 0);
    dyads_release(&d);

    /* one person against the others */
    ones[0] = 0;
    b[0] = 1;
    dyads_across(&d, ones, b, 21);
    dyads_add(&d, 0, 5, 1);
    assert_int_equal(dyads_close(&d, NULL), 0);
    assert_near(d.disjoint, 1, 0);
    assert_int_equal(clustered_wilson_t(&d, &defaults, &c, NULL), 0);
    assert_near(c.at.lo, 0, 0);
    assert_near(c.at.hi, 1, 0);
    assert_true(c.too_few);
    dyads_release(&d);
}

static void test_few_errors_borrow(void **state)
{
    struct dyads d;
    struct clustered own, more, less;
    struct clustered_how how = defaults;

    (void)state;
    twenty(&d);
    assert_int_equal(clustered_wilson_t(&d, &how, &own, NULL), 0);
    how.borrowed = 3 * own.deff;
    assert_int_equal(clustered_wilson_t(&d, &how, &more, NULL), 0);
    assert_near(more.variance, 3 * own.variance, 1e-15);
    assert_true(more.borrowed && more.at.hi > own.at.hi && more.at.lo < own.at.lo);
    how.borrowed = own.deff / 3;
    assert_int_equal(clustered_wilson_t(&d, &how, &less, NULL), 0);
    assert_near(less.at.hi, own.at.hi, 0);
    assert_true(!less.borrowed);
    /* ten dyads speak for themselves */
    for (uint32_t s = 9; s < 19; s += 2)
        dyads_add(&d, s, s + 1, 1);
    assert_int_equal(dyads_close(&d, NULL), 0);
    assert_int_equal(d.n_erring, 10);
    how.borrowed = 100;
    assert_int_equal(clustered_wilson_t(&d, &how, &more, NULL), 0);
    assert_true(!more.borrowed && !more.too_few == (more.df >= 5));
    dyads_release(&d);
}

/* The design effect is that of the step at which the tenth dyad errs, ties and all. */
static void test_borrow_from_scores(void **state)
{
    enum { PAIRS = 12 };
    struct scored_dyad list[PAIRS + 2];
    struct dyads d;
    struct clustered lower, c;
    uint32_t images[20];
    struct clustered_how how = defaults;

    (void)state;
    for (size_t i = 0; i < 20; i++)
        images[i] = 2;
    dyads_within(&d, images, 20);
    for (uint32_t i = 0; i < PAIRS; i++) /* person 0 with all others */
        list[i] = (struct scored_dyad){ 0, i + 1, i < 9 ? 20 - (float)i : 5 };
    list[12] = (struct scored_dyad){ 3, 0, 5 };
    list[13] = (struct scored_dyad){ 5, 6, 4 };
    for (size_t i = 0; i < 13; i++)
        dyads_add(&d, list[i].s, list[i].t, 1);
    assert_int_equal(dyads_close(&d, NULL), 0);
    assert_int_equal(clustered_wilson_t(&d, &how, &lower, NULL), 0);
    dyads_clear(&d);
    assert_near(clustered_borrow(&d, list, 14), lower.deff, 0);
    assert_true(lower.deff > 2);
    assert_near(clustered_borrow(&d, list, 9), 0, 0);
    assert_near(clustered_borrow(&d, list, 0), 0, 0);
    how.borrowed = lower.deff;
    assert_int_equal(clustered_wilson_t(&d, &how, &c, NULL), 0);
    assert_near(c.at.hi, 1 - pow(.025, lower.deff / 760), 1e-15);
    dyads_release(&d);
}

/* One comparison: the lower limit as the authors' code has it. */
static void test_wilson_neff_at_one(void **state)
{
    struct dyads d;
    struct clustered c;
    uint32_t ones[20];

    (void)state;
    for (size_t i = 0; i < 20; i++)
        ones[i] = 1;
    dyads_within(&d, ones, 20);
    dyads_add(&d, 3, 9, 1);
    assert_int_equal(dyads_close(&d, NULL), 0);
    assert_int_equal(clustered_wilson_neff(&d, &defaults, &c, NULL), 0);
    assert_near(c.at.lo, -log(.95) / 190, 1e-18);
    assert_int_equal(clustered_naive(&d, &defaults, &c, NULL), 0);
    struct interval plain;
    assert_int_equal(proportion_wilson(1, 190, .95, &plain, NULL), 0);
    assert_true(c.at.lo == plain.lo && c.at.hi == plain.hi);
    dyads_release(&d);
}

static void test_one_way(void **state)
{
    double ones[40], x[40] = { 0 }, m[40];
    struct people single = { 40, ones, x }, several = { 40, m, x };
    struct clustered c;

    (void)state;
    for (int i = 0; i < 40; i++) {
        ones[i] = 1;
        m[i] = 1 + i % 5;
    }
    /* one image a person: Wilson to the last bit, at any count, few people too */
    for (size_t n = 1; n <= 40; n++)
        for (size_t hits = 0; hits <= n; hits++) {
            struct interval plain;
            for (size_t i = 0; i < n; i++)
                x[i] = i < hits;
            single.n = n;
            assert_int_equal(people_wilson_t(&single, &defaults, &c, NULL), 0);
            assert_int_equal(
                proportion_wilson((int64_t)hits, (int64_t)n, .95, &plain, NULL), 0);
            assert_true(c.at.lo == plain.lo && c.at.hi == plain.hi);
        }
    /* several: by the formulas */
    double all = 120, sum_x = 0, sum_t = 0, sum_t2 = 0;
    for (int i = 0; i < 40; i++) {
        x[i] = i % 7 == 0 ? m[i] : i % 3 == 0;
        sum_x += x[i];
    }
    double p = sum_x / all;
    for (int i = 0; i < 40; i++) {
        double s = x[i] - p * m[i], h = 1 - m[i] / all;
        double t = (s * s - x[i] * (1 - p) * (1 - p) - (m[i] - x[i]) * p * p) / (h * h);
        sum_t += t;
        sum_t2 += t * t;
    }
    double v = all * p * (1 - p) + fmax(0, sum_t);
    assert_int_equal(people_wilson_t(&several, &defaults, &c, NULL), 0);
    assert_near(c.variance, v / (all * all), 1e-15);
    assert_near(c.df, fmax(2, v * v / sum_t2), 1e-9);
    assert_near(c.independent, floor(all * all / 440), 0);
    /* a person with more than a tenth: without T */
    m[0] += 60;
    x[0] += 20;
    all += 60;
    sum_x += 20;
    p = sum_x / all;
    double s2 = 0, s4 = 0;
    for (int i = 0; i < 40; i++) {
        double s = (x[i] - p * m[i]) / (1 - m[i] / all);
        s2 += s * s;
        s4 += s * s * s * s;
    }
    assert_int_equal(people_wilson_t(&several, &defaults, &c, NULL), 0);
    assert_near(c.variance, fmax(s2, all * p * (1 - p)) / (all * all), 1e-15);
    assert_near(c.df, fmax(2, s2 * s2 / s4), 1e-9);
    /* no errors */
    memset(x, 0, sizeof x);
    assert_int_equal(people_wilson_t(&several, &defaults, &c, NULL), 0);
    assert_near(c.at.hi, 1 - pow(.025, 1 / c.independent), 1e-15);
}

static void test_matching(void **state)
{
    /* two triangles joined by an edge: a greedy choice of that edge finds 1 + 1 */
    static const struct dyad list[] = {
        { 2, 3, 1, 0 }, { 0, 1, 1, 0 }, { 1, 2, 1, 0 }, { 0, 2, 1, 0 },
        { 3, 4, 1, 0 }, { 4, 5, 1, 0 }, { 3, 5, 1, 0 },
    };
    uint64_t seed = 3;

    (void)state;
    assert_int_equal(matching_size(list, ARRAY_SIZE(list), 6), 3);
    assert_int_equal(matching_size(NULL, 0, 6), 0);
    for (int i = 0; i < 3000; i++) { /* sparse ones, where blossoms matter */
        struct dyad edges[PEOPLE * PEOPLE];
        struct all_pairs all = { 0 };
        size_t n = 0;
        uint32_t one_in = 2 + next(&seed) % 5;
        for (uint32_t s = 0; s < PEOPLE; s++)
            for (uint32_t t = s + 1; t < PEOPLE; t++)
                if (next(&seed) % one_in == 0) {
                    edges[n++] = (struct dyad){ s, t, 1, 0 };
                    all.m[s][t] = all.m[t][s] = 1;
                }
        for (size_t k = n; k > 1; k--) {
            size_t other = next(&seed) % k;
            struct dyad keep = edges[k - 1];
            edges[k - 1] = edges[other];
            edges[other] = keep;
        }
        assert_int_equal(matching_size(edges, n, PEOPLE),
                         most_disjoint(&all, (1u << PEOPLE) - 1));
    }
    /* a long path, walked from the wrong end */
    struct dyad *path = mem_array(20001, sizeof *path);
    for (uint32_t i = 0; i < 20001; i++)
        path[i] = (struct dyad){ i, i + 1, 1, 0 };
    struct dyad middle = path[10001];
    path[10001] = path[0];
    path[0] = middle;
    assert_int_equal(matching_size(path, 20001, 20002), 10001);
    free(path);
}

static void test_refusals(void **state)
{
    struct err err = ERR_INIT;
    struct dyads d;
    struct clustered c;
    struct clustered_how how = defaults;
    uint32_t images[3] = { 1, 2, 0 };
    struct dyad own = { 1, 1, 1, 0 };

    (void)state;
    dyads_within(&d, images, 3);
    dyads_add(&d, 0, 1, 3);
    assert_int_equal(dyads_close(&d, &err), ERR_INPUT);
    assert_faults(&err, "3 errors of the people 0 and 1, expected 0 to their comparisons,"
                        " 2");
    dyads_clear(&d);
    dyads_add(&d, 0, 2, 1);
    assert_int_equal(dyads_close(&d, &err), ERR_INPUT);
    assert_fault_says(&err, "expected 0 to their comparisons, 0");
    dyads_clear(&d);
    dyads_add(&d, 1, 1, 1);
    assert_int_equal(dyads_close(&d, &err), ERR_INPUT);
    err_release(&err);
    dyads_clear(&d);
    how.confidence = 1;
    assert_int_equal(clustered_wilson_t(&d, &how, &c, &err), ERR_INPUT);
    assert_fault_says(&err, "confidence 1");
    dyads_release(&d);
    images[1] = 0;
    dyads_within(&d, images, 3);
    assert_int_equal(clustered_wilson_t(&d, &defaults, &c, &err), ERR_INPUT);
    assert_faults(&err, "a rate of 0 comparisons, expected 1 to 2^53");
    dyads_release(&d);
    assert_int_equal(dyads_listed(&d, &own, 1, 2, &err), ERR_INPUT);
    assert_fault_says(&err, "the people 1 and 1");
    dyads_release(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_within_values),
        cmocka_unit_test(test_cross_values),
        cmocka_unit_test(test_all_pairs),
        cmocka_unit_test(test_no_errors),
        cmocka_unit_test(test_few_errors_borrow),
        cmocka_unit_test(test_borrow_from_scores),
        cmocka_unit_test(test_wilson_neff_at_one),
        cmocka_unit_test(test_one_way),
        cmocka_unit_test(test_matching),
        cmocka_unit_test(test_refusals),
    };

    return cmocka_run_group_tests_name("clustered", tests, start_stats, NULL);
}
