/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * coarse_scalar: plain C. Included by the files that compile it, for machines with and
 * without an instruction for fmaf(), with COARSE_TARGET and COARSE_NAME set.
 */
#define LANES 4
#define COARSE_BIAS 0
#define COARSE_ROWS 2
#define EACH_SUM(X) X(0, 0) X(0, 1) X(0, 2) X(0, 3) X(1, 0) X(1, 1) X(1, 2) X(1, 3)

#include "core/coarse_plain.h"
#include "core/coarse_dot.h"
#include "core/coarse_score.h"

static int32_t dot(const int8_t *a, const int8_t *b, size_t n)
{
    int32_t sum = 0;

    for (size_t k = 0; k < n; k++)
        sum += a[k] * b[k];
    return sum;
}

const struct coarse COARSE_NAME = {
    .name = "scalar",
    .runs = runs,
    .rows = COARSE_ROWS,
    .bias = COARSE_BIAS,
    .sift = sift,
    .dot = dot,
    .score = score,
};
