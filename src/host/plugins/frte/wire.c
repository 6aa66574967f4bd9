/* SPDX-License-Identifier: 0BSD */
#include "host/plugins/frte/wire.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MESSAGE_MAX ((uint64_t)1 << 32)

void wire_release(struct wire *w)
{
    free(w->bytes);
    *w = (struct wire){ 0 };
}

void wire_reset(struct wire *w)
{
    w->len = w->at = 0;
    w->bad = 0;
}

/* Room for n more bytes. */
static int make_room(struct wire *w, size_t n)
{
    size_t cap = w->cap ? w->cap : 256;

    w->bad |= n > MESSAGE_MAX || w->len + n > MESSAGE_MAX;
    while (!w->bad && cap < w->len + n)
        cap *= 2;
    if (!w->bad && cap != w->cap) {
        uint8_t *bytes = realloc(w->bytes, cap);
        w->bad = !bytes;
        if (bytes) {
            w->bytes = bytes;
            w->cap = cap;
        }
    }
    return w->bad ? -1 : 0;
}

void wire_put(struct wire *w, const void *bytes, size_t len)
{
    if (!len || w->bad || make_room(w, len) < 0)
        return;
    memcpy(w->bytes + w->len, bytes, len);
    w->len += len;
}

void wire_put_number(struct wire *w, uint64_t v)
{
    wire_put(w, &v, sizeof v);
}

void wire_put_bytes(struct wire *w, const void *bytes, size_t len)
{
    wire_put_number(w, len);
    wire_put(w, bytes, len);
}

void wire_put_text(struct wire *w, const char *s)
{
    wire_put_bytes(w, s, strlen(s) + 1);
}

const void *wire_get(struct wire *w, size_t n)
{
    if (w->bad || !w->bytes || n > w->len - w->at) {
        w->bad = 1;
        return NULL;
    }
    w->at += n;
    return w->bytes + w->at - n;
}

uint64_t wire_get_number(struct wire *w)
{
    const void *at = wire_get(w, sizeof(uint64_t));
    uint64_t v = 0;

    if (at)
        memcpy(&v, at, sizeof v);
    return v;
}

const uint8_t *wire_get_bytes(struct wire *w, size_t *len)
{
    const uint64_t n = wire_get_number(w);
    const uint8_t *at = wire_get(w, (size_t)n);

    *len = at ? (size_t)n : 0;
    return at;
}

const char *wire_get_text(struct wire *w)
{
    size_t len;
    const uint8_t *s = wire_get_bytes(w, &len);

    if (s && len && s[len - 1] == '\0')
        return (const char *)s;
    w->bad = 1;
    return "";
}

static int send_all(int fd, const void *bytes, size_t len)
{
    for (const uint8_t *at = bytes; len;) {
        ssize_t n = send(fd, at, len, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return -1;
        at += n;
        len -= (size_t)n;
    }
    return 0;
}

static int receive_all(int fd, void *bytes, size_t len)
{
    for (uint8_t *at = bytes; len;) {
        ssize_t n = read(fd, at, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return -1;
        at += n;
        len -= (size_t)n;
    }
    return 0;
}

int wire_send(const struct wire *w, int fd)
{
    const uint64_t len = w->len;

    if (w->bad || send_all(fd, &len, sizeof len) < 0)
        return -1;
    return send_all(fd, w->bytes, w->len);
}

int wire_receive(struct wire *w, int fd)
{
    uint64_t len;

    wire_reset(w);
    if (receive_all(fd, &len, sizeof len) < 0 || len > MESSAGE_MAX ||
        make_room(w, (size_t)len) < 0 || receive_all(fd, w->bytes, (size_t)len) < 0) {
        w->bad = 1;
        return -1;
    }
    w->len = (size_t)len;
    return 0;
}
