/* SPDX-License-Identifier: GPL-3.0-or-later */
/* vector_avx512: what kernel_tile.h needs of a vector; vector_plain.h says what it is.
 * Nothing beyond AVX-512 F. */
#ifndef CORE_VECTOR_AVX512_H
#define CORE_VECTOR_AVX512_H

#include <immintrin.h>
#include <stdint.h>

#include "core/vector_turn8.h"

typedef __m512 vec;

#define V_PIN(x) __asm__ volatile("" : "+v"(x) : : "memory")

static inline vec v_load(const float *p) { return _mm512_loadu_ps(p); }
static inline vec v_all(const float *p) { return _mm512_set1_ps(*p); }
static inline vec v_zero(void) { return _mm512_setzero_ps(); }
static inline void v_store(float *p, vec a) { _mm512_storeu_ps(p, a); }
static inline vec v_add(vec a, vec b) { return _mm512_add_ps(a, b); }
static inline vec v_sub(vec a, vec b) { return _mm512_sub_ps(a, b); }
static inline vec v_div(vec a, vec b) { return _mm512_div_ps(a, b); }
static inline vec v_sqrt(vec a) { return _mm512_sqrt_ps(a); }

/* See vector_avx2.h. */
static inline vec v_fma(vec a, vec b, vec c)
{
    __asm__("vfmadd231ps %2, %1, %0" : "+v"(c) : "v"(a), "v"(b));
    return c;
}

static inline vec v_minus(vec a)
{
    return _mm512_castsi512_ps(
        _mm512_xor_si512(_mm512_castps_si512(a), _mm512_set1_epi32(INT32_MIN)));
}

static inline vec v_where_positive(vec t, vec q)
{
    return _mm512_maskz_mov_ps(_mm512_cmp_ps_mask(t, _mm512_setzero_ps(), _CMP_GT_OQ), q);
}

static inline vec v_unit(const float *p, double norm)
{
    const __m512d n = _mm512_set1_pd(norm);
    const __m256 low = _mm512_cvtpd_ps(_mm512_div_pd(_mm512_cvtps_pd(_mm256_loadu_ps(p)), n)),
                 high = _mm512_cvtpd_ps(_mm512_div_pd(_mm512_cvtps_pd(_mm256_loadu_ps(p + 8)), n));

    return _mm512_castpd_ps(_mm512_insertf64x4(
        _mm512_castps_pd(_mm512_castps256_ps512(low)), _mm256_castps_pd(high), 1));
}

static inline void v_bin(vec a, float scale, float least, float most, int32_t offset,
                         uint32_t *to)
{
    const vec at = _mm512_roundscale_ps(_mm512_mul_ps(a, _mm512_set1_ps(scale)),
                                        _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC),
              held = _mm512_min_ps(_mm512_max_ps(at, _mm512_set1_ps(least)),
                                   _mm512_set1_ps(most));

    _mm512_storeu_si512(to, _mm512_add_epi32(_mm512_cvttps_epi32(held),
                                             _mm512_set1_epi32(offset)));
}

static inline uint32_t v_above(vec a, float floor)
{
    return _mm512_cmp_ps_mask(a, _mm512_set1_ps(floor), _CMP_GE_OQ);
}

#endif
