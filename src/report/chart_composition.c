/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * composition: the share a group has of all people beside the share it has of
 * the errors, for every backend and operating point that erred. A dashed line
 * carries the first share down through the second, whose whisker tells whether
 * it could be chance.
 */
#include <math.h>
#include <string.h>

#include "model/metric.h"
#include "report/chart.h"
#include "report/format.h"
#include "report/lookup.h"
#include "report/marks.h"
#include "report/prose.h"

#define MARGIN 12
#define RAIL 22    /* height of a bar */
#define BETWEEN 6  /* two bars */
#define BLOCKS_MAX 60

struct block {
    const char *backend, *point;
    const struct finding *base, *share, *ratio; /* ratio may be NULL */
};

static size_t find_blocks(struct arena *a, const struct chart_input *in,
                          struct block **blocks)
{
    const struct study_chart *c = in->chart;
    struct names backends = lookup_backends(a, in->findings, c->metric);
    struct names points = lookup_points(a, in->findings, c->metric);
    size_t n = 0;

    *blocks = arena_array(a, backends.n * points.n + 1, sizeof **blocks);
    for (size_t b = 0; b < backends.n; b++)
        for (size_t i = 0; i < points.n; i++) {
            struct block *k = &(*blocks)[n];
            if (c->point && strcmp(c->point, points.names[i]))
                continue;
            *k = (struct block){ .backend = backends.names[b], .point = points.names[i] };
            k->base = lookup_row(in->study, in->findings, k->backend, c->metric,
                                 "base_share", c->group, NULL, k->point);
            k->share = lookup_row(in->study, in->findings, k->backend, c->metric,
                                  "share", c->group, NULL, k->point);
            k->ratio = lookup_row(in->study, in->findings, k->backend, c->metric,
                                  "share_ratio", c->group, NULL, k->point);
            if (k->base && k->share && isfinite(k->share->estimate))
                n++;
        }
    return n;
}

/* The line beside a bar: what it is a share of at the left; share, interval and
 * counts at the right. Returns the y below it. */
static double add_caption(struct plot *p, const struct finding *f, const char *label,
                          const char *of, double y)
{
    struct text left = TEXT_INIT, value = TEXT_INIT, counts = TEXT_INIT;
    double line = plot_line_height(FACE_BODY);

    text_addf(&left, "%s among the %s", label, of);
    format_estimate(&value, UNIT_RATE, f->estimate, f->lo, f->hi);
    format_counts(&counts, f->x, f->n, false);
    double counts_width = plot_text_width(FACE_BODY, counts.s) + 12;
    double width = p->width - 2 * MARGIN - counts_width -
                   plot_text_width(FACE_STRONG, value.s) - 12;
    size_t lines = plot_paragraph(p, MARGIN, y + line / 2, width, FACE_BODY, ALIGN_LEFT,
                                  INK, left.s);
    plot_words(p, p->width - MARGIN, y + line / 2, FACE_BODY, ALIGN_RIGHT, INK_SOFT,
               counts.s);
    plot_words(p, p->width - MARGIN - counts_width, y + line / 2, FACE_STRONG,
               ALIGN_RIGHT, INK, value.s);
    text_release(&left);
    text_release(&value);
    text_release(&counts);
    return y + (double)lines * line;
}

static void add_bar(struct plot *p, const struct finding *f, bool errors, bool hollow,
                    double top)
{
    plot_cell_num(p, top + RAIL / 2.);
    plot_cell_num(p, f->estimate);
    plot_cell_num(p, f->lo);
    plot_cell_num(p, f->hi);
    plot_cell_num(p, (double)f->x);
    plot_cell_num(p, (double)f->n);
    plot_cell_num(p, hollow);
    plot_cell_num(p, errors ? STRONG : CALM);
    plot_cell(p, f->backend);
    plot_cell(p, f->point);
    plot_cell(p, f->group);
    plot_cell(p, errors ? "share of the errors" : "share of all");
    plot_row(p);
}

static void say(struct plot *p, const struct block *k, const char *label,
                const struct metric *metric)
{
    text_addch(&p->alt, ' ');
    lookup_backend_words(&p->alt, k->backend, k->point);
    text_addf(&p->alt, ": %s are ", label);
    format_value(&p->alt, UNIT_RATE, k->base->estimate, FORMAT_OWN);
    text_addf(&p->alt, " of the %s (", metric->trials);
    format_counts(&p->alt, k->base->x, k->base->n, false);
    text_add(&p->alt, ") and ");
    format_estimate(&p->alt, UNIT_RATE, k->share->estimate, k->share->lo, k->share->hi);
    text_addf(&p->alt, " of the %s (", metric->hits);
    format_counts(&p->alt, k->share->x, k->share->n, false);
    text_add(&p->alt, ").");
}

/* The ends of a scale are set inwards, so that they stay on the canvas. */
static void add_scale(struct plot *p, double y)
{
    double span = p->width - 2 * MARGIN;

    plot_words(p, MARGIN, y, FACE_SMALL, ALIGN_LEFT, INK_SOFT, "0 %");
    plot_words(p, MARGIN + span / 4, y, FACE_SMALL, ALIGN_CENTRE, INK_SOFT, "25 %");
    plot_words(p, MARGIN + span / 2, y, FACE_SMALL, ALIGN_CENTRE, INK_SOFT, "50 %");
    plot_words(p, MARGIN + span * 3 / 4, y, FACE_SMALL, ALIGN_CENTRE, INK_SOFT, "75 %");
    plot_words(p, MARGIN + span, y, FACE_SMALL, ALIGN_RIGHT, INK_SOFT, "100 %");
}

/* The two bars of a block, in the panel from `top` down, and the dashed line. */
static void draw_bars(struct plot *p, size_t block, double top)
{
    double bottom = top + 2 * RAIL + BETWEEN, half = RAIL / 2.;

    plot_panel(p, MARGIN, p->width - MARGIN, top - 3, bottom + 3, 0, 100, false);
    /* rails: the whole, of which each bar is a part */
    plot_with(p, "index %zu every ::1 using (50):1:(0):(100):($1-%g):($1+%g) with "
              "boxxyerror fillstyle solid 1 noborder linecolor rgb 0xEFEFEF", block, half,
              half);
    plot_with(p, "index %zu every ::1 using ($7==1?NaN:$2*100):1:(0):($2*100):($1-%g):"
              "($1+%g):8 with boxxyerror fillstyle solid 1 noborder linecolor rgb "
              "variable", block, half, half);
    plot_with(p, "index %zu every ::1 using ($7==1?$2*100:NaN):1:(0):($2*100):($1-%g):"
              "($1+%g):8 with boxxyerror fillstyle empty linewidth 1.4 linecolor rgb "
              "variable", block, half - .5, half - .5);
    plot_with(p, "index %zu every ::1::1 using ($2*100):(%.6g):(0):(%.6g) with vectors "
              "nohead linewidth 3 linecolor rgb 0x%06X", block, top + RAIL + BETWEEN,
              RAIL + 0., PAPER);
    plot_with(p, "index %zu every ::1::1 using ($2*100):(%.6g):(0):(%.6g) with vectors "
              "nohead linewidth 1.4 dashtype (6,4) linecolor rgb 0x%06X", block,
              top + RAIL, bottom + 3 - top - RAIL, INK);
    plot_with(p, "index %zu every ::1 using ($3*100):1:(($4-$3)*100):(0) with vectors "
              "nohead linewidth 4 linecolor rgb 0x%06X", block, PAPER);
    plot_with(p, "index %zu every ::1 using ($3*100):1:(($4-$3)*100):(0) with vectors "
              "nohead linewidth 1.8 linecolor rgb 0x%06X", block, INK);
    plot_panel_end(p);
}

/* One backend: the share of all above its bar, the share of the errors below
 * its own, and how many times over that is. */
static double add_block(struct plot *p, const struct block *k, const char *label,
                        const struct metric *metric, struct marks *marks, double y)
{
    struct text t = TEXT_INIT;
    size_t block = plot_block(p, "y\testimate\tlo\thi\tx\tn\thollow\tcolour\tbackend\t"
                                 "point\tgroup\twhat");

    lookup_backend_words(&t, k->backend, k->point);
    y += 24 + ((double)plot_paragraph(p, MARGIN, y + 11, p->width - 2 * MARGIN,
                                      FACE_STRONG, ALIGN_LEFT, INK, t.s) - 1) *
                  plot_line_height(FACE_STRONG);
    y = add_caption(p, k->base, label, metric->trials, y) + 3;
    add_bar(p, k->base, false, false, y);
    add_bar(p, k->share, true, marks_see(marks, k->share), y + RAIL + BETWEEN);
    draw_bars(p, block, y);
    y += 2 * RAIL + BETWEEN;
    add_scale(p, y + 11);
    y = add_caption(p, k->share, label, metric->hits, y + 22);
    if (k->ratio && isfinite(k->ratio->estimate)) {
        text_reset(&t);
        text_add(&t, "the second share over the first");
        plot_words(p, MARGIN, y + 9, FACE_BODY, ALIGN_LEFT, INK, t.s);
        text_reset(&t);
        format_estimate(&t, UNIT_RATIO, k->ratio->estimate, k->ratio->lo, k->ratio->hi);
        plot_words(p, p->width - MARGIN, y + 9, FACE_STRONG, ALIGN_RIGHT, INK, t.s);
        y += plot_line_height(FACE_BODY);
    }
    say(p, k, label, metric);
    text_release(&t);
    return y + 16;
}

int chart_composition(struct plot *p, const struct chart_input *in, struct err *err)
{
    const struct study_chart *c = in->chart;
    const struct metric *metric = metric_find(c->metric);
    struct arena arena = ARENA_INIT;
    struct text scratch = TEXT_INIT, subtitle = TEXT_INIT;
    struct marks marks = { 0 };
    struct block *blocks;
    size_t n = find_blocks(&arena, in, &blocks);
    int code = 0;

    if (!n || n > BLOCKS_MAX) {
        code = err_add(err, n ? ERR_LIMIT : ERR_INPUT,
                       "%s:%zu: chart '%s' would show %zu compositions, expected 1 to "
                       "%d (are the axes of its group among `shares`?)",
                       in->study->path, c->line, c->id, n, BLOCKS_MAX);
        goto out;
    }
    const char *label = study_label(in->study, c->group, &scratch);
    text_add(&subtitle, "Whisker: ");
    format_confidence(&subtitle, in->study->confidence);
    text_addf(&subtitle, " %% interval (%s). Dashed: the first share carried down",
              prose_method(blocks[0].share->method));
    text_addf(&p->alt, "Bars: the share of %s among the %s and among the %s.", label,
              metric->trials, metric->hits);
    double y = plot_head(p, c->title, subtitle.s);
    for (size_t i = 0; i < n; i++)
        y = add_block(p, &blocks[i], label, metric, &marks, y);
    p->height = y;
    marks_explain(&marks, "Hollow bars", metric->hits, &p->note);
out:
    arena_release(&arena);
    text_release(&scratch);
    text_release(&subtitle);
    return code;
}
