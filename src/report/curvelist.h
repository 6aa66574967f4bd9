/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * curvelist: what the charts of curves share: the groups of a chart in the order of
 * their FMR or FPIR at its operating point, their rows of curves.csv, and a scale that is
 * logarithmic in a rate, in pixels of the canvas.
 *
 * Where there are more than six groups, those whose rate is too few to say are left out, if
 * two remain; of more than fit, those with the highest and the lowest rate are shown.
 * curvelist_explain() says so.
 *
 * Ownership: curvelist_release(); rows are those of the findings. Threads: any.
 * Fails when: the chart's groups have no rows of the metric (ERR_INPUT).
 */
#ifndef REPORT_CURVELIST_H
#define REPORT_CURVELIST_H

#include "report/chart.h"

#define CURVELIST_MARGIN 12
#define CURVELIST_LINES 6 /* that can be told apart in one panel */

struct curve_style {
    unsigned colour;
    double width;
    int pointtype;
    const char *dash;
};
extern const struct curve_style curvelist_styles[CURVELIST_LINES];

struct curve_line {
    const char *group, *label;
    const struct finding *at; /* the rate at the chart's point, or NULL */
};

struct curvelist {
    struct arena arena;
    const struct chart_input *in;
    const struct findings *rows;
    const char *point;        /* of the chart, or "" */
    const char *rate;         /* "fpir" where the chart is of that, else "fmr" */
    struct curve_line *lines; /* highest rate first */
    size_t n, of;             /* shown, of so many */
    size_t few;               /* left out because they are too few to say */
    double label;             /* width of the widest label, FACE_BODY */
};

/* `metric` is what a group must have rows of, at `point` ("": along the curve). */
int curvelist_init(struct curvelist *l, const struct chart_input *in, const char *metric,
                   const char *point, size_t most, struct err *err);
void curvelist_release(struct curvelist *l);

/* The rows of a group along its curve: the first from `from` on, or NULL; *from is then
 * the one behind it. */
const struct finding *curvelist_next(const struct curvelist *l, const char *metric,
                                     const char *group, size_t *from);
/* At an operating point, also one that only findings.csv has; or NULL. */
const struct finding *curvelist_at(const struct curvelist *l, const char *metric,
                                   const char *group, const char *point);
/* "own fmr=1e-3" of "fmr=1e-3", in the arena. */
const char *curvelist_own(struct arena *a, const char *point);

/* Which groups are left out, for the note; nothing if none. */
void curvelist_explain(const struct curvelist *l, struct text *to);
/* "at FMR 0.001 (score 0.42)" of the chart's point. */
void curvelist_point_words(const struct curvelist *l, struct text *to);

/* The key below a panel whose lines have the styles above, from y down: a line's sample,
 * its label, its rate at the point with interval and counts. blocks[i] is the line's in
 * the data. Returns the y below. */
double curvelist_key(struct plot *p, const struct curvelist *l, const size_t *blocks,
                     double left, double y, int decimals);

/* A rate between 10^lo and 10^hi lies between `from` and `to`. */
struct rate_scale {
    double from, to;
    int lo, hi;
};

/* Whole decades that hold rates from `least` to `most`; at least one. */
struct rate_scale rate_scale(double from, double to, double least, double most);
/* NaN for a rate of 0 or none; outside the scale its nearest end. */
double rate_place(const struct rate_scale *s, double rate);
/* The smaller of the two that is positive, for finding the least of many. */
double rate_least(double a, double b);
/* "0.1 %" of the decade, as an axis says it. */
void rate_tick(struct text *to, int decade);

/* Line across (or, `upright`, down) a panel whose axes are pixels of the canvas. */
void curvelist_rule(struct plot *p, bool upright, double at, double from, double to,
                    unsigned colour, bool dashed);

#endif
