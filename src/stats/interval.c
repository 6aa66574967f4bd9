/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/interval.h"

#include <math.h>

int check_count(const char *what, int64_t count, struct err *err)
{
    if (count < 0 || count > COUNT_MAX)
        return err_add(err, ERR_INPUT,
                       "%s is %lld, expected a count from 0 to 2^53", what,
                       (long long)count);
    return 0;
}

int check_counts(int64_t x, int64_t n, struct err *err)
{
    if (n < 1 || n > COUNT_MAX)
        return err_add(err, ERR_INPUT,
                       "the number of trials is %lld, expected 1 to 2^53",
                       (long long)n);
    if (x < 0 || x > n)
        return err_add(err, ERR_INPUT,
                       "a count of %lld in %lld trials, expected 0 to %lld",
                       (long long)x, (long long)n, (long long)n);
    return 0;
}

int check_confidence(double confidence, struct err *err)
{
    if (!(confidence > 0 && confidence < 1))
        return err_add(err, ERR_INPUT,
                       "confidence %g, expected more than 0 and less than 1",
                       confidence);
    return 0;
}

void interval_clip(struct interval *out, double least, double most)
{
    if (!isnan(out->estimate)) {
        out->lo = fmin(out->lo, out->estimate);
        out->hi = fmax(out->hi, out->estimate);
    }
    out->lo = fmax(out->lo, least);
    out->hi = fmin(out->hi, most);
}
