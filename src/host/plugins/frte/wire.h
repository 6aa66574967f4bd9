/* SPDX-License-Identifier: 0BSD */
/*
 * wire: what processes of the plug-in say to each other: numbers and bytes one behind
 * the other, sent whole through a socket.
 *
 * Ownership: wire_release(). Threads: one. Fails when: memory, the other side or the end
 * of a message is reached; then `bad` is set, further reading gives 0 and nothing, and
 * sending and receiving give -1.
 */
#ifndef FRTE_WIRE_H
#define FRTE_WIRE_H

#include <stddef.h>
#include <stdint.h>

struct wire {
    uint8_t *bytes;
    size_t len, cap, at;    /* what is there, room, and what was read of it */
    int bad;
};

void wire_release(struct wire *w);
void wire_reset(struct wire *w);

void wire_put(struct wire *w, const void *bytes, size_t len);
void wire_put_number(struct wire *w, uint64_t v);
void wire_put_bytes(struct wire *w, const void *bytes, size_t len); /* their count first */
void wire_put_text(struct wire *w, const char *s);

/* n bytes, which stay in the message; NULL if there are not so many. */
const void *wire_get(struct wire *w, size_t n);
uint64_t wire_get_number(struct wire *w);
const uint8_t *wire_get_bytes(struct wire *w, size_t *len);
const char *wire_get_text(struct wire *w); /* "" if there is none */

int wire_send(const struct wire *w, int fd);
/* -1 too if the other side has gone. */
int wire_receive(struct wire *w, int fd);

#endif
