/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * worker: one process that answers a line with a line, and the memory it shares.
 *
 * It is started without a shell, in a process group of its own, with lines on stdin
 * and stdout, its stderr kept (the last WORKER_SAID_MAX bytes), and descriptor 3 as
 * the shared memory, which nobody can make smaller. It is killed, with its group, when
 * its time is up, when it breaks the protocol, and when the thread that started it
 * ends. Bounds: private memory as asked; WORKER_FILE_MAX bytes a file, and in its folder
 * as much as asked, looked at while a call lasts; WORKER_PROCESSES_MAX processes of the
 * user; WORKER_DESCRIPTORS_MAX descriptors; no core file; and, if asked, which files it
 * may touch (backends/confine.h).
 *
 * Ownership: worker_stop() or worker_kill() end the process and free the struct; what
 * a call gives is valid until the next. Threads: one a worker, the one that started it
 * or one that ends earlier.
 */
#ifndef BACKENDS_WORKER_H
#define BACKENDS_WORKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/text.h"

#define WORKER_LINE_MAX ((size_t)16 << 20)
#define WORKER_SAID_MAX ((size_t)8 << 10)
#define WORKER_SHARED_MAX ((size_t)1 << 30)
#define WORKER_FILE_MAX ((size_t)2 << 30)
#define WORKER_PROCESSES_MAX 4096
#define WORKER_DESCRIPTORS_MAX 4096

struct worker;

enum worker_outcome {
    WORKER_ANSWERED,
    WORKER_ENDED,   /* it closed its stdout, or its process is gone */
    WORKER_LATE,
    WORKER_BREACH,  /* what it printed is not one line, or was not asked for */
};

struct worker_bounds {
    size_t memory, disk;    /* bytes, 0: no bound */
    bool confined;
    char *const *readable;  /* then: what it may read besides the system; ends with NULL */
};

/* argv[0] is looked for along PATH. Fails (ERR_INPUT) if there is no such program or it
 * cannot be started, or not be confined; NULL then. */
struct worker *worker_start(char *const argv[], const struct worker_bounds *bounds,
                            struct err *err);

/* Sends `line` (without its end) and waits for the answer. What is wrong otherwise,
 * worker_trouble() says; the process is to be killed then. */
enum worker_outcome worker_call(struct worker *w, const char *line, size_t len,
                                double seconds, const char **answer, size_t *answer_len);

/* In words and one line, what became of the process or what it did wrong, with the last
 * line of its stderr: after a call that was not answered. It does not run any more. */
const char *worker_trouble(struct worker *w);
/* The end of what it printed on stderr. */
const char *worker_said(struct worker *w);

/* Room for `size` shared bytes at least; fails (ERR_LIMIT) past WORKER_SHARED_MAX and
 * where there is no memory. */
int worker_share(struct worker *w, size_t size, struct err *err);
uint8_t *worker_shared(struct worker *w);
size_t worker_shared_size(const struct worker *w);

/* A folder of its own, which goes with it and is its TMPDIR; NULL with err. */
const char *worker_folder(struct worker *w, struct err *err);

/* Closes its stdin and waits `seconds` for its end; false if it had to be killed, or
 * ended with a signal or a status that is not 0, which *how (unless NULL) says. */
bool worker_stop(struct worker *w, double seconds, struct text *how);
void worker_kill(struct worker *w);

#endif
