/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ranks: the processes that mpirun or srun has started together, if any. Rank 0 reads and
 * writes for all; every other one works for it.
 *
 *     ranks_begin(&r, &err);      r.n is 1 where nobody has started us together
 *     ... ranks_broadcast(), ranks_send(), ranks_receive() ...
 *     ranks_end(&r);
 *
 * With MPI (configure --with-mpi) in ranks_mpi.c, the one file that knows mpi.h; without
 * it, ranks_one.c, which is one process. MPI is looked for only where a launcher has set
 * its variables, so that a process by itself pays nothing for it.
 *
 * A rank that ends in any other way than ranks_end() ends the job: the launcher sees it,
 * kills the rest and is itself not 0. So nobody waits for one that is gone. MPI's own
 * faults are fatal, as is its default.
 *
 * Ownership: what ranks_receive() gives is to be free()d. Threads: one a process, which
 * may have others that do not call these.
 */
#ifndef CORE_RANKS_H
#define CORE_RANKS_H

#include <stddef.h>

#include "base/err.h"

struct ranks {
    size_t rank, n;            /* from 0; at least 1 */
    size_t here;               /* of them on this machine, at least 1 */
};

/* The library, "Open MPI v4.1.4 …"; NULL without MPI. */
const char *ranks_library(void);

/* Fails where we were started with others, and there is no MPI. */
int ranks_begin(struct ranks *r, struct err *err);
/* All together; without it a job does not end well. */
void ranks_end(const struct ranks *r);
/* The job ends here with this exit status, for all. */
_Noreturn void ranks_abort(int status);

/* How many of all say so; all must call it, and it ends for nobody before. */
size_t ranks_count(const struct ranks *r, int says_so);
/* From rank 0 to all. */
void ranks_broadcast(const struct ranks *r, void *bytes, size_t n);
void ranks_send(const struct ranks *r, size_t to, const void *bytes, size_t n);
void *ranks_receive(const struct ranks *r, size_t from, size_t *n);

#endif
