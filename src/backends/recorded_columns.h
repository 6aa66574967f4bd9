/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * recorded_columns: which columns of a table of answers hold what, and what their
 * cells say. Inside src/backends only; recorded.h has the rules.
 *
 * Ownership: recorded_columns_release(); names are those of the table or of the
 * struct's arena.
 */
#ifndef BACKENDS_RECORDED_COLUMNS_H
#define BACKENDS_RECORDED_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>

#include "backends/recorded.h"
#include "base/csv.h"
#include "base/dict.h"

struct recorded_column {
    const char *backend;
    size_t answers;
    bool verdicts;       /* TRUE and FALSE, not labels */
    long confidence;     /* column, or -1 */
    bool percent;        /* confidences are out of 100 */
    size_t row;          /* being read */
};

struct recorded_columns {
    struct arena arena;
    struct dict headings;  /* in lower case, blanks and hyphens as '_' … */
    size_t *column;        /* … and the first column of each */
    size_t names;
    bool decimal_comma;
    struct recorded_column *items;
    size_t n, cap;
};

/* What a cell of answers says. */
enum recorded_answer {
    ANSWER_NONE, ANSWER_RIGHT, ANSWER_WRONG, ANSWER_LABEL, ANSWER_UNKNOWN
};
enum recorded_answer recorded_answer(const struct recorded_about *about, bool verdicts,
                                     const char *cell);
/* True for nothing, NA and the like. */
bool recorded_is_blank(const char *cell);
/* A confidence in [0, 1]; false if the cell is no number in range. */
bool recorded_confidence(const char *cell, bool percent, bool decimal_comma, double *v);

/* The roster's row of a name, of a path's last part, or of that without its
 * extension; else as roster_index_find(). */
long recorded_find(const struct roster_index *index, const char *name);

char recorded_delimiter(const char *data, size_t len);

/* Fails where no column holds names, or none answers. */
int recorded_find_columns(struct recorded_columns *c, const struct csv_table *t,
                          const struct recorded_about *about, char delimiter,
                          struct err *err);
void recorded_columns_release(struct recorded_columns *c);

#endif
