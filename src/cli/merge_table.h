/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * merge_table: the tables of parts one below the other, cells as they are.
 *
 * Columns are in the order in which they first come, as they would have come if one had
 * written all the rows; a part that lacks one has empty cells there.
 *
 * Ownership: the caller's. Threads: any. Fails when: a table cannot be read or written,
 * or, where all must have the same columns, they do not.
 */
#ifndef CLI_MERGE_TABLE_H
#define CLI_MERGE_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "cli/shard.h"

struct merge_table {
    const char *file;          /* of every part, and of `out` */
    const char *out;           /* folder */
    bool alike;                /* all have the same columns */
    const char *before;        /* one column comes before all that are not alike; or NULL */
    size_t *rows;              /* of each part, filled */
};
int merge_table(const struct merge_table *t, const struct part *parts, size_t n,
                struct err *err);

#endif
