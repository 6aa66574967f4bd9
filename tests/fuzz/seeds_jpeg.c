/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "../pictures/make_jpeg.h"
#include "seeds.h"

int main(int argc, char **argv)
{
    static const struct jpeg_kind kinds[] = {
        { .from = JCS_RGB, .in_file = JCS_YCbCr },
        { .from = JCS_RGB, .in_file = JCS_YCbCr, .subsampled = true, .orientation = 6 },
        { .from = JCS_RGB, .in_file = JCS_RGB, .restart = 1 },
        { .from = JCS_RGB, .in_file = JCS_YCbCr, .progressive = true, .orientation = 5 },
        { .from = JCS_RGB, .in_file = JCS_YCbCr, .progressive = true, .restart = 2 },
        { .from = JCS_GRAYSCALE, .in_file = JCS_GRAYSCALE },
        { .from = JCS_GRAYSCALE, .in_file = JCS_GRAYSCALE, .icc = "no profile", .icc_len = 10 },
        { .from = JCS_CMYK, .in_file = JCS_CMYK },
        { .from = JCS_CMYK, .in_file = JCS_YCCK, .subsampled = true, .progressive = true },
        { .from = JCS_CMYK, .in_file = JCS_CMYK, .no_adobe = true },
    };
    static const int channels[] = { 3, 3, 3, 3, 3, 1, 1, 4, 4, 4 };

    if (argc != 2)
        return 2;
    struct image im = smooth_image(23, 18);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct text jpeg = make_jpeg(&kinds[i], &im, channels[i]);
        put_seed(argv[1], &jpeg);
    }
    image_release(&im);
    return 0;
}
