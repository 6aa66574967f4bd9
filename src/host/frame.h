/* SPDX-License-Identifier: 0BSD */
/*
 * frame: the lines that misid-host reads and writes, one JSON object each.
 *
 * Ownership: frame_in_release(); a line belongs to the reader until the next one.
 * Threads: one.
 */
#ifndef HOST_FRAME_H
#define HOST_FRAME_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#define FRAME_MAX ((size_t)16 << 20) /* bytes of a line */

struct frame_in {
    int fd;
    char *buf;
    size_t len, cap;     /* bytes that were read, and room for them */
    size_t next;         /* where the next line begins */
};

/* 1: a line without its end; 0: there are no more; -1: it is longer than FRAME_MAX,
 * ends before its end, or cannot be read. */
int frame_read(struct frame_in *in, char **line, size_t *len);
void frame_in_release(struct frame_in *in);

/* Writes one line; 0, or -1 with errno. */
int frame_write(int fd, const json_t *value);

/* A text, or `"…"` in place of one that is not UTF-8. */
json_t *frame_text(const char *s);
/* A whole number from 0 to `most` in *to; false if the member is not one. */
int frame_get_whole(const json_t *map, const char *key, uint64_t most, uint64_t *to);

#endif
