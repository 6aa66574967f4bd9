/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Templates that others have recorded for a set. */
#include <stdlib.h>

#include "base/file.h"
#include "base/npy.h"
#include "datasets/dataset.h"
#include "datasets/descriptor.h"

int dataset_templates(const struct dataset *d, const char *root, const struct roster *r,
                      struct npy *templates, struct err *err)
{
    const char *file = d->reading ? d->reading->templates : NULL;

    if (!file)
        return err_add(err, ERR_INPUT, "%s: the set has no recorded templates, expected "
                       "--set dataset.templates=FILE.npy", d->name);
    char *path = path_join(root ? root : "", file);
    int code = npy_load(templates, path, err);
    if (!code && templates->rows != r->n) {
        code = err_add(err, ERR_INPUT, "%s: %zu rows for %zu samples, expected one each, in "
                       "the order of the table", path, templates->rows, r->n);
        npy_release(templates);
    }
    free(path);
    return code;
}
