/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/eigen.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define MAX_ROUNDS 60

/* Four sums at a time, since the compiler may not change their order. */
static double dot(const double *restrict x, const double *restrict y, size_t n)
{
    double s0 = 0, s1 = 0, s2 = 0, s3 = 0;
    size_t i = 0;

    for (; i + 4 <= n; i += 4) {
        s0 += x[i] * y[i];
        s1 += x[i + 1] * y[i + 1];
        s2 += x[i + 2] * y[i + 2];
        s3 += x[i + 3] * y[i + 3];
    }
    for (; i < n; i++)
        s0 += x[i] * y[i];
    return (s0 + s1) + (s2 + s3);
}

/* y -= s × x */
static void subtract(double *restrict y, double s, const double *restrict x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        y[i] -= s * x[i];
}

/*
 * a = Qᵀ-reduced: for each k a reflection I − beta v vᵀ brings row and column k to the
 * diagonal and its neighbour. v stays in row k of a, right of the diagonal.
 */
static void reduce(double *a, size_t n, double *diagonal, double *beside, double *beta)
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
        for (size_t i = 0; i < m; i++) {
            double *restrict row = rest + i * n;
            const double vi = v[i], wi = w[i];
            for (size_t j = 0; j < m; j++)
                row[j] -= vi * w[j] + wi * v[j];
        }
    }
    for (size_t k = n > 2 ? n - 2 : 0; k < n; k++) {
        diagonal[k] = a[k * n + k];
        beside[k] = k + 1 < n ? a[k * n + k + 1] : 0;
    }
    free(w);
}

/* The product of the reflections, the last first: rows are directions. */
static void gather(const double *a, size_t n, const double *beta, double *z)
{
    memset(z, 0, n * n * sizeof *z);
    for (size_t i = 0; i < n; i++)
        z[i * n + i] = 1;
    for (size_t k = n > 2 ? n - 2 : 0; k-- > 0;) {
        const double *v = a + k * n + k + 1;
        const size_t m = n - k - 1;
        for (size_t i = k + 1; i < n; i++) {
            double *row = z + i * n + k + 1;
            subtract(row, beta[k] * dot(row, v, m), v, m);
        }
    }
}

struct turn {
    double c, s;
};

/* Turns rows i and i + 1 of z for i = last … first, a strip of columns at a time, so
 * that it stays in the cache. */
static void turn_rows(double *z, size_t n, const struct turn *turns, size_t first,
                      size_t last)
{
    enum { STRIP = 32 };

    for (size_t at = 0; at < n; at += STRIP) {
        const size_t width = n - at < STRIP ? n - at : STRIP;
        for (size_t i = last + 1; i-- > first;) {
            double *restrict x = z + i * n + at, *restrict y = x + n;
            const double c = turns[i].c, s = turns[i].s;
            for (size_t j = 0; j < width; j++) {
                const double f = y[j];
                y[j] = s * x[j] + c * f;
                x[j] = c * x[j] - s * f;
            }
        }
    }
}

/* One QL step with Wilkinson's shift on the part first … end of the three diagonals. */
static void step(double *d, double *e, size_t first, size_t end, double *z, size_t n,
                 struct turn *turns)
{
    const double half = (d[first + 1] - d[first]) / (2 * e[first]);
    double g = d[end] - d[first] + e[first] / (half + copysign(hypot(half, 1), half)),
           s = 1, c = 1, p = 0;
    size_t i = end;

    while (i-- > first) {
        const double f = s * e[i], b = c * e[i], r = hypot(f, g);
        e[i + 1] = r;
        if (r == 0) { /* it falls apart here */
            d[i + 1] -= p;
            e[end] = 0;
            if (i + 2 <= end)
                turn_rows(z, n, turns, i + 1, end - 1);
            return;
        }
        s = f / r;
        c = g / r;
        g = d[i + 1] - p;
        const double t = (d[i] - g) * s + 2 * c * b;
        p = s * t;
        d[i + 1] = g + p;
        g = c * t - b;
        turns[i] = (struct turn){ c, s };
    }
    d[first] -= p;
    e[first] = g;
    e[end] = 0;
    turn_rows(z, n, turns, first, end - 1);
}

int eigen_symmetric(double *a, size_t n, double *values, double *vectors)
{
    double *beside = mem_array(n, sizeof *beside), *beta = mem_array(n, sizeof *beta);
    struct turn *turns = mem_array(n, sizeof *turns);
    int code = 0;

    reduce(a, n, values, beside, beta);
    gather(a, n, beta, vectors);
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
            step(values, beside, first, end, vectors, n, turns);
        }
    free(turns);
    free(beta);
    free(beside);
    return code;
}
