/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "images/shrink.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void shrinker_release(struct shrinker *s)
{
    free(s->column);
    *s = (struct shrinker){ NULL, 0 };
}

static bool make_room(struct shrinker *s, size_t values)
{
    if (values <= s->cap)
        return true;
    shrinker_release(s);
    s->column = mem_try_array(values, sizeof *s->column);
    if (!s->column)
        return false;
    s->cap = values;
    return true;
}

/* Lengths down a column are counted so that a pixel of the picture is `out` long and
 * one of the result `in`; along a row likewise. All are whole, and so are sums of
 * values times lengths: at most 255 × 65535 of a column, times 65535 of a pixel. */

/* Adds `length` of a row to the sums of columns, n values. In fours, of which every
 * compiler makes vectors. */
static void add_row(const uint8_t *row, uint32_t length, uint32_t *column, size_t n)
{
    size_t i = 0;

    for (; i + 4 <= n; i += 4) {
        column[i] += length * row[i];
        column[i + 1] += length * row[i + 1];
        column[i + 2] += length * row[i + 2];
        column[i + 3] += length * row[i + 3];
    }
    for (; i < n; i++)
        column[i] += length * row[i];
}

/* Division by a number that stays the same, without dividing. With m = floor(2^64
 * / d) + 1, the upper half of n × m is floor(n / d) wherever n × d < 2^64 (Granlund
 * & Montgomery 1994, theorem 4.2); here n < 2^36 and d <= 2^27. */
static uint64_t reciprocal(uint64_t d)
{
    return d == 1 ? 0 : UINT64_MAX / d + 1;
}

static uint8_t quotient(uint64_t n, uint64_t m)
{
    return (uint8_t)(m ? (uint64_t)((unsigned __int128)n * m >> 64) : n);
}

/* A row of the result from the sums of its columns. */
static void finish_row(const uint32_t *column, int in, int out, uint64_t total, uint8_t *to)
{
    const uint64_t m = reciprocal(total), half = total / 2;
    const uint64_t whole = (uint64_t)out;
    uint64_t left = whole; /* of the pixel at `column`, how much is still unused */

    for (int x = 0; x < out; x++, to += 3) {
        uint64_t wanted = (uint64_t)in - left;
        uint64_t r = half + left * column[0], g = half + left * column[1];
        uint64_t b = half + left * column[2];
        column += 3;
        for (; wanted >= whole; wanted -= whole, column += 3) {
            r += whole * column[0];
            g += whole * column[1];
            b += whole * column[2];
        }
        if (wanted) { /* the first part of a pixel whose rest is the next's */
            r += wanted * column[0];
            g += wanted * column[1];
            b += wanted * column[2];
        }
        left = whole - wanted;
        to[0] = quotient(r, m);
        to[1] = quotient(g, m);
        to[2] = quotient(b, m);
    }
}

bool shrink_area(struct shrinker *s, const struct image *from, struct image *to)
{
    const size_t n = 3 * (size_t)from->width;
    const uint32_t in = (uint32_t)from->height, out = (uint32_t)to->height;
    const uint64_t total = (uint64_t)from->width * in;

    assert(to->width <= from->width && to->height <= from->height);
    assert(total <= (uint64_t)1 << 27);
    if (!make_room(s, n))
        return false;
    int y = 0;
    uint32_t wanted = in; /* of the row of the result that is being summed up */
    memset(s->column, 0, n * sizeof *s->column);
    for (int row = 0; row < from->height; row++) {
        const uint8_t *p = image_row(from, row);
        uint32_t part = out < wanted ? out : wanted;
        add_row(p, part, s->column, n);
        wanted -= part;
        if (wanted)
            continue;
        finish_row(s->column, from->width, to->width, total, image_row(to, y++));
        memset(s->column, 0, n * sizeof *s->column);
        if (part < out)
            add_row(p, out - part, s->column, n);
        wanted = in - (out - part);
    }
    return true;
}
