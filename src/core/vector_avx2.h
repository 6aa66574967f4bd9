/* SPDX-License-Identifier: GPL-3.0-or-later */
/* vector_avx2: what kernel_tile.h needs of a vector; vector_plain.h says what it is. */
#ifndef CORE_VECTOR_AVX2_H
#define CORE_VECTOR_AVX2_H

#include <immintrin.h>
#include <stdint.h>

#include "core/vector_turn8.h"

typedef __m256 vec;

#define V_PIN(v) __asm__ volatile("" : "+x"(v) : : "memory")

static inline vec v_load(const float *p) { return _mm256_loadu_ps(p); }
static inline vec v_all(const float *p) { return _mm256_broadcast_ss(p); }
static inline vec v_zero(void) { return _mm256_setzero_ps(); }
static inline void v_store(float *p, vec a) { _mm256_storeu_ps(p, a); }
static inline vec v_add(vec a, vec b) { return _mm256_add_ps(a, b); }
static inline vec v_sub(vec a, vec b) { return _mm256_sub_ps(a, b); }
static inline vec v_div(vec a, vec b) { return _mm256_div_ps(a, b); }
static inline vec v_sqrt(vec a) { return _mm256_sqrt_ps(a); }
static inline vec v_minus(vec a) { return _mm256_xor_ps(a, _mm256_set1_ps(-0.0f)); }

/* Written out: gcc would keep the sum in another register half of the time, and move
 * it to and fro. */
static inline vec v_fma(vec a, vec b, vec c)
{
    __asm__("vfmadd231ps %2, %1, %0" : "+x"(c) : "x"(a), "x"(b));
    return c;
}

static inline vec v_where_positive(vec t, vec q)
{
    return _mm256_and_ps(_mm256_cmp_ps(t, _mm256_setzero_ps(), _CMP_GT_OQ), q);
}

static inline vec v_unit(const float *p, double norm)
{
    const __m256d n = _mm256_set1_pd(norm);
    const __m128 low = _mm256_cvtpd_ps(_mm256_div_pd(_mm256_cvtps_pd(_mm_loadu_ps(p)), n)),
                 high = _mm256_cvtpd_ps(_mm256_div_pd(_mm256_cvtps_pd(_mm_loadu_ps(p + 4)), n));

    return _mm256_insertf128_ps(_mm256_castps128_ps256(low), high, 1);
}

static inline void v_bin(vec a, float scale, float least, float most, int32_t offset,
                         uint32_t *to)
{
    const vec at = _mm256_floor_ps(_mm256_mul_ps(a, _mm256_set1_ps(scale))),
              held = _mm256_min_ps(_mm256_max_ps(at, _mm256_set1_ps(least)),
                                   _mm256_set1_ps(most));

    _mm256_storeu_si256((__m256i *)(void *)to,
                        _mm256_add_epi32(_mm256_cvttps_epi32(held),
                                         _mm256_set1_epi32(offset)));
}

static inline uint32_t v_above(vec a, float floor)
{
    return (uint32_t)_mm256_movemask_ps(
        _mm256_cmp_ps(a, _mm256_set1_ps(floor), _CMP_GE_OQ));
}

#endif
