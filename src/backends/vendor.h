/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * vendor: what the parsers of vendors' answers share. A parser is given an answer as it
 * came over the wire, or out of a recording, and gives what it says; it knows no network,
 * so that what is live and what is replayed are read by the same code. Inside
 * src/backends only: azure_read.h, facepp_read.h, kairos_read.h, ibm_read.h.
 *
 * Members that a service adds in time are passed over; those that are read are what the
 * service documents, or the answer is VENDOR_BREACH and not believed. An answer has at
 * most VENDOR_ANSWER_MAX bytes and VENDOR_DEPTH_MAX levels; nothing of it is parsed
 * before both are known.
 *
 * Classes are "female" and "male", as misid's data sets have them, whatever the case or
 * letter that the service writes. A face that the service gave no class has the label ""
 * and the attribute `class`, "not offered".
 *
 * Ownership: texts of an answer lie in its arena; vendor_said_release(). Threads: any.
 */
#ifndef BACKENDS_VENDOR_H
#define BACKENDS_VENDOR_H

#include <stdbool.h>
#include <stddef.h>

#include "backends/backend.h"
#include "base/json_read.h"

#define VENDOR_ANSWER_MAX ((size_t)4 << 20)
#define VENDOR_DEPTH_MAX 16
#define VENDOR_FACES_MAX 256
#define VENDOR_ID_MAX 128    /* bytes of a name that the service gave a face or person */

struct vendor_reply {
    long http;               /* status code */
    const char *body;
    size_t len;
};

enum vendor_outcome {
    VENDOR_OK,               /* what was asked for */
    VENDOR_SAMPLE,           /* nothing to be had of this image: said.status tells why */
    VENDOR_AGAIN,            /* not now: too many calls, trouble inside the service */
    VENDOR_CLOSED,           /* not with this account: key, permission, money, retired */
    VENDOR_GONE,             /* what the request named is not there, or not any more */
    VENDOR_TAKEN,            /* what was to be made is there already */
    VENDOR_BREACH,           /* not what the service documents */
};

struct vendor_said {         /* beside any outcome but VENDOR_OK */
    enum status status;
    struct text why;         /* in words, the service's own where it has some */
};
#define VENDOR_SAID_INIT { STATUS_OK, TEXT_INIT }
void vendor_said_reset(struct vendor_said *said);
void vendor_said_release(struct vendor_said *said);
/* Sets them; `why` is replaced. Returns `outcome`. */
enum vendor_outcome vendor_say(struct vendor_said *said, enum vendor_outcome outcome,
                               enum status status, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* A face or person of a gallery, as the service names it. */
struct vendor_candidate {
    char id[VENDOR_ID_MAX + 1];
    double score;
};

/* True if no value of the text is deeper than VENDOR_DEPTH_MAX; nothing is built of it. */
bool vendor_is_shallow(const char *s, size_t len);
/* What a status code alone says, for answers that no service wrote (a proxy's page). */
enum vendor_outcome vendor_from_http(const struct vendor_reply *r, struct vendor_said *said);
/* The answer as JSON, to be released; VENDOR_BREACH, and nothing to release, if it is
 * too long, too deep or none. */
enum vendor_outcome vendor_parse(struct json_doc *doc, const struct vendor_reply *r,
                                 struct vendor_said *said);
/* The end of a parser: VENDOR_OK, or VENDOR_BREACH with what `why` holds by now. */
enum vendor_outcome vendor_end(struct json_doc *doc, bool good, struct vendor_said *said);

/* All that follow return false with what is wrong in `why`. */

/* The member of that name, which must be of that kind. */
bool vendor_need(const struct json_value *map, const char *key, enum json_kind kind,
                 const struct json_value **to, struct text *why);
/* A number that must be there. */
bool vendor_need_number(const struct json_value *map, const char *key, double low,
                        double high, double *to, struct text *why);
/* A name that the service gave, which must be there: letters, digits, - and _, so that
 * it may stand in an address. */
bool vendor_need_id(const struct json_value *map, const char *key,
                    char to[VENDOR_ID_MAX + 1], struct text *why);
/* A face's box, in pixels of the picture that was sent. */
bool vendor_need_box(const struct json_value *map, const char *left, const char *top,
                     struct box *to, struct text *why);

/* The text or number `key` of `map` as the attribute `name`; absent or null: nothing. */
bool vendor_add_text(struct answer *a, struct face_answer *f, const char *name,
                     const struct json_value *map, const char *key, struct text *why);
bool vendor_add_number(struct answer *a, struct face_answer *f, const char *name,
                       const struct json_value *map, const char *key, double low,
                       double high, struct text *why);
/* The face's class from the service's word for it; NULL or "": it gave none. */
bool vendor_set_class(struct answer *a, struct face_answer *f, const char *word,
                      struct text *why);

#endif
