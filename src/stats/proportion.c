/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/proportion.h"

#include <math.h>

#include "stats/dist.h"
#include "stats/root.h"

/* Checks what every method takes and sets the estimate. */
static int begin(int64_t x, int64_t n, double confidence, struct interval *out,
                 struct err *err)
{
    int code = check_counts(x, n, err);

    if (code < 0 || (code = check_confidence(confidence, err)) < 0)
        return code;
    out->estimate = (double)x / (double)n;
    return 0;
}

void wilson_limits(double x, double n, double z, struct interval *out)
{
    double y = n - x, z2 = z * z;
    double m = fmin(x, y), most = fmax(x, y);
    double root = z * sqrt(z2 + 4 * m * (most / n));
    double hi = (2 * m + z2 + root) / (2 * (n + z2));
    double lo = m / n * (m / (n + z2)) / hi; /* lo·hi = m²/(n(n + z²)) */

    out->estimate = x / n;
    out->lo = x <= y ? lo : 1 - hi;
    out->hi = x <= y ? hi : 1 - lo;
}

int proportion_wilson(int64_t x, int64_t n, double confidence,
                      struct interval *out, struct err *err)
{
    int code = begin(x, n, confidence, out, err);

    if (code < 0)
        return code;
    wilson_limits((double)x, (double)n, normal_two_sided(confidence), out);
    interval_clip(out, 0, 1);
    return 0;
}

/* A method's lower limit for 0 < x <= n, with `tail` on its far side. */
typedef int lower_limit(int64_t x, int64_t n, double tail, struct share *lo,
                        struct err *err);

/* Both limits from the lower one: 0 at x = 0, hi(x) = 1 − lo(n − x). */
static int mirrored(lower_limit *lower, int64_t x, int64_t n, double confidence,
                    struct interval *out, struct err *err)
{
    struct share lo = { 0, 1 }, hi = { 0, 1 };
    double tail = (1 - confidence) / 2;
    int code = begin(x, n, confidence, out, err);

    if (code < 0 || (x > 0 && (code = lower(x, n, tail, &lo, err)) < 0) ||
        (x < n && (code = lower(n - x, n, tail, &hi, err)) < 0))
        return code;
    out->lo = lo.p;
    out->hi = hi.q;
    return 0;
}

static int clopper_pearson_lower(int64_t x, int64_t n, double tail,
                                 struct share *lo, struct err *err)
{
    return beta_quantile((double)x, (double)(n - x) + 1, tail, lo, err);
}

int proportion_clopper_pearson(int64_t x, int64_t n, double confidence,
                               struct interval *out, struct err *err)
{
    return mirrored(clopper_pearson_lower, x, n, confidence, out, err);
}

static int jeffreys_lower(int64_t x, int64_t n, double tail, struct share *lo,
                          struct err *err)
{
    return beta_quantile((double)x + 0.5, (double)(n - x) + 0.5, tail, lo, err);
}

int proportion_jeffreys(int64_t x, int64_t n, double confidence,
                        struct interval *out, struct err *err)
{
    return mirrored(jeffreys_lower, x, n, confidence, out, err);
}

/* P(X > x; p) + ½P(X = x; p) = tail, 0 < x < n: between the quantiles of the two
 * beta distributions that have all of the middle term and none of it. */
struct mid_p {
    double x, n, log_tail;
    struct err *err;
};

static double mid_p_excess(double logit, void *arg)
{
    const struct mid_p *m = arg;
    struct share at = share_of_logit(logit);
    double above;

    if (beta_log_cdf(m->x + 1, m->n - m->x, at.p, at.q, &above, m->err) < 0)
        return NAN;
    double equal = binomial_log_pdf(m->x, m->n - m->x, at.p, at.q) - M_LN2;
    double more = fmax(above, equal), less = fmin(above, equal);
    return more + log1p(exp(less - more)) - m->log_tail;
}

static int mid_p_lower(int64_t x, int64_t n, double tail, struct share *lo,
                       struct err *err)
{
    struct mid_p m = { (double)x, (double)n, log(tail), err };
    struct share from, to;
    double logit;

    if (x == n) { /* ½pⁿ = tail */
        double log_p = log(2 * tail) / m.n;
        *lo = (struct share){ exp(log_p), -expm1(log_p) };
        return 0;
    }
    int code = beta_quantile(m.x, m.n - m.x + 1, tail, &from, err);
    if (code < 0 || (code = beta_quantile(m.x + 1, m.n - m.x, tail, &to, err)) < 0)
        return code;
    code = root_find(mid_p_excess, &m, logit_of_share(from), logit_of_share(to),
                     1e-16, &logit, err);
    if (code < 0)
        return code;
    *lo = share_of_logit(logit);
    return 0;
}

int proportion_mid_p(int64_t x, int64_t n, double confidence,
                     struct interval *out, struct err *err)
{
    return mirrored(mid_p_lower, x, n, confidence, out, err);
}

int proportion_agresti_coull(int64_t x, int64_t n, double confidence,
                             struct interval *out, struct err *err)
{
    int code = begin(x, n, confidence, out, err);

    if (code < 0)
        return code;
    /* of the rarer outcome, so that no digit is lost near 1 */
    int64_t rarer = x <= n - x ? x : n - x;
    double z = normal_two_sided(confidence), trials = (double)n + z * z;
    double p = ((double)rarer + z * z / 2) / trials;
    double half = z * sqrt(p * (1 - p) / trials);
    out->lo = rarer == x ? p - half : 1 - (p + half);
    out->hi = rarer == x ? p + half : 1 - (p - half);
    interval_clip(out, 0, 1);
    return 0;
}
