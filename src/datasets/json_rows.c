/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * JSON as rows: an object's members, or a list's items, are a row each; or, with
 * `lists`, every string in the named lists of such a member is. The fields of a
 * row are the scalars of its member, those in objects inside it by a dotted name
 * (`label.age`); the member's key; and for a row from a list its `item` and what
 * the list is called (`list`).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/csv.h"
#include "base/dict.h"
#include "base/json_read.h"
#include "datasets/source.h"

#define FIELDS_MAX 4096
#define NESTING_MAX 16

struct rows {
    const struct source_file *f;
    const struct sink *sink;
    struct dict fields;
    struct text *values;   /* a field */
    size_t known;          /* of `values` */
    struct text name;      /* dotted, while going down */
    struct dict taken;     /* items of the entry in hand, `before` of them from its */
    size_t before;         /* earlier lists */
};

static int go_down(struct rows *r, const struct json_value *v, size_t depth,
                   struct err *err);

/* One member: a scalar is a field. */
static int take_member(struct rows *r, const char *key, const struct json_value *v,
                       size_t depth, struct err *err)
{
    size_t before = r->name.len;
    int code = 0;

    if (json_kind(v) == JSON_KIND_LIST || json_kind(v) == JSON_KIND_NULL)
        return 0;
    if (before)
        text_addch(&r->name, '.');
    text_add(&r->name, key);
    if (json_kind(v) == JSON_KIND_MAP) {
        code = go_down(r, v, depth + 1, err);
    } else {
        uint32_t field = dict_add(&r->fields, r->name.s, NULL);
        if (field >= FIELDS_MAX)
            code = err_add(err, ERR_LIMIT, "%s: more than %d fields", r->f->path,
                           FIELDS_MAX);
        else if (field < r->known)
            json_add_text(v, &r->values[field]);
    }
    r->name.len = before;
    if (r->name.cap)
        r->name.s[before] = '\0';
    return code;
}

static int go_down(struct rows *r, const struct json_value *v, size_t depth,
                   struct err *err)
{
    int code = 0;

    if (depth > NESTING_MAX)
        return err_add(err, ERR_LIMIT, "%s: objects nest deeper than %d", r->f->path,
                       NESTING_MAX);
    for (struct json_members m = json_members(v); !code && json_members_next(&m);)
        code = take_member(r, m.key, m.value, depth, err);
    return code;
}

static int hand_on(struct rows *r, const char **cells, struct err *err)
{
    const struct record record = { cells, r->known, r->f->file, 0, 0, NULL };

    for (size_t i = 0; i < r->known; i++)
        cells[i] = r->values[i].s;
    int code = r->sink->row(r->sink->arg, &record, err);
    return code < 0 ? code : 0;
}

/* The rows of one list of a member. */
static int take_list(struct rows *r, size_t at, const char *key,
                     const struct json_value *member, const char **cells, struct err *err)
{
    const struct source *s = r->f->source;
    const struct json_value *list = json_member(member, s->lists[at].member);
    int code = 0;

    if (!list || json_kind(list) == JSON_KIND_NULL)
        return 0;
    if (json_kind(list) != JSON_KIND_LIST)
        return err_add(err, ERR_INPUT, "%s: %s.%s is no list, expected a list of files",
                       r->f->path, key, s->lists[at].member);
    for (size_t i = 0; !code && i < json_list_size(list); i++) {
        const struct json_value *item = json_list_item(list, i);
        bool fresh;
        if (json_kind(item) != JSON_KIND_SCALAR)
            return err_add(err, ERR_INPUT, "%s: %s.%s[%zu] is no string, expected the name "
                           "of a file", r->f->path, key, s->lists[at].member, i);
        text_reset(&r->values[1]);
        json_add_text(item, &r->values[1]);
        /* one list may hold what is also in another: the first that does counts */
        if (dict_add(&r->taken, r->values[1].s, &fresh) < r->before && !fresh)
            continue;
        text_reset(&r->values[2]);
        text_add(&r->values[2], s->lists[at].value);
        code = hand_on(r, cells, err);
    }
    return code;
}

/* All there is under one key; while the fields are still being collected
 * (`cells` NULL) only their names. */
static int take_entry(struct rows *r, const char *key, const struct json_value *v,
                      const char **cells, struct err *err)
{
    const struct source *s = r->f->source;

    if (json_kind(v) != JSON_KIND_MAP)
        return err_add(err, ERR_INPUT, "%s: %s is no object, expected one with a row's "
                       "fields", r->f->path, key);
    for (size_t i = 0; i < r->known; i++)
        text_reset(&r->values[i]);
    int code = go_down(r, v, 0, err);
    if (code || !cells)
        return code;
    text_reset(&r->values[0]);
    text_add(&r->values[0], key);
    if (!s->n_lists)
        return hand_on(r, cells, err);
    for (size_t i = 0; i < s->n_lists && !code; i++) {
        r->before = r->taken.n;
        code = take_list(r, i, key, v, cells, err);
    }
    dict_release(&r->taken);
    return code;
}

static int take_all(struct rows *r, const struct json_value *root, const char **cells,
                    struct err *err)
{
    char key[NUM_MAX];
    int code = 0;

    if (json_kind(root) == JSON_KIND_MAP) {
        for (struct json_members m = json_members(root); !code && json_members_next(&m);)
            code = take_entry(r, m.key, m.value, cells, err);
    } else if (json_kind(root) == JSON_KIND_LIST) {
        for (size_t i = 0; !code && i < json_list_size(root); i++) {
            snprintf(key, sizeof key, "%zu", i + 1);
            code = take_entry(r, key, json_list_item(root, i), cells, err);
        }
    } else {
        code = err_add(err, ERR_INPUT, "%s: expected an object or a list", r->f->path);
    }
    return code;
}

int json_rows_read(const struct source_file *f, const struct sink *sink, struct err *err)
{
    struct rows r = { .f = f, .sink = sink, .name = TEXT_INIT };
    const char **cells = NULL;
    struct json_doc doc;
    int code = json_doc_load(&doc, f->path, CSV_MAX_BYTES, err);

    if (code)
        return code;
    dict_add(&r.fields, f->source->key, NULL);
    dict_add(&r.fields, f->source->n_lists ? "item" : "", NULL);
    dict_add(&r.fields, f->source->n_lists ? "list" : " ", NULL);
    code = take_all(&r, doc.root, NULL, err);
    if (!code) {
        r.known = r.fields.n;
        r.values = mem_array(r.known, sizeof *r.values);
        cells = mem_array(r.known, sizeof *cells);
        for (size_t i = 0; i < r.known; i++) {
            text_init(&r.values[i]);
            cells[i] = dict_at(&r.fields, (uint32_t)i);
        }
        const char **names = mem_array(r.known, sizeof *names);
        memcpy(names, cells, r.known * sizeof *names);
        code = sink->names(sink->arg, names, r.known, f->file, 1, err);
        if (code >= 0)
            code = take_all(&r, doc.root, cells, err);
        free(names);
    }
    for (size_t i = 0; i < r.known; i++)
        text_release(&r.values[i]);
    free(r.values);
    free(cells);
    text_release(&r.name);
    dict_release(&r.fields);
    json_doc_release(&doc);
    return code;
}
