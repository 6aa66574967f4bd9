/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * load: from a file, or its bytes, to the image that a matcher gets.
 *
 * What a file is, is told from its first bytes, never from its name. Known are
 *   JPEG: baseline, extended and progressive, 8 bit, grey, YCbCr, RGB, CMYK and
 *         YCCK (inverted where Adobe's marker says so), restart markers;
 *   PNG:  every colour type and depth, interlaced or not;
 *   PNM:  P1 to P6, 8 and 16 bit (the first picture of a file of several).
 *
 * Normalising, in this order:
 *   1. colours to 8-bit sRGB. An ICC profile is converted by Little CMS with the
 *      profile's perceptual intent; so are a PNG's gAMA and cHRM where it has
 *      neither iCCP nor sRGB. A profile that cannot be used is said in the
 *      reason and facts->colour, and the values are taken as sRGB. CMYK without
 *      one: R = (255 − C)(255 − K) / 255, and so on. 16 bits become 8 by
 *      rounding. What says nothing is taken as sRGB.
 *   2. transparency (alpha, tRNS) over `background`, on the encoded values, as
 *      browsers do;
 *   3. upright by EXIF's orientation (a JPEG's APP1, a PNG's eXIf);
 *   4. either aligned to the face template (images/align.h), or cut to the box
 *      with `margin`, and made smaller to `max_side` by the exact area filter
 *      (images/shrink.h). Nothing is ever made larger but by alignment;
 *   5. changed (images/change.h), where a study asks for it.
 * A JPEG that is to be made smaller is decoded at 1/8, 1/4 or 1/2 of its size,
 * whichever is the smallest not below the result (the scaled DCT of libjpeg),
 * and the area filter does the rest. Alignment is a plain bilinear warp of the
 * whole picture, as the matchers that were trained with this template do it.
 *
 * The outcome is a status. STATUS_OK: `im` holds the image. Anything else: `im`
 * is empty, and `reason` says in words what is wrong, without the path. A file
 * that is damaged gives no pixels, even where other programs would show some:
 * truncated or corrupt, never a guess. Harmless faults (bytes between segments,
 * a missing end marker after the last pixel) leave it ok, and are in the reason.
 *
 * Bounds are checked on the file's size and header, before memory is had:
 * `max_bytes`, `max_pixels`, IMAGE_MAX_SIDE, 100 scans of a JPEG, 4 MiB of an ICC
 * profile. Only regular files are opened (links to them too), and opening never
 * waits.
 *
 * Ownership: the workspace keeps buffers, decoders and colour conversions from
 * one image to the next; with images of one kind nothing but what the format
 * libraries allocate for themselves is allocated after the first. The image,
 * facts and reason are the caller's. Threads: any, one workspace a thread;
 * there is no shared state. Fails when: see status.h; never otherwise.
 */
#ifndef IMAGES_LOAD_H
#define IMAGES_LOAD_H

#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "model/dose.h"
#include "model/image.h"
#include "model/status.h"

#define IMAGE_MAX_PIXELS ((uint64_t)1 << 27) /* the most that max_pixels may be */

struct image_options {
    uint64_t max_bytes;    /* of a file */
    uint64_t max_pixels;   /* of the picture in it; at most IMAGE_MAX_PIXELS */
    uint8_t background[3]; /* red, green, blue below what is transparent */
    int max_side;          /* the longer side of the image at most; 0: as it is */
    bool align;            /* by the five landmarks to 112 × 112 */
    bool crop;             /* to the box; `align` wins */
    double margin;         /* share of the box's sides added at each side, >= 0 */
    bool measure;          /* fill facts->measures */
    const struct dosage *change; /* of the image, when it has its size; NULL: none */
};
/* 256 MiB, 100 million pixels, white, nothing else. */
#define IMAGE_OPTIONS_INIT \
    { (uint64_t)256 << 20, 100000000, { 255, 255, 255 }, 0, false, false, 0, false, NULL }

struct image_workspace;
struct image_workspace *image_workspace_new(void);
void image_workspace_free(struct image_workspace *ws);

/* `place` may be NULL. `facts` is filled as far as things were known, whatever
 * the status. `reason` is replaced. */
enum status image_load(struct image_workspace *ws, const char *path,
                       const struct image_options *options,
                       const struct image_place *place, struct image *im,
                       struct image_facts *facts, struct text *reason);
/* The two halves of it. The bytes are the workspace's, until it next reads. */
enum status image_read(struct image_workspace *ws, const char *path,
                       const struct image_options *options, const void **bytes,
                       size_t *len, struct text *reason);
enum status image_load_bytes(struct image_workspace *ws, const void *bytes, size_t len,
                             const struct image_options *options,
                             const struct image_place *place, struct image *im,
                             struct image_facts *facts, struct text *reason);

#endif
