/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From libyaml's events to a tree. Nodes that wait for the end of their list or
 * mapping lie on one stack, whatever their depth, and move to arrays of the
 * right size there; so time and memory go with the size of the file.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "base/file.h"
#include "base/yaml.h"

/* A node that waits for the end of its list or mapping. */
struct waiting {
    struct yaml_node *node;
    const char *key;
    size_t key_line;
};

/* A list or mapping whose end has not come. */
struct frame {
    struct yaml_node *node;
    size_t first;    /* of its nodes that wait */
    const char *key; /* mapping: of the next value, NULL if a key is next */
    size_t key_line;
};

struct builder {
    struct yaml_doc *doc;
    const char *origin;
    bool lines;              /* nodes have lines: not for --set */
    size_t last_line;
    struct yaml_node seat;   /* parent, key and index that the top node gets */
    size_t depth0, depth;    /* of the seat; of frames */
    struct frame frames[YAML_MAX_DEPTH];
    struct waiting *waiting;
    size_t n_waiting, waiting_cap;
    struct yaml_node *top;
    bool stop;
};

/* Adds a line about the place, and keeps the first code. */
static void refuse(struct builder *b, int code, size_t line, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

static void refuse(struct builder *b, int code, size_t line, const char *fmt, ...)
{
    struct text t = TEXT_INIT;
    va_list ap;

    va_start(ap, fmt);
    text_addfv(&t, fmt, ap);
    va_end(ap);
    if (b->lines)
        err_add(b->doc->err, code, "%s:%zu: %s", b->origin, line, t.s);
    else
        err_add(b->doc->err, code, "%s: %s", b->origin, t.s);
    text_release(&t);
    if (!b->doc->code)
        b->doc->code = code;
}

/* The line of a mark, from 1. libyaml puts the end of the file on a line of its
 * own. */
static size_t line_of(const struct builder *b, const yaml_mark_t *mark)
{
    return mark->line < b->last_line ? mark->line + 1 : b->last_line;
}

static int by_key(const void *a, const void *b)
{
    const struct yaml_slot *x = a, *y = b;
    int order = strcmp(x->key, y->key);

    return order ? order : (x->index > y->index) - (x->index < y->index);
}

static void sort_keys(struct yaml_doc *doc, struct yaml_node *map)
{
    map->sorted = arena_array(&doc->arena, map->n, sizeof *map->sorted);
    for (size_t i = 0; i < map->n; i++)
        map->sorted[i] = (struct yaml_slot){ map->keys[i], i };
    qsort(map->sorted, map->n, sizeof *map->sorted, by_key);
}

static void refuse_repeated_keys(struct builder *b, const struct yaml_node *map)
{
    for (size_t i = 1; i < map->n; i++) {
        const struct yaml_slot *was = &map->sorted[i - 1], *is = &map->sorted[i];
        struct text path = TEXT_INIT;
        if (strcmp(was->key, is->key))
            continue;
        if (!err_is_full(b->doc->err))
            yaml_add_path(&path, map->items[is->index]);
        if (b->lines)
            refuse(b, ERR_INPUT, map->key_lines[is->index],
                   "%s: is there again, after line %zu, expected each key once", path.s,
                   map->key_lines[was->index]);
        else
            refuse(b, ERR_INPUT, 0, "%s: is there twice, expected each key once", path.s);
        text_release(&path);
    }
}

/* The list or mapping of the innermost frame is complete. */
static void close_frame(struct builder *b)
{
    struct frame *f = &b->frames[--b->depth];
    struct yaml_node *node = f->node;
    struct arena *arena = &b->doc->arena;

    node->n = b->n_waiting - f->first;
    node->items = arena_array(arena, node->n, sizeof *node->items);
    for (size_t i = 0; i < node->n; i++)
        node->items[i] = b->waiting[f->first + i].node;
    if (node->kind == YAML_MAP) {
        node->keys = arena_array(arena, node->n, sizeof *node->keys);
        node->key_lines = arena_array(arena, node->n, sizeof *node->key_lines);
        node->known = arena_array(arena, node->n, sizeof *node->known);
        for (size_t i = 0; i < node->n; i++) {
            node->keys[i] = b->waiting[f->first + i].key;
            node->key_lines[i] = b->waiting[f->first + i].key_line;
        }
        sort_keys(b->doc, node);
        refuse_repeated_keys(b, node);
    }
    b->n_waiting = f->first;
}

/* A node at the place that is next; NULL if there may be no more. */
static struct yaml_node *add_node(struct builder *b, enum yaml_kind kind,
                                  const yaml_event_t *e)
{
    struct yaml_doc *doc = b->doc;
    size_t line = line_of(b, &e->start_mark);
    struct frame *f = b->depth ? &b->frames[b->depth - 1] : NULL;

    if (++doc->nodes > YAML_MAX_NODES) {
        refuse(b, ERR_LIMIT, line, "more than the %d values allowed", YAML_MAX_NODES);
        b->stop = true;
        return NULL;
    }
    if (f && f->node->kind == YAML_MAP && !f->key) {
        refuse(b, ERR_INPUT, line, "a key that is a list or a mapping, expected a name");
        b->stop = true;
        return NULL;
    }
    struct yaml_node *node = arena_alloc(&doc->arena, sizeof *node);
    node->kind = kind;
    node->origin = b->origin;
    if (b->lines) {
        node->line = line;
        node->column = e->start_mark.column + 1;
    }
    if (!f) {
        node->parent = b->seat.parent;
        node->key = b->seat.key;
        node->index = b->seat.index;
        b->top = node;
        return node;
    }
    node->parent = f->node;
    node->key = f->key;
    node->index = b->n_waiting - f->first;
    MEM_ROOM(b->waiting, b->n_waiting, b->waiting_cap);
    b->waiting[b->n_waiting++] = (struct waiting){ node, f->key, f->key_line };
    f->key = NULL;
    return node;
}

/* What `!!` stands for. */
#define CORE_TAG "tag:yaml.org,2002:"

static bool is_core_tag(const char *tag)
{
    return !strncmp(tag, CORE_TAG, strlen(CORE_TAG));
}

/* True if the tag, NULL for none, is one of the core schema's for this kind;
 * *quoted becomes what a tag makes of a scalar. */
static bool tag_fits(enum yaml_kind kind, const char *tag, bool *quoted)
{
    if (!tag)
        return true;
    if (!strcmp(tag, "!")) {
        *quoted = true;
        return true;
    }
    if (!is_core_tag(tag))
        return false;
    tag += strlen(CORE_TAG);
    if (kind != YAML_SCALAR)
        return !strcmp(tag, kind == YAML_LIST ? "seq" : "map");
    *quoted = !strcmp(tag, "str");
    return *quoted || !strcmp(tag, "int") || !strcmp(tag, "float") ||
           !strcmp(tag, "bool") || !strcmp(tag, "null");
}

/* What may be attached to a node, and is refused. */
static void check_properties(struct builder *b, enum yaml_kind kind, size_t line,
                             const void *anchor, const char *tag, bool *quoted)
{
    char cut[TEXT_CUT];

    if (anchor)
        refuse(b, ERR_INPUT, line, "the anchor &%s, expected none: misid takes no "
               "anchors and aliases", text_cut(cut, anchor));
    if (!tag_fits(kind, tag, quoted))
        refuse(b, ERR_INPUT, line, "the tag %s%s, expected none",
               is_core_tag(tag) ? "!!" : "",
               text_cut(cut, is_core_tag(tag) ? tag + strlen(CORE_TAG) : tag));
}

/* Where a key is next, the scalar is that; otherwise it is a value. */
static void add_scalar(struct builder *b, const yaml_event_t *e)
{
    const char *value = (const char *)e->data.scalar.value;
    size_t len = e->data.scalar.length, line = line_of(b, &e->start_mark);
    struct frame *f = b->depth ? &b->frames[b->depth - 1] : NULL;
    bool quoted = e->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;

    check_properties(b, YAML_SCALAR, line, e->data.scalar.anchor,
                     (const char *)e->data.scalar.tag, &quoted);
    if (strlen(value) != len)
        refuse(b, ERR_INPUT, line, "text that holds a NUL, expected none");
    if (f && f->node->kind == YAML_MAP && !f->key) {
        if (!len)
            refuse(b, ERR_INPUT, line, "an empty key, expected a name");
        f->key = arena_strndup(&b->doc->arena, value, len);
        f->key_line = b->lines ? line : 0;
        return;
    }
    struct yaml_node *node = add_node(b, YAML_SCALAR, e);
    if (!node)
        return;
    node->quoted = quoted;
    node->text = arena_strndup(&b->doc->arena, value, len);
}

static void open_frame(struct builder *b, enum yaml_kind kind, const yaml_event_t *e,
                       const void *anchor, const char *tag)
{
    size_t line = line_of(b, &e->start_mark);
    bool quoted = false;

    check_properties(b, kind, line, anchor, tag, &quoted);
    if (b->depth0 + b->depth == YAML_MAX_DEPTH) {
        refuse(b, ERR_LIMIT, line, "nested more than the %d levels deep allowed",
               YAML_MAX_DEPTH);
        b->stop = true;
        return;
    }
    struct yaml_node *node = add_node(b, kind, e);
    if (node)
        b->frames[b->depth++] = (struct frame){ .node = node, .first = b->n_waiting };
}

static void take_event(struct builder *b, const yaml_event_t *e)
{
    char cut[TEXT_CUT];

    switch (e->type) {
    case YAML_DOCUMENT_START_EVENT:
        if (b->top) {
            refuse(b, ERR_INPUT, line_of(b, &e->start_mark),
                   "a second document, expected only one");
            b->stop = true;
        }
        break;
    case YAML_ALIAS_EVENT:
        refuse(b, ERR_INPUT, line_of(b, &e->start_mark), "the alias *%s, expected none: "
               "misid takes no anchors and aliases",
               text_cut(cut, (const char *)e->data.alias.anchor));
        b->stop = true;
        break;
    case YAML_SCALAR_EVENT:
        add_scalar(b, e);
        break;
    case YAML_SEQUENCE_START_EVENT:
        open_frame(b, YAML_LIST, e, e->data.sequence_start.anchor,
                   (const char *)e->data.sequence_start.tag);
        break;
    case YAML_MAPPING_START_EVENT:
        open_frame(b, YAML_MAP, e, e->data.mapping_start.anchor,
                   (const char *)e->data.mapping_start.tag);
        break;
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        close_frame(b);
        break;
    default:
        break;
    }
}

/* Bytes of the line end at `s`, of which n are left, 0 if there is none: those
 * of YAML 1.1, U+0085, U+2028 and U+2029 among them. */
static size_t line_end(const char *s, size_t n)
{
    if (s[0] == '\n')
        return 1;
    if (s[0] == '\r')
        return n > 1 && s[1] == '\n' ? 2 : 1;
    if (n > 1 && !memcmp(s, "\xC2\x85", 2))
        return 2;
    if (n > 2 && (!memcmp(s, "\xE2\x80\xA8", 3) || !memcmp(s, "\xE2\x80\xA9", 3)))
        return 3;
    return 0;
}

/* The line, from 1, that byte `at` is on; for the end of the file, the last. */
static size_t line_at(const char *data, size_t len, size_t at)
{
    size_t line = 1;

    for (size_t i = 0, n; i < at; i += n ? n : 1) {
        n = line_end(data + i, len - i);
        if (n && i + n <= at && i + n < len)
            line++;
    }
    return line;
}

/* True if a tab is among the blanks that begin the line. */
static bool tab_indents(const char *data, size_t len, size_t line)
{
    for (size_t i = 0, at = 1; i < len && at <= line; i++) {
        if (at == line && data[i] == '\t')
            return true;
        if (at == line && data[i] != ' ')
            return false;
        at += data[i] == '\n';
    }
    return false;
}

/* What libyaml says is wrong with the text. */
static void refuse_syntax(struct builder *b, const yaml_parser_t *p, const char *data,
                          size_t len)
{
    if (p->error == YAML_MEMORY_ERROR)
        mem_exhausted();
    if (p->error == YAML_READER_ERROR) {
        size_t at = p->problem_offset < len ? p->problem_offset : len;
        refuse(b, ERR_INPUT, line_at(data, len, at), "%s, expected YAML text", p->problem);
        return;
    }
    size_t line = line_of(b, &p->problem_mark), from = line_of(b, &p->context_mark);
    const char *expected =
        tab_indents(data, len, line) ? "indentation by blanks, not tabs" : "YAML";
    if (!p->context)
        refuse(b, ERR_INPUT, line, "%s, expected %s", p->problem, expected);
    else if (from == line || !b->lines)
        refuse(b, ERR_INPUT, line, "%s %s, expected %s", p->problem, p->context,
               expected);
    else
        refuse(b, ERR_INPUT, line, "%s %s that begins on line %zu, expected %s",
               p->problem, p->context, from, expected);
}

/* True if the bytes are text that a YAML file may hold. */
static bool check_text(struct builder *b, const char *data, size_t len)
{
    size_t at;

    if (len > YAML_MAX_BYTES) {
        refuse(b, ERR_LIMIT, 1, "%zu bytes, more than the %zu allowed", len,
               YAML_MAX_BYTES);
        return false;
    }
    if (len >= 2 && (!memcmp(data, "\xFF\xFE", 2) || !memcmp(data, "\xFE\xFF", 2))) {
        refuse(b, ERR_INPUT, 1, "is UTF-16, expected UTF-8 text");
        return false;
    }
    if (!text_is_utf8(data, len, &at)) {
        refuse(b, ERR_INPUT, line_at(data, len, at),
               "the byte 0x%02x is not UTF-8, expected UTF-8 text",
               (unsigned char)data[at]);
        return false;
    }
    return true;
}

/* Reads one document into b->top; what is wrong goes to the document. */
static void build(struct builder *b, const char *data, size_t len)
{
    yaml_parser_t parser;
    yaml_event_t event;
    bool end = false;

    if (!check_text(b, data, len))
        return;
    if (len >= 3 && !memcmp(data, "\xEF\xBB\xBF", 3)) {
        data += 3;
        len -= 3;
    }
    b->last_line = line_at(data, len, len);
    if (!yaml_parser_initialize(&parser))
        mem_exhausted();
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, (const unsigned char *)data, len);
    while (!end && !b->stop) {
        if (!yaml_parser_parse(&parser, &event)) {
            refuse_syntax(b, &parser, data, len);
            break;
        }
        end = event.type == YAML_STREAM_END_EVENT;
        take_event(b, &event);
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    free(b->waiting);
}

int yaml_parse(struct yaml_doc *doc, const char *data, size_t len,
               const char *path, struct err *err)
{
    *doc = (struct yaml_doc){ .err = err };
    doc->path = arena_strdup(&doc->arena, path);
    struct builder b = { .doc = doc, .origin = doc->path, .lines = true };

    build(&b, data, len);
    doc->root = b.top;
    if (!doc->code && (!b.top || yaml_is_null(b.top)))
        refuse(&b, ERR_INPUT, 1, "is empty, expected YAML");
    int code = doc->code;
    if (code)
        yaml_release(doc);
    return code;
}

int yaml_load(struct yaml_doc *doc, const char *path, struct err *err)
{
    char *data;
    size_t len;

    *doc = (struct yaml_doc){ .err = err };
    int code = file_read(path, YAML_MAX_BYTES, &data, &len, err);
    if (code)
        return code;
    code = yaml_parse(doc, data, len, path, err);
    free(data);
    return code;
}

void yaml_release(struct yaml_doc *doc)
{
    arena_release(&doc->arena);
    *doc = (struct yaml_doc){ 0 };
}

/* A node at the builder's seat, made of the value of an assignment, or NULL. */
static struct yaml_node *make_value(struct builder *b, const char *value)
{
    static const yaml_event_t nowhere;

    if (*value && strchr("[{\"'", *value)) {
        build(b, value, strlen(value));
        return b->top;
    }
    if (!check_text(b, value, strlen(value)))
        return NULL;
    struct yaml_node *node = add_node(b, YAML_SCALAR, &nowhere);
    if (node)
        node->text = arena_strdup(&b->doc->arena, value);
    return node;
}

/* A null at the end of a map: its place. */
static size_t map_append(struct builder *b, struct yaml_node *map, const char *key)
{
    const struct yaml_node old = *map;
    struct arena *arena = &b->doc->arena;
    size_t n = old.n + 1;

    map->n = n;
    map->items = arena_array(arena, n, sizeof *map->items);
    map->keys = arena_array(arena, n, sizeof *map->keys);
    map->key_lines = arena_array(arena, n, sizeof *map->key_lines);
    map->known = arena_array(arena, n, sizeof *map->known);
    for (size_t i = 0; i < old.n; i++) {
        map->items[i] = old.items[i];
        map->keys[i] = old.keys[i];
        map->key_lines[i] = old.key_lines[i];
        map->known[i] = old.known[i];
    }
    struct yaml_node *node = arena_alloc(arena, sizeof *node);
    *node = (struct yaml_node){ .kind = YAML_SCALAR, .text = "", .parent = map,
                                .key = key, .index = n - 1, .origin = b->origin };
    map->items[n - 1] = node;
    map->keys[n - 1] = key;
    sort_keys(b->doc, map);
    return n - 1;
}

/* Where `part` of a path is in a list or mapping, made there if need be; -1
 * after a fault. */
static long find_part(struct builder *b, struct yaml_node *in, const char *part)
{
    int64_t i;

    if (in->kind == YAML_MAP) {
        long at = *part ? yaml_find(in, part) : -1;
        if (*part && at < 0)
            at = (long)map_append(b, in, part);
        if (at < 0)
            refuse(b, ERR_INPUT, 0, "an empty name in the path, expected KEY=VALUE or "
                   "A.B=VALUE");
        return at;
    }
    if (in->kind == YAML_LIST && num_parse_int64(part, &i) && i >= 0 &&
        (uint64_t)i < in->n)
        return (long)i;
    struct text path = TEXT_INIT;
    yaml_add_path(&path, in);
    if (in->kind == YAML_LIST)
        refuse(b, ERR_INPUT, 0, "%s has %zu items, expected a number below that", path.s,
               in->n);
    else
        refuse(b, ERR_INPUT, 0, "%s is a single value, expected a mapping or a list",
               path.s);
    text_release(&path);
    return -1;
}

/* A mapping in place of a null, so that the path can go on. */
static void make_map(struct builder *b, struct yaml_node *node)
{
    if (node->kind == YAML_SCALAR && yaml_is_null(node)) {
        node->kind = YAML_MAP;
        node->text = NULL;
        node->line = node->column = 0;
        node->origin = b->origin;
    }
}

int yaml_set(struct yaml_doc *doc, const char *assignment)
{
    const char *equals = strchr(assignment, '=');
    size_t n = equals ? (size_t)(equals - assignment) : strlen(assignment);
    int before = doc->code;
    char *path = arena_strndup(&doc->arena, assignment, n), *next;
    struct builder b = { .doc = doc,
                         .origin = arena_printf(&doc->arena, "--set %s", path) };
    struct yaml_node *in = doc->root;
    long at = -1;

    assert(doc->root);
    doc->code = 0;
    if (!equals)
        refuse(&b, ERR_INPUT, 0, "has no value, expected KEY=VALUE");
    for (char *part = path; !doc->code; part = next) {
        next = strchr(part, '.');
        if (next)
            *next++ = '\0';
        at = find_part(&b, in, part);
        if (at < 0 || !next)
            break;
        if (++b.depth0 == YAML_MAX_DEPTH) {
            refuse(&b, ERR_LIMIT, 0, "nested more than the %d levels deep allowed",
                   YAML_MAX_DEPTH);
            break;
        }
        in = in->items[at];
        make_map(&b, in);
    }
    if (!doc->code) {
        b.depth0++;
        b.seat = (struct yaml_node){ .parent = in, .index = (size_t)at };
        b.seat.key = in->kind == YAML_MAP ? in->keys[at] : NULL;
        struct yaml_node *node = make_value(&b, equals + 1);
        if (!doc->code && node)
            in->items[at] = node;
    }
    int code = doc->code;
    doc->code = before ? before : code;
    return code;
}
