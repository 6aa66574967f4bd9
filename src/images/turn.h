/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * turn: upright by EXIF's orientation (EXIF 2.32, 4.6.4, tag 274), 1 to 8.
 * Threads: any.
 */
#ifndef IMAGES_TURN_H
#define IMAGES_TURN_H

#include "model/image.h"

/* True if the upright picture's width is the height of the one in the file. */
bool turn_swaps(int orientation);

/* The rectangle of the picture in the file, width × height, that is x, y, w, h of
 * the upright one. */
void turn_rectangle(int orientation, int width, int height, int *x, int *y, int *w, int *h);

/* `to` must have the size that `from` has when upright. */
void turn_upright(const struct image *from, int orientation, struct image *to);

#endif
