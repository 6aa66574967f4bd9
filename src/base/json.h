/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * json: writing JSON whose numbers are misid's: the shortest text that reads
 * back the same (which is why no library's writer is used; misid reads its own
 * JSON back through base/yaml.h, JSON being a part of YAML).
 *
 *     struct json_out w = json_out(&text);
 *     json_map(&w, NULL); json_string(&w, "study", s); json_end(&w);
 *
 * The writer indents by two blanks (`compact` does not), escapes as RFC 8259
 * asks, writes NaN and infinities as null, and asserts that begins and ends
 * match. `key` is NULL inside a list and at the top.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

#define JSON_MAX_DEPTH 32

struct json_out {
    struct text *to;
    bool compact;
    int depth;
    bool is_map[JSON_MAX_DEPTH], any[JSON_MAX_DEPTH];
};

struct json_out json_out(struct text *to);
void json_map(struct json_out *w, const char *key);
void json_list(struct json_out *w, const char *key);
void json_end(struct json_out *w); /* of the innermost map or list */
void json_string(struct json_out *w, const char *key, const char *s); /* NULL: null */
void json_number(struct json_out *w, const char *key, double v);
void json_int(struct json_out *w, const char *key, int64_t v);
void json_bool(struct json_out *w, const char *key, bool v);

#endif
