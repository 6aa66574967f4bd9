/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fmr-threshold: the FMR of groups against the threshold, a line each, on a scale that
 * is logarithmic in the rate; fpir-threshold: their FPIR. Operating points are lines down the panel; at that of the
 * chart each group has a mark with its interval, and below stand their numbers.
 */
#include <math.h>
#include <string.h>

#include "model/metric.h"
#include "report/curvelist.h"
#include "report/format.h"
#include "report/lookup.h"
#include "report/marks.h"
#include "report/prose.h"

#define MARGIN CURVELIST_MARGIN
#define AXIS 58         /* the numbers of the rates */
#define HEIGHT 250
#define APART 7         /* between two marks at the same threshold */

struct panel {
    struct curvelist list;
    double left, right, lo, hi; /* thresholds at the edges */
    struct rate_scale y;
    size_t blocks[CURVELIST_LINES];
    struct marks marks;
    int decimals;
};

static double place(const struct panel *n, double threshold)
{
    return n->left + (n->right - n->left) * (threshold - n->lo) / (n->hi - n->lo);
}

static bool few(const struct finding *f)
{
    return f->flag == FLAG_TOO_FEW || f->flag == FLAG_ZERO;
}

/* The ranges of both axes. */
static void measure(struct panel *n, double top, double bottom)
{
    double least = NAN, rates[CURVELIST_LINES];
    size_t used = 0;

    n->lo = INFINITY;
    n->hi = -INFINITY;
    for (size_t i = 0; i < n->list.n; i++) {
        const struct curve_line *line = &n->list.lines[i];
        const struct finding *f;
        size_t at = 0;
        while ((f = curvelist_next(&n->list, n->list.rate, line->group, &at))) {
            if (f->estimate > 0 && isfinite(f->threshold)) {
                n->lo = fmin(n->lo, f->threshold);
                n->hi = fmax(n->hi, f->threshold);
            }
            least = rate_least(least, f->estimate);
        }
        if (line->at) {
            n->lo = fmin(n->lo, line->at->threshold);
            n->hi = fmax(n->hi, line->at->threshold);
            rates[used++] = line->at->estimate;
        }
    }
    if (!(n->lo < n->hi)) {
        n->lo = isfinite(n->lo) ? n->lo - .5 : 0;
        n->hi = n->lo + 1;
    }
    double room = .03 * (n->hi - n->lo);
    n->lo -= room;
    n->hi += room;
    n->y = rate_scale(bottom, top, least, 1);
    n->decimals = format_decimals_column(UNIT_RATE, rates, used);
}

static void add_cells(struct plot *p, const struct panel *n, const struct finding *f,
                      double x)
{
    plot_cell_num(p, x);
    plot_cell_num(p, rate_place(&n->y, f->estimate));
    plot_cell_num(p, f->lo > 0 ? rate_place(&n->y, f->lo) : n->y.from);
    plot_cell_num(p, rate_place(&n->y, f->hi));
    plot_cell_num(p, few(f));
    plot_cell_num(p, f->threshold);
    plot_cell_num(p, f->estimate);
    plot_cell_num(p, f->lo);
    plot_cell_num(p, f->hi);
    plot_cell_num(p, (double)f->x);
    plot_cell_num(p, (double)f->n);
    plot_cell(p, f->group);
    plot_row(p);
}

/* A block a line, its first row the mark at the chart's point, if there is one. */
static void add_blocks(struct plot *p, struct panel *n)
{
    for (size_t i = 0; i < n->list.n; i++) {
        const struct curve_line *line = &n->list.lines[i];
        const struct finding *f;
        size_t at = 0;
        n->blocks[i] = plot_block(p, "x\ty\tylo\tyhi\tfew\tthreshold\trate\tlo\thi\tx\tn\tgroup");
        if (line->at) {
            double shift = ((double)i - (double)(n->list.n - 1) / 2) * APART;
            add_cells(p, n, line->at, place(n, line->at->threshold) + shift);
            marks_see(&n->marks, line->at);
        }
        while ((f = curvelist_next(&n->list, n->list.rate, line->group, &at)))
            add_cells(p, n, f, place(n, f->threshold));
    }
}

static void add_axes(struct plot *p, const struct panel *n)
{
    double step = plot_step(n->hi - n->lo, 7);
    struct text t = TEXT_INIT;

    for (int d = n->y.lo; d <= n->y.hi; d++) {
        double y = rate_place(&n->y, pow(10, d));
        text_reset(&t);
        rate_tick(&t, d);
        plot_words(p, n->left - 6, y, FACE_SMALL, ALIGN_RIGHT, INK_SOFT, t.s);
        curvelist_rule(p, false, y, n->left, n->right, d == n->y.lo ? INK_SOFT : RULE, false);
    }
    for (double v = ceil(n->lo / step) * step; v <= n->hi; v += step) {
        text_reset(&t);
        text_addf(&t, "%.6g", fabs(v) < step / 1e6 ? 0 : v);
        curvelist_rule(p, true, place(n, v), n->y.from, n->y.from + 4, INK_SOFT, false);
        plot_words(p, place(n, v), n->y.from + 14, FACE_SMALL, ALIGN_CENTRE, INK_SOFT, t.s);
    }
    plot_words(p, (n->left + n->right) / 2, n->y.from + 31, FACE_SMALL, ALIGN_CENTRE, INK_SOFT,
               "threshold");
    text_release(&t);
}

/* Lines down at the operating points; a name where there is room for it. */
static void add_points(struct plot *p, const struct panel *n)
{
    const struct chart_input *in = n->list.in;
    struct arena arena = ARENA_INIT;
    struct names points = lookup_points(&arena, in->findings, n->list.rate);
    double taken[2] = { INFINITY, -INFINITY };
    struct text t = TEXT_INIT;

    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < points.n; i++) {
            bool own = !strcmp(points.names[i], n->list.point);
            const struct finding *f = curvelist_at(&n->list, n->list.rate, "all", points.names[i]);
            if (own != (pass == 0) || !f || !(f->threshold > n->lo && f->threshold < n->hi))
                continue;
            double x = place(n, f->threshold);
            text_reset(&t);
            lookup_point_name(&t, points.names[i]);
            double half = plot_text_width(FACE_SMALL, t.s) / 2 + 4;
            double middle = fmin(x, p->width - MARGIN - half);
            curvelist_rule(p, true, x, n->y.to - 4, n->y.from, own ? INK_SOFT : FAINT, !own);
            if (middle + half < taken[0] || middle - half > taken[1]) {
                plot_words(p, middle, n->y.to - 12, FACE_SMALL, ALIGN_CENTRE,
                           own ? INK : INK_SOFT, t.s);
                taken[0] = fmin(taken[0], middle - half);
                taken[1] = fmax(taken[1], middle + half);
            }
        }
    text_release(&t);
    arena_release(&arena);
}

static void add_lines(struct plot *p, const struct panel *n)
{
    for (size_t i = n->list.n; i-- > 0;) {
        size_t first = n->list.lines[i].at ? 2 : 1;
        plot_with(p, "index %zu every ::%zu using 1:2 with lines linewidth 1.2 dashtype (1,3) "
                  "linecolor rgb 0x%06X", n->blocks[i], first, curvelist_styles[i].colour);
        plot_with(p, "index %zu every ::%zu using 1:($5==1?NaN:$2) with lines linewidth %g %s "
                  "linecolor rgb 0x%06X", n->blocks[i], first, curvelist_styles[i].width,
                  curvelist_styles[i].dash, curvelist_styles[i].colour);
    }
    for (size_t i = 0; i < n->list.n; i++) {
        if (!n->list.lines[i].at)
            continue;
        plot_with(p, "index %zu every ::1::1 using 1:3:(0):($4-$3) with vectors nohead "
                  "linewidth 1.4 linecolor rgb 0x%06X", n->blocks[i], curvelist_styles[i].colour);
        plot_with(p, "index %zu every ::1::1 using 1:2 with points pointtype %d pointsize 1 "
                  "linecolor rgb 0x%06X", n->blocks[i], curvelist_styles[i].pointtype,
                  curvelist_styles[i].colour);
        plot_with(p, "index %zu every ::1::1 using ($5==1?$1:NaN):2 with points pointtype %d "
                  "pointsize .55 linecolor rgb 0x%06X", n->blocks[i], curvelist_styles[i].pointtype,
                  PAPER);
    }
}

static void say(struct plot *p, const struct panel *n)
{
    text_addf(&p->alt, "Lines of %s against threshold, a group each",
              metric_find(n->list.rate)->axis);
    if (!*n->list.point)
        return;
    text_add(&p->alt, "; ");
    curvelist_point_words(&n->list, &p->alt);
    for (size_t i = 0; i < n->list.n; i++) {
        const struct finding *f = n->list.lines[i].at;
        if (!f)
            continue;
        text_addf(&p->alt, "%s %s ", i ? "," : ":", n->list.lines[i].label);
        format_estimate(&p->alt, UNIT_RATE, f->estimate, f->lo, f->hi);
    }
    text_addch(&p->alt, '.');
}

int chart_fmr_threshold(struct plot *p, const struct chart_input *in, struct err *err)
{
    struct panel n = { .lo = 0 };
    struct text subtitle = TEXT_INIT;
    bool searches = !strcmp(in->chart->chart.text, "fpir-threshold");
    int code = curvelist_init(&n.list, in, searches ? "fpir" : "fmr", "", CURVELIST_LINES,
                              err);

    if (code)
        return code;
    text_add(&subtitle, searches
             ? "Share of each group's searches that return somebody wrong (FPIR) at every "
               "threshold; logarithmic scale"
             : "False match rate (FMR) of comparisons within each group at every "
               "threshold; logarithmic scale");
    if (*n.list.point) {
        text_add(&subtitle, ". Marks and numbers: ");
        curvelist_point_words(&n.list, &subtitle);
        text_add(&subtitle, ", with ");
        format_confidence(&subtitle, in->study->confidence);
        text_addf(&subtitle, " %% intervals (%s), set side by side so that they can be told "
                  "apart, and %s", prose_method("wilson-t"),
                  searches ? "searches that did/searches" : "false matches/comparisons");
    }
    double y = plot_head(p, in->chart->title, subtitle.s) + 20;
    n.left = MARGIN + AXIS;
    n.right = p->width - MARGIN;
    measure(&n, y, y + HEIGHT);
    add_blocks(p, &n);
    plot_panel(p, n.left, n.right, y - 4, y + HEIGHT + 4, n.left, n.right, false);
    add_axes(p, &n);
    add_points(p, &n);
    add_lines(p, &n);
    plot_panel_end(p);
    p->height = curvelist_key(p, &n.list, n.blocks, n.left, y + HEIGHT + 46, n.decimals) +
                MARGIN;
    say(p, &n);
    text_add(&p->note, "Dotted where a line rests on fewer than five false matches or too few "
             "people.");
    if (n.marks.hollow)
        text_add(&p->note, " Open marks: the same at the operating point.");
    curvelist_explain(&n.list, &p->note);
    curvelist_release(&n.list);
    text_release(&subtitle);
    return 0;
}
