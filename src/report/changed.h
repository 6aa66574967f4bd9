/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * changed: a table of changes (model/changes.h) for people: on a terminal, as Markdown, as
 * a page. What changed surely comes first, for the worse before for the better, the
 * largest change first; then what cannot be told apart; then what only one run has. Of
 * more than two runs, a matrix a rate: each run against each, with the family that the
 * p-values are adjusted over.
 *
 * `changes` are sorted (changes_sort()) and adjusted. Texts that come from data are
 * escaped.
 *
 * Ownership: everything is borrowed. Threads: any.
 */
#ifndef REPORT_CHANGED_H
#define REPORT_CHANGED_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"
#include "model/changes.h"

struct changed_run {
    const char *name;      /* as it was called */
    const char *about;     /* "gender-shades, 2026-11-23, misid 0.1" */
};

struct changed {
    const struct changes *changes;
    const struct changed_run *runs;
    size_t n_runs;
    const char *title;
};

void changed_terminal(const struct changed *c, int columns, bool colour, struct text *to);
void changed_markdown(const struct changed *c, struct text *to);
void changed_page(const struct changed *c, struct text *to);

/* For the three: what a row is about, "error of gender=female;skin=darker, vendor"; its
 * two values, "14.0 % → 22.0 %"; its change with limits, "+8.0 points [5.1, 11.0]". */
void changed_what(const struct change *c, struct text *to);
void changed_values(const struct change *c, struct text *to);
void changed_change(const struct change *c, struct text *to);
/* Rows of one kind follow one another: how many from `at` on are of its kind. */
enum changed_kind { CHANGED_WORSE, CHANGED_BETTER, CHANGED_OPEN, CHANGED_NOTHING };
enum changed_kind changed_kind(const struct change *c);
extern const char *const changed_heads[CHANGED_NOTHING + 1];
/* The row of two runs that says the same as `like`, or NULL. */
const struct change *changed_between(const struct changes *c, const struct change *like,
                                     const char *before, const char *after);
/* True for the first row of its rate in the order of the table: one matrix each. */
bool changed_is_first(const struct changes *c, size_t row);

#endif
