/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * det: FNMR against FMR, a small panel a group, both scales logarithmic. The group's own
 * line is strong and stands on a band, the interval of its FNMR at each threshold; the
 * other groups shown are thin lines behind it. Rates of 0 have no place on the scales.
 */
#include <math.h>
#include <string.h>

#include "report/curvelist.h"
#include "report/format.h"

#define MARGIN CURVELIST_MARGIN
#define AXIS 52
#define HEIGHT 150
#define PANELS_MAX 6
#define BAND 0xDCE5EE

struct det {
    struct curvelist list;
    size_t blocks[PANELS_MAX];
    struct rate_scale x, y; /* 0 to 1: of a panel */
};

/* The FNMR at the threshold of a row of FMR: the row behind it, or NULL. */
static const struct finding *fnmr_of(const struct curvelist *l, const struct finding *fmr)
{
    const struct finding *f = fmr + 1;

    return f < l->rows->rows + l->rows->n && !strcmp(f->metric, "fnmr") &&
           !strcmp(f->group, fmr->group) && !strcmp(f->point, fmr->point) ? f : NULL;
}

static void add_row(struct plot *p, const struct det *d, const struct finding *a,
                    const struct finding *b)
{
    const double cells[] = {
        rate_place(&d->x, a->estimate), rate_place(&d->y, b->estimate),
        b->lo > 0 ? rate_place(&d->y, b->lo) : isnan(b->lo) ? NAN : 0,
        rate_place(&d->y, b->hi), a->lo > 0 ? rate_place(&d->x, a->lo) : 0,
        rate_place(&d->x, a->hi),
        a->flag == FLAG_TOO_FEW || a->flag == FLAG_ZERO || b->flag == FLAG_TOO_FEW ||
            b->flag == FLAG_ZERO,
        a->threshold, a->estimate, a->lo, a->hi, b->estimate, b->lo, b->hi,
    };

    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++)
        plot_cell_num(p, cells[i]);
    plot_cell(p, a->group);
    plot_row(p);
}

/* The scales, and a block a group: first, where it is there, its row at the point. */
static void add_blocks(struct plot *p, struct det *d)
{
    double least[2] = { NAN, NAN }, most = 0;
    const struct finding *a, *b;

    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < d->list.n; i++) {
            struct curve_line *line = &d->list.lines[i];
            size_t at = 0;
            if (pass) {
                d->blocks[i] = plot_block(p, "x\ty\tylo\tyhi\txlo\txhi\tfew\tthreshold\tfmr\t"
                                          "fmr_lo\tfmr_hi\tfnmr\tfnmr_lo\tfnmr_hi\tgroup");
                if (line->at && (b = fnmr_of(&d->list, line->at)))
                    add_row(p, d, line->at, b);
                else
                    line->at = NULL;
            }
            while ((a = curvelist_next(&d->list, "fmr", line->group, &at))) {
                if (!(b = fnmr_of(&d->list, a)))
                    continue;
                if (pass)
                    add_row(p, d, a, b);
                least[0] = rate_least(least[0], a->estimate);
                least[1] = rate_least(least[1], b->estimate);
                most = fmax(most, fmax(b->estimate, isfinite(b->hi) ? b->hi : 0));
            }
            if (!pass && i + 1 == d->list.n) {
                d->x = rate_scale(0, 1, least[0], 1);
                d->y = rate_scale(0, 1, least[1], most);
            }
        }
}

static void add_axes(struct plot *p, const struct det *d, double left, double right,
                     double top, double bottom)
{
    struct text t = TEXT_INIT;

    for (int e = d->y.lo; e <= d->y.hi; e++) {
        double at = rate_place(&d->y, pow(10, e));
        text_reset(&t);
        rate_tick(&t, e);
        plot_words(p, left - 5, bottom - at * (bottom - top), FACE_SMALL, ALIGN_RIGHT,
                   INK_SOFT, t.s);
        curvelist_rule(p, false, at, 0, 1, e == d->y.lo ? INK_SOFT : RULE, false);
    }
    int step = d->x.hi - d->x.lo > 3 ? 2 : 1;
    for (int e = d->x.hi; e >= d->x.lo; e -= step) {
        double at = rate_place(&d->x, pow(10, e));
        text_reset(&t);
        rate_tick(&t, e);
        curvelist_rule(p, true, at, 0, 1, e == d->x.lo ? INK_SOFT : RULE, false);
        plot_words(p, e == d->x.hi ? right : left + at * (right - left), bottom + 11,
                   FACE_SMALL, e == d->x.hi ? ALIGN_RIGHT : ALIGN_CENTRE, INK_SOFT, t.s);
    }
    text_release(&t);
}

/* The row of an EER with its limits, which curves do not have; NULL: it has none. */
static const struct finding *limits_of(const struct det *d, const struct finding *eer)
{
    const struct findings *f = d->list.in->findings;
    long at = findings_find(f, eer->backend, "eer", eer->group, "", "", NULL);

    return at < 0 || isnan(f->rows[at].lo) ? NULL : &f->rows[at];
}

static void add_eer(const struct det *d, const struct finding *eer, struct text *to)
{
    const struct finding *row = limits_of(d, eer);

    text_add(to, " · EER ");
    if (row)
        format_estimate(to, UNIT_RATE, row->estimate, row->lo, row->hi);
    else
        format_value(to, UNIT_RATE, eer->estimate, FORMAT_OWN);
}

/* True if an EER is shown that has no interval. */
static bool has_bare_eer(const struct det *d)
{
    for (size_t i = 0; i < d->list.n; i++) {
        const struct finding *eer = curvelist_at(&d->list, "eer", d->list.lines[i].group, "");
        if (eer && !limits_of(d, eer))
            return true;
    }
    return false;
}

static void add_panel(struct plot *p, const struct det *d, size_t own, double left,
                      double right, double top)
{
    const struct curve_line *line = &d->list.lines[own];
    const struct finding *eer = curvelist_at(&d->list, "eer", line->group, "");
    size_t b = d->blocks[own], first = line->at ? 2 : 1;
    double bottom = top + HEIGHT;
    struct text t = TEXT_INIT;

    text_add(&t, line->label);
    if (eer)
        add_eer(d, eer, &t);
    plot_paragraph(p, left, top - 12, right - left, FACE_STRONG, ALIGN_LEFT, INK, t.s);
    text_addf(&p->alt, "%s %s", own ? ";" : "", t.s);
    text_release(&t);
    plot_panel(p, left, right, top, bottom, 0, 1, false);
    plot_set(p, "set yrange [0:1]");
    plot_with(p, "index %zu every ::%zu using 1:3:4 with filledcurves fillstyle solid 1 "
              "noborder linecolor rgb 0x%06X", b, first, BAND);
    add_axes(p, d, left, right, top, bottom);
    for (size_t i = 0; i < d->list.n; i++)
        if (i != own)
            plot_with(p, "index %zu every ::%d using 1:2 with lines linewidth .9 linecolor "
                      "rgb 0x%06X", d->blocks[i], d->list.lines[i].at ? 2 : 1, FAINT);
    plot_with(p, "index %zu every ::%zu using 1:2 with lines linewidth 1.4 dashtype (1,3) "
              "linecolor rgb 0x%06X", b, first, STRONG);
    plot_with(p, "index %zu every ::%zu using 1:($7==1?NaN:$2) with lines linewidth 2.4 "
              "linecolor rgb 0x%06X", b, first, STRONG);
    if (line->at) {
        plot_with(p, "index %zu every ::1::1 using 1:3:(0):($4-$3) with vectors nohead "
                  "linewidth 1.4 linecolor rgb 0x%06X", b, INK);
        plot_with(p, "index %zu every ::1::1 using 5:2:($6-$5):(0) with vectors nohead "
                  "linewidth 1.4 linecolor rgb 0x%06X", b, INK);
        plot_with(p, "index %zu every ::1::1 using 1:2 with points pointtype 7 pointsize .8 "
                  "linecolor rgb 0x%06X", b, INK);
    }
    plot_panel_end(p);
}

int chart_det(struct plot *p, const struct chart_input *in, struct err *err)
{
    struct det d = { .x = { 0 } };
    struct text subtitle = TEXT_INIT;
    int code = curvelist_init(&d.list, in, "fmr", "", PANELS_MAX, err);

    if (code)
        return code;
    text_add(&subtitle, "FNMR (upwards) against FMR (across), both on logarithmic scales, as "
             "the threshold moves. Blue: the group; thin grey: the others shown. Band: ");
    format_confidence(&subtitle, in->study->confidence);
    text_add(&subtitle, " % intervals of FNMR, pointwise, each at its threshold");
    if (*d.list.point) {
        text_add(&subtitle, ". Dot: ");
        curvelist_point_words(&d.list, &subtitle);
        text_add(&subtitle, ", with the intervals of both rates");
    }
    text_add(&p->alt, "DET curves, a panel a group:");
    double y = plot_head(p, in->chart->title, subtitle.s) + 22;
    double width = (p->width - 2 * MARGIN - 8) / 2;
    add_blocks(p, &d);
    for (size_t i = 0; i < d.list.n; i++) {
        double left = MARGIN + AXIS + (double)(i % 2) * (width + 8);
        add_panel(p, &d, i, left, left + width - AXIS - 6, y);
        if (i % 2 || i + 1 == d.list.n)
            y += HEIGHT + 52;
    }
    text_addch(&p->alt, '.');
    p->height = y - 22;
    text_add(&p->note, "Dotted where fewer than five errors of either kind, or too few people, "
             "carry the line. A rate of 0 has no place on the scale: the line ends there.");
    if (has_bare_eer(&d))
        text_add(&p->note, " An EER without an interval has none: fewer than five comparisons "
                 "of one kind err there, or its threshold lies below the scores that are known "
                 "one by one.");
    curvelist_explain(&d.list, &p->note);
    curvelist_release(&d.list);
    text_release(&subtitle);
    return 0;
}
