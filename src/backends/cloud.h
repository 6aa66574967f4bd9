/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cloud: the one client under all backends that are services on the network.
 *
 * A service describes itself (struct cloud_service), makes requests and reads answers;
 * the client does everything else: connections that are used again, at most `in_flight`
 * requests at once and `rate` a second over all sessions, retries with full jitter, the
 * deadlines, the bound on answers, the keys, the money, consent, dry runs, the cassette
 * and its replay, and the galleries that must not stay with the vendor.
 *
 *     static int open_it(struct backend *b, …)
 *         cloud_open(&state->cloud, b, &service, "https://api.example.com", err)
 *     static int process(struct session *s, …)
 *         struct cloud_request r;
 *         cloud_request_init(&r, cloud, "Detect", "POST", "/detect");
 *         cloud_header(&r, "Content-Type", "application/json");
 *         cloud_secret_header(&r, "X-Key", "", "EXAMPLE_KEY");
 *         cloud_text(&r, "{\"image\":\"");
 *         cloud_base64(&r, &image);
 *         cloud_text(&r, "\"}");
 *         cloud_exchange(cloud, &r, &answer, 1, err)
 *
 * A request is known by the SHA-256 of its canonical form: method, URL, headers and
 * body as the cassette shows them, with the hash of each image in its place and without
 * time or secrets (cassette.h). What it was answered once stands in the cassette, and
 * is taken from there instead of asking again, as its effect allows:
 *   CLOUD_PURE     the same answer whenever it is asked: taken, whichever run asked;
 *   CLOUD_GALLERY  it depends on a gallery: taken if this process asked;
 *   CLOUD_ACT      it changes something at the service: always sent.
 * With replay= all answers come from the cassette, the last of each request.
 *
 * An answer is an outcome of the sample, whatever HTTP status it has. What no run can go
 * on with (a key that is refused, the budget, no consent, a request that a cassette does
 * not have, a service that answers nobody) fails the exchange, and every one after it,
 * with the same line.
 *
 * Ownership: requests, answers and images are the caller's, and stay until
 * cloud_exchange() returns. Threads: any number of exchanges at once; the functions of a
 * service are called from a thread of the client's.
 */
#ifndef BACKENDS_CLOUD_H
#define BACKENDS_CLOUD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "backends/backend.h"
#include "base/hash.h"

struct cloud;
struct cloud_request;
struct cloud_answer;

/* --- what a service says of itself --- */

struct cloud_price {           /* the user's assumption, from the vendor's public list */
    const char *operation;
    double usd;                /* a call */
};

#define CLOUD_PLANNED 8
struct cloud_planned {
    const char *operation;
    size_t calls;
};

struct cloud_key {
    const char *name;          /* of the environment variable, or line of keys=FILE */
    bool optional;
};

enum cloud_verdict {
    CLOUD_DONE,                /* this is the answer */
    CLOUD_AGAIN,               /* it may pass: ask again */
    CLOUD_HALT                 /* nothing more can be asked: `why` says it */
};

enum cloud_signing { CLOUD_UNSIGNED, CLOUD_SIGV4 };

struct cloud_service {
    const char *name;          /* of the backend: "rekognition" */
    const char *vendor;        /* "Amazon" */
    const char *api;           /* version of the API that is spoken */
    const struct cloud_key *keys;     /* ends with name == NULL */
    bool one_key;              /* just one of them, which are all optional, must be there */
    const struct cloud_price *prices; /* ends with operation == NULL */
    const char *prices_of;     /* when and where the prices were read: "2026-11, …" */
    enum cloud_signing signing;       /* CLOUD_SIGV4: the keys are the first three */
    const char *signing_name;  /* the service in the signature: "rekognition" */
    /* How many calls of what a plan comes to, at most; fills `to` (up to CLOUD_PLANNED)
     * and gives how many lines. */
    size_t (*plan)(const struct backend *b, const struct backend_plan *p,
                   struct cloud_planned *to);
    /* What an answer means; NULL: cloud_judge(). */
    enum cloud_verdict (*judge)(const struct cloud_answer *a, struct text *why);
    /* Deletes a gallery at the service, by CLOUD_ACT requests with `cleanup` set: 0 also
     * if it is not there. NULL: it makes none. */
    int (*remove)(struct backend *b, const char *gallery, struct err *err);
};

/* The options that every service has besides its own: lines of its table. No answer
 * depends on any but `endpoint`. */
#define CLOUD_OPTIONS                                                                     \
    { "budget", "", "most US dollars to spend; empty: no bound" },                        \
    { "ca", "", "a file of certificates to trust in place of the system's" },             \
    { "cassette", "", "the file that keeps every request and answer (default: "           \
      "cassette.jsonl of the run folder)" },                                              \
    { "consent", "no", "yes: the pictures may be uploaded" },                             \
    { "deadline", "120", "seconds that a request may take, all tries together" },         \
    { "dry-run", "no", "yes: say what would be sent and its price, and send nothing" },   \
    { "endpoint", "", "the service's address, if not the usual: https://… (http:// on "   \
      "this machine only)" },                                                             \
    { "in_flight", "8", "requests at once, 1 to 64" },                                    \
    { "keys", "", "a file of NAME=value lines that only you may read" },                  \
    { "price", "", "US dollars a call, OPERATION:USD with ';' between them" },            \
    { "rate", "0", "requests a second at most; 0: no bound" },                            \
    { "replay", "", "a cassette to take all answers from: nothing is sent" },             \
    { "timeout", "30", "seconds that one try may take" },                                 \
    { "tries", "8", "how often a request is sent before it is given up, 1 to 20" }

/* Fills b's state of the client after backend_settle(): reads the options, keys and
 * prices, and fixes b->version ("API version"), b->batch, b->keep, b->plan and what else
 * the client does for every service; b->cached unless replayed. Keys are read when
 * something is to be sent. `usual` is the address
 * that endpoint= replaces, without a slash at the end. The client is in b's arena and
 * cloud_close() must be called by b->close. Fails on options that make no sense, keys
 * that are not there or lie open, and a cassette that cannot be replayed. */
int cloud_open(struct cloud **c, struct backend *b, const struct cloud_service *service,
               const char *usual, struct err *err);
/* Deletes what galleries are left, ends the cassette and forgets the keys. */
void cloud_close(struct cloud *c);
const char *cloud_endpoint(const struct cloud *c); /* https://host[:port], no slash */
bool cloud_is_replay(const struct cloud *c);
bool cloud_is_dry(const struct cloud *c);
/* NAME of a region or the like that SigV4 signs for; before the first exchange. */
void cloud_set_region(struct cloud *c, const char *region);

/* --- images --- */

struct cloud_limits {          /* of what the service takes */
    size_t max_bytes;
    int min_side, max_side;    /* 0: no bound */
};

/* What goes out for a picture: its file's own bytes if they are a JPEG or PNG within the
 * limits and its pixels were not changed on purpose, else a JPEG of its pixels, made
 * smaller to max_side, at the first quality of 95, 90, 85, 80, 70, 60, 50 that fits. */
struct cloud_image {
    char sha256[HASH_HEX];     /* of the bytes that go out */
    size_t len;
    int width, height;         /* of what goes out */
    const char *encoding;      /* "jpeg", "png" */
    int quality;               /* of a JPEG made here; 0: the file's own bytes */
    struct text bytes;         /* empty when it is replayed from a template */
};
/* False: it cannot go out, and `a` says why (STATUS_REFUSED). */
bool cloud_image_take(struct cloud_image *im, const struct view *v,
                      const struct cloud_limits *limits, struct answer *a);
void cloud_image_release(struct cloud_image *im);

/* A picture as an opaque template, for compare() and enroll(): which bytes it is, the
 * file it came from, and the box of the face that was chosen, in shares of the picture's
 * sides (width 0: none). At most CLOUD_TEMPLATE bytes; a path that does not fit is left
 * out, and known only while this process lasts. */
#define CLOUD_TEMPLATE 1024
void cloud_template_make(struct cloud *c, const struct cloud_image *im, const char *path,
                         const struct box *face, struct arena *arena, const void **bytes,
                         size_t *len);
/* Its image again, for another request: the file is read and must still give the same
 * bytes; in a replay nothing is read. False, and `why`, if it is no such template, or
 * not to be had. The image is to be released. */
bool cloud_template_take(struct cloud *c, const void *bytes, size_t len,
                         const struct cloud_limits *limits, struct cloud_image *im,
                         struct box *face, struct text *why);

/* --- requests --- */

enum cloud_effect { CLOUD_PURE, CLOUD_GALLERY, CLOUD_ACT };

enum cloud_part_kind { CLOUD_TEXT, CLOUD_SECRET, CLOUD_RAW, CLOUD_BASE64 };
struct cloud_part {            /* of a body, one behind the other */
    enum cloud_part_kind kind;
    const char *text;          /* the text; of a secret its key's name */
    const struct cloud_image *image;
};
struct cloud_header {
    const char *name, *value;  /* of a secret: what stands before it, as "Bearer " */
    const char *key;           /* NULL: no secret */
};

#define CLOUD_PARTS 32
#define CLOUD_HEADERS 8
struct cloud_request {
    struct arena arena;
    const char *operation;     /* for prices and people: "DetectFaces" */
    const char *method, *url;
    enum cloud_effect effect;  /* CLOUD_PURE unless set */
    bool cleanup;              /* sent even when all else has been stopped, and free */
    struct cloud_header headers[CLOUD_HEADERS];
    size_t n_headers;
    struct cloud_part parts[CLOUD_PARTS];
    size_t n_parts;
};
/* `path` begins with a slash. */
void cloud_request_init(struct cloud_request *r, const struct cloud *c,
                        const char *operation, const char *method, const char *path);
void cloud_request_release(struct cloud_request *r);
void cloud_header(struct cloud_request *r, const char *name, const char *value);
/* Left out where the key is not there. */
void cloud_secret_header(struct cloud_request *r, const char *name, const char *before,
                         const char *key);
void cloud_text(struct cloud_request *r, const char *text);
void cloud_textf(struct cloud_request *r, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void cloud_secret(struct cloud_request *r, const char *key);
void cloud_raw(struct cloud_request *r, const struct cloud_image *im);
void cloud_base64(struct cloud_request *r, const struct cloud_image *im);

/* --- answers --- */

#define CLOUD_ANSWER_MAX ((size_t)8 << 20) /* bytes of a body that are taken */

enum cloud_outcome {
    CLOUD_ANSWERED,            /* HTTP, whatever its status */
    CLOUD_LATE,                /* no answer within the deadline */
    CLOUD_LOST,                /* none to be had: `why` says it */
    CLOUD_NOT_SENT             /* a dry run */
};

struct cloud_answer {
    struct arena arena;        /* of what it points at */
    enum cloud_outcome outcome;
    long status;               /* 200 … */
    struct setting *headers;   /* as they came */
    size_t n_headers;
    const char *body;          /* with a 0 behind it */
    size_t len;
    const char *why;           /* of LATE and LOST; "" */
    double seconds;            /* of the last try */
    unsigned tries;
    bool kept;                 /* it came from a cassette */
};
void cloud_answer_release(struct cloud_answer *a);
const char *cloud_answer_header(const struct cloud_answer *a, const char *name); /* or NULL */
/* 429, 500, 502, 503, 504: again; 401, 403: halt; else done. */
enum cloud_verdict cloud_judge(const struct cloud_answer *a, struct text *why);
/* For what is not CLOUD_ANSWERED: its status and reason into `to`. */
void cloud_answer_fail(const struct cloud_answer *a, struct answer *to);

/* Sends n requests and waits for all answers (zeroed by the caller; to be released
 * whatever is returned). 0, or negative when the run cannot go on. */
int cloud_exchange(struct cloud *c, struct cloud_request *requests,
                   struct cloud_answer *answers, size_t n, struct err *err);

/* --- the usual process() --- */

struct cloud_asking {
    struct cloud_limits limits;
    /* Fills an initialised request for the view's image. */
    void (*ask)(struct backend *b, unsigned want, const struct cloud_image *im,
                struct cloud_request *r);
    const char *operation, *method, *path;
    /* Reads an answer (CLOUD_ANSWERED) into `a`: all faces, boxes in pixels of the view's
     * picture, templates not. */
    void (*read)(struct backend *b, const struct view *v, const struct cloud_answer *from,
                 struct answer *a);
    bool sent_pixels;          /* boxes are in pixels of what was sent, which may be smaller */
    bool templates;            /* the chosen face gets cloud_template_make()'s */
};
/* Takes the images, asks for each, reads the answers; chooses the face
 * (cloud_choose()), drops the others unless MISID_FACES is wanted, and adds the
 * attribute `sent` ("original" or "jpeg 90"). */
int cloud_process(struct cloud *c, struct session *s, const struct cloud_asking *how,
                  unsigned want, const struct view *views, size_t n,
                  struct answer *answers, struct err *err);
/* Brings the face that is meant to the front: the one that overlaps most with the data
 * set's box, else the largest. False if there is a box and no face meets it. */
bool cloud_choose(struct answer *a, const struct image_place *place);
/* A further attribute of a face, at most MISID_ATTRIBUTES of them. */
void cloud_attribute(struct answer *a, struct face_answer *f, const char *name,
                     const char *value);
void cloud_attribute_number(struct answer *a, struct face_answer *f, const char *name,
                            double value);

/* --- galleries --- */

/* A gallery that was made, or is about to be; and that it is gone. Between the two it
 * stands in the journal (${XDG_STATE_HOME:-~/.local/state}/misid/galleries), and is
 * removed by service->remove at cloud_close(), on SIGINT and SIGTERM, or at the next
 * start. */
int cloud_gallery_made(struct cloud *c, const char *name, struct err *err);
void cloud_gallery_gone(struct cloud *c, const char *name);
/* Removes what processes that are gone have left of this backend; how many, or negative
 * with a line for each that is still there. */
long cloud_sweep(struct backend *b, struct err *err);

/* What the service says of the model it answers with, "FaceModelVersion" "7.0"; that it
 * changes during a run is told at once and kept in the cassette. */
void cloud_model(struct cloud *c, const char *name, const char *version);

#endif
