/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scratch: a folder for what must not outlive a worker: pixels for a program that wants
 * files, templates that a library wants in files. It is TMPDIR/misid-scratch-XXXXXX, for
 * its user only, and locked while this process lives; one that is a minute old and not
 * locked was left by a process that was killed, and is removed by the next that makes one.
 *
 * Ownership: scratch_remove(). Threads: any. Fails when: the system refuses a folder.
 */
#ifndef BACKENDS_SCRATCH_H
#define BACKENDS_SCRATCH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct scratch {
    char *path;  /* NULL: none */
    int fd;      /* holds the lock */
};

int scratch_make(struct scratch *s, struct err *err);
/* With all that is in it, as far as it goes. */
void scratch_remove(struct scratch *s);
/* Whether the files in it take more than so many bytes of the disk. */
bool scratch_holds(const struct scratch *s, size_t bytes);

#endif
