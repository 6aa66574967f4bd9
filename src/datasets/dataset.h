/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dataset: a folder with a dataset.yaml that says what the set is and how to
 * read it. A published audit names its counts (counts.csv), the figures it
 * printed (printed.csv) or its named cases (cases.csv); they lie in the folder. A
 * set of images describes its tables and file names (datasets/descriptor.h), and
 * dataset_roster() reads them.
 *
 * A set called NAME is NAME/dataset.yaml in one of the places of "datasets"
 * (base/places.h); a NAME with a '/' is the path of a dataset.yaml itself.
 *
 * Ownership: the dataset owns its strings. Threads: read-only once loaded.
 */
#ifndef DATASETS_DATASET_H
#define DATASETS_DATASET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/mem.h"
#include "datasets/problems.h"
#include "model/roster.h"
#include "model/trials.h"

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
    struct descriptor *reading;   /* NULL: published counts and no images */
};

/* Finds and reads the set; the line of an unknown name lists where it was
 * looked for. */
int dataset_load(struct dataset *d, const char *name, const char *study_path,
                 struct err *err);
/* The same after `n_sets` assignments `key=value` to its dataset.yaml. */
int dataset_load_with(struct dataset *d, const char *name, const char *study_path,
                      const char *const *sets, size_t n_sets, struct err *err);
void dataset_release(struct dataset *d);

/*
 * The samples of a set of images. Tables and images are looked for below `root`;
 * with NULL the tables are relative to the current folder and nothing is said
 * of images. The statuses are those of a look at the folder (ok, missing,
 * unreadable, refused), not at the pixels. What is wrong with the set goes to
 * options->problems, comparisons it lists to options->trials (both initialised by
 * the caller, either may be NULL). Fails on ill-formed tables, and where nothing
 * of the set is there; the roster is then released.
 */
struct dataset_options {
    struct problems *problems;
    struct trials *trials;
};
int dataset_roster(const struct dataset *d, const char *root,
                   const struct dataset_options *options, struct roster *r,
                   struct err *err);

/* False for sets of recorded scores or labels alone, which name images that
 * nobody looks for. */
bool dataset_has_images(const struct dataset *d);

/* The path of one of its files, malloc'd. A name with a '/' or ".." is refused
 * when the dataset.yaml or the study is read, so this cannot leave the folder. */
char *dataset_path(const struct dataset *d, const char *file);

/* True if `file` names a file of the folder itself: no '/', not "." or "..". */
bool dataset_is_plain_name(const char *file);

#endif
