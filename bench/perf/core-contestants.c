/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core-contestants.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#ifdef BENCH_OPENBLAS
#include <cblas.h>
#endif

#include "base/mem.h"

#define TOP 20

double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

_Noreturn void fail(const char *what)
{
    fprintf(stderr, "bench/perf/core: %s\n", what);
    exit(2);
}

/* Threads that share the probes of a half. */
struct share {
    struct bench *b;
    struct half *h;
    size_t from, n;
    uint64_t found;
};

static double share_out(struct bench *b, struct half *h, size_t threads,
                        void *(*run)(void *))
{
    struct share *shares = mem_array(threads, sizeof *shares);
    pthread_t *ids = mem_array(threads, sizeof *ids);
    const double begun = now();

    for (size_t i = 0; i < threads; i++) {
        const size_t from = h->n * i / threads;
        shares[i] = (struct share){ b, h, from, h->n * (i + 1) / threads - from, 0 };
        if (pthread_create(&ids[i], NULL, run, &shares[i]))
            fail("no thread could be started");
    }
    h->found = 0;
    for (size_t i = 0; i < threads; i++) {
        pthread_join(ids[i], NULL);
        h->found += shares[i].found;
    }
    const double taken = now() - begun;
    free(ids);
    free(shares);
    return taken;
}

static double run_sgemm(struct bench *b)
{
#ifdef BENCH_OPENBLAS
    const struct half *h = &b->random;
    const int n = (int)h->n, dim = (int)h->dim;

    const double begun = now();
    for (int i = 0; i < n; i += CHUNK)
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, n - i < CHUNK ? n - i : CHUNK, n,
                    dim, 1, h->rows + (size_t)i * h->dim, dim, h->rows + h->n * h->dim, dim,
                    0, b->product, n);
    return now() - begun;
#else
    (void)b;
    return NAN;
#endif
}

size_t full_rows(const struct half *h)
{
    const size_t n = (size_t)((double)h->n * sqrt(2));

    return n < 2 ? 2 : n;
}

double full(struct bench *b, struct half *h, size_t n, size_t threads)
{
    struct err err = ERR_INIT;
    struct scores s;
    char *all = "all";
    double thresholds[] = { (double)h->threshold };
    uint32_t *group = mem_array(n, sizeof *group);
    const struct count_hooks hooks = { .save_every = 1e9 };
    struct count *c;
    const struct count_setup setup = {
        .a = { .scorer = &h->scorer, .n = n, .template = h->list, .person = h->list,
               .group = group },
        .kernel = b->kernel, .threads = threads, .asked = NAN,
    };

    scores_init(&s);
    s.similarity = SIMILARITY_COSINE;
    s.groups = &all;
    s.n_groups = 1;
    s.thresholds = thresholds;
    s.n_thresholds = 1;
    s.bins = SCORES_BINS;
    s.cap = SCORES_MAX_EXCEEDANCES;
    s.n_subjects = n;
    const double begun = now();
    if (count_new(&c, &setup, &s, &err) < 0 || count_work(c, &hooks, &err) != COUNT_DONE)
        fail(err_text(&err));
    count_finish(c);
    const double taken = now() - begun;
    h->found = s.n_exceedances;
    count_free(c);
    scores_release(&s);
    free(group);
    return taken;
}

static double run_full(struct bench *b)
{
    return full(b, &b->random, full_rows(&b->random), b->threads);
}

static double run_full_one(struct bench *b)
{
    return full(b, &b->random, full_rows(&b->random), 1);
}

static double run_full_two(struct bench *b)
{
    return full(b, &b->random, full_rows(&b->random), 2);
}

static void *histogram_part(void *arg)
{
    struct share *part = arg;
    const struct half *h = part->h;
    uint32_t *counts = mem_array(SCORES_BINS, sizeof *counts);
    const struct sweep_bins bins = { SCORES_BINS / 2, SCORES_BINS / 2, SCORES_BINS, counts };
    struct sweep w;

    if (sweep_init(&w, &h->scorer, &h->scorer, part->b->kernel, NULL) < 0)
        fail("no memory");
    w.bins = &bins;
    sweep_block(&w, h->list + part->from, part->n, h->list + h->n, h->n, SWEEP_ALL, NULL, NULL);
    sweep_release(&w);
    for (uint32_t i = sweep_bin(&bins, h->threshold); i < bins.n; i++)
        part->found += counts[i];
    free(counts);
    return NULL;
}

static double run_histogram(struct bench *b)
{
    return share_out(b, &b->random, b->threads, histogram_part);
}

static int count_found(void *self, const struct tail_pair *pairs, size_t n)
{
    uint64_t *found = self;

    (void)pairs;
    *found += n;
    return 0;
}

static void *tail_part(void *arg)
{
    struct share *part = arg;
    const struct half *h = part->h;
    struct tail t;

    if (tail_init(&t, h->index, h->index, part->b->kernel, NULL) < 0)
        fail("no memory");
    tail_block(&t, h->list + part->from, part->n, h->list + h->n, h->n, SWEEP_ALL,
               h->threshold, count_found, &part->found);
    tail_release(&t);
    return NULL;
}

static double run_tail(struct bench *b)
{
    return share_out(b, &b->random, b->threads, tail_part);
}

static double run_tail_real(struct bench *b)
{
    return share_out(b, &b->real, b->threads, tail_part);
}

static void *top_part(void *arg)
{
    struct share *part = arg;
    const struct half *h = part->h;
    struct tail_pair *out = mem_array(part->n * TOP, sizeof *out);
    size_t *counts = mem_array(part->n, sizeof *counts);
    struct tail t;

    if (tail_init(&t, h->index, h->index, part->b->kernel, NULL) < 0)
        fail("no memory");
    tail_top(&t, h->list + part->from, part->n, h->list + h->n, h->n, TOP, out, counts);
    tail_release(&t);
    free(out);
    free(counts);
    return NULL;
}

static double run_top(struct bench *b)
{
    return share_out(b, &b->random, b->threads, top_part);
}

static double run_numpy(struct bench *b)
{
    return peer_ask(&b->numpy, "histogram");
}

static double run_faiss_range(struct bench *b)
{
    char *line = mem_printf("range %.9g", (double)b->random.threshold);
    const double seconds = peer_ask(&b->faiss, line);

    free(line);
    return seconds;
}

static double run_faiss_top(struct bench *b)
{
    char *line = mem_printf("search %d", TOP);
    const double seconds = peer_ask(&b->faiss, line);

    free(line);
    return seconds;
}

const struct contestant contestants[CONTESTANTS] = {
    [SGEMM] = { "sgemm", run_sgemm },
    [FULL] = { "full", run_full },
    [HISTOGRAM] = { "histogram", run_histogram },
    [FULL_ONE] = { "full, 1 thread", run_full_one },
    [FULL_TWO] = { "full, 2 threads", run_full_two },
    [NUMPY] = { "NumPy", run_numpy },
    [FAISS_RANGE] = { "FAISS range", run_faiss_range },
    [FAISS_TOP] = { "FAISS top", run_faiss_top },
    [TAIL] = { "tail", run_tail },
    [TAIL_REAL] = { "tail real", run_tail_real },
    [TAIL_TOP] = { "top", run_top },
};

