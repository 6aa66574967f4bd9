/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * kernel: the innermost loops of comparing, one struct a kind of machine. All of them
 * give the same bits (scorer.h): a pair has one lane, in which its sum is formed in
 * order of k. They differ in how many pairs they have under way.
 *
 * A micro-tile is `rows` × `columns` scores, all of them in registers. It takes two
 * panels: `rows` rows of one side and `columns` of the other, rearranged so that the
 * numbers of one k lie together: a[k × rows + r], b[k × columns + c]. Panels may be
 * taken in pieces of k; what has been summed up waits in `scores` between them, where
 * it is the same number as in a register.
 *
 * Counting the scores of a micro-tile would take as long as a tenth of multiplying
 * them. So their bins only go on a list (`due`), which is worked off between the
 * multiplications of the next one: they need other parts of the processor.
 *
 * Threads: read-only; a list of what is due belongs to one thread.
 */
#ifndef CORE_KERNEL_H
#define CORE_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/sweep.h"

#define KERNEL_MAX_TILE 512 /* scores of a micro-tile */
#define KERNEL_SLACK 8

enum measure { MEASURE_DOT, MEASURE_EUCLIDEAN, MEASURE_CHI_SQUARE, MEASURES };

struct kernel_due {
    uint32_t *counts;
    size_t n;
    uint32_t bins[KERNEL_MAX_TILE];
};

struct kernel_step {
    const float *a, *b;    /* panels, from the first k of this piece */
    size_t depth;          /* k in this piece */
    float *scores;         /* of row r and column c at [r × stride + c] */
    size_t stride;
    bool first, last;      /* of the pieces of these panels */
    const struct sweep_bins *bins; /* count the scores (last piece), or NULL */
    struct kernel_due *due;
    const char *ahead;     /* what will be wanted next, fetched to the second cache: */
    size_t ahead_step;     /* so many bytes on every 4 k */
};

struct kernel {
    const char *name;      /* as in MISID_ISA */
    bool (*runs)(void);    /* on this machine */
    size_t rows, columns;
    void (*tile[MEASURES])(const struct kernel_step *step);
    /* (float)((double)x[k] / norm) of n numbers. */
    void (*unit)(const float *x, double norm, size_t n, float *to);
    /* Rearranges the rows or columns of a panel: to[k × width + r] =
     * from[r × stride + k], k below depth, r below width. Reads rows, and writes
     * numbers, up to KERNEL_SLACK beyond. */
    void (*turn)(const float *from, size_t stride, size_t depth, size_t width, float *to);
    void (*count)(const float *scores, size_t n, const struct sweep_bins *bins);
    size_t (*above)(const float *scores, size_t n, float floor, uint32_t *places);
};

/* All that were compiled, the best first; ends with NULL. The same name may come
 * twice: then the first that runs is meant. */
extern const struct kernel *const kernels[];

extern const struct kernel kernel_avx512, kernel_avx2, kernel_neon, kernel_scalar_fma,
    kernel_scalar;

#endif
