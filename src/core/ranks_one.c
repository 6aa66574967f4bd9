/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Without MPI: one process, which never has anybody to speak to. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/ranks.h"

const char *ranks_library(void)
{
    return NULL;
}

int ranks_begin(struct ranks *r, struct err *err)
{
    const char *n = getenv("OMPI_COMM_WORLD_SIZE");

    if (!n)
        n = getenv("PMI_SIZE");
    *r = (struct ranks){ 0, 1, 1 };
    if (n && strcmp(n, "1"))
        return err_add(err, ERR_PROGRAM, "started as one of %.20s processes, and this misid "
                       "was built without MPI: expected ./configure --with-mpi, or parts "
                       "(--shard I/N), each started by itself", n);
    return 0;
}

void ranks_end(const struct ranks *r)
{
    (void)r;
}

void ranks_abort(int status)
{
    exit(status);
}

size_t ranks_count(const struct ranks *r, int says_so)
{
    (void)r;
    return says_so != 0;
}

void ranks_broadcast(const struct ranks *r, void *bytes, size_t n)
{
    (void)bytes;
    (void)n;
    assert(r->n == 1);
}

void ranks_send(const struct ranks *r, size_t to, const void *bytes, size_t n)
{
    (void)bytes;
    (void)n;
    assert(to < r->n && to != r->rank);
}

void *ranks_receive(const struct ranks *r, size_t from, size_t *n)
{
    assert(from < r->n && from != r->rank);
    *n = 0;
    return NULL;
}
