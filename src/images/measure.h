/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * measure: covariates of an image, over all the pixels that a matcher gets; so
 * over the face if the image is cut or aligned to it, and comparable only between
 * images that were normalised alike.
 *
 * luminance, under, over: relative luminance Y of each pixel, 0 to 1, from linear
 *   sRGB (IEC 61966-2-1): its mean, and the shares of pixels whose 255 Y, rounded,
 *   is at most 25, or at least 247, as ISO/IEC 29794-5 bounds them (which looks
 *   only inside a mask of the face).
 * sharpness: variance of the Laplacian (0 1 0; 1 −4 1; 0 1 0) of the grey picture
 *   (Pech-Pacheco et al. 2000), grey = .299 R + .587 G + .114 B (ITU-R BT.601) of the
 *   encoded values, rounded; at the edges the picture is mirrored without
 *   repeating its last row or column. It grows with noise as with focus.
 * skin, ita: apparent skin tone in the middle of the image: the ellipse with half
 *   its width and half its height, where a portrait has the face, and an aligned
 *   one cheeks, nose and mouth. Looked at is every k-th pixel of every k-th row, k
 *   the smallest that looks at no more than 4,096. Skin is what has Cb from 77 to
 *   127 and Cr from 133 to 173 (Chai & Ngan 1999, ITU-R BT.601 full range, as in
 *   JPEG), a rule on hue alone that does not shut out dark skin. ITA = atan2(L* −
 *   50, b*) in degrees (Chardon et al. 1991) of the median L* and the median b* (CIE
 *   1976, D65) of these: more than 55 is called very light, 41 light, 28
 *   intermediate, 10 tan, −30 brown, less dark. NaN if fewer than 64 pixels or 1 %
 *   of those looked at are skin. *Apparent*: it is the tone in the picture, by its
 *   light and camera, and no property of a person; hair, wood and sand pass for
 *   skin too.
 *
 * dhash: images/dhash.h.
 *
 * Ownership: a measurer holds tables and rows. Threads: one a thread.
 */
#ifndef IMAGES_MEASURE_H
#define IMAGES_MEASURE_H

#include "model/image.h"

struct measurer;
struct measurer *measurer_new(void);
void measurer_free(struct measurer *m);

void measure_image(struct measurer *m, const struct image *im,
                   struct image_measures *to);

#endif
