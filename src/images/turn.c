/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "images/turn.h"

#include <assert.h>
#include <string.h>

#define TILE 32 /* pixels; two tiles fit into the smallest first-level cache */

/* Where column x and row y of the upright picture lie in the file's: swapped
 * first, then counted from the other end. */
static bool from_right(int orientation)
{
    return orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
}

static bool from_below(int orientation)
{
    return orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
}

bool turn_swaps(int orientation)
{
    return orientation >= 5;
}

void turn_rectangle(int orientation, int width, int height, int *x, int *y, int *w, int *h)
{
    if (turn_swaps(orientation)) {
        int t = *x;
        *x = *y;
        *y = t;
        t = *w;
        *w = *h;
        *h = t;
    }
    if (from_right(orientation))
        *x = width - *x - *w;
    if (from_below(orientation))
        *y = height - *y - *h;
}

void turn_upright(const struct image *from, int orientation, struct image *to)
{
    const bool swaps = turn_swaps(orientation);
    assert(to->width == (swaps ? from->height : from->width));
    assert(to->height == (swaps ? from->width : from->height));

    if (orientation == 1) {
        for (int y = 0; y < to->height; y++)
            memcpy(image_row(to, y), image_row(from, y), 3 * (size_t)to->width);
        return;
    }
    /* Bytes from one pixel of the file to the next to the right and below, and
     * which pixel becomes the upper left one. */
    ptrdiff_t right = from_right(orientation) ? -3 : 3;
    ptrdiff_t below = (ptrdiff_t)from->stride * (from_below(orientation) ? -1 : 1);
    const uint8_t *first = image_row(from, from_below(orientation) ? from->height - 1 : 0);
    if (from_right(orientation))
        first += 3 * (size_t)(from->width - 1);
    if (swaps) {
        ptrdiff_t t = right;
        right = below;
        below = t;
    }
    for (int y0 = 0; y0 < to->height; y0 += TILE) {
        int y1 = y0 + TILE < to->height ? y0 + TILE : to->height;
        for (int x0 = 0; x0 < to->width; x0 += TILE) {
            int x1 = x0 + TILE < to->width ? x0 + TILE : to->width;
            for (int y = y0; y < y1; y++) {
                const uint8_t *p = first + y * below + x0 * right;
                uint8_t *q = image_row(to, y) + 3 * (size_t)x0;
                for (int x = x0; x < x1; x++, p += right, q += 3) {
                    q[0] = p[0];
                    q[1] = p[1];
                    q[2] = p[2];
                }
            }
        }
    }
}
