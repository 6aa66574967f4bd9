/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core-templates.h"

#include <math.h>

#define DIRECTIONS 192
#define FADING 38.0

/* SplitMix64 (Steele, Lea and Flood, OOPSLA 2014). */
static uint64_t draw(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

/* Nearly normal: the sum of eight uniform numbers of 16 bits, of variance 1. */
static float draw_normal(uint64_t *state)
{
    const uint64_t u = draw(state), v = draw(state);
    int64_t sum = 0;

    for (int i = 0; i < 64; i += 16)
        sum += (int64_t)(u >> i & 0xffff) + (int64_t)(v >> i & 0xffff);
    return (float)((double)(sum - 8 * 32768) / 65536 * sqrt(12.0 / 8));
}

void templates_isotropic(float *x, size_t n, size_t dim, uint64_t seed)
{
    for (size_t i = 0; i < n * dim; i++)
        x[i] = draw_normal(&seed);
}

static void walsh_hadamard(float *x, size_t dim)
{
    for (size_t half = 1; half < dim; half *= 2) {
        for (size_t i = 0; i < dim; i += 2 * half) {
            for (size_t k = i; k < i + half; k++) {
                const float a = x[k], b = x[k + half];
                x[k] = a + b;
                x[k + half] = a - b;
            }
        }
    }
}

void templates_like_faces(float *x, size_t n, size_t dim, uint64_t seed)
{
    const uint64_t turning = seed ^ 1;

    for (size_t i = 0; i < n; i++, x += dim) {
        uint64_t signs = turning; /* the same for every template */
        for (size_t d = 0; d < dim; d++)
            x[d] = d < DIRECTIONS ? (float)exp(-(double)d / FADING / 2) * draw_normal(&seed)
                                  : 0;
        for (int turn = 0; turn < 3; turn++) {
            for (size_t d = 0; d < dim; d++)
                x[d] *= (draw(&signs) & 1 ? 1.0f : -1.0f) / sqrtf((float)dim);
            walsh_hadamard(x, dim);
        }
    }
}
