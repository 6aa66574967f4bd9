/* SPDX-License-Identifier: 0BSD */
#include "host/plugins/frte/plugin.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/plugins/frte/twin.h"

/* What a return code says of a sample. */
static enum misid_status status_of(int code)
{
    switch (code) {
    case 0:
        return MISID_OK;
    case 3: /* RefuseInput */
    case 6: /* TemplateCreationError: "elective refusal to produce a template" */
        return MISID_REFUSED;
    case 8: /* FaceDetectionError */
        return MISID_NO_FACE;
    default:
        return MISID_ERROR;
    }
}

static void outcome(struct misid_result *r, enum misid_status status, const char *reason)
{
    r->status = status;
    if (r->reason.cap)
        snprintf(r->reason.s, r->reason.cap, "%s", reason);
}

static int is_grey(const struct misid_image *im)
{
    for (uint32_t y = 0; y < im->height; y++) {
        const uint8_t *row = im->pixels + y * im->stride;
        for (uint32_t x = 0; x < im->width; x++)
            if (row[3 * x] != row[3 * x + 1] || row[3 * x] != row[3 * x + 2])
                return 0;
    }
    return 1;
}

/* Luma of ITU-R BT.601, rounded. */
static void write_grey(const struct misid_image *im, uint8_t *to)
{
    for (uint32_t y = 0; y < im->height; y++) {
        const uint8_t *c = im->pixels + y * im->stride;
        for (uint32_t x = 0; x < im->width; x++, c += 3)
            *to++ = (uint8_t)((299u * c[0] + 587u * c[1] + 114u * c[2] + 500u) / 1000u);
    }
}

static void write_colours(const struct misid_image *im, uint8_t *to)
{
    for (uint32_t y = 0; y < im->height; y++, to += 3 * (size_t)im->width)
        memcpy(to, im->pixels + y * im->stride, 3 * (size_t)im->width);
}

/* The picture as the library wants it; false if it is too large for FRVT::Image, which
 * counts bytes in an int. */
static int take_picture(struct frte *f, const struct misid_image *im,
                        struct frte_picture *p)
{
    const int grey = f->depth == DEPTH_8 || (f->depth == DEPTH_AUTO && is_grey(im));
    const uint64_t bytes = (uint64_t)im->width * im->height * (grey ? 1 : 3);

    free(f->pixels);
    f->pixels = NULL;
    if (im->width > UINT16_MAX || im->height > UINT16_MAX || bytes > INT_MAX || !bytes)
        return 0;
    f->pixels = malloc((size_t)bytes);
    if (!f->pixels)
        return 0;
    if (grey)
        write_grey(im, f->pixels);
    else
        write_colours(im, f->pixels);
    *p = (struct frte_picture){ (uint16_t)im->width, (uint16_t)im->height, grey ? 8 : 24,
                                f->description, f->pixels };
    return 1;
}

static void forget(struct keeping *k)
{
    free(k->templates);
    free(k->bytes);
    *k = (struct keeping){ .templates = NULL };
}

/* Keeps what was made past the next call; false if there is no memory. */
static int keep(struct keeping *k, const struct frte_made *made)
{
    size_t all = 0;

    forget(k);
    for (size_t i = 0; i < made->n; i++)
        all += made->templates[i].len;
    k->templates = calloc(made->n + 1, sizeof *k->templates);
    k->bytes = malloc(all + 1);
    if (!k->templates || !k->bytes)
        return 0;
    uint8_t *to = k->bytes;
    for (size_t i = 0; i < made->n; i++) {
        k->templates[i] = made->templates[i];
        k->templates[i].bytes = to;
        if (made->templates[i].len)
            memcpy(to, made->templates[i].bytes, made->templates[i].len);
        to += made->templates[i].len;
    }
    k->made = *made;
    k->made.templates = k->templates;
    return 1;
}

static void say_eye(struct misid_face *face, const char *name, unsigned x, unsigned y)
{
    const uint32_t i = face->n_attributes++;

    snprintf(face->attribute_name[i].s, face->attribute_name[i].cap, "%s", name);
    snprintf(face->attribute_value[i].s, face->attribute_value[i].cap, "%u %u", x, y);
}

/* Both templates of face i, as far as there are; false if there is no room for them. */
static int say_face(const struct frte_made made[2], size_t i, uint32_t want,
                    enum misid_status status, struct misid_face *face)
{
    struct twin twin;

    for (int role = 0; role < 2; role++) {
        twin.code[role] = made[role].said.code;
        twin.part[role] = i < made[role].n ? made[role].templates[i]
                                           : (struct frte_template){ .len = 0 };
    }
    const struct frte_eyes *eyes = &twin.part[FRTE_ENROL].eyes;
    face->status = status;
    if (eyes->left)
        say_eye(face, "left_eye", eyes->xleft, eyes->yleft);
    if (eyes->right)
        say_eye(face, "right_eye", eyes->xright, eyes->yright);
    if (!(want & MISID_TEMPLATE))
        return 1;
    if (twin.part[0].len > UINT32_MAX || twin.part[1].len > UINT32_MAX ||
        twin_size(&twin) > face->template_cap)
        return 0;
    twin_write(&twin, face->template_bytes);
    face->template_len = twin_size(&twin);
    return 1;
}

/* The library's answer: its faces, or why there is none. A failed template is given
 * beside its status, for the library is to compare it too. */
static void say_faces(const struct frte *f, const struct frte_made made[2], uint32_t want,
                      struct misid_result *r)
{
    const struct frte_said *bad = made[FRTE_ENROL].said.code ? &made[FRTE_ENROL].said
                                                             : &made[FRTE_PROBE].said;
    const enum misid_status status = status_of(bad->code);
    char reason[FRTE_REASON];
    size_t n = 1;

    if (bad->code) {
        outcome(r, status, engine_reason(bad, reason));
    } else if (made[FRTE_ENROL].n != made[FRTE_PROBE].n) {
        outcome(r, MISID_ERROR, "finds another number of faces for each role");
        return;
    } else if (!made[FRTE_ENROL].n || !made[FRTE_ENROL].templates[0].len ||
               !made[FRTE_PROBE].templates[0].len) {
        outcome(r, MISID_ERROR, "says that all is well, but gives no template");
        return;
    } else {
        n = made[FRTE_ENROL].n;
    }
    if (n > (want & MISID_FACES ? r->cap : 1))
        n = want & MISID_FACES ? r->cap : 1;
    for (size_t i = 0; i < n; i++) {
        if (!say_face(made, i, want, status, r->faces[i])) {
            snprintf(reason, sizeof reason, "templates take more than room=%u bytes",
                     f->room);
            outcome(r, MISID_ERROR, reason);
            r->n_faces = 0;
            return;
        }
        r->n_faces++;
    }
}

void frte_process(struct frte *f, uint32_t want, const struct misid_image *image,
                  struct misid_result *r)
{
    struct frte_picture picture;
    struct frte_made made[2];

    r->n_faces = 0;
    r->status = MISID_OK;
    if (!take_picture(f, image, &picture)) {
        outcome(r, MISID_REFUSED, "too large for the structs of FRTE, or for the memory");
        return;
    }
    engine_create(&f->engine, &picture, FRTE_ENROL, f->several, &made[FRTE_ENROL]);
    if (!keep(&f->enrolled, &made[FRTE_ENROL])) {
        outcome(r, MISID_ERROR, "there is no memory");
        return;
    }
    made[FRTE_ENROL] = f->enrolled.made;
    engine_create(&f->engine, &picture, FRTE_PROBE, f->several, &made[FRTE_PROBE]);
    say_faces(f, made, want, r);
}

void frte_process_release(struct frte *f)
{
    forget(&f->enrolled);
    free(f->pixels);
}
