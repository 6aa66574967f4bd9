/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * coarse_avx2: vpmaddubsw makes 32 products and 16 sums at a time, which vpaddw adds
 * up. Of six rows by sixteen columns the twelve sums, two vectors of b and one of a fit
 * into the sixteen registers. On Zen 3 the multiplications have two of the four ports
 * and the additions the other two: 64 products a cycle at the most, where single
 * precision has 16; broadcasts leave four ninths idle at worst. Expected: 3 times the
 * products of a good single-precision multiplication; measured (Zen 3, one core): 105
 * to 135 thousand million a second beside 35 to 43.
 */
#ifdef __x86_64__
#include "core/coarse.h"

#include <immintrin.h>

#define AVX2 __attribute__((target("avx2,fma")))
#define INLINE AVX2 __attribute__((always_inline)) static inline
#define ROWS 6
#define EACH_ROW(X) X(0) X(1) X(2) X(3) X(4) X(5)

static bool runs(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

INLINE __m256i load(const void *p)
{
    return _mm256_loadu_si256(p);
}

/* Lanes that cannot be ruled out. */
INLINE __m256 stays(__m256i dot, __m256 floor, __m256 scale, __m256 rest_a, __m256 rest_b)
{
    return _mm256_cmp_ps(_mm256_cvtepi32_ps(dot),
                         _mm256_fnmadd_ps(rest_a, rest_b, _mm256_mul_ps(floor, scale)),
                         _CMP_NLT_UQ);
}

AVX2 static size_t add_hits(struct coarse_hit *hits, unsigned mask, size_t row,
                            size_t column, __m256i dots0, __m256i dots1)
{
    int32_t dots[COARSE_LANES];
    size_t n = 0;

    _mm256_storeu_si256((__m256i *)(void *)dots, dots0);
    _mm256_storeu_si256((__m256i *)(void *)(dots + 8), dots1);
    for (; mask; mask &= mask - 1) {
        const unsigned at = (unsigned)__builtin_ctz(mask);
        hits[n++] = (struct coarse_hit){ (uint32_t)row, (uint32_t)(column + at), dots[at] };
    }
    return n;
}

#define BEGIN(r) __m256i x##r = start0, y##r = start1;
/* Four numbers of a row by those of sixteen columns. Written out, since gcc begins all
 * rows at once, runs out of registers and keeps sums in memory. */
#define ADD(r)                                                                 \
    {                                                                          \
        __m256i four, products;                                                \
        __asm__("vpbroadcastd %[a], %[four]\n\t"                               \
                "vpmaddubsw %[b0], %[four], %[products]\n\t"                   \
                "vpmaddubsw %[b1], %[four], %[four]\n\t"                       \
                "vpaddw %[products], %[x], %[x]\n\t"                           \
                "vpaddw %[four], %[y], %[y]"                                   \
                : [x] "+x"(x##r), [y] "+x"(y##r), [four] "=&x"(four),          \
                  [products] "=&x"(products)                                   \
                : [a] "m"(*(const uint8_t(*)[4])(a + 4 * (r))),                \
                  [b0] "x"(b0), [b1] "x"(b1));                                 \
    }
#define ADD_ALL                                                                \
    {                                                                          \
        const __m256i b0 = load(b), b1 = load(b + 32);                         \
        EACH_ROW(ADD)                                                          \
        a += 4 * ROWS;                                                         \
        b += 4 * COARSE_LANES;                                                 \
    }
#define WIDEN(r)                                                               \
    x##r = _mm256_madd_epi16(x##r, ones);                                      \
    y##r = _mm256_madd_epi16(y##r, ones);
#define ADD_WAITING(r)                                                         \
    x##r = _mm256_add_epi32(x##r, waiting[2 * r]);                             \
    y##r = _mm256_add_epi32(y##r, waiting[2 * r + 1]);
#define LET_WAIT(r)                                                            \
    waiting[2 * r] = x##r;                                                     \
    waiting[2 * r + 1] = y##r;
#define FLOORS(r)                                                              \
    const __m256 floor = _mm256_broadcast_ss(p->floors + r),                   \
                 rest = _mm256_broadcast_ss(p->rests_a + r);
#define LOOK(r)                                                                \
    {                                                                          \
        FLOORS(r)                                                              \
        any = _mm256_or_ps(any, _mm256_or_ps(stays(x##r, floor, scale0, rest, rest0), \
                                             stays(y##r, floor, scale1, rest, rest1))); \
    }
#define TELL(r)                                                                \
    {                                                                          \
        FLOORS(r)                                                              \
        const int m0 = _mm256_movemask_ps(stays(x##r, floor, scale0, rest, rest0)), \
                  m1 = _mm256_movemask_ps(stays(y##r, floor, scale1, rest, rest1)); \
        if (m0 | m1)                                                           \
            n += add_hits(hits + n, (unsigned)(m0 | m1 << 8), r, column, x##r, y##r); \
    }

AVX2 static size_t sift(const struct coarse_panels *p, struct coarse_hit *hits)
{
    const __m256i ones = _mm256_set1_epi16(1);
    const int32_t *start = p->start;
    const int8_t *b = p->b;
    __m256i waiting[2 * ROWS] = { _mm256_setzero_si256() };
    size_t n = 0;

    for (size_t column = 0; column < p->n * COARSE_LANES; column += COARSE_LANES) {
        const uint8_t *a = p->a;
        for (size_t k = 0;; k += COARSE_BLOCK, start += COARSE_LANES) {
            const __m256i start0 = load(start), start1 = load(start + 8);
            const size_t left = p->m - k, depth = left < COARSE_BLOCK ? left : COARSE_BLOCK;
            EACH_ROW(BEGIN)
            for (size_t l = 0; l < depth; l += 8) {
                ADD_ALL
                ADD_ALL
            }
            EACH_ROW(WIDEN)
            if (k > 0) {
                EACH_ROW(ADD_WAITING)
            }
            if (left > COARSE_BLOCK) {
                EACH_ROW(LET_WAIT)
                continue;
            }
            start += COARSE_LANES;
            const __m256 scale0 = _mm256_loadu_ps(p->scales + column),
                         scale1 = _mm256_loadu_ps(p->scales + column + 8),
                         rest0 = _mm256_loadu_ps(p->rests_b + column),
                         rest1 = _mm256_loadu_ps(p->rests_b + column + 8);
            __m256 any = _mm256_setzero_ps();
            EACH_ROW(LOOK)
            if (__builtin_expect(_mm256_movemask_ps(any), 0)) {
                EACH_ROW(TELL)
            }
            break;
        }
    }
    return n;
}

/* Σ |a| × (b with the sign of a): at most 2 × 90 × 90 in a lane of 16 bits, which
 * vpmaddwd widens at once. */
AVX2 static int32_t dot(const int8_t *a, const int8_t *b, size_t n)
{
    const __m256i ones = _mm256_set1_epi16(1);
    __m256i sum = _mm256_setzero_si256();

    for (size_t k = 0; k < n; k += COARSE_STEP) {
        const __m256i x = load(a + k), y = load(b + k);
        const __m256i products = _mm256_maddubs_epi16(_mm256_abs_epi8(x),
                                                      _mm256_sign_epi8(y, x));
        sum = _mm256_add_epi32(sum, _mm256_madd_epi16(products, ones));
    }
    __m128i s = _mm_add_epi32(_mm256_castsi256_si128(sum), _mm256_extracti128_si256(sum, 1));
    s = _mm_add_epi32(s, _mm_shuffle_epi32(s, 0x4e));
    s = _mm_add_epi32(s, _mm_shuffle_epi32(s, 0xb1));
    return _mm_cvtsi128_si32(s);
}

#define COARSE_TARGET AVX2
#include "core/coarse_score.h"

const struct coarse coarse_avx2 = {
    .name = "avx2",
    .runs = runs,
    .rows = ROWS,
    .bias = COARSE_MOST,
    .halves = true,
    .sift = sift,
    .dot = dot,
    .score = score,
};
#endif
