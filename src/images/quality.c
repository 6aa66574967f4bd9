/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "images/decode.h"

/* ITU-T T.81, table K.1: quantisation of luminance. */
static const uint8_t k1[64] = {
    16, 11, 10, 16, 24,  40,  51,  61,  12, 12, 14, 19, 26,  58,  60,  55,
    14, 13, 16, 24, 40,  57,  69,  56,  14, 17, 22, 29, 51,  87,  80,  62,
    18, 22, 37, 56, 68,  109, 103, 77,  24, 35, 55, 64, 81,  104, 113, 92,
    49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
};

/* libjpeg's jpeg_quality_scaling() and jpeg_add_quant_table(). */
static int scaled(int base, int quality)
{
    int percent = quality < 50 ? 5000 / quality : 200 - 2 * quality;
    int value = (base * percent + 50) / 100;

    return value < 1 ? 1 : value > 255 ? 255 : value;
}

int jpeg_quality(const uint16_t table[64], bool *exact)
{
    int best = 0;
    long least = 0;

    for (int quality = 100; quality >= 1; quality--) {
        long sum = 0;
        for (int i = 0; i < 64; i++)
            sum += labs((long)table[i] - scaled(k1[i], quality));
        if (!best || sum < least) {
            best = quality;
            least = sum;
        }
    }
    *exact = least == 0;
    return best;
}
