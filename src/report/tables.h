/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tables: the tables of a report as data, the same for HTML and LaTeX: heads,
 * rows of plain UTF-8 cells, section rows that span the table, and notes that
 * rows refer to by letters.
 *
 * Ownership: the tables own all their texts until tables_release().
 * Threads: read-only once built.
 */
#ifndef REPORT_TABLES_H
#define REPORT_TABLES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/mem.h"
#include "model/cases.h"
#include "model/claims.h"
#include "model/findings.h"
#include "model/study.h"

struct table_row {
    bool section;        /* cells[0] spans the row */
    const char **cells;  /* as many as there are columns; "" is empty */
    size_t note;         /* which note, from 1; 0 for none */
};

struct table {
    bool further;        /* of use to those who check, rather than to all */
    const char *id;      /* unique among the tables: "rates-error" */
    const char *caption;
    const char **heads;
    bool *numeric;       /* columns of figures, set to the right */
    bool *minor;         /* columns to leave out where there is no room */
    size_t columns;
    struct table_row *rows;
    size_t n, cap;
    const char **notes;
    size_t n_notes, cap_notes;
    bool one_note;       /* notes[0] is about every row: no letters */
};

struct tables {
    struct arena arena;
    struct table *tables; /* those with rows */
    size_t n, cap;
};

/* `cases` may be NULL. `thin`: thousands are set apart by narrow blanks. */
void tables_build(struct tables *t, const struct study *study,
                  const struct findings *findings, const struct claims *claims,
                  const struct cases *cases, bool thin);
void tables_release(struct tables *t);

/* "a", "b", …, "z", "aa" for note 1, 2, … */
void table_note_letter(struct text *to, size_t note);

#endif
