/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opening a program and the life of its workers. */
#include "backends/remote.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>


#define CLOSE_SECONDS 5 /* to answer close, and again to end */

static int lost(const struct backend *b, const char *call, const char *what,
                struct err *err)
{
    return err_add(err, ERR_PROGRAM, "backend %s: %s: %s", b->asked, call, what);
}

/* One exchange outside any session; 0, or a failure that names the call. */
static int ask(const struct backend *b, struct worker *w, const char *call,
               const struct text *line, const char **answer, size_t *len, struct err *err)
{
    const struct remote *r = b->state;

    if (worker_call(w, line->s, line->len, r->start_deadline, answer, len) ==
        WORKER_ANSWERED)
        return 0;
    return lost(b, call, worker_trouble(w), err);
}

static int say_hello(struct backend *b, struct worker *w, uint64_t id, struct arena *arena,
                     struct reply_hello *to, struct err *err)
{
    struct text line = TEXT_INIT, why = TEXT_INIT;
    const char *answer;
    size_t len;

    request_hello(&line, id);
    int code = ask(b, w, "hello", &line, &answer, &len, err);
    if (!code && reply_hello(answer, len, id, arena, to, &why) != REPLY_OK)
        code = lost(b, "hello", why.s, err);
    text_release(&line);
    text_release(&why);
    return code;
}

static int say_open(struct backend *b, struct worker *w, uint64_t id, struct arena *arena,
                    struct reply_info *to, struct err *err)
{
    const struct remote *r = b->state;
    struct text line = TEXT_INIT, why = TEXT_INIT;
    const char *answer;
    size_t len;

    request_open(&line, id, r->settings, r->n_settings);
    int code = ask(b, w, "open", &line, &answer, &len, err);
    if (!code && reply_open(answer, len, id, arena, &r->hello, to, &why) != REPLY_OK)
        code = lost(b, "open", why.s, err);
    text_release(&line);
    text_release(&why);
    return code;
}

/* That a program says of itself what it said before. */
static int check_same(const struct backend *b, const struct reply_hello *hello,
                      const struct reply_info *info, struct err *err)
{
    const struct remote *r = b->state;

    if (strcmp(hello->name, r->hello.name) || strcmp(hello->version, r->hello.version) ||
        hello->pixels != r->hello.pixels || info->capabilities != r->info.capabilities ||
        info->dimension != r->info.dimension ||
        info->template_bytes != r->info.template_bytes ||
        info->own_scores != r->info.own_scores || info->similarity != r->info.similarity)
        return err_add(err, ERR_PROGRAM, "backend %s: a second process says something else "
                       "of itself than the first", b->asked);
    return 0;
}

struct worker *remote_start(struct backend *b, uint64_t *id, struct err *err)
{
    const struct remote *r = b->state;
    struct worker *w = worker_start(r->argv, &r->bounds, err);
    struct arena arena = ARENA_INIT;
    struct reply_hello hello;
    struct reply_info info;

    if (w && (say_hello(b, w, ++*id, &arena, &hello, err) < 0 ||
              say_open(b, w, ++*id, &arena, &info, err) < 0 ||
              check_same(b, &hello, &info, err) < 0)) {
        worker_kill(w);
        w = NULL;
    }
    arena_release(&arena);
    return w;
}

int remote_ready(struct session *session, struct err *err)
{
    struct backend *b = session->backend;
    struct remote_session *s = session->state;
    int code = ERR_PROGRAM;

    for (int i = 0; !s->worker && i < REMOTE_STARTS; i++) {
        struct err again = ERR_INIT;
        s->worker = remote_start(b, &s->id, &again);
        s->generation++;
        s->used = false;
        memset(s->enrolled, 0, sizeof s->enrolled);
        if (!s->worker && i == REMOTE_STARTS - 1)
            code = err_add(err, again.code, "%s", err_text(&again));
        err_release(&again);
    }
    return s->worker ? 0 : code;
}

static void give_up(struct remote_session *s)
{
    worker_kill(s->worker);
    s->worker = NULL;
}

void remote_note(struct remote_session *s)
{
    s->troubles++;
    text_reset(&s->trouble);
    text_add(&s->trouble, s->why.s);
}

enum remote_outcome remote_call(struct session *session, double seconds,
                                const char **answer, size_t *len)
{
    struct remote_session *s = session->state;
    enum worker_outcome outcome = worker_call(s->worker, s->line.s, s->line.len, seconds,
                                              answer, len);

    s->used = true;
    text_reset(&s->why);
    if (outcome == WORKER_ANSWERED)
        return REMOTE_DONE;
    text_add(&s->why, worker_trouble(s->worker));
    if (outcome == WORKER_BREACH)
        return remote_judge(session, REPLY_BREACH);
    remote_note(s);
    give_up(s);
    return outcome == WORKER_LATE ? REMOTE_LATE : REMOTE_ENDED;
}

enum remote_outcome remote_judge(struct session *session, enum reply reply)
{
    struct remote_session *s = session->state;

    if (reply == REPLY_OK)
        return REMOTE_DONE;
    remote_note(s);
    if (reply == REPLY_ERROR)
        return REMOTE_SAID_NO;
    give_up(s);
    return REMOTE_BROKE;
}

static int begin_session(struct backend *b, struct session **to, struct err *err)
{
    struct remote *r = b->state;
    struct session *session = mem_alloc(sizeof *session);
    struct remote_session *s = mem_alloc(sizeof *s);
    int code;

    session->backend = b;
    session->state = s;
    text_init(&s->line);
    text_init(&s->why);
    text_init(&s->trouble);
    s->id = 2; /* hello and open of the spare worker */
    s->generation = 1;
    s->worker = atomic_exchange(&r->spare, NULL);
    code = remote_ready(session, err);
    if (code) {
        b->end(session);
        return code;
    }
    *to = session;
    return 0;
}

/* Says close, and leaves it a moment to end; false, and `how` (unless NULL) says it, if
 * it does not end well. */
static bool part(struct worker *w, uint64_t id, struct text *how)
{
    struct text line = TEXT_INIT, why = TEXT_INIT;
    const char *answer;
    size_t len;
    bool well = false;

    request_close(&line, id);
    if (worker_call(w, line.s, line.len, CLOSE_SECONDS, &answer, &len) != WORKER_ANSWERED) {
        text_add(&why, worker_trouble(w));
        worker_kill(w);
    } else if (reply_done(answer, len, id, &why) == REPLY_OK) {
        well = worker_stop(w, CLOSE_SECONDS, &why);
    } else {
        worker_kill(w);
    }
    if (how)
        text_add(how, why.s);
    text_release(&line);
    text_release(&why);
    return well;
}

bool remote_is(const struct backend *b)
{
    return b->session == begin_session;
}

bool remote_part(struct session *session, struct text *how)
{
    struct remote_session *s = session->state;
    struct worker *w = s->worker;

    s->worker = NULL;
    return !w || part(w, ++s->id, how);
}

static void end_session(struct session *session)
{
    struct remote_session *s = session->state;

    if (s->worker)
        part(s->worker, ++s->id, NULL);
    text_release(&s->line);
    text_release(&s->why);
    text_release(&s->trouble);
    free(s);
    free(session);
}

static void close_backend(struct backend *b)
{
    struct remote *r = b->state;
    struct worker *w = atomic_exchange(&r->spare, NULL);

    if (w)
        part(w, 3, NULL);
}

/* All options: misid's own of this kind, then the program's. */
static int settle(struct backend *b, const struct backend_option *options,
                  const struct setting *given, size_t n, struct err *err)
{
    struct remote *r = b->state;
    size_t own = 0;

    while (options[own].name)
        own++;
    struct backend_option *all = arena_array(&b->arena, own + r->hello.n_options + 1,
                                             sizeof *all);
    memcpy(all, options, own * sizeof *all);
    for (size_t i = 0; i < r->hello.n_options; i++) {
        all[own + i] = r->hello.options[i];
        for (size_t k = 0; k < own; k++)
            if (!strcmp(all[k].name, all[own + i].name))
                return err_add(err, ERR_PROGRAM, "backend %s: it has an option '%s', a name "
                               "that is misid's own", b->asked, all[k].name);
    }
    int code = backend_settle(b, all, given, n, err);
    if (code)
        return code;
    r->settings = arena_array(&b->arena, r->hello.n_options, sizeof *r->settings);
    for (size_t i = 0; i < r->hello.n_options; i++) {
        const char *name = r->hello.options[i].name;
        r->settings[r->n_settings++] = (struct setting){ name, backend_setting(b, name) };
    }
    return 0;
}

static int describe(struct backend *b, struct err *err)
{
    struct remote *r = b->state;
    const struct reply_info *i = &r->info;
    int code = 0;

    b->self = r->hello.name;
    b->version = r->hello.version;
    b->about = *i->about ? i->about : r->hello.about;
    b->capabilities = i->capabilities;
    b->dimension = i->dimension;
    b->template_bytes = i->template_bytes;
    b->similarity = i->similarity;
    b->own_scores = i->own_scores;
    b->score_low = i->low;
    b->score_high = i->high;
    b->score_is_distance = i->distance;
    b->native = i->native;
    b->n_native = i->n_native;
    b->batch = i->batch ? i->batch : 1;
    for (size_t k = 0; k < i->n_files && !code; k++)
        code = backend_add_file(b, i->files[k], err);
    return code;
}

int remote_open(struct backend *b, struct remote *r, const struct backend_option *options,
                const struct setting *given, size_t n, struct err *err)
{
    struct worker *w;
    int code;

    b->state = r;
    b->close = close_backend;
    b->session = begin_session;
    b->end = end_session;
    b->process = remote_process;
    if (!(w = worker_start(r->argv, &r->bounds, err)))
        return ERR_INPUT;
    code = say_hello(b, w, 1, &b->arena, &r->hello, err);
    if (!code)
        code = settle(b, options, given, n, err);
    if (!code)
        code = say_open(b, w, 2, &b->arena, &r->info, err);
    if (!code)
        code = describe(b, err);
    if (code) {
        worker_kill(w);
        return code;
    }
    if (b->capabilities & MISID_COMPARE)
        b->compare = remote_compare;
    if (b->capabilities & MISID_SEARCH) {
        b->enroll = remote_enroll;
        b->search = remote_search;
        b->drop = remote_drop;
    }
    atomic_store(&r->spare, w);
    return 0;
}
