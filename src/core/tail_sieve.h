/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tail_sieve: some rows of one side against some of the other, first by integers, then
 * what is left by scores. Only for the files tail*.c.
 *
 * A plan says how many steps of COARSE_STEP integers every pair is compared with, how
 * many those that are then not ruled out, and so on, until those that are left are
 * scored; or that a sweep is cheaper. It is chosen by how many of a sample of pairs are
 * left after how many steps, and by what each costs. The same rows and floors make the
 * same plan on every machine.
 */
#ifndef CORE_TAIL_SIEVE_H
#define CORE_TAIL_SIEVE_H

#include "core/kernel.h"
#include "core/tail_index.h"

/* Two lists of rows, and the floor of each of rows_a. */
struct sieve_job {
    const uint32_t *rows_a, *rows_b;
    size_t na, nb;
    enum sweep_part part;
    const float *floors;   /* per place in rows_a, or NULL: */
    float floor;           /* of all */
};

static inline float job_floor(const struct sieve_job *job, size_t i)
{
    return job->floors ? job->floors[i] : job->floor;
}

struct sieve_plan {
    bool sweep;
    size_t first;          /* steps every pair is compared with */
    uint16_t *next;        /* steps after so many steps; 0: the score */
};

/* Room for the work; what is packed in it. */
struct tail_space {
    const struct coarse *coarse;
    struct sweep sweep;
    struct sieve_plan plan;
    double *costs, *left;  /* per number of steps */
    size_t rows, columns;  /* that fit */
    uint8_t *a;
    float *floors, *rests_a;
    int8_t *b;
    int32_t *start;
    float *scales, *rests_b;
    struct coarse_hit *hits;
    struct tail_pair *pairs;
    float *rows_a, *rows_b; /* rows as they are compared (cosine) */
    bool *has_a, *has_b;   /* which are there */
};

int sieve_init(struct tail *t, struct err *err);
void sieve_release(struct tail *t);

void sieve_choose(struct tail *t, const struct sieve_job *job);

/* Rows i … i + n of the job, n <= rows, that the plan in force is for. */
void sieve_pack_rows(struct tail *t, const struct sieve_job *job, size_t i, size_t n);

/* Takes the floors of the packed rows i … i + n from the job again. */
void sieve_take_floors(struct tail *t, const struct sieve_job *job, size_t i, size_t n);

/* The packed rows i … i + ni against j … j + nj of the job, nj <= columns: pairs with a
 * score at or above the floor go to `found`. */
int sieve_run(struct tail *t, const struct sieve_job *job, size_t i, size_t ni, size_t j,
              size_t nj, tail_found found, void *self);

/* The same by a sweep of all of the job. */
int sieve_sweep(struct tail *t, const struct sieve_job *job, tail_found found, void *self);

#endif
