/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Images to a worker and its answers back. */
#include <stdlib.h>
#include <string.h>

#include "backends/pixels_file.h"
#include "backends/remote.h"
#include "base/clock.h"

static size_t aligned(size_t n)
{
    return (n + 63) / 64 * 64;
}

static size_t pixel_bytes(const struct view *v)
{
    return 3 * (size_t)v->image->width * (size_t)v->image->height;
}

/* Where the pixels and templates of n views lie; the bytes that they take. */
static size_t lay_out(const struct remote *r, unsigned want, size_t faces,
                      const struct view *views, size_t n, struct request_image *images)
{
    size_t at = 0;

    for (size_t i = 0; i < n; i++) {
        images[i] = (struct request_image){ .view = &views[i], .path = "" };
        if (r->hello.pixels == REPLY_MEMORY) {
            images[i].pixels = (struct span){ at, pixel_bytes(&views[i]) };
            at += aligned(images[i].pixels.len);
        }
        if (want & MISID_TEMPLATE) {
            size_t len = faces * aligned(r->info.template_bytes);
            images[i].templates = (struct span){ at, len };
            at += len;
        }
    }
    return at;
}

static void copy_pixels(uint8_t *to, const struct image *im)
{
    size_t row = 3 * (size_t)im->width;

    if (im->stride == row) {
        memcpy(to, im->pixels, row * (size_t)im->height);
        return;
    }
    for (int y = 0; y < im->height; y++)
        memcpy(to + (size_t)y * row, image_row(im, y), row);
}

/* Puts the pixels where the program looks for them. */
static int hand_over(struct session *session, struct request_image *images, size_t n,
                     struct arena *arena, struct err *err)
{
    const struct remote *r = session->backend->state;
    struct remote_session *s = session->state;
    const char *folder = NULL;

    if (r->hello.pixels != REPLY_MEMORY && !r->original &&
        !(folder = worker_folder(s->worker, err)))
        return ERR_IO;
    for (size_t i = 0; i < n; i++) {
        const struct view *v = images[i].view;
        if (r->hello.pixels == REPLY_MEMORY) {
            copy_pixels(worker_shared(s->worker) + images[i].pixels.at, v->image);
        } else if (r->original) {
            if (!*v->path)
                return err_add(err, ERR_INPUT, "backend %s: path=original: an image that "
                               "comes from no file", session->backend->asked);
            images[i].path = v->path;
        } else {
            const char *end = r->hello.pixels == REPLY_PNG ? "png" : "ppm";
            images[i].path = arena_printf(arena, "%s/%zu.%s", folder, i, end);
            int code = pixels_write(v->image, r->hello.pixels == REPLY_PNG, images[i].path,
                                    err);
            if (code)
                return code;
        }
    }
    return 0;
}

/* One call for n views. On REMOTE_DONE every answer is filled. */
static enum remote_outcome attempt(struct session *session, unsigned want,
                                   const struct view *views, size_t n,
                                   struct answer *answers, struct err *err)
{
    struct remote *r = session->backend->state;
    struct remote_session *s = session->state;
    size_t faces = want & MISID_FACES ? REMOTE_FACES : 1, len, breaches = 0;
    struct request_image *images = mem_array(n, sizeof *images);
    struct arena arena = ARENA_INIT;
    enum remote_outcome outcome = REMOTE_FAILED;
    const char *line;

    size_t bytes = lay_out(r, want, faces, views, n, images);
    if (remote_ready(session, err) == 0 && worker_share(s->worker, bytes, err) == 0 &&
        hand_over(session, images, n, &arena, err) == 0) {
        text_reset(&s->line);
        request_process(&s->line, ++s->id, want, faces, worker_shared_size(s->worker),
                        images, n);
        double start = clock_now();
        outcome = remote_call(session, r->deadline * (double)n, &line, &len);
        double took = clock_now() - start;
        if (outcome == REMOTE_DONE) {
            const struct reply_asked asked = {
                .want = want, .faces = faces, .dimension = r->info.dimension,
                .template_bytes = r->info.template_bytes,
                .shared = worker_shared(s->worker),
            };
            outcome = remote_judge(session, reply_process(line, len, s->id, &asked, images,
                                                          n, answers, &breaches, &s->why));
        }
        for (size_t i = 0; i < n; i++)
            answers[i].latency = took / (double)n;
    }
    if (breaches)
        remote_note(s);
    arena_release(&arena);
    free(images);
    return outcome;
}

/* A view by itself: what happens to it is its outcome. */
static int process_one(struct session *session, unsigned want, const struct view *view,
                       struct answer *a, struct err *err)
{
    struct remote_session *s = session->state;
    bool fresh = !s->worker || !s->used;
    enum remote_outcome outcome = attempt(session, want, view, 1, a, err);
    double latency = a->latency;

    if (outcome == REMOTE_ENDED && !fresh) {
        outcome = attempt(session, want, view, 1, a, err);
        latency = a->latency;
    }
    if (outcome == REMOTE_DONE)
        return 0;
    if (outcome == REMOTE_FAILED)
        return ERR_PROGRAM;
    answer_reset(a);
    a->latency = latency;
    switch (outcome) {
    case REMOTE_LATE:
        answer_fail(a, STATUS_TIMEOUT, "the program %s", s->why.s);
        break;
    case REMOTE_ENDED:
        answer_fail(a, STATUS_CRASHED, "the program %s", s->why.s);
        break;
    case REMOTE_BROKE:
        answer_fail(a, STATUS_ERROR, "the program broke the protocol: %s", s->why.s);
        break;
    default:
        answer_fail(a, STATUS_ERROR, "%s", s->why.s);
    }
    return 0;
}

/* How many of the views go into one call. */
static size_t choose_batch(const struct backend *b, const struct view *views, size_t n)
{
    size_t bytes = 0, most = b->batch > 1 ? b->batch : 1, k = 0;

    while (k < n && k < most && (k == 0 || bytes + pixel_bytes(&views[k]) <= REMOTE_PIXELS))
        bytes += pixel_bytes(&views[k++]);
    return k;
}

int remote_process(struct session *session, unsigned want, const struct view *views,
                   size_t n, struct answer *answers, struct err *err)
{
    const struct backend *b = session->backend;

    want &= b->capabilities;
    for (size_t at = 0, k; at < n; at += k) {
        k = choose_batch(b, views + at, n - at);
        enum remote_outcome outcome = REMOTE_BROKE;
        if (k > 1)
            outcome = attempt(session, want, views + at, k, answers + at, err);
        if (outcome == REMOTE_FAILED)
            return ERR_PROGRAM;
        for (size_t i = at; outcome != REMOTE_DONE && i < at + k; i++) {
            int code = process_one(session, want, &views[i], &answers[i], err);
            if (code)
                return code;
        }
    }
    return 0;
}
