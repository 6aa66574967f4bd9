/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef MAKE_PNG_H
#define MAKE_PNG_H

#include <png.h>

#include "base/text.h"
#include "pictures.h"

#define PNG_WIDTH 37
#define PNG_HEIGHT 23

/* A PNG that libpng can write. */
struct png_kind {
    int type, depth;
    bool interlaced, transparent; /* with tRNS */
    double gamma;                 /* 0: no gAMA */
    bool says_srgb;
    const double *chromaticities; /* NULL: no cHRM */
    const void *icc;
    size_t icc_len;
    int orientation;              /* 0: no eXIf */
    int width, height;            /* 0: as above */
};

struct text make_png(const struct png_kind *k);

/* What it holds: value i of pixel (x, y), of so many; with a palette of 2^depth
 * colours. With tRNS, red 7, green 8 and blue 9, or grey 1, are transparent; of a
 * palette those that have an alpha: all of 256, or the first two. */
int png_values(int type);
unsigned png_value(const struct png_kind *k, int x, int y, int i);
png_color png_palette_colour(unsigned i);
png_byte png_palette_alpha(unsigned i);

/* Adds a chunk with its check sum. */
void png_add_chunk(struct text *png, const char *type, const void *data, size_t len);

#endif
