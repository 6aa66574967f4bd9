/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "host/plugins/onnx/decode.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"

#define CENTRE_VARIANCE .1
#define SIZE_VARIANCE .2

/* Shares of the sides: centre and size. */
static struct prior from_offsets(const float *v, const struct prior *p)
{
    return (struct prior){ p->x + v[0] * CENTRE_VARIANCE * p->width,
                           p->y + v[1] * CENTRE_VARIANCE * p->height,
                           p->width * exp(v[2] * SIZE_VARIANCE),
                           p->height * exp(v[3] * SIZE_VARIANCE) };
}

static struct prior from_corners(const float *v)
{
    return (struct prior){ ((double)v[0] + v[2]) / 2, ((double)v[1] + v[3]) / 2,
                           (double)v[2] - v[0], (double)v[3] - v[1] };
}

int decode_ultraface(struct faces *f, const struct tensor *outputs, size_t n, bool priors,
                     const struct decoding_job *job)
{
    const struct tensor *scores = tensor_find(outputs, n, "scores");
    const struct tensor *boxes = tensor_find(outputs, n, "boxes");
    const size_t count = scores ? tensor_rows(scores, 2) : 0;
    struct prior *prior = NULL;

    f->n = 0;
    if (!count || !boxes || tensor_rows(boxes, 4) != count)
        return DECODE_SHAPE;
    if (priors) {
        if (priors_make(job->width, job->height, NULL) != count)
            return DECODE_SHAPE;
        prior = mem_array(count, sizeof *prior);
        priors_make(job->width, job->height, prior);
    }
    for (size_t i = 0; i < count; i++) {
        struct face face = { .score = scores->values[2 * i + 1], .order = i };
        const float *v = boxes->values + 4 * i;

        if (!(face.score >= job->score))
            continue;
        struct prior b = prior ? from_offsets(v, &prior[i]) : from_corners(v);
        face.box = (struct box){ (b.x - b.width / 2) * job->width,
                                 (b.y - b.height / 2) * job->height,
                                 b.width * job->width, b.height * job->height };
        faces_add(f, &face);
    }
    free(prior);
    faces_suppress(f, job->overlap);
    return 0;
}
