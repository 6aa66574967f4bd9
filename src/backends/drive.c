/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "backends/drive.h"

#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "backends/cache.h"
#include "backends/pack.h"
#include "base/clock.h"
#include "base/file.h"

#define PROGRESS_NS 200000000
#define MOST_THREADS 256

struct measured {              /* what is kept of a picture for its attributes */
    bool there;
    int width, height;
    double eye_distance;
    struct image_measures measures;
    char sha256[HASH_HEX];     /* of the file */
};

struct packed {
    char *bytes;
    size_t len;
};

struct crew {                  /* what the workers share */
    const struct drive *d;
    struct packed *answers;    /* a sample; each written by the worker that took it */
    struct measured *measured; /* a sample, or NULL */
    struct drive_time *times;
    atomic_size_t next, done;
    atomic_bool stopped;
    pthread_mutex_t lock;      /* of what follows */
    pthread_cond_t left;
    unsigned running;
    double start;              /* of the slowest session */
    struct err err;            /* of the first worker that failed */
};

struct slot {                  /* a sample on its way to the backend */
    size_t i;
    struct image image;
    struct image_place place;
    struct text path;
    char key[HASH_HEX];
};

struct worker {
    struct crew *crew;
    pthread_t thread;
    struct session *session;
    void *images;
    struct slot *slots;        /* backend->batch */
    struct view *views;
    struct answer *answers;
    struct cache_item *items;
    size_t filled;
    size_t calls;
    struct text reason, how;
};

void drive_timing_release(struct drive_timing *t)
{
    free(t->samples);
    *t = (struct drive_timing){ 0 };
}

static bool uses_cache(const struct drive *d)
{
    return d->cache && d->backend->cached && !d->backend->blind;
}

/* The sample has its answer. */
static void settle(struct crew *crew, size_t i, const struct answer *a, enum drive_way way)
{
    struct text t = TEXT_INIT;

    answer_pack(a, &t);
    crew->answers[i].len = t.len;
    crew->answers[i].bytes = text_detach(&t);
    crew->times[i].way = way;
    crew->times[i].matcher = way == DRIVE_NOT_SHOWN ? 0 : a->latency;
    atomic_fetch_add(&crew->done, 1);
}

static void settle_failed(struct worker *w, size_t i, enum status status,
                          const char *reason)
{
    struct answer a = { .status = STATUS_OK };

    answer_reset(&a);
    answer_fail(&a, status, "%s", reason);
    settle(w->crew, i, &a, DRIVE_NOT_SHOWN);
    answer_release(&a);
}

static void set_key(struct worker *w, struct slot *s, const void *bytes, size_t len)
{
    const struct drive *d = w->crew->d;
    char sha256[HASH_HEX];
    size_t row = d->rows[s->i];

    text_reset(&w->how);
    text_addf(&w->how, "%d;%s;%u;%s;%s", IMAGE_NORMALISATION, d->images->how, d->want,
              roster_text(d->roster, row, ROSTER_BOX),
              roster_text(d->roster, row, ROSTER_LANDMARKS));
    hash_bytes(sha256, bytes, len);
    cache_key(s->key, sha256, d->backend->fingerprint, w->how.s);
}

/* True, and the answer in w->answers[w->filled], if the cache has it. */
static bool look_up(struct worker *w, struct slot *s, const void *bytes, size_t len)
{
    const struct drive *d = w->crew->d;
    struct text packed = TEXT_INIT;
    double start = clock_now();

    set_key(w, s, bytes, len);
    bool found = cache_get(d->cache, s->key, &packed) &&
                 answer_unpack(&w->answers[w->filled], packed.s, packed.len);
    text_release(&packed);
    w->crew->times[s->i].lookup = clock_now() - start;
    return found;
}

static void keep_measures(struct crew *crew, size_t i, const struct image_facts *f,
                          const void *bytes, size_t len)
{
    if (!crew->measured || !f->measured)
        return;
    crew->measured[i] = (struct measured){ true, f->width, f->height, f->eye_distance,
                                           f->measures, "" };
    hash_bytes(crew->measured[i].sha256, bytes, len);
}

/* From the roster's row to what the backend gets. False if the sample has its answer
 * already. */
static bool prepare(struct worker *w, struct slot *s)
{
    struct crew *crew = w->crew;
    const struct drive *d = crew->d;
    const struct drive_images *images = d->images;
    const size_t row = d->rows[s->i];
    struct image_facts facts = { 0 };
    const void *bytes;
    size_t len;

    if (d->backend->blind)
        return true;
    if (roster_status(d->roster, row) != STATUS_OK) {
        settle_failed(w, s->i, roster_status(d->roster, row), roster_reason(d->roster, row));
        return false;
    }
    const char *fault = image_place_parse(&s->place, roster_text(d->roster, row, ROSTER_BOX),
                                          roster_text(d->roster, row, ROSTER_LANDMARKS));
    if (fault) {
        settle_failed(w, s->i, STATUS_NO_REGION, fault);
        return false;
    }
    text_reset(&s->path);
    roster_add_path(d->roster, row, &s->path);
    if (d->root) {
        char *full = path_join(d->root, s->path.s);
        text_reset(&s->path);
        text_add(&s->path, full);
        free(full);
    }
    double start = clock_now();
    enum status status = images->read(w->images, s->path.s, &bytes, &len, &w->reason);
    crew->times[s->i].decode = clock_now() - start;
    bool found = status == STATUS_OK && uses_cache(d) && look_up(w, s, bytes, len);
    if (status == STATUS_OK && (!found || crew->measured)) {
        start = clock_now();
        status = images->decode(w->images, bytes, len, &s->place, &s->image, &facts,
                                &w->reason);
        crew->times[s->i].decode += clock_now() - start;
        keep_measures(crew, s->i, &facts, bytes, len);
    }
    if (status != STATUS_OK)
        settle_failed(w, s->i, status, w->reason.s);
    else if (found)
        settle(crew, s->i, &w->answers[w->filled], DRIVE_CACHED);
    return status == STATUS_OK && !found;
}

/* What may be different the next time is not kept. */
static bool lasts(const struct answer *a)
{
    bool passing = a->status == STATUS_TIMEOUT || a->status == STATUS_CRASHED ||
                   a->status == STATUS_ERROR;

    for (size_t i = 0; i < a->n_faces; i++)
        passing |= a->faces[i].status == STATUS_ERROR ||
                   a->faces[i].status == STATUS_TIMEOUT ||
                   a->faces[i].status == STATUS_CRASHED;
    return !passing;
}

static void keep_answers(struct worker *w)
{
    size_t n = 0;

    for (size_t k = 0; k < w->filled; k++) {
        if (!lasts(&w->answers[k]))
            continue;
        struct cache_item *item = &w->items[n++];
        memcpy(item->key, w->slots[k].key, sizeof item->key);
        text_reset(&item->bytes);
        answer_pack(&w->answers[k], &item->bytes);
    }
    if (n)
        cache_put(w->crew->d->cache, w->crew->d->backend, w->items, n);
}

/* Shows the backend what has come together. */
static int show(struct worker *w, struct err *err)
{
    const struct drive *d = w->crew->d;
    const size_t n = w->filled;

    if (!n)
        return 0;
    for (size_t k = 0; k < n; k++) {
        const struct slot *s = &w->slots[k];
        w->views[k] = (struct view){ d->backend->blind ? NULL : &s->image, &s->place,
                                     s->path.s, d->rows[s->i],
                                     d->images->changes };
        answer_reset(&w->answers[k]);
    }
    double start = clock_now();
    int code = d->backend->process(w->session, d->want, w->views, n, w->answers, err);
    double share = (clock_now() - start) / (double)n;
    if (code < 0)
        return code;
    for (size_t k = 0; k < n; k++) {
        struct answer *a = &w->answers[k];
        answer_check(a, d->backend, d->want);
        if (!(d->want & MISID_FACES) && a->n_faces > 1)
            a->n_faces = 1;
        if (!(a->latency >= 0 && isfinite(a->latency)))
            a->latency = share;
    }
    if (uses_cache(d))
        keep_answers(w);
    for (size_t k = 0; k < n; k++)
        settle(w->crew, w->slots[k].i, &w->answers[k],
               w->calls ? DRIVE_COMPUTED : DRIVE_WARM_UP);
    w->calls++;
    w->filled = 0;
    return 0;
}

static int work(struct worker *w, struct err *err)
{
    struct crew *crew = w->crew;
    const size_t batch = crew->d->backend->batch;
    double start = clock_now();
    int code = crew->d->backend->session(crew->d->backend, &w->session, err);

    start = clock_now() - start;
    pthread_mutex_lock(&crew->lock);
    crew->start = start > crew->start ? start : crew->start;
    pthread_mutex_unlock(&crew->lock);
    while (!code && !atomic_load(&crew->stopped)) {
        size_t i = atomic_fetch_add(&crew->next, 1);
        if (i >= crew->d->n)
            break;
        w->slots[w->filled].i = i;
        if (prepare(w, &w->slots[w->filled]) && ++w->filled == batch)
            code = show(w, err);
    }
    if (!code && !atomic_load(&crew->stopped))
        code = show(w, err);
    if (w->session)
        crew->d->backend->end(w->session);
    return code;
}

static void *worker_main(void *arg)
{
    struct worker *w = arg;
    struct crew *crew = w->crew;
    struct err err = ERR_INIT;
    int code = work(w, &err);

    if (code && !err.code)
        err_add(&err, ERR_PROGRAM, "backend %s gave up without a word",
                crew->d->backend->name);
    pthread_mutex_lock(&crew->lock);
    if (code && !crew->err.code) {
        crew->err = err;
        err = (struct err)ERR_INIT;
        atomic_store(&crew->stopped, true);
    }
    crew->running--;
    pthread_cond_signal(&crew->left);
    pthread_mutex_unlock(&crew->lock);
    err_release(&err);
    return NULL;
}

static void worker_init(struct worker *w, struct crew *crew)
{
    const struct drive *d = crew->d;
    const size_t batch = d->backend->batch;

    *w = (struct worker){ .crew = crew, .reason = TEXT_INIT, .how = TEXT_INIT };
    w->images = d->images->open(d->images->arg);
    w->slots = mem_array(batch, sizeof *w->slots);
    w->views = mem_array(batch, sizeof *w->views);
    w->answers = mem_array(batch, sizeof *w->answers);
    w->items = mem_array(batch, sizeof *w->items);
    for (size_t k = 0; k < batch; k++) {
        text_init(&w->slots[k].path);
        text_init(&w->items[k].bytes);
        answer_reset(&w->answers[k]);
    }
}

static void worker_release(struct worker *w)
{
    const struct drive *d = w->crew->d;

    for (size_t k = 0; k < d->backend->batch; k++) {
        text_release(&w->slots[k].path);
        text_release(&w->items[k].bytes);
        image_release(&w->slots[k].image);
        answer_release(&w->answers[k]);
    }
    d->images->close(w->images);
    free(w->slots);
    free(w->views);
    free(w->answers);
    free(w->items);
    text_release(&w->reason);
    text_release(&w->how);
}

static unsigned count_threads(const struct drive *d)
{
    unsigned threads = d->threads;
    cpu_set_t set;

    if (!threads)
        threads = sched_getaffinity(0, sizeof set, &set) == 0 ? (unsigned)CPU_COUNT(&set) : 1;
    if (threads > MOST_THREADS)
        threads = MOST_THREADS;
    return d->n < threads ? (unsigned)d->n : threads;
}

/* Until all workers have left. */
static void watch(struct crew *crew)
{
    const struct drive *d = crew->d;

    pthread_mutex_lock(&crew->lock);
    while (crew->running) {
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_nsec += PROGRESS_NS;
        until.tv_sec += until.tv_nsec / 1000000000;
        until.tv_nsec %= 1000000000;
        pthread_cond_timedwait(&crew->left, &crew->lock, &until);
        if (d->progress) {
            pthread_mutex_unlock(&crew->lock);
            d->progress(d->progress_arg, atomic_load(&crew->done), d->n);
            pthread_mutex_lock(&crew->lock);
        }
    }
    pthread_mutex_unlock(&crew->lock);
}

static void run_crew(struct crew *crew, unsigned threads)
{
    struct worker *workers = mem_array(threads, sizeof *workers);
    unsigned started = 0;

    crew->running = threads;
    while (started < threads) {
        worker_init(&workers[started], crew);
        if (pthread_create(&workers[started].thread, NULL, worker_main, &workers[started]))
            break;
        started++;
    }
    if (started < threads) {
        pthread_mutex_lock(&crew->lock);
        crew->running -= threads - started;
        if (!started)
            err_add(&crew->err, ERR_IO, "no thread can be started");
        pthread_mutex_unlock(&crew->lock);
        worker_release(&workers[started]);
    }
    watch(crew);
    for (unsigned i = 0; i < started; i++) {
        pthread_join(workers[i].thread, NULL);
        worker_release(&workers[i]);
    }
    free(workers);
}

static void add_measures(struct outputs *o, size_t at, const struct measured *m)
{
    outputs_set_number(o, at, "image.width", m->width);
    outputs_set_number(o, at, "image.height", m->height);
    outputs_set_number(o, at, "image.luminance", m->measures.luminance);
    outputs_set_number(o, at, "image.under_exposed", m->measures.under);
    outputs_set_number(o, at, "image.over_exposed", m->measures.over);
    outputs_set_number(o, at, "image.sharpness", m->measures.sharpness);
    outputs_set_number(o, at, "image.skin", m->measures.skin);
    outputs_set_number(o, at, "image.apparent_ita", m->measures.ita);
    if (!isnan(m->eye_distance))
        outputs_set_number(o, at, "image.eye_distance", m->eye_distance);
    struct text dhash = TEXT_INIT;
    image_dhash_add(&dhash, m->measures.dhash);
    outputs_set(o, at, "image.dhash", dhash.s);
    outputs_set(o, at, "image.sha256", m->sha256);
    text_release(&dhash);
}

static void add_face(struct outputs *o, const struct answer *a, const struct face_answer *f,
                     struct output *out, size_t at)
{
    out->status = a->status != STATUS_OK ? a->status : f->status;
    out->box = f->box;
    if (out->status == STATUS_OK) {
        out->label = outputs_keep(o, f->label);
        out->confidence = f->confidence;
    }
    if (!isnan(f->quality))
        outputs_set_number(o, at, "quality", f->quality);
    for (size_t i = 0; i < f->n_attributes; i++)
        outputs_set(o, at, f->attributes[i].name, f->attributes[i].value);
    if (out->status != STATUS_OK || !f->template_len || f->template_len > o->template_bytes)
        return;
    memcpy(outputs_template(o, at), f->template, f->template_len);
    if (o->opaque)
        outputs_set_number(o, at, "template_bytes", (double)f->template_len);
}

/* The rows of one sample. */
static void add_rows(struct outputs *o, size_t row, const struct answer *a,
                     const struct measured *m)
{
    size_t n = a->n_faces ? a->n_faces : 1;

    for (size_t face = 0; face < n; face++) {
        size_t at = o->n;
        struct output *out = outputs_add(o, row);
        out->face = face;
        out->status = a->status;
        out->reason = outputs_keep(o, a->reason);
        out->latency_ms = round(a->latency * 1e6) / 1e3;
        if (a->n_faces)
            add_face(o, a, &a->faces[face], out, at);
        if (m && m->there)
            add_measures(o, at, m);
    }
}

static void assemble(struct crew *crew, struct outputs *o)
{
    const struct drive *d = crew->d;
    struct answer a = { .status = STATUS_OK };

    if (d->want & MISID_TEMPLATE && d->backend->template_bytes)
        outputs_want_templates(o, d->backend->template_bytes, !d->backend->dimension);
    for (size_t i = 0; i < d->n; i++) {
        bool whole = answer_unpack(&a, crew->answers[i].bytes, crew->answers[i].len);
        if (!whole)
            abort();
        add_rows(o, d->rows[i], &a, crew->measured ? &crew->measured[i] : NULL);
        free(crew->answers[i].bytes);
        crew->answers[i].bytes = NULL;
    }
    answer_release(&a);
}

static int tell(const struct err *from, struct err *to)
{
    for (const char *line = err_text(from), *end; *line; line = *end ? end + 1 : end) {
        end = strchrnul(line, '\n');
        err_add(to, from->code, "%.*s", (int)(end - line), line);
    }
    return from->code;
}

int drive(const struct drive *d, struct outputs *o, struct drive_timing *timing,
          struct err *err)
{
    struct crew crew = { .d = d, .lock = PTHREAD_MUTEX_INITIALIZER,
                         .left = PTHREAD_COND_INITIALIZER, .err = ERR_INIT };
    int code = d->backend->meet ? d->backend->meet(d->backend, d->roster, err) : 0;

    *timing = (struct drive_timing){ .n = d->n, .threads = count_threads(d) };
    if (code)
        return code;
    timing->samples = crew.times = mem_array(d->n, sizeof *crew.times);
    crew.answers = mem_array(d->n, sizeof *crew.answers);
    if (d->covariates)
        crew.measured = mem_array(d->n, sizeof *crew.measured);
    double start = clock_now();
    if (d->n)
        run_crew(&crew, timing->threads);
    timing->wall = clock_now() - start;
    timing->start = crew.start;
    code = tell(&crew.err, err);
    if (!code)
        assemble(&crew, o);
    for (size_t i = 0; i < d->n; i++)
        free(crew.answers[i].bytes);
    free(crew.answers);
    free(crew.measured);
    err_release(&crew.err);
    return code;
}
