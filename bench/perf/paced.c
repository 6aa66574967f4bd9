/* SPDX-License-Identifier: 0BSD */
/*
 * A plug-in that takes its time: a class by the brightness of the image, after as much
 * work as the environment's PACED_WORK says (thousands of steps an image, 2000 unless it
 * says otherwise). The environment is no part of a fingerprint: to whoever looks on, the
 * same matcher has become slower.
 */
#include <stdio.h>
#include <stdlib.h>

#include "misid-backend.h"

struct self {
    unsigned long steps;
    volatile unsigned long sum; /* so that the work is done */
};

static void *open_paced(const struct misid_setting *settings, size_t n,
                        struct misid_info *info, struct misid_text *why)
{
    const char *work = getenv("PACED_WORK");
    struct self *self = calloc(1, sizeof *self);

    (void)settings;
    (void)n;
    if (!self) {
        snprintf(why->s, why->cap, "no memory");
        return NULL;
    }
    self->steps = 1000 * (work ? strtoul(work, NULL, 10) : 2000);
    info->batch = 1;
    return self;
}

static void close_paced(void *self)
{
    free(self);
}

static int process_paced(void *arg, uint32_t want, const struct misid_image *const *images,
                         size_t n, struct misid_result *const *results,
                         struct misid_text *why)
{
    struct self *self = arg;

    (void)want;
    (void)why;
    for (size_t i = 0; i < n; i++) {
        const struct misid_image *im = images[i];
        struct misid_face *f = results[i]->faces[0];
        unsigned long x = self->sum | 1, light = 0;
        for (unsigned long k = 0; k < self->steps; k++)
            x = x * 6364136223846793005ul + 1442695040888963407ul;
        self->sum = x;
        for (uint32_t k = 0; k < 64; k++)
            light += im->pixels[k * im->height / 64 * im->stride + 3 * (k % im->width)];
        results[i]->n_faces = 1;
        snprintf(f->label.s, f->label.cap, "%s", light & 1 ? "female" : "male");
        f->confidence = .5;
    }
    return 0;
}

static const struct misid_backend paced = {
    .abi = MISID_ABI, .size = sizeof paced, .name = "paced", .version = "1",
    .about = "takes its time", .capabilities = MISID_CLASS, .open = open_paced,
    .close = close_paced, .process = process_paced,
};

const struct misid_backend *misid_backend(uint32_t abi)
{
    return abi == MISID_ABI ? &paced : NULL;
}
