/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Pictures, and files of every kind of them, for tests, seeds of fuzzing and
 * benches. What cannot be made aborts.
 */
#ifndef PICTURES_H
#define PICTURES_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "model/image.h"

/* A small generator, so that pictures are the same everywhere (xorshift32). */
static inline uint32_t next_random(uint32_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed;
}

static inline struct image noise_image(int width, int height, uint32_t seed)
{
    struct image im = IMAGE_INIT;

    if (!image_resize(&im, width, height))
        abort();
    for (size_t i = 0; i < im.stride * (size_t)height; i++)
        im.pixels[i] = (uint8_t)(next_random(&seed) >> 11);
    return im;
}

/* Smooth, and different at every corner: red to the right, green downwards. */
static inline struct image smooth_image(int width, int height)
{
    struct image im = IMAGE_INIT;

    if (!image_resize(&im, width, height))
        abort();
    for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
            uint8_t *p = image_row(&im, y) + 3 * x;
            p[0] = (uint8_t)(40 + 170 * x / width);
            p[1] = (uint8_t)(40 + 170 * y / height);
            p[2] = 90;
        }
    }
    return im;
}

/* An EXIF APP1's content from the TIFF header on, that says nothing but an
 * orientation. */
#define EXIF_LEN 26
static inline void make_exif(unsigned char to[EXIF_LEN], int orientation, bool big_endian)
{
    static const unsigned char big[EXIF_LEN] = "MM\0*\0\0\0\x08\0\1\1\x12\0\3\0\0\0\1\0\0\0\0";
    static const unsigned char little[EXIF_LEN] =
        "II*\0\x08\0\0\0\1\0\x12\1\3\0\1\0\0\0\0\0\0\0";

    memcpy(to, big_endian ? big : little, EXIF_LEN);
    to[big_endian ? 19 : 18] = (unsigned char)orientation;
}

#endif
