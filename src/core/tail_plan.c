/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "core/tail_sieve.h"

/*
 * What things cost, in integers multiplied by the sieve: about 1/40 of a cycle with
 * AVX2. Only their ratios matter, and those are much alike on all machines.
 */
#define COST_BOUND 20.0       /* of one pair in a tile */
#define COST_HIT 7000.0       /* of a pair that was not ruled out */
#define COST_HIT_INTEGER 3.0  /* each integer that it is compared with next */
#define COST_SCORE 4000.0     /* of a score */
#define COST_SCORE_NUMBER 45.0
#define COST_SWEEP_NUMBER 3.4 /* each number of a pair in a sweep */
#define MOST_SAMPLED 32768
#define LEAST_SAMPLED 64
#define PAIRS_PER_SAMPLED 4096

/* Steele, Lea and Flood, "Fast splittable pseudorandom number generators" (OOPSLA
 * 2014): the finalizer of SplitMix64. */
static uint64_t scatter(uint64_t x)
{
    x *= 0x9e3779b97f4a7c15u;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

/* How many of the sample are left after each number of steps, left[0] all. */
static void look_at_sample(const struct tail *t, const struct sieve_job *job, double *left)
{
    const struct tail_space *s = t->space;
    const struct tail_index *a = t->a, *b = t->b;
    const double pairs = (double)job->na * (double)job->nb;
    const size_t n = (size_t)fmin(fmax(pairs / PAIRS_PER_SAMPLED, LEAST_SAMPLED), MOST_SAMPLED);

    for (size_t step = 0; step <= a->steps; step++)
        left[step] = 0;
    for (size_t k = 0; k < n; k++) {
        const uint64_t random = scatter(k + 1);
        const size_t i = (size_t)((random >> 32) % job->na),
                     j = (size_t)((random & 0xffffffff) % job->nb);
        const uint32_t x = job->rows_a[i], y = job->rows_b[j];
        const float floor = tail_floor(a, x, job_floor(job, i));
        int32_t sum = 0;
        if (job->part == SWEEP_ABOVE && i == j)
            continue;
        left[0]++;
        for (size_t step = 0; step < a->steps; step++) {
            sum += s->coarse->dot(tail_values(a, x) + step * COARSE_STEP,
                                  tail_values(b, y) + step * COARSE_STEP, COARSE_STEP);
            left[step + 1] += !COARSE_RULES_OUT(sum, floor, b->scales[y],
                                                tail_rest(a, x, step), tail_rest(b, y, step));
        }
    }
}

/* The cheapest way on from every number of steps, the last first. */
void sieve_choose(struct tail *t, const struct sieve_job *job)
{
    struct tail_space *s = t->space;
    const size_t steps = t->a->steps;
    const double dim = (double)t->a->scorer->dim;
    struct sieve_plan *plan = &s->plan;

    look_at_sample(t, job, s->left);
    const double all = fmax(s->left[0], 1);
    double best = COST_SWEEP_NUMBER * dim;
    plan->sweep = true;
    for (size_t at = steps; at > 0; at--) {
        const double left = s->left[at] / all;
        plan->next[at] = 0;
        s->costs[at] = left * (COST_HIT + COST_SCORE + COST_SCORE_NUMBER * dim);
        for (size_t to = at + 1; to <= steps; to++) {
            const double more = (double)((to - at) * COARSE_STEP),
                         cost = left * (COST_HIT + COST_HIT_INTEGER * more) + s->costs[to];
            if (cost < s->costs[at]) {
                s->costs[at] = cost;
                plan->next[at] = (uint16_t)to;
            }
        }
        const double cost = (double)(at * COARSE_STEP) + COST_BOUND + s->costs[at];
        if (cost < best) {
            best = cost;
            plan->first = at;
            plan->sweep = false;
        }
    }
}
