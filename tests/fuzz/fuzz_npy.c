/* SPDX-License-Identifier: GPL-3.0-or-later */
/* NumPy arrays of any bytes: a matrix or records of the size the file has, or a fault. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/npy.h"
#include "fuzz.h"

static void read_records(const char *path, const char *type, size_t size, int dimensions,
                         size_t len)
{
    struct npy_records r;
    struct err err = ERR_INIT;
    int code = npy_records_load(&r, path, type, size, dimensions, &err);

    assert((code < 0) == (err.count > 0));
    if (code == 0)
        assert(r.n <= len / size && r.n == r.shape[0] * r.shape[1]);
    for (size_t i = 0; code == 0 && i < r.n; i++) {
        volatile uint64_t v = size == 8 ? npy_u64(r.data + 8 * i) : npy_u32(r.data + size * i);
        (void)v;
    }
    npy_records_release(&r);
    err_release(&err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct npy m;
    struct err err = ERR_INIT;
    int fd = memfd_create("fuzz", MFD_CLOEXEC);

    assert(fd >= 0 && write(fd, data, len) == (ssize_t)len);
    char *path = mem_printf("/proc/self/fd/%d", fd);
    int code = npy_load(&m, path, &err);
    assert((code < 0) == (err.count > 0));
    if (code == 0)
        assert(m.rows == 0 || m.columns <= len / m.rows);
    for (size_t i = 0; i < m.rows * m.columns; i++) {
        volatile float v = m.values[i];
        (void)v;
    }
    npy_release(&m);
    err_release(&err);
    read_records(path, "'<u8'", 8, 2, len);
    read_records(path, "[('a', '<u4'), ('b', '<u4'), ('score', '<f4')]", 12, 1, len);
    free(path);
    close(fd);
    return 0;
}
