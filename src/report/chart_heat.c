/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * heat: a table of backends and groups whose cells are shaded by their rate
 * and say it, with interval and counts. Up to GROUPS_ACROSS groups stand
 * across, more of them stand below each other.
 *
 * The shades (shade.h) are linear in the rate, from 0 to the largest rate shown.
 */
#include <math.h>
#include <string.h>

#include "model/metric.h"
#include "report/chart.h"
#include "report/format.h"
#include "report/lookup.h"
#include "report/marks.h"
#include "report/prose.h"
#include "report/shade.h"

#define MARGIN 12
#define LABEL_MAX 150
#define CELL_MIN 96
#define CELL_MAX 130
#define CELL_HEIGHT 60 /* at least */
#define LINE 17
#define GROUPS_ACROSS 6
#define CELLS_MAX 600

struct cell {
    const struct finding *finding; /* NULL: not counted */
};

struct grid {
    struct arena arena;
    const struct chart_input *in;
    const char **row_labels, **column_labels;
    struct cell *cells; /* rows × columns */
    size_t rows, columns;
    double height; /* of a cell */
    double most;
    int decimals;
    const char *method;
    struct marks marks;
};

static const char *group_label(struct grid *g, const char *group)
{
    struct text scratch = TEXT_INIT;
    const char *kept = arena_strdup(&g->arena, study_label(g->in->study, group, &scratch));

    text_release(&scratch);
    return kept;
}

/* Fills the grid; backends (at their points) in `who`, groups in `groups`. */
static void fill(struct grid *g, const char *metric, const struct names *backends,
                 const struct names *points, const struct names *groups)
{
    const struct study_chart *c = g->in->chart;
    size_t most = backends->n * points->n, n = 0, used = 0;
    const char **labels = arena_array(&g->arena, most + 1, sizeof *labels);
    double *rates = arena_array(&g->arena, most * groups->n + 1, sizeof *rates);
    bool across = groups->n <= GROUPS_ACROSS;
    struct cell *cells = arena_array(&g->arena, most * groups->n + 1, sizeof *cells);
    struct text words = TEXT_INIT;

    for (size_t b = 0; b < backends->n; b++)
        for (size_t i = 0; i < points->n; i++) {
            bool any = false;
            if (c->point && strcmp(c->point, points->names[i]))
                continue;
            for (size_t k = 0; k < groups->n; k++) {
                struct cell *cell = &cells[n * groups->n + k];
                cell->finding = lookup_row(g->in->study, g->in->findings,
                                           backends->names[b], metric, "",
                                           groups->names[k], "", points->names[i]);
                any = any || cell->finding;
                if (cell->finding && isfinite(cell->finding->estimate)) {
                    rates[used++] = cell->finding->estimate;
                    g->most = fmax(g->most, cell->finding->estimate);
                    g->method = cell->finding->method;
                }
            }
            if (!any)
                continue;
            text_reset(&words);
            lookup_backend_words(&words, backends->names[b],
                                 c->point ? "" : points->names[i]);
            labels[n++] = arena_strdup(&g->arena, words.s);
        }
    text_release(&words);
    g->decimals = format_decimals_column(UNIT_RATE, rates, used);
    const char **group_labels = arena_array(&g->arena, groups->n + 1, sizeof *labels);
    for (size_t k = 0; k < groups->n; k++)
        group_labels[k] = group_label(g, groups->names[k]);
    g->rows = across ? n : groups->n;
    g->columns = across ? groups->n : n;
    g->row_labels = across ? labels : group_labels;
    g->column_labels = across ? group_labels : labels;
    g->cells = arena_array(&g->arena, n * groups->n + 1, sizeof *g->cells);
    for (size_t r = 0; r < g->rows; r++)
        for (size_t k = 0; k < g->columns; k++)
            g->cells[r * g->columns + k] =
                across ? cells[r * groups->n + k] : cells[k * groups->n + r];
}

static void add_cell(struct plot *p, struct grid *g, const struct finding *f,
                     double x, double y, double width)
{
    bool hollow = marks_see(&g->marks, f);
    bool blank = f->flag == FLAG_SUPPRESSED || isnan(f->estimate);
    unsigned fill = hollow || blank || !(g->most > 0) ? PAPER
                                                      : shade(f->estimate / g->most);
    unsigned ink = shade_ink(fill);
    double middle = x + width / 2, line = y + g->height / 2 - LINE;
    struct text t = TEXT_INIT;

    plot_cell_num(p, x + 1.5);
    plot_cell_num(p, x + width - 1.5);
    plot_cell_num(p, y + 1.5);
    plot_cell_num(p, y + g->height - 1.5);
    plot_cell_num(p, fill);
    plot_cell_num(p, hollow || blank);
    plot_cell_num(p, f->estimate);
    plot_cell_num(p, f->lo);
    plot_cell_num(p, f->hi);
    plot_cell_num(p, (double)f->x);
    plot_cell_num(p, (double)f->n);
    plot_cell(p, f->backend);
    plot_cell(p, f->point);
    plot_cell(p, f->group);
    plot_row(p);

    if (blank) {
        plot_words(p, middle, line + LINE, FACE_SMALL, ALIGN_CENTRE, INK_SOFT,
                   f->flag == FLAG_SUPPRESSED ? "not printed" : "–");
        text_release(&t);
        return;
    }
    format_value(&t, UNIT_RATE, f->estimate, g->decimals);
    plot_words(p, middle, line, FACE_STRONG, ALIGN_CENTRE, ink, t.s);
    text_reset(&t);
    format_interval(&t, UNIT_RATE, f->lo, f->hi, g->decimals);
    plot_words(p, middle, line + LINE, FACE_SMALL, ALIGN_CENTRE, ink, t.s);
    text_reset(&t);
    format_counts(&t, f->x, f->n, false);
    plot_words(p, middle, line + 2 * LINE, FACE_SMALL, ALIGN_CENTRE, ink, t.s);
    text_release(&t);
}

/* Column heads, bottom lines level; returns the y below them. */
static double add_heads(struct plot *p, const struct grid *g, double left, double y,
                        double width)
{
    double line = plot_line_height(FACE_BODY);
    size_t most = 0;

    for (size_t k = 0; k < g->columns; k++) {
        size_t n = plot_lines(width - 8, FACE_BODY, g->column_labels[k]);
        most = n > most ? n : most;
    }
    for (size_t k = 0; k < g->columns; k++) {
        size_t n = plot_lines(width - 8, FACE_BODY, g->column_labels[k]);
        plot_paragraph(p, left + ((double)k + .5) * width,
                       y + line / 2 + (double)(most - n) * line, width - 8, FACE_BODY,
                       ALIGN_CENTRE, INK, g->column_labels[k]);
    }
    return y + (double)most * line + 4;
}

static void draw_grid(struct plot *p, struct grid *g, double label, double width,
                      double y)
{
    double left = MARGIN + label + 8, top;
    double line = plot_line_height(FACE_STRONG);
    size_t block = plot_block(p, "x0\tx1\ty0\ty1\tcolour\thollow\testimate\tlo\thi\tx\tn\t"
                                 "backend\tpoint\tgroup");

    g->height = CELL_HEIGHT;
    for (size_t r = 0; r < g->rows; r++)
        g->height = fmax(g->height, 6 + line * (double)plot_lines(label, FACE_STRONG,
                                                                  g->row_labels[r]));
    y = top = add_heads(p, g, left, y, width);
    for (size_t r = 0; r < g->rows; r++) {
        size_t lines = plot_lines(label, FACE_STRONG, g->row_labels[r]);
        plot_paragraph(p, MARGIN, y + g->height / 2 - (double)(lines - 1) * line / 2,
                       label, FACE_STRONG, ALIGN_LEFT, INK, g->row_labels[r]);
        for (size_t k = 0; k < g->columns; k++) {
            const struct finding *f = g->cells[r * g->columns + k].finding;
            if (f)
                add_cell(p, g, f, left + (double)k * width, y, width);
        }
        y += g->height;
    }
    plot_panel(p, 0, p->width, top - 1, y + 1, 0, p->width, false);
    plot_with(p, "index %zu every ::1 using (($1+$2)/2):(($3+$4)/2):1:2:3:4:5 with "
              "boxxyerror fillstyle solid 1 noborder linecolor rgb variable", block);
    plot_with(p, "index %zu every ::1 using ($6==1?($1+$2)/2:NaN):(($3+$4)/2):1:2:3:4 with "
              "boxxyerror fillstyle empty linewidth 1 dashtype (2,2) linecolor rgb "
              "0x%06X", block, INK_SOFT);
    plot_panel_end(p);
    p->height = y + MARGIN;
}

/* Every cell of a row in words. */
static void say(struct plot *p, const struct grid *g, const char *title)
{
    text_addf(&p->alt, "Table of shaded cells: %s.", title);
    for (size_t r = 0; r < g->rows; r++) {
        text_addf(&p->alt, " %s:", g->row_labels[r]);
        for (size_t k = 0; k < g->columns; k++) {
            const struct finding *f = g->cells[r * g->columns + k].finding;
            if (!f || isnan(f->estimate))
                continue;
            text_addf(&p->alt, "%s %s ", k ? "," : "", g->column_labels[k]);
            format_estimate(&p->alt, UNIT_RATE, f->estimate, f->lo, f->hi);
        }
        text_addch(&p->alt, '.');
    }
}

int chart_heat(struct plot *p, const struct chart_input *in, struct err *err)
{
    const struct study_chart *c = in->chart;
    const struct metric *metric = metric_find(c->metric);
    struct grid g = { .in = in, .method = "" };
    struct text subtitle = TEXT_INIT;
    int code = 0;

    struct names backends = lookup_backends(&g.arena, in->findings, c->metric);
    struct names points = lookup_points(&g.arena, in->findings, c->metric);
    struct names groups = lookup_groups(&g.arena, in->study, in->findings, c->metric,
                                        c->by);
    fill(&g, c->metric, &backends, &points, &groups);
    if (!g.rows || !g.columns || g.rows * g.columns > CELLS_MAX) {
        code = err_add(err, g.rows && g.columns ? ERR_LIMIT : ERR_INPUT,
                       "%s:%zu: chart '%s' would show %zu cells, expected 1 to %d",
                       in->study->path, c->line, c->id, g.rows * g.columns, CELLS_MAX);
        goto out;
    }
    double label = 0;
    for (size_t r = 0; r < g.rows; r++)
        label = fmax(label, plot_text_width(FACE_STRONG, g.row_labels[r]) + 1);
    label = fmin(label, LABEL_MAX);
    double width = (p->width - 2 * MARGIN - label - 8) / (double)g.columns;
    width = fmin(CELL_MAX, fmax(CELL_MIN, width));
    p->width = fmax(p->width, 2 * MARGIN + label + 8 + width * (double)g.columns);

    text_add(&subtitle, metric->title);
    if (c->point && *c->point) {
        text_addch(&subtitle, ' ');
        lookup_point_phrase(&subtitle, c->point);
    }
    text_add(&subtitle, ", its ");
    format_confidence(&subtitle, in->study->confidence);
    text_addf(&subtitle, " %% interval (%s), and %s/%s; shaded from 0 %% (light) to ",
              prose_method(g.method), metric->hits, metric->trials);
    format_value(&subtitle, UNIT_RATE, g.most, g.decimals);
    text_add(&subtitle, " (dark)");
    double y = plot_head(p, c->title, subtitle.s) + 4;
    draw_grid(p, &g, label, width, y);
    say(p, &g, metric->title);
    marks_explain(&g.marks, "Dotted borders", metric->hits, &p->note);
out:
    arena_release(&g.arena);
    text_release(&subtitle);
    return code;
}
