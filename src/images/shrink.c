/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "images/shrink.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void shrinker_release(struct shrinker *s)
{
    free(s->row);
    free(s->sum);
    *s = (struct shrinker){ NULL, NULL, 0 };
}

static bool make_room(struct shrinker *s, size_t values)
{
    if (values <= s->cap)
        return true;
    shrinker_release(s);
    s->row = mem_try_array(values, sizeof *s->row);
    s->sum = mem_try_array(values, sizeof *s->sum);
    if (!s->row || !s->sum) {
        shrinker_release(s);
        return false;
    }
    s->cap = values;
    return true;
}

/* Lengths along a row are counted so that a pixel of the picture is `out` long
 * and one of the result `in`: both are whole. Each value of `to` becomes the sum
 * of values times the length covered; at most 255 × 65535. */
static void shrink_row(const uint8_t *from, int in, int out, uint32_t *to)
{
    uint32_t left = 0; /* of the pixel at `from`, how much is used up */

    for (int x = 0; x < out; x++, to += 3) {
        uint32_t wanted = (uint32_t)in, part = (uint32_t)out - left;
        uint32_t r, g, b;
        if (part > wanted) /* never: no result pixel is smaller than one of the picture */
            part = wanted;
        r = part * from[0];
        g = part * from[1];
        b = part * from[2];
        wanted -= part;
        from += 3;
        uint32_t whole_r = 0, whole_g = 0, whole_b = 0;
        for (; wanted >= (uint32_t)out; wanted -= (uint32_t)out, from += 3) {
            whole_r += from[0];
            whole_g += from[1];
            whole_b += from[2];
        }
        r += whole_r * (uint32_t)out;
        g += whole_g * (uint32_t)out;
        b += whole_b * (uint32_t)out;
        left = wanted;
        if (wanted) { /* the first part of a pixel whose rest is the next's */
            r += wanted * from[0];
            g += wanted * from[1];
            b += wanted * from[2];
        }
        to[0] = r;
        to[1] = g;
        to[2] = b;
    }
}

/* Division by a number that stays the same, without dividing. With m = floor(2^64
 * / d) + 1, the upper half of n × m is floor(n / d) wherever n × d < 2^64 (Granlund
 * & Montgomery 1994, theorem 4.2); here n < 2^36 and d <= 2^27. */
static uint64_t reciprocal(uint64_t d)
{
    return d == 1 ? 0 : UINT64_MAX / d + 1;
}

static void finish_row(const uint64_t *sum, size_t n, uint64_t total, uint8_t *to)
{
    const uint64_t m = reciprocal(total);

    for (size_t i = 0; i < n; i++) {
        uint64_t v = sum[i] + total / 2;
        to[i] = (uint8_t)(m ? (uint64_t)((unsigned __int128)v * m >> 64) : v);
    }
}

bool shrink_area(struct shrinker *s, const struct image *from, struct image *to)
{
    const size_t n = 3 * (size_t)to->width;
    const uint64_t in = (uint64_t)from->height, out = (uint64_t)to->height;
    const uint64_t total = (uint64_t)from->width * in;

    assert(to->width <= from->width && to->height <= from->height);
    assert(total <= (uint64_t)1 << 27);
    if (!make_room(s, n))
        return false;
    int y = 0;
    uint64_t wanted = in; /* of the row of the result that is being summed up */
    memset(s->sum, 0, n * sizeof *s->sum);
    for (int row = 0; row < from->height; row++) {
        uint64_t part = out;
        shrink_row(image_row(from, row), from->width, to->width, s->row);
        if (part >= wanted) {
            for (size_t i = 0; i < n; i++)
                s->sum[i] += wanted * s->row[i];
            finish_row(s->sum, n, total, image_row(to, y++));
            part -= wanted;
            wanted = in - part;
            for (size_t i = 0; i < n; i++)
                s->sum[i] = part * s->row[i];
        } else {
            for (size_t i = 0; i < n; i++)
                s->sum[i] += part * s->row[i];
            wanted -= part;
        }
    }
    return true;
}
