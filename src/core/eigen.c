/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/eigen.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define MAX_ROUNDS 60
#define INLINE static inline __attribute__((always_inline))

/* Four at a time: the same operations wherever it runs. */
typedef double lanes __attribute__((vector_size(32), aligned(8), may_alias));
#define LANES 4
#define AT(p) (*(const lanes *)(p))
#define TO(p) (*(lanes *)(p))

INLINE double dot(const double *x, const double *y, size_t n)
{
    lanes s = { 0 };
    double rest = 0;
    size_t i = 0;

    for (; i + LANES <= n; i += LANES)
        s += AT(x + i) * AT(y + i);
    for (; i < n; i++)
        rest += x[i] * y[i];
    return ((s[0] + s[1]) + (s[2] + s[3])) + rest;
}

/* y -= s × x */
INLINE void subtract(double *y, double s, const double *x, size_t n)
{
    size_t i = 0;

    for (; i + LANES <= n; i += LANES)
        TO(y + i) -= s * AT(x + i);
    for (; i < n; i++)
        y[i] -= s * x[i];
}

/* row -= v × w + u × z */
INLINE void subtract_two(double *row, double v, const double *w, double u, const double *z,
                         size_t n)
{
    size_t i = 0;

    for (; i + LANES <= n; i += LANES)
        TO(row + i) -= v * AT(w + i) + u * AT(z + i);
    for (; i < n; i++)
        row[i] -= v * w[i] + u * z[i];
}

/*
 * a = Qᵀ-reduced: for each k a reflection I − beta v vᵀ brings row and column k to the
 * diagonal and its neighbour. v stays in row k of a, right of the diagonal.
 */
INLINE void reduce(double *a, size_t n, double *diagonal, double *beside, double *beta)
{
    double *w = mem_array(n, sizeof *w);

    for (size_t k = 0; k + 2 < n; k++) {
        double *v = a + k * n + k + 1, *rest = a + (k + 1) * n + k + 1;
        const size_t m = n - k - 1;
        const double length = sqrt(dot(v, v, m));
        diagonal[k] = a[k * n + k];
        beside[k] = v[0] > 0 ? -length : length;
        beta[k] = 0;
        if (length == 0)
            continue;
        v[0] -= beside[k];
        beta[k] = 2 / dot(v, v, m);
        for (size_t i = 0; i < m; i++)
            w[i] = beta[k] * dot(rest + i * n, v, m);
        subtract(w, beta[k] / 2 * dot(w, v, m), v, m);
        for (size_t i = 0; i < m; i++)
            subtract_two(rest + i * n, v[i], w, w[i], v, m);
    }
    for (size_t k = n > 2 ? n - 2 : 0; k < n; k++) {
        diagonal[k] = a[k * n + k];
        beside[k] = k + 1 < n ? a[k * n + k + 1] : 0;
    }
    free(w);
}

/* The product of the reflections, the last first: rows are directions. Some rows at a
 * time, so that they stay in the cache. */
INLINE void gather(const double *a, size_t n, const double *beta, double *z)
{
    enum { ROWS = 4 };

    memset(z, 0, n * n * sizeof *z);
    for (size_t i = 0; i < n; i++)
        z[i * n + i] = 1;
    for (size_t from = 0; from < n; from += ROWS) {
        const size_t to = n - from < ROWS ? n : from + ROWS;
        for (size_t k = to < n ? to - 1 : n > 2 ? n - 2 : 0; k-- > 0;) {
            const double *v = a + k * n + k + 1;
            const size_t m = n - k - 1;
            for (size_t i = k + 1 > from ? k + 1 : from; i < to; i++) {
                double *row = z + i * n + k + 1;
                subtract(row, beta[k] * dot(row, v, m), v, m);
            }
        }
    }
}

/*
 * Turns of neighbouring rows of the directions are put off until there are SWEEPS
 * sweeps of them, and then done to a strip of STRIP columns at a time, which stays in
 * the cache. Strips lie one after the other, `height` rows each.
 */
#define SWEEPS 32
#define STRIP 16

struct turn {
    double c, s;
};

struct turns {
    size_t height, strips, pending;
    double *z;               /* strips × height × STRIP */
    struct turn *turns;      /* SWEEPS × height; of sweep i from turns + i × height */
    size_t first[SWEEPS], last[SWEEPS];
};

static void turns_init(struct turns *t, size_t n, const double *vectors)
{
    *t = (struct turns){ .height = n, .strips = (n + STRIP - 1) / STRIP };
    t->z = mem_array(t->strips * STRIP * n, sizeof *t->z);
    t->turns = mem_array(SWEEPS * n, sizeof *t->turns);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            t->z[(j / STRIP * n + i) * STRIP + j % STRIP] = vectors[i * n + j];
}

static void turns_release(struct turns *t, double *vectors)
{
    const size_t n = t->height;

    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            vectors[i * n + j] = t->z[(j / STRIP * n + i) * STRIP + j % STRIP];
    free(t->turns);
    free(t->z);
}

/* Rows i and i + 1 of a strip, for i = last … first: row i is held until i - 1. */
INLINE void turn_strip(double *z, const struct turn *turns, size_t first, size_t last)
{
    const double *above = z + (last + 1) * STRIP;
    lanes y0 = AT(above), y1 = AT(above + 4), y2 = AT(above + 8), y3 = AT(above + 12);

    for (size_t i = last + 1; i-- > first;) {
        double *row = z + i * STRIP;
        const double c = turns[i].c, s = turns[i].s;
        const lanes x0 = AT(row), x1 = AT(row + 4), x2 = AT(row + 8), x3 = AT(row + 12);
        TO(row + STRIP) = s * x0 + c * y0;
        TO(row + STRIP + 4) = s * x1 + c * y1;
        TO(row + STRIP + 8) = s * x2 + c * y2;
        TO(row + STRIP + 12) = s * x3 + c * y3;
        y0 = c * x0 - s * y0;
        y1 = c * x1 - s * y1;
        y2 = c * x2 - s * y2;
        y3 = c * x3 - s * y3;
    }
    double *row = z + first * STRIP;
    TO(row) = y0;
    TO(row + 4) = y1;
    TO(row + 8) = y2;
    TO(row + 12) = y3;
}

INLINE void turns_do(struct turns *t)
{
    for (size_t strip = 0; strip < t->strips; strip++)
        for (size_t i = 0; i < t->pending; i++)
            turn_strip(t->z + strip * t->height * STRIP, t->turns + i * t->height,
                       t->first[i], t->last[i]);
    t->pending = 0;
}

/* One QL step with Wilkinson's shift on the part first … end of the three diagonals. */
static void step(double *d, double *e, size_t first, size_t end, struct turns *to)
{
    const double half = (d[first + 1] - d[first]) / (2 * e[first]);
    double g = d[end] - d[first] + e[first] / (half + copysign(hypot(half, 1), half)),
           s = 1, c = 1, p = 0;
    struct turn *turns = to->turns + to->pending * to->height;
    size_t i = end;

    while (i-- > first) {
        const double f = s * e[i], b = c * e[i], r = hypot(f, g);
        e[i + 1] = r;
        if (r == 0)
            break; /* it falls apart here */
        s = f / r;
        c = g / r;
        g = d[i + 1] - p;
        const double t = (d[i] - g) * s + 2 * c * b;
        p = s * t;
        d[i + 1] = g + p;
        g = c * t - b;
        turns[i] = (struct turn){ c, s };
    }
    const bool whole = i + 1 == first;
    d[i + 1] -= p;
    if (whole)
        e[first] = g;
    e[end] = 0;
    to->first[to->pending] = i + 1;
    to->last[to->pending] = end - 1;
    to->pending += i + 1 < end;
}

INLINE int solve(double *a, size_t n, double *values, double *vectors)
{
    double *beside = mem_array(n, sizeof *beside), *beta = mem_array(n, sizeof *beta);
    struct turns turns;
    int code = 0;

    reduce(a, n, values, beside, beta);
    gather(a, n, beta, vectors);
    turns_init(&turns, n, vectors);
    for (size_t i = 0; i < n; i++)
        if (!isfinite(values[i]) || !isfinite(beside[i]))
            code = -1;
    for (size_t first = 0; first < n && !code; first++)
        for (int round = 0;; round++) {
            size_t end = first;
            while (end + 1 < n && fabs(beside[end]) >
                                      DBL_EPSILON * (fabs(values[end]) + fabs(values[end + 1])))
                end++;
            if (end == first)
                break;
            if (round == MAX_ROUNDS) {
                code = -1;
                break;
            }
            step(values, beside, first, end, &turns);
            if (turns.pending == SWEEPS)
                turns_do(&turns);
        }
    turns_do(&turns);
    turns_release(&turns, vectors);
    free(beta);
    free(beside);
    return code;
}

#ifdef __x86_64__
__attribute__((target("avx2"))) static int solve_avx2(double *a, size_t n, double *values,
                                                      double *vectors)
{
    return solve(a, n, values, vectors);
}
#endif

int eigen_symmetric(double *a, size_t n, double *values, double *vectors)
{
#ifdef __x86_64__
    if (__builtin_cpu_supports("avx2"))
        return solve_avx2(a, n, values, vectors);
#endif
    return solve(a, n, values, vectors);
}
