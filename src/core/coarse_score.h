/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * coarse_score: scorer.h's sum for eight pairs side by side, since one alone would
 * wait for its last step all the time. Included by the files of the kernels, each with
 * the instructions it may use in COARSE_TARGET.
 */
#ifndef CORE_COARSE_SCORE_H
#define CORE_COARSE_SCORE_H

#include <math.h>

#include "core/coarse.h"

COARSE_TARGET static void score(const float *const *a, const float *const *b, size_t dim,
                               float *scores)
{
    const float *a0 = a[0], *a1 = a[1], *a2 = a[2], *a3 = a[3], *a4 = a[4], *a5 = a[5],
                *a6 = a[6], *a7 = a[7], *b0 = b[0], *b1 = b[1], *b2 = b[2], *b3 = b[3],
                *b4 = b[4], *b5 = b[5], *b6 = b[6], *b7 = b[7];
    float s0 = 0, s1 = 0, s2 = 0, s3 = 0, s4 = 0, s5 = 0, s6 = 0, s7 = 0;

    for (size_t k = 0; k < dim; k++) {
        s0 = fmaf(a0[k], b0[k], s0);
        s1 = fmaf(a1[k], b1[k], s1);
        s2 = fmaf(a2[k], b2[k], s2);
        s3 = fmaf(a3[k], b3[k], s3);
        s4 = fmaf(a4[k], b4[k], s4);
        s5 = fmaf(a5[k], b5[k], s5);
        s6 = fmaf(a6[k], b6[k], s6);
        s7 = fmaf(a7[k], b7[k], s7);
    }
    scores[0] = s0;
    scores[1] = s1;
    scores[2] = s2;
    scores[3] = s3;
    scores[4] = s4;
    scores[5] = s5;
    scores[6] = s6;
    scores[7] = s7;
}

#endif
