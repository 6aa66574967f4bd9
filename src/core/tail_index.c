/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/tail_index.h"

#include <assert.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define MAX_THREADS 256
#define BALANCE_ROWS 256   /* by which c is found */
#define LEAST_STEP 0x1p-16 /* g */

/* What a row and its first COARSE_STEP × (1 + step) integers are, in the words of
 * tail_index.h. */
struct part {
    double rest2;          /* ρ² */
    double left;           /* ε */
    double length;         /* ν */
};

/* What is the same for all rows. */
struct build {
    const struct rotation *rotation;
    size_t m, steps;
    double slack;          /* σ */
    const double *balance; /* c², per step */
};

/* One thread's room for ROTATE_ROWS rows. */
struct room {
    float *rows, *coordinates;
    struct part *parts;
    int8_t *values;
};

static void room_init(struct room *r, const struct build *b)
{
    r->rows = mem_array(ROTATE_ROWS * b->rotation->width, sizeof *r->rows);
    r->coordinates = mem_array(ROTATE_ROWS * (b->m + 1), sizeof *r->coordinates);
    r->parts = mem_array(b->steps, sizeof *r->parts);
    r->values = mem_array(b->m, 1);
}

static void room_release(struct room *r)
{
    free(r->rows);
    free(r->coordinates);
    free(r->parts);
    free(r->values);
}

/* The row brought to length 1; its length, or 0 if it is wild. */
static double take_row(const struct scorer *s, size_t row, float *to)
{
    double sum = 0;

    if (s->faults[row] != TEMPLATE_OK)
        return 0;
    scorer_row(s, row, to);
    for (size_t k = 0; k < s->dim; k++)
        sum += (double)to[k] * (double)to[k];
    const double length = sqrt(sum);
    if (!(length >= TAIL_LEAST && length <= TAIL_MOST))
        return 0;
    for (size_t k = 0; k < s->dim; k++)
        to[k] = (float)((double)to[k] / length);
    return length;
}

/* The step at which no integer is beyond COARSE_MOST, nor, nearly, any half of a block
 * beyond COARSE_HALF. */
static float find_step(const float *p, size_t m)
{
    float most = 0, half2 = 0;

    for (size_t from = 0; from < m; from += COARSE_BLOCK) {
        float sums[4] = { 0 };
        for (size_t k = from; k < m && k < from + COARSE_BLOCK; k++) {
            most = fabsf(p[k]) > most ? fabsf(p[k]) : most;
            sums[k % 4] += p[k] * p[k];
        }
        half2 = sums[0] + sums[1] > half2 ? sums[0] + sums[1] : half2;
        half2 = sums[2] + sums[3] > half2 ? sums[2] + sums[3] : half2;
    }
    const float g = most / COARSE_MOST, h = sqrtf(half2 / (COARSE_HALF - 500));
    return fmaxf(fmaxf(g, h), LEAST_STEP);
}

/* False if a half of a block is beyond COARSE_HALF. */
static bool round_off(const float *p, size_t m, float g, int8_t *v)
{
    const float per_step = 1 / g;

    for (size_t from = 0; from < m; from += COARSE_BLOCK) {
        int32_t sums[4] = { 0 };
        for (size_t k = from; k < m && k < from + COARSE_BLOCK; k++) {
            const float x = p[k] * per_step;
            int32_t i = (int32_t)(x < 0 ? x - 0.5f : x + 0.5f);
            i = i > COARSE_MOST ? COARSE_MOST : i < -COARSE_MOST ? -COARSE_MOST : i;
            sums[k % 4] += i * i;
            v[k] = (int8_t)i;
        }
        if (sums[0] + sums[1] > COARSE_HALF || sums[2] + sums[3] > COARSE_HALF)
            return false;
    }
    return true;
}

/* Integers and parts of coordinates p; returns g. */
static float quantise(const struct build *b, const float *p, int8_t *v, struct part *parts)
{
    const double tau = b->rotation->error, up = 1 + 0x1p-30;
    double p2 = 0, q2 = 0, e2 = 0;
    float g = find_step(p, b->m);

    while (!round_off(p, b->m, g, v))
        g *= 1.01f;
    for (size_t step = 0; step < b->steps; step++) {
        for (size_t k = step * COARSE_STEP; k < (step + 1) * COARSE_STEP; k++) {
            const double x = (double)p[k], q = (double)g * v[k];
            p2 += x * x;
            q2 += q * q;
            e2 += (x - q) * (x - q);
        }
        const double known = fmax(0, sqrt(p2) / up - tau),
                     left = sqrt(e2) * up + tau;
        parts[step] = (struct part){
            .rest2 = fmax(0, (1 + b->rotation->defect) * up - known * known),
            .left = left,
            .length = sqrt(q2) * up + left / 2,
        };
    }
    return g;
}

/* Rows from … to (at most ROTATE_ROWS of them), each with its parts to `each`. */
typedef void (*each_row)(void *self, size_t row, double length, float g, const int8_t *v,
                         const struct part *parts);

static void take_rows(const struct build *b, const struct scorer *s, size_t from, size_t to,
                      struct room *room, each_row each, void *self)
{
    const size_t width = b->rotation->width;
    double lengths[ROTATE_ROWS] = { 0 };

    assert(to - from <= ROTATE_ROWS);
    memset(room->rows, 0, ROTATE_ROWS * width * sizeof *room->rows);
    for (size_t i = from; i < to; i++)
        lengths[i - from] = take_row(s, i, room->rows + (i - from) * width);
    rotation_apply(b->rotation, room->rows, room->coordinates, b->m + 1);
    for (size_t i = from; i < to; i++) {
        float g = 0;
        if (lengths[i - from] > 0)
            g = quantise(b, room->coordinates + (i - from) * (b->m + 1), room->values,
                         room->parts);
        each(self, i, lengths[i - from], g, room->values, room->parts);
    }
}

struct means {
    double *left, *length;
    size_t steps;
};

static void add_to_means(void *self, size_t row, double length, float g, const int8_t *v,
                         const struct part *parts)
{
    struct means *m = self;

    (void)row, (void)g, (void)v;
    for (size_t step = 0; step < m->steps && length > 0; step++) {
        m->left[step] += parts[step].left;
        m->length[step] += parts[step].length;
    }
}

/* c² of every step, from some rows of both sides. */
static double *find_balance(const struct build *b, const struct scorer *x,
                            const struct scorer *y)
{
    struct means means = { .left = mem_array(b->steps, sizeof(double)),
                           .length = mem_array(b->steps, sizeof(double)),
                           .steps = b->steps };
    struct room room;

    room_init(&room, b);
    for (int side = 0; side < 1 + (x != y); side++) {
        const struct scorer *s = side ? y : x;
        const size_t apart = s->n / BALANCE_ROWS + 1;
        for (size_t i = 0; i < s->n; i += apart)
            take_rows(b, s, i, i + 1, &room, add_to_means, &means);
    }
    room_release(&room);
    for (size_t step = 0; step < b->steps; step++) {
        const double c2 = means.left[step] > 0 ? means.length[step] / means.left[step] : 1;
        means.length[step] = fmin(fmax(c2, 1), 0x1p20);
    }
    free(means.left);
    return means.length;
}

struct work {
    const struct build *build;
    struct tail_index *to;
    size_t from, end;
};

static void keep(void *self, size_t row, double length, float g, const int8_t *v,
                 const struct part *parts)
{
    const struct work *w = self;
    float *rests = w->to->rests + row * w->to->steps;

    if (length == 0) {
        for (size_t step = 0; step < w->to->steps; step++)
            rests[step] = INFINITY;
        return;
    }
    memcpy(w->to->values + row * w->to->m, v, w->to->m);
    w->to->scales[row] = (float)(1 / (length * (double)g));
    for (size_t step = 0; step < w->to->steps; step++) {
        const struct part *p = parts + step;
        const double c2 = w->build->balance[step],
                     r2 = p->rest2 + c2 * p->left * p->left + p->length * p->length / c2 +
                          w->build->slack;
        rests[step] = (float)(sqrt(r2) / (double)g * (1 + 0x1p-20));
    }
}

static void *work_off(void *self)
{
    const struct work *w = self;
    struct room room;

    room_init(&room, w->build);
    for (size_t i = w->from; i < w->end; i += ROTATE_ROWS)
        take_rows(w->build, w->to->scorer, i,
                  w->end - i < ROTATE_ROWS ? w->end : i + ROTATE_ROWS, &room, keep, self);
    room_release(&room);
    return NULL;
}

static int fill(struct tail_index *to, const struct build *b, size_t threads,
                struct err *err)
{
    const size_t n = to->scorer->n, most = n / 1024 + 1 < MAX_THREADS ? n / 1024 + 1 : MAX_THREADS;
    struct work work[MAX_THREADS];
    pthread_t ids[MAX_THREADS];
    size_t started = 0;

    threads = threads < 1 ? 1 : threads > most ? most : threads;
    to->m = b->m;
    to->steps = b->steps;
    to->values = mem_try_array(n, b->m);
    to->scales = mem_try_array(n, sizeof *to->scales);
    to->rests = mem_try_array(n * b->steps, sizeof *to->rests);
    if (!to->values || !to->scales || !to->rests)
        return err_add(err, ERR_LIMIT, "there is no memory for an index of %zu templates", n);
    for (size_t i = 0; i < threads; i++)
        work[i] = (struct work){ b, to, n / threads * i,
                                 i + 1 < threads ? n / threads * (i + 1) : n };
    while (started + 1 < threads &&
           pthread_create(&ids[started], NULL, work_off, &work[started]) == 0)
        started++;
    for (size_t i = started; i < threads; i++) /* the last, and what got no thread */
        work_off(&work[i]);
    for (size_t i = 0; i < started; i++)
        pthread_join(ids[i], NULL);
    return 0;
}

int tail_index_new(struct tail_index **ia, struct tail_index **ib, const struct scorer *a,
                   const struct scorer *b, size_t threads, struct err *err)
{
    struct rotation rotation;
    struct build build = { .rotation = &rotation };
    int code;

    assert(a->similarity == b->similarity && a->dim == b->dim);
    assert(a->similarity == SIMILARITY_COSINE || a->similarity == SIMILARITY_INNER);
    rotation_init(&rotation, a, b);
    build.steps = (rotation.m + COARSE_STEP - 1) / COARSE_STEP;
    build.m = build.steps * COARSE_STEP;
    const double du = (double)a->dim * 0x1p-24;
    build.slack = 1.001 * (rotation.defect + du / (1 - du)) + 0x1p-18;
    double *balance = find_balance(&build, a, b);
    build.balance = balance;
    *ia = mem_alloc(sizeof **ia);
    *ib = a == b ? *ia : mem_alloc(sizeof **ib);
    (*ia)->scorer = a;
    (*ib)->scorer = b;
    code = fill(*ia, &build, threads, err);
    if (!code && a != b)
        code = fill(*ib, &build, threads, err);
    free(balance);
    rotation_release(&rotation);
    if (code) {
        tail_index_free(*ia, *ib);
        *ia = *ib = NULL;
    }
    return code;
}

static void free_one(struct tail_index *x)
{
    if (!x)
        return;
    free(x->values);
    free(x->scales);
    free(x->rests);
    free(x);
}

void tail_index_free(struct tail_index *ia, struct tail_index *ib)
{
    free_one(ia);
    if (ib != ia)
        free_one(ib);
}
