/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * remote: backends that run in a process of their own, a plug-in in misid-host or an
 * external program; both speak the protocol of misid-backend(7).
 *
 * A session has one worker. When this ends, does not answer in time or breaks the
 * protocol, it is killed, and the next sample gets a new one. Of several samples in
 * such a call each is tried again by itself; a sample has crashed a program if a new
 * process ended on it alone, so that what an older process had gone through before is
 * not laid to it. Only what a session cannot go on without fails: the program cannot be
 * started REMOTE_STARTS times in a row.
 *
 * Options that every such backend has besides its own: `deadline`, `start-deadline`,
 * `memory`, `disk`, `confine`; an external program also `command` and `path`.
 *
 * Threads: as backend.h; a session is to be used by the thread that began it, or by
 * others while that one lives, for its processes end with the thread that started them.
 */
#ifndef BACKENDS_REMOTE_H
#define BACKENDS_REMOTE_H

#include <stdatomic.h>

#include "backends/backend.h"
#include "backends/reply.h"
#include "backends/worker.h"

#define REMOTE_STARTS 3
#define REMOTE_FACES 64                       /* of an image, where all are wanted */
#define REMOTE_PIXELS ((size_t)256 << 20)     /* bytes a call, unless one image has more */

struct remote {
    char **argv;
    const char *const *option_names;  /* misid's own of this kind */
    double deadline;                  /* seconds an image */
    double start_deadline;
    struct worker_bounds bounds;
    bool original;                    /* paths are those of the data set's files */
    struct reply_hello hello;
    struct reply_info info;
    struct setting *settings;         /* of the program's own options */
    size_t n_settings;
    _Atomic(struct worker *) spare;   /* opened, for the first session */
};

struct remote_session {
    struct worker *worker;            /* NULL: to be started */
    uint64_t id;                      /* of the last request */
    uint64_t generation;              /* of workers, from 1 */
    bool used;                        /* this one was called before */
    size_t enrolled[64];              /* by gallery of this generation; 0: none */
    struct text line, why;
    size_t troubles;                  /* calls and answers that were not as they should … */
    struct text trouble;              /* … and the last of them, in words */
};

/* What became of one call. */
enum remote_outcome {
    REMOTE_DONE,
    REMOTE_SAID_NO,  /* the program says that the call failed; it runs on */
    REMOTE_BROKE,    /* breach of the protocol */
    REMOTE_ENDED, REMOTE_LATE,
    REMOTE_FAILED,   /* nothing can be called any more; err has it */
};

/* Starts the program `r` and learns what it is; fills `b`. `given` are settings as in
 * the spec; `options` are misid's own of this kind. */
int remote_open(struct backend *b, struct remote *r, const struct backend_option *options,
                const struct setting *given, size_t n, struct err *err);

/* A further worker, opened; NULL with err. */
struct worker *remote_start(struct backend *b, uint64_t *id, struct err *err);

/* Inside src/backends: a worker for the session, started if need be; 0 or negative. */
int remote_ready(struct session *s, struct err *err);
/* Sends s->line (of the request s->id) to it. Where there is no answer the worker is
 * gone, and `why` of the session says how. */
enum remote_outcome remote_call(struct session *s, double seconds, const char **answer,
                                size_t *len);
/* Counts what `why` says among the troubles. */
void remote_note(struct remote_session *s);
/* What a reply leads to; a breach ends the worker. */
enum remote_outcome remote_judge(struct session *s, enum reply reply);

/* For checks.h: whether a backend is one of these, and the end of a session's worker;
 * false, and how it ended, if not as it should. */
bool remote_is(const struct backend *b);
bool remote_part(struct session *s, struct text *how);

int remote_process(struct session *s, unsigned want, const struct view *views, size_t n,
                   struct answer *answers, struct err *err);
int remote_compare(struct session *s, const void *const *a, const size_t *a_len,
                   const void *const *b, const size_t *b_len, size_t n, double *scores,
                   struct err *err);
int remote_enroll(struct session *s, const void *const *templates, const size_t *len,
                  size_t n, uint64_t *gallery, struct err *err);
long remote_search(struct session *s, uint64_t gallery, const void *probe, size_t len,
                   struct backend_candidate *to, size_t cap, struct err *err);
void remote_drop(struct session *s, uint64_t gallery);

#endif
