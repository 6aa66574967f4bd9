/* SPDX-License-Identifier: 0BSD */
#include "host/frame.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CHUNK ((size_t)64 << 10)

/* Makes room for a chunk behind what is there; -1 past the bound. */
static int make_room(struct frame_in *in)
{
    if (in->next) {
        memmove(in->buf, in->buf + in->next, in->len - in->next);
        in->len -= in->next;
        in->next = 0;
    }
    if (in->cap - in->len >= CHUNK)
        return 0;
    if (in->len > FRAME_MAX)
        return -1;
    size_t cap = in->cap ? 2 * in->cap : 2 * CHUNK;
    char *buf = realloc(in->buf, cap);
    if (!buf)
        return -1;
    in->buf = buf;
    in->cap = cap;
    return 0;
}

int frame_read(struct frame_in *in, char **line, size_t *len)
{
    size_t seen = in->next;

    for (;;) {
        char *end = in->len > seen ? memchr(in->buf + seen, '\n', in->len - seen) : NULL;
        if (end) {
            *line = in->buf + in->next;
            *len = (size_t)(end - *line);
            in->next += *len + 1;
            return *len > FRAME_MAX ? -1 : 1;
        }
        size_t before = in->len - in->next;
        if (make_room(in) < 0)
            return -1;
        seen = before;
        ssize_t n = read(in->fd, in->buf + in->len, in->cap - in->len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n == 0 && in->len == 0 ? 0 : -1;
        in->len += (size_t)n;
    }
}

void frame_in_release(struct frame_in *in)
{
    free(in->buf);
    *in = (struct frame_in){ .fd = -1 };
}

int frame_write(int fd, const json_t *value)
{
    char *text = json_dumps(value, JSON_COMPACT);

    if (!text) {
        errno = ENOMEM;
        return -1;
    }
    size_t left = strlen(text);
    text[left++] = '\n'; /* in place of the 0 */
    for (const char *at = text; left;) {
        ssize_t n = write(fd, at, left);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            free(text);
            return -1;
        }
        at += n;
        left -= (size_t)n;
    }
    free(text);
    return 0;
}

json_t *frame_text(const char *s)
{
    json_t *value = json_string(s);

    return value ? value : json_string("\xe2\x80\xa6");
}

int frame_get_whole(const json_t *map, const char *key, uint64_t most, uint64_t *to)
{
    const json_t *value = json_object_get(map, key);

    if (!json_is_integer(value) || json_integer_value(value) < 0 ||
        (uint64_t)json_integer_value(value) > most)
        return 0;
    *to = (uint64_t)json_integer_value(value);
    return 1;
}
