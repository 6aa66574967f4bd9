/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * census: how many samples and people a roster has in each group of each axis,
 * and where two axes cross. Rows count whether or not their image is there.
 *
 * Groups nobody is in are not listed, and neither are the crossings of axes with
 * more than CENSUS_MAX_CELLS of them. Axes stand in the roster's order or in the
 * one that was asked for, values in byte order.
 *
 * Ownership: census_release(). Threads: read-only once taken.
 */
#ifndef DATASETS_CENSUS_H
#define DATASETS_CENSUS_H

#include <stddef.h>

#include "base/err.h"
#include "base/mem.h"
#include "model/roster.h"

#define CENSUS_MAX_CELLS 2000
#define CENSUS_MAX_VALUES 200

struct census_group {
    const char *name;      /* as group names are written: "gender=female" */
    size_t n, present, unreadable, people;
};

struct census {
    struct arena arena;
    struct census_group *groups;
    size_t n, cap;
    size_t samples, present, missing, refused, unreadable, people;
    size_t *axes;          /* attributes that were counted */
    size_t n_axes;
    size_t *unknown;       /* an axis: rows with no value */
};

/* `by` are n_by names of attributes; none: every attribute that is an axis and
 * has at most CENSUS_MAX_VALUES values. Fails on a name that is no attribute. */
int census_take(struct census *c, const struct roster *r, const char *const *by,
                size_t n_by, struct err *err);
void census_release(struct census *c);

#endif
