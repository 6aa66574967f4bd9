/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cross: false matches between people of every pair of groups, a table of groups by
 * groups whose cells are shaded by the logarithm of the FMR and say it, with its counts
 * (the design of NISTIR 8280, figures 9 and following). On the diagonal are the pairs
 * within a group. A table a backend.
 */
#include <math.h>
#include <string.h>

#include "model/metric.h"
#include "report/chart.h"
#include "report/format.h"
#include "report/lookup.h"
#include "report/marks.h"
#include "report/shade.h"

#define MARGIN 12
#define LABEL_MAX 150
#define CELL_MIN 62
#define CELL_MAX 120
#define CELL_HEIGHT 46 /* at least */
#define LINE 16
#define GROUPS_MAX 24
#define HEAD 26

struct crossing {
    struct arena arena;
    const struct chart_input *in;
    struct names groups;
    const char **labels;
    const char *point;
    double least, most;    /* of log10 of the rates that are not 0 */
    double label, width, height;
    double counts;         /* width of the widest counts of a cell */
    size_t block;
    struct marks marks;
};

static const struct finding *find_cell(const struct crossing *c, const char *backend,
                                       size_t row, size_t column)
{
    const struct chart_input *in = c->in;
    const char *g = c->groups.names[row], *h = c->groups.names[column];

    if (row == column)
        return lookup_row(in->study, in->findings, backend, in->chart->metric, "", g, "",
                          c->point);
    const struct finding *f = lookup_row(in->study, in->findings, backend,
                                         in->chart->metric, "", g, h, c->point);
    return f || in->study->task == TASK_IDENTIFY
               ? f : lookup_row(in->study, in->findings, backend, in->chart->metric, "", h,
                                g, c->point);
}

static void measure(struct crossing *c, const struct names *backends)
{
    c->least = INFINITY;
    c->most = -INFINITY;
    struct text t = TEXT_INIT;
    for (size_t b = 0; b < backends->n; b++)
        for (size_t r = 0; r < c->groups.n; r++)
            for (size_t k = 0; k < c->groups.n; k++) {
                const struct finding *f = find_cell(c, backends->names[b], r, k);
                if (!f)
                    continue;
                text_reset(&t);
                format_counts(&t, f->x, f->n, false);
                c->counts = fmax(c->counts, plot_text_width(FACE_SMALL, t.s) + 10);
                if (!(f->estimate > 0))
                    continue;
                c->least = fmin(c->least, log10(f->estimate));
                c->most = fmax(c->most, log10(f->estimate));
            }
    text_release(&t);
}

/* 0 of what is rarest, 1 of what is most frequent; exactly none is lighter still. */
static double depth(const struct crossing *c, double rate)
{
    if (!(rate > 0))
        return 0;
    if (c->most - c->least < 1e-9)
        return .5;
    return .12 + .88 * (log10(rate) - c->least) / (c->most - c->least);
}

static void add_cell(struct plot *p, struct crossing *c, const struct finding *f, double x,
                     double y)
{
    bool hollow = marks_see(&c->marks, f);
    bool blank = f->flag == FLAG_SUPPRESSED || isnan(f->estimate);
    unsigned fill = hollow || blank ? PAPER : shade(depth(c, f->estimate));
    unsigned ink = shade_ink(fill);
    double middle = x + c->width / 2, line = y + c->height / 2;
    struct text t = TEXT_INIT;

    plot_cell_num(p, x + 1.5);
    plot_cell_num(p, x + c->width - 1.5);
    plot_cell_num(p, y + 1.5);
    plot_cell_num(p, y + c->height - 1.5);
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
    plot_cell(p, f->versus);
    plot_row(p);

    if (blank) {
        plot_words(p, middle, line, FACE_SMALL, ALIGN_CENTRE, INK_SOFT,
                   f->flag == FLAG_SUPPRESSED ? "not printed" : "–");
        return;
    }
    if (f->estimate > 0)
        format_bare(&t, UNIT_RATIO, log10(f->estimate), 1);
    else
        text_add(&t, "none");
    plot_words(p, middle, line - LINE / 2., FACE_STRONG, ALIGN_CENTRE, ink, t.s);
    text_reset(&t);
    format_counts(&t, f->x, f->n, false);
    plot_words(p, middle, line + LINE / 2., FACE_SMALL, ALIGN_CENTRE, ink, t.s);
    text_release(&t);
}

/* One backend's table; returns the y below. */
static double draw_table(struct plot *p, struct crossing *c, const char *backend, double y)
{
    double left = MARGIN + c->label + 8, line = plot_line_height(FACE_BODY);
    size_t most = 0;

    plot_words(p, MARGIN, y + HEAD / 2., FACE_STRONG, ALIGN_LEFT, INK, backend);
    y += HEAD;
    for (size_t k = 0; k < c->groups.n; k++) {
        size_t n = plot_lines(c->width - 6, FACE_BODY, c->labels[k]);
        most = n > most ? n : most;
    }
    for (size_t k = 0; k < c->groups.n; k++) {
        size_t n = plot_lines(c->width - 6, FACE_BODY, c->labels[k]);
        plot_paragraph(p, left + ((double)k + .5) * c->width,
                       y + line / 2 + (double)(most - n) * line, c->width - 6, FACE_BODY,
                       ALIGN_CENTRE, INK, c->labels[k]);
    }
    y += (double)most * line + 4;
    for (size_t r = 0; r < c->groups.n; r++) {
        size_t lines = plot_lines(c->label, FACE_BODY, c->labels[r]);
        plot_paragraph(p, MARGIN, y + c->height / 2 - (double)(lines - 1) * line / 2,
                       c->label, FACE_BODY, ALIGN_LEFT, INK, c->labels[r]);
        for (size_t k = 0; k < c->groups.n; k++) {
            const struct finding *f = find_cell(c, backend, r, k);
            if (f)
                add_cell(p, c, f, left + (double)k * c->width, y);
        }
        y += c->height;
    }
    return y + MARGIN;
}

static void draw(struct plot *p, struct crossing *c, const struct names *backends, double y)
{
    double top = y;

    c->block = plot_block(p, "x0\tx1\ty0\ty1\tcolour\thollow\testimate\tlo\thi\tx\tn\t"
                             "backend\tpoint\tgroup\tversus");
    for (size_t b = 0; b < backends->n; b++)
        y = draw_table(p, c, backends->names[b], y);
    plot_panel(p, 0, p->width, top - 1, y + 1, 0, p->width, false);
    plot_with(p, "index %zu every ::1 using ($6==0?($1+$2)/2:NaN):(($3+$4)/2):1:2:3:4:5 with "
              "boxxyerror fillstyle solid 1 noborder linecolor rgb variable", c->block);
    plot_with(p, "index %zu every ::1 using ($6==1?($1+$2)/2:NaN):(($3+$4)/2):1:2:3:4 with "
              "boxxyerror fillstyle pattern 4 linewidth .6 linecolor rgb 0x%06X", c->block,
              RULE);
    plot_with(p, "index %zu every ::1 using ($6==1?($1+$2)/2:NaN):(($3+$4)/2):1:2:3:4 with "
              "boxxyerror fillstyle empty linewidth 1 dashtype (2,2) linecolor rgb "
              "0x%06X", c->block, INK_SOFT);
    plot_panel_end(p);
    p->height = y;
}

static void say(struct plot *p, struct crossing *c, const struct names *backends)
{
    for (size_t b = 0; b < backends->n; b++)
        for (size_t r = 0; r < c->groups.n; r++) {
            text_addf(&p->alt, " %s, %s:", backends->names[b], c->labels[r]);
            for (size_t k = 0; k < c->groups.n; k++) {
                const struct finding *f = find_cell(c, backends->names[b], r, k);
                if (!f || isnan(f->estimate))
                    continue;
                text_addf(&p->alt, "%s with %s ", k ? "," : "", c->labels[k]);
                format_estimate(&p->alt, UNIT_RATE, f->estimate, f->lo, f->hi);
            }
            text_addch(&p->alt, '.');
        }
}

/* The point of the chart, else the last that the metric has. */
static const char *choose_point(struct crossing *c)
{
    const struct chart_input *in = c->in;
    struct names points = lookup_points(&c->arena, in->findings, in->chart->metric);

    if (in->chart->point)
        return in->chart->point;
    return points.n ? points.names[points.n - 1] : "";
}

int chart_cross(struct plot *p, const struct chart_input *in, struct err *err)
{
    const struct study_chart *chart = in->chart;
    const struct metric *metric = metric_find(chart->metric);
    struct crossing c = { .in = in, .height = CELL_HEIGHT };
    struct text subtitle = TEXT_INIT, scratch = TEXT_INIT;
    int code = 0;

    c.point = choose_point(&c);
    struct names backends = lookup_backends(&c.arena, in->findings, chart->metric);
    c.groups = lookup_groups(&c.arena, in->study, in->findings, chart->metric, chart->by);
    if (c.groups.n < 2 || c.groups.n > GROUPS_MAX) {
        code = err_add(err, c.groups.n < 2 ? ERR_INPUT : ERR_LIMIT, "%s:%zu: chart '%s' "
                       "would show pairs of %zu groups, expected 2 to %d", in->study->path,
                       chart->line, chart->id, c.groups.n, GROUPS_MAX);
        goto out;
    }
    c.labels = arena_array(&c.arena, c.groups.n, sizeof *c.labels);
    for (size_t k = 0; k < c.groups.n; k++) {
        c.labels[k] = arena_strdup(&c.arena, study_label(in->study, c.groups.names[k],
                                                         &scratch));
        c.label = fmax(c.label, plot_text_width(FACE_BODY, c.labels[k]) + 1);
    }
    measure(&c, &backends);
    c.label = fmin(c.label, LABEL_MAX);
    c.width = (p->width - 2 * MARGIN - c.label - 8) / (double)c.groups.n;
    c.width = fmin(CELL_MAX, fmax(fmax(CELL_MIN, c.counts), c.width));
    p->width = fmax(p->width, 2 * MARGIN + c.label + 8 + c.width * (double)c.groups.n);
    for (size_t k = 0; k < c.groups.n; k++)
        c.height = fmax(c.height, 6 + plot_line_height(FACE_BODY) *
                                          (double)plot_lines(c.label, FACE_BODY,
                                                             c.labels[k]));
    text_addf(&subtitle, "log10 of the %s", metric->axis);
    if (*c.point) {
        text_addch(&subtitle, ' ');
        lookup_point_phrase(&subtitle, c.point);
    }
    text_addf(&subtitle, ": −3 is one in 1000. Below it %s/%s. %s Darker is more frequent, "
              "on a logarithmic scale.", metric->hits, metric->trials,
              in->study->task == TASK_IDENTIFY ? "Rows: probes; columns: gallery."
              : "On the diagonal people of one group with each other.");
    text_addf(&p->alt, "Table of groups by groups: %s.", metric->title);
    draw(p, &c, &backends, plot_head(p, chart->title, subtitle.s) + 4);
    say(p, &c, &backends);
    marks_explain(&c.marks, "Hatched cells", metric->hits, &p->note);
out:
    arena_release(&c.arena);
    text_release(&subtitle);
    text_release(&scratch);
    return code;
}
