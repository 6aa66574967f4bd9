/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A roster that misid wrote, whole or a part of it, as a data set. */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "datasets/build.h"
#include "model/trials.h"

/* The file beside a path, malloc'd, or NULL if it is not there. */
static char *beside(const char *path, const char *name)
{
    char *dir = path_dirname(path), *other = path_join(dir, name);

    free(dir);
    if (path_is_file(other))
        return other;
    free(other);
    return NULL;
}

int build_again(struct build *b, const struct place *place, struct err *err)
{
    struct roster *r = b->r;
    char *path = source_find(b->s, place, "", &b->file);

    if (!path)
        return 0;
    char *attributes = beside(path, "attributes.csv"), *trials = beside(path, "trials.csv");
    roster_release(r);
    int code = roster_read(r, path, attributes, err);
    if (!code && trials && b->trials) {
        trials_release(b->trials);
        code = trials_read(b->trials, r, trials, err);
    }
    for (size_t row = 0; !code && row < r->n; row++) {
        text_reset(&b->b);
        roster_add_path(r, row, &b->b);
        roster_set_status(r, row, STATUS_OK, "");
        build_status(b, row, b->b.s);
    }
    free(attributes);
    free(trials);
    free(path);
    return code ? code : 1;
}
