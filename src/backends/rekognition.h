/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rekognition: what the two halves of that backend have between them: rekognition.c
 * (faces, pairs) and rekognition_gallery.c (collections).
 *
 * Threads: any; `lock` guards the collections.
 */
#ifndef BACKENDS_REKOGNITION_H
#define BACKENDS_REKOGNITION_H

#include <pthread.h>

#include "backends/cloud.h"

#define REKOGNITION_FOUND 4096 /* matches that a search gives at most */

struct collection {
    char *id;                  /* NULL: it was dropped */
    size_t n;                  /* enrolled */
};

struct rekognition {
    struct cloud *cloud;
    const char *filter;
    pthread_mutex_t lock;
    struct collection *collections;
    size_t n, cap;
};

extern const struct cloud_limits rekognition_limits;

/* An initialised request for an operation. */
void rekognition_ask(struct cloud_request *r, const struct rekognition *s,
                     const char *operation);
/* The outcome of a sample from an answer that is an error. */
void rekognition_fail_as(const struct cloud_answer *from, struct answer *a);

/* DeleteCollection; one that is not there is deleted. */
int rekognition_delete(struct backend *b, const char *id, struct err *err);
int rekognition_enroll(struct session *session, const void *const *templates,
                       const size_t *len, size_t n, uint64_t *gallery, struct err *err);
long rekognition_search(struct session *session, uint64_t gallery, const void *probe,
                        size_t len, struct backend_candidate *to, size_t cap,
                        struct err *err);
void rekognition_drop(struct session *session, uint64_t gallery);

#endif
