/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Prints what the kernels of a machine compute, without cmocka, so that it can be built
 * for another machine and run by its emulator: a line a similarity and shape, with the
 * number of kernels that ran and a hash (FNV-1a) of the bits of scores and histogram,
 * which is the same for all of them; and the same of the pairs above a floor, found by
 * integers. Exit status 1 where it is not, or is not what scorer_pair() says.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/coarse.h"
#include "core/kernel.h"
#include "core/sweep.h"
#include "core/tail.h"

enum { BINS = 4096 };

static uint64_t mix(uint64_t hash, const void *bytes, size_t n)
{
    const unsigned char *p = bytes;

    for (size_t i = 0; i < n; i++)
        hash = (hash ^ p[i]) * UINT64_C(0x100000001b3);
    return hash;
}

struct run {
    float *scores;
    size_t columns;
};

static int keep(void *self, const struct tile *t)
{
    struct run *r = self;

    for (size_t i = 0; i < t->rows; i++)
        memcpy(r->scores + (t->i + i) * r->columns + t->j, t->scores + i * t->stride,
               t->columns * sizeof *r->scores);
    return 0;
}

static uint64_t hash_of(const struct kernel *kernel, const struct scorer *s,
                        const uint32_t *rows, size_t na, size_t nb)
{
    uint32_t counts[BINS] = { 0 };
    const struct sweep_bins bins = { BINS / 2, BINS / 2, BINS, counts };
    struct run r = { calloc(na * nb, sizeof(float)), nb };
    struct sweep w;

    if (!r.scores || sweep_init(&w, s, s, kernel, NULL) < 0)
        exit(2);
    w.bins = &bins;
    sweep_block(&w, rows, na, rows + na, nb, SWEEP_ALL, keep, &r);
    sweep_release(&w);
    for (size_t i = 0; i < na * nb; i++) {
        const float score = scorer_pair(s, rows[i / nb], s, rows[na + i % nb]);
        if (memcmp(&score, &r.scores[i], sizeof score)) {
            fprintf(stderr, "%s: pair %zu differs\n", kernel->name, i);
            exit(1);
        }
    }
    const uint64_t hash = mix(mix(UINT64_C(0xcbf29ce484222325), r.scores,
                                  na * nb * sizeof(float)), counts, sizeof counts);
    free(r.scores);
    return hash;
}

struct pairs {
    uint64_t n, sum;       /* of hashes, since their order is open */
    const struct scorer *scorer;
};

static int add_pairs(void *self, const struct tail_pair *pairs, size_t n)
{
    struct pairs *to = self;

    for (size_t p = 0; p < n; p++) {
        const float score = scorer_pair(to->scorer, pairs[p].i, to->scorer, pairs[p].j);
        if (memcmp(&score, &pairs[p].score, sizeof score))
            exit(1);
        to->sum += mix(UINT64_C(0xcbf29ce484222325), &pairs[p], sizeof pairs[p]);
    }
    to->n += n;
    return 0;
}

/* All pairs of rows above a floor by integers. */
static uint64_t hash_of_tail(const struct scorer *s, const struct kernel *like,
                             const char *name)
{
    struct kernel kernel = *like;
    struct pairs pairs = { .scorer = s };
    struct tail_index *a, *b;
    struct tail t;
    uint32_t *rows = malloc(s->n * sizeof *rows);

    kernel.name = name;
    if (!rows || tail_index_new(&a, &b, s, s, 1, NULL) < 0 ||
        tail_init(&t, a, b, &kernel, NULL) < 0)
        exit(2);
    for (size_t i = 0; i < s->n; i++)
        rows[i] = (uint32_t)i;
    tail_block(&t, rows, s->n, rows, s->n, SWEEP_ABOVE, 0.5f, add_pairs, &pairs);
    if (t.rescored * 2 > t.compared) {
        fprintf(stderr, "%s: integers decide too little\n", name);
        exit(1);
    }
    tail_release(&t);
    tail_index_free(a, b);
    free(rows);
    return mix(pairs.sum, &pairs.n, sizeof pairs.n);
}

static void print_tail(void)
{
    enum { N = 600, DIM = 96 };
    float *x = malloc(N * DIM * sizeof *x);
    struct scorer s;
    uint32_t seed = 11;

    for (size_t k = 0; x && k < N * DIM; k++) {
        seed = seed * 1664525 + 1013904223;
        x[k] = ((float)(seed >> 8) * 0x1p-24f - .5f) / (float)(1 + k % DIM / 16);
    }
    if (!x || scorer_init(&s, SIMILARITY_COSINE, x, N, DIM, NULL) < 0)
        exit(2);
    uint64_t hash = 0;
    for (const struct coarse *const *c = coarses; *c; c++) {
        if (!(*c)->runs())
            continue;
        const uint64_t h = hash_of_tail(&s, sweep_kernel(NULL), (*c)->name);
        fprintf(stderr, "ran integers %s\n", (*c)->name);
        if (hash && h != hash) {
            fprintf(stderr, "%s: not the same pairs\n", (*c)->name);
            exit(1);
        }
        hash = h;
    }
    printf("pairs above a floor %016llx\n", (unsigned long long)hash);
    scorer_release(&s);
    free(x);
}

int main(void)
{
    static const size_t shapes[][3] = {
        { 1, 1, 1 }, { 7, 19, 33 }, { 8, 48, 64 }, { 50, 70, 129 }, { 3, 20, 1500 },
    };
    uint32_t seed = 7;

    for (int m = 0; m < SIMILARITIES_OF_TEMPLATES; m++) {
        for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
            const size_t na = shapes[i][0], nb = shapes[i][1], dim = shapes[i][2];
            float *x = malloc((na + nb) * dim * sizeof *x);
            uint32_t rows[200];
            struct scorer s;
            uint64_t hash = 0;
            if (!x)
                return 2;
            for (size_t k = 0; k < (na + nb) * dim; k++) {
                seed = seed * 1664525 + 1013904223;
                x[k] = (float)(seed >> 8) * 0x1p-24f;
                if (m != SIMILARITY_CHI_SQUARE)
                    x[k] -= .5f;
            }
            for (size_t k = 0; k < na + nb; k++)
                rows[k] = (uint32_t)(na + nb - 1 - k);
            if (scorer_init(&s, m, x, na + nb, dim, NULL) < 0)
                return 2;
            for (const struct kernel *const *k = kernels; *k; k++) {
                if (!(*k)->runs())
                    continue;
                const uint64_t h = hash_of(*k, &s, rows, na, nb);
                fprintf(stderr, "ran %s\n", (*k)->name);
                if (hash && h != hash) {
                    fprintf(stderr, "%s: not the same bits\n", (*k)->name);
                    return 1;
                }
                hash = h;
            }
            printf("%s %zux%zux%zu %016llx\n", similarity_names[m], na, nb, dim,
                   (unsigned long long)hash);
            scorer_release(&s);
            free(x);
        }
    }
    print_tail();
    return 0;
}
