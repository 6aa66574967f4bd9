/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cassette: every request to a service and every answer, in one file of JSON Lines, each
 * line tied to the one before by its hash; misid-formats(5) has the members.
 *
 * A line is {"hash":"H","prev":"P",REST with P the H of the line before (64 zeros in the
 * first) and H the SHA-256 of P and REST, REST being all bytes behind the second comma
 * up to the line's end. So a line that is altered, taken out, added or moved breaks the
 * chain at that place; only lines taken away from the end do not, which is why records
 * name the last hash.
 *
 * Lines are appended one write() each and synced at intervals. What a kill left of a
 * line is cut off when the file is next appended to, and passed over when it is replayed.
 *
 * Ownership: cassette_close(). Threads: appending and finding from any, at the same time.
 * Fails when: the file cannot be read or written, another misid appends to it, it is no
 * cassette, or its chain is broken (with the line); a line longer than CASSETTE_LINE.
 */
#ifndef BACKENDS_CASSETTE_H
#define BACKENDS_CASSETTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/hash.h"
#include "base/text.h"

#define CASSETTE_FORMAT 1
#define CASSETTE_LINE ((size_t)64 << 20)
#define CASSETTE_NAME "cassette.jsonl"

struct cassette;

/* What became of a request on a line. */
enum cassette_as {
    CASSETTE_ANSWER,           /* "answer": it is the answer */
    CASSETTE_OUTCOME,          /* "outcome": given up, or refused for good */
    CASSETTE_TRY               /* "try": it was sent again */
};
extern const char *const cassette_as_names[];

/* Opens a file for appending, made if need be; `note` gets a line if a torn one was
 * cut. */
int cassette_append_to(struct cassette **c, const char *path, struct text *note,
                       struct err *err);
int cassette_replay_from(struct cassette **c, const char *path, struct err *err);
/* What was written is on disk; also at its end. */
int cassette_sync(struct cassette *c, struct err *err);
int cassette_close(struct cassette *c, struct err *err);

/* Appends REST, a JSON object {…} on one line that holds neither hash nor prev. With
 * `request` (the SHA-256 of one) it can be found from now on. */
int cassette_add(struct cassette *c, const struct text *object, const char *request,
                 enum cassette_as as, struct err *err);

/* Where an answer may come from. */
enum cassette_reach {
    CASSETTE_ANY,              /* answers and outcomes: the last; for a replay */
    CASSETTE_ANSWERS,          /* answers only */
    CASSETTE_OURS              /* answers that were appended since it was opened */
};
/* Replaces `line`; false: there is none. */
bool cassette_find(struct cassette *c, const char *request, enum cassette_reach reach,
                   struct text *line);

struct cassette_sum {
    size_t lines;
    size_t requests, answers, outcomes, tries; /* requests: different ones */
    char last[HASH_HEX];       /* the H of the last line; zeros if there is none */
    size_t torn;               /* bytes of a last line that is not whole */
};
void cassette_take_sum(struct cassette *c, struct cassette_sum *sum);
/* Reads a whole file; fails where its chain is broken. */
int cassette_verify(const char *path, struct cassette_sum *sum, struct err *err);
/* Calls `see` with each whole line; stops where it gives false. */
int cassette_walk(const char *path, bool (*see)(void *arg, size_t n, const char *line,
                                                size_t len), void *arg, struct err *err);

#endif
