/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/metric.h"

#include <string.h>

static const struct metric metrics[] = {
    { "error", "Classification error", "error", "misclassified", "faces classified",
      false },
    { "fpir", "False-positive identification rate (FPIR)", "FPIR", "false matches",
      "probes searched", false },
    { "faces", "Faces in the set", "share of the set", "faces", "faces in the set",
      true },
};

const struct metric *metric_table(size_t *n)
{
    *n = sizeof metrics / sizeof *metrics;
    return metrics;
}

const struct metric *metric_find(const char *name)
{
    size_t len = strcspn(name, ".");

    for (size_t i = 0; i < sizeof metrics / sizeof *metrics; i++)
        if (strlen(metrics[i].name) == len && !memcmp(metrics[i].name, name, len))
            return &metrics[i];
    return NULL;
}

const char *metric_kind(const char *name)
{
    const char *dot = strchr(name, '.');
    return dot ? dot + 1 : "";
}
