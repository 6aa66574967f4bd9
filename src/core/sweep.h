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
 * Ownership: scorers are borrowed; sweep_release(). Threads: one sweep a thread.
 * Everything is allocated by sweep_init(). Fails when: there is no memory, or
 * MISID_ISA names no kernel that this machine runs.
 */
#ifndef CORE_SWEEP_H
#define CORE_SWEEP_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "core/scorer.h"

struct kernel;             /* core/kernel.h */

/* The best kernel of this machine, or the one that MISID_ISA names (scalar, avx2,
 * avx512, neon); NULL, with the line, where it cannot be had. */
const struct kernel *sweep_kernel(struct err *err);

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
    void *space;           /* packed panels and one tile of scores */
    size_t bytes;
};

int sweep_init(struct sweep *w, const struct scorer *a, const struct scorer *b,
               const struct kernel *kernel, struct err *err);
void sweep_release(struct sweep *w);
int sweep_block(struct sweep *w, const uint32_t *rows_a, size_t na,
                const uint32_t *rows_b, size_t nb, enum sweep_part part,
                sweep_tile tile, void *self);

#endif
