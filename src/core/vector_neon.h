/* SPDX-License-Identifier: GPL-3.0-or-later */
/* vector_neon: what kernel_tile.h needs of a vector; vector_plain.h says what it is. */
#ifndef CORE_VECTOR_NEON_H
#define CORE_VECTOR_NEON_H

#include <arm_neon.h>
#include <stddef.h>
#include <stdint.h>

#define TURN 4

typedef float32x4_t vec;

#define V_PIN(x) __asm__ volatile("" : "+w"(x) : : "memory")

static inline vec v_load(const float *p) { return vld1q_f32(p); }
static inline vec v_all(const float *p) { return vld1q_dup_f32(p); }
static inline vec v_zero(void) { return vdupq_n_f32(0); }
static inline void v_store(float *p, vec a) { vst1q_f32(p, a); }
static inline vec v_add(vec a, vec b) { return vaddq_f32(a, b); }
static inline vec v_sub(vec a, vec b) { return vsubq_f32(a, b); }
static inline vec v_div(vec a, vec b) { return vdivq_f32(a, b); }
static inline vec v_fma(vec a, vec b, vec c) { return vfmaq_f32(c, a, b); }
static inline vec v_sqrt(vec a) { return vsqrtq_f32(a); }
static inline vec v_minus(vec a) { return vnegq_f32(a); }

static inline vec v_where_positive(vec t, vec q)
{
    return vreinterpretq_f32_u32(vandq_u32(vcgtzq_f32(t), vreinterpretq_u32_f32(q)));
}

static inline vec v_unit(const float *p, double norm)
{
    const float32x4_t x = vld1q_f32(p);
    const float64x2_t n = vdupq_n_f64(norm);
    const float32x2_t low = vcvt_f32_f64(vdivq_f64(vcvt_f64_f32(vget_low_f32(x)), n));

    return vcvt_high_f32_f64(low, vdivq_f64(vcvt_high_f64_f32(x), n));
}

static inline void v_turn(const float *from, size_t stride, float *to, size_t width)
{
    const float32x4_t a = vld1q_f32(from), b = vld1q_f32(from + stride),
                      c = vld1q_f32(from + 2 * stride), d = vld1q_f32(from + 3 * stride);
    const float32x4x2_t ac = vzipq_f32(a, c), bd = vzipq_f32(b, d);
    const float32x4x2_t low = vzipq_f32(ac.val[0], bd.val[0]),
                        high = vzipq_f32(ac.val[1], bd.val[1]);

    vst1q_f32(to, low.val[0]);
    vst1q_f32(to + width, low.val[1]);
    vst1q_f32(to + 2 * width, high.val[0]);
    vst1q_f32(to + 3 * width, high.val[1]);
}

static inline void v_bin(vec a, float scale, float least, float most, int32_t offset,
                         uint32_t *to)
{
    const vec at = vrndmq_f32(vmulq_n_f32(a, scale)),
              held = vminq_f32(vmaxq_f32(at, vdupq_n_f32(least)), vdupq_n_f32(most));

    vst1q_u32(to, vreinterpretq_u32_s32(
                      vaddq_s32(vcvtq_s32_f32(held), vdupq_n_s32(offset))));
}

static inline uint32_t v_above(vec a, float floor)
{
    static const uint32_t bits[4] = { 1, 2, 4, 8 };

    return vaddvq_u32(vandq_u32(vcgeq_f32(a, vdupq_n_f32(floor)), vld1q_u32(bits)));
}

#endif
