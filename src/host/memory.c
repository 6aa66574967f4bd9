/* SPDX-License-Identifier: 0BSD */
#include "host/memory.h"

#include <sys/mman.h>
#include <sys/stat.h>

static void unmap(struct memory *m)
{
    if (m->read)
        munmap((void *)m->read, m->size);
    if (m->write)
        munmap(m->write, m->size);
    m->read = m->write = NULL;
    m->size = 0;
}

const char *memory_map(struct memory *m, size_t size)
{
    struct stat st;

    if (size <= m->size)
        return NULL;
    if (fstat(m->fd, &st) < 0 || st.st_size < 0 || (uint64_t)st.st_size < size)
        return "the shared memory is smaller than was said";
    unmap(m);
    void *read = mmap(NULL, size, PROT_READ, MAP_SHARED, m->fd, 0);
    void *write = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, m->fd, 0);
    m->read = read == MAP_FAILED ? NULL : read;
    m->write = write == MAP_FAILED ? NULL : write;
    m->size = size;
    if (m->read && m->write)
        return NULL;
    unmap(m);
    return "the shared memory cannot be mapped";
}

void memory_release(struct memory *m)
{
    unmap(m);
}

const uint8_t *memory_at(const struct memory *m, uint64_t at, uint64_t len)
{
    return at <= m->size && len <= m->size - at ? m->read + at : NULL;
}
