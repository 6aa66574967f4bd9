/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "host/plugins/onnx/decode.h"

#include <string.h>

size_t tensor_count(const struct tensor *t)
{
    size_t count = 1;

    for (size_t i = 0; i < t->n_dims; i++)
        count *= (size_t)t->dims[i];
    return count;
}

const struct tensor *tensor_find(const struct tensor *t, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(t[i].name, name))
            return &t[i];
    return NULL;
}

size_t tensor_rows(const struct tensor *t, size_t columns)
{
    size_t skip = t->n_dims == 3 && t->dims[0] == 1;

    if (t->n_dims - skip != 2 || t->dims[skip + 1] != (int64_t)columns)
        return 0;
    return (size_t)t->dims[skip];
}
