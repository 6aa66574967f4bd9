/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/yaml.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A key that was asked for and is not there, so that it can be suggested. */
struct yaml_asked {
    const char *key;
    struct yaml_asked *next;
};

bool yaml_is_null(const struct yaml_node *node)
{
    static const char *const nulls[] = { "", "~", "null", "Null", "NULL" };

    if (node->kind != YAML_SCALAR || node->quoted)
        return false;
    for (size_t i = 0; i < sizeof nulls / sizeof *nulls; i++)
        if (!strcmp(node->text, nulls[i]))
            return true;
    return false;
}

static int key_order(const void *key, const void *slot)
{
    return strcmp(key, ((const struct yaml_slot *)slot)->key);
}

long yaml_find(const struct yaml_node *map, const char *key)
{
    const struct yaml_slot *slot = NULL;

    if (map->n)
        slot = bsearch(key, map->sorted, map->n, sizeof *map->sorted, key_order);
    return slot ? (long)slot->index : -1;
}

/* The path of a node, and of `key` below it unless that is NULL. */
static void add_path(struct text *t, const struct yaml_node *node, const char *key)
{
    const struct yaml_node *chain[YAML_MAX_DEPTH + 2];
    size_t depth = 0;
    char cut[TEXT_CUT];

    for (; node->parent && depth < YAML_MAX_DEPTH + 2; node = node->parent)
        chain[depth++] = node;
    while (depth-- > 0) {
        if (chain[depth]->key)
            text_addf(t, "%s%s", t->len ? "." : "", text_cut(cut, chain[depth]->key));
        else
            text_addf(t, "[%zu]", chain[depth]->index);
    }
    if (key)
        text_addf(t, "%s%s", t->len ? "." : "", text_cut(cut, key));
}

void yaml_add_path(struct text *t, const struct yaml_node *node)
{
    add_path(t, node, NULL);
}

/* Adds the line `origin:line: path: what`. */
static void add_line(struct err *err, const struct yaml_node *node, const char *key,
                     const char *fmt, va_list ap)
{
    struct text t = TEXT_INIT, path = TEXT_INIT;
    size_t line = node->line;
    const char *origin = node->origin;
    long at = key && node->kind == YAML_MAP ? yaml_find(node, key) : -1;

    if (at >= 0) {
        origin = node->items[at]->origin;
        line = node->items[at]->line ? node->key_lines[at] : 0;
    }
    text_add(&t, origin);
    if (line)
        text_addf(&t, ":%zu", line);
    text_add(&t, ": ");
    add_path(&path, node, key);
    if (path.len)
        text_addf(&t, "%s: ", path.s);
    text_addfv(&t, fmt, ap);
    err_add(err, ERR_INPUT, "%s", t.s);
    text_release(&t);
    text_release(&path);
}

int yaml_fault(struct yaml_doc *doc, const struct yaml_node *node,
               const char *key, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    if (err_is_full(doc->err))
        err_add(doc->err, ERR_INPUT, "%s", "");
    else
        add_line(doc->err, node, key, fmt, ap);
    va_end(ap);
    if (!doc->code)
        doc->code = ERR_INPUT;
    return ERR_INPUT;
}

void yaml_ignore(struct yaml_node *node)
{
    if (node)
        node->ignored = true;
}

/* "the text "abc"", "a list": what a value is, for messages. */
#define WHAT_MAX (TEXT_CUT + 16)
static const char *what_is(char buf[WHAT_MAX], const struct yaml_node *node)
{
    char cut[TEXT_CUT];

    if (node->kind == YAML_LIST)
        return "a list";
    if (node->kind == YAML_MAP)
        return "a mapping";
    if (yaml_is_null(node))
        return "empty";
    snprintf(buf, WHAT_MAX, node->quoted ? "the text \"%s\"" : "%s",
             text_cut(cut, node->text));
    return buf;
}

/* A fault at a value: what it is, and that `expected` was. */
static void mismatch(struct yaml_doc *doc, struct yaml_node *node, const char *expected)
{
    char what[WHAT_MAX];

    yaml_fault(doc, node, NULL, "%s, expected %s", what_is(what, node), expected);
    node->ignored = true;
}

static void note_absent(struct yaml_doc *doc, struct yaml_node *map, const char *key)
{
    /* loaders ask for a score of names; what is past this is not worth a look */
    int left = 100;

    for (const struct yaml_asked *a = map->asked; a; a = a->next)
        if (--left == 0 || !strcmp(a->key, key))
            return;
    struct yaml_asked *asked = arena_alloc(&doc->arena, sizeof *asked);
    *asked = (struct yaml_asked){ arena_strdup(&doc->arena, key), map->asked };
    map->asked = asked;
}

/* yaml_get(), saying what is expected where it is missing. */
static struct yaml_node *lookup(struct yaml_doc *doc, struct yaml_node *map,
                                const char *key, bool required, const char *expected)
{
    if (!map)
        return NULL;
    if (map->kind != YAML_MAP) {
        if (!map->ignored)
            mismatch(doc, map, "a mapping");
        return NULL;
    }
    long at = yaml_find(map, key);
    if (at < 0) {
        note_absent(doc, map, key);
        if (required)
            yaml_fault(doc, map, key, "is missing, expected %s", expected);
        return NULL;
    }
    map->known[at] = true;
    if (!yaml_is_null(map->items[at]))
        return map->items[at];
    if (required)
        yaml_fault(doc, map, key, "is empty, expected %s", expected);
    return NULL;
}

struct yaml_node *yaml_get(struct yaml_doc *doc, struct yaml_node *map,
                           const char *key, bool required)
{
    return lookup(doc, map, key, required, "a value");
}

static struct yaml_node *lookup_kind(struct yaml_doc *doc, struct yaml_node *map,
                                     const char *key, bool required,
                                     enum yaml_kind kind, const char *expected)
{
    struct yaml_node *node = lookup(doc, map, key, required, expected);

    if (!node || node->kind == kind)
        return node;
    mismatch(doc, node, expected);
    return NULL;
}

struct yaml_node *yaml_get_list(struct yaml_doc *doc, struct yaml_node *map,
                                const char *key, bool required)
{
    return lookup_kind(doc, map, key, required, YAML_LIST, "a list");
}

struct yaml_node *yaml_get_map(struct yaml_doc *doc, struct yaml_node *map,
                               const char *key, bool required)
{
    return lookup_kind(doc, map, key, required, YAML_MAP, "a mapping");
}

const char *yaml_get_string(struct yaml_doc *doc, struct yaml_node *map,
                            const char *key, const char *otherwise, bool required)
{
    struct yaml_node *node = lookup_kind(doc, map, key, required, YAML_SCALAR, "text");

    return node ? node->text : otherwise;
}

/* "a number from 0 to 1", with what bounds there are. */
#define RANGE_MAX (2 * NUM_MAX + 64)
static const char *range(char buf[RANGE_MAX], const char *what, const char *lo,
                         const char *hi)
{
    if (lo && hi)
        snprintf(buf, RANGE_MAX, "%s from %s to %s", what, lo, hi);
    else if (lo)
        snprintf(buf, RANGE_MAX, "%s, %s or more", what, lo);
    else if (hi)
        snprintf(buf, RANGE_MAX, "%s, %s or less", what, hi);
    else
        snprintf(buf, RANGE_MAX, "%s", what);
    return buf;
}

double yaml_get_number(struct yaml_doc *doc, struct yaml_node *map,
                       const char *key, double lo, double hi, double otherwise,
                       bool required)
{
    char expected[RANGE_MAX], a[NUM_MAX], b[NUM_MAX];
    double v;

    range(expected, "a number", isfinite(lo) ? num_shortest(a, lo) : NULL,
          isfinite(hi) ? num_shortest(b, hi) : NULL);
    struct yaml_node *node = lookup(doc, map, key, required, expected);
    if (!node)
        return otherwise;
    if (node->kind == YAML_SCALAR && !node->quoted && num_parse_double(node->text, &v) &&
        v >= lo && v <= hi)
        return v;
    mismatch(doc, node, expected);
    return otherwise;
}

int64_t yaml_get_int(struct yaml_doc *doc, struct yaml_node *map, const char *key,
                     int64_t lo, int64_t hi, int64_t otherwise, bool required)
{
    char expected[RANGE_MAX], a[NUM_MAX], b[NUM_MAX];
    int64_t v;

    snprintf(a, sizeof a, "%" PRId64, lo);
    snprintf(b, sizeof b, "%" PRId64, hi);
    range(expected, "a whole number", lo == INT64_MIN ? NULL : a,
          hi == INT64_MAX ? NULL : b);
    struct yaml_node *node = lookup(doc, map, key, required, expected);
    if (!node)
        return otherwise;
    if (node->kind == YAML_SCALAR && !node->quoted && num_parse_int64(node->text, &v) &&
        v >= lo && v <= hi)
        return v;
    mismatch(doc, node, expected);
    return otherwise;
}

bool yaml_get_bool(struct yaml_doc *doc, struct yaml_node *map, const char *key,
                   bool otherwise)
{
    struct yaml_node *node = lookup(doc, map, key, false, "");

    if (!node)
        return otherwise;
    if (node->kind == YAML_SCALAR && !node->quoted) {
        if (!strcmp(node->text, "true") || !strcmp(node->text, "yes"))
            return true;
        if (!strcmp(node->text, "false") || !strcmp(node->text, "no"))
            return false;
    }
    mismatch(doc, node, "true or false");
    return otherwise;
}

int yaml_get_choice(struct yaml_doc *doc, struct yaml_node *map, const char *key,
                    const char *const *choices, bool required)
{
    struct text expected = TEXT_INIT;
    int choice = -1;

    text_add(&expected, "one of ");
    for (size_t i = 0; choices[i]; i++)
        text_addf(&expected, "%s%s", i ? ", " : "", choices[i]);
    struct yaml_node *node = lookup(doc, map, key, required, expected.s);
    if (node && node->kind == YAML_SCALAR)
        for (int i = 0; choices[i] && choice < 0; i++)
            if (!strcmp(node->text, choices[i]))
                choice = i;
    if (node && choice < 0)
        mismatch(doc, node, expected.s);
    text_release(&expected);
    return choice;
}

const char **yaml_get_strings(struct yaml_doc *doc, struct yaml_node *map,
                              const char *key, size_t *n, bool required)
{
    struct yaml_node *node = lookup(doc, map, key, required, "text or a list of it");

    *n = 0;
    if (!node)
        return NULL;
    if (node->kind == YAML_MAP) {
        mismatch(doc, node, "text or a list of it");
        return NULL;
    }
    struct yaml_node **items = node->kind == YAML_LIST ? node->items : &node;
    size_t given = node->kind == YAML_LIST ? node->n : 1;
    const char **strings = arena_array(&doc->arena, given, sizeof *strings);
    for (size_t i = 0; i < given; i++) {
        const char *s = yaml_scalar(doc, items[i]);
        if (s)
            strings[(*n)++] = s;
    }
    return strings;
}

const char *yaml_scalar(struct yaml_doc *doc, struct yaml_node *node)
{
    if (!node)
        return NULL;
    if (node->kind == YAML_SCALAR && !yaml_is_null(node))
        return node->text;
    if (!node->ignored)
        mismatch(doc, node, "text");
    return NULL;
}

struct suggestion {
    const char *key;
    size_t distance;
};

static int nearest_first(const void *a, const void *b)
{
    const struct suggestion *x = a, *y = b;

    if (x->distance != y->distance)
        return x->distance < y->distance ? -1 : 1;
    return strcmp(x->key, y->key);
}

/* Names of keys that this mapping takes, the nearest to `key` first. */
static void add_suggestions(struct text *t, const struct yaml_node *map, const char *key)
{
    enum { SHOWN = 20, COMPARED = 500 };
    struct suggestion *s = NULL;
    size_t n = 0, cap = 0;
    char cut[TEXT_CUT];

    for (const struct yaml_asked *a = map->asked; a; a = a->next) {
        MEM_ROOM(s, n, cap);
        s[n++] = (struct suggestion){ a->key, text_distance(a->key, key) };
    }
    for (size_t i = 0; i < map->n && n < COMPARED; i++) {
        if (!map->known[i])
            continue;
        MEM_ROOM(s, n, cap);
        s[n++] = (struct suggestion){ map->keys[i], text_distance(map->keys[i], key) };
    }
    if (n)
        qsort(s, n, sizeof *s, nearest_first);
    text_add(t, n ? "expected one of " : "expected none");
    for (size_t i = 0; i < n && i < SHOWN; i++)
        text_addf(t, "%s%s", i ? ", " : "", text_cut(cut, s[i].key));
    if (n > SHOWN)
        text_add(t, " and more");
    free(s);
}

static void finish_node(struct yaml_doc *doc, const struct yaml_node *node)
{
    if (node->ignored)
        return;
    for (size_t i = 0; i < node->n; i++) {
        if (node->kind == YAML_LIST || node->known[i]) {
            finish_node(doc, node->items[i]);
            continue;
        }
        struct text t = TEXT_INIT;
        /* lines that would not be kept are not worth a look for names */
        if (!err_is_full(doc->err))
            add_suggestions(&t, node, node->keys[i]);
        yaml_fault(doc, node, node->keys[i], "unknown key, %s", t.s);
        text_release(&t);
    }
}

int yaml_finish(struct yaml_doc *doc)
{
    if (doc->root)
        finish_node(doc, doc->root);
    return doc->code;
}
