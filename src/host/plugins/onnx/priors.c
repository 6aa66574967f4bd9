/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "host/plugins/onnx/decode.h"

#define LEVELS 4

static const struct {
    int stride, n;
    int sizes[3];
} levels[LEVELS] = {
    { 8, 3, { 10, 16, 24 } },
    { 16, 2, { 32, 48 } },
    { 32, 2, { 64, 96 } },
    { 64, 3, { 128, 192, 256 } },
};

/* How many cells of `stride` cover `length`. */
static int cells(int length, int stride)
{
    return (length + stride - 1) / stride;
}

size_t priors_make(int width, int height, struct prior *to)
{
    size_t n = 0;

    for (int l = 0; l < LEVELS; l++) {
        const int stride = levels[l].stride;
        const int columns = cells(width, stride), rows = cells(height, stride);

        if (!to) {
            n += (size_t)columns * (size_t)rows * (size_t)levels[l].n;
            continue;
        }
        for (int y = 0; y < rows; y++)
            for (int x = 0; x < columns; x++)
                for (int k = 0; k < levels[l].n; k++)
                    to[n++] = (struct prior){ (x + .5) * stride / width,
                                              (y + .5) * stride / height,
                                              (double)levels[l].sizes[k] / width,
                                              (double)levels[l].sizes[k] / height };
    }
    return n;
}
