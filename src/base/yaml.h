/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * yaml: a document as a tree that knows where each node stood, and a way to
 * read it that reports every fault at once.
 *
 * Loading refuses, with `file:line: …`: ill-formed YAML, an empty file, a
 * second document, a key said twice in one mapping, keys that are not scalars,
 * an anchor or alias of any kind (a node reached twice is an alias bomb or a
 * cycle), tags other than the core schema's, depth past YAML_MAX_DEPTH, more
 * than YAML_MAX_NODES nodes, and files past YAML_MAX_BYTES. JSON is read too.
 *
 * Reading: the yaml_get_*() functions look up a key of a mapping, mark it as
 * known, convert, and on a fault add `file:line: path.to.key: what it is,
 * expected what` to the document's errors and give the default, so that a
 * loader runs on to its end and every fault is listed. yaml_finish() then adds
 * an error for every key nobody asked for ("unknown key, expected one of …",
 * nearest name first) and returns the code of the first error of all.
 *
 * Ownership: the document owns nodes and strings until yaml_release().
 * Threads: one document a thread.
 */
#ifndef BASE_YAML_H
#define BASE_YAML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"

#define YAML_MAX_BYTES ((size_t)8 << 20)
#define YAML_MAX_DEPTH 64
#define YAML_MAX_NODES 200000

enum yaml_kind { YAML_SCALAR, YAML_LIST, YAML_MAP };

struct yaml_slot {
    const char *key;
    size_t index;
};

struct yaml_node {
    enum yaml_kind kind;
    bool quoted;               /* scalar: was quoted or a block, so a string */
    bool ignored;              /* yaml_ignore() was called */
    size_t line, column;       /* from 1; the value's own; 0: made by yaml_set() */
    const char *text;          /* scalar: its text; else NULL */
    size_t n;                  /* list: items; map: pairs */
    struct yaml_node **items;  /* list: n items; map: n values */
    const char **keys;         /* map: n keys */
    size_t *key_lines;
    bool *known;               /* map: asked for by a yaml_get_*() */
    struct yaml_slot *sorted;  /* map: n keys in order, for looking them up */
    struct yaml_asked *asked;  /* map: keys asked for that are not there */
    const struct yaml_node *parent; /* NULL at the top */
    const char *key;           /* its key in a parent that is a map, else NULL */
    size_t index;              /* its place in the parent */
    const char *origin;        /* "file.yaml", or "--set a.b" */
};

struct yaml_doc {
    struct arena arena;
    const char *path;
    struct yaml_node *root;    /* NULL after a failure to load */
    size_t nodes;
    struct err *err;           /* where faults go */
    int code;                  /* of the first fault since loading */
};

/* 0, or the code of the first fault; the document is then empty, and may be
 * released. `err` also takes the faults that the functions below find. */
int yaml_load(struct yaml_doc *doc, const char *path, struct err *err);
int yaml_parse(struct yaml_doc *doc, const char *data, size_t len,
               const char *path, struct err *err);
void yaml_release(struct yaml_doc *doc);

/* `--set a.b=value`: puts a plain scalar at a dotted path, or what YAML makes of
 * the value if it begins with [ { " or ', in place of what is there, making
 * mappings on the way; `a.2` names the third item of a list that is there.
 * Faults name "--set a.b". 0 or the fault's code. */
int yaml_set(struct yaml_doc *doc, const char *assignment);

/* Where a node stands, for messages: "claims[2].group"; "" at the top; long keys
 * are cut. */
void yaml_add_path(struct text *t, const struct yaml_node *node);

/* A fault at a node, or at key `key` of a map: returns ERR_INPUT. */
int yaml_fault(struct yaml_doc *doc, const struct yaml_node *node,
               const char *key, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* The value at `key`, marked known; NULL if it is not there, or is nothing,
 * `null` or `~`, or if `map` is NULL; with `required`, its absence is a fault at
 * the map's line. `map` not being a mapping is a fault, told once. */
struct yaml_node *yaml_get(struct yaml_doc *doc, struct yaml_node *map,
                           const char *key, bool required);
/* As above, for a value of one kind; anything else is a fault and gives NULL. */
struct yaml_node *yaml_get_list(struct yaml_doc *doc, struct yaml_node *map,
                                const char *key, bool required);
struct yaml_node *yaml_get_map(struct yaml_doc *doc, struct yaml_node *map,
                               const char *key, bool required);
/* Scalars. Strings are kept by the document. Numbers are finite and within
 * [lo, hi]; booleans are true/false/yes/no. */
const char *yaml_get_string(struct yaml_doc *doc, struct yaml_node *map,
                            const char *key, const char *otherwise, bool required);
double yaml_get_number(struct yaml_doc *doc, struct yaml_node *map,
                       const char *key, double lo, double hi, double otherwise,
                       bool required);
int64_t yaml_get_int(struct yaml_doc *doc, struct yaml_node *map, const char *key,
                     int64_t lo, int64_t hi, int64_t otherwise, bool required);
bool yaml_get_bool(struct yaml_doc *doc, struct yaml_node *map, const char *key,
                   bool otherwise);
/* One word of a NULL-terminated list: its index, or -1 (absent, or a fault
 * that names the choices). */
int yaml_get_choice(struct yaml_doc *doc, struct yaml_node *map, const char *key,
                    const char *const *choices, bool required);
/* A scalar or a list of scalars as an array of *n strings (arena); NULL and 0
 * if absent. */
const char **yaml_get_strings(struct yaml_doc *doc, struct yaml_node *map,
                              const char *key, size_t *n, bool required);
/* The text of a node that must be a scalar, or NULL after a fault. */
const char *yaml_scalar(struct yaml_doc *doc, struct yaml_node *node);

/* True for what YAML calls null: nothing, `~` or `null`, not quoted. */
bool yaml_is_null(const struct yaml_node *node);

/* Place of a key in a map, or -1; marks nothing. */
long yaml_find(const struct yaml_node *map, const char *key);

/* Nobody is going to ask for what is below this node, because it is of a wrong
 * kind or its meaning depends on what was wrong: its keys are not unknown. */
void yaml_ignore(struct yaml_node *node);

/* Unknown keys in the whole tree become faults, but none below an unknown key;
 * returns the first fault's code or 0. */
int yaml_finish(struct yaml_doc *doc);

#endif
