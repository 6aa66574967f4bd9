/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * align: a face moved, turned and scaled onto the template of the ArcFace family
 * of matchers (Deng et al., CVPR 2019): 112 × 112 pixels, five points.
 *
 * Threads: any.
 */
#ifndef IMAGES_ALIGN_H
#define IMAGES_ALIGN_H

#include "model/image.h"

#define ALIGN_SIDE 112
extern const struct point align_template[LANDMARKS];

/* The similarity (rotation, scale, shift; no reflection) that takes the n points
 * `from` nearest to `to` in the sum of squared distances: Umeyama (1991), IEEE
 * TPAMI 13(4), equations 40 to 42, in the plane, where they have this closed form
 * over complex numbers: a = Σ conj(f) t / Σ |f|², both centred. False if the points
 * coincide, or the result is not finite or scales by less than 1e-6. */
bool align_fit(const struct point *from, const struct point *to, int n,
               struct affine *fit);

/* Fills `to`, sized by the caller, so that the pixel at p of `from` comes to
 * transform(p): bilinear, black outside. Positions are rounded to 1/32 pixel, in
 * the way of OpenCV's warpAffine(): origin of each row and step of each column to
 * 1/1024, their sum to 1/32, halves up; so that matchers get the pixels that they
 * were trained on. False: `transform` cannot be inverted. */
bool align_warp(const struct image *from, const struct affine *transform,
                struct image *to);

#endif
