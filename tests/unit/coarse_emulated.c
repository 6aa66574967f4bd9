/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The loops of coarse_avx512.c, on vectors of plain C: rows, bias and width are its. */
#include "coarse_emulated.h"

static bool runs(void)
{
    return true;
}

#define COARSE_TARGET
#define LANES 16
#define COARSE_BIAS COARSE_MOST
#define COARSE_ROWS 14
#define EACH_SUM(X)                                                            \
    X(0, 0) X(1, 0) X(2, 0) X(3, 0) X(4, 0) X(5, 0) X(6, 0)                    \
    X(7, 0) X(8, 0) X(9, 0) X(10, 0) X(11, 0) X(12, 0) X(13, 0)

#include "core/coarse_plain.h"
#include "core/coarse_dot.h"

const struct coarse coarse_emulated = {
    .name = "avx512",
    .runs = runs,
    .rows = COARSE_ROWS,
    .bias = COARSE_BIAS,
    .sift = sift,
};
