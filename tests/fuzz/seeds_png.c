/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "../pictures/make_png.h"
#include "seeds.h"

int main(int argc, char **argv)
{
    static const double wide[8] = { .3127, .3290, .64, .33, .21, .71, .15, .06 };
    static const struct png_kind kinds[] = {
        { .type = PNG_COLOR_TYPE_GRAY, .depth = 1 },
        { .type = PNG_COLOR_TYPE_GRAY, .depth = 4, .transparent = true },
        { .type = PNG_COLOR_TYPE_GRAY, .depth = 8, .gamma = 1 },
        { .type = PNG_COLOR_TYPE_GRAY, .depth = 16, .interlaced = true },
        { .type = PNG_COLOR_TYPE_RGB, .depth = 8, .says_srgb = true, .orientation = 7 },
        { .type = PNG_COLOR_TYPE_RGB, .depth = 16, .gamma = .6, .chromaticities = wide },
        { .type = PNG_COLOR_TYPE_PALETTE, .depth = 2, .transparent = true },
        { .type = PNG_COLOR_TYPE_PALETTE, .depth = 4, .interlaced = true },
        { .type = PNG_COLOR_TYPE_GA, .depth = 8, .interlaced = true },
        { .type = PNG_COLOR_TYPE_GA, .depth = 16 },
        { .type = PNG_COLOR_TYPE_RGBA, .depth = 8, .orientation = 2 },
        { .type = PNG_COLOR_TYPE_RGBA, .depth = 16, .interlaced = true, .gamma = .8 },
    };

    if (argc != 2)
        return 2;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct png_kind k = kinds[i];
        k.width = 9 + (int)i % 3;
        k.height = 11;
        struct text png = make_png(&k);
        put_seed(argv[1], &png);
    }
    return 0;
}
