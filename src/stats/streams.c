/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/streams.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/mem.h"

struct work {
    streams_job job;
    void *self;
    size_t n;
    atomic_size_t next;
};

struct worker {
    struct work *work;
    size_t number;
};

static void *work(void *arg)
{
    struct worker *me = arg;
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);

    if (!rng)
        mem_exhausted();
    for (size_t item; (item = atomic_fetch_add(&me->work->next, 1)) < me->work->n;)
        me->work->job(me->work->self, item, me->number, rng);
    gsl_rng_free(rng);
    return NULL;
}

void streams_run(size_t n, size_t threads, streams_job job, void *self)
{
    struct work all = { .job = job, .self = self, .n = n };
    struct worker *workers = mem_array(threads, sizeof *workers);
    pthread_t *ids = mem_array(threads, sizeof *ids);
    size_t started = 1;

    atomic_init(&all.next, 0);
    for (size_t i = 0; i < threads; i++)
        workers[i] = (struct worker){ &all, i };
    while (started < threads && started < n &&
           pthread_create(&ids[started], NULL, work, &workers[started]) == 0)
        started++;
    work(&workers[0]);
    while (started > 1)
        pthread_join(ids[--started], NULL);
    free(workers);
    free(ids);
}

/* The finalizer of MurmurHash3 (Appleby), as in splitmix64. */
static uint64_t mix(uint64_t z)
{
    z += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

/* MurmurHash3's own, of 32 bits: no two numbers become one. */
static uint32_t scatter(uint32_t z)
{
    z = (z ^ z >> 16) * 0x85ebca6bu;
    z = (z ^ z >> 13) * 0xc2b2ae35u;
    return z ^ z >> 16;
}

void stream_begin(gsl_rng *rng, uint64_t seed, uint64_t number)
{
    gsl_rng_set(rng, scatter((uint32_t)(mix(seed) + number)));
}
