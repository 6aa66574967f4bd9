/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The made-up people of the coverage measurements: their scores, drawn without
 * computing all of them, have the distribution that they say they have.
 *
 * Given the effects of people and images, the number of scores above a threshold in a
 * pair of people has a distribution that is an integral over the pair's own effect;
 * it is computed here by summing over a fine grid and held to what is drawn, pair by
 * pair, by chi-squared.
 */
#include "test.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_rng.h>

#include "cohort.h"
#include "near.h"

enum { DRAWS = 60000, PEOPLE = 6, MOST = 6 };

/* P(k scores of the pair are above `threshold`), k < MOST, and MOST or more. */
static void distribution(const struct cohort *c, uint32_t s, uint32_t t, double threshold,
                         double p[MOST + 1])
{
    enum { GRID = 801 };
    double total = 0;

    memset(p, 0, (MOST + 1) * sizeof *p);
    for (int g = 0; g < GRID; g++) {
        double z = -8 + 16. * g / (GRID - 1), weight = exp(-z * z / 2);
        double here[MOST + 1] = { 1 };
        for (unsigned k = 0; k < c->images[s]; k++)
            for (unsigned l = 0; l < c->images[t]; l++) {
                double h = threshold - c->effect[s][k] - c->effect[t][l] -
                           z * sqrt(c->kappa);
                double q = gsl_cdf_ugaussian_Q(h / c->sigma_e);
                here[MOST] += here[MOST - 1] * q;
                for (int n = MOST - 1; n > 0; n--)
                    here[n] = here[n] * (1 - q) + here[n - 1] * q;
                here[0] *= 1 - q;
            }
        for (int n = 0; n <= MOST; n++)
            p[n] += weight * here[n];
        total += weight;
    }
    for (int n = 0; n <= MOST; n++)
        p[n] /= total;
}

/* Chi-squared of one pair over the outcomes that are expected often enough. */
static double misfit(const double *p, const double *seen, double *df)
{
    double chi = 0, rest_p = 0, rest_seen = 0;

    *df = -1;
    for (int n = 0; n <= MOST; n++) {
        double expected = p[n] * DRAWS;
        if (expected < 8) {
            rest_p += p[n];
            rest_seen += seen[n];
            continue;
        }
        chi += (seen[n] - expected) * (seen[n] - expected) / expected;
        ++*df;
    }
    if (rest_p * DRAWS >= 8) {
        chi += pow(rest_seen - rest_p * DRAWS, 2) / (rest_p * DRAWS);
        ++*df;
    } else { /* so seldom that a few more would be seen */
        assert_true(rest_seen <= rest_p * DRAWS + 6 * sqrt(rest_p * DRAWS) + 6);
    }
    return chi;
}

/* People's effects are drawn once, their scores many times. */
static void hold(const struct cohort_design *design, uint64_t seed)
{
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    static double seen[2 * PEOPLE][2 * PEOPLE][2][MOST + 1];
    struct cohort c;
    double chi = 0, df = 0;

    memset(seen, 0, sizeof seen);
    gsl_rng_set(rng, seed);
    cohort_init(&c, design);
    cohort_draw_people(&c, rng);
    double middle = (c.floor + c.threshold) / 2; /* scores, not only their number */
    for (int i = 0; i < DRAWS; i++) {
        unsigned count[2 * PEOPLE][2 * PEOPLE][2] = { { { 0 } } };
        cohort_draw_scores(&c, rng);
        for (size_t k = 0; k < c.n_scores; k++) {
            uint32_t s = c.scores[k].s, t = c.scores[k].t;
            unsigned *at = s < t ? count[s][t] : count[t][s];
            at[0]++;
            at[1] += c.scores[k].score >= middle;
        }
        for (uint32_t s = 0; s < c.persons; s++)
            for (uint32_t t = s + 1; t < c.persons; t++)
                for (int w = 0; w < 2; w++) {
                    unsigned n = count[s][t][w];
                    seen[s][t][w][n < MOST ? n : MOST]++;
                }
    }
    for (uint32_t s = 0; s < c.persons; s++)
        for (uint32_t t = s + 1; t < c.persons; t++)
            for (int w = 0; w < 2; w++) {
                double p[MOST + 1], pair_df;
                if (!design->within && (s < PEOPLE) == (t < PEOPLE)) {
                    assert_near(seen[s][t][w][0], DRAWS, 0);
                    continue;
                }
                distribution(&c, s, t, w ? middle : c.floor, p);
                double pair = misfit(p, seen[s][t][w], &pair_df);
                if (pair_df > 0)
                    assert_true(gsl_cdf_chisq_Q(pair, pair_df) > 1e-6);
                if (w == 0 && pair_df > 0) { /* the two thresholds go together */
                    chi += pair;
                    df += pair_df;
                }
            }
    assert_true(df >= 10);
    assert_true(gsl_cdf_chisq_Q(chi, df) > 1e-4);
    cohort_release(&c);
    gsl_rng_free(rng);
}

static void test_given_people(void **state)
{
    static const struct cohort_design designs[] = {
        { true, PEOPLE, 1, .2, .01, .05, 0 },
        { true, PEOPLE, 3, .2, .005, .01, 0 },  /* pairs are proposed */
        { true, PEOPLE, 3, .2, .05, .2, 0 },    /* every pair is gone through */
        { true, PEOPLE, 2, 0, .02, .02, 0 },
        { false, PEOPLE, IMAGES_RANDOM, .1, .001, .01, PEOPLE },
        { false, PEOPLE, IMAGES_RANDOM, .5, .05, .15, PEOPLE },
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(designs); i++)
        hold(&designs[i], 100 + i);
}

/* Over cohorts: the rate, and how much more it varies than coin tosses would, which
 * follows from the correlations of scores that share one or both people. */
static void test_rate(void **state)
{
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    struct cohort_design design = { true, 80, 3, .2, .01, .01, 0 };
    struct cohort c;
    enum { COHORTS = 4000 };
    double sum = 0, squares = 0, n = 79 * 80 / 2 * 9;

    (void)state;
    gsl_rng_set(rng, 5);
    cohort_init(&c, &design);
    for (int i = 0; i < COHORTS; i++) {
        cohort_draw_people(&c, rng);
        cohort_draw_scores(&c, rng);
        sum += (double)c.n_scores / n;
        squares += pow((double)c.n_scores / n, 2);
    }
    double mean = sum / COHORTS, sd = sqrt(squares / COHORTS - mean * mean);
    assert_near(mean, .01, 4 * sd / sqrt(COHORTS));
    assert_true(sd > 3 * sqrt(.01 * .99 / n));
    cohort_release(&c);
    gsl_rng_free(rng);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_given_people),
        cmocka_unit_test(test_rate),
    };

    return cmocka_run_group_tests_name("cohort", tests, start_stats, NULL);
}
