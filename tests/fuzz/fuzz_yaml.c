/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * YAML of any bytes. Either it is refused, with a reason and no line past the
 * end of the file, or the tree is sound, the same when it is read again, and
 * the same when it is written as JSON and read; every way to read a value and
 * to set one ends without harm.
 */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/yaml.h"
#include "fuzz.h"

/* Checks the tree; true if json.h can write it: not too deep, and with keys
 * that libyaml reads back (at most 1024 characters). */
static bool check(const struct yaml_node *node, size_t lines, int depth)
{
    bool writable = depth < JSON_MAX_DEPTH;

    assert(depth <= YAML_MAX_DEPTH);
    assert(node->line >= 1 && node->line <= lines && node->column >= 1);
    assert((node->text != NULL) == (node->kind == YAML_SCALAR));
    assert(!node->text || text_is_utf8(node->text, strlen(node->text), NULL));
    for (size_t i = 0; i < node->n; i++) {
        const struct yaml_node *item = node->items[i];
        assert(item->parent == node && item->index == i);
        if (node->kind == YAML_MAP) {
            assert(item->key == node->keys[i]);
            assert(yaml_find(node, node->keys[i]) == (long)i);
            assert(node->key_lines[i] <= lines);
            writable &= strlen(node->keys[i]) < 150;
        }
        writable &= check(item, lines, depth + 1);
    }
    return writable;
}

static void assert_same(const struct yaml_node *a, const struct yaml_node *b)
{
    assert(a->kind == b->kind && a->n == b->n);
    assert(!a->text || !strcmp(a->text, b->text));
    for (size_t i = 0; i < a->n; i++) {
        assert(a->kind != YAML_MAP || !strcmp(a->keys[i], b->keys[i]));
        assert_same(a->items[i], b->items[i]);
    }
}

static void write_json(struct json_out *w, const char *key, const struct yaml_node *node)
{
    if (node->kind == YAML_SCALAR) {
        json_string(w, key, node->text);
        return;
    }
    if (node->kind == YAML_MAP)
        json_map(w, key);
    else
        json_list(w, key);
    for (size_t i = 0; i < node->n; i++)
        write_json(w, node->kind == YAML_MAP ? node->keys[i] : NULL, node->items[i]);
    json_end(w);
}

static void write_and_read(const struct yaml_node *root, bool compact)
{
    struct text t = TEXT_INIT;
    struct json_out w = json_out(&t);
    struct yaml_doc doc;

    w.compact = compact;
    write_json(&w, NULL, root);
    assert(yaml_parse(&doc, t.s, t.len, "again", NULL) == 0);
    assert_same(root, doc.root);
    yaml_release(&doc);
    text_release(&t);
}

/* Asks for every value of a tree in every way. */
static void read_all(struct yaml_doc *doc, struct yaml_node *node)
{
    static const char *const choices[] = { "yes", "no", NULL };
    size_t n;

    for (size_t i = 0; i < node->n; i++) {
        if (node->kind == YAML_MAP && i % 8 != 7) {
            const char *key = node->keys[i];
            yaml_get_string(doc, node, key, "", true);
            yaml_get_strings(doc, node, key, &n, true);
            yaml_get_number(doc, node, key, 0, 1, 0, true);
            yaml_get_int(doc, node, key, 0, 9, 0, true);
            yaml_get_bool(doc, node, key, false);
            yaml_get_choice(doc, node, key, choices, true);
            yaml_get(doc, node, "absent", true);
        }
        read_all(doc, node->items[i]);
    }
    yaml_get(doc, node, "name", false);
}

/* The first line of the data as an assignment, and as a value. */
static void set(struct yaml_doc *doc, const char *data, size_t len)
{
    struct text t = TEXT_INIT;
    size_t n = 0;

    while (n < len && data[n] && data[n] != '\n')
        n++;
    text_addn(&t, data, n);
    yaml_set(doc, t.s);
    text_reset(&t);
    text_add(&t, "a.0.b=");
    text_addn(&t, data, n);
    yaml_set(doc, t.s);
    text_release(&t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    const char *s = (const char *)data;
    struct yaml_doc doc, again;
    struct err err = ERR_INIT;
    int code = yaml_parse(&doc, s, len, "fuzz", &err);

    assert((code == 0) == (err.count == 0) && (code == 0) == (doc.root != NULL));
    if (code == 0) {
        assert(yaml_parse(&again, s, len, "fuzz", NULL) == 0);
        assert_same(doc.root, again.root);
        yaml_release(&again);
        if (check(doc.root, fuzz_lines(s, len), 0)) {
            write_and_read(doc.root, false);
            write_and_read(doc.root, true);
        }
        read_all(&doc, doc.root);
        set(&doc, s, len);
        yaml_finish(&doc);
        assert((doc.code == 0) == (err.count == 0));
    } else {
        assert(!strncmp(err.text, "fuzz:", 5));
        assert((size_t)strtoull(err.text + 5, NULL, 10) <= fuzz_lines(s, len));
    }
    yaml_release(&doc);
    err_release(&err);
    return 0;
}
