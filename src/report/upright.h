/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * upright: a panel of a chart whose rates stand upwards: where a rate is on the
 * canvas, the lines across with their numbers at the left, marks with whiskers.
 *
 * A block of the data that upright_marks() draws has the columns
 *     x y lo hi open …
 * with y, lo and hi places on the canvas, as upright_cells() writes them.
 */
#ifndef REPORT_UPRIGHT_H
#define REPORT_UPRIGHT_H

#include "model/findings.h"
#include "report/plot.h"

struct upright {
    double left, right, top, bottom; /* of the panel */
    double most;                     /* the rate at its top */
};

/* "x\ty\ylo\tyhi\topen\testimate\tlo\thi\tx\tn\tbackend\tpoint\tgroup" */
extern const char upright_columns[];

double upright_y(const struct upright *u, double rate);
/* The cells of upright_columns for a rate at `x` of the panel's axis; the
 * caller ends the row. */
void upright_cells(struct plot *p, const struct upright *u, const struct finding *f,
                   double x, bool open);
/* Begins the panel, x from `lo` to `hi`, with lines across. */
void upright_begin(struct plot *p, const struct upright *u, double lo, double hi);
/* Whiskers and marks of rows `from` to `to` of a block, a `pointtype` each. */
void upright_marks(struct plot *p, size_t block, size_t from, size_t to,
                   unsigned colour, int pointtype);

#endif
