/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * worker_spawn: the start of a worker's process. Inside src/backends only.
 *
 * Threads: any. Fails (ERR_INPUT) if there is no such program or it cannot be started.
 */
#ifndef BACKENDS_WORKER_SPAWN_H
#define BACKENDS_WORKER_SPAWN_H

#include <stddef.h>
#include <sys/types.h>

#include "base/err.h"

struct spawned {
    int memory;          /* what the process gets as descriptor 3 */
    size_t memory_max;   /* bytes of private memory, 0: no bound */
    size_t file_max;     /* bytes of a file, 0: WORKER_FILE_MAX */
    int rules;           /* of backends/confine.h; -1: none */
    const char *folder;  /* its TMPDIR; NULL: that of this process */
    pid_t pid;
    int in, out, err;    /* ends of the pipes; they never wait */
};

int spawn(struct spawned *p, char *const argv[], struct err *err);

#endif
