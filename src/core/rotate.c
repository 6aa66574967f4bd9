/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/rotate.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "core/eigen.h"

/* Principal directions are found in groups of at most so many neighbouring numbers,
 * since the work grows with the third power. */
#define GROUP 512
#define SAMPLE 4096          /* rows, */
#define SAMPLE_NUMBERS (1 << 24) /* and numbers of them, at most */
#define MOMENT_ROWS 16 /* of them, are taken together */
#define ROWS_PER_DIM 4 /* at least, or finding directions is not worth it */

#define INLINE static inline __attribute__((always_inline))

/* name_best: the INLINE function `name`, compiled for what the machine has. All do the
 * same operations. */
#ifdef __x86_64__
#define BY_ISA(name, parameters, arguments)                                    \
    __attribute__((target("avx2"))) static void name##_avx2 parameters         \
    {                                                                          \
        name arguments;                                                        \
    }                                                                          \
    static void name##_best parameters                                         \
    {                                                                          \
        if (__builtin_cpu_supports("avx2"))                                    \
            name##_avx2 arguments;                                             \
        else                                                                   \
            name arguments;                                                    \
    }
#else
#define BY_ISA(name, parameters, arguments)                                    \
    static void name##_best parameters                                         \
    {                                                                          \
        name arguments;                                                        \
    }
#endif

typedef float lanes __attribute__((vector_size(32), aligned(4), may_alias));
#define LANES 8
#define AT(p) (*(const lanes *)(p))

/* The sum of the lanes, as a tree: three roundings. */
#define FOLD(x)                                                                \
    ((((x)[0] + (x)[4]) + ((x)[2] + (x)[6])) + (((x)[1] + (x)[5]) + ((x)[3] + (x)[7])))

/* Four rows by two directions. */
INLINE void multiply(const float *x, const float *p, size_t width, float *to, size_t stride)
{
    lanes s00 = { 0 }, s01 = { 0 }, s10 = { 0 }, s11 = { 0 }, s20 = { 0 }, s21 = { 0 },
          s30 = { 0 }, s31 = { 0 };

    for (size_t k = 0; k < width; k += LANES) {
        const lanes p0 = AT(p + k), p1 = AT(p + width + k), x0 = AT(x + k),
                    x1 = AT(x + width + k), x2 = AT(x + 2 * width + k),
                    x3 = AT(x + 3 * width + k);
        s00 += x0 * p0;
        s01 += x0 * p1;
        s10 += x1 * p0;
        s11 += x1 * p1;
        s20 += x2 * p0;
        s21 += x2 * p1;
        s30 += x3 * p0;
        s31 += x3 * p1;
    }
    to[0] = FOLD(s00);
    to[1] = FOLD(s01);
    to[stride] = FOLD(s10);
    to[stride + 1] = FOLD(s11);
    to[2 * stride] = FOLD(s20);
    to[2 * stride + 1] = FOLD(s21);
    to[3 * stride] = FOLD(s30);
    to[3 * stride + 1] = FOLD(s31);
}

INLINE void multiply_all(const struct rotation *r, const float *rows, float *to,
                         size_t stride)
{
    for (size_t i = 0; i < r->m; i += 2)
        multiply(rows, r->directions + i * r->width, r->width, to + i, stride);
}
BY_ISA(multiply_all, (const struct rotation *r, const float *rows, float *to, size_t stride),
       (r, rows, to, stride))

void rotation_apply(const struct rotation *r, const float *rows, float *to, size_t stride)
{
    if (!r->directions) {
        for (size_t i = 0; i < ROTATE_ROWS; i++)
            for (size_t k = 0; k < r->m; k++)
                to[i * stride + k] = rows[i * r->width + r->order[k]];
        return;
    }
    multiply_all_best(r, rows, to, stride);
}

/* Rows brought to length 1, evenly over those without fault: n × width. */
struct sample {
    size_t n, width;
    float *rows;
};

static void add_row(struct sample *to, const struct scorer *s, size_t row)
{
    float *x = to->rows + to->n * to->width;
    double sum = 0;

    scorer_row(s, row, x);
    for (size_t k = 0; k < s->dim; k++)
        sum += (double)x[k] * (double)x[k];
    if (sum == 0)
        return;
    for (size_t k = 0; k < s->dim; k++)
        x[k] = (float)((double)x[k] / sqrt(sum));
    to->n++;
}

static void take_sample(struct sample *to, const struct scorer *a, const struct scorer *b,
                        size_t width)
{
    const size_t all = a == b ? a->n : a->n + b->n,
                 fit = width * SAMPLE > SAMPLE_NUMBERS ? SAMPLE_NUMBERS / width : SAMPLE,
                 most = all < fit ? all : fit;

    *to = (struct sample){ .width = width,
                           .rows = mem_array((most + MOMENT_ROWS + 1) * width + 2 * LANES,
                                             sizeof *to->rows) };
    for (size_t i = 0; i < most; i++) {
        const size_t at = (size_t)((unsigned __int128)i * all / most);
        const struct scorer *s = at < a->n ? a : b;
        const size_t row = at < a->n ? at : at - a->n;
        if (s->faults[row] == TEMPLATE_OK)
            add_row(to, s, row);
    }
}

/* Adds the products of the numbers i … i + 4 and those from j … in MOMENT_ROWS rows. */
INLINE void add_products(const float *x, size_t width, size_t i, size_t j, float *sum,
                         size_t stride)
{
    lanes *const at0 = (lanes *)(sum + i * stride + j),
          *const at1 = (lanes *)(sum + (i + 1) * stride + j),
          *const at2 = (lanes *)(sum + (i + 2) * stride + j),
          *const at3 = (lanes *)(sum + (i + 3) * stride + j);
    lanes s00 = at0[0], s01 = at0[1], s10 = at1[0], s11 = at1[1], s20 = at2[0],
          s21 = at2[1], s30 = at3[0], s31 = at3[1];

    for (size_t row = 0; row < MOMENT_ROWS; row++, x += width) {
        const lanes y0 = AT(x + j), y1 = AT(x + j + LANES);
        s00 += x[i] * y0;
        s01 += x[i] * y1;
        s10 += x[i + 1] * y0;
        s11 += x[i + 1] * y1;
        s20 += x[i + 2] * y0;
        s21 += x[i + 2] * y1;
        s30 += x[i + 3] * y0;
        s31 += x[i + 3] * y1;
    }
    at0[0] = s00;
    at0[1] = s01;
    at1[0] = s10;
    at1[1] = s11;
    at2[0] = s20;
    at2[1] = s21;
    at3[0] = s30;
    at3[1] = s31;
}

INLINE void add_moments(const struct sample *s, size_t from, size_t n, float *sum,
                        size_t stride)
{
    /* Beyond s->n there are rows of zeros, and room for numbers beyond the last. */
    for (size_t row = 0; row < s->n; row += MOMENT_ROWS)
        for (size_t i = 0; i < n; i += 4)
            for (size_t j = i / (2 * LANES) * (2 * LANES); j < n; j += 2 * LANES)
                add_products(s->rows + row * s->width + from, s->width, i, j, sum, stride);
}
BY_ISA(add_moments, (const struct sample *s, size_t from, size_t n, float *sum, size_t stride),
       (s, from, n, sum, stride))

/* Σ x xᵀ over the sample, of the numbers from … from + n; lower parts from upper. */
static void second_moment(const struct sample *s, size_t from, size_t n, double *to)
{
    const size_t stride = n + 2 * LANES;
    float *sum = mem_array(stride * (n + 4), sizeof *sum);

    add_moments_best(s, from, n, sum, stride);
    for (size_t i = 0; i < n; i++)
        for (size_t j = i; j < n; j++)
            to[i * n + j] = to[j * n + i] = (double)sum[i * stride + j];
    free(sum);
}

struct direction {
    double value;          /* squared length of the sample along it */
    uint32_t number;
};

static int strongest_first(const void *a, const void *b)
{
    const struct direction *x = a, *y = b;

    if (x->value != y->value)
        return x->value < y->value ? 1 : -1;
    return x->number < y->number ? -1 : 1;
}

/* Sorts, and says how many to keep. */
static size_t choose(struct direction *d, size_t n)
{
    double total = 0, kept = 0;
    size_t m = 0;

    qsort(d, n, sizeof *d, strongest_first);
    for (size_t i = 0; i < n; i++)
        total += d[i].value > 0 ? d[i].value : 0;
    while (m < n && kept < (1 - ROTATE_REST) * total)
        kept += d[m++].value;
    m = (m + ROTATE_STEP - 1) / ROTATE_STEP * ROTATE_STEP;
    return m > n ? n : m > 0 ? m : n < ROTATE_STEP ? n : ROTATE_STEP;
}

/* ROTATE_STEP rows to their sums and differences, Sylvester's matrix / √ROTATE_STEP. */
static void mix(float *rows, size_t width)
{
    const float scale = (float)(1 / sqrt(ROTATE_STEP));

    for (size_t half = 1; half < ROTATE_STEP; half *= 2)
        for (size_t i = 0; i < ROTATE_STEP; i++)
            for (size_t k = 0; k < width && !(i & half); k++) {
                float *x = rows + i * width + k, *y = x + half * width;
                const float sum = *x + *y;
                *y = *x - *y;
                *x = sum;
            }
    for (size_t i = 0; i < ROTATE_STEP * width; i++)
        rows[i] *= scale;
}

typedef double wide __attribute__((vector_size(32), aligned(8), may_alias));
#define WIDE(p) (*(const wide *)(p))
#define FOLD_WIDE(x) (((x)[0] + (x)[1]) + ((x)[2] + (x)[3]))

/* The squares of what is wrong with the products of row i and the rows j … j + 4 <= i. */
INLINE double square_defects(const double *p, size_t width, size_t i, size_t j)
{
    const double *x = p + i * width, *y = p + j * width;
    wide s0 = { 0 }, s1 = { 0 }, s2 = { 0 }, s3 = { 0 };
    double sum = 0;

    for (size_t k = 0; k < width; k += 4) {
        s0 += WIDE(x + k) * WIDE(y + k);
        s1 += WIDE(x + k) * WIDE(y + width + k);
        s2 += WIDE(x + k) * WIDE(y + 2 * width + k);
        s3 += WIDE(x + k) * WIDE(y + 3 * width + k);
    }
    const double products[4] = { FOLD_WIDE(s0), FOLD_WIDE(s1), FOLD_WIDE(s2), FOLD_WIDE(s3) };
    for (size_t l = 0; l < 4 && j + l <= i; l++) {
        const double off = products[l] - (i == j + l);
        sum += off * off * (i == j + l ? 1 : 2);
    }
    return sum;
}

INLINE void add_defects(const double *p, size_t width, size_t m, double *sum)
{
    enum { BLOCK = 16 }; /* rows that stay in the cache */

    for (size_t from = 0; from < m; from += BLOCK)
        for (size_t i = from; i < m; i++)
            for (size_t j = from; j <= i && j < from + BLOCK; j += 4)
                *sum += square_defects(p, width, i, j);
}
BY_ISA(add_defects, (const double *p, size_t width, size_t m, double *sum), (p, width, m, sum))

/*
 * ‖P Pᵀ − I‖ in Frobenius' norm, rounding included: products of two floats are exact
 * in double precision, a sum of `width` of them is off by at most width × 2^-53 times
 * the lengths of the rows (below 2 each, or the defect says so), and there are m².
 */
static double find_defect(const struct rotation *r)
{
    double sum = 0, *p = mem_array((r->m + 4) * r->width, sizeof *p);

    for (size_t i = 0; i < r->m * r->width; i++)
        p[i] = (double)r->directions[i];
    add_defects_best(p, r->width, r->m, &sum);
    free(p);
    return sqrt(sum) * (1 + 0x1p-20) + (double)r->m * (double)r->width * 0x1p-50;
}

/* Fails (-1) if a group has no directions to be found. */
static int principal(struct rotation *r, const struct sample *s)
{
    const size_t dim = r->dim, groups = (dim + GROUP - 1) / GROUP,
                 most = (dim + groups - 1) / groups;
    double *matrix = mem_array(most * most, sizeof *matrix),
           *vectors = mem_array(dim * most, sizeof *vectors),
           *values = mem_array(dim, sizeof *values);
    struct direction *d = mem_array(dim, sizeof *d);
    int code = 0;

    for (size_t from = 0; from < dim && !code; from += most) {
        const size_t n = dim - from < most ? dim - from : most;
        second_moment(s, from, n, matrix);
        code = eigen_symmetric(matrix, n, values + from, vectors + from * most);
    }
    if (!code) {
        for (size_t i = 0; i < dim; i++)
            d[i] = (struct direction){ values[i], (uint32_t)i };
        r->m = choose(d, dim);
        r->directions = mem_array((r->m + 1) * r->width, sizeof *r->directions);
        for (size_t i = 0; i < r->m; i++) {
            const size_t from = d[i].number / most * most,
                         n = dim - from < most ? dim - from : most;
            const double *v = vectors + from * most + (d[i].number - from) * n;
            for (size_t k = 0; k < n; k++)
                r->directions[i * r->width + from + k] = (float)v[k];
        }
        for (size_t i = 0; i + ROTATE_STEP <= r->m; i += ROTATE_STEP)
            mix(r->directions + i * r->width, r->width);
    }
    free(d);
    free(values);
    free(vectors);
    free(matrix);
    return code;
}

static void order_numbers(struct rotation *r, const struct sample *s)
{
    struct direction *d = mem_array(r->dim, sizeof *d);

    for (size_t k = 0; k < r->dim; k++)
        d[k].number = (uint32_t)k;
    for (size_t i = 0; i < s->n; i++)
        for (size_t k = 0; k < r->dim; k++) {
            const double x = (double)s->rows[i * s->width + k];
            d[k].value += x * x;
        }
    r->m = choose(d, r->dim);
    r->order = mem_array(r->m, sizeof *r->order);
    for (size_t i = 0; i < r->m; i++)
        r->order[i] = d[i].number;
    free(d);
}

/*
 * The error of a coordinate: each product and each of width / LANES + 3 sums rounds
 * once, so it is off by at most γ = (d × u) / (1 − d × u), d = width / LANES + 4, times
 * ‖p‖‖x‖ (Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., 3.1), all m
 * together by γ √(Σ‖p‖²) <= γ √(m (1 + defect)). The numbers of x themselves are within
 * u of those of a row of length 1, which P makes longer by √(1 + defect) at the most.
 * What rounds below the least normal number is less than 2^-100.
 */
static double find_error(const struct rotation *r)
{
    const double u = 0x1p-24, depth = (double)(r->width / LANES + 4),
                 gamma = r->directions ? depth * u / (1 - depth * u) : 0;

    return 1.001 * sqrt(1 + r->defect) * (u + gamma * sqrt((double)r->m)) + 0x1p-40;
}

void rotation_init(struct rotation *r, const struct scorer *a, const struct scorer *b)
{
    const size_t width = (a->dim + LANES - 1) / LANES * LANES;
    struct sample s;

    *r = (struct rotation){ .dim = a->dim, .width = width };
    take_sample(&s, a, b, width);
    if (a->dim <= ROTATE_MAX_DIM && a->n + b->n >= ROWS_PER_DIM * a->dim &&
        s.n >= a->dim && principal(r, &s) == 0)
        r->defect = find_defect(r);
    /* Far from orthogonal, or not found: the numbers themselves serve. */
    if (!r->directions || !(r->defect < 0.001)) {
        free(r->directions);
        r->directions = NULL;
        r->defect = 0;
        order_numbers(r, &s);
    }
    r->error = find_error(r);
    free(s.rows);
}

void rotation_release(struct rotation *r)
{
    free(r->directions);
    free(r->order);
    *r = (struct rotation){ .m = 0 };
}
