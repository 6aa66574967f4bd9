/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * coarse_avx512: vpdpbusd (VNNI) makes 64 products and adds them to 16 sums. Fourteen
 * rows by sixteen columns: fourteen sums hide its five cycles of delay on both ports,
 * and a step of fourteen takes fifteen loads, of which two a cycle can be made.
 */
#ifdef __x86_64__
#include "core/coarse.h"

#include <immintrin.h>
#include <string.h>

#define COARSE_TARGET __attribute__((target("avx512f,avx512bw,avx512vnni,avx2,fma")))
#define INLINE COARSE_TARGET __attribute__((always_inline)) static inline
#define LANES 16
#define COARSE_ROWS 14
#define EACH_SUM(X)                                                            \
    X(0, 0) X(1, 0) X(2, 0) X(3, 0) X(4, 0) X(5, 0) X(6, 0)                    \
    X(7, 0) X(8, 0) X(9, 0) X(10, 0) X(11, 0) X(12, 0) X(13, 0)

typedef __m512i ints;

INLINE __m512i i_load(const int32_t *p)
{
    return _mm512_loadu_si512(p);
}

INLINE __m512i b_load(const int8_t *p)
{
    return _mm512_loadu_si512(p);
}

INLINE __m512i b_four(const uint8_t *p)
{
    int32_t x;

    memcpy(&x, p, sizeof x);
    return _mm512_set1_epi32(x);
}

INLINE __m512i i_dot(__m512i s, __m512i a, __m512i b)
{
    return _mm512_dpbusd_epi32(s, a, b);
}

INLINE void i_store(int32_t *p, __m512i s)
{
    _mm512_storeu_si512(p, s);
}

INLINE unsigned i_stays(__m512i s, const float *floor, const float *scales,
                        const float *rest, const float *rests)
{
    const __m512 least = _mm512_fnmadd_ps(_mm512_set1_ps(*rest), _mm512_loadu_ps(rests),
                                          _mm512_mul_ps(_mm512_set1_ps(*floor),
                                                        _mm512_loadu_ps(scales)));

    return _mm512_cmp_ps_mask(_mm512_cvtepi32_ps(s), least, _CMP_NLT_UQ);
}

static bool runs(void)
{
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512vnni") && __builtin_cpu_supports("fma");
}

#include "core/coarse_dot.h"
#include "core/coarse_score.h"

/* |a| × (b with the sign of a), which vpdpbusd wants. */
COARSE_TARGET static int32_t dot(const int8_t *a, const int8_t *b, size_t n)
{
    __m512i sum = _mm512_setzero_si512();

    for (size_t k = 0; k < n; k += COARSE_STEP) {
        const __m256i x = _mm256_loadu_si256((const __m256i *)(const void *)(a + k)),
                      y = _mm256_loadu_si256((const __m256i *)(const void *)(b + k));
        sum = _mm512_dpbusd_epi32(sum, _mm512_zextsi256_si512(_mm256_abs_epi8(x)),
                                  _mm512_zextsi256_si512(_mm256_sign_epi8(y, x)));
    }
    return _mm512_reduce_add_epi32(sum);
}

const struct coarse coarse_avx512 = {
    .name = "avx512",
    .runs = runs,
    .rows = COARSE_ROWS,
    .bias = COARSE_MOST,
    .sift = sift,
    .dot = dot,
    .score = score,
};
#endif
