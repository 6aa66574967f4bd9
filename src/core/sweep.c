/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/sweep.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/kernel.h"

/*
 * How the work is cut, after Goto and van de Geijn, "Anatomy of high-performance
 * matrix multiplication" (ACM TOMS 34, 2008): a panel of b fills the first cache while
 * the panels of a block of rows of a, which stays in the second, go past it one by
 * one. Many columns of b wait in the third or in memory; the next panel is fetched
 * while this one is at work. Figures are in bench/perf/core.c.
 */
#define PIECE 512          /* k that are rearranged at once */

struct sweep_space {
    enum measure measure;
    size_t rows;           /* of a in a block: whole panels */
    size_t columns;        /* of b that are packed at once: whole panels */
    size_t strip;          /* of them in a tile: whole panels */
    size_t depth;          /* k of a panel that are summed up at once */
    float *a, *b;          /* packed rows and columns */
    float *scores;         /* rows × strip */
    float *piece;          /* PIECE numbers of the rows of a panel */
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
                 l2 = cache_size(_SC_LEVEL2_CACHE_SIZE, 512 << 10);
    const size_t pieces = (dim * kernel->columns * sizeof(float) + l1 - 1) / l1;

    s->depth = round_up((dim + pieces - 1) / pieces, 4);
    s->rows = round_up(clamp(l2 * 3 / 8 / (s->depth * sizeof(float)), 1, 192), kernel->rows);
    s->strip = round_up(64, kernel->columns);
    s->columns = round_up(clamp((16 << 20) / (dim * sizeof(float)), 1, SWEEP_ROWS), s->strip);
}

/* The one piece of memory for all of it; its pages are large where the system has
 * such, since a panel is spread over many small ones. */
static int make_room(struct sweep *w, struct sweep_space *s, size_t dim)
{
    const size_t page = 2 << 20;
    const size_t widest = w->kernel->rows > w->kernel->columns ? w->kernel->rows
                                                               : w->kernel->columns;
    const struct { float **at; size_t n; } parts[] = {
        { &s->a, s->rows * dim + KERNEL_SLACK },
        { &s->scores, s->rows * s->strip },
        { &s->piece, PIECE * (widest + KERNEL_SLACK) },
        { &s->b, s->columns * dim + KERNEL_SLACK },
    };
    const size_t n_parts = sizeof parts / sizeof *parts;
    size_t bytes = round_up(sizeof *s, 64);

    for (size_t i = 0; i < n_parts; i++)
        bytes += round_up(parts[i].n * sizeof(float), 64);
    w->bytes = round_up(bytes, page);
    char *at = aligned_alloc(page, w->bytes);
    if (!at)
        return -1;
#ifdef MADV_HUGEPAGE
    madvise(at, w->bytes, MADV_HUGEPAGE);
#endif
    w->space = (struct sweep_space *)(void *)at;
    at += round_up(sizeof *s, 64);
    for (size_t i = 0; i < n_parts; i++) {
        *parts[i].at = (float *)(void *)at;
        at += round_up(parts[i].n * sizeof(float), 64);
    }
    *w->space = *s;
    return 0;
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
    if (make_room(w, &s, a->dim) < 0)
        return err_add(err, ERR_LIMIT, "there is no memory to compare templates (%zu bytes)",
                       w->bytes);
    return 0;
}

void sweep_release(struct sweep *w)
{
    free(w->space);
    *w = (struct sweep){ .space = NULL };
}

double sweep_traffic(const struct kernel *kernel, size_t dim)
{
    struct sweep_space s;

    choose_blocks(&s, kernel, dim);
    return sizeof(float) * (double)dim * (1 / (double)s.rows + 1 / (double)s.columns);
}

/* Rows to panels of `width`; the last is filled up with zeros. */
static void pack(const struct sweep *w, const struct scorer *s, const uint32_t *rows,
                 size_t n, size_t width, float *to)
{
    const size_t dim = s->dim;

    for (size_t i = 0; i < n; i += width, to += width * dim) {
        for (size_t k = 0; k < dim; k += PIECE) {
            const size_t depth = dim - k < PIECE ? dim - k : PIECE;
            float *piece = w->space->piece;
            for (size_t r = 0; r < width && i + r < n; r++) {
                const size_t row = rows[i + r];
                const float *x = s->templates + row * dim + k;
                assert(row < s->n && s->faults[row] == TEMPLATE_OK);
                if (s->norms)
                    w->kernel->unit(x, s->norms[row], depth, piece + r * PIECE);
                else
                    memcpy(piece + r * PIECE, x, depth * sizeof *x);
            }
            for (size_t r = i + width > n ? n - i : width; r < width; r++)
                memset(piece + r * PIECE, 0, depth * sizeof *piece);
            w->kernel->turn(piece, PIECE, depth, width, to + k * width);
        }
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
            .ahead_step = 4 * nr * sizeof(float) / (round_up(rows, mr) / mr) + 1,
        };
        for (size_t j = 0; j < columns; j += nr) {
            step.b = b + j * dim + k * nr;
            for (size_t i = 0; i < rows; i += mr) {
                const bool whole = i + mr <= rows && j + nr <= columns;
                step.ahead = (const char *)(step.b + nr * dim) +
                             i / mr * (step.depth / 4) * step.ahead_step;
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

/* The tiles of given scores, and their histogram. */
static int sweep_given(struct sweep *w, const uint32_t *rows_a, size_t na,
                       const uint32_t *rows_b, size_t nb, enum sweep_part part,
                       sweep_tile tile, void *self)
{
    const struct sweep_space *s = w->space;
    int stop = 0;

    for (size_t i = 0; i < na && !stop; i += s->rows)
        for (size_t j = 0; j < nb && !stop; j += s->strip) {
            struct tile t = { .i = i, .j = j, .rows = na - i < s->rows ? na - i : s->rows,
                              .columns = nb - j < s->strip ? nb - j : s->strip,
                              .scores = s->scores, .stride = s->strip };
            if (part == SWEEP_ABOVE && t.i + 1 >= t.j + t.columns)
                continue;
            for (size_t r = 0; r < t.rows; r++) {
                const float *row = w->a->given + rows_a[i + r] * w->a->given_columns;
                float *to = s->scores + r * s->strip;
                size_t from = 0;
                for (size_t c = 0; c < t.columns; c++)
                    to[c] = row[rows_b[j + c]];
                if (part == SWEEP_ABOVE && t.i + r + 1 > t.j)
                    from = t.i + r + 1 - t.j;
                if (w->bins && from < t.columns)
                    w->kernel->count(to + from, t.columns - from, w->bins);
            }
            stop = tile ? tile(self, &t) : 0;
        }
    return stop;
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
    if (w->a->given)
        return sweep_given(w, rows_a, na, rows_b, nb, part, tile, self);
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
