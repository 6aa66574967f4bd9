/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * coarse_neon: sdot makes sixteen products and adds them to four sums. Six rows by
 * sixteen columns: 24 sums, four vectors of b and one of a in the 32 registers.
 */
#ifdef __aarch64__
#include "core/coarse.h"

#include <arm_neon.h>
#include <string.h>
#include <sys/auxv.h>

#ifdef __clang__
#define COARSE_TARGET __attribute__((target("dotprod")))
#else
#define COARSE_TARGET __attribute__((target("arch=armv8.2-a+dotprod")))
#endif
#define INLINE COARSE_TARGET __attribute__((always_inline)) static inline
#define HWCAP_DOT (1ul << 20) /* HWCAP_ASIMDDP of Linux */
#define LANES 4
#define COARSE_ROWS 6
#define EACH_SUM(X)                                                            \
    X(0, 0) X(0, 1) X(0, 2) X(0, 3) X(1, 0) X(1, 1) X(1, 2) X(1, 3)            \
    X(2, 0) X(2, 1) X(2, 2) X(2, 3) X(3, 0) X(3, 1) X(3, 2) X(3, 3)            \
    X(4, 0) X(4, 1) X(4, 2) X(4, 3) X(5, 0) X(5, 1) X(5, 2) X(5, 3)

typedef int32x4_t ints;

INLINE int32x4_t i_load(const int32_t *p)
{
    return vld1q_s32(p);
}

INLINE int8x16_t b_load(const int8_t *p)
{
    return vld1q_s8(p);
}

INLINE int8x16_t b_four(const uint8_t *p)
{
    int32_t x;

    memcpy(&x, p, sizeof x);
    return vreinterpretq_s8_s32(vdupq_n_s32(x));
}

INLINE int32x4_t i_dot(int32x4_t s, int8x16_t a, int8x16_t b)
{
    return vdotq_s32(s, a, b);
}

INLINE void i_store(int32_t *p, int32x4_t s)
{
    vst1q_s32(p, s);
}

INLINE unsigned i_stays(int32x4_t s, const float *floor, const float *scales,
                        const float *rest, const float *rests)
{
    static const uint32_t bits[4] = { 1, 2, 4, 8 };
    const float32x4_t least = vfmsq_f32(vmulq_n_f32(vld1q_f32(scales), *floor),
                                        vdupq_n_f32(*rest), vld1q_f32(rests));
    const uint32x4_t out = vcltq_f32(vcvtq_f32_s32(s), least);

    return vaddvq_u32(vbicq_u32(vld1q_u32(bits), out));
}

static bool runs(void)
{
    return getauxval(AT_HWCAP) & HWCAP_DOT;
}

#include "core/coarse_dot.h"
#include "core/coarse_score.h"

COARSE_TARGET static int32_t dot(const int8_t *a, const int8_t *b, size_t n)
{
    int32x4_t s = vdupq_n_s32(0), t = s;

    for (size_t k = 0; k < n; k += COARSE_STEP) {
        s = vdotq_s32(s, vld1q_s8(a + k), vld1q_s8(b + k));
        t = vdotq_s32(t, vld1q_s8(a + k + 16), vld1q_s8(b + k + 16));
    }
    return vaddvq_s32(vaddq_s32(s, t));
}

const struct coarse coarse_neon = {
    .name = "neon",
    .runs = runs,
    .rows = COARSE_ROWS,
    .bias = 0,
    .sift = sift,
    .dot = dot,
    .score = score,
};
#endif
