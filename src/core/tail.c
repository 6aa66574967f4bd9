/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/tail.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "core/tail_sieve.h"

int tail_init(struct tail *t, const struct tail_index *a, const struct tail_index *b,
              const struct kernel *kernel, struct err *err)
{
    *t = (struct tail){ .a = a, .b = b, .kernel = kernel };
    return sieve_init(t, err);
}

void tail_release(struct tail *t)
{
    sieve_release(t);
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

int tail_block(struct tail *t, const uint32_t *rows_a, size_t na, const uint32_t *rows_b,
               size_t nb, enum sweep_part part, float floor, tail_found found, void *self)
{
    const struct tail_space *s = t->space;
    const struct sieve_job job = { .rows_a = rows_a, .rows_b = rows_b, .na = na, .nb = nb,
                                   .part = part, .floor = floor };
    int stop = 0;

    assert(part == SWEEP_ALL || na == nb);
    if (na == 0 || nb == 0)
        return 0;
    sieve_choose(t, &job);
    if (s->plan.sweep)
        return sieve_sweep(t, &job, found, self);
    for (size_t i = 0; i < na && !stop; i += s->rows) {
        const size_t ni = least(s->rows, na - i);
        sieve_pack_rows(t, &job, i, ni);
        for (size_t j = 0; j < nb && !stop; j += s->columns) {
            const size_t nj = least(s->columns, nb - j);
            if (part == SWEEP_ALL || i + 1 < j + nj)
                stop = sieve_run(t, &job, i, ni, j, nj, found, self);
        }
    }
    return stop;
}

/* The k best of each of some rows so far: a heap each, the worst on top. */
struct top {
    struct tail_pair *best;
    size_t *count;
    size_t k;
    size_t row, column;    /* places of the first of the rows and columns at hand */
    float *floors;         /* of the rows: what is lower is not among the k best */
};

static bool is_worse(const struct tail_pair *x, const struct tail_pair *y)
{
    return x->score < y->score || (x->score == y->score && x->j > y->j);
}

/* Puts x in the place of heap[at], which no longer counts, or below. */
static void sink(struct tail_pair *heap, size_t n, size_t at, struct tail_pair x)
{
    for (size_t child; (child = 2 * at + 1) < n; at = child) {
        if (child + 1 < n && is_worse(&heap[child + 1], &heap[child]))
            child++;
        if (!is_worse(&heap[child], &x))
            break;
        heap[at] = heap[child];
    }
    heap[at] = x;
}

static void rise(struct tail_pair *heap, size_t at, struct tail_pair x)
{
    for (size_t parent; at > 0 && is_worse(&x, &heap[parent = (at - 1) / 2]); at = parent)
        heap[at] = heap[parent];
    heap[at] = x;
}

static int take_best(void *self, const struct tail_pair *pairs, size_t n)
{
    struct top *top = self;

    for (size_t p = 0; p < n; p++) {
        const size_t row = pairs[p].i;
        struct tail_pair *heap = top->best + row * top->k, pair = pairs[p];
        size_t *count = &top->count[row];
        pair.i += (uint32_t)top->row;
        pair.j += (uint32_t)top->column;
        if (*count < top->k)
            rise(heap, (*count)++, pair);
        else if (is_worse(&heap[0], &pair))
            sink(heap, *count, 0, pair);
        if (*count == top->k)
            top->floors[row] = heap[0].score;
    }
    return 0;
}

/* Best first: the worst of what is left goes to the end. */
static void sort(struct tail_pair *heap, size_t n)
{
    while (n > 1) {
        const struct tail_pair worst = heap[0];
        n--;
        sink(heap, n, 0, heap[n]);
        heap[n] = worst;
    }
}

/* Rows i … of the job against all its columns, in parts that grow: the more columns
 * have been seen, the higher the floors are, and the plan changes with them. */
static void find_top(struct tail *t, const struct sieve_job *all, struct top *top)
{
    enum { FIRST = 64, MOST = 1 << 14 };
    const size_t ni = all->na;
    struct sieve_job job = *all;

    for (size_t j = 0, n = FIRST; j < all->nb; j += n, n = least(j, MOST)) {
        n = least(n, all->nb - j);
        job.rows_b = all->rows_b + j;
        job.nb = n;
        top->column = j;
        sieve_choose(t, &job);
        if (t->space->plan.sweep) {
            sieve_sweep(t, &job, take_best, top);
            continue;
        }
        sieve_pack_rows(t, &job, 0, ni);
        for (size_t at = 0; at < n; at += t->space->columns) {
            sieve_run(t, &job, 0, ni, at, least(t->space->columns, n - at), take_best, top);
            sieve_take_floors(t, &job, 0, ni);
        }
    }
}

int tail_top(struct tail *t, const uint32_t *rows_a, size_t na, const uint32_t *rows_b,
             size_t nb, size_t k, struct tail_pair *out, size_t *count)
{
    const size_t rows = t->space->rows;
    float *floors = mem_array(rows, sizeof *floors);

    for (size_t i = 0; i < na && k > 0; i += rows) {
        const size_t ni = least(rows, na - i);
        struct top top = { .best = out + i * k, .count = count + i, .k = k, .row = i,
                           .floors = floors };
        const struct sieve_job job = { .rows_a = rows_a + i, .rows_b = rows_b, .na = ni,
                                       .nb = nb, .part = SWEEP_ALL, .floors = floors };
        for (size_t r = 0; r < ni; r++) {
            floors[r] = -INFINITY;
            count[i + r] = 0;
        }
        find_top(t, &job, &top);
        for (size_t r = 0; r < ni; r++)
            sort(top.best + r * k, top.count[r]);
    }
    free(floors);
    return 0;
}
