/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * verify_rows: two tables of the same columns, row by row and cell by cell. Counts and
 * texts must be the same; other numbers may differ by VERIFY_TOLERANCE of the larger, which
 * is what another compiler or mathematical library may do, and no finding is read so
 * closely.
 */
#ifndef CLI_VERIFY_ROWS_H
#define CLI_VERIFY_ROWS_H

#include <stddef.h>

#include "base/err.h"

#define VERIFY_TOLERANCE 1e-9

/* Adds a line to `differences` for every row that differs (ERR_INPUT), named as of the file
 * `name`: "findings.csv:17: estimate is 0.2, made again 0.3 (error of gender=female)".
 * *rows: how many were compared. */
int verify_rows(const char *name, const char *path, const char *again, size_t again_len,
                size_t *rows, struct err *differences);

#endif
