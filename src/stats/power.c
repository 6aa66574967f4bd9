/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/power.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "stats/dist.h"

#define MOST_SUBJECTS 1e7
#define MOST_PERSON .8

double power_group_size(double difference, double alpha, double power)
{
    double low = (1 - difference) / 2, high = (1 + difference) / 2;
    double level = gsl_cdf_ugaussian_Qinv(alpha / 2) * sqrt(.5);
    double reach = gsl_cdf_ugaussian_Pinv(power) *
                   sqrt(low * (1 - low) + high * (1 - high));

    return ceil((level + reach) * (level + reach) / (difference * difference));
}

struct power_dependence power_assume(double person)
{
    return (struct power_dependence){ person, .1, (1 - person - .1) / 2 };
}

double power_error_correlation(double p, double r)
{
    /* Gauss-Legendre, 12 points on [-1, 1]: each with its mirror image */
    static const double at[] = { .1252334085114689, .3678314989981802, .5873179542866175,
                                 .7699026741943047, .9041172563704749, .9815606342467192 };
    static const double weight[] = { .2491470458134028, .2334925365383548,
                                     .2031674267230659, .1600783285433462,
                                     .1069393259953184, .0471753363865118 };
    enum { PIECES = 8 };
    double t = gsl_cdf_ugaussian_Qinv(p), width = asin(r) / PIECES, sum = 0;

    for (int piece = 0; piece < PIECES; piece++)
        for (int i = 0; i < 12; i++) {
            double u = i < 6 ? -at[i] : at[i - 6];
            double angle = width * (piece + (1 + u) / 2);
            sum += weight[i % 6] * exp(-t * t / (1 + sin(angle)));
        }
    return sum * width / 2 / (2 * M_PI) / (p * (1 - p));
}

double power_comparisons(const struct power_plan *plan)
{
    double n = plan->images, g = plan->subjects;
    return plan->trials == POWER_PEOPLE ? g * n : n * n * g * (g - 1) / 2;
}

double power_design_effect(const struct power_plan *plan, double p)
{
    const struct power_dependence *d = &plan->dependence;
    double n = plan->images, others = 2 * (plan->subjects - 2);

    if (plan->trials == POWER_PEOPLE)
        return 1 + (n - 1) * power_error_correlation(p, d->person);
    double pair = n > 1 ? d->pair : 0; /* with one image it is part of the noise */
    return 1 +
           2 * (n - 1) * power_error_correlation(p, d->person + pair + d->image / 2) +
           (n - 1) * (n - 1) * power_error_correlation(p, d->person + pair) +
           others * n * power_error_correlation(p, (d->person + d->image) / 2) +
           others * n * (n - 1) * power_error_correlation(p, d->person / 2);
}

/* Counts of N* trials with their probabilities, and how far the limit of each is. */
struct counts {
    size_t n;
    double *rate, *chance, *reach;
};

#define MOST_COUNTS 801
/* Below this many errors Wilson-t borrows a design effect from where there are at least
 * as many (clustered.h); on average from where about so many are. */
#define BORROWED_BELOW 10
#define BORROWED_AT 15

/* From the rate to one Wilson limit: the lower, or the upper. */
static double reach_of(const struct power_plan *plan, double p, double n, bool upper)
{
    double g = plan->subjects, k = plan->images, x = p * n, q, df = INFINITY;

    if (plan->trials == POWER_DYADS)
        df = fmax(2, g / (3 + (x > 0 ? g / (2 * x) : INFINITY)));
    else if (k > 1)
        df = fmax(2, g * k / (2 * (k - 1)));
    q = isinf(df) ? normal_two_sided(plan->confidence)
                  : student_two_sided(plan->confidence, df);
    double z2 = q * q, middle = (x + z2 / 2) / (n + z2);
    double half = q * sqrt(n * p * (1 - p) + z2 / 4) / (n + z2);
    return upper ? middle + half - p : p - fmax(0, middle - half);
}

static struct counts counts_new(const struct power_plan *plan, double p, bool upper)
{
    double m = power_comparisons(plan), n = m / power_design_effect(plan, p);
    double borrowed = n;
    double mean = n * p, sd = sqrt(n * p * (1 - p)), total = 0;
    double low = fmax(0, floor(mean - 6 * sd - 2)), high = fmin(n, mean + 7 * sd + 12);
    double step = fmax(1, ceil((high - low) / (MOST_COUNTS - 1)));
    struct counts c = { .n = 0 };

    if (plan->trials == POWER_DYADS && m * p < BORROWED_AT)
        borrowed = fmin(n, m / power_design_effect(plan, fmin(.5, BORROWED_AT / m)));
    c.rate = mem_array(MOST_COUNTS, sizeof *c.rate);
    c.chance = mem_array(MOST_COUNTS, sizeof *c.chance);
    c.reach = mem_array(MOST_COUNTS, sizeof *c.reach);
    for (double x = low; x <= high && c.n < MOST_COUNTS; x += step) {
        c.rate[c.n] = x / n;
        c.chance[c.n] = exp(binomial_log_pdf(x, n - x, p, 1 - p));
        c.reach[c.n] = reach_of(plan, x / n, x / n * m < BORROWED_BELOW ? borrowed : n,
                                upper);
        total += c.chance[c.n++];
    }
    for (size_t i = 0; i < c.n; i++)
        c.chance[i] /= total;
    return c;
}

static void counts_free(struct counts *c)
{
    free(c->rate);
    free(c->chance);
    free(c->reach);
}

double power_of(const struct power_plan *plan, double p1, double p2)
{
    struct counts low = counts_new(plan, p1, true), high = counts_new(plan, p2, false);
    double power = 0;

    for (size_t i = 0; i < high.n; i++)
        for (size_t j = 0; j < low.n; j++)
            if (high.rate[i] - low.rate[j] > hypot(high.reach[i], low.reach[j]))
                power += high.chance[i] * low.chance[j];
    counts_free(&low);
    counts_free(&high);
    return power;
}

static double power_at(const struct power_plan *plan, double subjects, double p1, double p2)
{
    struct power_plan at = *plan;

    at.subjects = subjects;
    return power_of(&at, p1, p2);
}

int power_subjects(const struct power_plan *plan, double p1, double p2, double power,
                   double *subjects, struct err *err)
{
    double low = 2, high = 3;

    while (power_at(plan, high, p1, p2) < power) {
        if (high >= MOST_SUBJECTS)
            return err_add(err, ERR_NUMERIC, "%g subjects a group do not show %g against %g "
                           "with a power of %g: with people this much alike more of them "
                           "hardly help", high, p2, p1, power);
        low = high;
        high = fmin(2 * high, MOST_SUBJECTS);
    }
    while (high - low > 1) {
        double mid = floor(low + (high - low) / 2);
        if (power_at(plan, mid, p1, p2) < power)
            low = mid;
        else
            high = mid;
    }
    *subjects = high;
    return 0;
}

int power_ratio(const struct power_plan *plan, double p1, double power, double *ratio,
                struct err *err)
{
    double low = 0, high = log(1 / p1) - 1e-9; /* of the log ratio */

    if (power_of(plan, p1, p1 * exp(high)) < power)
        return err_add(err, ERR_NUMERIC, "%g subjects a group show no ratio at all to a rate "
                       "of %g with a power of %g", plan->subjects, p1, power);
    while (high - low > 1e-4) {
        double mid = (low + high) / 2;
        if (power_of(plan, p1, p1 * exp(mid)) < power)
            low = mid;
        else
            high = mid;
    }
    *ratio = exp(high);
    return 0;
}

static double assumed_effect(const struct power_plan *pilot, double p, double person)
{
    struct power_plan at = *pilot;

    at.dependence = power_assume(person);
    return power_design_effect(&at, p);
}

int power_pilot(const struct power_plan *pilot, double p, double deff, double *person,
                struct err *err)
{
    double low = 0, high = MOST_PERSON;

    *person = 0;
    if (assumed_effect(pilot, p, 0) >= deff)
        return 0;
    if (assumed_effect(pilot, p, high) < deff)
        return err_add(err, ERR_NUMERIC, "a design effect of %g among %g subjects at a rate "
                       "of %g is more than people of the model share", deff,
                       pilot->subjects, p);
    while (high - low > 1e-9) {
        double mid = (low + high) / 2;
        if (assumed_effect(pilot, p, mid) < deff)
            low = mid;
        else
            high = mid;
    }
    *person = high;
    return 0;
}
