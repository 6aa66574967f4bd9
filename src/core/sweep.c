/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/sweep.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/kernel.h"

/*
 * How the work is cut, after Goto and van de Geijn, "Anatomy of high-performance
 * matrix multiplication" (ACM TOMS 34, 2008): a panel of b stays in the first cache
 * while all of a block of rows of a go past it, which stays in the second; many
 * columns of b wait in the third or in memory.
 */
struct sweep_space {
    enum measure measure;
    size_t rows;           /* of a in a block: whole panels */
    size_t columns;        /* of b that are packed at once: whole panels */
    size_t strip;          /* of them in a tile: whole panels */
    size_t depth;          /* k in a piece */
    float *a, *b;          /* packed rows and columns */
    float *scores;         /* rows × strip */
    float *row;
    struct kernel_due due;
};

static size_t cache_size(int name, size_t otherwise)
{
    const long size = sysconf(name);

    return size > 0 ? (size_t)size : otherwise;
}

static size_t clamp(size_t x, size_t least, size_t most)
{
    return x < least ? least : x > most ? most : x;
}

static size_t round_up(size_t x, size_t to)
{
    return (x + to - 1) / to * to;
}

static void choose_blocks(struct sweep_space *s, const struct kernel *kernel, size_t dim)
{
    const size_t l1 = cache_size(_SC_LEVEL1_DCACHE_SIZE, 32 << 10),
                 l2 = cache_size(_SC_LEVEL2_CACHE_SIZE, 512 << 10),
                 row_bytes = dim * sizeof(float);

    s->depth = round_up(l1 / 2 / (kernel->columns * sizeof(float)), 4);
    if (dim < s->depth + s->depth / 2)
        s->depth = dim;
    s->rows = round_up(clamp(l2 / 3 / row_bytes, 1, 192), kernel->rows);
    s->strip = round_up(64, kernel->columns);
    s->columns = round_up(clamp((8 << 20) / row_bytes, 1, SWEEP_ROWS), s->strip);
}

static float *take(char **at, size_t n)
{
    float *p = (float *)(void *)*at;

    *at += round_up(n * sizeof *p, 64);
    return p;
}

int sweep_init(struct sweep *w, const struct scorer *a, const struct scorer *b,
               const struct kernel *kernel, struct err *err)
{
    struct sweep_space s = { .due = { .n = 0 } };

    assert(a->similarity == b->similarity && a->dim == b->dim);
    s.measure = a->similarity == SIMILARITY_EUCLIDEAN    ? MEASURE_EUCLIDEAN
                : a->similarity == SIMILARITY_CHI_SQUARE ? MEASURE_CHI_SQUARE
                                                         : MEASURE_DOT;
    choose_blocks(&s, kernel, a->dim);
    *w = (struct sweep){ .a = a, .b = b, .kernel = kernel };
    w->bytes = round_up(sizeof s, 64) +
               round_up(sizeof(float) * (s.rows + s.columns) * a->dim, 64) +
               round_up(sizeof(float) * s.rows * s.strip, 64) +
               round_up(sizeof(float) * a->dim, 64) + 64;
    char *at = aligned_alloc(64, round_up(w->bytes, 64));
    w->space = (struct sweep_space *)(void *)at;
    if (!w->space)
        return err_add(err, ERR_LIMIT, "there is no memory to compare templates (%zu bytes)",
                       w->bytes);
    at += round_up(sizeof s, 64);
    s.a = take(&at, s.rows * a->dim);
    s.b = take(&at, s.columns * a->dim);
    s.scores = take(&at, s.rows * s.strip);
    s.row = take(&at, a->dim);
    *w->space = s;
    return 0;
}

void sweep_release(struct sweep *w)
{
    free(w->space);
    *w = (struct sweep){ .space = NULL };
}

/* Rows to panels of `width`; the last is filled up with zeros. */
static void pack(const struct sweep *w, const struct scorer *s, const uint32_t *rows,
                 size_t n, size_t width, float *to)
{
    const size_t dim = s->dim;

    for (size_t i = 0; i < round_up(n, width); i++) {
        float *panel = to + i / width * width * dim + i % width;
        const float *x = w->space->row;
        if (i >= n) {
            for (size_t k = 0; k < dim; k++)
                panel[k * width] = 0;
            continue;
        }
        assert(rows[i] < s->n && s->faults[rows[i]] == TEMPLATE_OK);
        if (s->similarity == SIMILARITY_COSINE)
            w->kernel->unit(s->templates + rows[i] * dim, s->norms[rows[i]], dim,
                            w->space->row);
        else
            x = s->templates + rows[i] * dim;
        for (size_t k = 0; k < dim; k++)
            panel[k * width] = x[k];
    }
}

/* All scores of a strip. With `counted`, those of whole micro-tiles are counted. */
static void multiply(const struct sweep *w, const float *b, size_t rows, size_t columns,
                     bool counted)
{
    struct sweep_space *s = w->space;
    const struct kernel *kernel = w->kernel;
    const size_t dim = w->a->dim, mr = kernel->rows, nr = kernel->columns;

    for (size_t k = 0; k < dim; k += s->depth) {
        struct kernel_step step = {
            .depth = dim - k < s->depth ? dim - k : s->depth,
            .stride = s->strip,
            .first = k == 0,
            .last = k + s->depth >= dim,
            .due = &s->due,
        };
        for (size_t j = 0; j < columns; j += nr) {
            step.b = b + j * dim + k * nr;
            for (size_t i = 0; i < rows; i += mr) {
                const bool whole = i + mr <= rows && j + nr <= columns;
                step.a = s->a + i * dim + k * mr;
                step.scores = s->scores + i * s->strip + j;
                step.bins = counted && whole && step.last ? w->bins : NULL;
                kernel->tile[s->measure](&step);
            }
        }
    }
}

/* Counts what multiply() did not: beside the whole micro-tiles, and of a tile on the
 * diagonal what lies above it. */
static void count_rest(const struct sweep *w, const struct tile *t, bool counted)
{
    const size_t whole_rows = t->rows - t->rows % w->kernel->rows,
                 whole_columns = t->columns - t->columns % w->kernel->columns;

    for (size_t r = 0; r < t->rows; r++) {
        size_t from = 0;
        if (!counted)
            from = t->i + r + 1 > t->j ? t->i + r + 1 - t->j : 0;
        else if (r < whole_rows)
            from = whole_columns;
        if (from < t->columns)
            w->kernel->count(t->scores + r * t->stride + from, t->columns - from, w->bins);
    }
}

static void count_due(struct kernel_due *due)
{
    for (size_t i = 0; i < due->n; i++)
        due->counts[due->bins[i]]++;
    due->n = 0;
}

/* Block i … i + rows of a, which are packed, by j … j + columns of b, likewise. */
static int sweep_rows(struct sweep *w, size_t i, size_t rows, size_t j, size_t columns,
                      enum sweep_part part, sweep_tile tile, void *self)
{
    struct sweep_space *s = w->space;

    for (size_t at = 0; at < columns; at += s->strip) {
        struct tile t = { .i = i, .j = j + at, .rows = rows, .scores = s->scores,
                          .columns = columns - at < s->strip ? columns - at : s->strip,
                          .stride = s->strip };
        if (part == SWEEP_ABOVE && t.i + 1 >= t.j + t.columns)
            continue;
        const bool all = part == SWEEP_ALL || t.i + t.rows <= t.j;
        multiply(w, s->b + at * w->a->dim, t.rows, t.columns, w->bins && all);
        if (w->bins)
            count_rest(w, &t, all);
        const int stop = tile ? tile(self, &t) : 0;
        if (stop)
            return stop;
    }
    return 0;
}

int sweep_block(struct sweep *w, const uint32_t *rows_a, size_t na,
                const uint32_t *rows_b, size_t nb, enum sweep_part part,
                sweep_tile tile, void *self)
{
    struct sweep_space *s = w->space;
    int stop = 0;

    assert(part == SWEEP_ALL || na == nb);
    for (size_t j = 0; j < nb && !stop; j += s->columns) {
        const size_t columns = nb - j < s->columns ? nb - j : s->columns;
        pack(w, w->b, rows_b + j, columns, w->kernel->columns, s->b);
        for (size_t i = 0; i < na && !stop; i += s->rows) {
            const size_t rows = na - i < s->rows ? na - i : s->rows;
            if (part == SWEEP_ABOVE && i + 1 >= j + columns)
                break;
            pack(w, w->a, rows_a + i, rows, w->kernel->rows, s->a);
            stop = sweep_rows(w, i, rows, j, columns, part, tile, self);
        }
    }
    count_due(&s->due);
    return stop;
}

size_t sweep_above(const struct kernel *kernel, const float *scores, size_t n, float floor,
                   uint32_t *places)
{
    return kernel->above(scores, n, floor, places);
}
