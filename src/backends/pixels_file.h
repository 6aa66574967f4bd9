/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pixels_file: images as files, for programs that want a path: PPM (P6) or PNG, both
 * without loss. The PNG is not compressed, for it is read once.
 *
 * Ownership: the folder's name is the caller's, pixels_folder_remove() frees it.
 * Threads: any; one folder a session. Fails when: the system refuses.
 */
#ifndef BACKENDS_PIXELS_FILE_H
#define BACKENDS_PIXELS_FILE_H

#include <stdbool.h>

#include "base/err.h"
#include "model/image.h"

/* A new folder below TMPDIR, which nobody else may look into. */
int pixels_folder(char **folder, struct err *err);
/* Removes it with its files; NULL is no folder. */
void pixels_folder_remove(char *folder);

int pixels_write(const struct image *im, bool png, const char *path, struct err *err);

#endif
