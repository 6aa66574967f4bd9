/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Programs that make the seeds of a target: seeds_NAME FOLDER. */
#ifndef SEEDS_H
#define SEEDS_H

#include <stdio.h>
#include <stdlib.h>

#include "base/err.h"
#include "base/file.h"
#include "base/text.h"

/* Writes the next seed, and releases it. */
static inline void put_seed(const char *folder, struct text *seed)
{
    static int n;
    char name[32];
    struct err err = ERR_INIT;

    snprintf(name, sizeof name, "kind-%d", ++n);
    char *path = path_join(folder, name);
    if (file_write(path, seed->s, seed->len, &err) < 0) {
        fprintf(stderr, "%s\n", err_text(&err));
        exit(2);
    }
    free(path);
    text_release(seed);
}

#endif
