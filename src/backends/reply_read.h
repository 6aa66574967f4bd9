/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reply_read: members of an answer, each read with what it must be. Inside
 * src/backends only: reply.h has the calls.
 *
 * All return false, with what is wrong in `why`, where a value is not as it must be.
 */
#ifndef BACKENDS_REPLY_READ_H
#define BACKENDS_REPLY_READ_H

#include "backends/reply.h"
#include "base/json_read.h"

/* Opens the line: REPLY_OK and an object whose id is `id`, which json_doc_release()
 * frees; nothing to free otherwise. */
enum reply reply_begin(struct json_doc *doc, const char *line, size_t len, uint64_t id,
                       struct text *why);

bool reply_bad(struct text *why, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* A text of at most `most` bytes without controls; absent: "" unless `needed`. */
bool reply_text(const struct json_value *map, const char *key, size_t most, bool needed,
                struct arena *arena, const char **to, struct text *why);
/* Words for people: as much of them as fits REPLY_REASON_MAX, in one line; absent: "". */
bool reply_words(const struct json_value *map, const char *key, struct arena *arena,
                 const char **to, struct text *why);
/* A number in a range; absent or null: NaN. */
bool reply_number(const struct json_value *map, const char *key, double low, double high,
                  double *to, struct text *why);
/* A whole number from 0; absent: 0. */
bool reply_whole(const struct json_value *map, const char *key, uint64_t most,
                 uint64_t *to, struct text *why);
/* The list of that name; absent: *n is 0. */
bool reply_list(const struct json_value *map, const char *key, size_t most,
                const struct json_value **list, size_t *n, struct text *why);
/* Names of capabilities; absent: *to stays. */
bool reply_capabilities(const struct json_value *map, unsigned *to, struct text *why);

#endif
