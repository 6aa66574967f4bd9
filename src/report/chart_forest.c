/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rivals: differences of two backends on the same samples, everyone's and those of the
 * groups of `by`, a row a pair of backends.
 * forest: the contrasts of a metric, a row each: differences on a linear scale
 * and ratios on a logarithmic one, with the line of no difference. A limit
 * that is not there (a ratio whose smaller group may have no errors at all) is
 * an arrow out of the panel. `group` and `versus`, if given, choose the
 * contrasts.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/metric.h"
#include "report/chart.h"
#include "report/format.h"
#include "report/lookup.h"
#include "report/marks.h"
#include "report/prose.h"

#define MARGIN 12
#define INDENT 12
#define ROW 21
#define HEADER 24
#define LABEL_MAX 150
#define LABEL_ALONE_MAX 220 /* where the contrast itself is the label of its row */
#define ROWS_MAX 600
#define REACH 10         /* widths of the middle interval */

struct panel {
    const char *kind, *head;
    enum unit unit;
    int decimals;
    const struct finding **rows;
    size_t n;
    double lo, hi;          /* of the axis, in its own numbers */
    double label, estimate, interval; /* widths of the columns */
    const char *method;
};

struct forest {
    struct arena arena;
    const struct chart_input *in;
    bool rivals;            /* backend against backend, not group against group */
    bool alone;             /* one backend (or pair) at one point: rows need not name it */
    struct marks marks;
};

/* True for the contrasts the study lists; for all, if it lists none. Others are
 * in the findings because claims rest on them. */
static bool listed(const struct forest *fo, const struct finding *row)
{
    const struct study *s = fo->in->study;
    bool any = false;

    for (size_t i = 0; i < s->n_contrasts; i++) {
        const struct study_contrast *c = &s->contrasts[i];
        if (strcmp(c->metric, fo->in->chart->metric))
            continue;
        any = true;
        if (!strcmp(c->group, row->group) && !strcmp(c->versus, row->versus))
            return true;
    }
    return !any;
}

/* True if the group is everyone or one of those that the chart is drawn by. */
static bool is_shown(const struct forest *fo, const struct finding *row)
{
    const struct study *s = fo->in->study;
    struct group g;

    return !strcmp(row->group, "all") ||
           (group_parse(&g, &s->axes, row->group, NULL) == 0 &&
            group_axes(&g, s->axes.n) == fo->in->chart->by);
}

static bool wanted(const struct forest *fo, const struct panel *panel,
                   const struct finding *row)
{
    const struct study_chart *c = fo->in->chart;

    return strcspn(row->metric, ".") == strlen(c->metric) &&
           !strncmp(row->metric, c->metric, strlen(c->metric)) &&
           !strcmp(metric_kind(row->metric), panel->kind) &&
           (!c->point || !strcmp(c->point, row->point)) &&
           (!c->group || !strcmp(c->group, row->group)) &&
           (!c->versus || !strcmp(c->versus, row->versus)) &&
           (fo->rivals ? is_shown(fo, row) : c->group || listed(fo, row)) &&
           lookup_primary(fo->in->study, row) &&
           (isfinite(row->lo) || isfinite(row->hi));
}

/* Rows that stand together: of one contrast; of rivals, of one group. */
static bool same_contrast(const struct forest *fo, const struct finding *a,
                          const struct finding *b)
{
    return !strcmp(a->group, b->group) && (fo->rivals || !strcmp(a->versus, b->versus));
}

/* The rows of a panel, those of one contrast together, in the order in which
 * contrasts first appear. */
static void collect(struct forest *fo, struct panel *panel)
{
    const struct findings *f = fo->in->findings;
    bool *taken = arena_array(&fo->arena, f->n + 1, sizeof *taken);

    panel->rows = arena_array(&fo->arena, f->n + 1, sizeof *panel->rows);
    for (size_t i = 0; i < f->n; i++) {
        if (taken[i] || !wanted(fo, panel, &f->rows[i]))
            continue;
        for (size_t j = i; j < f->n; j++)
            if (!taken[j] && same_contrast(fo, &f->rows[i], &f->rows[j]) &&
                wanted(fo, panel, &f->rows[j])) {
                taken[j] = true;
                panel->rows[panel->n++] = &f->rows[j];
            }
    }
}

/* A number on the panel's axis: percentage points, or the ratio. */
static double on_axis(const struct panel *panel, double v)
{
    return panel->unit == UNIT_RATIO ? v : v * 100;
}

static void contrast_words(const struct forest *fo, const struct panel *panel,
                           const struct finding *f, struct text *to)
{
    struct text a = TEXT_INIT, b = TEXT_INIT;

    if (fo->rivals) {
        text_add(to, study_label(fo->in->study, f->group, &a));
        text_release(&a);
        return;
    }
    text_addf(to, "%s %s %s", study_label(fo->in->study, f->group, &a),
              panel->unit == UNIT_RATIO ? "÷" : "−",
              study_label(fo->in->study, f->versus, &b));
    text_release(&a);
    text_release(&b);
}

/* "A − B" */
static void pair_words(const struct finding *f, struct text *to)
{
    text_addf(to, "%s − ", f->backend);
    lookup_rival(to, f->versus);
}

static void row_words(const struct forest *fo, const struct panel *panel,
                      const struct finding *f, struct text *to)
{
    if (fo->alone)
        contrast_words(fo, panel, f, to);
    else if (fo->rivals)
        pair_words(f, to);
    else
        lookup_backend_words(to, f->backend, f->point);
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Of rivals: how far from its estimate a limit is drawn at most, so that a group of few
 * people does not take the panel from all others; its numbers stand beside it. */
static double find_reach(struct forest *fo, const struct panel *panel)
{
    double *widths = arena_array(&fo->arena, panel->n, sizeof *widths);

    for (size_t i = 0; i < panel->n; i++)
        widths[i] = on_axis(panel, panel->rows[i]->hi) - on_axis(panel, panel->rows[i]->lo);
    qsort(widths, panel->n, sizeof *widths, by_size);
    return fo->rivals && panel->n ? REACH * widths[panel->n / 2] : INFINITY;
}

static void measure(struct forest *fo, struct panel *panel)
{
    double *limits = arena_array(&fo->arena, 2 * panel->n, sizeof *limits);
    double least = INFINITY, most = -INFINITY, reach = find_reach(fo, panel);
    struct text t = TEXT_INIT;

    size_t n = 0;
    for (size_t i = 0; i < panel->n; i++) {
        const struct finding *f = panel->rows[i];
        if (fo->rivals && on_axis(panel, f->hi) - on_axis(panel, f->lo) > reach)
            continue;
        limits[n++] = f->lo;
        limits[n++] = f->hi;
    }
    panel->decimals = format_decimals_column(panel->unit, limits, n);
    for (size_t i = 0; i < panel->n; i++) {
        const struct finding *f = panel->rows[i];
        const double v[] = { f->estimate, f->lo, f->hi };
        for (int k = 0; k < 3; k++)
            if (k && fabs(on_axis(panel, v[k]) - on_axis(panel, v[0])) > reach)
                continue;
            else if (isfinite(v[k]) && (panel->unit != UNIT_RATIO || v[k] > 0)) {
                least = fmin(least, on_axis(panel, v[k]));
                most = fmax(most, on_axis(panel, v[k]));
            }
        text_reset(&t);
        row_words(fo, panel, f, &t);
        panel->label = fmax(panel->label, plot_text_width(FACE_BODY, t.s) + 1);
        text_reset(&t);
        format_bare(&t, panel->unit, f->estimate, panel->decimals);
        panel->estimate = fmax(panel->estimate, plot_text_width(FACE_STRONG, t.s));
        text_reset(&t);
        format_interval(&t, panel->unit, f->lo, f->hi, panel->decimals);
        panel->interval = fmax(panel->interval, plot_text_width(FACE_BODY, t.s));
        panel->method = f->method;
    }
    panel->label = fmin(panel->label, fo->alone ? LABEL_ALONE_MAX : LABEL_MAX);
    if (panel->unit == UNIT_RATIO) {
        panel->lo = fmin(least, 1) / 1.25;
        panel->hi = fmax(most, 1) * 1.25;
    } else {
        double room = .04 * (fmax(most, 0) - fmin(least, 0));
        panel->lo = fmin(least, 0) - room;
        panel->hi = fmax(most, 0) + room;
        if (panel->lo == panel->hi) {
            panel->lo = -1;
            panel->hi = 1;
        }
    }
    text_release(&t);
}

static double add_row(struct plot *p, struct forest *fo, const struct panel *panel,
                      const struct finding *f, double y)
{
    bool log = panel->unit == UNIT_RATIO, hollow = marks_see(&fo->marks, f);
    double lo = on_axis(panel, f->lo), hi = on_axis(panel, f->hi);
    bool open_lo = !isfinite(lo) || (log && lo <= 0) || lo < panel->lo;
    bool open_hi = !isfinite(hi) || hi > panel->hi;
    struct text who = TEXT_INIT, value = TEXT_INIT;

    row_words(fo, panel, f, &who);
    size_t lines = plot_lines(panel->label, FACE_BODY, who.s);
    double line = plot_line_height(FACE_BODY), extra = (double)(lines - 1) * line;
    double middle = y + (ROW + extra) / 2;
    plot_cell_num(p, middle);
    plot_cell_num(p, isfinite(f->estimate) && !(log && f->estimate <= 0)
                         ? on_axis(panel, f->estimate) : NAN);
    plot_cell_num(p, open_lo ? panel->lo : lo);
    plot_cell_num(p, open_hi ? panel->hi : hi);
    plot_cell_num(p, open_lo);
    plot_cell_num(p, open_hi);
    plot_cell_num(p, hollow);
    plot_cell_num(p, f->estimate);
    plot_cell_num(p, f->lo);
    plot_cell_num(p, f->hi);
    plot_cell(p, f->backend);
    plot_cell(p, f->point);
    plot_cell(p, f->group);
    plot_cell(p, f->versus);
    plot_row(p);

    plot_paragraph(p, MARGIN + INDENT, middle - extra / 2, panel->label, FACE_BODY,
                   ALIGN_LEFT, INK, who.s);
    format_interval(&value, panel->unit, f->lo, f->hi, panel->decimals);
    plot_words(p, p->width - MARGIN, middle, FACE_BODY, ALIGN_RIGHT, INK_SOFT, value.s);
    text_reset(&value);
    format_bare(&value, panel->unit, f->estimate, panel->decimals);
    plot_words(p, p->width - MARGIN - panel->interval - 8, middle, FACE_STRONG,
               ALIGN_RIGHT, INK, value.s);
    text_release(&who);
    text_release(&value);
    return middle + (ROW + extra) / 2;
}

/* Ticks of a ratio axis `width` wide: 1, 2, 5 of each decade; only its 1 where
 * those would touch, and not of every decade where even those would. */
static void ratio_ticks(const struct panel *panel, double width, struct text *to)
{
    static const double parts[] = { 1, 2, 5 };
    double decade = width / log10(panel->hi / panel->lo);
    int each = decade < 80 ? 1 : 3, stride = (int)fmax(1, ceil(40 / decade));

    for (int e = (int)floor(log10(panel->lo)); e <= (int)ceil(log10(panel->hi)); e++)
        for (int k = 0; k < each; k++) {
            double v = parts[k] * pow(10, e);
            if (v >= panel->lo && v <= panel->hi && e % stride == 0)
                text_addf(to, "%s%.9g", to->len ? "," : "", v);
        }
}

/* The rows of one contrast, `from` to `to` of the block; the last contrast of a
 * panel bears the numbers of the axis. */
static void draw_rows(struct plot *p, const struct panel *panel, size_t block,
                      size_t from, size_t to, double top, double bottom)
{
    double left = MARGIN + INDENT + panel->label + 12;
    double right = p->width - MARGIN - panel->interval - panel->estimate - 28;
    bool log = panel->unit == UNIT_RATIO;
    struct text ticks = TEXT_INIT, rows = TEXT_INIT;

    if (log)
        ratio_ticks(panel, right - left, &ticks);
    else
        text_addf(&ticks, "%.9g", plot_step(panel->hi - panel->lo, 6));
    text_addf(&rows, "index %zu every ::%zu::%zu", block, from + 1, to);
    plot_panel(p, left, right, top, bottom, panel->lo, panel->hi, log);
    plot_set(p, "set xtics %s%s%s scale 0 offset 0,0.4 font ',11.5' textcolor rgb "
             "0x%06X\nset format x '%s'\nset grid xtics back linetype 1 linewidth .8 "
             "linecolor rgb 0x%06X", log ? "(" : "", ticks.s, log ? ")" : "", INK_SOFT,
             to == panel->n ? "%g" : "", RULE);
    plot_with(p, "index %zu every ::1::1 using (%d):(%.6g):(0):(%.6g) with vectors nohead "
              "linewidth 1.2 linecolor rgb 0x%06X", block, log ? 1 : 0, top, bottom - top,
              INK_SOFT);
    plot_with(p, "%s using 3:1:($4-$3):(0) with vectors nohead linewidth 1.6 linecolor "
              "rgb 0x%06X", rows.s, INK);
    /* the arrows of open ends */
    plot_with(p, "%s using ($6==1?$3:NaN):1:($4-$3):(0) with vectors head filled size "
              "screen .014,18 linewidth 1.6 linecolor rgb 0x%06X", rows.s, INK);
    plot_with(p, "%s using ($5==1?$4:NaN):1:($3-$4):(0) with vectors head filled size "
              "screen .014,18 linewidth 1.6 linecolor rgb 0x%06X", rows.s, INK);
    plot_with(p, "%s using 2:1 with points pointtype 7 pointsize .8 linecolor rgb 0x%06X",
              rows.s, STRONG);
    plot_with(p, "%s using ($7==1?$2:NaN):1 with points pointtype 7 pointsize .5 "
              "linecolor rgb 0x%06X", rows.s, PAPER);
    plot_panel_end(p);
    text_release(&ticks);
    text_release(&rows);
}

static void say_pairs(struct plot *p, const struct study *study, const struct panel *panel)
{
    struct text a = TEXT_INIT;

    for (size_t i = 0; i < panel->n; i++) {
        const struct finding *f = panel->rows[i];
        text_addf(&p->alt, "%s%s, ", i ? "; " : "", study_label(study, f->group, &a));
        pair_words(f, &p->alt);
        text_addch(&p->alt, ' ');
        format_estimate(&p->alt, panel->unit, f->estimate, f->lo, f->hi);
    }
    text_addch(&p->alt, '.');
    text_release(&a);
}

static void say(struct plot *p, const struct forest *fo, const struct panel *panel)
{
    const struct study *study = fo->in->study;
    struct text a = TEXT_INIT, b = TEXT_INIT;

    for (size_t i = 0; i < panel->n; i++) {
        const struct finding *f = panel->rows[i];
        if (!i || !same_contrast(fo, f, panel->rows[i - 1]))
            text_addf(&p->alt, "%s %s of %s %s %s:", i ? "." : "",
                      panel->unit == UNIT_RATIO ? "Ratio" : "Difference",
                      study_label(study, f->group, &a),
                      panel->unit == UNIT_RATIO ? "to" : "from",
                      study_label(study, f->versus, &b));
        else
            text_addch(&p->alt, ',');
        text_addch(&p->alt, ' ');
        lookup_backend_words(&p->alt, f->backend, f->point);
        text_addch(&p->alt, ' ');
        format_estimate(&p->alt, panel->unit, f->estimate, f->lo, f->hi);
    }
    text_addch(&p->alt, '.');
    text_release(&a);
    text_release(&b);
}

struct span { /* the rows of one contrast and their place */
    size_t from, to;
    double top, bottom;
};

static double add_panel(struct plot *p, struct forest *fo, struct panel *panel, double y)
{
    struct text t = TEXT_INIT;
    size_t block = plot_block(p, "y\tat\tfrom\tto\topen_lo\topen_hi\thollow\testimate\tlo\t"
                                 "hi\tbackend\tpoint\tgroup\tversus");

    struct span *draw_at = arena_array(&fo->arena, panel->n, sizeof *draw_at);
    size_t contrasts = 0;

    measure(fo, panel);
    text_addf(&t, "%s (%s)", panel->head, prose_method(panel->method));
    plot_words(p, MARGIN, y + 10, FACE_STRONG, ALIGN_LEFT, INK, t.s);
    y += 24;
    for (size_t i = 0; i < panel->n;) {
        const struct finding *f = panel->rows[i];
        size_t from = i;
        if (!fo->alone) {
            double line = plot_line_height(FACE_BODY);
            text_reset(&t);
            contrast_words(fo, panel, f, &t);
            y += HEADER - line +
                 line * (double)plot_paragraph(p, MARGIN, y + HEADER / 2.,
                                               p->width - 2 * MARGIN, FACE_BODY,
                                               ALIGN_LEFT, INK, t.s);
        }
        double top = y;
        for (; i < panel->n && same_contrast(fo, f, panel->rows[i]); i++)
            y = add_row(p, fo, panel, panel->rows[i], y);
        draw_at[contrasts++] = (struct span){ from, i, top, y };
        y += i < panel->n && !fo->alone ? 5 : 0;
    }
    for (size_t i = 0; i < contrasts; i++)
        draw_rows(p, panel, block, draw_at[i].from, draw_at[i].to, draw_at[i].top,
                  draw_at[i].bottom);
    if (fo->rivals)
        say_pairs(p, fo->in->study, panel);
    else
        say(p, fo, panel);
    text_release(&t);
    return y + 30;
}

/* True if every row is of the backend and point of `first`. */
static bool only(const struct forest *fo, const struct panel *panel,
                 const struct finding *first)
{
    for (size_t i = 0; i < panel->n; i++)
        if (strcmp(panel->rows[i]->backend, first->backend) ||
            strcmp(panel->rows[i]->point, first->point) ||
            (fo->rivals && strcmp(panel->rows[i]->versus, first->versus)))
            return false;
    return true;
}

static int draw(struct plot *p, const struct chart_input *in, bool rivals,
                struct panel panels[2], struct err *err)
{
    const struct study_chart *c = in->chart;
    const struct metric *metric = metric_find(c->metric);
    struct forest fo = { .in = in, .rivals = rivals };
    struct text subtitle = TEXT_INIT;
    size_t rows = 0;
    int code = 0;

    for (size_t i = 0; i < 2; i++) {
        collect(&fo, &panels[i]);
        rows += panels[i].n;
    }
    if (!rows || rows > ROWS_MAX) {
        code = err_add(err, rows ? ERR_LIMIT : ERR_INPUT,
                       "%s:%zu: chart '%s' would show %zu contrasts, expected 1 to %d "
                       "(are there %s of metric '%s'?)",
                       in->study->path, c->line, c->id, rows, ROWS_MAX,
                       rivals ? "two backends" : "`contrasts`", c->metric);
        goto out;
    }
    const struct finding *first = panels[panels[0].n ? 0 : 1].rows[0];
    fo.alone = only(&fo, &panels[0], first) && only(&fo, &panels[1], first);
    text_add(&subtitle, metric->title);
    if (rivals) {
        text_add(&subtitle, fo.alone ? ", " : ", the first backend minus the second on the "
                                              "same samples");
        if (fo.alone)
            pair_words(first, &subtitle);
        if (*first->point) {
            text_addf(&subtitle, " (");
            lookup_point_words(&subtitle, first->point);
            text_addch(&subtitle, ')');
        }
        text_add(&subtitle, "; right of 0 the first errs more often");
    } else if (fo.alone) {
        text_add(&subtitle, ", ");
        lookup_backend_words(&subtitle, first->backend, first->point);
    }
    text_add(&subtitle, ". Point and line: estimate and ");
    format_confidence(&subtitle, in->study->confidence);
    text_add(&subtitle, " % interval, at right in numbers; ");
    text_add(&subtitle, rivals ? "arrow: it goes on" : "arrow: no limit on that side");
    double y = plot_head(p, c->title, subtitle.s) + 4;
    for (size_t i = 0; i < 2; i++)
        if (panels[i].n)
            y = add_panel(p, &fo, &panels[i], y);
    p->height = y - 6;
    marks_explain(&fo.marks, "Open points", metric->hits, &p->note);
out:
    arena_release(&fo.arena);
    text_release(&subtitle);
    return code;
}

int chart_forest(struct plot *p, const struct chart_input *in, struct err *err)
{
    struct panel panels[] = {
        { .kind = "difference", .unit = UNIT_POINTS,
          .head = "Differences, percentage points" },
        { .kind = "ratio", .unit = UNIT_RATIO,
          .head = "Ratios, logarithmic scale" },
    };

    return draw(p, in, false, panels, err);
}

int chart_rivals(struct plot *p, const struct chart_input *in, struct err *err)
{
    struct panel panels[] = {
        { .kind = "excess", .unit = UNIT_POINTS,
          .head = "Differences, percentage points" },
        { .kind = "excess_paired", .unit = UNIT_POINTS,
          .head = "Differences on the same faces, percentage points" },
    };

    return draw(p, in, true, panels, err);
}
