/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * vector_plain: what kernel_tile.h needs of a vector, in plain C, with VECTOR_LANES
 * numbers in one. With one lane it is the scalar kernel; with more it stands in for
 * a machine that is not there.
 */
#ifndef CORE_VECTOR_PLAIN_H
#define CORE_VECTOR_PLAIN_H

#include <math.h>
#include <stdint.h>

typedef struct {
    float x[VECTOR_LANES];
} vec;

#define EACH_LANE(value)                                                       \
    vec to;                                                                    \
    for (int i = 0; i < VECTOR_LANES; i++)                                     \
        to.x[i] = (value);                                                     \
    return to

static inline vec v_load(const float *p) { EACH_LANE(p[i]); }
static inline vec v_all(const float *p) { EACH_LANE(*p); }
static inline vec v_zero(void) { EACH_LANE(0.0f); }
static inline vec v_add(vec a, vec b) { EACH_LANE(a.x[i] + b.x[i]); }
static inline vec v_sub(vec a, vec b) { EACH_LANE(a.x[i] - b.x[i]); }
static inline vec v_div(vec a, vec b) { EACH_LANE(a.x[i] / b.x[i]); }
static inline vec v_fma(vec a, vec b, vec c) { EACH_LANE(fmaf(a.x[i], b.x[i], c.x[i])); }
static inline vec v_sqrt(vec a) { EACH_LANE(sqrtf(a.x[i])); }
static inline vec v_minus(vec a) { EACH_LANE(-a.x[i]); }
/* q where t > 0, else 0 */
static inline vec v_where_positive(vec t, vec q) { EACH_LANE(t.x[i] > 0 ? q.x[i] : 0.0f); }
static inline vec v_unit(const float *p, double norm) { EACH_LANE((float)((double)p[i] / norm)); }
#undef EACH_LANE

static inline void v_store(float *p, vec a)
{
    for (int i = 0; i < VECTOR_LANES; i++)
        p[i] = a.x[i];
}

/* floor(a × scale), held to least … most, plus offset */
static inline void v_bin(vec a, float scale, float least, float most, int32_t offset,
                         uint32_t *to)
{
    for (int i = 0; i < VECTOR_LANES; i++) {
        const float at = floorf(a.x[i] * scale);
        to[i] = (uint32_t)((int32_t)(at < least ? least : at > most ? most : at) + offset);
    }
}

/* Bit i: lane i is at or above the floor. */
static inline uint32_t v_above(vec a, float floor)
{
    uint32_t mask = 0;

    for (int i = 0; i < VECTOR_LANES; i++)
        mask |= (uint32_t)(a.x[i] >= floor) << i;
    return mask;
}

#endif
