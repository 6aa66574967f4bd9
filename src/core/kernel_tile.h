/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * kernel_tile: a kernel, from a vector. The one source of every kernel, so that they
 * cannot differ but by what a vector is. It is included once, by the file of a kernel,
 * after a vector_*.h and with
 *     VECTOR_LANES        numbers in a vector
 *     KERNEL              the name of the struct kernel
 *     KERNEL_NAME         as in MISID_ISA
 *     KERNEL_ROWS(X)      X(r) for every row of a micro-tile
 *     KERNEL_VECTORS(X,r) X(r, c) for every vector of a row
 *     ROWS, VECTORS       how many there are of each
 *     runs()              whether this machine can do it
 * The sums of a micro-tile are named, not an array, so that they stay in registers
 * whatever the compiler is told to do or not to do.
 */
#include "core/kernel.h"

#ifndef ALWAYS
#define ALWAYS static inline __attribute__((always_inline))
#endif
#define COLUMNS (VECTORS * VECTOR_LANES)

_Static_assert(ROWS < TURN || ROWS % TURN == 0, "turn() would overwrite rows");
_Static_assert(COLUMNS % TURN == 0, "turn() would overwrite columns");
_Static_assert(ROWS * COLUMNS <= KERNEL_MAX_TILE, "KERNEL_MAX_TILE is too small");

ALWAYS vec add_part(enum measure m, vec a, vec b, vec sum)
{
    if (m == MEASURE_DOT)
        return v_fma(a, b, sum);
    const vec d = v_sub(a, b);
    if (m == MEASURE_EUCLIDEAN)
        return v_fma(d, d, sum);
    const vec t = v_add(a, b);
    return v_fma(d, v_where_positive(t, v_div(d, t)), sum);
}

ALWAYS vec finish(enum measure m, vec sum)
{
    if (m == MEASURE_DOT)
        return sum;
    return v_minus(m == MEASURE_EUCLIDEAN ? v_sqrt(sum) : sum);
}

#define SUM(r, c) sum_##r##_##c
#define DECLARE(r, c) vec SUM(r, c);
#define SET_ZERO(r, c) SUM(r, c) = v_zero();
#define FETCH(r, c) SUM(r, c) = v_load(scores + (r) * stride + (c) * VECTOR_LANES);
#define KEEP(r, c) v_store(scores + (r) * stride + (c) * VECTOR_LANES, SUM(r, c));
#define FINISH(r, c) SUM(r, c) = finish(m, SUM(r, c));
#define BIN(r, c)                                                              \
    v_bin(SUM(r, c), bins->scale, least, most, bins->offset,                   \
          due->bins + (r) * COLUMNS + (c) * VECTOR_LANES);
#define LOAD_B(r, c) const vec b_##c = v_load(b + (c) * VECTOR_LANES);
#define ADD(r, c) SUM(r, c) = add_part(m, a_##r, b_##c, SUM(r, c));
#define ADD_ROW(r)                                                             \
    const vec a_##r = v_all(a + (r));                                          \
    KERNEL_VECTORS(ADD, r)
#define PIN(r, c) V_PIN(SUM(r, c));
#define PIN_ROW(r) KERNEL_VECTORS(PIN, r)
/* One k. Compilers like to begin the next too early, and run out of registers. */
#define ADD_K                                                               \
    {                                                                          \
        KERNEL_VECTORS(LOAD_B, 0)                                              \
        KERNEL_ROWS(ADD_ROW)                                                   \
        KERNEL_ROWS(PIN_ROW)                                                   \
        a += ROWS;                                                             \
        b += COLUMNS;                                                          \
    }
#define DECLARE_ROW(r) KERNEL_VECTORS(DECLARE, r)
#define SET_ZERO_ROW(r) KERNEL_VECTORS(SET_ZERO, r)
#define FETCH_ROW(r) KERNEL_VECTORS(FETCH, r)
#define KEEP_ROW(r) KERNEL_VECTORS(KEEP, r)
#define FINISH_ROW(r) KERNEL_VECTORS(FINISH, r)
#define BIN_ROW(r) KERNEL_VECTORS(BIN, r)

ALWAYS void do_tile(const struct kernel_step *step, enum measure m)
{
    const float *a = step->a, *b = step->b;
    const char *ahead = step->ahead;
    float *scores = step->scores;
    const size_t stride = step->stride;
    struct kernel_due *due = step->due;
    const struct sweep_bins *bins = step->bins;
    uint32_t *counts = due->counts;
    const uint32_t *next = due->bins, *end = next + due->n;
    const size_t turns = step->depth / 4;
    const size_t each = turns ? (due->n + turns - 1) / turns : 0;
    const size_t busy = each ? due->n / each : 0; /* turns that count `each` more */
    KERNEL_ROWS(DECLARE_ROW)

    if (step->first) {
        KERNEL_ROWS(SET_ZERO_ROW)
    } else {
        KERNEL_ROWS(FETCH_ROW)
    }
    for (size_t turn = 0; turn < busy; turn++) {
        ADD_K ADD_K ADD_K ADD_K
        __builtin_prefetch(ahead, 0, 2);
        ahead += step->ahead_step;
        for (size_t i = 0; i < each; i++)
            counts[*next++]++;
    }
    for (size_t turn = busy; turn < turns; turn++) {
        ADD_K ADD_K ADD_K ADD_K
        __builtin_prefetch(ahead, 0, 2);
        ahead += step->ahead_step;
    }
    for (size_t k = step->depth % 4; k; k--)
        ADD_K
    while (next < end)
        counts[*next++]++;
    due->n = 0;
    if (step->last) {
        KERNEL_ROWS(FINISH_ROW)
    }
    KERNEL_ROWS(KEEP_ROW)
    if (bins) {
        const float least = (float)-bins->offset,
                    most = (float)((int32_t)bins->n - 1 - bins->offset);
        KERNEL_ROWS(BIN_ROW)
        due->n = ROWS * COLUMNS;
        due->counts = bins->counts;
    }
}

static void tile_dot(const struct kernel_step *step)
{
    do_tile(step, MEASURE_DOT);
}

static void tile_euclidean(const struct kernel_step *step)
{
    do_tile(step, MEASURE_EUCLIDEAN);
}

static void tile_chi_square(const struct kernel_step *step)
{
    do_tile(step, MEASURE_CHI_SQUARE);
}

static void unit(const float *x, double norm, size_t n, float *to)
{
    size_t k = 0;

    for (; k + VECTOR_LANES <= n; k += VECTOR_LANES)
        v_store(to + k, v_unit(x + k, norm));
    for (; k < n; k++)
        to[k] = (float)((double)x[k] / norm);
}

/* Where `width` is less than TURN, each k is written with some beyond it, which the
 * next overwrites. */
static void turn(const float *from, size_t stride, size_t depth, size_t width, float *to)
{
    size_t k = 0;

    for (; k + TURN <= depth; k += TURN)
        for (size_t r = 0; r < width; r += TURN)
            v_turn(from + r * stride + k, stride, to + k * width + r, width);
    for (; k < depth; k++)
        for (size_t r = 0; r < width; r++)
            to[k * width + r] = from[r * stride + k];
}

static void count(const float *scores, size_t n, const struct sweep_bins *bins)
{
    const float least = (float)-bins->offset,
                most = (float)((int32_t)bins->n - 1 - bins->offset);
    uint32_t at[VECTOR_LANES];
    size_t i = 0;

    for (; i + VECTOR_LANES <= n; i += VECTOR_LANES) {
        v_bin(v_load(scores + i), bins->scale, least, most, bins->offset, at);
        for (int l = 0; l < VECTOR_LANES; l++)
            bins->counts[at[l]]++;
    }
    for (; i < n; i++)
        bins->counts[sweep_bin(bins, scores[i])]++;
}

static size_t above(const float *scores, size_t n, float floor, uint32_t *places)
{
    size_t found = 0, i = 0;

    for (; i + VECTOR_LANES <= n; i += VECTOR_LANES)
        for (uint32_t mask = v_above(v_load(scores + i), floor); mask; mask &= mask - 1)
            places[found++] = (uint32_t)i + (uint32_t)__builtin_ctz(mask);
    for (; i < n; i++)
        if (scores[i] >= floor)
            places[found++] = (uint32_t)i;
    return found;
}

const struct kernel KERNEL = {
    .name = KERNEL_NAME,
    .runs = runs,
    .rows = ROWS,
    .columns = COLUMNS,
    .tile = { [MEASURE_DOT] = tile_dot,
              [MEASURE_EUCLIDEAN] = tile_euclidean,
              [MEASURE_CHI_SQUARE] = tile_chi_square },
    .unit = unit,
    .turn = turn,
    .count = count,
    .above = above,
};
