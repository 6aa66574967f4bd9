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

#define YAML_MAX_BYTES ((size_t)8 << 20)
#define YAML_MAX_DEPTH 64
#define YAML_MAX_NODES 200000

enum yaml_kind { YAML_SCALAR, YAML_LIST, YAML_MAP };

struct yaml_node {
    enum yaml_kind kind;
    size_t line, column;       /* of the node, from 1; 0: made by yaml_set() */
    const char *text;          /* scalar: its text; else NULL */
    bool quoted;               /* scalar: was quoted or a block, so a string */
    size_t n;                  /* list: items; map: pairs */
    struct yaml_node **items;  /* list: n items; map: n values */
    const char **keys;         /* map: n keys */
    size_t *key_lines;
    bool *known;               /* map: asked for by a yaml_get_*() */
    const char *path;          /* "claims[2].group"; "" at the top */
    const char *origin;        /* "file.yaml", or "--set a.b" */
};

struct yaml_doc {
    struct arena arena;
    const char *path;
    struct yaml_node *root;
    struct err *err;           /* where faults go */
    int code;                  /* of the first fault since loading */
};

int yaml_load(struct yaml_doc *doc, const char *path, struct err *err);
int yaml_parse(struct yaml_doc *doc, const char *data, size_t len,
               const char *path, struct err *err);
void yaml_release(struct yaml_doc *doc);

/* `--set a.b=value`: puts a scalar (or, written [x, y] or {k: v}, a flow node)
 * at a dotted path, making mappings on the way; `a.2` names the third item of
 * a list that is there. Errors name "--set a.b". */
int yaml_set(struct yaml_doc *doc, const char *assignment);

/* A fault at a node, or at key `key` of a map: returns ERR_INPUT. */
int yaml_fault(struct yaml_doc *doc, const struct yaml_node *node,
               const char *key, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* The value at `key`, marked known; NULL if it is not there (or if `map` is
 * NULL); with `required`, its absence is a fault at the map's line. A value
 * that is `null` or `~` counts as absent. */
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
const char *yaml_scalar(struct yaml_doc *doc, const struct yaml_node *node);

/* Unknown keys in the whole tree become faults; returns the first fault's code
 * or 0. */
int yaml_finish(struct yaml_doc *doc);

#endif
