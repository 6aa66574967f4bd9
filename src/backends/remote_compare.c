/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Templates to a worker, scores and candidates back. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "backends/remote.h"

#define PAIRS_MAX 4096                    /* of a call */
#define BYTES_MAX ((size_t)64 << 20)      /* of templates a call, unless one pair has more */

/* Templates that are to lie in the shared memory, and where. */
struct load {
    const void **from;
    struct span *spans;
    size_t n, bytes;
};

static void load_init(struct load *l, size_t cap)
{
    *l = (struct load){ .from = mem_array(cap, sizeof *l->from),
                        .spans = mem_array(cap, sizeof *l->spans) };
}

static void load_release(struct load *l)
{
    free(l->from);
    free(l->spans);
}

/* The place of a template among those of the load; one that equals the one `before` is
 * there already. */
static uint32_t load_add(struct load *l, const void *template, size_t len, long before)
{
    if (before >= 0 && l->from[before] == template && l->spans[before].len == len)
        return (uint32_t)before;
    l->from[l->n] = template;
    l->spans[l->n] = (struct span){ l->bytes, len };
    l->bytes += (len + 63) / 64 * 64;
    return (uint32_t)l->n++;
}

/* Sends the templates of the load with a call; the answer if there is one. */
static enum remote_outcome send_load(struct session *session, const char *call,
                                     const struct load *l, struct request_templates *t,
                                     double seconds, const char **line, size_t *len,
                                     struct err *err)
{
    struct remote_session *s = session->state;

    if (remote_ready(session, err) < 0 || worker_share(s->worker, l->bytes, err) < 0)
        return REMOTE_FAILED;
    for (size_t i = 0; i < l->n; i++)
        memcpy(worker_shared(s->worker) + l->spans[i].at, l->from[i], l->spans[i].len);
    t->items = l->spans;
    t->n = l->n;
    text_reset(&s->line);
    request_templates(&s->line, ++s->id, call, worker_shared_size(s->worker), t);
    return remote_call(session, seconds, line, len);
}

struct pairs {
    const void *const *a, *const *b;
    const size_t *a_len, *b_len;
    double *scores;
};

static enum remote_outcome compare_once(struct session *session, const struct pairs *p,
                                        size_t at, size_t n, struct err *err)
{
    const struct remote *r = session->backend->state;
    struct remote_session *s = session->state;
    uint32_t(*pairs)[2] = mem_array(n, sizeof *pairs);
    struct request_templates t = { .pairs = (const uint32_t(*)[2])pairs, .n_pairs = n };
    struct load l;
    const char *line;
    size_t len;
    long a = -1, b = -1;

    load_init(&l, 2 * n);
    for (size_t i = 0; i < n; i++) {
        pairs[i][0] = load_add(&l, p->a[at + i], p->a_len[at + i], a);
        pairs[i][1] = load_add(&l, p->b[at + i], p->b_len[at + i], b);
        a = pairs[i][0];
        b = pairs[i][1];
    }
    enum remote_outcome outcome = send_load(session, "compare", &l, &t, r->deadline, &line,
                                            &len, err);
    if (outcome == REMOTE_DONE)
        outcome = remote_judge(session, reply_compare(line, len, s->id, p->scores + at, n,
                                                      &s->why));
    load_release(&l);
    free(pairs);
    return outcome;
}

/* Compares; what goes wrong is halved until it is found, and that pair has no score. */
static int compare_range(struct session *session, const struct pairs *p, size_t at,
                         size_t n, struct err *err)
{
    enum remote_outcome outcome = compare_once(session, p, at, n, err);

    if (outcome == REMOTE_DONE)
        return 0;
    if (outcome == REMOTE_FAILED)
        return ERR_PROGRAM;
    if (n == 1) {
        p->scores[at] = NAN;
        return 0;
    }
    int code = compare_range(session, p, at, n / 2, err);
    return code ? code : compare_range(session, p, at + n / 2, n - n / 2, err);
}

int remote_compare(struct session *session, const void *const *a, const size_t *a_len,
                   const void *const *b, const size_t *b_len, size_t n, double *scores,
                   struct err *err)
{
    const struct pairs p = { a, b, a_len, b_len, scores };
    int code = 0;

    for (size_t at = 0, k; at < n && !code; at += k) {
        size_t bytes = 0;
        for (k = 0; at + k < n && k < PAIRS_MAX && (k == 0 || bytes <= BYTES_MAX); k++)
            bytes += a_len[at + k] + b_len[at + k] + 128;
        code = compare_range(session, &p, at, k, err);
    }
    return code;
}

/* A gallery is known by the worker that holds it and by that one's number for it. */
#define GALLERIES 64

static int failed(const struct session *session, const char *call,
                  enum remote_outcome outcome, struct err *err)
{
    const struct remote_session *s = session->state;

    if (outcome == REMOTE_FAILED)
        return ERR_PROGRAM;
    return err_add(err, ERR_PROGRAM, "backend %s: %s: the program %s%s",
                   session->backend->asked, call,
                   outcome == REMOTE_SAID_NO ? "says: " : "", s->why.s);
}

int remote_enroll(struct session *session, const void *const *templates, const size_t *len,
                  size_t n, uint64_t *gallery, struct err *err)
{
    const struct remote *r = session->backend->state;
    struct remote_session *s = session->state;
    struct request_templates t = { .pairs = NULL };
    struct load l;
    const char *line;
    size_t line_len;

    load_init(&l, n);
    for (size_t i = 0; i < n; i++)
        load_add(&l, templates[i], len[i], -1);
    enum remote_outcome outcome = send_load(session, "enroll", &l, &t, r->start_deadline,
                                            &line, &line_len, err);
    if (outcome == REMOTE_DONE)
        outcome = remote_judge(session, reply_enroll(line, line_len, s->id, gallery,
                                                     &s->why));
    load_release(&l);
    if (outcome != REMOTE_DONE)
        return failed(session, "enroll", outcome, err);
    if (*gallery >= GALLERIES)
        return err_add(err, ERR_PROGRAM, "backend %s: enroll: gallery %llu, expected 0 to "
                       "%d", session->backend->asked, (unsigned long long)*gallery,
                       GALLERIES - 1);
    s->enrolled[*gallery] = n;
    *gallery |= s->generation << 8;
    return 0;
}

/* The worker's number of a gallery, or -1 if it is gone. */
static long gallery_place(const struct remote_session *s, uint64_t gallery)
{
    size_t place = gallery & 255;

    return s->worker && gallery >> 8 == s->generation && place < GALLERIES &&
                   s->enrolled[place] ? (long)place : -1;
}

long remote_search(struct session *session, uint64_t gallery, const void *probe, size_t len,
                   struct backend_candidate *to, size_t cap, struct err *err)
{
    const struct remote *r = session->backend->state;
    struct remote_session *s = session->state;
    long place = gallery_place(s, gallery);
    struct request_templates t = { .most = cap };
    struct load l;
    const char *line;
    size_t line_len, n = 0;

    if (place < 0)
        return err_add(err, ERR_PROGRAM, "backend %s: search: the gallery was lost with the "
                       "process that held it", session->backend->asked);
    t.gallery = (uint64_t)place;
    load_init(&l, 1);
    load_add(&l, probe, len, -1);
    enum remote_outcome outcome = send_load(session, "search", &l, &t, r->deadline, &line,
                                            &line_len, err);
    if (outcome == REMOTE_DONE)
        outcome = remote_judge(session, reply_search(line, line_len, s->id, to, cap,
                                                     s->enrolled[place], &n, &s->why));
    load_release(&l);
    return outcome == REMOTE_DONE ? (long)n : failed(session, "search", outcome, err);
}

void remote_drop(struct session *session, uint64_t gallery)
{
    const struct remote *r = session->backend->state;
    struct remote_session *s = session->state;
    long place = gallery_place(s, gallery);
    const char *line;
    size_t len;

    if (place < 0)
        return;
    s->enrolled[place] = 0;
    text_reset(&s->line);
    request_drop(&s->line, ++s->id, (uint64_t)place);
    if (remote_call(session, r->deadline, &line, &len) == REMOTE_DONE)
        remote_judge(session, reply_done(line, len, s->id, &s->why));
}
