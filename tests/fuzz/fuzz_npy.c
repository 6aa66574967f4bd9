/* SPDX-License-Identifier: GPL-3.0-or-later */
/* NumPy arrays of any bytes: a matrix of the size its file has, or a fault. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/npy.h"
#include "fuzz.h"

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
    free(path);
    close(fd);
    return 0;
}
