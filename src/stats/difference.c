/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/difference.h"

#include <math.h>
#include <stdbool.h>

#include "stats/dist.h"
#include "stats/proportion.h"
#include "stats/root.h"

int difference_newcombe(int64_t x1, int64_t n1, int64_t x2, int64_t n2,
                        double confidence, struct interval *out, struct err *err)
{
    struct interval a, b;
    int code = proportion_wilson(x1, n1, confidence, &a, err);

    if (code < 0 || (code = proportion_wilson(x2, n2, confidence, &b, err)) < 0)
        return code;
    out->estimate = a.estimate - b.estimate;
    out->lo = out->estimate - hypot(a.estimate - a.lo, b.hi - b.estimate);
    out->hi = out->estimate + hypot(a.hi - a.estimate, b.estimate - b.lo);
    interval_clip(out, -1, 1);
    return 0;
}

/* Hits x and misses y of two groups, and what the score is compared with. */
struct pair {
    double x1, y1, n1, x2, y2, n2;
    double z, scale; /* the variance is multiplied by scale */
    struct err *err;
};

/* The slope of the log-likelihood where one probability is t, its partner
 * t + delta, and their complements s − t + delta and s − t, s = 1 − delta;
 * multiplied by t(t + delta) so that it is finite at 0. */
struct slope {
    double at_t, at_t_delta; /* counts of the two */
    double far, far_delta;   /* counts of s − t and s − t + delta */
    double delta, s;
};

static double slope_value(double t, void *arg)
{
    const struct slope *c = arg;
    double u = t + c->delta, far = c->s - t;
    double down = 0;

    if (c->far > 0)
        down += c->far / far;
    if (c->far_delta > 0)
        down += c->far_delta / (far + c->delta);
    return c->at_t * u + c->at_t_delta * t - t * u * down;
}

/* The t in [0, s/2] of greatest likelihood; the slope at s/2 is not positive. */
static int best_t(struct slope *c, double *t, struct err *err)
{
    /* At the root (counts near) / (t + delta) <= 2 (counts far) / s. */
    double near = c->at_t > 0 ? c->at_t : c->at_t_delta;
    double least = near * c->s / (2 * (c->far + c->far_delta));

    if (c->at_t == 0) {
        least -= c->delta;
        /* The slope at t = 0, where the boundary is best unless it rises. */
        if (c->delta > 0 && c->at_t_delta / c->delta <= c->far / c->s + c->far_delta)
            near = 0;
    }
    *t = 0;
    if (near == 0 || c->s <= 0)
        return 0;
    least = fmin(fmax(least, 0), c->s / 2);
    /* At t = 0 itself the product above is 0 where at_t is: step off it. */
    if (c->at_t == 0)
        least = fmax(least, 1e-300);
    /* Rounding may put a root that is an end of the bracket outside of it. */
    bool early = slope_value(least, c) <= 0;
    if (early || slope_value(c->s / 2, c) >= 0) {
        *t = early ? least : c->s / 2;
        return 0;
    }
    return root_find(slope_value, c, least, c->s / 2, 0, t, err);
}

/* The variance of x1/n1 − x2/n2 at the greatest likelihood under p1 − p2 = delta,
 * 0 <= delta <= 1; NaN with a line in err if it is not found. */
static double restricted_variance(const struct pair *c, double delta)
{
    double s = 1 - delta, t, p1, q1, p2, q2;
    struct slope left = { c->x2, c->x1, c->y1, c->y2, delta, s };
    struct slope right = { c->y1, c->y2, c->x2, c->x1, delta, s };
    int code;

    if (s <= 0)
        return 0;
    if (slope_value(s / 2, &left) <= 0) {
        code = best_t(&left, &t, c->err);
        p2 = t;
        p1 = t + delta;
        q1 = s - t;
        q2 = 1 - t;
    } else {
        code = best_t(&right, &t, c->err);
        q1 = t;
        q2 = t + delta;
        p2 = s - t;
        p1 = 1 - t;
    }
    return code < 0 ? NAN : (p1 * q1 / c->n1 + p2 * q2 / c->n2) * c->scale;
}

/* The score at a difference of delta, less z. */
static double score_excess(double delta, void *arg)
{
    const struct pair *c = arg;
    struct pair other = *c;
    double gap = c->x1 / c->n1 - c->x2 / c->n2 - delta, variance;

    if (delta >= 0) {
        variance = restricted_variance(c, delta);
    } else {
        other.x1 = c->x2;
        other.y1 = c->y2;
        other.n1 = c->n2;
        other.x2 = c->x1;
        other.y2 = c->y1;
        other.n2 = c->n1;
        variance = restricted_variance(&other, -delta);
    }
    if (gap == 0)
        return isnan(variance) ? NAN : -c->z;
    return gap / sqrt(variance) - c->z;
}

static int score_lower(int64_t x1, int64_t n1, int64_t x2, int64_t n2, double z,
                       double *lo, struct err *err)
{
    double n = (double)n1 + (double)n2;
    struct pair c = { (double)x1, (double)(n1 - x1), (double)n1,
                      (double)x2, (double)(n2 - x2), (double)n2,
                      z, n / (n - 1), err };
    double estimate = c.x1 / c.n1 - c.x2 / c.n2;

    return root_find(score_excess, &c, -1, estimate, 1e-20, lo, err);
}

int difference_miettinen_nurminen(int64_t x1, int64_t n1, int64_t x2, int64_t n2,
                                  double confidence, struct interval *out,
                                  struct err *err)
{
    double hi;
    int code = check_counts(x1, n1, err);

    if (code < 0 || (code = check_counts(x2, n2, err)) < 0 ||
        (code = check_confidence(confidence, err)) < 0)
        return code;
    double z = normal_two_sided(confidence);
    code = score_lower(x1, n1, x2, n2, z, &out->lo, err);
    if (code < 0 || (code = score_lower(x2, n2, x1, n1, z, &hi, err)) < 0)
        return code;
    out->estimate = (double)x1 / (double)n1 - (double)x2 / (double)n2;
    out->hi = -hi;
    interval_clip(out, -1, 1);
    return 0;
}
