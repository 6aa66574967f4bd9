/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/paired.h"

#include <math.h>

#include "stats/exact.h"
#include "stats/proportion.h"

static int64_t largest(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* The correlation of the table  a b / c d , 0 where a margin is empty; a positive one
 * is corrected for continuity, as method 10 has it. */
static double phi(double a, double b, double c, double d)
{
    double margins = (a + b) * (c + d) * (a + c) * (b + d), product = a * d - b * c;

    if (product > 0)
        product = fmax(0, product - (a + b + c + d) / 2);
    return margins > 0 ? product / sqrt(margins) : 0;
}

/* Newcombe's hybrid of two Wilson intervals whose rates correlate by f. */
static void combine(const struct interval *first, const struct interval *second, double f,
                    struct interval *out)
{
    double down1 = first->estimate - first->lo, up1 = first->hi - first->estimate;
    double down2 = second->estimate - second->lo, up2 = second->hi - second->estimate;

    out->estimate = first->estimate - second->estimate;
    out->lo = out->estimate - sqrt(down1 * down1 - 2 * f * down1 * up2 + up2 * up2);
    out->hi = out->estimate + sqrt(up1 * up1 - 2 * f * up1 * down2 + down2 * down2);
    interval_clip(out, -1, 1);
}

int paired_interval(int64_t both, int64_t only1, int64_t only2, int64_t neither,
                    double confidence, struct interval *out, double *p,
                    struct err *err)
{
    struct interval first, second;
    int code;

    if ((code = check_count("both wrong", both, err)) ||
        (code = check_count("neither wrong", neither, err)) ||
        (code = exact_mcnemar(only1, only2, p, err)))
        return code;
    int64_t n = both + only1 + only2 + neither;
    if ((code = proportion_wilson(both + only1, n, confidence, &first, err)) ||
        (code = proportion_wilson(both + only2, n, confidence, &second, err)))
        return code;
    combine(&first, &second, phi((double)both, (double)only1, (double)only2,
                                 (double)neither), out);
    out->estimate = ((double)only1 - (double)only2) / (double)n;
    return 0;
}

bool paired_is_clustered(const struct rate *only1, const struct rate *only2)
{
    return rate_is_clustered(only1) || rate_is_clustered(only2);
}

const struct method *paired_method(const struct rate *only1, const struct rate *only2)
{
    return paired_is_clustered(only1, only2)
               ? rate_contrast_method(method_find("mover"), only1, only2)
               : method_find("newcombe");
}

int paired_rates(const struct rate *only1, const struct rate *only2,
                 const struct rate *both, double confidence, struct interval *out,
                 double *p, struct err *err)
{
    const struct method *mover = method_find("mover");

    if (!paired_is_clustered(only1, only2))
        return paired_interval(both->x, only1->x, only2->x,
                               both->n - both->x - only1->x - only2->x, confidence, out, p,
                               err);
    int code = rate_contrast(mover, FOR_DIFFERENCE, only1, only2, confidence, out, err);
    return code ? code : rate_contrast_p(mover, FOR_DIFFERENCE, only1, only2, 0, p, err);
}

int paired_worst_case(int64_t x1, int64_t n1, int64_t x2, int64_t n2,
                      double confidence, struct interval *out, double *p,
                      struct err *err)
{
    struct interval first, second;
    int code = proportion_wilson(x1, n1, confidence, &first, err);

    if (code || (code = proportion_wilson(x2, n2, confidence, &second, err)))
        return code;
    int64_t n = largest(n1 < n2 ? n1 : n2, largest(x1, x2));
    int64_t a = largest(0, x1 + x2 - n), b = x1 - a, c = x2 - a;
    if ((code = exact_mcnemar(b, c, p, err)))
        return code;
    combine(&first, &second, phi((double)a, (double)b, (double)c,
                                 (double)(n - a - b - c)), out);
    return 0;
}
