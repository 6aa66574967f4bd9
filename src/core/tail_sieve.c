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
#define ROWS 4096          /* likewise, for the third, as they are and as integers */
#define ROW_BYTES (8 << 20)
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
    s->rows = fit(ROWS, ROW_BYTES, m + sa->dim * sizeof(float), coarse->rows);
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
    s->has_a = mem_try_array(s->rows, sizeof *s->has_a);
    s->has_b = mem_try_array(s->columns, sizeof *s->has_b);
    if (sa->similarity == SIMILARITY_COSINE) {
        s->rows_a = mem_try_array(s->rows * sa->dim, sizeof *s->rows_a);
        s->rows_b = mem_try_array(s->columns * sa->dim, sizeof *s->rows_b);
    }
    int code = sweep_init(&s->sweep, sa, t->b->scorer, t->kernel, err);
    if (!code && !(s->a && s->floors && s->rests_a && s->b && s->start && s->scales &&
                   s->rests_b && s->hits && s->pairs && s->has_a && s->has_b &&
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
    free(s->has_a);
    free(s->has_b);
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
    memset(s->has_a, 0, n * sizeof *s->has_a);
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
    memset(s->has_b, 0, n * sizeof *s->has_b);
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

/* A row of one side as it is compared: cosine keeps it in `room`, once there, at the
 * place of `known`. */
static const float *row_of(const struct tail *t, const struct scorer *s, size_t row,
                           float *room, bool *known, size_t at)
{
    if (s->similarity != SIMILARITY_COSINE)
        return s->templates + row * s->dim;
    float *to = room + at * s->dim;
    if (!known[at])
        t->kernel->unit(s->templates + row * s->dim, s->norms[row], s->dim, to);
    known[at] = true;
    return to;
}

static const float *row_a(const struct run *run, const struct coarse_hit *hit)
{
    const struct tail_space *s = run->t->space;

    return row_of(run->t, run->t->a->scorer, run->job->rows_a[run->i + hit->i], s->rows_a,
                  s->has_a, hit->i);
}

static const float *row_b(const struct run *run, const struct coarse_hit *hit)
{
    const struct tail_space *s = run->t->space;

    return row_of(run->t, run->t->b->scorer, run->job->rows_b[run->j + hit->j], s->rows_b,
                  s->has_b, hit->j);
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
            a[l] = l < many ? row_a(run, hit) : a[0];
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
