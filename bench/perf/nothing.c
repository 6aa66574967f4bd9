/* SPDX-License-Identifier: 0BSD */
/*
 * A plug-in that does next to nothing: a template of 512 numbers of a few pixels. What a
 * run with it takes is what the host, the protocol and the copies take.
 */
#include <stdio.h>
#include <string.h>

#include "misid-backend.h"

#define DIMENSION 512

static void *open_nothing(const struct misid_setting *settings, size_t n,
                          struct misid_info *info, struct misid_text *why)
{
    static int self;

    (void)settings;
    (void)n;
    (void)why;
    info->dimension = DIMENSION;
    info->template_bytes = 4 * DIMENSION;
    info->batch = 8;
    snprintf(info->similarity.s, info->similarity.cap, "cosine");
    return &self;
}

static int process_nothing(void *self, uint32_t want,
                           const struct misid_image *const *images, size_t n,
                           struct misid_result *const *results, struct misid_text *why)
{
    (void)self;
    (void)why;
    for (size_t i = 0; i < n; i++) {
        const struct misid_image *im = images[i];
        struct misid_face *f = results[i]->faces[0];
        size_t row = 3 * (size_t)im->width;
        float v[DIMENSION];
        results[i]->n_faces = 1;
        if (!(want & MISID_TEMPLATE))
            continue;
        for (size_t k = 0; k < DIMENSION; k++)
            v[k] = 1 + im->pixels[k * im->height / DIMENSION * im->stride + k % row];
        memcpy(f->template_bytes, v, sizeof v);
        f->template_len = sizeof v;
    }
    return 0;
}

static const struct misid_backend nothing = {
    .abi = MISID_ABI, .size = sizeof nothing, .name = "nothing", .version = "1",
    .about = "measures the way to a plug-in and back", .capabilities = MISID_TEMPLATE,
    .open = open_nothing, .process = process_nothing,
};

const struct misid_backend *misid_backend(uint32_t abi)
{
    return abi == MISID_ABI ? &nothing : NULL;
}
