/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "host/plugins/onnx/decode.h"

#include <math.h>
#include <stdio.h>

#define STAGES 3
#define BINS 3

/* The values of FORMAT, with the stage in it, if there are `count` of them. */
static const float *stage_values(const struct tensor *outputs, size_t n, const char *before,
                                 int stage, const char *after, size_t count)
{
    char name[40];
    const struct tensor *t;

    snprintf(name, sizeof name, "%s%d%s", before, stage, after);
    t = tensor_find(outputs, n, name);
    return t && tensor_count(t) == count ? t->values : NULL;
}

int decode_ssrnet(const struct tensor *outputs, size_t n, double *value)
{
    double width = 1;

    *value = 0;
    for (int k = 1; k <= STAGES; k++) {
        const float *p = stage_values(outputs, n, "prob_stage_", k, "", BINS);
        const float *stretch = stage_values(outputs, n, "stage", k, "_delta_k", 1);
        const float *shift = stage_values(outputs, n, "index_offset_stage", k, "", BINS);
        double sum = 0;

        if (!p || !stretch || !shift)
            return DECODE_SHAPE;
        width /= BINS * (1 + (double)stretch[0]);
        for (int i = 0; i < BINS; i++)
            sum += (i + (double)shift[i]) * p[i];
        *value += sum * width;
    }
    return 0;
}

int decode_genderage(const struct tensor *outputs, size_t n, double *male, double *age)
{
    if (n != 1 || tensor_count(&outputs[0]) != 3)
        return DECODE_SHAPE;
    const float *v = outputs[0].values;
    *male = 1 / (1 + exp((double)v[0] - v[1]));
    *age = 100 * (double)v[2];
    return 0;
}
