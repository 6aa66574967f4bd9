/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * shrink: smaller by the area filter, exactly.
 *
 * A pixel of the result is the mean of the part of the picture that it covers,
 * pixels on its edge by the share of them inside, rounded to the nearest level
 * (halves up). All sums are of whole numbers, so every machine gives the same
 * bytes. It is what OpenCV calls INTER_AREA, which agrees to a level. The mean is
 * of the encoded values, as there and in every matcher's training.
 *
 * Ownership: a `struct shrinker` keeps memory for a row; zeroed is an empty one.
 * Threads: one a thread. Fails when: there is no memory.
 */
#ifndef IMAGES_SHRINK_H
#define IMAGES_SHRINK_H

#include "model/image.h"

struct shrinker {
    uint32_t *column; /* sums of each */
    size_t cap;       /* values that there is room for */
};

/* `from`, of at most 2^27 pixels, into `to`, sized by the caller, no side of which
 * is longer. False: no memory. */
bool shrink_area(struct shrinker *s, const struct image *from, struct image *to);
void shrinker_release(struct shrinker *s);

#endif
