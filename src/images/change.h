/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * change: controlled changes of an upright sRGB image, for asking at which dose a
 * matcher breaks. model/dose.h names them. The same image and change give the same
 * pixels on every machine (of jpeg: with the same libjpeg).
 *
 * exposure  v ↦ encode(min(1, 2^dose · decode(v))) of each value, encode and decode
 *           those of IEC 61966-2-1: light gained or lost before the sensor, highlights
 *           clipped; what was clipped already stays so.
 * gamma     v ↦ 255 (v/255)^dose, of the encoded values.
 * contrast  v ↦ 127.5 + dose (v − 127.5), clipped, of the encoded values.
 * blur      Gaussian, of the encoded values as in OpenCV and in the usual benchmarks
 *           of corruptions; sigma is dose × height / 250 pixels, so that it takes the
 *           same share of a picture whatever its size. Kernel out to 4 sigma, at the
 *           edges the picture is mirrored without repeating its last row or column.
 *           Of the picture, not of the face: a data set whose faces fill the picture
 *           unequally is blurred unequally.
 * noise     each value + dose × a bell-shaped number of mean 0 and variance 1 (the sum of
 *           eight uniform ones, so within ±4.9), clipped. Its chance is seeded by the
 *           pixels: the same image has the same noise, other images have other noise.
 * resolution, height
 *           smaller by the area filter (shrink.h), sides rounded, at least one pixel;
 *           the matcher gets the small picture. `height` leaves a picture alone that is
 *           no higher.
 * jpeg      encoded with libjpeg's tables of that quality, 4:2:0, and decoded.
 *
 * A change of 8-bit values by itself loses some: two darker by 1 stop are not quite one
 * by 2.
 *
 * Ownership: a changer keeps buffers. Threads: one changer a thread. Fails when: there
 * is no memory, or the picture is past what JPEG allows; then it is a status with its
 * reason, like one that cannot be decoded.
 */
#ifndef IMAGES_CHANGE_H
#define IMAGES_CHANGE_H

#include "base/text.h"
#include "model/dose.h"
#include "model/image.h"
#include "model/status.h"

/* Goes up with every change of the pixels that come out. */
#define CHANGE_VERSION 1

struct changer;
struct changer *changer_new(void);
void changer_free(struct changer *c);

/* Changes `im`; where that moves its pixels, `to_pixels` (NULL: nobody asks) leads to
 * where they are now. `reason` is added to where it fails; `im` is then of no use. */
enum status change_apply(struct changer *c, const struct dosage *change, struct image *im,
                         struct affine *to_pixels, struct text *reason);

#endif
