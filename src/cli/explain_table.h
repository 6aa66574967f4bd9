/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * explain_table: what `misid explain` regresses, from any CSV or from a run folder on
 * predictions of one's own: a row a sample, with an outcome, a cluster and the columns
 * asked for. Rows in which one of them is missing (empty or NA) are left out and
 * counted, by column.
 *
 * A column is a number where every cell is one and more than two differ, unless it is
 * named as a category; else its values are levels, in byte order.
 *
 * Ownership: explain_table_release(). Fails when: a file or column is missing, an
 * outcome is neither 0/1, true/false nor yes/no, or no row is left.
 */
#ifndef CLI_EXPLAIN_TABLE_H
#define CLI_EXPLAIN_TABLE_H

#include "base/err.h"
#include "base/mem.h"
#include "cli/options.h"
#include "stats/design.h"

struct explain_want {
    const char *outcome, *cluster; /* cluster NULL: each row is one */
    const char *const *columns;
    size_t n_columns;
    const struct option_list *categories, *bases; /* NAME; NAME=VALUE */
};

struct explain_table {
    struct arena arena;
    size_t rows, clusters, hits;
    size_t read;                      /* rows before any were left out */
    struct design_variable *variables; /* one a column wanted, in that order */
    size_t n_variables;
    size_t *missing;                  /* rows left out for it, a column; the first */
    size_t no_outcome, no_cluster;    /* … and for these */
    bool *y;
    uint32_t *cluster;
};

int explain_table_csv(struct explain_table *t, const char *path,
                      const struct explain_want *want, struct err *err);
/* `backend` NULL: the only one. `with`: a CSV with a column `sample` and further
 * columns, or NULL. The outcome is a metric of classification: error,
 * error_with_misses, fta. *backend is then whose, kept by the table. */
int explain_table_run(struct explain_table *t, const char *dir, const char **backend,
                      const char *with, const struct explain_want *want,
                      struct err *err);
void explain_table_release(struct explain_table *t);

#endif
