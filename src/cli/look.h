/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * look: opens every image of a roster once, to see that it can be decoded and
 * what its bytes hash to. The only place where data sets and images meet.
 */
#ifndef CLI_LOOK_H
#define CLI_LOOK_H

#include <stdbool.h>

#include "datasets/problems.h"
#include "model/roster.h"

/*
 * Sets status and reason of every row whose file is there, lists what cannot be
 * read, and images of equal bytes under one person or two. With `all`, every
 * readable image gets its SHA-256 in the roster; otherwise only files of equal
 * size are hashed, to compare them.
 */
void look_at_images(struct roster *r, const char *root, bool all,
                    struct problems *problems);

/* The same in two steps, so that several may share the first: of the rows [from, to)
 * status, reason, hash, and what cannot be read; and once all rows have their hashes,
 * which images are equal. */
void look_at_rows(struct roster *r, const char *root, size_t from, size_t to,
                  struct problems *problems);
void look_for_equal_images(const struct roster *r, struct problems *problems);

#endif
