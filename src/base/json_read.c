/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/json_read.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"

static json_t *of(const struct json_value *v)
{
    return (json_t *)v;
}

static const struct json_value *as(const json_t *v)
{
    return (const struct json_value *)v;
}

int json_doc_parse(struct json_doc *doc, const char *data, size_t len, const char *path,
                   struct err *err)
{
    json_error_t e;
    json_t *root = json_loadb(data, len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &e);

    doc->root = (struct json_value *)root;
    if (root)
        return 0;
    return err_add(err, ERR_INPUT, "%s:%d: column %d: %s", path, e.line > 0 ? e.line : 1,
                   e.column > 0 ? e.column : 1, e.text);
}

int json_doc_load(struct json_doc *doc, const char *path, size_t max, struct err *err)
{
    char *data;
    size_t n;
    int code = file_read(path, max, &data, &n, err);

    doc->root = NULL;
    if (code)
        return code;
    size_t mark = n >= 3 && !memcmp(data, "\xEF\xBB\xBF", 3) ? 3 : 0;
    code = json_doc_parse(doc, data + mark, n - mark, path, err);
    free(data);
    return code;
}

void json_doc_release(struct json_doc *doc)
{
    json_decref(of(doc->root));
    doc->root = NULL;
}

enum json_kind json_kind(const struct json_value *v)
{
    switch (json_typeof(of(v))) {
    case JSON_OBJECT: return JSON_KIND_MAP;
    case JSON_ARRAY: return JSON_KIND_LIST;
    case JSON_NULL: return JSON_KIND_NULL;
    default: return JSON_KIND_SCALAR;
    }
}

void json_add_text(const struct json_value *v, struct text *to)
{
    char buf[NUM_MAX];

    switch (json_typeof(of(v))) {
    case JSON_STRING: text_add(to, json_string_value(of(v))); break;
    case JSON_INTEGER: text_addf(to, "%lld", (long long)json_integer_value(of(v))); break;
    case JSON_REAL: text_add(to, num_shortest(buf, json_real_value(of(v)))); break;
    case JSON_TRUE: text_add(to, "true"); break;
    case JSON_FALSE: text_add(to, "false"); break;
    default: break;
    }
}

const char *json_get_string(const struct json_value *v)
{
    return json_string_value(of(v));
}

bool json_get_number(const struct json_value *v, double *to)
{
    if (!json_is_number(of(v)))
        return false;
    *to = json_number_value(of(v));
    return true;
}

bool json_get_int(const struct json_value *v, int64_t *to)
{
    if (!json_is_integer(of(v)))
        return false;
    *to = json_integer_value(of(v));
    return true;
}

bool json_get_bool(const struct json_value *v, bool *to)
{
    if (!json_is_boolean(of(v)))
        return false;
    *to = json_is_true(of(v));
    return true;
}

size_t json_list_size(const struct json_value *v)
{
    return json_array_size(of(v));
}

const struct json_value *json_list_item(const struct json_value *v, size_t i)
{
    return as(json_array_get(of(v), i));
}

const struct json_value *json_member(const struct json_value *v, const char *key)
{
    return as(json_object_get(of(v), key));
}

struct json_members json_members(const struct json_value *map)
{
    return (struct json_members){ .map = map };
}

bool json_members_next(struct json_members *m)
{
    m->at = m->key ? json_object_iter_next(of(m->map), m->at) : json_object_iter(of(m->map));
    if (!m->at)
        return false;
    m->key = json_object_iter_key(m->at);
    m->value = as(json_object_iter_value(m->at));
    return true;
}
