/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * outside: what src/cli lends the backends that cannot do without it: another stage's
 * decoder and encoder, and a mouth. It is set once, before the first backend_open();
 * what is NULL cannot be done.
 *
 * Threads: each function from any, at the same time.
 */
#ifndef BACKENDS_OUTSIDE_H
#define BACKENDS_OUTSIDE_H

#include <stdbool.h>

#include "base/text.h"
#include "model/image.h"
#include "model/status.h"

struct backend_outside {
    /* The upright picture in a file; the image is the caller's. */
    enum status (*load)(const char *path, struct image *im, struct text *reason);
    /* Appends `im`, no side of it longer than `max_side` (0: as it is), as a JPEG. */
    bool (*encode)(const struct image *im, int max_side, int quality, struct text *to);
    /* One line for people, at once. */
    void (*say)(const char *line);
};
extern struct backend_outside backend_outside;

#endif
