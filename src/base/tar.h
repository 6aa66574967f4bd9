/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tar: archives of plain files in the ustar format (POSIX.1-2017, pax, "ustar
 * Interchange Format"), written so that the same files give the same bytes, and read as
 * what a stranger may have made.
 *
 * Written: names as given, mode 0644, owner 0, one time for all, no folders.
 * Read: nothing but regular files is taken. Refused, with the name of the entry: folders,
 * links, devices, extended headers and sparse files; names that are absolute, that have an
 * empty part, `.` or `..`, a backslash, control characters or bytes that are no UTF-8, or
 * that come twice; a header whose checksum or numbers are wrong; a file that is cut short;
 * anything but zeros behind the end; more than TAR_MAX_FILES files or TAR_MAX_BYTES bytes.
 * What has been read is never more than a block ahead of what is checked, and no size in
 * the archive decides how much memory is taken.
 *
 * Ownership: tar_commit() or tar_abort() (harmless afterwards). Threads: one an archive.
 */
#ifndef BASE_TAR_H
#define BASE_TAR_H

#include <stdint.h>
#include <stdio.h>

#include "base/err.h"
#include "base/file.h"

#define TAR_MAX_FILES 10000
#define TAR_MAX_BYTES ((uint64_t)8 << 30)

struct tar_out {
    struct outfile file;
    int64_t time;     /* of every file, seconds since 1970 */
};

int tar_begin(struct tar_out *t, const char *path, int64_t time, struct err *err);
int tar_add(struct tar_out *t, const char *name, const void *data, size_t len,
            struct err *err);
/* The file at `path`. */
int tar_add_file(struct tar_out *t, const char *name, const char *path, struct err *err);
int tar_commit(struct tar_out *t, struct err *err);
void tar_abort(struct tar_out *t);

/* What is done with the files: begin, its bytes in pieces, end. Each returns 0 to go on. */
struct tar_visitor {
    int (*begin)(void *arg, const char *name, uint64_t size, struct err *err);
    int (*data)(void *arg, const void *bytes, size_t n, struct err *err);
    int (*end)(void *arg, struct err *err);
    void *arg;
};
int tar_read(FILE *fp, const char *path, const struct tar_visitor *visitor,
             struct err *err);
/* Into a folder that is there and empty, and nobody else's. */
int tar_extract(const char *path, const char *dir, struct err *err);

#endif
