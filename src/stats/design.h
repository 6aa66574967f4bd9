/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * design: from columns of a table to the numbers of a regression.
 *
 * A variable is a category or a number. A category is coded by treatment: a column
 * 0/1 for each of its levels but the base, which is its most frequent level unless
 * another is asked for. A number is centred at its mean and divided by its standard
 * deviation (n − 1) over the rows at hand, so that its coefficient is for one
 * standard deviation and those of the categories are at the mean. A term is one
 * variable, or several joined by `:`, whose columns are the products of theirs.
 *
 * The first column is the constant. Columns are named `gender=female`,
 * `gender=female:skin=darker`, `luminance`.
 *
 * Ownership: design_release() frees all but the names and texts given. Threads: one
 * writer; read-only once made. Fails when: ERR_INPUT for a category of one level or of
 * more than DESIGN_MAX_LEVELS, a number that never varies, a term of unknown variables
 * or given twice; ERR_LIMIT for more than DESIGN_MAX_COLUMNS columns.
 */
#ifndef STATS_DESIGN_H
#define STATS_DESIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/mem.h"

#define DESIGN_MAX_LEVELS 64
#define DESIGN_MAX_COLUMNS 200
#define DESIGN_MAX_ORDER 4 /* variables in one term */

struct design_variable {
    const char *name;
    bool number;
    const double *values;     /* of a number, a row each, finite */
    const uint32_t *levels;   /* of a category, a row each, < n_levels */
    const char *const *level_names;
    size_t n_levels;
    long base;                /* a level, or -1: the most frequent */
    double mean, sd;          /* filled for numbers */
};

struct design_term {
    const char *name;         /* "gender:skin" */
    size_t variables[DESIGN_MAX_ORDER], n;
    size_t first, columns;    /* its columns */
};

struct design {
    struct arena arena;
    struct design_variable *variables; /* a copy */
    size_t n_variables;
    struct design_term *terms;
    size_t n_terms, rows;
    size_t k;                 /* columns, the constant among them */
    const char **names;       /* of columns */
    double *x;                /* rows × k */
};

/* `terms` as written ("gender", "gender:skin"). */
int design_make(struct design *d, const struct design_variable *variables,
                size_t n_variables, const char *const *terms, size_t n_terms,
                size_t rows, struct err *err);
void design_release(struct design *d);

/* One row's k numbers as they would be if the category `variable` had the level; with
 * DESIGN_AS_IT_IS as they are. */
#define DESIGN_AS_IT_IS SIZE_MAX
void design_row(const struct design *d, size_t row, size_t variable, size_t level,
                double *x);

#endif
