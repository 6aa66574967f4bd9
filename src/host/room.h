/* SPDX-License-Identifier: 0BSD */
/*
 * room: the buffers that a plug-in writes its answers into, each with guard bytes
 * behind it, so that whoever writes too far is told from whoever does not.
 *
 * Room for the answers to n images of up to `faces` faces each is kept from call to
 * call. Behind the faces of an image stand further pointers, all to one face that must
 * stay as it is.
 *
 * Ownership: room_release(). Threads: one.
 */
#ifndef HOST_ROOM_H
#define HOST_ROOM_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "misid-backend.h"

#define ROOM_LABEL 256      /* bytes of a label or the value of an attribute, 0 included */
#define ROOM_NAME 64        /* … of the name of an attribute */
#define ROOM_REASON 1024    /* … of a reason or of why a call failed */
#define ROOM_GUARD 16
#define ROOM_BEYOND 16      /* pointers behind the last face */

struct room_text {
    char s[ROOM_LABEL];
    uint8_t guard[ROOM_GUARD];
};

struct room_name {
    char s[ROOM_NAME];
    uint8_t guard[ROOM_GUARD];
};

struct room_reason {
    char s[ROOM_REASON];
    uint8_t guard[ROOM_GUARD];
};

struct room_face {
    struct misid_face face;
    uint8_t guard[ROOM_GUARD];
    struct room_text label, values[MISID_ATTRIBUTES];
    struct room_name names[MISID_ATTRIBUTES];
    uint8_t *template_bytes;   /* with ROOM_GUARD bytes behind them */
};

struct room_image {
    struct misid_result result;
    uint8_t guard[ROOM_GUARD];
    struct room_reason reason;
    struct misid_face **pointers;
    struct room_face *faces;
};

struct room {
    size_t n, faces, template_cap;
    struct room_image *images;
    struct misid_result **results;
    struct misid_face **pointers;
    struct room_face *all_faces;
    uint8_t *templates;
    struct room_face beyond;
};

/* Makes it ready for a call; 0, or -1 if there is no memory. */
int room_prepare(struct room *r, size_t n, size_t faces, size_t template_cap);
void room_release(struct room *r);

/* What the plug-in did wrong with the answer to image i beyond saying something false,
 * or NULL. */
const char *room_breach(const struct room *r, size_t i);

void room_guard(void *guard);
int room_is_whole(const void *guard);
/* True if the buffer holds a 0 and its guard is whole. */
int room_is_text(const char *s, size_t cap, const void *guard);

#endif
