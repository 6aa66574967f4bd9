/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sweep: the scores of many rows against many rows, tile by tile, by the fastest
 * kernel of this machine. What becomes of the scores is the caller's: he gets
 * every tile while it is warm in the cache.
 *
 *     struct sweep w;
 *     sweep_init(&w, &probes, &gallery, sweep_kernel(), &err);      one a thread
 *     sweep_block(&w, rows_a, na, rows_b, nb, SWEEP_ALL, tile, self);
 *
 * The rows are numbers of the scorers' templates, all without fault. With
 * SWEEP_ABOVE, for two lists that are the same, only pairs (i, j) of list places with
 * i < j are wanted: tiles wholly below the diagonal are not computed, those on it are
 * handed over with everything in them, and the caller leaves out i >= j.
 *
 * Histograms: while `bins` is set, every wanted score is counted in it, for nearly
 * nothing, since the kernel does so between two multiplications. Counts are whole when
 * sweep_block() has returned; a caller to whom some pairs of a tile do not belong
 * there takes them out again (`bins->counts[sweep_bin(bins, score)]--`, which may pass
 * below 0 and comes back). Nobody looks for a count beyond 32 bits: no more than 2^32
 * pairs before they are added up elsewhere.
 *
 * A block should be large: each row is brought to length 1 and rearranged anew in
 * every call, which is 1 % of the work where there are SWEEP_ROWS on the other side.
 *
 * Of given scores (scorer_given()) the tiles are filled from the matrix of `a`.
 *
 * Ownership: scorers, and bins, are borrowed; sweep_release(). Threads: one sweep a
 * thread. Everything is allocated by sweep_init(). Fails when: there is no memory, or
 * MISID_ISA names no kernel that this machine runs.
 */
#ifndef CORE_SWEEP_H
#define CORE_SWEEP_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "core/scorer.h"

#define SWEEP_ROWS 8192

struct kernel;             /* core/kernel.h */

/* The best kernel of this machine, or the one that MISID_ISA names (scalar, avx2,
 * avx512, neon); NULL, with the line, where it cannot be had. */
const struct kernel *sweep_kernel(struct err *err);

/* The bin of a score is floor(score × scale) + offset, held to 0 … n−1. The scale is
 * a power of two, so that the edges of bins are exact. */
struct sweep_bins {
    float scale;
    int32_t offset;
    uint32_t n;            /* at most 2^22, as is the offset's amount */
    uint32_t *counts;
};

static inline uint32_t sweep_bin(const struct sweep_bins *bins, float score)
{
    const float least = (float)-bins->offset,
                most = (float)((int32_t)bins->n - 1 - bins->offset),
                at = floorf(score * bins->scale);

    return (uint32_t)((int32_t)(at < least ? least : at > most ? most : at) + bins->offset);
}

struct tile {
    size_t i, j;           /* places in the two lists of the first row and column */
    size_t rows, columns;
    const float *scores;   /* score of (i + r, j + c) at scores[r * stride + c] */
    size_t stride;
};

enum sweep_part { SWEEP_ALL, SWEEP_ABOVE };

/* Return not 0 to stop: sweep_block() then returns it. */
typedef int (*sweep_tile)(void *self, const struct tile *tile);

struct sweep {
    const struct scorer *a, *b;
    const struct kernel *kernel;
    const struct sweep_bins *bins; /* the caller's, who may set it between blocks, or
                                      NULL */
    struct sweep_space *space;     /* packed panels and one tile of scores */
    size_t bytes;
};

int sweep_init(struct sweep *w, const struct scorer *a, const struct scorer *b,
               const struct kernel *kernel, struct err *err);
void sweep_release(struct sweep *w);
/* Bytes a comparison of templates of `dim` numbers takes from beyond the second cache,
 * in a large block. */
double sweep_traffic(const struct kernel *kernel, size_t dim);

/* `tile` may be NULL, for the histogram alone. */
int sweep_block(struct sweep *w, const uint32_t *rows_a, size_t na,
                const uint32_t *rows_b, size_t nb, enum sweep_part part,
                sweep_tile tile, void *self);

/* The places of those of n scores that are at or above the floor; to places[n]. */
size_t sweep_above(const struct kernel *kernel, const float *scores, size_t n, float floor,
                   uint32_t *places);

#endif
