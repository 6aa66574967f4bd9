/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * file: paths, reading a whole file, and writing one so that it appears
 * complete or not at all.
 *
 * Writing: outfile_begin() opens `.NAME.PID.tmp` beside the final name;
 * outfile_commit() flushes, fsyncs, renames over the final name and fsyncs the
 * folder; outfile_abort() (or commit after any failed write) removes the
 * temporary and leaves an older file of the name as it was.
 *
 * Ownership: paths that are returned are malloc'd for the caller. Threads: any,
 * one outfile a thread. Fails when: as the system says, with the path and its
 * word for the error in the line.
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/err.h"
#include "base/text.h"

char *path_join(const char *dir, const char *name); /* name absolute: itself */
char *path_dirname(const char *path);
const char *path_basename(const char *path);        /* points into `path` */
bool path_is_dir(const char *path);
bool path_is_file(const char *path);                /* a regular file */
int path_make_dirs(const char *path, struct err *err); /* like mkdir -p */

/* Opens a regular file for reading: a descriptor, and its size in *size (unless
 * NULL). Fails on folders, FIFOs (without waiting for a writer) and devices. */
int file_open(const char *path, size_t *size, struct err *err);

/* Reads a regular file of at most `max` bytes into *data (malloc'd, one 0
 * after the end) and *len. Fails as file_open() does, and past `max`. */
int file_read(const char *path, size_t max, char **data, size_t *len,
              struct err *err);

struct outfile {
    FILE *fp;       /* write here with stdio; errors are found at commit */
    char *tmp, *path;
};
#define OUTFILE_INIT { NULL, NULL, NULL }

int outfile_begin(struct outfile *out, const char *path, struct err *err);
int outfile_commit(struct outfile *out, struct err *err);
void outfile_abort(struct outfile *out); /* harmless after commit */

/* The whole of it: `len` bytes as the file `path`. */
int file_write(const char *path, const char *data, size_t len, struct err *err);
/* The text as the file `name` of a folder; afterwards it is empty, to be written anew. */
int file_write_text(const char *dir, const char *name, struct text *t, struct err *err);
/* The file `name` of a folder, which need not be there. */
int file_remove(const char *dir, const char *name, struct err *err);

#endif
