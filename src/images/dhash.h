/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dhash: 256 bits of what a picture looks like, to find the same photograph again in
 * another size, another compression or other colours. The grey picture (ITU-R BT.601) is
 * averaged over 17 × 16 cells; a bit says whether a cell is darker than the one to its
 * right ("difference hash", after N. Krawetz, hackerfactor.com, 2013, who takes 9 × 8).
 *
 * Two pictures differ in as many bits as image_dhash_distance() says, 0 to 256: the same
 * photograph saved smaller or more coarsely in few, other photographs in about 120. At
 * IMAGE_DHASH_NEAR and fewer misid calls two pictures near duplicates: among half a
 * million pairs of portraits in one style, of different people, the least distance was
 * 36. It does not find cut, turned or mirrored copies.
 *
 * Threads: any.
 */
#ifndef IMAGES_DHASH_H
#define IMAGES_DHASH_H

#include "model/image.h"

void dhash_image(const struct image *im, uint64_t to[IMAGE_DHASH_WORDS]);

#endif
