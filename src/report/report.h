/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * report: the stage findings → charts, tables, page and index. Every number it
 * shows is that of a findings row; every text from a study or a counts file is
 * treated as hostile and escaped where it is written.
 *
 * `cases` are the named cases of the study; NULL or an empty list is none. A
 * study may have nothing but cases.
 *
 * `curves` are the rows of curves.csv; NULL or none for what is not of comparisons.
 *
 * Ownership: all arguments are borrowed. Threads: any, on different folders.
 */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include <stdbool.h>

#include "base/err.h"
#include "base/text.h"
#include "model/cases.h"
#include "model/claims.h"
#include "model/findings.h"
#include "model/run.h"
#include "model/study.h"
#include "report/chart.h"

/* The names and keys of the study's charts, and the placeholders of captions
 * and answer, against what there is; each fault as `file:line: …`. */
int charts_check(const struct study *study, struct err *err);

/* Makes dir/charts/ID.gp, .tsv, .svg and .png of every chart of the study.
 * Without gnuplot (ERR_PROGRAM, one line) .gp and .tsv are still written, and
 * pictures of an earlier run are removed. A chart that fails does not keep the
 * others from being made. */
int report_charts(const struct study *study, const struct findings *findings,
                  const struct findings *curves, const char *dir, struct err *err);

/* Takes out of the study the charts that are of no line of its file, and that these rows
 * cannot fill or would overfill; a fact of the study names them. */
void report_fitting_charts(struct study *study, const struct findings *findings,
                           const struct findings *curves);

/* Writes dir/report.html (self-contained; the charts that are in dir/charts are
 * inlined), dir/tables.tex (booktabs) and dir/report.json. Fails (ERR_INPUT) on
 * a placeholder of the study that names no finding. */
int report_write(const struct study *study, const struct findings *findings,
                 const struct findings *curves, const struct claims *claims,
                 const struct cases *cases, const struct run *run, const char *dir,
                 struct err *err);

/* Question, answer, a table of rates, the named cases and the verdicts, no line
 * wider than `columns`. `colour`: with ANSI emphasis. */
void report_terminal(const struct study *study, const struct findings *findings,
                     const struct claims *claims, const struct cases *cases,
                     int columns, bool colour, struct text *to);

/* The version of the gnuplot that report_charts() would run, "5.4 patchlevel
 * 4"; "" if there is none. Asked once; not for several threads at a time. */
const char *report_gnuplot(void);

/* Writes dir/index.html: every finished run directly below `dir` (a folder with
 * a run.json), by name, with its question, answer and verdicts. A run that cannot
 * be read is a fault; the others are still listed. */
int report_index(const char *dir, struct err *err);

#endif
