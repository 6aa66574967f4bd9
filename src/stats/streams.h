/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * streams: work that takes chance, done by several threads, with results that do not
 * depend on how many: every item of work begins its own stream of random numbers,
 * named by a seed and a number.
 *
 * The generator is the Mersenne Twister (GSL's mt19937), begun at a hash of the
 * number plus a hash of the seed, one to one in 32 bits: two numbers below 2^32 never
 * begin alike.
 *
 * Ownership: streams_run() owns the generators. Threads: one generator a worker.
 */
#ifndef STATS_STREAMS_H
#define STATS_STREAMS_H

#include <gsl/gsl_rng.h>
#include <stddef.h>
#include <stdint.h>

/* Does item `item`, 0 <= item < n, as worker `worker`, 0 <= worker < threads, with a
 * generator that is to be begun by stream_begin(). */
typedef void (*streams_job)(void *self, size_t item, size_t worker, gsl_rng *rng);

/* All n items, in no order. `threads` 1 or more; fewer run where the system gives no
 * more. */
void streams_run(size_t n, size_t threads, streams_job job, void *self);

void stream_begin(gsl_rng *rng, uint64_t seed, uint64_t number);

/* Whole and even over 0 … n − 1 (to n/2^32). */
static inline uint32_t stream_below(gsl_rng *rng, uint32_t n)
{
    return (uint32_t)((uint64_t)gsl_rng_get(rng) * n >> 32);
}

#endif
