/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Prints what the kernels of a machine compute, without cmocka, so that it can be built
 * for another machine and run by its emulator: a line a similarity and shape, with the
 * number of kernels that ran and a hash (FNV-1a) of the bits of scores and histogram,
 * which is the same for all of them. Exit status 1 where it is not, or is not what
 * scorer_pair() says.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/kernel.h"
#include "core/sweep.h"

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

int main(void)
{
    static const size_t shapes[][3] = {
        { 1, 1, 1 }, { 7, 19, 33 }, { 8, 48, 64 }, { 50, 70, 129 }, { 3, 20, 1500 },
    };
    uint32_t seed = 7;

    for (int m = 0; m < SIMILARITIES; m++) {
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
    return 0;
}
