/* SPDX-License-Identifier: GPL-3.0-or-later */
/* vector_turn8: v_turn() of the kernels that have AVX. */
#ifndef CORE_VECTOR_TURN8_H
#define CORE_VECTOR_TURN8_H

#include <immintrin.h>
#include <stddef.h>

#define TURN 8

/* Rows 2i and 2i + 1 by twos, then by fours; then halves come together. */
static inline void v_turn(const float *from, size_t stride, float *to, size_t width)
{
#define ROW(i) const __m256 r##i = _mm256_loadu_ps(from + i * stride);
#define TWO(i, j)                                                              \
    const __m256 l##i = _mm256_unpacklo_ps(r##i, r##j),                        \
                 h##i = _mm256_unpackhi_ps(r##i, r##j);
#define FOUR(i, j)                                                             \
    const __m256 a##i = _mm256_shuffle_ps(l##i, l##j, 0x44),                   \
                 b##i = _mm256_shuffle_ps(l##i, l##j, 0xee),                   \
                 c##i = _mm256_shuffle_ps(h##i, h##j, 0x44),                   \
                 d##i = _mm256_shuffle_ps(h##i, h##j, 0xee);
#define OUT(k, v, half)                                                        \
    _mm256_storeu_ps(to + k * width, _mm256_permute2f128_ps(v##0, v##4, half));
    ROW(0) ROW(1) ROW(2) ROW(3) ROW(4) ROW(5) ROW(6) ROW(7)
    TWO(0, 1) TWO(2, 3) TWO(4, 5) TWO(6, 7)
    FOUR(0, 2) FOUR(4, 6)
    OUT(0, a, 0x20) OUT(1, b, 0x20) OUT(2, c, 0x20) OUT(3, d, 0x20)
    OUT(4, a, 0x31) OUT(5, b, 0x31) OUT(6, c, 0x31) OUT(7, d, 0x31)
#undef ROW
#undef TWO
#undef FOUR
#undef OUT
}

#endif
