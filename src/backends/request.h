/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * request: the lines that misid sends to a worker; misid-backend(7) has the protocol.
 * Inside src/backends only. Each function appends one line without its end.
 */
#ifndef BACKENDS_REQUEST_H
#define BACKENDS_REQUEST_H

#include <stddef.h>
#include <stdint.h>

#include "backends/backend.h"

#define PROTOCOL 1

/* A part of the shared memory. */
struct span {
    size_t at, len;
};

struct request_image {
    const struct view *view;
    struct span pixels;       /* rows without gaps; len 0: the program gets a path */
    const char *path;
    struct span templates;    /* room for those of its faces; len 0: none */
};

struct request_templates {    /* of compare, enroll and search */
    const struct span *items;
    size_t n;
    const uint32_t (*pairs)[2];
    size_t n_pairs;
    uint64_t gallery;         /* of search */
    size_t most;              /* candidates */
};

void request_hello(struct text *to, uint64_t id);
void request_open(struct text *to, uint64_t id, const struct setting *settings, size_t n);
void request_process(struct text *to, uint64_t id, unsigned want, size_t faces,
                     size_t memory, const struct request_image *images, size_t n);
/* `call` is "compare", "enroll" or "search". */
void request_templates(struct text *to, uint64_t id, const char *call, size_t memory,
                       const struct request_templates *t);
void request_drop(struct text *to, uint64_t id, uint64_t gallery);
void request_close(struct text *to, uint64_t id);

#endif
