/* SPDX-License-Identifier: GPL-3.0-or-later */
/* core-contestants: who compares in bench/perf/core, each with a way to do it once. */
#ifndef CORE_CONTESTANTS_H
#define CORE_CONTESTANTS_H

#include <stdbool.h>

#include "core/count.h"
#include "core/tail.h"
#include "core-peer.h"

#define CHUNK 1024 /* probes a product of sgemm's: its scores stay within reach */

/* Templates: the first half are probes, the rest gallery. */
struct half {
    float *rows;           /* 2n × dim, of length 1 */
    size_t n, dim;         /* of each side */
    struct scorer scorer;
    struct tail_index *index;
    uint32_t *list;        /* 0 … 2n − 1 */
    float threshold;
    double index_seconds;
    uint64_t found;        /* pairs, by the last who told */
};

struct bench {
    const struct kernel *kernel;
    size_t threads;
    struct half random, real;
    struct peer numpy, faiss;
    float *product;        /* CHUNK × n */
};

enum { SGEMM, FULL, HISTOGRAM, FULL_ONE, FULL_TWO, NUMPY, FAISS_RANGE, FAISS_TOP,
       TAIL, TAIL_REAL, TAIL_TOP, CONTESTANTS };

extern const struct contestant {
    const char *name;
    double (*run)(struct bench *b); /* seconds; NaN if it is not there */
} contestants[CONTESTANTS];

/* Full mode, all pairs of the first n templates; and of how many there are about as
 * many pairs as of a probe with a gallery. */
double full(struct bench *b, struct half *h, size_t n, size_t threads);
size_t full_rows(const struct half *h);

double now(void);
_Noreturn void fail(const char *what);

#endif
