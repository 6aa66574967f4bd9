/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/ratio.h"

#include <math.h>
#include <stdbool.h>

#include "stats/dist.h"
#include "stats/root.h"

/* Checks what every method takes and sets the estimate. */
static int begin(int64_t x1, int64_t n1, int64_t x2, int64_t n2,
                 double confidence, struct interval *out, struct err *err)
{
    int code = check_counts(x1, n1, err);

    if (code < 0 || (code = check_counts(x2, n2, err)) < 0 ||
        (code = check_confidence(confidence, err)) < 0)
        return code;
    double p1 = (double)x1 / (double)n1, p2 = (double)x2 / (double)n2;
    if (x2 > 0)
        out->estimate = p1 / p2;
    else
        out->estimate = x1 > 0 ? INFINITY : NAN;
    out->lo = 0;
    out->hi = INFINITY;
    return 0;
}

struct pair {
    double x1, n1, x2, n2;
    double z, scale; /* the variance is multiplied by scale */
};

/* The score at a ratio of exp(log_ratio), less z. */
static double score_excess(double log_ratio, void *arg)
{
    const struct pair *c = arg;
    double r = exp(log_ratio), hits = c->x1 + c->x2;
    double gap = c->x1 / c->n1 - r * (c->x2 / c->n2);

    if (gap == 0)
        return -c->z;
    /* p2 is the smaller root of r·N·p² − (a + b)·p + hits = 0; the discriminant
     * as a sum, so that nothing cancels. */
    double a = r * (c->n1 + c->x2), b = c->n2 + c->x1;
    double root = sqrt((a - b) * (a - b) +
                       4 * r * (c->n1 - c->x1) * (c->n2 - c->x2));
    double p2 = fmin(2 * hits / (a + b + root), 1);
    double p1 = fmin(r * p2, 1);
    double variance = p1 * (1 - p1) / c->n1 + r * p1 * (1 - p2) / c->n2;
    return gap / sqrt(variance * c->scale) - c->z;
}

/* The lower limit for x1 > 0, with the ratio on a log scale. */
static int score_lower(int64_t x1, int64_t n1, int64_t x2, int64_t n2, double z,
                       bool unbiased, double *lo, struct err *err)
{
    double n = (double)n1 + (double)n2, log_lo;
    struct pair c = { (double)x1, (double)n1, (double)x2, (double)n2,
                      z, unbiased ? n / (n - 1) : 1 };
    /* Above the estimate, or where there is none above any ratio in doubt. */
    double above = x2 > 0 ? log(c.x1 / c.n1 / (c.x2 / c.n2)) : 100;
    int code = root_find(score_excess, &c, -200, above, 1e-17, &log_lo, err);

    if (code < 0)
        return code;
    *lo = exp(log_lo);
    return 0;
}

static int score(int64_t x1, int64_t n1, int64_t x2, int64_t n2,
                 double confidence, bool unbiased, struct interval *out,
                 struct err *err)
{
    double inverse;
    int code = begin(x1, n1, x2, n2, confidence, out, err);

    if (code < 0)
        return code;
    double z = normal_two_sided(confidence);
    if (x1 > 0) {
        code = score_lower(x1, n1, x2, n2, z, unbiased, &out->lo, err);
        if (code < 0)
            return code;
    }
    if (x2 > 0) {
        code = score_lower(x2, n2, x1, n1, z, unbiased, &inverse, err);
        if (code < 0)
            return code;
        out->hi = 1 / inverse;
    }
    interval_clip(out, 0, INFINITY);
    return 0;
}

int ratio_koopman(int64_t x1, int64_t n1, int64_t x2, int64_t n2,
                  double confidence, struct interval *out, struct err *err)
{
    return score(x1, n1, x2, n2, confidence, false, out, err);
}

int ratio_miettinen_nurminen(int64_t x1, int64_t n1, int64_t x2, int64_t n2,
                             double confidence, struct interval *out,
                             struct err *err)
{
    return score(x1, n1, x2, n2, confidence, true, out, err);
}

int ratio_katz(int64_t x1, int64_t n1, int64_t x2, int64_t n2,
               double confidence, struct interval *out, struct err *err)
{
    int code = begin(x1, n1, x2, n2, confidence, out, err);

    if (code < 0 || x1 == 0 || x2 == 0)
        return code;
    double less = x1 == n1 && x2 == n2 ? 0.5 : 0;
    double hits1 = (double)x1 - less, hits2 = (double)x2 - less;
    double misses1 = (double)(n1 - x1) + less, misses2 = (double)(n2 - x2) + less;
    /* 1/x − 1/n = (n − x)/(xn) */
    double error = sqrt(misses1 / hits1 / (double)n1 + misses2 / hits2 / (double)n2);
    double factor = exp(normal_two_sided(confidence) * error);
    out->lo = out->estimate / factor;
    out->hi = out->estimate * factor;
    return 0;
}
