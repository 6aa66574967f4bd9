/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * encode: an image as the bytes of a PNG or JPEG file.
 *
 * The same image and arguments give the same bytes with the same libraries.
 * PNG: 8-bit RGB, said to be sRGB, zlib level 6. JPEG: libjpeg's tables of
 * `quality` (1 to 100), 4:2:0, integer DCT, optimal Huffman codes, JFIF.
 * `comment` (NULL: none) goes into the file as a PNG tEXt "Comment" or a JPEG
 * COM segment: plain ASCII, at most 60,000 bytes.
 *
 * image_encode_*() append to `out`. image_write_*() make the file appear whole
 * or not at all (base/file.h).
 *
 * Threads: any. Fails when: there is no memory (ERR_LIMIT), a side is longer
 * than the format allows (ERR_LIMIT), or the file cannot be written (ERR_IO).
 * Of what image_encode_*() began before it failed, nothing stays in `out`.
 */
#ifndef IMAGES_ENCODE_H
#define IMAGES_ENCODE_H

#include "base/err.h"
#include "base/text.h"
#include "model/image.h"

int image_encode_png(const struct image *im, const char *comment, struct text *out,
                     struct err *err);
int image_encode_jpeg(const struct image *im, int quality, const char *comment,
                      struct text *out, struct err *err);

int image_write_png(const struct image *im, const char *comment, const char *path,
                    struct err *err);
int image_write_jpeg(const struct image *im, int quality, const char *comment,
                     const char *path, struct err *err);

#endif
