/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pixels_file: images as files, for programs that want a path: PPM (P6) or PNG, both
 * without loss. The PNG is not compressed, for it is read once.
 *
 * Threads: any. Fails when: the system refuses.
 */
#ifndef BACKENDS_PIXELS_FILE_H
#define BACKENDS_PIXELS_FILE_H

#include <stdbool.h>

#include "base/err.h"
#include "model/image.h"

int pixels_write(const struct image *im, bool png, const char *path, struct err *err);

#endif
