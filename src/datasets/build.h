/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * build: a roster while it is being made from the sources of a data set. Inside
 * src/datasets only; dataset_roster() is the way in.
 *
 * Sources that make samples come first, in the order of the descriptor; a
 * sample that a later one names again gets what is still unknown of it. Then the
 * joined tables add their labels, then attributes are derived from others, then
 * the whole is checked (checks.c). The first value of a sample holds; what
 * contradicts it is listed.
 */
#ifndef DATASETS_BUILD_H
#define DATASETS_BUILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "datasets/dataset.h"
#include "datasets/descriptor.h"
#include "datasets/source.h"
#include "datasets/values.h"
#include "datasets/walk.h"

struct build {
    const struct dataset *d;
    const struct descriptor *x;
    const char *root;        /* NULL: nothing is looked for on disk */
    const char *images;      /* the folder of the images below it, "" if itself */
    struct walk walk;
    struct arena arena;      /* names of files */
    struct roster *r;
    struct trials *trials;   /* or NULL */
    struct problems *problems;
    struct values *values;   /* an attribute of the descriptor … */
    long *column;            /* … its column in the roster, -1 until it has one */
    uint8_t *maker;          /* a row: the source that made it */
    size_t maker_cap;

    /* The source in hand, bound to the fields of the file in hand; NULL where
     * the file has no such field. */
    const struct source *s;
    const char *file;
    const struct template *path, *sample, *subject, *box, *landmarks, *fold, *mated, *key;
    const struct template **from;    /* an attribute of the descriptor */
    size_t **largest;                /* its fields, SIZE_MAX where there is none */
    size_t *rest, *rest_column;      /* fields that become attributes as they are */
    size_t n_rest;
    size_t *score, *matcher;         /* fields with scores, and whose they are */
    size_t n_score;
    long pair;               /* row of the first view, -1 if it has none */
    struct text name, a, b, c; /* scratch */

    /* The joined table in hand. */
    struct dict keys;
    uint32_t *first, *next;  /* a key's rows: row + 1, 0 at the end */
    bool *hit;               /* a row: the table has something on it */
    bool *used;              /* a key: a row of the table has named it */
    size_t unmatched;
};

/* The roster's attribute of a descriptor's, made when first needed. */
size_t build_column(struct build *b, size_t attribute);
/* Sets what is unknown, lists what contradicts; true if it agreed or was set. */
bool build_set(struct build *b, size_t row, size_t column, const char *value,
               const struct record *record);
/* Everything a record says of a row that is there; false if anything
 * contradicts what was known. */
bool build_take(struct build *b, size_t row, const struct record *record);

/* again.c: the roster that misid ingest wrote; 0 if it is not there. */
int build_again(struct build *b, const struct place *place, struct err *err);
/* Sets the status of a row by what lies at its path. */
void build_status(struct build *b, size_t row, const char *path);
/* bind.c: the sink's names(). */
int build_bind(void *arg, const char *const *names, size_t n, const char *file,
               size_t line, struct err *err);
void build_unbind(struct build *b);
/* where.c: only the samples that the set's key `where` asks for. */
int build_choose(struct build *b, struct err *err);
/* join.c: a source that is joined. */
int build_join(struct build *b, const struct place *place, struct err *err);

/* checks.c: what can be said once all is there. */
void check_labels(struct build *b);
void check_people(struct build *b);
void check_paths(struct build *b);
void check_trials(struct build *b);
/* The status of an image by what lies at its path, not by its pixels; *reason
 * says why where that is not plain. Without a root only the path is looked at. */
enum status check_file(const char *root, const char *path, bool outside,
                       const char **reason);
/* True if a path does not stay below the folder it is relative to. */
bool check_leaves(const char *path);

/* A name as it may be printed; until text `t` next changes. */
const char *shown(struct text *t, const char *name);

#endif
