/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * coarse_dot: sift() for machines that add four products of 8 bits to a sum of 32 bits
 * in one instruction. Included by a file that has defined, of its machine,
 *     COARSE_TARGET               the attribute with the instructions
 *     COARSE_ROWS, COARSE_VECTORS of a tile, and EACH_SUM(X): X(r, q) for all of them
 *     LANES                       of a vector: COARSE_LANES / COARSE_VECTORS
 *     ints                        a vector of LANES sums
 *     bytes                       a vector of 4 × LANES bytes
 *     i_load(p), b_load(p)        LANES sums, 4 × LANES bytes from memory
 *     b_four(p)                   four bytes, LANES times
 *     i_dot(s, a, b)              s + Σ of four products
 *     i_store(p, s)
 *     i_stays(s, floor, scales, rest, rests)  the mask of lanes not ruled out, of
 *                                 numbers at the pointers floor and rest and vectors at
 *                                 scales and rests
 */
#include "core/coarse.h"

#define BEGIN(r, q) ints s##r##q = i_load(start + (q) * LANES);
#define ADD(r, q) s##r##q = i_dot(s##r##q, b_four(a + 4 * (r)), b_load(b + 4 * LANES * (q)));
#define LOOK(r, q)                                                             \
    {                                                                          \
        const unsigned mask = i_stays(s##r##q, p->floors + (r),                \
                                      p->scales + column + (q) * LANES,        \
                                      p->rests_a + (r),                        \
                                      p->rests_b + column + (q) * LANES);      \
        if (__builtin_expect(mask, 0)) {                                       \
            int32_t dots[LANES];                                               \
            i_store(dots, s##r##q);                                            \
            n += add_hits(hits + n, mask, r, column + (q) * LANES, dots);      \
        }                                                                      \
    }

static size_t add_hits(struct coarse_hit *hits, unsigned mask, uint32_t row, size_t column,
                       const int32_t *dots)
{
    size_t n = 0;

    for (; mask; mask &= mask - 1) {
        const unsigned at = (unsigned)__builtin_ctz(mask);
        hits[n++] = (struct coarse_hit){ row, (uint32_t)(column + at), dots[at] };
    }
    return n;
}

COARSE_TARGET static size_t sift(const struct coarse_panels *p, struct coarse_hit *hits)
{
    const int32_t *start = p->start;
    const int8_t *b = p->b;
    size_t n = 0;

    for (size_t column = 0; column < p->n * COARSE_LANES; column += COARSE_LANES) {
        const uint8_t *a = p->a;
        EACH_SUM(BEGIN)
        start += COARSE_LANES;
        for (size_t k = 0; k < p->m; k += 4) {
            EACH_SUM(ADD)
            a += 4 * COARSE_ROWS;
            b += 4 * COARSE_LANES;
        }
        EACH_SUM(LOOK)
    }
    return n;
}
#undef BEGIN
#undef ADD
#undef LOOK
