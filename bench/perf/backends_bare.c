/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The nets of a card without misid around them: several threads, each with sessions of
 * its own, run the detector, landmarks and embedder for N images, one after the other,
 * each on the tensor that misid makes of the image, copied in. Sessions are made and
 * warm before the clock starts. Prints seconds; bench/perf/backends reads them.
 *
 *     bench/perf/backends-bare CARD FILE SIDE PICTURES N THREADS
 *
 * FILE holds the pictures, SIDE × SIDE pixels of red, green and blue.
 */
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/file.h"
#include "host/plugins/onnx/chain.h"

#define NETS 3

struct tensors {               /* of one image; NULL: the net was not run */
    float *pixels[NETS];
};

struct bare {
    const struct tensors *tensors;
    size_t n_images, n;
    atomic_size_t next;
    pthread_barrier_t ready;
};

struct bare_worker {
    struct bare *bare;
    pthread_t thread;
    struct chain chain;
    int failed;
};

static struct session *net(struct chain *c, int i)
{
    struct session *const nets[NETS] = { &c->detector, &c->landmarks, &c->embedder };

    return nets[i]->handle ? nets[i] : NULL;
}

static size_t size_of(const struct session *s)
{
    return (size_t)s->channels * (size_t)s->width * (size_t)s->height * sizeof(float);
}

/* Shows one image to the chain, and keeps what its nets got. */
static void take_tensors(struct chain *c, const struct image *im, struct tensors *to)
{
    static float template[CARD_DIMENSION_MAX];
    struct misid_face face = { .size = sizeof face, .quality = NAN, .confidence = NAN,
                               .template_bytes = (uint8_t *)template,
                               .template_cap = sizeof template };
    struct misid_face *const faces[] = { &face };
    struct misid_result result = { .size = sizeof result, .cap = 1, .faces = faces };
    const struct misid_image image = { sizeof image, (uint32_t)im->width,
                                       (uint32_t)im->height, im->stride, im->pixels, NULL,
                                       NULL };

    chain_process(c, MISID_TEMPLATE, &image, &result);
    for (int i = 0; i < NETS; i++) {
        struct session *s = net(c, i);
        if (!s || (i && result.status != MISID_OK))
            continue;
        to->pixels[i] = mem_alloc(size_of(s));
        memcpy(to->pixels[i], s->pixels, size_of(s));
    }
}

static void run_nets(struct bare_worker *w, const struct tensors *t)
{
    for (int i = 0; i < NETS; i++) {
        struct session *s = net(&w->chain, i);
        if (!s || !t->pixels[i])
            continue;
        memcpy(s->pixels, t->pixels[i], size_of(s));
        w->failed |= session_run(s, NULL) < 0;
    }
}

static void *work(void *arg)
{
    struct bare_worker *w = arg;
    struct bare *b = w->bare;

    run_nets(w, &b->tensors[0]);
    pthread_barrier_wait(&b->ready);
    for (size_t i; (i = atomic_fetch_add(&b->next, 1)) < b->n;)
        run_nets(w, &b->tensors[i % b->n_images]);
    return NULL;
}

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int bare_loop(const char *name, const struct image *images, size_t n_images,
                     size_t n, unsigned threads, double *seconds, struct err *err)
{
    struct card card = { 0 };
    struct bare_worker *workers = mem_array(threads, sizeof *workers);
    struct tensors *tensors = mem_array(n_images, sizeof *tensors);
    struct bare bare = { .tensors = tensors, .n_images = n_images, .n = n };
    char *path = find_card(name, err);
    int code = path ? card_load(&card, path, err) : ERR_INPUT;
    unsigned opened = 0, failed = 0;

    for (; opened < threads && !code; opened++)
        code = chain_open(&workers[opened].chain, &card, 1, err);
    if (!code) {
        for (size_t i = 0; i < n_images; i++)
            take_tensors(&workers[0].chain, &images[i], &tensors[i]);
        pthread_barrier_init(&bare.ready, NULL, threads + 1);
        for (unsigned i = 0; i < threads; i++) {
            workers[i].bare = &bare;
            pthread_create(&workers[i].thread, NULL, work, &workers[i]);
        }
        pthread_barrier_wait(&bare.ready);
        double start = now();
        for (unsigned i = 0; i < threads; i++) {
            pthread_join(workers[i].thread, NULL);
            failed += workers[i].failed != 0;
        }
        *seconds = now() - start;
        pthread_barrier_destroy(&bare.ready);
        if (failed)
            code = err_add(err, ERR_PROGRAM, "%s: a net failed", name);
    }
    for (unsigned i = 0; i < opened; i++)
        chain_release(&workers[i].chain);
    for (size_t i = 0; i < n_images; i++)
        for (int k = 0; k < NETS; k++)
            free(tensors[i].pixels[k]);
    card_release(&card);
    free(tensors);
    free(workers);
    free(path);
    return code;
}

int main(int argc, char **argv)
{
    struct err err = ERR_INIT;
    int64_t v[4] = { 0 };
    double seconds = 0;
    char *data = NULL;
    size_t len = 0;
    int code = argc == 7 ? 0 : ERR_INPUT;

    for (int i = 0; i < 4 && !code; i++)
        if (!num_parse_int64(argv[3 + i], &v[i]) || v[i] < 1 || v[i] > 100000)
            code = ERR_INPUT;
    if (code) {
        fputs("usage: backends-bare CARD FILE SIDE PICTURES N THREADS\n", stderr);
        return 2;
    }
    const size_t side = (size_t)v[0], pictures = (size_t)v[1], bytes = 3 * side * side;
    struct image *images = mem_array(pictures, sizeof *images);
    code = file_read(argv[2], bytes * pictures, &data, &len, &err);
    if (!code && len != bytes * pictures)
        code = err_add(&err, ERR_INPUT, "%s: %zu bytes, expected %zu", argv[2], len,
                       bytes * pictures);
    for (size_t i = 0; i < pictures && !code; i++)
        images[i] = (struct image){ (uint8_t *)data + i * bytes, (int)side, (int)side,
                                    3 * side, 0 };
    if (!code)
        code = bare_loop(argv[1], images, pictures, (size_t)v[2], (unsigned)v[3], &seconds,
                         &err);
    if (code)
        fprintf(stderr, "%s\n", err_text(&err));
    else
        printf("%.9f\n", seconds);
    err_release(&err);
    free(images);
    free(data);
    return code ? 2 : 0;
}
