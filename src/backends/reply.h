/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reply: what a worker answered, read from its line and held against the request;
 * misid-backend(7) has the protocol. Inside src/backends only.
 *
 * Nothing that is not as the protocol says is believed: then the outcome is
 * REPLY_BREACH and `why` says what is wrong. Texts are those of the arena that was
 * given. Threads: any.
 */
#ifndef BACKENDS_REPLY_H
#define BACKENDS_REPLY_H

#include <stddef.h>
#include <stdint.h>

#include "backends/backend.h"
#include "backends/request.h"

#define REPLY_LABEL_MAX 255  /* bytes of a label or the value of an attribute */
#define REPLY_NAME_MAX 63    /* … of the name of an attribute */
#define REPLY_REASON_MAX 1023
#define REPLY_TEMPLATE_MAX ((size_t)16 << 20)

enum reply {
    REPLY_OK,
    REPLY_ERROR,   /* it says that the call failed; `why` holds its words */
    REPLY_BREACH,
};

enum reply_pixels { REPLY_MEMORY, REPLY_PPM, REPLY_PNG };

struct reply_hello {
    const char *name, *version, *about;
    unsigned capabilities;
    enum reply_pixels pixels;
    struct backend_option *options; /* ends with name == NULL */
    size_t n_options;
};

struct reply_info {
    const char *about;              /* NULL: as in hello */
    unsigned capabilities;
    uint32_t dimension, template_bytes, batch;
    enum similarity similarity;
    bool own_scores, distance;
    double low, high;
    double *native;
    size_t n_native;
    const char **files;
    size_t n_files;
};

/* What was asked for, so that answers can be held against it. */
struct reply_asked {
    unsigned want;
    size_t faces;
    uint32_t dimension, template_bytes;
    const uint8_t *shared;
};

enum reply reply_hello(const char *line, size_t len, uint64_t id, struct arena *arena,
                       struct reply_hello *to, struct text *why);
/* `hello` is what it said before. */
enum reply reply_open(const char *line, size_t len, uint64_t id, struct arena *arena,
                      const struct reply_hello *hello, struct reply_info *to,
                      struct text *why);
/* An answer an image. One that breaks the protocol by itself becomes the status
 * `error`, with what is wrong as its reason and in `why`; *breaches counts them. */
enum reply reply_process(const char *line, size_t len, uint64_t id,
                         const struct reply_asked *asked,
                         const struct request_image *images, size_t n,
                         struct answer *answers, size_t *breaches, struct text *why);
enum reply reply_compare(const char *line, size_t len, uint64_t id, double *scores,
                         size_t n, struct text *why);
enum reply reply_enroll(const char *line, size_t len, uint64_t id, uint64_t *gallery,
                        struct text *why);
/* *n candidates, at most `cap`; places are below `enrolled`. */
enum reply reply_search(const char *line, size_t len, uint64_t id,
                        struct backend_candidate *to, size_t cap, size_t enrolled,
                        size_t *n, struct text *why);
/* That the call is done: of drop and close. */
enum reply reply_done(const char *line, size_t len, uint64_t id, struct text *why);

#endif
