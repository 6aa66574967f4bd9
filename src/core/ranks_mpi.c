/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MPI-3.1; the only file that knows it. */
#include <mpi.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "core/ranks.h"

#define PIECE ((size_t)1 << 30) /* bytes of a message: MPI counts in int */
#define TAG 1

const char *ranks_library(void)
{
    static char text[MPI_MAX_LIBRARY_VERSION_STRING];
    int n;

    MPI_Get_library_version(text, &n);
    text[strcspn(text, ",\n")] = '\0';
    return text;
}

/* Variables of mpirun (Open MPI), of srun and others by PMIx, and of MPICH's launchers. */
static int is_launched(void)
{
    return getenv("OMPI_COMM_WORLD_SIZE") || getenv("PMIX_RANK") || getenv("PMI_RANK");
}

int ranks_begin(struct ranks *r, struct err *err)
{
    int provided, rank, n, here;
    MPI_Comm machine;

    *r = (struct ranks){ 0, 1, 1 };
    if (!is_launched())
        return 0;
    if (MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &provided) != MPI_SUCCESS ||
        provided < MPI_THREAD_FUNNELED)
        return err_add(err, ERR_PROGRAM, "MPI cannot be started beside threads");
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &n);
    MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &machine);
    MPI_Comm_size(machine, &here);
    MPI_Comm_free(&machine);
    *r = (struct ranks){ (size_t)rank, (size_t)n, (size_t)here };
    return 0;
}

void ranks_end(const struct ranks *r)
{
    int initialized;

    (void)r;
    MPI_Initialized(&initialized);
    if (initialized)
        MPI_Finalize();
}

void ranks_abort(int status)
{
    MPI_Abort(MPI_COMM_WORLD, status);
    exit(status);
}

size_t ranks_count(const struct ranks *r, int says_so)
{
    int mine = says_so != 0, all = mine;

    if (r->n > 1)
        MPI_Allreduce(&mine, &all, 1, MPI_INT, MPI_SUM, MPI_COMM_WORLD);
    return (size_t)all;
}

void ranks_broadcast(const struct ranks *r, void *bytes, size_t n)
{
    for (size_t at = 0; at < n && r->n > 1; at += PIECE)
        MPI_Bcast((char *)bytes + at, (int)(n - at < PIECE ? n - at : PIECE), MPI_BYTE, 0,
                  MPI_COMM_WORLD);
}

void ranks_send(const struct ranks *r, size_t to, const void *bytes, size_t n)
{
    uint64_t size = n;

    (void)r;
    MPI_Send(&size, 1, MPI_UINT64_T, (int)to, TAG, MPI_COMM_WORLD);
    for (size_t at = 0; at < n; at += PIECE)
        MPI_Send((const char *)bytes + at, (int)(n - at < PIECE ? n - at : PIECE), MPI_BYTE,
                 (int)to, TAG, MPI_COMM_WORLD);
}

void *ranks_receive(const struct ranks *r, size_t from, size_t *n)
{
    uint64_t size;

    (void)r;
    MPI_Recv(&size, 1, MPI_UINT64_T, (int)from, TAG, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    *n = (size_t)size;
    char *bytes = mem_array(*n, 1);
    for (size_t at = 0; at < *n; at += PIECE)
        MPI_Recv(bytes + at, (int)(*n - at < PIECE ? *n - at : PIECE), MPI_BYTE, (int)from,
                 TAG, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    return bytes;
}
