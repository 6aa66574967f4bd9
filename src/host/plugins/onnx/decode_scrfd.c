/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "host/plugins/onnx/decode.h"

#include <stdlib.h>

#define LEVELS_MOST 5

/* The outputs with so many columns, by falling rows, into `to`; how many, or
 * DECODE_SHAPE if there are too many. */
static int pick(const struct tensor *outputs, size_t n, size_t columns,
                const struct tensor **to)
{
    int picked = 0;

    for (size_t i = 0; i < n; i++) {
        const size_t rows = tensor_rows(&outputs[i], columns);
        int at = picked;

        if (!rows)
            continue;
        if (picked == LEVELS_MOST)
            return DECODE_SHAPE;
        for (; at > 0 && tensor_rows(to[at - 1], columns) < rows; at--)
            to[at] = to[at - 1];
        to[at] = &outputs[i];
        picked++;
    }
    return picked;
}

static struct point at(const float *v, double x, double y, int stride)
{
    return (struct point){ x + (double)v[0] * stride, y + (double)v[1] * stride };
}

/* One stride: `anchors` in each cell, of which the grid has `columns` in a row. */
static void decode_level(struct faces *f, const struct tensor *score,
                         const struct tensor *box, const struct tensor *points, int stride,
                         size_t columns, size_t anchors, size_t first,
                         const struct decoding_job *job)
{
    const size_t rows = tensor_rows(score, 1);

    for (size_t i = 0; i < rows; i++) {
        const size_t cell = i / anchors;
        const double x = (double)(cell % columns) * stride;
        const double y = (double)(cell / columns) * stride;
        const float *d = box->values + 4 * i;
        struct face face = { .score = score->values[i], .order = first + i };

        if (!(face.score >= job->score))
            continue;
        face.box = (struct box){ x - (double)d[0] * stride, y - (double)d[1] * stride,
                                 ((double)d[0] + d[2]) * stride,
                                 ((double)d[1] + d[3]) * stride };
        face.has_points = points;
        for (int p = 0; points && p < LANDMARKS; p++)
            face.points[p] = at(points->values + 10 * i + 2 * p, x, y, stride);
        faces_add(f, &face);
    }
}

int decode_scrfd(struct faces *f, const struct tensor *outputs, size_t n,
                 const struct decoding_job *job)
{
    const struct tensor *scores[LEVELS_MOST], *boxes[LEVELS_MOST], *points[LEVELS_MOST];
    const int levels = pick(outputs, n, 1, scores);
    const int with_box = pick(outputs, n, 4, boxes);
    const int with_points = pick(outputs, n, 10, points);
    size_t first = 0;

    f->n = 0;
    if ((levels != 3 && levels != 5) || with_box != levels ||
        (with_points && with_points != levels))
        return DECODE_SHAPE;
    for (int l = 0; l < levels; l++) {
        const int stride = 8 << l;
        const size_t columns = (size_t)(job->width / stride);
        const size_t cells = columns * (size_t)(job->height / stride);
        const size_t rows = tensor_rows(scores[l], 1);

        if (!cells || rows % cells || tensor_rows(boxes[l], 4) != rows ||
            (with_points && tensor_rows(points[l], 10) != rows)) {
            f->n = 0;
            return DECODE_SHAPE;
        }
        decode_level(f, scores[l], boxes[l], with_points ? points[l] : NULL, stride, columns,
                     rows / cells, first, job);
        first += rows;
    }
    faces_suppress(f, job->overlap);
    return 0;
}
