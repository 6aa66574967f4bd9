/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ratelist: rates a row each, in blocks with a head, on one axis from 0: label,
 * mark with whisker, rate, counts. Several charts are such a list.
 *
 *     ratelist_init(&l, in, MARK_BAR);
 *     ratelist_block(&l, "IBM");
 *     ratelist_row(&l, finding, label);
 *     y = ratelist_draw(&l, plot, y);
 *     ratelist_release(&l);
 *
 * A rate of fewer than five hits is an open point in place of a bar; a mean
 * over runs, which has no interval, an open diamond. A row whose group is
 * `picked` has the strong colour.
 *
 * Ownership: the list owns its rows and copies of labels and heads; findings
 * are borrowed. Fails when: never; the caller bounds the number of rows.
 */
#ifndef REPORT_RATELIST_H
#define REPORT_RATELIST_H

#include "report/chart.h"
#include "report/marks.h"

#define RATELIST_MAX 600 /* rows that fit a page */

enum mark { MARK_BAR, MARK_POINT };

struct rate_row {
    const struct finding *finding;
    const char *label, *counts;
    struct text rate;
    double y;
    bool mean;
};

struct rate_block {
    const char *head; /* "" for none */
    size_t from, to;  /* rows */
    double top, bottom;
};

struct ratelist {
    struct arena arena;
    const struct chart_input *in;
    enum mark mark;
    const char *picked;         /* a group, or NULL */
    struct rate_row *rows;
    size_t n, cap;
    struct rate_block *blocks;
    size_t n_blocks, cap_blocks;
    size_t means;               /* rows that are means */
    double label, rate, counts; /* widths of the columns */
    double most;                /* the end of the axis */
    struct marks marks;
};

void ratelist_init(struct ratelist *l, const struct chart_input *in, enum mark mark);
void ratelist_block(struct ratelist *l, const char *head);
void ratelist_row(struct ratelist *l, const struct finding *f, const char *label);
/* Draws from y down; returns the y below. Blocks without rows are left out. */
double ratelist_draw(struct ratelist *l, struct plot *p, double y);
/* Adds the rates of each block, or its highest and lowest, to plot->alt. */
void ratelist_say(const struct ratelist *l, struct plot *p);
void ratelist_release(struct ratelist *l);

#endif
