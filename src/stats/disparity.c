/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/disparity.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"

struct range {
    double min, max;
};

static struct range range_of(const double *rate, size_t groups)
{
    struct range r = { rate[0], rate[0] };

    for (size_t i = 1; i < groups; i++) {
        r.min = fmin(r.min, rate[i]);
        r.max = fmax(r.max, rate[i]);
    }
    return r;
}

/* a/b of rates: +inf for b = 0, NaN for 0/0. */
static double ratio(double a, double b)
{
    if (b > 0)
        return a / b;
    return a > 0 ? INFINITY : NAN;
}

/* weight·value, 0 where the weight is 0 even if the value is no number. */
static double weighted(double weight, double value)
{
    return weight > 0 ? weight * value : 0;
}

static double powered(double base, double weight)
{
    return weight > 0 ? pow(base, weight) : 1;
}

double disparity_fdr(const double *fmr, const double *fnmr, size_t groups,
                     double alpha)
{
    struct range a = range_of(fmr, groups), b = range_of(fnmr, groups);

    return 1 - (alpha * (a.max - a.min) + (1 - alpha) * (b.max - b.min));
}

double disparity_max_min(const double *rate, size_t groups)
{
    struct range r = range_of(rate, groups);

    return ratio(r.max, r.min);
}

double disparity_ir(const double *fmr, const double *fnmr, size_t groups,
                    double alpha)
{
    return powered(disparity_max_min(fmr, groups), alpha) *
           powered(disparity_max_min(fnmr, groups), 1 - alpha);
}

static double mean(const double *rate, size_t groups)
{
    double sum = 0;

    for (size_t i = 0; i < groups; i++)
        sum += rate[i];
    return sum / (double)groups;
}

double disparity_gini(const double *rate, size_t groups)
{
    double n = (double)groups, sum = 0;

    for (size_t i = 0; i < groups; i++)
        for (size_t j = i + 1; j < groups; j++)
            sum += fabs(rate[i] - rate[j]);
    /* each pair stands twice in ΣΣ; n/(n − 1)·2·sum/(2n²·mean) */
    return sum / (n * (n - 1) * mean(rate, groups));
}

double disparity_garbe(const double *fmr, const double *fnmr, size_t groups,
                       double alpha)
{
    return weighted(alpha, disparity_gini(fmr, groups)) +
           weighted(1 - alpha, disparity_gini(fnmr, groups));
}

double disparity_max_geomean(const double *rate, size_t groups)
{
    double logs = 0;

    for (size_t i = 0; i < groups; i++)
        logs += log(rate[i]);
    return ratio(range_of(rate, groups).max, exp(logs / (double)groups));
}

double disparity_max_arithmean(const double *rate, size_t groups)
{
    return ratio(range_of(rate, groups).max, mean(rate, groups));
}

/* A box: the extremes of its lower and upper limits and of its estimates. */
struct box {
    struct range lo, hi, estimate;
};

static struct box box_of(const struct interval *rate, size_t groups)
{
    struct box b = { { rate[0].lo, rate[0].lo },
                     { rate[0].hi, rate[0].hi },
                     { rate[0].estimate, rate[0].estimate } };

    for (size_t i = 1; i < groups; i++) {
        b.lo.min = fmin(b.lo.min, rate[i].lo);
        b.lo.max = fmax(b.lo.max, rate[i].lo);
        b.hi.min = fmin(b.hi.min, rate[i].hi);
        b.hi.max = fmax(b.hi.max, rate[i].hi);
        b.estimate.min = fmin(b.estimate.min, rate[i].estimate);
        b.estimate.max = fmax(b.estimate.max, rate[i].estimate);
    }
    return b;
}

/* max/min: at least 1 whatever the rates. */
static struct interval ratio_over(const struct box *b)
{
    struct interval r = { ratio(b->estimate.max, b->estimate.min),
                          fmax(1, ratio(b->lo.max, b->hi.min)),
                          ratio(b->hi.max, b->lo.min) };

    if (isnan(r.hi))
        r.hi = INFINITY;
    return r;
}

/* max − min: at least 0. */
static struct interval gap_over(const struct box *b)
{
    return (struct interval){ b->estimate.max - b->estimate.min,
                              fmax(0, b->lo.max - b->hi.min),
                              b->hi.max - b->lo.min };
}

int spread_max_min(const struct method *proportion_method, const int64_t *x,
                   const int64_t *n, size_t groups, double confidence,
                   struct interval *out, struct err *err)
{
    int code = check_confidence(confidence, err);

    assert(proportion_method->proportion);
    if (code < 0)
        return code;
    if (groups < 2)
        return err_add(err, ERR_INPUT,
                       "a spread over %zu group, expected two groups or more",
                       groups);
    struct interval *rates = mem_array(groups, sizeof *rates);
    double each = 1 - (1 - confidence) / (double)groups;
    for (size_t i = 0; i < groups && code >= 0; i++)
        code = proportion_method->proportion(x[i], n[i], each, &rates[i], err);
    if (code >= 0)
        disparity_max_min_box(rates, groups, out);
    free(rates);
    return code < 0 ? code : 0;
}

void disparity_fdr_box(const struct interval *fmr, const struct interval *fnmr,
                       size_t groups, double alpha, struct interval *out)
{
    struct box a = box_of(fmr, groups), b = box_of(fnmr, groups);
    struct interval gap_a = gap_over(&a), gap_b = gap_over(&b);

    out->estimate = 1 - (alpha * gap_a.estimate + (1 - alpha) * gap_b.estimate);
    out->lo = 1 - (alpha * gap_a.hi + (1 - alpha) * gap_b.hi);
    out->hi = 1 - (alpha * gap_a.lo + (1 - alpha) * gap_b.lo);
}

void disparity_ir_box(const struct interval *fmr, const struct interval *fnmr,
                      size_t groups, double alpha, struct interval *out)
{
    struct box a = box_of(fmr, groups), b = box_of(fnmr, groups);
    struct interval ratio_a = ratio_over(&a), ratio_b = ratio_over(&b);

    out->estimate = powered(ratio_a.estimate, alpha) *
                    powered(ratio_b.estimate, 1 - alpha);
    out->lo = powered(ratio_a.lo, alpha) * powered(ratio_b.lo, 1 - alpha);
    out->hi = powered(ratio_a.hi, alpha) * powered(ratio_b.hi, 1 - alpha);
}

void disparity_max_min_box(const struct interval *rate, size_t groups,
                           struct interval *out)
{
    struct box b = box_of(rate, groups);

    *out = ratio_over(&b);
}

static double *estimates_of(const struct interval *rate, size_t groups)
{
    double *out = mem_array(groups, sizeof *out);

    for (size_t i = 0; i < groups; i++)
        out[i] = rate[i].estimate;
    return out;
}

void disparity_max_geomean_box(const struct interval *rate, size_t groups,
                               struct interval *out)
{
    struct box b = box_of(rate, groups);
    double *at = estimates_of(rate, groups);

    out->estimate = disparity_max_geomean(at, groups);
    /* Least: all as near to the highest lower limit as they come. */
    for (size_t i = 0; i < groups; i++)
        at[i] = fmin(rate[i].hi, b.lo.max);
    out->lo = b.lo.max > 0 ? disparity_max_geomean(at, groups) : 1;
    /* Most: one as high as can be, all others as low. */
    out->hi = 1;
    for (size_t i = 0; i < groups; i++) {
        for (size_t j = 0; j < groups; j++)
            at[j] = i == j ? rate[j].hi : rate[j].lo;
        double most = disparity_max_geomean(at, groups);
        out->hi = fmax(out->hi, isnan(most) ? INFINITY : most);
    }
    free(at);
    interval_clip(out, 1, INFINITY);
}

/* Gini of the rates nearest to level c. */
static double gini_at(const struct interval *rate, size_t groups, double c, double *at)
{
    for (size_t i = 0; i < groups; i++)
        at[i] = fmin(fmax(c, rate[i].lo), rate[i].hi);
    return disparity_gini(at, groups);
}

void disparity_gini_box(const struct interval *rate, size_t groups,
                        struct interval *out)
{
    double *at = estimates_of(rate, groups);

    out->estimate = disparity_gini(at, groups);
    out->lo = 1;
    /* For rates of one sum, those nearest to a level are majorised by all others of
     * the box, and Gini grows with majorisation. Between two limits it is a ratio of
     * linear functions of c: monotone, so that the limits are all there is to try. */
    for (size_t i = 0; i < groups; i++) {
        out->lo = fmin(out->lo, gini_at(rate, groups, rate[i].lo, at)); /* no NaN */
        out->lo = fmin(out->lo, gini_at(rate, groups, rate[i].hi, at));
    }
    out->hi = groups > DISPARITY_CORNERS ? 1 : 0;
    /* A convex function over a linear one is largest at a corner. */
    for (unsigned corner = 0; groups <= DISPARITY_CORNERS && corner < 1u << groups;
         corner++) {
        for (size_t i = 0; i < groups; i++)
            at[i] = corner >> i & 1 ? rate[i].hi : rate[i].lo;
        out->hi = fmax(out->hi, disparity_gini(at, groups));
    }
    free(at);
    interval_clip(out, 0, 1);
}

void disparity_garbe_box(const struct interval *fmr, const struct interval *fnmr,
                         size_t groups, double alpha, struct interval *out)
{
    struct interval a, b;

    disparity_gini_box(fmr, groups, &a);
    disparity_gini_box(fnmr, groups, &b);
    out->estimate = weighted(alpha, a.estimate) + weighted(1 - alpha, b.estimate);
    out->lo = weighted(alpha, a.lo) + weighted(1 - alpha, b.lo);
    out->hi = weighted(alpha, a.hi) + weighted(1 - alpha, b.hi);
}
