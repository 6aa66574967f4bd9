/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * json_read: other people's JSON, read by jansson. What misid itself writes is
 * read back through base/yaml.h, which knows lines; this is for large files.
 *
 * A value is walked as a tree: an object's members in the order of the file.
 * Refused: ill-formed text, a key said twice in one object, NUL in a string,
 * files past `max` bytes, nesting past jansson's 2048 levels.
 *
 * Ownership: the document owns its values; json_doc_release(). Threads: one a
 * document.
 */
#ifndef BASE_JSON_READ_H
#define BASE_JSON_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/text.h"

enum json_kind { JSON_KIND_NULL, JSON_KIND_SCALAR, JSON_KIND_LIST, JSON_KIND_MAP };

struct json_value; /* a value of the document */
struct json_doc {
    struct json_value *root;
};

int json_doc_load(struct json_doc *doc, const char *path, size_t max, struct err *err);
int json_doc_parse(struct json_doc *doc, const char *data, size_t len, const char *path,
                   struct err *err);
void json_doc_release(struct json_doc *doc);

enum json_kind json_kind(const struct json_value *v);
/* Adds a scalar's text: a string as it is, a number as num_shortest() writes it
 * (whole numbers in full), true or false. */
void json_add_text(const struct json_value *v, struct text *to);
/* What a value of just this kind holds; NULL or false if it is of another, as if there
 * is no value (NULL). A whole number is a number too. */
const char *json_get_string(const struct json_value *v);
bool json_get_number(const struct json_value *v, double *to);
bool json_get_int(const struct json_value *v, int64_t *to);
bool json_get_bool(const struct json_value *v, bool *to);

size_t json_list_size(const struct json_value *v);
const struct json_value *json_list_item(const struct json_value *v, size_t i);
const struct json_value *json_member(const struct json_value *v, const char *key);

/* for (struct json_members m = json_members(v); json_members_next(&m);) … m.key */
struct json_members {
    const struct json_value *map, *value;
    const char *key;
    void *at;
};
struct json_members json_members(const struct json_value *map);
bool json_members_next(struct json_members *m);

#endif
