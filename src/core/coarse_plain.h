/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * coarse_plain: what coarse_dot.h needs of a machine, in plain C, with LANES sums in a
 * vector. It is the scalar kernel, and stands in for a machine that is not there.
 */
#ifndef CORE_COARSE_PLAIN_H
#define CORE_COARSE_PLAIN_H

#include <math.h>
#include <string.h>

#include "core/coarse.h"

typedef struct {
    int32_t x[LANES];
} ints;
typedef struct {
    int8_t x[4 * LANES];
} bytes;

COARSE_TARGET static inline ints i_load(const int32_t *p)
{
    ints to;

    memcpy(to.x, p, sizeof to.x);
    return to;
}

COARSE_TARGET static inline void i_store(int32_t *p, ints s)
{
    memcpy(p, s.x, sizeof s.x);
}

COARSE_TARGET static inline bytes b_load(const int8_t *p)
{
    bytes to;

    memcpy(to.x, p, sizeof to.x);
    return to;
}

COARSE_TARGET static inline bytes b_four(const uint8_t *p)
{
    bytes to;

    for (int i = 0; i < LANES; i++)
        memcpy(to.x + 4 * i, p, 4);
    return to;
}

/* With a bias the bytes of a are without sign. */
COARSE_TARGET static inline ints i_dot(ints s, bytes a, bytes b)
{
    for (int i = 0; i < 4 * LANES; i++)
        s.x[i / 4] += (COARSE_BIAS ? (int)(uint8_t)a.x[i] : (int)a.x[i]) * b.x[i];
    return s;
}

COARSE_TARGET static inline unsigned i_stays(ints s, const float *floor, const float *scales,
                                             const float *rest, const float *rests)
{
    unsigned mask = 0;

    for (int i = 0; i < LANES; i++)
        mask |= (unsigned)!COARSE_RULES_OUT(s.x[i], *floor, scales[i], *rest, rests[i]) << i;
    return mask;
}

#endif
