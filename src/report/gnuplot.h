/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * gnuplot: the only place that runs it. It is started without a shell and
 * without the user's start-up files, in a private folder beside the charts,
 * with nothing to read, and is killed after GNUPLOT_SECONDS.
 *
 * Threads: any, on different folders.
 * Fails when: there is no gnuplot (ERR_PROGRAM, GNUPLOT_MISSING in *missing),
 * it fails, takes too long, or leaves no picture (ERR_PROGRAM, with the
 * first line it complained in), or the disk refuses (ERR_IO).
 */
#ifndef REPORT_GNUPLOT_H
#define REPORT_GNUPLOT_H

#include <stdbool.h>

#include "base/err.h"
#include "base/text.h"

#define GNUPLOT_SECONDS 60

/* Draws dir/ID.svg and dir/ID.png from dir/ID.gp and dir/ID.tsv, for each of `n` ids;
 * one that fails is told in a line, and does not keep the others from being drawn. *missing
 * is set if there is no gnuplot; then no line is added. Several are drawn by one gnuplot:
 * its pictures are those of a gnuplot each, but for the colour of a group in the SVG
 * that has nothing in it. */
int gnuplot_draw(const char *dir, const char *const *ids, size_t n, bool *missing,
                 struct err *err);

/* Adds "5.4 patchlevel 4"; nothing if there is no gnuplot. */
void gnuplot_version(struct text *to);

#endif
