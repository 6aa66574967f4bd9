/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "host/plugins/onnx/decode.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"

#define CENTRE_VARIANCE .1
#define SIZE_VARIANCE .2

static double clamp01(double v)
{
    return v > 1 ? 1 : v > 0 ? v : 0; /* NaN: 0 */
}

static struct box around(double x, double y, double width, double height)
{
    return (struct box){ x - width / 2, y - height / 2, width, height };
}

/* The output NAME_STRIDE if it has that shape, else NULL. */
static const float *level_values(const struct tensor *outputs, size_t n, const char *name,
                                 int stride, size_t rows, size_t columns)
{
    char full[16];
    const struct tensor *t;

    snprintf(full, sizeof full, "%s_%d", name, stride);
    t = tensor_find(outputs, n, full);
    return t && tensor_rows(t, columns) == rows ? t->values : NULL;
}

static int decode_grid(struct faces *f, const struct tensor *outputs, size_t n,
                       const struct decoding_job *job)
{
    size_t order = 0;

    for (int stride = 8; stride <= 32; stride *= 2) {
        const size_t columns = (size_t)(job->width / stride);
        const size_t rows = columns * (size_t)(job->height / stride);
        const float *class = level_values(outputs, n, "cls", stride, rows, 1);
        const float *object = level_values(outputs, n, "obj", stride, rows, 1);
        const float *box = level_values(outputs, n, "bbox", stride, rows, 4);
        const float *points = level_values(outputs, n, "kps", stride, rows, 10);

        if (!rows || !class || !object || !box || !points)
            return DECODE_SHAPE;
        for (size_t i = 0; i < rows; i++, order++, box += 4, points += 10) {
            const double x = (double)(i % columns), y = (double)(i / columns);
            struct face face = { .score = sqrt(clamp01(class[i]) * clamp01(object[i])),
                                 .has_points = true, .order = order };

            if (!(face.score >= job->score))
                continue;
            face.box = around((x + box[0]) * stride, (y + box[1]) * stride,
                              exp(box[2]) * stride, exp(box[3]) * stride);
            for (int p = 0; p < LANDMARKS; p++)
                face.points[p] = (struct point){ (x + points[2 * p]) * stride,
                                                 (y + points[2 * p + 1]) * stride };
            faces_add(f, &face);
        }
    }
    return 0;
}

static int decode_priors(struct faces *f, const struct tensor *outputs, size_t n,
                         const struct decoding_job *job)
{
    const struct tensor *loc = tensor_find(outputs, n, "loc");
    const struct tensor *conf = tensor_find(outputs, n, "conf");
    const struct tensor *iou = tensor_find(outputs, n, "iou");
    const size_t count = priors_make(job->width, job->height, NULL);

    if (!loc || !conf || !iou || tensor_rows(loc, 14) != count ||
        tensor_rows(conf, 2) != count || tensor_rows(iou, 1) != count)
        return DECODE_SHAPE;
    struct prior *priors = mem_array(count, sizeof *priors);
    priors_make(job->width, job->height, priors);
    for (size_t i = 0; i < count; i++) {
        const struct prior *p = &priors[i];
        const double wide = p->width * job->width, high = p->height * job->height;
        const double x = p->x * job->width, y = p->y * job->height;
        const float *v = loc->values + 14 * i;
        struct face face = {
            .score = sqrt(clamp01(conf->values[2 * i + 1]) * clamp01(iou->values[i])),
            .has_points = true, .order = i
        };

        if (!(face.score >= job->score))
            continue;
        face.box = around(x + v[0] * CENTRE_VARIANCE * wide,
                          y + v[1] * CENTRE_VARIANCE * high,
                          wide * exp(v[2] * SIZE_VARIANCE), high * exp(v[3] * SIZE_VARIANCE));
        for (int k = 0; k < LANDMARKS; k++)
            face.points[k] =
                (struct point){ x + v[4 + 2 * k] * CENTRE_VARIANCE * wide,
                                y + v[5 + 2 * k] * CENTRE_VARIANCE * high };
        faces_add(f, &face);
    }
    free(priors);
    return 0;
}

int decode_yunet(struct faces *f, const struct tensor *outputs, size_t n,
                 const struct decoding_job *job)
{
    int code;

    f->n = 0;
    code = tensor_find(outputs, n, "loc") ? decode_priors(f, outputs, n, job)
                                          : decode_grid(f, outputs, n, job);
    if (code < 0) {
        f->n = 0;
        return code;
    }
    faces_suppress(f, job->overlap);
    return 0;
}
