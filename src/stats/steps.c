/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/steps.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double quantile(const double *sorted, size_t n, double share)
{
    double at = share * (double)(n - 1);
    size_t i = (size_t)at;

    return i + 1 < n ? sorted[i] + (at - (double)i) * (sorted[i + 1] - sorted[i])
                     : sorted[n - 1];
}

/* s; the quantiles of |Z| are .6745 at one half, 1.1503 at three quarters. */
static double find_noise(const struct steps_night *y, size_t n)
{
    double *apart = mem_array(n, sizeof *apart), s;

    for (size_t i = 1; i < n; i++)
        apart[i - 1] = fabs(y[i].value - y[i - 1].value) / hypot(y[i].half, y[i - 1].half);
    qsort(apart, n - 1, sizeof *apart, by_value);
    s = fmax(quantile(apart, n - 1, .5) / .6745, quantile(apart, n - 1, .75) / 1.1503);
    free(apart);
    return n < STEPS_FEW ? fmax(1, s) : s;
}

/* The levels that are tried, ascending; how many. */
static size_t find_levels(const struct steps_night *y, size_t n, double *to)
{
    double *sorted = mem_array(n, sizeof *sorted);
    size_t distinct = 0;

    for (size_t i = 0; i < n; i++)
        sorted[i] = y[i].value;
    qsort(sorted, n, sizeof *sorted, by_value);
    for (size_t i = 0; i < n; i++)
        if (!i || sorted[i] != sorted[distinct - 1])
            sorted[distinct++] = sorted[i];
    size_t levels = distinct < STEPS_LEVELS ? distinct : STEPS_LEVELS;
    for (size_t k = 0; k < levels; k++)
        to[k] = sorted[levels == distinct ? k : k * (distinct - 1) / (levels - 1)];
    free(sorted);
    return levels;
}

static double sigma(const struct steps_night *y, double noise)
{
    return fmax(noise * y->half, fmax(y->resolution, 1e-12));
}

/* cost[k] is the least cost so far that ends at level k; `came` says of every night and
 * level whether its segment begins there, `best` from which level it then comes. */
static void solve(const struct steps_night *y, size_t n, double noise, double penalty,
                  const double *levels, size_t n_levels, double *to)
{
    double *cost = mem_array(n_levels, sizeof *cost);
    uint8_t *came = mem_array(n, n_levels);
    uint16_t *best = mem_array(n, sizeof *best);
    size_t at = 0;

    for (size_t i = 0; i < n; i++) {
        double least = INFINITY, weight = 1 / sigma(&y[i], noise);
        for (size_t k = 0; i && k < n_levels; k++)
            if (cost[k] < least) {
                least = cost[k];
                best[i] = (uint16_t)k;
            }
        for (size_t k = 0; k < n_levels; k++) {
            if (i && least + penalty < cost[k]) {
                cost[k] = least + penalty;
                came[i * n_levels + k] = 1;
            }
            cost[k] += weight * fabs(y[i].value - levels[k]);
        }
    }
    for (size_t k = 1; k < n_levels; k++)
        if (cost[k] < cost[at])
            at = k;
    for (size_t i = n; i-- > 0;) {
        to[i] = levels[at];
        if (came[i * n_levels + at])
            at = best[i];
    }
    free(cost);
    free(came);
    free(best);
}

double steps_penalty(size_t n)
{
    return STEPS_PENALTY + STEPS_PENALTY_LOG * log((double)n);
}

void steps_find_at(const struct steps_night *nights, size_t n, double penalty,
                   struct steps *out)
{
    double levels[STEPS_LEVELS];
    size_t cap = 0;

    *out = (struct steps){ .level = mem_array(n, sizeof *out->level) };
    if (n < STEPS_LEAST) {
        for (size_t i = 0; i < n; i++)
            out->level[i] = nights[i].value;
        return;
    }
    out->noise = find_noise(nights, n);
    size_t n_levels = find_levels(nights, n, levels);
    solve(nights, n, out->noise, penalty, levels, n_levels, out->level);
    for (size_t i = 1; i < n; i++)
        if (out->level[i] != out->level[i - 1]) {
            MEM_ROOM(out->steps, out->n, cap);
            out->steps[out->n++] = (struct step){
                i, out->level[i - 1], out->level[i],
                fabs(out->level[i] - out->level[i - 1]) / sigma(&nights[i], out->noise) };
        }
}

void steps_find(const struct steps_night *nights, size_t n, struct steps *out)
{
    steps_find_at(nights, n, steps_penalty(n), out);
}

void steps_release(struct steps *s)
{
    free(s->level);
    free(s->steps);
    *s = (struct steps){ .level = NULL };
}
