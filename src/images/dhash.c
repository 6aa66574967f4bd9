/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "images/dhash.h"

#include <string.h>

#define COLUMNS 17
#define ROWS 16

/* From where to where the i-th of n cells goes along `size` pixels; never empty. */
static void cell(int i, int n, int size, int *from, int *to)
{
    *from = (int)((int64_t)i * size / n);
    *to = (int)((int64_t)(i + 1) * size / n);
    if (*to == *from)
        ++*to;
}

/* The mean grey level of a cell, in 1/32768. */
static uint64_t mean(const struct image *im, int column, int row)
{
    int left, right, top, bottom;
    uint64_t sum = 0;

    cell(column, COLUMNS, im->width, &left, &right);
    cell(row, ROWS, im->height, &top, &bottom);
    for (int y = top; y < bottom; y++) {
        const uint8_t *p = image_row(im, y) + 3 * (size_t)left;
        for (int x = left; x < right; x++, p += 3)
            sum += 9798u * p[0] + 19235u * p[1] + 3735u * p[2]; /* .299, .587, .114 */
    }
    return sum / ((uint64_t)(right - left) * (uint64_t)(bottom - top));
}

void dhash_image(const struct image *im, uint64_t to[IMAGE_DHASH_WORDS])
{
    memset(to, 0, IMAGE_DHASH_WORDS * sizeof *to);
    for (int row = 0, bit = 0; row < ROWS; row++) {
        uint64_t left = mean(im, 0, row);
        for (int column = 1; column < COLUMNS; column++, bit++) {
            uint64_t right = mean(im, column, row);
            if (left < right)
                to[bit / 64] |= UINT64_C(1) << bit % 64;
            left = right;
        }
    }
}
