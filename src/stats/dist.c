/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/dist.h"

#include <float.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_sf_gamma.h>
#include <math.h>
#include <stdbool.h>

double normal_two_sided(double confidence)
{
    return gsl_cdf_ugaussian_Qinv((1 - confidence) / 2);
}

double student_two_sided(double confidence, double df)
{
    /* past 1e15 the two agree to all digits, and GSL knows no infinity */
    return df < 1e15 ? gsl_cdf_tdist_Qinv((1 - confidence) / 2, df)
                     : normal_two_sided(confidence);
}

struct share share_of_logit(double y)
{
    struct share s;

    if (y <= 0) {
        double e = exp(y);
        s.p = e / (1 + e);
        s.q = 1 / (1 + e);
    } else {
        double e = exp(-y);
        s.p = 1 / (1 + e);
        s.q = e / (1 + e);
    }
    return s;
}

double logit_of_share(struct share s)
{
    return log(s.p) - log(s.q);
}

/* log Γ(n + 1) less Stirling's leading terms. */
static double stirling_error(double n)
{
    return log(gsl_sf_gammastar(n));
}

/* The deviance x·log(x/m) + m − x, without cancellation where x is near m
 * (Loader 2000, section 4). */
static double deviance(double x, double m)
{
    if (fabs(x - m) < 0.1 * (x + m)) {
        double v = (x - m) / (x + m), s = (x - m) * v, term = 2 * x * v;
        for (int j = 1; j < 1000; j++) {
            term *= v * v;
            double next = s + term / (2 * j + 1);
            if (next == s)
                break;
            s = next;
        }
        return s;
    }
    return x * log(x / m) + m - x;
}

double binomial_log_pdf(double x, double y, double p, double q)
{
    double n = x + y;

    if (p == 0)
        return x == 0 ? 0 : -INFINITY;
    if (q == 0)
        return y == 0 ? 0 : -INFINITY;
    if (x == 0)
        return n * (p < q ? log1p(-p) : log(q));
    if (y == 0)
        return n * (q < p ? log1p(-q) : log(p));
    return stirling_error(n) - stirling_error(x) - stirling_error(y) -
           deviance(x, n * p) - deviance(y, n * q) -
           0.5 * (log(2 * M_PI * x) + log(y / n));
}

/* Far more than a = b = 2^52 needs beside the median, where it is slowest. */
#define MAX_TERMS 100000000L

/* The continued fraction of the incomplete beta function for x = 1 - q at or
 * below the mean: I_x(a, b) = x^a q^b / (B(a, b) · value). The even part of DLMF
 * 8.17.22, as Didonato & Morris have it (1992, ACM TOMS 18:360, BFRAC): its terms
 * hold a·q - b·x, which keeps its digits where x is next to 1. */
static int beta_fraction(double a, double b, double x, double q, double *value,
                         struct err *err)
{
    double above = a * q - b * x + 1;
    double f = a * above / (a + 1), c = f, d = 0;

    for (long i = 1; i < MAX_TERMS; i++) {
        double m = (double)i, k = a + 2 * m - 1;
        double step = m * (b - m) * x / k;
        double numerator = (a + m - 1) / k * (a + b + m - 1) * step * x;
        double term = m + step + (a + m) / (k + 2) * (above + m * (1 + q));
        d = term + numerator * d;
        c = term + numerator / c;
        d = 1 / (fabs(d) < DBL_MIN ? DBL_MIN : d);
        c = fabs(c) < DBL_MIN ? DBL_MIN : c;
        f *= c * d;
        if (fabs(c * d - 1) <= 2 * DBL_EPSILON) {
            *value = f;
            return 0;
        }
    }
    return err_add(err, ERR_NUMERIC,
                   "the beta distribution (%g, %g) does not converge at %g", a,
                   b, x);
}

/* log P(B <= x) and its derivative by the logit of x. */
static int beta_lower(double a, double b, double x, double q, double *log_p,
                      double *slope, struct err *err)
{
    /* log of x^a q^b / B(a, b), which is also the density of the logit */
    double density = log(a) + log(b / (a + b)) + binomial_log_pdf(a, b, x, q);
    bool below = a * q >= b * x;
    double fraction;
    int code = below ? beta_fraction(a, b, x, q, &fraction, err)
                     : beta_fraction(b, a, q, x, &fraction, err);

    if (code < 0)
        return code;
    if (below) {
        *log_p = density - log(fraction);
        *slope = fraction;
    } else {
        double upper = fmin(exp(density) / fraction, 1);
        *log_p = log1p(-upper);
        *slope = exp(density - *log_p);
    }
    return 0;
}

int beta_log_cdf(double a, double b, double x, double q, double *log_p,
                 struct err *err)
{
    double slope;

    if (x <= 0 || q <= 0) {
        *log_p = x <= 0 ? -INFINITY : 0;
        return 0;
    }
    return beta_lower(a, b, x, q, log_p, &slope, err);
}

int beta_quantile(double a, double b, double tail, struct share *out,
                  struct err *err)
{
    double target = log(tail), y = log(a / b), lo = -745, hi = 745;

    for (int step = 0; step < 400; step++) {
        struct share at = share_of_logit(y);
        double log_p, slope;
        int code = beta_lower(a, b, at.p, at.q, &log_p, &slope, err);
        if (code < 0)
            return code;
        if (log_p > target)
            hi = y;
        else
            lo = y;
        double next = y + (target - log_p) / slope;
        if (!(next > lo && next < hi)) /* NaN too */
            next = lo + (hi - lo) / 2;
        double moved = fabs(next - y);
        y = next;
        if (moved <= 1e-15 * fmax(1, fabs(y)) ||
            hi - lo <= 4 * DBL_EPSILON * fabs(y)) {
            *out = share_of_logit(y);
            return 0;
        }
    }
    return err_add(err, ERR_NUMERIC,
                   "no quantile %g of the beta distribution (%g, %g) found",
                   tail, a, b);
}
