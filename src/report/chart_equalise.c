/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * equalise: what one threshold for all does to each group, above what a threshold of its
 * own for the same target FMR would: FMR on a logarithmic scale at the left, FNMR from 0
 * at the right. A group's own threshold never exceeds the target.
 */
#include <math.h>
#include <string.h>

#include "report/curvelist.h"
#include "report/format.h"
#include "report/lookup.h"
#include "report/marks.h"
#include "report/prose.h"

#define MARGIN CURVELIST_MARGIN
#define ROW 44
#define APART 9      /* of a row's two lines from its middle */
#define LABEL_MAX 130
#define VALUE 62     /* width of the numbers */
#define GROUPS_MAX 24

struct equalise {
    struct curvelist list;
    const char *points[2]; /* the one for all, the group's own */
    struct rate_scale fmr;
    double left[2], right[2], most; /* panels; the end of the axis of FNMR */
    int decimals[2];
    struct marks marks;
};

static const char *const metrics[] = { "fmr", "fnmr" };

static double place(const struct equalise *e, int k, double rate)
{
    if (k)
        return e->left[1] + (e->right[1] - e->left[1]) * rate / e->most;
    return rate > 0 ? rate_place(&e->fmr, rate) : isnan(rate) ? NAN : e->left[0];
}

static const struct finding *row_of(const struct equalise *e, size_t i, int k, int own)
{
    return curvelist_at(&e->list, metrics[k], e->list.lines[i].group, e->points[own]);
}

static void measure(struct equalise *e)
{
    double least = NAN, most = 0;

    for (int k = 0; k < 2; k++) {
        double rates[2 * GROUPS_MAX];
        size_t n = 0;
        for (size_t i = 0; i < e->list.n; i++)
            for (int own = 0; own < 2; own++) {
                const struct finding *f = row_of(e, i, k, own);
                if (!f)
                    continue;
                double hi = fmax(f->estimate, isfinite(f->hi) ? f->hi : 0);
                rates[n++] = f->estimate;
                if (k)
                    e->most = fmax(e->most, hi);
                least = k ? least : rate_least(rate_least(least, f->estimate), f->lo);
                most = k ? most : fmax(most, hi);
            }
        e->decimals[k] = format_decimals_column(UNIT_RATE, rates, n);
    }
    e->most = e->most > 0 ? e->most * 1.04 : 1;
    e->fmr = rate_scale(e->left[0], e->right[0], least, most);
}

static void add_mark(struct plot *p, struct equalise *e, const struct finding *f, int k,
                     int own, double y)
{
    struct text t = TEXT_INIT;

    plot_cell_num(p, place(e, k, f->estimate));
    plot_cell_num(p, y);
    plot_cell_num(p, place(e, k, f->lo));
    plot_cell_num(p, place(e, k, f->hi));
    plot_cell_num(p, own);
    plot_cell_num(p, marks_see(&e->marks, f));
    plot_cell_num(p, f->threshold);
    plot_cell_num(p, f->estimate);
    plot_cell_num(p, f->lo);
    plot_cell_num(p, f->hi);
    plot_cell_num(p, (double)f->x);
    plot_cell_num(p, (double)f->n);
    plot_cell(p, f->metric);
    plot_cell(p, f->point);
    plot_cell(p, f->group);
    plot_row(p);
    format_value(&t, UNIT_RATE, f->estimate, e->decimals[k]);
    plot_words(p, e->right[k] + VALUE, y, FACE_SMALL, ALIGN_RIGHT, own ? STRONG : INK_SOFT,
               t.s);
    text_release(&t);
}

static void add_axes(struct plot *p, const struct equalise *e, double top, double bottom)
{
    double step = plot_step(e->most * 100, 3);
    int skip = e->fmr.hi - e->fmr.lo > 2 ? 2 : 1;
    struct text t = TEXT_INIT;

    for (int d = e->fmr.hi; d >= e->fmr.lo; d -= skip) {
        text_reset(&t);
        rate_tick(&t, d);
        curvelist_rule(p, true, rate_place(&e->fmr, pow(10, d)), top, bottom, RULE, false);
        plot_words(p, rate_place(&e->fmr, pow(10, d)), bottom + 11, FACE_SMALL, ALIGN_CENTRE,
                   INK_SOFT, t.s);
    }
    for (int i = 0; i * step <= e->most * 100; i++) {
        text_reset(&t);
        text_addf(&t, "%.9g %%", i * step);
        curvelist_rule(p, true, place(e, 1, i * step / 100), top, bottom,
                       i ? RULE : INK_SOFT, false);
        plot_words(p, place(e, 1, i * step / 100), bottom + 11, FACE_SMALL, ALIGN_CENTRE,
                   INK_SOFT, t.s);
    }
    text_release(&t);
}

static void add_marks(struct plot *p, size_t block)
{
    static const struct { unsigned colour; int pointtype; } styles[] = {
        { INK_SOFT, 7 }, { STRONG, 13 } };

    for (int own = 0; own < 2; own++) {
        plot_with(p, "index %zu every ::1 using ($5==%d?$3:NaN):2:($4-$3):(0) with vectors "
                  "nohead linewidth 1.4 linecolor rgb 0x%06X", block, own,
                  styles[own].colour);
        plot_with(p, "index %zu every ::1 using ($5==%d?$1:NaN):2 with points pointtype %d "
                  "pointsize 1 linecolor rgb 0x%06X", block, own, styles[own].pointtype,
                  styles[own].colour);
        plot_with(p, "index %zu every ::1 using ($5==%d&&$6==1?$1:NaN):2 with points "
                  "pointtype %d pointsize .55 linecolor rgb 0x%06X", block, own,
                  styles[own].pointtype, PAPER);
    }
}

static void say(struct plot *p, const struct equalise *e, size_t i)
{
    text_addf(&p->alt, " %s:", e->list.lines[i].label);
    for (int k = 0; k < 2; k++)
        for (int own = 0; own < 2; own++) {
            const struct finding *f = row_of(e, i, k, own);
            if (!f)
                continue;
            text_addf(&p->alt, "%s ", own ? ", at its own" : k ? "; FNMR" : " FMR");
            format_estimate(&p->alt, UNIT_RATE, f->estimate, f->lo, f->hi);
        }
    text_addch(&p->alt, '.');
}

int chart_equalise(struct plot *p, const struct chart_input *in, struct err *err)
{
    struct equalise e = { .most = 0 };
    struct arena arena = ARENA_INIT;
    struct text subtitle = TEXT_INIT;
    const char *own = curvelist_own(&arena, in->chart->point ? in->chart->point : "");
    int code = curvelist_init(&e.list, in, "fmr", own, GROUPS_MAX, err);

    if (code)
        goto out;
    e.points[0] = e.list.point;
    e.points[1] = own;
    text_add(&subtitle, "Grey circles: one threshold for all, ");
    curvelist_point_words(&e.list, &subtitle);
    text_add(&subtitle, ". Blue diamonds: a threshold of the group's own with no more than that "
             "FMR. Lines: ");
    format_confidence(&subtitle, in->study->confidence);
    text_addf(&subtitle, " %% intervals (%s), the threshold taken as given",
              prose_method("wilson-t"));
    text_add(&p->alt, "Each group under one threshold for all and under its own.");
    double y = plot_head(p, in->chart->title, subtitle.s) + 14;
    double label = fmin(LABEL_MAX, e.list.label);
    double width = (p->width - 2 * MARGIN - label - 2 * VALUE - 44) / 2;
    for (int k = 0; k < 2; k++) {
        e.left[k] = MARGIN + label + 16 + k * (width + VALUE + 24);
        e.right[k] = e.left[k] + width;
        plot_words(p, e.left[k], y, FACE_STRONG, ALIGN_LEFT, INK,
                   k ? "FNMR" : "FMR (logarithmic)");
    }
    measure(&e);
    size_t block = plot_block(p, "x\ty\tlo_x\thi_x\town\topen\tthreshold\testimate\tlo\thi\thits\t"
                              "trials\tmetric\tpoint\tgroup");
    double top = y += 14, line = plot_line_height(FACE_BODY);
    for (size_t i = 0; i < e.list.n; i++) {
        size_t lines = plot_lines(label, FACE_BODY, e.list.lines[i].label);
        double row = fmax(ROW, (double)lines * line + 6), middle = y + row / 2;
        plot_paragraph(p, MARGIN, middle - (double)(lines - 1) * line / 2, label, FACE_BODY,
                       ALIGN_LEFT, INK, e.list.lines[i].label);
        for (int k = 0; k < 2; k++)
            for (int at = 0; at < 2; at++) {
                const struct finding *f = row_of(&e, i, k, at);
                if (f)
                    add_mark(p, &e, f, k, at, middle + (at ? APART : -APART));
            }
        say(p, &e, i);
        y += row;
    }
    plot_panel(p, 0, p->width, top, y, 0, p->width, false);
    add_axes(p, &e, top, y);
    add_marks(p, block);
    plot_panel_end(p);
    p->height = y + 28;
    if (e.marks.hollow)
        text_add(&p->note, "Open marks: fewer than five errors or degrees of freedom, too few to "
                 "say more than the interval does. ");
    text_add(&p->note, "An FMR of 0 stands at the left edge.");
    curvelist_explain(&e.list, &p->note);
    curvelist_release(&e.list);
out:
    arena_release(&arena);
    text_release(&subtitle);
    return code;
}
