/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cloud_parts: what the parts of the client have between them. Only cloud*.c may include
 * this.
 *
 * One thread, the sender, holds every connection (cloud_send.c); exchanges put calls
 * into its queue and wait. `lock` guards everything below it.
 */
#ifndef BACKENDS_CLOUD_PARTS_H
#define BACKENDS_CLOUD_PARTS_H

#include <pthread.h>
#include <signal.h>

#include "backends/cassette.h"
#include "backends/cloud.h"
#include "backends/cloud_keys.h"
#include "base/dict.h"
#include "base/json_read.h"

#define NANO 1e9               /* money is in whole nanodollars */

struct party {                 /* the calls of one exchange */
    size_t left;
    pthread_cond_t done;
};

struct transfer;               /* cloud_send.c's */
struct call {
    struct cloud_request *request;
    struct cloud_answer *answer;
    struct party *party;
    char hash[HASH_HEX];
    struct text shown;         /* the request as the cassette has it */
    char *body;
    size_t body_len;
    unsigned tries;
    double begun;              /* the first try; 0: none yet */
    double due;                /* not to be sent before */
    int64_t price;
    struct transfer *transfer; /* while it is on its way */
    struct call *next;         /* in a queue */
    struct call *same;         /* others that wait for the answer of this one */
};

struct source {                /* of an image */
    char *path;
    struct text bytes;         /* where there is no path */
};

struct gallery {
    char *name;                /* NULL: it is gone */
    bool removing;
    int fd;                    /* of its line in the journal, locked while we live */
};

struct cloud {
    struct backend *b;
    const struct cloud_service *service;
    const char *endpoint, *region, *ca;
    bool loopback, replay, dry, consent;
    double deadline, timeout, rate;
    int64_t in_flight, most_tries;
    int64_t budget;            /* −1: no bound */
    struct { const char *operation; int64_t price; } prices[CLOUD_PLANNED];
    size_t n_prices;
    struct cloud_keys keys;
    char *cassette_path;

    pthread_mutex_t opening;   /* held while it gets ready */
    bool ready;                /* there are keys and a sender */

    pthread_mutex_t lock;
    struct cassette *cassette;
    pthread_t sender;
    bool sends, closing;       /* the sender runs; it is to end */
    void *multi, *spare[64];   /* cloud_send.c's; handles to be used again */
    size_t n_spare;
    struct call *queue, **queue_end, *flying;
    size_t n_queue, n_flying;
    double next_start, paused_until;
    bool stopped;              /* nothing more is sent but what cleans up */
    bool interrupted;          /* by a signal: nor is what is on its way waited for */
    char *stop_why;
    unsigned lost_in_row, unreached_in_row;
    int64_t spent, calls[CLOUD_PLANNED], n_calls, n_kept, n_retries, dry_calls;
    struct backend_plan planned;
    struct { char *name, *version; } models[4];
    size_t n_models;
    struct dict seen;          /* SHA-256 of images that were taken, and beside it … */
    struct source *sources;    /* … where they come from, by number in the dict */
    size_t sources_cap, held;  /* held: bytes of those that come from no file */
    struct gallery *galleries;
    size_t n_galleries, galleries_cap;
    bool swept;
    pthread_t watcher;         /* of signals */
    bool watches;
    int pipe[2];
};

/* From now on nothing is asked any more; the first reason stays. With the lock held. */
void cloud_stop(struct cloud *c, const char *why);
void cloud_say(const struct cloud *c, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* cloud_request.c: the canonical form and its hash; the body that goes out. */
void call_prepare(struct call *call);
void call_make_body(const struct cloud *c, struct call *call);
void call_release(struct call *call);
/* What a line of a cassette says was answered; false: it is none. */
bool answer_from_line(struct cloud_answer *a, const struct text *line);
void answer_copy(struct cloud_answer *to, const struct cloud_answer *from);
/* Appends a line; with the lock held, unless there is no sender. Stops the client where
 * that fails. */
void cloud_record(struct cloud *c, const struct call *call, enum cassette_as as);
void cloud_record_note(struct cloud *c, const char *note);

/* cloud_money.c: with the lock held. */
int cloud_money_open(struct cloud *c, struct err *err);
int64_t cloud_price_of(const struct cloud *c, const char *operation);
/* Takes the price of a call, or stops the client. */
bool cloud_spend(struct cloud *c, const struct call *call);
void cloud_refund(struct cloud *c, const struct call *call);
void cloud_say_plan(const struct cloud *c);
/* Whether pictures may be uploaded; else why not. */
int cloud_check_consent(const struct cloud *c, struct err *err);
void cloud_add_dollars(struct text *to, int64_t nano);

/* cloud_send.c */
int cloud_send_open(struct cloud *c, struct err *err);
void cloud_send_wake(struct cloud *c);
void cloud_send_close(struct cloud *c);
/* Whether this build's libcurl signs as the services want. */
int cloud_send_check(const struct cloud *c, struct err *err);

/* cloud_gallery.c */
void cloud_gallery_close(struct cloud *c);

#endif
