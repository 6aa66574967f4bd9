/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * vendor_cloud: between the parsers of vendors' answers (vendor.h) and the client that
 * all services share (cloud.h), for services that give a face a name of their own, good
 * for some hours: Azure's faceId, the face_token of Face++. Inside src/backends only.
 *
 * A template is a picture and a box (cloud_template_make()), never such a name: names
 * end, pictures do not. A name is asked for when it is needed, by the request that the
 * picture was detected with, so that it costs nothing where the cassette has its answer.
 *
 * A name that has ended is asked for anew with the next `generation`, a number that makes
 * it another request. Every comparison begins with generation 0 and goes on where the
 * service says that a name is gone, so that a replay takes the same way.
 *
 * Threads: any number. Ownership: vendor_names_release().
 */
#ifndef BACKENDS_VENDOR_CLOUD_H
#define BACKENDS_VENDOR_CLOUD_H

#include <pthread.h>

#include "backends/cloud.h"
#include "backends/vendor.h"
#include "base/dict.h"

#define VENDOR_GENERATIONS 3 /* in which a name is asked for */
#define VENDOR_CHUNK 64      /* requests an exchange */

typedef char vendor_id[VENDOR_ID_MAX + 1];

struct vendor_reply vendor_reply_of(const struct cloud_answer *a);
/* For cloud_service.judge: `read` is the parser of calls that answer nothing. */
enum cloud_verdict vendor_judge(enum vendor_outcome (*read)(const struct vendor_reply *r,
                                                            struct vendor_said *said),
                                const struct cloud_answer *a, struct text *why);
/* For cloud_asking.read: what `read` makes of an answer, without templates. */
void vendor_read_faces(enum vendor_outcome (*read)(const struct vendor_reply *r,
                                                   struct answer *to,
                                                   struct vendor_said *said),
                       const struct cloud_answer *from, struct answer *a);

/* Sends one request, and reads an answer that holds nothing further; releases it. Fails
 * with `what` and the service's words where it does not do it. `allowed`: an outcome that
 * is as good as VENDOR_OK. 1: that is what it was. In a dry run all is well. */
int vendor_do(struct backend *b, struct cloud *c, struct cloud_request *r,
              enum vendor_outcome (*read)(const struct vendor_reply *r,
                                          struct vendor_said *said),
              enum vendor_outcome allowed, const char *what, struct err *err);
/* A line on a call of which nothing came. */
int vendor_fail(const struct backend *b, const struct cloud_answer *a,
                const struct vendor_said *said, const char *what, struct err *err);

/* How one backend asks. */
struct vendor_names {
    struct backend *b;
    struct cloud *cloud;
    struct cloud_limits limits;
    /* Makes the request that gives the names of the picture's faces. */
    void (*ask)(struct backend *b, const struct cloud_image *im, unsigned generation,
                struct cloud_request *r);
    /* Faces whose templates are their names. */
    enum vendor_outcome (*read)(const struct vendor_reply *r, struct answer *to,
                                struct vendor_said *said);
    /* Makes the request that compares two, and reads its score. */
    void (*ask_pair)(struct backend *b, const char *one, const char *other,
                     struct cloud_request *r);
    enum vendor_outcome (*read_pair)(struct backend *b, const struct vendor_reply *r,
                                     double *score, struct vendor_said *said);
    pthread_mutex_t lock;      /* of what follows */
    struct dict known;         /* generation and template; and beside it … */
    vendor_id *names;          /* … the name, "" : it has none */
    size_t cap;
};
void vendor_names_init(struct vendor_names *v, struct backend *b, struct cloud *cloud);
void vendor_names_release(struct vendor_names *v);

/* The names of n templates in a generation; "" where there is no such face any more. */
int vendor_names_get(struct vendor_names *v, const void *const *templates,
                     const size_t *len, size_t n, unsigned generation, vendor_id *to,
                     struct err *err);
/* Calls `once` with a name of the template, in one generation after the other while it
 * says that the name is *gone. Its result, or negative; a dry run has none: 0. */
long vendor_names_try(struct vendor_names *v, const void *template, size_t len,
                      long (*once)(void *arg, const char *name, bool *gone,
                                   struct err *err),
                      void *arg, struct err *err);
/* As backend's compare(). */
int vendor_names_compare(struct vendor_names *v, const void *const *a, const size_t *a_len,
                         const void *const *b, const size_t *b_len, size_t n,
                         double *scores, struct err *err);

#endif
