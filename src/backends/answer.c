/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Answers of backends: made, and held to what may be believed of them. */
#include <math.h>
#include <string.h>

#include "backends/backend.h"

void answer_reset(struct answer *a)
{
    arena_release(&a->arena);
    *a = (struct answer){ .status = STATUS_OK, .reason = "", .latency = NAN };
}

void answer_release(struct answer *a)
{
    answer_reset(a);
}

struct face_answer *answer_faces(struct answer *a, size_t n)
{
    a->faces = arena_array(&a->arena, n, sizeof *a->faces);
    a->n_faces = n;
    for (size_t i = 0; i < n; i++)
        a->faces[i] = (struct face_answer){ .quality = NAN, .confidence = NAN, .label = "" };
    return a->faces;
}

static void say(struct answer *a, enum status status, const char *fmt, va_list ap)
{
    struct text t = TEXT_INIT;

    text_addfv(&t, fmt, ap);
    a->status = status;
    a->reason = arena_strdup(&a->arena, t.s);
    text_release(&t);
}

void answer_fail(struct answer *a, enum status status, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    say(a, status, fmt, ap);
    va_end(ap);
    a->faces = NULL;
    a->n_faces = 0;
}

/* Bytes that are no text, or would break a line, as misid shows them. */
static const char *clean(struct answer *a, const char *s)
{
    bool plain = text_is_utf8(s, strlen(s), NULL);

    for (const char *c = s; *c && plain; c++)
        plain = (unsigned char)*c >= 32 && *c != 127;
    if (plain)
        return s;
    struct text t = TEXT_INIT;
    roster_add_encoded(&t, s);
    s = arena_strdup(&a->arena, t.s);
    text_release(&t);
    return s;
}

/* What is wrong with a face, in words; NULL: nothing. */
static const char *fault_of(const struct face_answer *f, const struct backend *b,
                            unsigned want)
{
    if (!isnan(f->confidence) && !(f->confidence >= 0 && f->confidence <= 1))
        return "a confidence that is not from 0 to 1";
    if (isinf(f->quality))
        return "an infinite quality";
    if (!isfinite(f->box.x) || !isfinite(f->box.y) || !isfinite(f->box.width) ||
        !isfinite(f->box.height) || f->box.width < 0 || f->box.height < 0)
        return "a box that is none";
    if (!(want & MISID_TEMPLATE) || f->status != STATUS_OK)
        return NULL;
    if (!f->template_len)
        return "no template";
    if (!b->dimension)
        return NULL;
    if (f->template_len != b->dimension * sizeof(float))
        return "a template of another length than its dimension says";
    for (uint32_t i = 0; i < b->dimension; i++) {
        float v;
        memcpy(&v, (const char *)f->template + i * sizeof v, sizeof v);
        if (!isfinite(v))
            return "a template that is not finite";
    }
    return NULL;
}

void answer_check(struct answer *a, const struct backend *b, unsigned want)
{
    a->reason = clean(a, a->reason);
    if (a->status == STATUS_OK && !a->n_faces)
        answer_fail(a, STATUS_ERROR, "the backend answered ok without a face");
    for (size_t i = 0; i < a->n_faces; i++) {
        struct face_answer *f = &a->faces[i];
        const char *fault = fault_of(f, b, want);
        if (fault) {
            *f = (struct face_answer){ .status = STATUS_ERROR, .quality = NAN,
                                       .confidence = NAN, .label = "" };
            if (!*a->reason)
                a->reason = arena_printf(&a->arena, "the backend gave %s", fault);
            continue;
        }
        f->label = f->status == STATUS_OK ? clean(a, f->label) : "";
        if (f->status != STATUS_OK)
            f->template_len = 0;
        for (size_t k = 0; k < f->n_attributes; k++) {
            f->attributes[k].name = clean(a, f->attributes[k].name);
            f->attributes[k].value = clean(a, f->attributes[k].value);
        }
    }
}
