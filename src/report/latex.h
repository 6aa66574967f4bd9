/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * latex: the tables of a report for \input into a LaTeX paper that loads
 * booktabs and longtable. Text is escaped; the few signs misid itself uses
 * outside of ASCII become commands, all else stays UTF-8.
 */
#ifndef REPORT_LATEX_H
#define REPORT_LATEX_H

#include "base/text.h"
#include "report/tables.h"

void latex_text(struct text *to, const char *s);
void latex_tables(const struct tables *tables, const char *study, struct text *to);

#endif
