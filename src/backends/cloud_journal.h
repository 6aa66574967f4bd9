/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cloud_journal: which galleries may be at a service, whatever becomes of the process
 * that made them: ${XDG_STATE_HOME:-~/.local/state}/misid/galleries, a small file of
 * JSON each, written before the gallery is made and removed when it is gone. A process
 * holds a lock on those it made; what nobody holds was left behind.
 *
 * Ownership: cloud_left_release(). Threads: any. Fails when: the folder or file cannot
 * be written or read.
 */
#ifndef BACKENDS_CLOUD_JOURNAL_H
#define BACKENDS_CLOUD_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/mem.h"

struct cloud_leftover {
    const char *path, *service, *spec, *gallery;
    int64_t made;              /* seconds since 1970 */
    bool held;                 /* the process that made it is still there */
};
struct cloud_left {
    struct arena arena;
    struct cloud_leftover *items;
    size_t n, cap;
};

/* Gives a descriptor that holds it, or negative. */
int cloud_journal_add(const char *service, const char *spec, const char *gallery,
                      struct err *err);
/* Forgets it; `fd` is closed, unless negative. */
void cloud_journal_drop(const char *service, const char *spec, const char *gallery, int fd);
int cloud_journal_read(struct cloud_left *left, struct err *err);
void cloud_left_release(struct cloud_left *left);

#endif
