/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * chart: the one list of charts a study can ask for. A new chart is a
 * `chart_NAME.c`, a line here and a row of the table in charts.c.
 *
 * A chart only shows: every number it draws or says is that of a row of findings.csv or,
 * of comparisons, of curves.csv.
 * draw() fills a plot whose title has been given; it also writes what the
 * chart shows in words (`alt`) and what its marks mean (`note`).
 *
 * Fails when: the findings have no rows for what is asked (ERR_INPUT), or more
 * than fit on a page (ERR_LIMIT); the line names the chart.
 */
#ifndef REPORT_CHART_H
#define REPORT_CHART_H

#include "model/findings.h"
#include "model/study.h"
#include "report/plot.h"

struct chart_input {
    const struct study *study;
    const struct findings *findings;
    const struct study_chart *chart;
    const struct findings *curves; /* rows of curves.csv; NULL: there are none */
};

/* Keys that must be given. */
enum {
    NEEDS_BY = 1,        /* `by` must name axes */
    NEEDS_GROUP = 2,
    NEEDS_POINTS = 4,    /* `before` and `after`, which no other chart takes */
};

struct chart {
    const char *name;    /* of `misid list charts` */
    const char *summary; /* one line: what it shows */
    unsigned needs;      /* NEEDS_…, or 0 */
    int (*draw)(struct plot *plot, const struct chart_input *in, struct err *err);
};

const struct chart *chart_table(size_t *n);
const struct chart *chart_find(const char *name); /* NULL if none */
/* Draws one. *nothing: so much is suppressed that nothing is left to show. */
int chart_draw(struct plot *plot, const struct chart_input *in, bool *nothing,
               struct err *err);

int chart_audits(struct plot *plot, const struct chart_input *in, struct err *err);
int chart_bars(struct plot *plot, const struct chart_input *in, struct err *err);
int chart_caterpillar(struct plot *plot, const struct chart_input *in, struct err *err);
int chart_composition(struct plot *plot, const struct chart_input *in, struct err *err);
int chart_confidence(struct plot *plot, const struct chart_input *in, struct err *err);
int chart_cross(struct plot *plot, const struct chart_input *in, struct err *err);
int chart_densities(struct plot *plot, const struct chart_input *in, struct err *err);
int chart_det(struct plot *plot, const struct chart_input *in, struct err *err);
int chart_dose(struct plot *plot, const struct chart_input *in, struct err *err);
int chart_dumbbell(struct plot *plot, const struct chart_input *in, struct err *err);
int chart_equalise(struct plot *plot, const struct chart_input *in, struct err *err);
int chart_fmr_threshold(struct plot *plot, const struct chart_input *in,
                        struct err *err);
int chart_forest(struct plot *plot, const struct chart_input *in, struct err *err);
int chart_gallery_size(struct plot *plot, const struct chart_input *in, struct err *err);
int chart_gradient(struct plot *plot, const struct chart_input *in, struct err *err);
int chart_rivals(struct plot *plot, const struct chart_input *in, struct err *err);
int chart_heat(struct plot *plot, const struct chart_input *in, struct err *err);

#endif
