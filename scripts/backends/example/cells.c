/* SPDX-License-Identifier: 0BSD */
/*
 * An example of a plug-in for misid, in one file: the face is the box that the data set
 * gives, or the whole picture, and its template is the mean brightness of some cells.
 * It recognises nobody; it shows what a plug-in is made of.
 *
 *     cc -shared -fPIC $(pkg-config --cflags misid-backend) -o cells.so cells.c
 *     misid backend check ./cells.so
 *     misid backend probe face.jpg --backend ./cells.so:side=6
 */
#include <misid-backend.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SIDE_MAX 32

struct cells { /* one instance; several processes may each have one */
    uint32_t side;
};

static const struct misid_option options[] = {
    { "side", "8", "cells across and down, 1 to 32" },
    { NULL, NULL, NULL }
};

/* Settings come in the order of the options, all of them. */
static void *cells_open(const struct misid_setting *settings, size_t n,
                        struct misid_info *info, struct misid_text *why)
{
    long side = n ? strtol(settings[0].value, NULL, 10) : 0;
    struct cells *self = malloc(sizeof *self);

    if (!self || side < 1 || side > SIDE_MAX) {
        snprintf(why->s, why->cap, "side is %ld, expected 1 to %d", side, SIDE_MAX);
        free(self);
        return NULL;
    }
    self->side = (uint32_t)side;
    info->dimension = self->side * self->side;
    info->template_bytes = 4 * info->dimension;
    snprintf(info->similarity.s, info->similarity.cap, "cosine");
    snprintf(info->about.s, info->about.cap, "mean brightness of %ld x %ld cells", side,
             side);
    return self;
}

static void cells_close(void *self)
{
    free(self);
}

/* The part of the picture that is looked at: x0, y0, x1, y1. */
static void face_of(const struct misid_image *im, uint32_t at[4])
{
    const float *box = im->box;
    float x1 = box ? box[0] + box[2] : (float)im->width;
    float y1 = box ? box[1] + box[3] : (float)im->height;

    at[0] = box && box[0] > 0 ? (uint32_t)box[0] : 0;
    at[1] = box && box[1] > 0 ? (uint32_t)box[1] : 0;
    at[2] = x1 < 0 ? 0 : x1 < (float)im->width ? (uint32_t)x1 : im->width;
    at[3] = y1 < 0 ? 0 : y1 < (float)im->height ? (uint32_t)y1 : im->height;
}

static float cell(const struct misid_image *im, const uint32_t at[4], uint32_t side,
                  uint32_t i)
{
    uint32_t x0 = at[0] + (at[2] - at[0]) * (i % side) / side;
    uint32_t x1 = at[0] + (at[2] - at[0]) * (i % side + 1) / side;
    uint32_t y0 = at[1] + (at[3] - at[1]) * (i / side) / side;
    uint32_t y1 = at[1] + (at[3] - at[1]) * (i / side + 1) / side;
    double sum = 0;

    for (uint32_t y = y0; y < y1; y++)
        for (uint32_t x = x0; x < x1; x++) {
            const uint8_t *p = im->pixels + y * im->stride + 3 * (size_t)x;
            sum += 0.2126 * p[0] + 0.7152 * p[1] + 0.0722 * p[2];
        }
    return (float)(1 + sum / ((x1 - x0) * (double)(y1 - y0)));
}

static void process_one(const struct cells *self, uint32_t want,
                        const struct misid_image *im, struct misid_result *r)
{
    struct misid_face *f = r->faces[0];
    uint32_t at[4];

    face_of(im, at);
    if (at[2] < at[0] + self->side || at[3] < at[1] + self->side) {
        r->status = MISID_REFUSED; /* an outcome, not a failure */
        snprintf(r->reason.s, r->reason.cap, "smaller than a pixel a cell");
        return;
    }
    r->n_faces = 1;
    f->box[0] = (float)at[0];
    f->box[1] = (float)at[1];
    f->box[2] = (float)(at[2] - at[0]);
    f->box[3] = (float)(at[3] - at[1]);
    if (!(want & MISID_TEMPLATE))
        return;
    for (uint32_t i = 0; i < self->side * self->side; i++) {
        float v = cell(im, at, self->side, i);
        memcpy(f->template_bytes + 4 * (size_t)i, &v, 4);
    }
    f->template_len = 4 * (size_t)self->side * self->side;
}

static int cells_process(void *self, uint32_t want, const struct misid_image *const *images,
                         size_t n, struct misid_result *const *results,
                         struct misid_text *why)
{
    (void)why;
    for (size_t i = 0; i < n; i++)
        process_one(self, want, images[i], results[i]);
    return 0;
}

static const struct misid_backend cells = {
    .abi = MISID_ABI,
    .size = sizeof cells,
    .name = "cells",
    .version = "1.0",
    .about = "an example: brightness of cells",
    .capabilities = MISID_TEMPLATE,
    .options = options,
    .open = cells_open,
    .close = cells_close,
    .process = cells_process,
};

const struct misid_backend *misid_backend(uint32_t abi)
{
    return abi == MISID_ABI ? &cells : NULL;
}
