/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Templates that are hard on a bound: alike, opposite, of one number, of numbers of
 * very different size, tiny, at the worst place between two integers.
 */
#ifndef TEMPLATES_H
#define TEMPLATES_H

#include "test.h"

#include <math.h>

#include "core/scorer.h"

static uint32_t seed = 1;

static inline uint32_t draw(uint32_t below)
{
    seed = seed * 1664525 + 1013904223;
    return (uint32_t)(((uint64_t)seed * below) >> 32);
}

/* Nearly normal. */
static inline float normal(void)
{
    float sum = 0;

    for (int i = 0; i < 6; i++)
        sum += (float)draw(1u << 24) * 0x1p-24f - 0.5f;
    return sum * 1.4142135f;
}

enum kind {
    KIND_ISOTROPIC, KIND_SPECTRUM, KIND_ALIKE, KIND_OPPOSITE, KIND_ONE, KIND_RANGE,
    KIND_DENORMAL, KIND_HALVES, KIND_LONG, KIND_MIXED, KINDS
};

static inline void make_row(float *x, size_t dim, enum kind kind, const float *first)
{
    const size_t at = draw((uint32_t)dim);

    if (kind == KIND_MIXED)
        kind = (enum kind)draw(KIND_MIXED);
    const float scale = ldexpf(1, (int)draw(110) - 50);
    for (size_t k = 0; k < dim; k++)
        switch (kind) {
        case KIND_SPECTRUM:
            x[k] = normal() * expf(-(float)k * 16 / (float)dim) + 0.3f * (k == 3);
            break;
        case KIND_ALIKE:
            x[k] = first[k] + normal() * 1e-4f;
            break;
        case KIND_OPPOSITE:
            x[k] = draw(8) ? -first[k] : first[k];
            break;
        case KIND_ONE:
            x[k] = k == at ? 1 : 0;
            break;
        case KIND_RANGE:
            x[k] = normal() * ldexpf(1, (int)draw(60) - 30);
            break;
        case KIND_DENORMAL:
            x[k] = normal() * 0x1p-140f;
            break;
        case KIND_HALVES:
            x[k] = k ? ((float)draw(180) - 89.5f) / 90 : 1;
            break;
        case KIND_LONG:
            x[k] = normal() * scale;
            break;
        default:
            x[k] = normal();
        }
    if (kind == KIND_DENORMAL)
        x[0] = 0x1p-141f; /* not without length */
    else if (x[at] == 0)
        x[at] = kind == KIND_ONE ? 1 : 0.25f;
}

static inline float *make_rows(size_t n, size_t dim, enum kind kind)
{
    float *x = mem_array(n * dim, sizeof *x), *first = mem_array(dim, sizeof *first);

    make_row(first, dim, KIND_ISOTROPIC, NULL);
    for (size_t i = 0; i < n; i++) {
        make_row(x + i * dim, dim, kind, first);
        if (i && draw(16) == 0) /* some twice */
            memcpy(x + i * dim, x + draw((uint32_t)i) * dim, dim * sizeof *x);
    }
    free(first);
    return x;
}

#endif
