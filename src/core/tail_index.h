/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tail_index: rows as integers with what they leave out, and the bound that rests on
 * it. Only for the files tail*.c.
 *
 * The bound. A row as it is compared is x (scorer_row()), of length |x|, and x' = x / |x|.
 * P is the rotation (m × dim), δ its defect; p = P x' its exact coordinates. The index
 * holds a step g and integers v; q = g v stands for p, and e = p − q is what it leaves
 * out. For two rows x, y, with any number of the leading directions in place of m (the
 * defect of a part is no larger than that of the whole):
 *
 *     x'·y' = p_x·p_y + x'ᵀ(I − PᵀP)y'
 *
 *  1. The eigenvalues of PᵀP are 0 or those of PPᵀ, within 1 ± δ; so M = I − PᵀP + δI
 *     has none below 0, and by Cauchy and Schwarz for M
 *         x'ᵀ(I − PᵀP)y' = x'ᵀMy' − δ x'·y' <= ρ_x ρ_y + δ,
 *         ρ² = x'ᵀMx' = 1 + δ − |p|².
 *     (|p|² as computed from coordinates p* with |p* − p| <= τ, the rotation's `error`:
 *     |p| >= |p*| − τ.)
 *  2. p_x·p_y = q_x·q_y + q_x·e_y + e_x·q_y + e_x·e_y <= g_x g_y v_x·v_y + ν_x ε_y + ε_x ν_y,
 *         ε >= |p* − q| + τ >= |e|,  ν = |q| + ε / 2.
 *  3. The score s is a chain of dim fused steps: |s − x·y| <= γ Σ|x_k y_k| <= γ |x||y|,
 *     γ = dim u / (1 − dim u), u = 2^-24 (Higham, Accuracy and Stability of Numerical
 *     Algorithms, 2nd ed., 3.1), and dim × 2^-149 for what is rounded below the least
 *     normal number: with |x|, |y| >= TAIL_LEAST that is less than 2^-50 |x||y|.
 *
 * Hence s >= floor only if, with σ >= δ + γ + …,
 *     g_x g_y v_x·v_y >= floor / (|x||y|) − ρ_x ρ_y − ν_x ε_y − ε_x ν_y − σ.
 *  4. The last four terms are at most r_x r_y, by Cauchy and Schwarz for the vectors
 *     (ρ_x, ε_x c, ν_x / c, √σ) and (ρ_y, ν_y / c, ε_y c, √σ), for any c:
 *         r² = ρ² + c² ε² + ν² / c² + σ.
 *     It is nearly no loss: where rows are alike in ρ, ε and ν, and c² is the mean of ν
 *     over that of ε, it is none. So one product bounds all.
 *  5. Divided by g_x g_y: s >= floor only if v_x·v_y >= f_x h_y − (r_x / g_x)(r_y / g_y),
 *     h = 1 / (|x| g), f_x = floor h_x. These are held in single precision, r / g rounded
 *     up; |x| and h are good to 2^-23 in all, f_x to 2^-24, the product with h_y and the
 *     fused step round by 2^-24 each, and (float)(v_x·v_y) too. tail_floor() therefore
 *     lowers the floor by 2^-20 of it, r is made larger by 2^-20 of it, and
 *     σ has 2^-18 for the rounding of v_x·v_y, where g_x g_y |v_x·v_y| <= |q_x||q_y| < 9.
 *     f_x h_y may become infinite only where the true one is above 2^120, or below
 *     −2^120; r_x r_y / (g_x g_y) stays below 2^60, so that the comparison is right then
 *     too. What is lost below the least normal number is less than
 *     2^-149 × 2^60 and σ / (g_x g_y) above 2^-6.
 *
 * A row shorter than TAIL_LEAST or longer than TAIL_MOST, or without length, is `wild`:
 * its r is infinite, h = 0, v = 0, and nothing rules out its pairs.
 */
#ifndef CORE_TAIL_INDEX_H
#define CORE_TAIL_INDEX_H

#include "core/coarse.h"
#include "core/rotate.h"
#include "core/tail.h"

#define TAIL_LEAST 0x1p-40
#define TAIL_MOST 0x1p40

struct tail_index {
    const struct scorer *scorer;
    size_t m;              /* integers a row, a multiple of COARSE_STEP */
    size_t steps;          /* m / COARSE_STEP */
    int8_t *values;        /* n × m: v */
    float *scales;         /* n: h */
    float *rests;          /* n × steps: r / g with the first COARSE_STEP × (1 + step) */
};

static inline const int8_t *tail_values(const struct tail_index *x, size_t row)
{
    return x->values + row * x->m;
}

static inline float tail_rest(const struct tail_index *x, size_t row, size_t step)
{
    return x->rests[row * x->steps + step];
}

/* f of a row: the floor in its units, a little lower. */
static inline float tail_floor(const struct tail_index *x, size_t row, float floor)
{
    const double lower = (double)floor * (floor > 0 ? 1 - 0x1p-20 : 1 + 0x1p-20);

    return (float)(lower * (double)x->scales[row]);
}

#endif
