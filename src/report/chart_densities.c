/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * densities: how the scores of mated and of non-mated comparisons of each group are
 * spread, a ridge a group, on one scale of scores and one of density: every filled area
 * is 1. Rates are not read off here; the lines down are the operating points' thresholds.
 */
#include <math.h>
#include <string.h>

#include "report/curvelist.h"
#include "report/format.h"

#define MARGIN CURVELIST_MARGIN
#define RIDGE 58
#define GROUPS_MAX 12
#define LABEL_MAX 190
#define TOO_FEW 30 /* scores, below which a shape says little */

static const struct kind {
    const char *metric;
    unsigned fill, line;
} kinds[] = {
    { "density.nonmated", 0xC4C4C4, INK_SOFT },
    { "density.mated", 0x9DBAD6, STRONG },
};

struct ridges {
    struct curvelist list;
    double left, right, lo, hi, most;
    size_t blocks[GROUPS_MAX][2];
    int64_t n[GROUPS_MAX][2]; /* scores; -1: none are known */
    bool few;
};

static double place(const struct ridges *r, double score)
{
    return r->left + (r->right - r->left) * (score - r->lo) / (r->hi - r->lo);
}

/* Where there are scores, and the highest density. */
static void measure(struct ridges *r)
{
    const struct finding *f;

    r->lo = INFINITY;
    r->hi = -INFINITY;
    for (size_t i = 0; i < r->list.n; i++)
        for (int k = 0; k < 2; k++) {
            size_t at = 0;
            r->n[i][k] = -1;
            while ((f = curvelist_next(&r->list, kinds[k].metric, r->list.lines[i].group,
                                       &at))) {
                r->n[i][k] = f->n;
                if (!(f->estimate > 0))
                    continue;
                r->lo = fmin(r->lo, f->threshold);
                r->hi = fmax(r->hi, f->threshold);
                r->most = fmax(r->most, f->estimate);
            }
        }
    if (!(r->lo < r->hi)) {
        r->lo = isfinite(r->lo) ? r->lo - .5 : 0;
        r->hi = r->lo + 1;
    }
    double room = .03 * (r->hi - r->lo);
    r->lo -= room;
    r->hi += room;
}

static void add_block(struct plot *p, struct ridges *r, size_t i, int k, double base)
{
    const struct finding *f;
    size_t at = 0;

    r->blocks[i][k] = plot_block(p, "x\ty\tbase\tscore\tdensity\tscores\tof\tgroup");
    while ((f = curvelist_next(&r->list, kinds[k].metric, r->list.lines[i].group, &at))) {
        if (f->threshold < r->lo || f->threshold > r->hi)
            continue;
        plot_cell_num(p, place(r, f->threshold));
        plot_cell_num(p, base - (RIDGE - 8) * f->estimate / r->most);
        plot_cell_num(p, base);
        plot_cell_num(p, f->threshold);
        plot_cell_num(p, f->estimate);
        plot_cell_num(p, (double)f->x);
        plot_cell_num(p, (double)f->n);
        plot_cell(p, f->group);
        plot_row(p);
    }
}

static void add_words(struct plot *p, struct ridges *r, size_t i, double base)
{
    double width = r->left - MARGIN - 10, line = plot_line_height(FACE_BODY);
    size_t lines = plot_lines(width, FACE_BODY, r->list.lines[i].label);
    double y = base - 2 * 15 - (double)lines * line + line / 2;
    struct text t = TEXT_INIT;

    plot_paragraph(p, MARGIN, y, width, FACE_BODY, ALIGN_LEFT, INK, r->list.lines[i].label);
    for (int k = 1; k >= 0; k--) {
        text_reset(&t);
        if (r->n[i][k] >= 0)
            format_count(&t, r->n[i][k], true);
        text_add(&t, r->n[i][k] < 0 ? "–" : k ? " mated" : " non-mated");
        plot_words(p, MARGIN, base - (k ? 22 : 7), FACE_SMALL, ALIGN_LEFT, kinds[k].line, t.s);
        text_addf(&p->alt, "%s%s ", k ? i ? "; " : ": " : ", ",
                  k ? r->list.lines[i].label : "");
        text_add(&p->alt, t.s);
        r->few |= r->n[i][k] >= 0 && r->n[i][k] < TOO_FEW;
    }
    text_release(&t);
}

static void add_axis(struct plot *p, const struct ridges *r, double top, double bottom)
{
    double step = plot_step(r->hi - r->lo, 7);
    struct text t = TEXT_INIT;
    const struct finding *all = curvelist_at(&r->list, "fmr", "all", r->list.point);

    for (double v = ceil(r->lo / step) * step; v <= r->hi; v += step) {
        text_reset(&t);
        text_addf(&t, "%.6g", fabs(v) < step / 1e6 ? 0 : v);
        curvelist_rule(p, true, place(r, v), top, bottom, RULE, false);
        plot_words(p, place(r, v), bottom + 12, FACE_SMALL, ALIGN_CENTRE, INK_SOFT, t.s);
    }
    plot_words(p, (r->left + r->right) / 2, bottom + 29, FACE_SMALL, ALIGN_CENTRE, INK_SOFT,
               "score");
    if (all && *r->list.point && all->threshold > r->lo && all->threshold < r->hi)
        curvelist_rule(p, true, place(r, all->threshold), top, bottom, INK, true);
    text_release(&t);
}

static void add_ridge(struct plot *p, const struct ridges *r, size_t i, double base)
{
    for (int k = 0; k < 2; k++)
        if (r->n[i][k] >= TOO_FEW)
            plot_with(p, "index %zu every ::1 using 1:2:3 with filledcurves fillstyle "
                      "transparent solid .7 noborder linecolor rgb 0x%06X", r->blocks[i][k],
                      kinds[k].fill);
    for (int k = 0; k < 2; k++)
        if (r->n[i][k] >= 0)
            plot_with(p, "index %zu every ::1 using 1:2 with lines linewidth %g %s linecolor "
                      "rgb 0x%06X", r->blocks[i][k], k ? 2. : 1.2,
                      r->n[i][k] < TOO_FEW ? "dashtype (3,3)" : "", kinds[k].line);
    curvelist_rule(p, false, base, r->left, r->right, FAINT, false);
}

int chart_densities(struct plot *p, const struct chart_input *in, struct err *err)
{
    struct ridges r = { .most = 0 };
    struct text subtitle = TEXT_INIT;
    int code = curvelist_init(&r.list, in, "density.mated", "", GROUPS_MAX, err);

    if (code)
        return code;
    text_add(&subtitle, "Scores of comparisons within each group, as densities: non-mated "
             "(grey, thin line) and mated (blue, thick line). One scale for all");
    if (*r.list.point) {
        text_add(&subtitle, ". Dashed line down: the threshold ");
        curvelist_point_words(&r.list, &subtitle);
    }
    text_add(&p->alt, "Ridges of the densities of mated and non-mated scores, a group each");
    double y = plot_head(p, in->chart->title, subtitle.s) + 8, top = y;
    double counts = plot_text_width(FACE_SMALL, "000 000 000 non-mated");
    r.left = MARGIN + fmin(LABEL_MAX, fmax(counts, r.list.label)) + 10;
    r.right = p->width - MARGIN;
    measure(&r);
    for (size_t i = 0; i < r.list.n; i++) {
        double lines = (double)plot_lines(r.left - MARGIN - 10, FACE_BODY,
                                          r.list.lines[i].label);
        y += fmax(RIDGE, 34 + lines * plot_line_height(FACE_BODY));
        for (int k = 0; k < 2; k++)
            add_block(p, &r, i, k, y);
        add_words(p, &r, i, y);
    }
    double bottom = y;
    plot_panel(p, r.left, r.right, top, bottom + 3, r.left, r.right, false);
    add_axis(p, &r, top, bottom);
    y = top;
    for (size_t i = 0; i < r.list.n; i++) {
        double lines = (double)plot_lines(r.left - MARGIN - 10, FACE_BODY,
                                          r.list.lines[i].label);
        y += fmax(RIDGE, 34 + lines * plot_line_height(FACE_BODY));
        add_ridge(p, &r, i, y);
    }
    plot_panel_end(p);
    text_addch(&p->alt, '.');
    p->height = bottom + 44;
    text_add(&p->note, "The outermost bins hold what lies beyond the histogram.");
    if (r.few)
        text_addf(&p->note, " Dashed and not filled: fewer than %d scores.", TOO_FEW);
    curvelist_explain(&r.list, &p->note);
    curvelist_release(&r.list);
    text_release(&subtitle);
    return 0;
}
