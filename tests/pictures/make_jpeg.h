/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef MAKE_JPEG_H
#define MAKE_JPEG_H

#include <stddef.h>
#include <stdio.h>

#include <jpeglib.h>

#include "base/text.h"
#include "pictures.h"

/* A JPEG that libjpeg can write, of values that the test gives. */
struct jpeg_kind {
    J_COLOR_SPACE from, in_file; /* of the values given, and of those stored */
    int quality;                 /* 0: 95 */
    bool progressive, no_adobe, subsampled;
    int restart;                 /* MCUs */
    int orientation;             /* 0: no EXIF */
    bool big_endian;
    const void *icc;
    size_t icc_len;
    const jpeg_scan_info *scans;
    int n_scans;
    int bad_table;               /* a value of the luminance table to put off libjpeg's */
};

/* Of 1, 3 or 4 values a pixel: red, green, blue, and 51. */
struct text make_jpeg(const struct jpeg_kind *k, const struct image *im, int channels);

#endif
