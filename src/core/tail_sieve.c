/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/tail_sieve.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define COLUMNS 256        /* that are packed at once: with 512 integers each they stay
                              in a second cache of half a MiB */
#define COLUMN_BYTES (128 << 10)
#define ROWS 2048          /* likewise, for the third */
#define ROW_BYTES (1 << 20)
#define HITS 4096          /* that wait for their next comparison, at least */

static size_t blocks(size_t m)
{
    return (m + COARSE_BLOCK - 1) / COARSE_BLOCK;
}

static size_t fit(size_t most, size_t bytes, size_t m, size_t multiple)
{
    const size_t n = bytes / m < most ? bytes / m : most;

    return n < multiple ? multiple : n / multiple * multiple;
}

int sieve_init(struct tail *t, struct err *err)
{
    const struct scorer *sa = t->a->scorer;
    const size_t m = t->a->m, steps = t->a->steps;
    const struct coarse *coarse = coarse_of(t->kernel->name);
    struct tail_space *s = mem_alloc(sizeof *s);

    assert(t->a->m == t->b->m);
    t->space = s;
    s->coarse = coarse;
    s->rows = fit(ROWS, ROW_BYTES, m, coarse->rows);
    s->columns = fit(COLUMNS, COLUMN_BYTES, m, COARSE_LANES);
    s->plan.next = mem_array(steps + 1, sizeof *s->plan.next);
    s->costs = mem_array(steps + 1, sizeof *s->costs);
    s->left = mem_array(steps + 1, sizeof *s->left);
    s->a = mem_try_array(s->rows, m);
    s->floors = mem_try_array(s->rows, sizeof *s->floors);
    s->rests_a = mem_try_array(s->rows, sizeof *s->rests_a);
    s->b = mem_try_array(s->columns, m);
    s->start = mem_try_array(s->columns * blocks(m), sizeof *s->start);
    s->scales = mem_try_array(s->columns, sizeof *s->scales);
    s->rests_b = mem_try_array(s->columns, sizeof *s->rests_b);
    s->hits = mem_try_array(HITS + coarse->rows * s->columns, sizeof *s->hits);
    s->pairs = mem_try_array(HITS + coarse->rows * s->columns, sizeof *s->pairs);
    s->has_row = mem_try_array(s->columns, sizeof *s->has_row);
    if (sa->similarity == SIMILARITY_COSINE) {
        s->rows_a = mem_try_array(COARSE_BATCH * sa->dim, sizeof *s->rows_a);
        s->rows_b = mem_try_array(s->columns * sa->dim, sizeof *s->rows_b);
    }
    int code = sweep_init(&s->sweep, sa, t->b->scorer, t->kernel, err);
    if (!code && !(s->a && s->floors && s->rests_a && s->b && s->start && s->scales &&
                   s->rests_b && s->hits && s->pairs && s->has_row &&
                   (sa->similarity != SIMILARITY_COSINE || (s->rows_a && s->rows_b))))
        code = err_add(err, ERR_LIMIT, "there is no memory to compare templates");
    if (code)
        sieve_release(t);
    return code;
}

void sieve_release(struct tail *t)
{
    struct tail_space *s = t->space;

    if (!s)
        return;
    sweep_release(&s->sweep);
    free(s->plan.next);
    free(s->costs);
    free(s->left);
    free(s->a);
    free(s->floors);
    free(s->rests_a);
    free(s->b);
    free(s->start);
    free(s->scales);
    free(s->rests_b);
    free(s->hits);
    free(s->pairs);
    free(s->has_row);
    free(s->rows_a);
    free(s->rows_b);
    free(s);
    t->space = NULL;
}

/* x + bias in each of four bytes; no sum of the lower seven bits passes into the next
 * byte, and the upper bits are added without carry. */
static uint32_t add_bias(uint32_t x, int bias)
{
    return ((x & 0x7f7f7f7f) + (uint32_t)bias * 0x01010101u) ^ (x & 0x80808080);
}

void sieve_pack_rows(struct tail *t, const struct sieve_job *job, size_t i, size_t n)
{
    struct tail_space *s = t->space;
    const size_t mr = s->coarse->rows, m = s->plan.first * COARSE_STEP;

    assert(n <= s->rows);
    for (size_t r = 0; r < (n + mr - 1) / mr * mr; r++) {
        /* Past the end the last row again; its hits are left out. */
        const size_t at = i + (r < n ? r : n - 1), row = job->rows_a[at];
        const int8_t *v = tail_values(t->a, row);
        uint8_t *to = s->a + r / mr * mr * m + r % mr * 4;
        for (size_t k = 0; k < m; k += 4) {
            uint32_t four;
            memcpy(&four, v + k, 4);
            four = add_bias(four, s->coarse->bias);
            memcpy(to + k * mr, &four, 4);
        }
        s->rests_a[r] = tail_rest(t->a, row, s->plan.first - 1);
    }
    sieve_take_floors(t, job, i, n);
}

void sieve_take_floors(struct tail *t, const struct sieve_job *job, size_t i, size_t n)
{
    for (size_t r = 0; r < n; r++)
        t->space->floors[r] = tail_floor(t->a, job->rows_a[i + r], job_floor(job, i + r));
}

/* What the sums of a block of a column, or with no halves of all of it, begin with.
 * Numbers are summed with COARSE_MOST added, the halves side by side: no more than
 * 64 × 180 each. */
static uint32_t find_start(const struct coarse *c, const int8_t *v, size_t n)
{
    uint32_t sums = 0, bias = (uint32_t)c->bias;

    if (bias == 0)
        return 0;
    for (size_t k = 0; k < n; k += 4) {
        uint32_t four;
        memcpy(&four, v + k, 4);
        four = add_bias(four, COARSE_MOST);
        sums += (four & 0xff) + (four >> 8 & 0xff) + ((four & 0xff0000) + (four >> 8 & 0xff0000));
    }
    const uint32_t extra = COARSE_MOST * (uint32_t)(n / 2),
                   low = (sums & 0xffff) - extra, high = (sums >> 16) - extra;
    return c->halves ? ((0 - bias * low) & 0xffff) | (0 - bias * high) << 16
                     : 0 - bias * (low + high);
}

static void pack_columns(struct tail *t, const struct sieve_job *job, size_t j, size_t n)
{
    struct tail_space *s = t->space;
    const size_t m = s->plan.first * COARSE_STEP,
                 starts = s->coarse->halves ? blocks(m) : 1;

    assert(n <= s->columns);
    memset(s->has_row, 0, n * sizeof *s->has_row);
    for (size_t c = 0; c < (n + COARSE_LANES - 1) / COARSE_LANES * COARSE_LANES; c++) {
        const size_t panel = c / COARSE_LANES, lane = c % COARSE_LANES,
                     row = job->rows_b[j + (c < n ? c : n - 1)];
        const int8_t *v = tail_values(t->b, row);
        int8_t *to = s->b + panel * COARSE_LANES * m + lane * 4;
        int32_t *start = s->start + panel * starts * COARSE_LANES + lane;
        for (size_t k = 0; k < m; k += 4)
            memcpy(to + k * COARSE_LANES, v + k, 4);
        for (size_t q = 0; q < starts; q++)
            start[q * COARSE_LANES] = 0;
        for (size_t q = 0; q < blocks(m); q++) {
            const size_t from = q * COARSE_BLOCK;
            start[(s->coarse->halves ? q : 0) * COARSE_LANES] +=
                (int32_t)find_start(s->coarse, v + from,
                                    m - from < COARSE_BLOCK ? m - from : COARSE_BLOCK);
        }
        s->scales[c] = t->b->scales[row];
        s->rests_b[c] = tail_rest(t->b, row, s->plan.first - 1);
    }
}

/* One call of sieve_run(). */
struct run {
    struct tail *t;
    const struct sieve_job *job;
    size_t i, ni, j, nj;
    size_t n;              /* hits */
    tail_found found;
    void *self;
};

/* The next comparison of hits that have had `at` steps; returns how many are left. */
static size_t sift_hits(const struct run *run, size_t at, size_t to)
{
    const struct tail *t = run->t;
    const struct tail_space *s = t->space;
    size_t n = 0;

    for (size_t h = 0; h < run->n; h++) {
        struct coarse_hit hit = s->hits[h];
        const size_t x = run->job->rows_a[run->i + hit.i], y = run->job->rows_b[run->j + hit.j];
        hit.dot += s->coarse->dot(tail_values(t->a, x) + at * COARSE_STEP,
                                  tail_values(t->b, y) + at * COARSE_STEP,
                                  (to - at) * COARSE_STEP);
        s->hits[n] = hit;
        n += !COARSE_RULES_OUT(hit.dot, s->floors[hit.i], s->scales[hit.j],
                               tail_rest(t->a, x, to - 1), tail_rest(t->b, y, to - 1));
    }
    return n;
}

/* The rows of a hit as they are compared. `slot` is its place in the batch; `last` the
 * hit before in the batch, whose row may be the same. */
static const float *row_a(const struct run *run, const struct coarse_hit *hit, size_t slot,
                          const struct coarse_hit *last, const float *last_row)
{
    const struct tail *t = run->t;
    const struct scorer *from = t->a->scorer;
    const size_t x = run->job->rows_a[run->i + hit->i];

    if (from->similarity != SIMILARITY_COSINE)
        return from->templates + x * from->dim;
    if (last && last->i == hit->i)
        return last_row;
    float *to = t->space->rows_a + slot * from->dim;
    t->kernel->unit(from->templates + x * from->dim, from->norms[x], from->dim, to);
    return to;
}

static const float *row_b(const struct run *run, const struct coarse_hit *hit)
{
    const struct tail *t = run->t;
    const struct scorer *from = t->b->scorer;
    const size_t y = run->job->rows_b[run->j + hit->j];

    if (from->similarity != SIMILARITY_COSINE)
        return from->templates + y * from->dim;
    float *to = t->space->rows_b + hit->j * from->dim;
    if (!t->space->has_row[hit->j])
        t->kernel->unit(from->templates + y * from->dim, from->norms[y], from->dim, to);
    t->space->has_row[hit->j] = true;
    return to;
}

/* Scores the hits; returns how many pairs are at or above the floor. */
static size_t score_hits(const struct run *run)
{
    const struct tail_space *s = run->t->space;
    size_t n = 0;

    for (size_t h = 0; h < run->n; h += COARSE_BATCH) {
        const size_t many = run->n - h < COARSE_BATCH ? run->n - h : COARSE_BATCH;
        const float *a[COARSE_BATCH], *b[COARSE_BATCH];
        float scores[COARSE_BATCH];
        for (size_t l = 0; l < COARSE_BATCH; l++) {
            const struct coarse_hit *hit = s->hits + h + l;
            a[l] = l < many ? row_a(run, hit, l, l ? hit - 1 : NULL, l ? a[l - 1] : NULL)
                            : a[0];
            b[l] = l < many ? row_b(run, hit) : b[0];
        }
        s->coarse->score(a, b, run->t->a->scorer->dim, scores);
        for (size_t l = 0; l < many; l++) {
            const struct coarse_hit *hit = s->hits + h + l;
            const size_t i = run->i + hit->i;
            s->pairs[n] = (struct tail_pair){ (uint32_t)i, (uint32_t)(run->j + hit->j),
                                              scores[l] };
            n += scores[l] >= job_floor(run->job, i);
        }
    }
    return n;
}

static int work_off(struct run *run)
{
    const struct tail_space *s = run->t->space;

    for (size_t at = s->plan.first; s->plan.next[at]; at = s->plan.next[at])
        run->n = sift_hits(run, at, s->plan.next[at]);
    run->t->rescored += run->n;
    const size_t n = score_hits(run);
    run->n = 0;
    return n ? run->found(run->self, s->pairs, n) : 0;
}

/* Keeps those of new hits that are of the job; their rows count from `row`, their
 * columns from `column`. */
static void keep_hits(struct run *run, size_t new, size_t row, size_t column)
{
    struct coarse_hit *hits = run->t->space->hits + run->n;

    for (size_t h = 0; h < new; h++) {
        const size_t i = row + hits[h].i, j = column + hits[h].j;
        if (i < run->ni && j < run->nj &&
            (run->job->part == SWEEP_ALL || run->i + i < run->j + j))
            run->t->space->hits[run->n++] =
                (struct coarse_hit){ (uint32_t)i, (uint32_t)j, hits[h].dot };
    }
}

int sieve_run(struct tail *t, const struct sieve_job *job, size_t i, size_t ni, size_t j,
              size_t nj, tail_found found, void *self)
{
    struct tail_space *s = t->space;
    struct run run = { .t = t, .job = job, .i = i, .ni = ni, .j = j, .nj = nj,
                       .found = found, .self = self };
    const size_t mr = s->coarse->rows, m = s->plan.first * COARSE_STEP,
                 starts = s->coarse->halves ? blocks(m) : 1;
    int stop = 0;

    pack_columns(t, job, j, nj);
    for (size_t r = 0; r < ni && !stop; r += mr) {
        size_t from = 0;
        if (job->part == SWEEP_ABOVE) {
            if (i + r + 1 >= j + nj)
                break;
            from = i + r + 1 > j ? (i + r + 1 - j) / COARSE_LANES * COARSE_LANES : 0;
        }
        const struct coarse_panels panels = {
            .a = s->a + r * m,
            .floors = s->floors + r,
            .rests_a = s->rests_a + r,
            .b = s->b + from * m,
            .start = s->start + from * starts,
            .scales = s->scales + from,
            .rests_b = s->rests_b + from,
            .m = m,
            .n = (nj - from + COARSE_LANES - 1) / COARSE_LANES,
        };
        keep_hits(&run, s->coarse->sift(&panels, s->hits + run.n), r, from);
        t->compared += (nj - from) * (ni - r < mr ? ni - r : mr);
        if (run.n >= HITS)
            stop = work_off(&run);
    }
    return stop ? stop : work_off(&run);
}

struct above {
    struct tail *t;
    const struct sieve_job *job;
    tail_found found;
    void *self;
};

static int take_tile(void *self, const struct tile *tile)
{
    const struct above *above = self;
    struct tail_pair *pairs = above->t->space->pairs;
    size_t n = 0;
    int stop = 0;

    for (size_t r = 0; r < tile->rows && !stop; r++) {
        const size_t i = tile->i + r;
        const float floor = job_floor(above->job, i);
        size_t c = 0;
        if (above->job->part == SWEEP_ABOVE && i + 1 > tile->j)
            c = i + 1 - tile->j;
        for (; c < tile->columns && !stop; c++) {
            const float score = tile->scores[r * tile->stride + c];
            pairs[n] = (struct tail_pair){ (uint32_t)i, (uint32_t)(tile->j + c), score };
            n += score >= floor;
            if (n == HITS) {
                stop = above->found(above->self, pairs, n);
                n = 0;
            }
        }
    }
    above->t->compared += tile->rows * tile->columns;
    above->t->rescored += tile->rows * tile->columns;
    return stop || !n ? stop : above->found(above->self, pairs, n);
}

int sieve_sweep(struct tail *t, const struct sieve_job *job, tail_found found, void *self)
{
    struct above above = { t, job, found, self };

    return sweep_block(&t->space->sweep, job->rows_a, job->na, job->rows_b, job->nb,
                       job->part, take_tile, &above);
}
