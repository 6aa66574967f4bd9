/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dataset_report: what `misid dataset` and `misid ingest` print. */
#ifndef CLI_DATASET_REPORT_H
#define CLI_DATASET_REPORT_H

#include <stdbool.h>

#include "datasets/census.h"
#include "datasets/dataset.h"

struct dataset_report {
    const struct dataset *d;
    const char *root;
    const struct roster *r;
    const struct trials *trials;
    const struct census *census;
    const struct problems *problems;
};

void dataset_report_list(bool json, struct text *to);
void dataset_report_show(const struct dataset *d, bool json, struct text *to);

/*
 * `{"dataset", "root", "samples", "present", "missing", "refused", "unreadable",
 * "subjects", "trials", "groups": [{"group", "n", "present", "unreadable",
 * "subjects"}…],
 * "unknown": [{"axis", "n"}…], "problems": [{"problem", "n", "says",
 * "examples": […]}…], "notes": [the same]}`. `n` counts rows listed; samples =
 * present + missing + refused; what is unreadable is present.
 */
void dataset_report_json(const struct dataset_report *report, struct text *to);
void dataset_report_text(const struct dataset_report *report, struct text *to);
/* Without the groups and with a few examples a problem. */
void dataset_report_summary(const struct dataset_report *report, struct text *to);

/* Adds a note for every group with fewer people than a test needs that sees a
 * difference of `effect` from another of its size (stats/power.h). */
void dataset_report_small(const struct census *census, double effect,
                          struct problems *problems);

#endif
