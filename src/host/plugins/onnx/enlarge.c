/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "host/plugins/onnx/picture.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"

#define ONE 1024 /* a weight of all */

/* Where a row or column comes from: two places, and the weight of the second. */
struct tap {
    int first, second, weight;
};

static struct tap tap_of(int i, int to, int from)
{
    const double at = (i + .5) * from / to - .5;
    const double low = floor(at);
    const int first = low < 0 ? 0 : (int)low;

    return (struct tap){ first < from ? first : from - 1,
                         first + 1 < from ? first + 1 : from - 1,
                         low < 0 ? 0 : (int)lrint((at - low) * ONE) };
}

/* A row of the picture at the width of the result, in ONE-ths of a level. */
static void stretch_row(const uint8_t *from, const struct tap *columns, int width,
                        int32_t *to)
{
    for (int x = 0; x < width; x++) {
        const uint8_t *a = from + 3 * columns[x].first, *b = from + 3 * columns[x].second;
        const int w = columns[x].weight;
        for (int k = 0; k < 3; k++)
            *to++ = a[k] * (ONE - w) + b[k] * w;
    }
}

bool canvas_enlarge(const struct image *from, struct image *to)
{
    const size_t values = 3 * (size_t)to->width;
    struct tap *columns = mem_try_array((size_t)to->width, sizeof *columns);
    int32_t *rows = mem_try_array(2 * values, sizeof *rows);
    int held[2] = { -1, -1 }; /* which row each half of `rows` is of */

    if (!columns || !rows) {
        free(columns);
        free(rows);
        return false;
    }
    for (int x = 0; x < to->width; x++)
        columns[x] = tap_of(x, to->width, from->width);
    for (int y = 0; y < to->height; y++) {
        const struct tap row = tap_of(y, to->height, from->height);
        const int need[2] = { row.first, row.second };
        uint8_t *out = image_row(to, y);
        /* Row r is held in half r mod 2: neighbours never share one. */
        for (int i = 0; i < 2; i++) {
            const int half = need[i] & 1;
            if (held[half] != need[i])
                stretch_row(image_row(from, need[i]), columns, to->width,
                            rows + (size_t)half * values);
            held[half] = need[i];
        }
        const int32_t *a = rows + (size_t)(row.first & 1) * values;
        const int32_t *b = rows + (size_t)(row.second & 1) * values;
        for (size_t i = 0; i < values; i++)
            out[i] = (uint8_t)((a[i] * (ONE - row.weight) + b[i] * row.weight +
                                ONE * ONE / 2) / (ONE * ONE));
    }
    free(columns);
    free(rows);
    return true;
}
