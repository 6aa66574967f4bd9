/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The work cut into blocks, and the blocks dealt to those who share it. */
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/counting.h"

#define BLOCK_WORK 0x1p33      /* multiplications of a block: a second or less */
#define BLOCKS_PER_THREAD 6    /* so that none waits long for the last */
#define LEVELS_MAX ((size_t)1 << 20) /* of a thread, on each side */

static size_t choose_side(const struct count *c)
{
    double pairs = c->gallery ? (double)c->a.n * (double)c->b.n
                              : (double)c->a.n * (double)c->a.n / 2;
    size_t workers = c->setup.parts > 1 ? c->setup.parts * COUNT_PART_THREADS
                                        : c->setup.threads;
    double side = sqrt(pairs / ((double)BLOCKS_PER_THREAD * (double)workers));
    double most = sqrt(BLOCK_WORK / (double)c->setup.a.scorer->dim);

    side = side < most ? side : most;
    if (c->s->n_thresholds && side > (double)(LEVELS_MAX / c->s->n_thresholds))
        side = (double)(LEVELS_MAX / c->s->n_thresholds);
    return side > COUNT_SIDE_MAX   ? COUNT_SIDE_MAX
           : side < COUNT_SIDE_MIN ? COUNT_SIDE_MIN
                                   : (size_t)side;
}

/* The run [from, n) of a segment in `parts` nearly equal pieces. */
static size_t piece(const struct segment *s, size_t parts, size_t i)
{
    return s->from + s->n * i / parts;
}

uint64_t count_block_pairs(const struct block *b)
{
    if (b->mated)
        return 0;
    return b->above ? (uint64_t)b->na * (b->na - 1) / 2 : (uint64_t)b->na * b->nb;
}

static void add_block(struct count *c, const struct block *block, size_t *cap)
{
    uint64_t pairs = count_block_pairs(block);

    if (!pairs && !block->mated)
        return;
    MEM_ROOM(c->blocks, c->n_blocks, *cap);
    c->blocks[c->n_blocks++] = *block;
    c->pairs += pairs;
}

static void add_rectangle(struct count *c, const struct segment *x, const struct segment *y,
                          size_t *cap)
{
    bool same = !c->gallery && x == y;
    size_t nx = (x->n + c->side - 1) / c->side, ny = (y->n + c->side - 1) / c->side;
    uint32_t cell = COUNT_NONE;

    if (x->group != COUNT_NONE && y->group != COUNT_NONE)
        cell = (uint32_t)scores_cell(c->s, x->group, y->group, false);
    for (size_t i = 0; i < nx; i++)
        for (size_t j = same ? i : 0; j < ny; j++) {
            struct block block = { .cell = cell, .above = same && i == j };
            block.a = piece(x, nx, i);
            block.na = piece(x, nx, i + 1) - block.a;
            block.b = piece(y, ny, j);
            block.nb = piece(y, ny, j + 1) - block.b;
            add_block(c, &block, cap);
        }
}

/* The places of one `same`, from the segment i on. */
static struct segment run_of(const struct places *p, size_t i)
{
    struct segment run = p->segments[i];

    while (++i < p->n_segments && p->segments[i].same == run.same)
        run.n += p->segments[i].n;
    return run;
}

static void add_searches(struct count *c, size_t *cap)
{
    for (size_t i = 0, j = 0; i < c->a.n_segments; i++) {
        if (i && c->a.segments[i].same == c->a.segments[i - 1].same)
            continue;
        while (j < c->b.n_segments && c->b.segments[j].same < c->a.segments[i].same)
            j++;
        if (j == c->b.n_segments || c->b.segments[j].same != c->a.segments[i].same)
            continue;
        struct segment x = run_of(&c->a, i), y = run_of(&c->b, j);
        size_t parts = (x.n + c->side - 1) / c->side;
        for (size_t k = 0; k < parts; k++) {
            struct block block = { .a = piece(&x, parts, k), .b = y.from, .nb = y.n,
                                   .cell = COUNT_NONE, .top = true };
            block.na = piece(&x, parts, k + 1) - block.a;
            add_block(c, &block, cap);
        }
    }
}

/* Of families so many at once that they have MATED_PAIRS pairs or more. */
static void add_mated(struct count *c, size_t *cap)
{
    const struct mated *m = &c->mated;

    for (size_t from = 0, to; from < m->n_families; from = to) {
        size_t pairs = 0;
        for (to = from; to < m->n_families && to - from < MATED_FAMILIES &&
                        pairs < MATED_PAIRS; to++)
            pairs += count_family_pairs(m, to);
        struct block block = { .a = from, .na = to - from, .cell = COUNT_NONE,
                               .mated = true };
        add_block(c, &block, cap);
    }
}

static void make_blocks(struct count *c)
{
    size_t cap = 0, from = 0;

    for (size_t i = 0; i < c->a.n_segments; i++) {
        const struct segment *x = &c->a.segments[i];
        while (from < c->b.n_segments && c->b.segments[from].same < x->same)
            from++;
        for (size_t j = c->gallery ? from : i;
             j < c->b.n_segments && c->b.segments[j].same == x->same; j++)
            add_rectangle(c, x, &c->b.segments[j], &cap);
    }
    if (c->top_apart)
        add_searches(c, &cap);
    add_mated(c, &cap);
}

void count_cut(struct count *c, size_t side)
{
    if (!side)
        side = choose_side(c);
    if (!c->setup.trials && side != c->side) {
        free(c->blocks);
        c->blocks = NULL;
        c->n_blocks = 0;
        c->pairs = 0;
        c->side = side;
        make_blocks(c);
    }
    free(c->done);
    c->done = mem_array(c->n_blocks, sizeof *c->done);
    c->pairs_done = 0;
    count_deal(c, 0, 1, NULL);
}

/* What a block costs, nearly. */
static uint64_t work_of(const struct count *c, const struct block *b)
{
    uint64_t pairs = count_block_pairs(b);

    for (size_t i = b->a; b->mated && i < b->a + b->na; i++)
        pairs += count_family_pairs(&c->mated, i);
    return pairs;
}

/* A part and what it was dealt so far. */
struct hand {
    uint64_t work;
    size_t part;
};

static bool is_less(const struct hand *x, const struct hand *y)
{
    return x->work != y->work ? x->work < y->work : x->part < y->part;
}

/* The first of a heap has become more. */
static void sink(struct hand *heap, size_t n)
{
    for (size_t i = 0, child; (child = 2 * i + 1) < n; i = child) {
        child += child + 1 < n && is_less(&heap[child + 1], &heap[child]);
        if (is_less(&heap[i], &heap[child]))
            return;
        struct hand hand = heap[i];
        heap[i] = heap[child];
        heap[child] = hand;
    }
}

void count_deal(struct count *c, size_t part, size_t parts, const uint8_t *left)
{
    struct hand *heap = mem_array(parts, sizeof *heap);

    assert(part < parts);
    for (size_t i = 0; i < parts; i++)
        heap[i].part = i;
    free(c->todo);
    c->todo = mem_array(c->n_blocks, sizeof *c->todo);
    c->n_todo = c->next = 0;
    c->pairs_mine = c->pairs_done;
    for (size_t i = 0; i < c->n_blocks; i++) {
        if (left && left[i])
            continue;
        if (heap[0].part == part && !c->done[i]) {
            c->todo[c->n_todo++] = (uint32_t)i;
            c->pairs_mine += count_block_pairs(&c->blocks[i]);
        }
        heap[0].work += work_of(c, &c->blocks[i]);
        sink(heap, parts);
    }
    free(heap);
}
