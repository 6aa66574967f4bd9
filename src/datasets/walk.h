/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * walk: the image files below a folder, in byte order of their paths. A file is
 * an image by its extension (jpg, jpeg, png, bmp, gif, tif, tiff, webp, ppm,
 * pgm, pbm, pnm, in either case); whether it really is one is not asked here.
 * Links are followed; a folder that is reached a second time (a loop, or two
 * links to one folder) is listed in `again` and not entered. Names that begin with a dot are
 * passed over.
 *
 * Ownership: walk_release(). Threads: one a walk. Fails when: the folder or one
 * in it cannot be read, or they nest deeper than WALK_MAX_DEPTH.
 */
#ifndef DATASETS_WALK_H
#define DATASETS_WALK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/mem.h"

#define WALK_MAX_DEPTH 64

struct walk {
    struct arena arena;
    const char **files;  /* below the folder, without "./" */
    size_t n, cap;
    const char **again;
    size_t n_again, again_cap;
};

int walk_images(struct walk *w, const char *dir, struct err *err);
void walk_release(struct walk *w);
bool walk_is_image_name(const char *name);

#endif
