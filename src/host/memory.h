/* SPDX-License-Identifier: 0BSD */
/*
 * memory: the memory that misid and a worker share, mapped twice: `read` for what a
 * plug-in is to read (writing there ends the process), `write` for what the host writes.
 *
 * Ownership: memory_release(). Threads: one.
 */
#ifndef HOST_MEMORY_H
#define HOST_MEMORY_H

#include <stddef.h>
#include <stdint.h>

struct memory {
    int fd;
    size_t size;
    const uint8_t *read;
    uint8_t *write;
};

/* Maps the first `size` bytes, unless they are mapped; NULL, or what is wrong. */
const char *memory_map(struct memory *m, size_t size);
void memory_release(struct memory *m);

/* `len` bytes at `at` that are to be read, or NULL if they are not all inside. */
const uint8_t *memory_at(const struct memory *m, uint64_t at, uint64_t len);

#endif
