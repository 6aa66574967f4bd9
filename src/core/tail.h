/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tail: the pairs of many rows against many rows whose score is at or above a floor,
 * all of them and no other, without computing every score: what the bound of a
 * coarse comparison (8-bit integers on the leading directions) leaves undecided is
 * scored by scorer_pair()'s definition. Same pairs and same bits as a sweep.
 *
 * For cosine and inner product; other similarities go through a sweep.
 *
 * Ownership: the index owns the rotation and the packed integers, built once from the
 * templates of both sides. Threads: an index is read-only once built; one `struct
 * tail` a thread. Fails when: there is no memory.
 */
#ifndef CORE_TAIL_H
#define CORE_TAIL_H

#include "core/sweep.h"

struct tail_index;         /* of one scorer */

/* `a` and `b` may be the same scorer, and the two indexes then the same pointer. */
int tail_index_new(struct tail_index **ia, struct tail_index **ib, const struct scorer *a,
                   const struct scorer *b, size_t threads, struct err *err);
void tail_index_free(struct tail_index *ia, struct tail_index *ib);

struct tail_pair {
    uint32_t i, j;         /* places in the two lists */
    float score;
};

struct tail {
    const struct tail_index *a, *b;
    const struct kernel *kernel;
    struct tail_space *space;
    uint64_t compared, rescored; /* pairs bounded, pairs scored: for the record */
};

int tail_init(struct tail *t, const struct tail_index *a, const struct tail_index *b,
              const struct kernel *kernel, struct err *err);
void tail_release(struct tail *t);

/* Calls `found` with some pairs at a time, those of one tile in no promised order. */
typedef int (*tail_found)(void *self, const struct tail_pair *pairs, size_t n);
int tail_block(struct tail *t, const uint32_t *rows_a, size_t na, const uint32_t *rows_b,
               size_t nb, enum sweep_part part, float floor, tail_found found, void *self);

/*
 * The k most alike of rows_b for each of rows_a: places in rows_b and scores, best
 * first, ties by the smaller place; `count` says how many (fewer than k where there
 * are fewer rows). `out` has na × k pairs.
 */
int tail_top(struct tail *t, const uint32_t *rows_a, size_t na, const uint32_t *rows_b,
             size_t nb, size_t k, struct tail_pair *out, size_t *count);

#endif
