/* SPDX-License-Identifier: 0BSD */
#include "host/room.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define GUARD_BYTE 0xA5

void room_guard(void *guard)
{
    memset(guard, GUARD_BYTE, ROOM_GUARD);
}

int room_is_whole(const void *guard)
{
    static const uint8_t whole[ROOM_GUARD] = {
        GUARD_BYTE, GUARD_BYTE, GUARD_BYTE, GUARD_BYTE, GUARD_BYTE, GUARD_BYTE,
        GUARD_BYTE, GUARD_BYTE, GUARD_BYTE, GUARD_BYTE, GUARD_BYTE, GUARD_BYTE,
        GUARD_BYTE, GUARD_BYTE, GUARD_BYTE, GUARD_BYTE,
    };

    return !memcmp(guard, whole, sizeof whole);
}

int room_is_text(const char *s, size_t cap, const void *guard)
{
    return memchr(s, '\0', cap) && room_is_whole(guard);
}

void room_release(struct room *r)
{
    free(r->images);
    free(r->results);
    free(r->pointers);
    free(r->all_faces);
    free(r->templates);
    *r = (struct room){ 0 };
}

/* The bytes from one template to the next. */
static size_t template_step(size_t cap)
{
    return (cap + ROOM_GUARD + 63) / 64 * 64;
}

static int allocate(struct room *r, size_t n, size_t faces, size_t template_cap)
{
    size_t all = n * faces, bytes;

    room_release(r);
    if (__builtin_mul_overflow(all, template_step(template_cap), &bytes))
        return -1;
    r->images = calloc(n, sizeof *r->images);
    r->results = calloc(n, sizeof *r->results);
    r->pointers = calloc(n * (faces + ROOM_BEYOND), sizeof *r->pointers);
    r->all_faces = calloc(all, sizeof *r->all_faces);
    r->templates = aligned_alloc(64, bytes);
    if (!r->images || !r->results || !r->pointers || !r->all_faces || !r->templates) {
        room_release(r);
        return -1;
    }
    r->n = n;
    r->faces = faces;
    r->template_cap = template_cap;
    return 0;
}

static void prepare_face(struct room_face *f, uint8_t *template_bytes, size_t template_cap)
{
    struct misid_face *face = &f->face;

    memset(face, 0, sizeof *face);
    face->size = sizeof *face;
    face->quality = face->confidence = NAN;
    room_guard(f->guard);
    face->label = (struct misid_text){ f->label.s, sizeof f->label.s };
    f->label.s[0] = '\0';
    room_guard(f->label.guard);
    for (int i = 0; i < MISID_ATTRIBUTES; i++) {
        face->attribute_name[i] = (struct misid_text){ f->names[i].s, sizeof f->names[i].s };
        face->attribute_value[i] = (struct misid_text){ f->values[i].s,
                                                        sizeof f->values[i].s };
        f->names[i].s[0] = f->values[i].s[0] = '\0';
        room_guard(f->names[i].guard);
        room_guard(f->values[i].guard);
    }
    f->template_bytes = template_bytes;
    if (template_bytes) {
        face->template_bytes = template_bytes;
        face->template_cap = template_cap;
        memset(template_bytes, 0, template_cap);
        room_guard(template_bytes + template_cap);
    }
}

int room_prepare(struct room *r, size_t n, size_t faces, size_t template_cap)
{
    size_t step = template_step(template_cap);

    if ((n > r->n || faces != r->faces || template_cap != r->template_cap) &&
        allocate(r, n, faces, template_cap) < 0)
        return -1;
    prepare_face(&r->beyond, NULL, 0);
    for (size_t i = 0; i < n; i++) {
        struct room_image *im = &r->images[i];
        im->faces = r->all_faces + i * faces;
        im->pointers = r->pointers + i * (faces + ROOM_BEYOND);
        for (size_t k = 0; k < faces; k++) {
            prepare_face(&im->faces[k], r->templates + (i * faces + k) * step,
                         template_cap);
            im->pointers[k] = &im->faces[k].face;
        }
        for (size_t k = faces; k < faces + ROOM_BEYOND; k++)
            im->pointers[k] = &r->beyond.face;
        im->reason.s[0] = '\0';
        room_guard(im->reason.guard);
        room_guard(im->guard);
        im->result = (struct misid_result){
            .size = sizeof im->result, .cap = (uint32_t)faces, .faces = im->pointers,
            .reason = { im->reason.s, sizeof im->reason.s },
        };
        r->results[i] = &im->result;
    }
    return 0;
}

/* What is wrong with the buffers of one face, or NULL. */
static const char *face_breach(const struct room_face *f, size_t template_cap)
{
    if (!room_is_whole(f->guard))
        return "wrote past the end of a struct misid_face";
    if (!room_is_text(f->label.s, sizeof f->label.s, f->label.guard))
        return "the label is longer than its buffer";
    for (int i = 0; i < MISID_ATTRIBUTES; i++)
        if (!room_is_text(f->names[i].s, sizeof f->names[i].s, f->names[i].guard) ||
            !room_is_text(f->values[i].s, sizeof f->values[i].s, f->values[i].guard))
            return "an attribute is longer than its buffer";
    if (!room_is_whole(f->template_bytes + template_cap))
        return "wrote past the end of a template";
    return NULL;
}

/* True if the plug-in left the face alone that stands for those beyond the last. */
static int beyond_is_untouched(const struct room_face *f)
{
    const struct misid_face *face = &f->face;

    return face->status == 0 && face->box[2] == 0 && isnan(face->quality) &&
           isnan(face->confidence) && f->label.s[0] == '\0' && face->n_attributes == 0 &&
           face->template_len == 0 && room_is_whole(f->guard);
}

const char *room_breach(const struct room *r, size_t i)
{
    const struct room_image *im = &r->images[i];

    if (!room_is_whole(im->guard))
        return "wrote past the end of a struct misid_result";
    if (im->result.n_faces > r->faces)
        return "says more faces than there was room for";
    if (!beyond_is_untouched(&r->beyond))
        return "wrote faces beyond those there was room for";
    if (!room_is_text(im->reason.s, sizeof im->reason.s, im->reason.guard))
        return "the reason is longer than its buffer";
    for (size_t k = 0; k < r->faces; k++) {
        const char *what = face_breach(&im->faces[k], r->template_cap);
        if (what)
            return what;
    }
    return NULL;
}
