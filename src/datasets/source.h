/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * source: the rows of one source of a data set, one after the other, whatever
 * its layout: named fields and, for each row, their values.
 *
 * source_read() calls `names` once for every file it reads (for the layouts of
 * file names: once), then `row` a row at a time. With `each` the value in turn
 * is the last field. With views each row is handed on once a view, the fields
 * of the view last; `view` numbers them.
 *
 * Ownership: all strings are valid during the call only, except `file`, which
 * lives as long as the descriptor's arena or the walk. Threads: one a source.
 * Fails when: a file is ill-formed, `path:line: what, expected what`; a callback
 * fails.
 */
#ifndef DATASETS_SOURCE_H
#define DATASETS_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "datasets/descriptor.h"
#include "datasets/problems.h"
#include "datasets/walk.h"

struct record {
    const char *const *values;
    size_t n;
    const char *file;   /* below the root, for `source` */
    size_t line;        /* 0 for a file name */
    size_t view;
    const char *path;   /* layouts of file names: the file, below the images */
};

struct sink {
    int (*names)(void *arg, const char *const *names, size_t n, const char *file,
                 size_t line, struct err *err);
    int (*row)(void *arg, const struct record *record, struct err *err);
    void *arg;
    struct problems *problems; /* may be NULL */
};

/* What there is to read from. */
struct place {
    const char *root;           /* "" : the current folder */
    const struct walk *images;  /* what lies in the images' folder */
    struct arena *arena;        /* for the names of files */
};

/* Number of files read: 0 if none of the source is there; or an error's code. */
int source_read(const struct source *s, const struct place *place,
                const struct sink *sink, struct err *err);

/* The layouts that have a file of their own: rows of an opened path. `file` is
 * how it is called below the root. */
struct source_file {
    const struct source *source;
    const char *path, *file;
};
int table_read(const struct source_file *f, const struct sink *sink, struct err *err);
int pairs_read(const struct source_file *f, const struct sink *sink, struct err *err);
int people_read(const struct source_file *f, const struct sink *sink, struct err *err);
int json_rows_read(const struct source_file *f, const struct sink *sink, struct err *err);

/* Calls `take` with every line of a text file that is not empty, blanks or
 * tabs between its words turned to one 0 each: the words of lists. */
typedef int words_fn(const char *const *words, size_t n, size_t line, void *arg,
                     struct err *err);
int words_read(const char *path, const char *separators, words_fn *take, void *arg,
               struct err *err);

#endif
