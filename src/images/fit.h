/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fit: from the picture in the file to the image of the right size: planned when
 * the header is known, done when the pixels are.
 */
#ifndef IMAGES_FIT_H
#define IMAGES_FIT_H

#include "images/decode.h"
#include "images/shrink.h"

struct fit {
    int eighths;             /* of its size at which to decode the picture */
    bool as_it_is;           /* then it is the image already */
    bool align;
    struct affine transform; /* from the upright picture to the image */
    int x, y, width, height; /* the part, in upright pixels as decoded */
    int to_width, to_height; /* the image */
};

struct fitter { /* zeroed is an empty one */
    struct shrinker shrinker;
    struct image turned;
};

/* Plans, from facts->width, height and orientation. `scalable`: the picture can be
 * decoded at 1, 2 or 4 eighths. STATUS_NO_REGION if there is no such place. */
enum status fit_plan(struct fit *fit, struct decoding *d, const struct image_place *place,
                     bool scalable);
/* From the decoded picture, as it lies in the file, to the image. */
enum status fit_apply(struct fitter *f, const struct fit *fit, struct decoding *d,
                      const struct image *decoded, struct image *im);
void fitter_release(struct fitter *f);

#endif
