/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dataset: a folder with a dataset.yaml that says what the set is and how to
 * read it. A published audit names its counts (counts.csv), the figures it
 * printed (printed.csv) or its named cases (cases.csv); they lie in the folder.
 *
 * A set called NAME is NAME/dataset.yaml in one of the places of "datasets"
 * (base/places.h).
 *
 * Ownership: the dataset owns its strings. Threads: read-only once loaded.
 */
#ifndef DATASETS_DATASET_H
#define DATASETS_DATASET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/mem.h"

struct dataset_label { /* where the labels of an axis come from */
    const char *axis, *provenance;
};

struct dataset {
    struct arena arena;
    const char *dir;      /* as found: not for print */
    const char *name, *title, *about, *source;
    const char *counts, *printed, *cases; /* file names in dir, or NULL */
    struct dataset_label *labels;
    size_t n_labels;
};

/* Finds and reads the set; the line of an unknown name lists where it was
 * looked for. */
int dataset_load(struct dataset *d, const char *name, const char *study_path,
                 struct err *err);
void dataset_release(struct dataset *d);

/* The path of one of its files, malloc'd. A name with a '/' or ".." is refused
 * when the dataset.yaml or the study is read, so this cannot leave the folder. */
char *dataset_path(const struct dataset *d, const char *file);

/* True if `file` names a file of the folder itself: no '/', not "." or "..". */
bool dataset_is_plain_name(const char *file);

#endif
