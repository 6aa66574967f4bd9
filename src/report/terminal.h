/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * terminal: what the files that write the report for a terminal share. Only for
 * terminal.c and terminal_grid.c; everyone else wants report_terminal().
 *
 * No line is wider than the sheet, in display columns. Controls in texts that
 * are not ours become "?", so that none moves the cursor.
 */
#ifndef REPORT_TERMINAL_H
#define REPORT_TERMINAL_H

#include "model/claims.h"
#include "model/findings.h"
#include "model/metric.h"
#include "model/study.h"

struct sheet {
    const struct study *study;
    const struct findings *findings;
    const struct claims *claims;
    size_t columns; /* at least 1 */
    bool colour;
    struct text *to;
};

/* Display columns; characters of East Asia take two. */
size_t sheet_columns(const char *s);
/* An ANSI code such as "1" (bold) or "0", if the sheet has colour. */
void sheet_emphasis(struct sheet *s, const char *code);
void sheet_spaces(struct text *to, size_t n);
/* Words of s in lines that begin at column `indent`; the first line is taken to
 * be there already. Numbers keep to their units. */
void sheet_wrap(struct sheet *s, size_t indent, const char *words);
/* s in a field of `width` columns, cut with an ellipsis if too long. */
void sheet_field(struct text *to, const char *s, size_t width, bool right);

/* The rates of one metric: a table, or where that is too wide a line a rate. */
void sheet_rates(struct sheet *s, const struct metric *metric);

#endif
