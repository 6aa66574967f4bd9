/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "backends/pack.h"

#include <string.h>

static void put(struct text *to, uint64_t v, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++)
        text_addch(to, (char)(v >> (8 * i) & 255));
}

static void put_f64(struct text *to, double v)
{
    uint64_t bits;

    memcpy(&bits, &v, sizeof bits);
    put(to, bits, 8);
}

static void put_bytes(struct text *to, const void *bytes, size_t len)
{
    put(to, len, 4);
    if (len)
        text_addn(to, bytes, len);
}

static void put_text(struct text *to, const char *s)
{
    put_bytes(to, s, strlen(s));
}

static void put_face(struct text *to, const struct face_answer *f)
{
    put(to, f->status, 1);
    put_f64(to, f->box.x);
    put_f64(to, f->box.y);
    put_f64(to, f->box.width);
    put_f64(to, f->box.height);
    put_f64(to, f->quality);
    put_f64(to, f->confidence);
    put_text(to, f->label);
    put(to, f->n_attributes, 4);
    for (size_t i = 0; i < f->n_attributes; i++) {
        put_text(to, f->attributes[i].name);
        put_text(to, f->attributes[i].value);
    }
    put_bytes(to, f->template, f->template_len);
}

void answer_pack(const struct answer *a, struct text *to)
{
    put(to, PACK_VERSION, 1);
    put(to, a->status, 1);
    put_f64(to, a->latency);
    put_text(to, a->reason);
    put(to, a->n_faces, 4);
    for (size_t i = 0; i < a->n_faces; i++)
        put_face(to, &a->faces[i]);
}

struct reader {
    struct arena *arena;
    const unsigned char *at;
    size_t left;
    bool bad;
};

static uint64_t take(struct reader *r, unsigned bytes)
{
    uint64_t v = 0;

    if (r->left < bytes) {
        r->bad = true;
        return 0;
    }
    for (unsigned i = 0; i < bytes; i++)
        v |= (uint64_t)r->at[i] << (8 * i);
    r->at += bytes;
    r->left -= bytes;
    return v;
}

static double take_f64(struct reader *r)
{
    uint64_t bits = take(r, 8);
    double v;

    memcpy(&v, &bits, sizeof v);
    return v;
}

static enum status take_status(struct reader *r)
{
    uint64_t v = take(r, 1);

    r->bad |= v >= STATUS_COUNT;
    return r->bad ? STATUS_ERROR : (enum status)v;
}

/* The bytes and their number; NULL where there are none, or are not so many. */
static const void *take_bytes(struct reader *r, size_t *len)
{
    const unsigned char *at;

    *len = (size_t)take(r, 4);
    at = r->at;
    if (r->bad || *len > r->left) {
        r->bad = true;
        *len = 0;
        return NULL;
    }
    r->at += *len;
    r->left -= *len;
    return at;
}

static const char *take_text(struct reader *r)
{
    size_t len;
    const void *s = take_bytes(r, &len);

    if (!len)
        return "";
    r->bad |= memchr(s, 0, len) != NULL;
    return arena_strndup(r->arena, s, len);
}

/* A number of things that take at least `least` bytes each. */
static size_t take_count(struct reader *r, size_t least)
{
    size_t n = (size_t)take(r, 4);

    if (r->bad || n > r->left / least) {
        r->bad = true;
        return 0;
    }
    return n;
}

static void take_face(struct reader *r, struct face_answer *f)
{
    size_t len;

    f->status = take_status(r);
    f->box.x = take_f64(r);
    f->box.y = take_f64(r);
    f->box.width = take_f64(r);
    f->box.height = take_f64(r);
    f->quality = take_f64(r);
    f->confidence = take_f64(r);
    f->label = take_text(r);
    f->n_attributes = take_count(r, 8);
    f->attributes = arena_array(r->arena, f->n_attributes, sizeof *f->attributes);
    for (size_t i = 0; i < f->n_attributes && !r->bad; i++) {
        f->attributes[i].name = take_text(r);
        f->attributes[i].value = take_text(r);
    }
    const void *bytes = take_bytes(r, &len);
    if (len) {
        void *t = arena_alloc(r->arena, len);
        memcpy(t, bytes, len);
        f->template = t;
        f->template_len = len;
    }
}

#define FACE_LEAST 61 /* bytes of a face that says nothing */

bool answer_unpack(struct answer *a, const void *bytes, size_t len)
{
    struct reader r = { &a->arena, bytes, len, false };

    answer_reset(a);
    r.bad = take(&r, 1) != PACK_VERSION;
    a->status = take_status(&r);
    a->latency = take_f64(&r);
    a->reason = take_text(&r);
    struct face_answer *faces = answer_faces(a, take_count(&r, FACE_LEAST));
    for (size_t i = 0; i < a->n_faces && !r.bad; i++)
        take_face(&r, &faces[i]);
    if (!r.bad && !r.left)
        return true;
    answer_reset(a);
    return false;
}
