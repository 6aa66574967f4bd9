/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * vector_plain: what kernel_tile.h needs of a vector, in plain C, with VECTOR_LANES
 * numbers in one. With one lane it is the scalar kernel; with more it stands in for
 * a machine that is not there.
 */
#ifndef CORE_VECTOR_PLAIN_H
#define CORE_VECTOR_PLAIN_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    float x[VECTOR_LANES];
} vec;

/* Many lanes inline would keep a compiler busy for minutes. */
#if VECTOR_LANES == 1
#define PLAIN static inline
#else
#define PLAIN static __attribute__((noinline))
#define ALWAYS PLAIN
#endif

#define V_PIN(v) ((void)0) /* stay in a register here */

#define EACH_LANE(value)                                                       \
    vec to;                                                                    \
    for (int i = 0; i < VECTOR_LANES; i++)                                     \
        to.x[i] = (value);                                                     \
    return to

PLAIN vec v_load(const float *p) { EACH_LANE(p[i]); }
PLAIN vec v_all(const float *p) { EACH_LANE(*p); }
PLAIN vec v_zero(void) { EACH_LANE(0.0f); }
PLAIN vec v_add(vec a, vec b) { EACH_LANE(a.x[i] + b.x[i]); }
PLAIN vec v_sub(vec a, vec b) { EACH_LANE(a.x[i] - b.x[i]); }
PLAIN vec v_div(vec a, vec b) { EACH_LANE(a.x[i] / b.x[i]); }
PLAIN vec v_fma(vec a, vec b, vec c) { EACH_LANE(fmaf(a.x[i], b.x[i], c.x[i])); }
PLAIN vec v_sqrt(vec a) { EACH_LANE(sqrtf(a.x[i])); }
PLAIN vec v_minus(vec a) { EACH_LANE(-a.x[i]); }
/* q where t > 0, else 0 */
PLAIN vec v_where_positive(vec t, vec q) { EACH_LANE(t.x[i] > 0 ? q.x[i] : 0.0f); }
PLAIN vec v_unit(const float *p, double norm) { EACH_LANE((float)((double)p[i] / norm)); }
#undef EACH_LANE

PLAIN void v_store(float *p, vec a)
{
    for (int i = 0; i < VECTOR_LANES; i++)
        p[i] = a.x[i];
}

/* A square of TURN rows, of which it takes TURN numbers each, is laid on its side:
 * to[k × width + r] = from[r × stride + k]. */
#define TURN (VECTOR_LANES < 8 ? 1 : 8)

PLAIN void v_turn(const float *from, size_t stride, float *to, size_t width)
{
    for (size_t k = 0; k < TURN; k++)
        for (size_t r = 0; r < TURN; r++)
            to[k * width + r] = from[r * stride + k];
}

/* floor(a × scale), held to least … most, plus offset */
PLAIN void v_bin(vec a, float scale, float least, float most, int32_t offset,
                         uint32_t *to)
{
    for (int i = 0; i < VECTOR_LANES; i++) {
        const float at = floorf(a.x[i] * scale);
        to[i] = (uint32_t)((int32_t)(at < least ? least : at > most ? most : at) + offset);
    }
}

/* Bit i: lane i is at or above the floor. */
PLAIN uint32_t v_above(vec a, float floor)
{
    uint32_t mask = 0;

    for (int i = 0; i < VECTOR_LANES; i++)
        mask |= (uint32_t)(a.x[i] >= floor) << i;
    return mask;
}

#endif
