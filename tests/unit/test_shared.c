/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Contrasts of rates that share people, the spread over groups, and the permutation
 * test of it: against all pairs in memory, grids and the formulas as printed.
 */
#include "test.h"

#include "near.h"
#include "stats/disparity.h"
#include "stats/dist.h"
#include "stats/influence.h"
#include "stats/permutation.h"
#include "stats/proportion.h"

enum { PEOPLE = 14 };

static const struct clustered_how defaults = CLUSTERED_DEFAULTS;
static const double nothing[2] = { 0, 0 };

static uint32_t next(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*seed >> 33);
}

static double uniform(uint64_t *seed)
{
    return next(seed) / 4294967296. * 2;
}

/* MOVER from Wilson's limits is Newcombe's interval. */
static void test_mover(void **state)
{
    struct interval a, b, out, back;

    (void)state;
    assert_int_equal(proportion_wilson(56, 70, .95, &a, NULL), 0);
    assert_int_equal(proportion_wilson(48, 80, .95, &b, NULL), 0);
    mover_difference(&a, &b, &out);
    assert_near(out.lo, .0524, 5e-5);
    assert_near(out.hi, .3339, 5e-5);
    mover_ratio(&a, &b, &out);
    double lo = sqrt(pow(log(a.estimate) - log(a.lo), 2) +
                     pow(log(b.hi) - log(b.estimate), 2));
    double hi = sqrt(pow(log(a.hi) - log(a.estimate), 2) +
                     pow(log(b.estimate) - log(b.lo), 2));
    assert_near(log(out.lo), log(.8 / .6) - lo, 1e-14);
    assert_near(log(out.hi), log(.8 / .6) + hi, 1e-14);
    mover_ratio(&b, &a, &back);
    assert_near(back.lo * out.hi, 1, 1e-14);
    /* zeros */
    struct interval none = { 0, 0, .1 };
    mover_ratio(&a, &none, &out);
    assert_true(isinf(out.estimate) && isinf(out.hi));
    assert_near(out.lo, a.lo / .1, 1e-15);
    mover_ratio(&none, &a, &out);
    assert_true(out.estimate == 0 && out.lo == 0);
    assert_near(out.hi, .1 / a.lo, 1e-15);
    mover_ratio(&none, &none, &out);
    assert_true(isnan(out.estimate) && out.lo == 0 && isinf(out.hi));
    mover_difference(&none, &none, &out);
    assert_near(out.hi, .1, 1e-15);
}

struct all_pairs {
    double m[PEOPLE][PEOPLE], x[PEOPLE][PEOPLE];
};

/* Reads all pairs out of a cell. */
static void read_pairs(const struct dyads *d, struct all_pairs *all)
{
    memset(all, 0, sizeof *all);
    for (uint32_t s = 0; s < PEOPLE; s++)
        for (uint32_t t = s + 1; t < PEOPLE; t++)
            all->m[s][t] = dyads_between(d, s, t);
    for (size_t i = 0; i < d->n_erring; i++)
        all->x[d->erring[i].s][d->erring[i].t] = d->erring[i].x;
}

/* The influence formula over all pairs: the variance and its degrees of freedom. */
static void influence_by_hand(const struct all_pairs pair[2], bool ratio, double *var,
                              double *df, double *floor)
{
    double m[2] = { 0 }, x[2] = { 0 }, g[2], s[PEOPLE] = { 0 }, s2 = 0, s4 = 0, i2 = 0;

    for (int k = 0; k < 2; k++)
        for (int i = 0; i < PEOPLE; i++)
            for (int j = i + 1; j < PEOPLE; j++) {
                m[k] += pair[k].m[i][j];
                x[k] += pair[k].x[i][j];
            }
    g[0] = ratio ? m[0] / x[0] : 1;
    g[1] = ratio ? -m[1] / x[1] : -1;
    for (int i = 0; i < PEOPLE; i++)
        for (int j = i + 1; j < PEOPLE; j++) {
            double at = 0;
            for (int k = 0; k < 2; k++)
                at += g[k] * (pair[k].x[i][j] - x[k] / m[k] * pair[k].m[i][j]) / m[k];
            s[i] += at;
            s[j] += at;
            i2 += at * at;
        }
    for (int i = 0; i < PEOPLE; i++) {
        s2 += s[i] * s[i];
        s4 += pow(s[i], 4);
    }
    *var = fmax(s2 - i2, i2);
    *df = fmax(2, s2 * s2 / s4);
    *floor = i2;
}

/* Two backends, (g,g) against (g,h), a group against all, a list against its like. */
static void two_cells(uint64_t *seed, int kind, struct dyads d[2])
{
    uint32_t all[PEOPLE], g[PEOPLE], h[PEOPLE];
    struct dyad list[PEOPLE * PEOPLE];
    size_t n = 0;

    for (uint32_t s = 0; s < PEOPLE; s++) {
        all[s] = 1 + next(seed) % 3;
        g[s] = s % 2 ? all[s] : 0;
        h[s] = s % 2 ? 0 : all[s];
        for (uint32_t t = 0; t < s; t++)
            if (next(seed) % 2)
                list[n++] = (struct dyad){ s, t, 1 + next(seed) % 2, 0 };
    }
    if (kind == 0) {
        dyads_within(&d[0], all, PEOPLE);
        dyads_within(&d[1], all, PEOPLE);
    } else if (kind == 1) {
        dyads_within(&d[0], g, PEOPLE);
        dyads_across(&d[1], g, h, PEOPLE);
    } else if (kind == 2) {
        dyads_within(&d[0], g, PEOPLE);
        dyads_within(&d[1], all, PEOPLE);
    } else {
        assert_int_equal(dyads_listed(&d[0], list, n, PEOPLE, NULL), 0);
        dyads_across(&d[1], g, all, PEOPLE);
    }
    for (uint32_t s = 0; s < PEOPLE; s++)
        for (uint32_t t = s + 1; t < PEOPLE; t++) {
            double hits = next(seed) % 5 ? 0 : 1 + next(seed) % 2;
            for (int k = 0; k < 2; k++) {
                double m = dyads_between(&d[k], s, t);
                bool too = k == 0 || next(seed) % 3;
                if (m > 0 && hits > 0 && too)
                    dyads_add(&d[k], t, s, fmin(m, hits));
            }
        }
    for (int k = 0; k < 2; k++)
        assert_int_equal(dyads_close(&d[k], NULL), 0);
}

static void test_influence(void **state)
{
    uint64_t seed = 4;
    int floored = 0, held = 0;

    (void)state;
    for (int i = 0; i < 200; i++) {
        struct dyads d[2];
        struct all_pairs pair[2];
        struct influence got;

        two_cells(&seed, i % 4, d);
        struct contrast_of c = { &d[0], &d[1], NULL, NULL };
        for (int k = 0; k < 2; k++)
            read_pairs(&d[k], &pair[k]);
        for (int ratio = 0; ratio < 2; ratio++) {
            double var, df, least;
            influence_by_hand(pair, ratio, &var, &df, &least);
            assert_int_equal((ratio ? influence_ratio : influence_difference)(
                                 &c, &defaults, nothing, &got, NULL), 0);
            if (got.by_limits) { /* no error in one of the cells */
                assert_true(!d[0].n_erring || !d[1].n_erring);
                continue;
            }
            held++;
            assert_near(got.variance, var, 1e-11 * var);
            assert_near(got.df, df, 1e-8 * df);
            floored += var == least;
            double t = student_two_sided(.95, df) * sqrt(var);
            if (ratio)
                assert_near(log(got.at.hi / got.at.estimate), t, 1e-9);
            else
                assert_near(got.at.hi, fmin(1, got.at.estimate + t), 1e-9);
        }
        for (int k = 0; k < 2; k++)
            dyads_release(&d[k]);
    }
    assert_true(held > 300 && floored > 0 && floored < held);
}

/* The same rate twice differs by nothing, surely; without errors, by the limits. */
static void test_influence_ends(void **state)
{
    uint64_t seed = 8;
    struct dyads d[2];
    struct influence got;
    struct clustered a, b;

    (void)state;
    two_cells(&seed, 0, d);
    struct contrast_of same = { &d[0], &d[0], NULL, NULL };
    assert_int_equal(influence_difference(&same, &defaults, nothing, &got, NULL), 0);
    assert_near(got.variance, 0, 1e-18);
    assert_true(got.at.estimate == 0);
    struct contrast_of c = { &d[0], &d[1], NULL, NULL };
    dyads_clear(&d[1]);
    assert_int_equal(influence_difference(&c, &defaults, nothing, &got, NULL), 0);
    assert_true(got.by_limits && got.too_few && isnan(got.variance));
    assert_int_equal(clustered_wilson_t(&d[0], &defaults, &a, NULL), 0);
    assert_int_equal(clustered_wilson_t(&d[1], &defaults, &b, NULL), 0);
    struct interval mover;
    mover_difference(&a.at, &b.at, &mover);
    assert_true(got.at.lo == mover.lo && got.at.hi == mover.hi);
    assert_int_equal(influence_ratio(&c, &defaults, nothing, &got, NULL), 0);
    assert_true(isinf(got.at.hi) && got.at.lo > 0);
    for (int k = 0; k < 2; k++)
        dyads_release(&d[k]);
}

static void test_influence_people(void **state)
{
    enum { MANY = 50 };
    double m[MANY], x[MANY], y[MANY], p = 0, q = 0, all = 0, s2 = 0, s4 = 0;
    struct people first = { MANY, m, x }, second = { MANY, m, y };
    struct contrast_of c = { NULL, NULL, &first, &second };
    struct influence got;

    (void)state;
    for (int s = 0; s < MANY; s++) {
        m[s] = 1 + s % 3;
        x[s] = s % 4 == 0;
        y[s] = s % 8 == 0 || s % 11 == 0;
        all += m[s];
        p += x[s];
        q += y[s];
    }
    for (int s = 0; s < MANY; s++) {
        double at = (x[s] - p / all * m[s] - y[s] + q / all * m[s]) / all;
        s2 += at * at;
        s4 += pow(at, 4);
    }
    assert_int_equal(influence_difference(&c, &defaults, nothing, &got, NULL), 0);
    assert_near(got.variance, s2, 1e-16);
    assert_near(got.df, s2 * s2 / s4, 1e-9);
    assert_near(got.at.estimate, (p - q) / all, 1e-16);
}

/* Random points of a box stay within its extremes, and come near them. */
static void test_boxes(void **state)
{
    uint64_t seed = 12;

    (void)state;
    for (int i = 0; i < 60; i++) {
        enum { GROUPS = 3, POINTS = 20000 };
        struct interval rate[GROUPS], geomean, gini, ratio;
        double least[3] = { INFINITY, INFINITY, INFINITY }, most[3] = { 0 };

        for (int g = 0; g < GROUPS; g++) {
            double a = .01 + uniform(&seed), b = .01 + uniform(&seed);
            rate[g] = (struct interval){ (a + b) / 2, fmin(a, b), fmax(a, b) };
        }
        disparity_max_geomean_box(rate, GROUPS, &geomean);
        disparity_gini_box(rate, GROUPS, &gini);
        disparity_max_min_box(rate, GROUPS, &ratio);
        for (int k = 0; k < POINTS; k++) {
            double at[GROUPS], level = uniform(&seed);
            for (int g = 0; g < GROUPS; g++) {
                double u = uniform(&seed);
                if (k % 3 == 0) /* corners */
                    u = u < .5 ? 0 : 1;
                at[g] = rate[g].lo + u * (rate[g].hi - rate[g].lo);
                if (k % 3 == 1) /* as near to a level as can be */
                    at[g] = fmin(fmax(level, rate[g].lo), rate[g].hi);
            }
            double v[3] = { disparity_max_geomean(at, GROUPS),
                            disparity_gini(at, GROUPS), disparity_max_min(at, GROUPS) };
            for (int w = 0; w < 3; w++) {
                least[w] = fmin(least[w], v[w]);
                most[w] = fmax(most[w], v[w]);
            }
        }
        struct interval *box[3] = { &geomean, &gini, &ratio };
        for (int w = 0; w < 3; w++) {
            assert_true(box[w]->lo <= least[w] + 1e-12);
            assert_true(box[w]->hi >= most[w] - 1e-12);
            assert_near(box[w]->lo, least[w], .02 + .02 * least[w]);
            if (w < 2) /* max/min takes all pairs of groups, the same one too */
                assert_near(box[w]->hi, most[w], 1e-9 * most[w]);
        }
    }
}

static void test_box_ends(void **state)
{
    struct interval zero[] = { { 0, 0, .01 }, { .02, .01, .04 } }, out;
    struct interval none[] = { { 0, 0, .01 }, { 0, 0, .02 } };
    struct interval many[DISPARITY_CORNERS + 1], garbe;

    (void)state;
    disparity_max_min_box(zero, 2, &out);
    assert_true(isinf(out.estimate) && isinf(out.hi));
    assert_near(out.lo, 1, 0);
    zero[1].lo = .02;
    disparity_max_min_box(zero, 2, &out);
    assert_near(out.lo, 2, 1e-15);
    disparity_max_geomean_box(zero, 2, &out);
    assert_true(isinf(out.estimate) && isinf(out.hi));
    assert_near(out.lo, .02 / sqrt(.01 * .02), 1e-12);
    disparity_gini_box(none, 2, &out);
    assert_true(isnan(out.estimate) && out.lo == 0 && out.hi == 1);
    disparity_max_geomean_box(none, 2, &out);
    assert_true(isnan(out.estimate) && out.lo == 1 && isinf(out.hi));
    for (size_t i = 0; i < ARRAY_SIZE(many); i++)
        many[i] = (struct interval){ .1, .05, .2 };
    disparity_gini_box(many, ARRAY_SIZE(many), &out);
    assert_true(out.lo == 0 && out.hi == 1);
    disparity_gini_box(many, 4, &out);
    disparity_garbe_box(many, many, 4, .3, &garbe);
    assert_near(garbe.hi, out.hi, 1e-15);
}

/* T as printed, from all pairs. */
static double statistic(const uint32_t *images, const uint32_t *group, size_t groups,
                        double x[PEOPLE][PEOPLE], const bool *kept)
{
    double r[8], v[8], most = 0;

    for (uint32_t g = 0; g < groups; g++) {
        double n = 0, n2 = 0, errors = 0, s2 = 0, r2 = 0;
        for (int s = 0; s < PEOPLE; s++)
            if (group[s] == g) {
                n += images[s];
                n2 += images[s] * images[s];
                for (int t = s + 1; t < PEOPLE; t++)
                    errors += group[t] == g ? x[s][t] : 0;
            }
        double m = (n * n - n2) / 2, p = errors / m, smooth = (errors + .5) / (m + 1);
        for (int s = 0; s < PEOPLE; s++) {
            double sum = 0;
            for (int t = 0; t < PEOPLE; t++) {
                if (s == t || group[s] != g || group[t] != g)
                    continue;
                double at = (s < t ? x[s][t] : x[t][s]) - p * images[s] * images[t];
                sum += at;
                r2 += s < t ? at * at : 0;
            }
            s2 += sum * sum;
        }
        r[g] = log(smooth);
        v[g] = fmax(fmax(s2 - r2, r2), smooth * m) / (m * smooth * m * smooth);
    }
    for (uint32_t g = 0; g < groups; g++)
        for (uint32_t h = g + 1; h < groups; h++)
            if (kept[g] && kept[h])
                most = fmax(most, fabs(r[g] - r[h]) / sqrt(v[g] + v[h]));
    return most;
}

struct labelled {
    uint32_t images[PEOPLE], group[PEOPLE], stratum[PEOPLE];
    double x[PEOPLE][PEOPLE];
    struct dyad erring[PEOPLE * PEOPLE];
    size_t n;
};

static void draw_labelled(uint64_t *seed, size_t groups, struct labelled *l)
{
    memset(l, 0, sizeof *l);
    for (uint32_t s = 0; s < PEOPLE; s++) {
        l->images[s] = 1 + next(seed) % 3;
        l->group[s] = s % groups;
        l->stratum[s] = s / 7;
    }
    for (uint32_t s = 0; s < PEOPLE; s++)
        for (uint32_t t = s + 1; t < PEOPLE; t++)
            if (next(seed) % 3 == 0) {
                double x = 1 + next(seed) % (l->images[s] * l->images[t]);
                l->x[s][t] = x;
                l->erring[l->n++] = (struct dyad){ t, s, 0, x };
            }
}

/* Over every way to choose 7 of 14 people, the share with T as large is P. */
static void test_permutation_exhausted(void **state)
{
    uint64_t seed = 40;

    (void)state;
    for (int round = 0; round < 4; round++) {
        struct labelled l;
        struct permutation_result got;
        bool kept[2];
        size_t as_large = 0, all = 0;

        draw_labelled(&seed, 2, &l);
        struct permutation what = { .persons = PEOPLE, .groups = 2, .images = l.images,
                                    .group = l.group, .erring = l.erring,
                                    .n_erring = l.n, .permutations = 40000, .seed = 3,
                                    .threads = 2 };
        if (round % 2)
            what.stratum = l.stratum;
        assert_int_equal(permutation_test(&what, &got, kept, NULL), 0);
        double observed = statistic(l.images, l.group, 2, l.x, kept);
        assert_near(got.statistic, observed, 1e-9);
        assert_true(got.groups == 2 && got.g == 0 && got.h == 1);
        for (unsigned chosen = 0; chosen < 1u << PEOPLE; chosen++) {
            uint32_t group[PEOPLE];
            int of_first = __builtin_popcount(chosen & 127), of_all =
                __builtin_popcount(chosen);
            /* sizes: 7 and 7; within strata 3 and 4 of group 1 */
            if (of_all != 7 || (round % 2 && of_first != 3))
                continue;
            for (int s = 0; s < PEOPLE; s++)
                group[s] = chosen >> s & 1;
            all++;
            as_large += statistic(l.images, group, 2, l.x, kept) >= observed - 1e-12;
        }
        double p = (double)as_large / (double)all;
        assert_near(got.p, p, 4 * sqrt(p * (1 - p) / 40000) + 1e-4);
        what.threads = 1;
        struct permutation_result alone;
        assert_int_equal(permutation_test(&what, &alone, NULL, NULL), 0);
        assert_true(alone.p == got.p && alone.statistic == got.statistic);
    }
}

static int descending(const void *a, const void *b)
{
    const struct scored_dyad *p = a, *q = b;

    return (p->score < q->score) - (p->score > q->score);
}

/* A threshold that group 0 sets: with people relabelled so that the groups' own
 * pairs change, the list gives other errors. Against a naive search of the step. */
static void test_permutation_threshold(void **state)
{
    uint64_t seed = 50;

    (void)state;
    for (int round = 0; round < 30; round++) {
        uint32_t images[PEOPLE], group[PEOPLE];
        static struct scored_dyad list[PEOPLE * PEOPLE * 9];
        double x[PEOPLE][PEOPLE] = { { 0 } }, threshold = INFINITY, of_reference = 0;
        size_t n = 0;
        bool kept[3];

        for (uint32_t s = 0; s < PEOPLE; s++) {
            images[s] = 2 + next(&seed) % 2;
            group[s] = s % 3;
        }
        for (uint32_t s = 0; s < PEOPLE; s++)
            for (uint32_t t = s + 1; t < PEOPLE; t++)
                for (uint32_t k = 0; k < images[s] * images[t]; k++)
                    list[n++] = (struct scored_dyad){
                        s, t, (float)(next(&seed) % (round % 2 ? 20 : 5000)) };
        qsort(list, n, sizeof *list, descending);
        for (size_t i = 0; i < n; i++)
            of_reference += group[list[i].s] == 0 && group[list[i].t] == 0;
        for (size_t i = 0; i < n; i++) {
            double matches = 0;
            if (group[list[i].s] != 0 || group[list[i].t] != 0)
                continue;
            for (size_t j = 0; j < n; j++)
                matches += group[list[j].s] == 0 && group[list[j].t] == 0 &&
                           list[j].score >= list[i].score;
            if (matches <= .3 * of_reference)
                threshold = fmin(threshold, list[i].score);
        }
        for (size_t i = 0; i < n; i++)
            if (list[i].score >= threshold)
                x[list[i].s][list[i].t]++;
        struct permutation what = { .persons = PEOPLE, .groups = 3, .images = images,
                                    .group = group, .scores = list, .n_scores = n,
                                    .reference = 0, .target = .3, .permutations = 200,
                                    .seed = 3, .threads = 2 };
        struct permutation_result got, alone;
        assert_int_equal(permutation_test(&what, &got, kept, NULL), 0);
        assert_near(got.statistic, statistic(images, group, 3, x, kept), 1e-9);
        assert_true(got.p > 0 && got.p <= 1 && got.unreached == 0);
        what.threads = 1;
        assert_int_equal(permutation_test(&what, &alone, NULL, NULL), 0);
        assert_true(alone.p == got.p);
    }
}

static void test_permutation_refusals(void **state)
{
    uint64_t seed = 60;
    struct labelled l;
    struct permutation_result got;
    struct err err = ERR_INIT;
    bool kept[2];

    (void)state;
    draw_labelled(&seed, 2, &l);
    struct permutation what = { .persons = PEOPLE, .groups = 2, .images = l.images,
                                .group = l.group, .erring = l.erring, .n_erring = 3,
                                .permutations = 99, .seed = 1, .threads = 1 };
    l.erring[0].x = l.erring[1].x = l.erring[2].x = 1;
    assert_int_equal(permutation_test(&what, &got, kept, &err), ERR_INPUT);
    assert_faults(&err, "0 of 2 groups would hold 5 false matches at the rate of all,"
                        " expected two or more: too few to test their spread");
    assert_true(!kept[0] && !kept[1]);
    l.group[3] = 2;
    assert_int_equal(permutation_test(&what, &got, kept, &err), ERR_INPUT);
    assert_faults(&err, "person 3 is in group 2 of 2");
    struct scored_dyad short_list[] = { { 0, 2, 1 } };
    l.group[3] = 1;
    what.scores = short_list;
    what.n_scores = 1;
    what.target = .5;
    assert_int_equal(permutation_test(&what, &got, kept, &err), ERR_INPUT);
    assert_fault_says(&err, "lies below the 1 scores listed");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mover),
        cmocka_unit_test(test_influence),
        cmocka_unit_test(test_influence_ends),
        cmocka_unit_test(test_influence_people),
        cmocka_unit_test(test_boxes),
        cmocka_unit_test(test_box_ends),
        cmocka_unit_test(test_permutation_exhausted),
        cmocka_unit_test(test_permutation_threshold),
        cmocka_unit_test(test_permutation_refusals),
    };

    return cmocka_run_group_tests_name("shared", tests, start_stats, NULL);
}
