/* SPDX-License-Identifier: 0BSD */
/*
 * serve: answers the requests of misid-backend(7) with the functions of one plug-in.
 *
 * Ownership: server_release(). Threads: one.
 */
#ifndef HOST_SERVE_H
#define HOST_SERVE_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "host/memory.h"
#include "host/plugin.h"
#include "host/room.h"

#define SERVE_PROTOCOL 1
#define SERVE_GALLERIES 64
#define SERVE_IMAGES 4096    /* of a call */
#define SERVE_FACES 128      /* of an image */
#define SERVE_TEMPLATE ((size_t)16 << 20) /* bytes of a template */
#define SERVE_PAIRS ((size_t)1 << 20)     /* and templates, of a call */

struct server {
    const char *path;               /* of the plug-in; NULL: `plugin` is taken already */
    struct plugin plugin;
    struct memory memory;
    void *self;                     /* the instance, once it is opened */
    uint32_t capabilities;
    size_t template_bytes;
    struct room room;
    void *galleries[SERVE_GALLERIES];
    struct room_reason why;
    struct misid_text why_text;
    int closed;                     /* `close` was asked for */
};

void server_release(struct server *s);

/* The answer to one line; never NULL unless there is no memory. */
json_t *serve_line(struct server *s, const char *line, size_t len);

/* Inside src/host: an error as the answer; an empty `why` for the plug-in, which
 * serve_failed() looks at. */
json_t *serve_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
struct misid_text *serve_why(struct server *s);
json_t *serve_failed(struct server *s, const char *call);

json_t *serve_process(struct server *s, const json_t *request);
json_t *serve_compare(struct server *s, const json_t *request);
json_t *serve_enroll(struct server *s, const json_t *request);
json_t *serve_search(struct server *s, const json_t *request);
json_t *serve_drop(struct server *s, const json_t *request);

#endif
