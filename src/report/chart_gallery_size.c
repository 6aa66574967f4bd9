/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * gallery-size: the FPIR of groups in ever larger galleries drawn from the one there
 * was, a line each with its intervals, both scales logarithmic; dotted, as many people
 * times the FMR. The scale across ends where the gallery did.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/curvelist.h"
#include "report/format.h"

#define MARGIN CURVELIST_MARGIN
#define AXIS 58
#define HEIGHT 250
#define EDGE 18         /* so that marks beside the first and last size have room */
#define APART 5         /* between the intervals of two lines at one size */

struct sizes {
    struct curvelist list;
    double left, right;
    double least, most; /* sizes at the edges */
    struct rate_scale y;
    size_t blocks[CURVELIST_LINES], bounds[CURVELIST_LINES];
    int decimals;
};

/* The size in "fmr=1e-3,gallery=100" if it is of the chart's point; else 0. */
static double size_of(const struct sizes *s, const struct finding *f)
{
    static const char word[] = ",gallery=";
    size_t n = strlen(s->list.point);

    if (strncmp(f->point, s->list.point, n) ||
        strncmp(f->point + n, word, sizeof word - 1))
        return 0;
    return strtod(f->point + n + sizeof word - 1, NULL);
}

static bool is_of(const struct finding *f, const char *metric, const char *group)
{
    return !strcmp(f->metric, metric) && !strcmp(f->group, group);
}

static double place(const struct sizes *s, double size)
{
    double from = s->left + EDGE, to = s->right - EDGE;

    return from + (to - from) * log(size / s->least) / log(s->most / s->least);
}

static void measure(struct sizes *s, double top, double bottom)
{
    double least = NAN, rates[CURVELIST_LINES];
    size_t used = 0;
    double most = 0;

    s->least = INFINITY;
    s->most = 0;
    for (size_t i = 0; i < s->list.n; i++) {
        const struct curve_line *line = &s->list.lines[i];
        if (line->at)
            rates[used++] = line->at->estimate;
        for (size_t k = 0; k < s->list.rows->n; k++) {
            const struct finding *f = &s->list.rows->rows[k];
            double size = size_of(s, f);
            if (!size || !is_of(f, "fpir.gallery", line->group))
                continue;
            s->least = fmin(s->least, size);
            s->most = fmax(s->most, size);
            least = rate_least(least, f->estimate);
            most = fmax(most, f->hi);
        }
    }
    if (!(s->least < s->most))
        s->least = s->most / 2;
    s->y = rate_scale(bottom, top, least, most);
    s->decimals = format_decimals_column(UNIT_RATE, rates, used);
}

static void add_cells(struct plot *p, const struct sizes *s, const struct finding *f,
                      double size, double shift)
{
    plot_cell_num(p, place(s, size) + shift);
    plot_cell_num(p, rate_place(&s->y, f->estimate));
    plot_cell_num(p, f->lo > 0 ? rate_place(&s->y, f->lo) : s->y.from);
    plot_cell_num(p, rate_place(&s->y, f->hi));
    plot_cell_num(p, size);
    plot_cell_num(p, f->estimate);
    plot_cell_num(p, f->lo);
    plot_cell_num(p, f->hi);
    plot_cell(p, f->group);
    plot_row(p);
}

/* The rows of one line, in the order of their sizes. */
static size_t add_block(struct plot *p, const struct sizes *s, const char *metric,
                        const char *group, double shift)
{
    size_t block = plot_block(p, "x\ty\tylo\tyhi\tsize\trate\tlo\thi\tgroup");

    for (size_t k = 0; k < s->list.rows->n; k++) {
        const struct finding *f = &s->list.rows->rows[k];
        double size = size_of(s, f);
        if (size > 0 && is_of(f, metric, group))
            add_cells(p, s, f, size, shift);
    }
    return block;
}

static void add_axes(struct plot *p, const struct sizes *s)
{
    struct text t = TEXT_INIT;

    for (int d = s->y.lo; d <= s->y.hi; d++) {
        double y = rate_place(&s->y, pow(10, d));
        text_reset(&t);
        rate_tick(&t, d);
        plot_words(p, s->left - 6, y, FACE_SMALL, ALIGN_RIGHT, INK_SOFT, t.s);
        curvelist_rule(p, false, y, s->left, s->right, d == s->y.lo ? INK_SOFT : RULE, false);
    }
    double end = place(s, s->most);
    text_reset(&t);
    format_count(&t, (int64_t)s->most, true);
    double room = plot_text_width(FACE_SMALL, t.s) + 12;
    plot_words(p, end, s->y.from + 14, FACE_SMALL, ALIGN_RIGHT, INK, t.s);
    curvelist_rule(p, true, end, s->y.from, s->y.from + 4, INK_SOFT, false);
    for (double size = pow(10, ceil(log10(s->least) - 1e-9)); size < s->most; size *= 10) {
        text_reset(&t);
        format_count(&t, (int64_t)(size + .5), true);
        curvelist_rule(p, true, place(s, size), s->y.from, s->y.from + 4, INK_SOFT, false);
        if (place(s, size) + plot_text_width(FACE_SMALL, t.s) / 2 < end - room)
            plot_words(p, place(s, size), s->y.from + 14, FACE_SMALL, ALIGN_CENTRE, INK_SOFT,
                       t.s);
    }
    plot_words(p, (s->left + s->right) / 2, s->y.from + 31, FACE_SMALL, ALIGN_CENTRE,
               INK_SOFT, "people in the gallery");
    text_release(&t);
}

static void add_lines(struct plot *p, const struct sizes *s)
{
    for (size_t i = s->list.n; i-- > 0;) {
        const struct curve_style *style = &curvelist_styles[i];
        plot_with(p, "index %zu every ::1 using 1:2 with lines linewidth 1.2 dashtype (2,3) "
                  "linecolor rgb 0x%06X", s->bounds[i], style->colour);
        plot_with(p, "index %zu every ::1 using 1:3:(0):($4-$3) with vectors nohead "
                  "linewidth 1 linecolor rgb 0x%06X", s->blocks[i], style->colour);
        plot_with(p, "index %zu every ::1 using 1:2 with lines linewidth %g %s linecolor rgb "
                  "0x%06X", s->blocks[i], style->width, style->dash, style->colour);
        plot_with(p, "index %zu every ::1 using 1:2 with points pointtype %d pointsize .8 "
                  "linecolor rgb 0x%06X", s->blocks[i], style->pointtype, style->colour);
    }
}

static void say(struct plot *p, const struct sizes *s)
{
    text_add(&p->alt, "Lines of FPIR against the size of the gallery, a group each; in the "
             "whole gallery");
    for (size_t i = 0; i < s->list.n; i++) {
        const struct finding *f = s->list.lines[i].at;
        if (!f)
            continue;
        text_addf(&p->alt, "%s %s ", i ? "," : ":", s->list.lines[i].label);
        format_estimate(&p->alt, UNIT_RATE, f->estimate, f->lo, f->hi);
    }
    text_addch(&p->alt, '.');
}

int chart_gallery_size(struct plot *p, const struct chart_input *in, struct err *err)
{
    struct sizes s = { .least = 0 };
    struct text subtitle = TEXT_INIT;
    int code = curvelist_init(&s.list, in, "fpir", "", CURVELIST_LINES, err);

    if (code)
        return code;
    text_add(&subtitle, "Share of searches that return somebody wrong (FPIR) on average over "
             "all galleries of so many people drawn from the one there was, ");
    curvelist_point_words(&s.list, &subtitle);
    text_add(&subtitle, ", with ");
    format_confidence(&subtitle, in->study->confidence);
    text_add(&subtitle, " % intervals about the people searched; both scales logarithmic. "
             "Dotted: people × FMR. Numbers: the whole gallery, searches that did/searches");
    double y = plot_head(p, in->chart->title, subtitle.s) + 20;
    s.left = MARGIN + AXIS;
    s.right = p->width - MARGIN - 8;
    measure(&s, y, y + HEIGHT);
    if (!(s.most > 0)) {
        code = err_add(err, ERR_INPUT, "%s:%zu: chart '%s': curves.csv has no galleries at "
                       "'%s', expected an operating point that the scores reach",
                       in->study->path, in->chart->line, in->chart->id, s.list.point);
        curvelist_release(&s.list);
        text_release(&subtitle);
        return code;
    }
    for (size_t i = 0; i < s.list.n; i++) {
        double shift = ((double)i - (double)(s.list.n - 1) / 2) * APART;
        s.blocks[i] = add_block(p, &s, "fpir.gallery", s.list.lines[i].group, shift);
        s.bounds[i] = add_block(p, &s, "selectivity.gallery", s.list.lines[i].group, shift);
    }
    plot_panel(p, s.left, s.right, y - 4, y + HEIGHT + 4, s.left, s.right, false);
    add_axes(p, &s);
    add_lines(p, &s);
    plot_panel_end(p);
    p->height = curvelist_key(p, &s.list, s.blocks, s.left, y + HEIGHT + 46, s.decimals) +
                MARGIN;
    say(p, &s);
    text_add(&p->note, "Nothing is said of galleries larger than this one. A rate of 0 has no "
             "place on the scale. The intervals take the threshold and this gallery as given: "
             "another gallery of the same size would give other rates.");
    curvelist_explain(&s.list, &p->note);
    curvelist_release(&s.list);
    text_release(&subtitle);
    return 0;
}
