/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * gradient: rates along an axis whose values have an order, such as Fitzpatrick
 * types I to VI, a panel a backend. The axis is the one of `by` with the most
 * values; each group of the other axes is a line. Below each value stand the
 * rate and its counts. A value without counts is a gap in the line.
 */
#include <math.h>
#include <string.h>

#include "model/metric.h"
#include "report/chart.h"
#include "report/format.h"
#include "report/lookup.h"
#include "report/marks.h"
#include "report/prose.h"
#include "report/upright.h"

#define MARGIN 12
#define LABEL_MAX 110
#define LABEL_MIN 46   /* the numbers of the axis */
#define VALUE_MIN 62   /* between two values */
#define HEIGHT 150     /* of a panel */
#define HEADER 26
#define LINES_MAX 4
#define VALUES_MAX 24
#define PANELS_MAX 40

static const struct {
    unsigned colour, words;
    int pointtype;
    bool dashed;
} styles[LINES_MAX] = {
    { STRONG, STRONG, 7, false }, { FAINT, INK_SOFT, 5, false },
    { STRONG, STRONG, 9, true }, { FAINT, INK_SOFT, 13, true },
};

struct panel {
    const char *backend, *point;
    const struct finding *cells[LINES_MAX][VALUES_MAX];
};

struct gradient {
    struct arena arena;
    const struct chart_input *in;
    const struct axis *axis;
    size_t axis_at, values, lines;
    const char *labels[LINES_MAX]; /* "" where there is one line */
    struct panel *panels;
    size_t n;
    double label, value;  /* widths */
    double most;
    int decimals;
    struct marks marks;
};

/* The axis with the most values; of several the last. */
static void choose_axis(struct gradient *g)
{
    const struct axes *axes = &g->in->study->axes;

    for (size_t i = 0; i < axes->n; i++)
        if ((g->in->chart->by & 1u << i) && axes->axes[i].n >= g->values) {
            g->axis = &axes->axes[i];
            g->axis_at = i;
            g->values = axes->axes[i].n;
        }
}

/* The groups of the other axes: how many there are; fills in labels. */
static size_t count_lines(struct gradient *g)
{
    const struct study *s = g->in->study;
    unsigned rest = g->in->chart->by & ~(1u << g->axis_at);
    struct group group = group_first(&s->axes, rest);
    struct text name = TEXT_INIT, scratch = TEXT_INIT;

    do {
        text_reset(&name);
        group_add(&name, &s->axes, &group);
        if (g->lines < LINES_MAX)
            g->labels[g->lines] = rest
                ? arena_strdup(&g->arena, study_label(s, name.s, &scratch)) : "";
        g->lines++;
    } while (group_next(&group, &s->axes, rest));
    text_release(&name);
    text_release(&scratch);
    return g->lines;
}

/* The cells of a backend at a point; false if there are none. */
static bool fill(struct gradient *g, struct panel *p)
{
    const struct study *s = g->in->study;
    unsigned rest = g->in->chart->by & ~(1u << g->axis_at);
    struct group group = group_first(&s->axes, rest);
    struct text name = TEXT_INIT;
    bool any = false;
    size_t line = 0;

    do {
        for (size_t v = 0; v < g->values; v++) {
            group.value[g->axis_at] = (int)v;
            text_reset(&name);
            group_add(&name, &s->axes, &group);
            const struct finding *f = lookup_row(s, g->in->findings, p->backend,
                                                 g->in->chart->metric, "", name.s, "",
                                                 p->point);
            p->cells[line][v] = f && isfinite(f->estimate) ? f : NULL;
            if (!p->cells[line][v])
                continue;
            any = true;
            g->most = fmax(g->most, fmax(f->estimate, isfinite(f->hi) ? f->hi : 0));
        }
        group.value[g->axis_at] = GROUP_OPEN;
        line++;
    } while (group_next(&group, &s->axes, rest));
    text_release(&name);
    return any;
}

static void collect(struct gradient *g)
{
    const struct chart_input *in = g->in;
    struct names backends = lookup_backends(&g->arena, in->findings, in->chart->metric);
    struct names points = lookup_points(&g->arena, in->findings, in->chart->metric);

    g->panels = arena_array(&g->arena, backends.n * points.n + 1, sizeof *g->panels);
    for (size_t b = 0; b < backends.n; b++)
        for (size_t i = 0; i < points.n; i++) {
            if (in->chart->point && strcmp(in->chart->point, points.names[i]))
                continue;
            g->panels[g->n] = (struct panel){ backends.names[b], points.names[i], { { 0 } } };
            g->n += fill(g, &g->panels[g->n]);
        }
}

/* No rates: it may be that the data set says who is in it, and no more. */
static int refuse(struct gradient *g, struct err *err)
{
    const struct chart_input *in = g->in;
    size_t n;
    const struct metric *m = metric_table(&n);

    for (size_t i = 0; i < n; i++)
        if (m[i].census &&
            lookup_groups(&g->arena, in->study, in->findings, m[i].name, in->chart->by).n)
            return err_add(err, ERR_INPUT, "%s:%zu: chart '%s': how many %s there are by %s "
                           "is known, but no '%s' of theirs, expected counts of it by %s",
                           in->study->path, in->chart->line, in->chart->id, m[i].name,
                           g->axis->name, in->chart->metric, g->axis->name);
    return err_add(err, ERR_INPUT, "%s:%zu: chart '%s': there is no '%s' by %s, expected "
                   "counts of it", in->study->path, in->chart->line, in->chart->id,
                   in->chart->metric, g->axis->name);
}

static void measure(struct plot *p, struct gradient *g)
{
    double *rates = arena_array(&g->arena, g->n * LINES_MAX * VALUES_MAX, sizeof *rates);
    struct text t = TEXT_INIT;
    size_t n = 0;

    for (size_t i = 0; i < g->n; i++)
        for (size_t l = 0; l < g->lines; l++)
            for (size_t v = 0; v < g->values; v++) {
                const struct finding *f = g->panels[i].cells[l][v];
                if (!f)
                    continue;
                rates[n++] = f->estimate;
                text_reset(&t);
                format_counts(&t, f->x, f->n, false);
                g->value = fmax(g->value, plot_text_width(FACE_SMALL, t.s) + 8);
            }
    g->decimals = format_decimals_column(UNIT_RATE, rates, n);
    g->label = fmax(LABEL_MIN, plot_text_width(FACE_SMALL, g->axis->name));
    for (size_t l = 0; l < g->lines; l++)
        g->label = fmax(g->label, plot_text_width(FACE_BODY, g->labels[l]) + 1);
    g->label = fmin(g->label, LABEL_MAX);
    g->value = fmax(g->value, VALUE_MIN);
    double room = p->width - 2 * MARGIN - g->label - 8;
    g->value = fmax(g->value, fmin(90, room / (double)g->values));
    p->width = fmax(p->width, 2 * MARGIN + g->label + 8 + g->value * (double)g->values);
    text_release(&t);
}

/* Lines of one group between values that both have counts. */
static void add_segments(struct plot *p, const struct gradient *g,
                         const struct upright *u, const struct panel *panel, size_t line,
                         double shift)
{
    for (size_t v = 0; v + 1 < g->values; v++) {
        const struct finding *a = panel->cells[line][v], *b = panel->cells[line][v + 1];
        if (!a || !b)
            continue;
        double y = upright_y(u, a->estimate);
        plot_with(p, "index 0 every ::1::1 using (%.6g):(%.6g):(1):(%.6g) with vectors nohead "
                  "linewidth 1.6 %s linecolor rgb 0x%06X", (double)v + .5 + shift, y,
                  upright_y(u, b->estimate) - y,
                  styles[line].dashed ? "dashtype (6,4)" : "", styles[line].colour);
    }
}

/* Rates and counts of a line below its values; returns the y below. */
static double add_numbers(struct plot *p, const struct gradient *g,
                          const struct panel *panel, size_t line, double left, double y)
{
    double height = plot_line_height(FACE_BODY) + plot_line_height(FACE_SMALL);
    size_t lines = plot_lines(g->label, FACE_BODY, g->labels[line]);
    struct text t = TEXT_INIT;

    plot_paragraph(p, MARGIN, y + plot_line_height(FACE_BODY) / 2, g->label, FACE_BODY,
                   ALIGN_LEFT, styles[line].words, g->labels[line]);
    for (size_t v = 0; v < g->values; v++) {
        const struct finding *f = panel->cells[line][v];
        double x = left + ((double)v + .5) * g->value;
        text_reset(&t);
        if (f)
            format_value(&t, UNIT_RATE, f->estimate, g->decimals);
        plot_words(p, x, y + plot_line_height(FACE_BODY) / 2, FACE_BODY, ALIGN_CENTRE,
                   styles[line].words, f ? t.s : "–");
        text_reset(&t);
        if (f)
            format_counts(&t, f->x, f->n, false);
        plot_words(p, x, y + plot_line_height(FACE_BODY) +
                   plot_line_height(FACE_SMALL) / 2, FACE_SMALL, ALIGN_CENTRE, INK_SOFT,
                   t.s);
    }
    text_release(&t);
    return y + fmax(height, (double)lines * plot_line_height(FACE_BODY)) + 4;
}

/* The values of the axis below the panel. */
static double add_values(struct plot *p, const struct gradient *g, double left, double y)
{
    double line = plot_line_height(FACE_STRONG);
    size_t most = 1;

    plot_words(p, MARGIN, y + line / 2, FACE_SMALL, ALIGN_LEFT, INK_SOFT, g->axis->name);
    for (size_t v = 0; v < g->values; v++) {
        size_t n = plot_paragraph(p, left + ((double)v + .5) * g->value, y + line / 2,
                                  g->value - 6, FACE_STRONG, ALIGN_CENTRE, INK,
                                  g->axis->values[v]);
        most = n > most ? n : most;
    }
    return y + (double)most * line + 2;
}

static double add_panel(struct plot *p, struct gradient *g, const struct panel *panel,
                        double y)
{
    double left = MARGIN + g->label + 8;
    struct upright u = { left, left + g->value * (double)g->values, y + HEADER,
                         y + HEADER + HEIGHT, g->most * 1.04 };
    size_t block = plot_block(p, upright_columns), rows = 0;
    size_t from[LINES_MAX], to[LINES_MAX];
    struct text head = TEXT_INIT;

    lookup_backend_words(&head, panel->backend, panel->point);
    plot_words(p, MARGIN, y + 8, FACE_STRONG, ALIGN_LEFT, INK, head.s);
    text_release(&head);
    for (size_t l = 0; l < g->lines; l++) {
        double shift = ((double)l - (double)(g->lines - 1) / 2) * 7 / g->value;
        from[l] = rows;
        for (size_t v = 0; v < g->values; v++) {
            const struct finding *f = panel->cells[l][v];
            if (!f)
                continue;
            upright_cells(p, &u, f, (double)v + .5 + shift, marks_see(&g->marks, f));
            plot_row(p);
            rows++;
        }
        to[l] = rows;
    }
    upright_begin(p, &u, 0, (double)g->values);
    for (size_t l = 0; l < g->lines; l++) {
        double shift = ((double)l - (double)(g->lines - 1) / 2) * 7 / g->value;
        add_segments(p, g, &u, panel, l, shift);
        if (to[l] > from[l])
            upright_marks(p, block, from[l], to[l], styles[l].colour, styles[l].pointtype);
    }
    plot_panel_end(p);
    y = add_values(p, g, left, u.bottom + 6);
    for (size_t l = 0; l < g->lines; l++)
        y = add_numbers(p, g, panel, l, left, y);
    return y + 12;
}

static void say(struct plot *p, const struct gradient *g, const struct panel *panel)
{
    text_addch(&p->alt, ' ');
    lookup_backend_words(&p->alt, panel->backend, panel->point);
    for (size_t l = 0; l < g->lines; l++) {
        text_addf(&p->alt, "%s %s%s", l ? ";" : ":", g->labels[l],
                  *g->labels[l] ? ": " : "");
        for (size_t v = 0, any = 0; v < g->values; v++) {
            const struct finding *f = panel->cells[l][v];
            if (!f)
                continue;
            text_addf(&p->alt, "%s%s ", any++ ? ", " : "", g->axis->values[v]);
            format_estimate(&p->alt, UNIT_RATE, f->estimate, f->lo, f->hi);
        }
    }
    text_addch(&p->alt, '.');
}

/* What the lines are told apart by. */
static void line_words(const struct gradient *g, struct text *to)
{
    static const char *const marks[LINES_MAX] = {
        "Blue circles", "grey squares", "blue triangles, dashed", "grey diamonds, dashed"
    };

    for (size_t l = 0; g->lines > 1 && l < g->lines; l++)
        text_addf(to, "%s %s: %s", l ? ";" : ".", marks[l], g->labels[l]);
}

int chart_gradient(struct plot *p, const struct chart_input *in, struct err *err)
{
    const struct study_chart *c = in->chart;
    const struct metric *metric = metric_find(c->metric);
    struct gradient g = { .in = in };
    struct text subtitle = TEXT_INIT;
    int code = 0;

    choose_axis(&g);
    if (count_lines(&g) > LINES_MAX || g.values > VALUES_MAX) {
        code = err_add(err, ERR_LIMIT, "%s:%zu: chart '%s' would show %zu lines of %zu "
                       "values, expected at most %d lines of %d", in->study->path, c->line,
                       c->id, g.lines, g.values, LINES_MAX, VALUES_MAX);
        goto out;
    }
    collect(&g);
    if (!g.n || g.n > PANELS_MAX) {
        code = g.n ? err_add(err, ERR_LIMIT, "%s:%zu: chart '%s' would have %zu panels, "
                             "expected at most %d", in->study->path, c->line, c->id, g.n,
                             PANELS_MAX)
                   : refuse(&g, err);
        goto out;
    }
    measure(p, &g);
    text_addf(&subtitle, "%s by %s with ", metric->title, g.axis->name);
    format_confidence(&subtitle, in->study->confidence);
    text_addf(&subtitle, " %% intervals; below each %s its rate and %s/%s", g.axis->name,
              metric->hits, metric->trials);
    line_words(&g, &subtitle);
    text_addf(&p->alt, "Lines along %s: %s.", g.axis->name, metric->title);
    double y = plot_head(p, c->title, subtitle.s) + 2;
    for (size_t i = 0; i < g.n; i++) {
        y = add_panel(p, &g, &g.panels[i], y);
        say(p, &g, &g.panels[i]);
    }
    p->height = y;
    marks_explain(&g.marks, "Open marks", metric->hits, &p->note);
out:
    arena_release(&g.arena);
    text_release(&subtitle);
    return code;
}
