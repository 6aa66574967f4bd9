/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * coarse: dot products of 8-bit integers and a bound on them, one struct a kind of
 * machine: which pairs of a panel cannot be ruled out? All of them give the same
 * answer: the sums are exact, and the bound is formed by the same operations.
 *
 * A row is m numbers v[k], m a multiple of COARSE_STEP, with |v[k]| <= COARSE_MOST and,
 * so that sums of products fit into 16 bits, for every block of COARSE_BLOCK numbers
 * and both halves of it (k mod 4 < 2, and the others)
 *     Σ v[k]² <= COARSE_HALF.                                                   (1)
 *
 * Proof that nothing overflows or saturates. The numbers of one side, a, are packed as
 * a + bias with bias = 0 or COARSE_MOST, which are 0 … 180 then. AVX2 adds two products
 * (a + bias) × b with saturation at 32767: 2 × 180 × 90 = 32400. It adds these up modulo
 * 2^16, from a start of −bias × Σ b over the half; what comes out is Σ a b over the half
 * modulo 2^16, and by Cauchy and Schwarz from (1) |Σ a b| <= COARSE_HALF < 2^15, so it
 * is Σ a b. AVX-512 and NEON add products in 32 bits: |Σ (a + bias) b| over SCORER_MAX_DIM
 * numbers is at most 65536 × 180 × 90 < 2^30, without saturation. The total is at most
 * 512 blocks × 2 × COARSE_HALF < 2^26.
 *
 * A pair is ruled out if (float)Σ a b < floor_a × scale_b − rest_a × rest_b, where the
 * first product is rounded and the rest is one fused step; a NaN rules nothing out.
 *
 * Threads: read-only.
 */
#ifndef CORE_COARSE_H
#define CORE_COARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define COARSE_MOST 90
#define COARSE_HALF 32767
#define COARSE_BLOCK 128
#define COARSE_STEP 32
#define COARSE_MAX_ROWS 16 /* of a panel of a */
#define COARSE_LANES 16    /* columns of a panel of b, in every kernel */
#define COARSE_BATCH 8     /* pairs that are scored side by side */

/* What is left of a panel of a against some panels of b. */
struct coarse_hit {
    uint32_t i, j;         /* row of the panel, column of the panels */
    int32_t dot;
};

/*
 * Numbers are packed by fours: number k of row r at a[(k / 4 × rows + r) × 4 + k % 4],
 * biased, and that of column c of a panel at b[(k / 4 × COARSE_LANES + c) × 4 + k % 4],
 * the panels after each other. `start` has what the sums of every column of a panel
 * begin with; where `halves` are summed, of every block of it, and then it is two
 * numbers of 16 bits, that of the first half in the low ones.
 */
struct coarse_panels {
    const uint8_t *a;
    const float *floors, *rests_a;           /* of the rows */
    const int8_t *b;
    const int32_t *start;
    const float *scales, *rests_b;           /* of the columns */
    size_t m;
    size_t n;                                /* panels of b */
};

struct coarse {
    const char *name;      /* as that of the kernel it goes with */
    bool (*runs)(void);
    size_t rows;           /* of a panel of a */
    int bias;
    bool halves;
    /* Hits in no promised order; at most rows × COARSE_LANES × n. */
    size_t (*sift)(const struct coarse_panels *p, struct coarse_hit *hits);
    /* Σ a b over n numbers, a multiple of COARSE_STEP. */
    int32_t (*dot)(const int8_t *a, const int8_t *b, size_t n);
    /* The scores of COARSE_BATCH pairs of rows: s = fma(a[k], b[k], s) in order. */
    void (*score)(const float *const *a, const float *const *b, size_t dim, float *scores);
};

/* The one that goes with the kernel of that name. */
const struct coarse *coarse_of(const char *name);

/* All that were compiled, the best first; ends with NULL. */
extern const struct coarse *const coarses[];
extern const struct coarse coarse_avx512, coarse_avx2, coarse_neon, coarse_scalar_fma,
    coarse_scalar;

/* Rules a pair out, or not: of scalar code what `sift` does. */
#define COARSE_RULES_OUT(dot, floor, scale, rest_a, rest_b)                    \
    ((float)(dot) < fmaf(-(rest_a), (rest_b), (floor) * (scale)))

#endif
