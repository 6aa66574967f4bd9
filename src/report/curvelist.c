/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/curvelist.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/metric.h"
#include "report/format.h"
#include "report/lookup.h"

#define SAMPLE 42       /* of a line, before its label */
#define LABEL_MAX 230

const struct curve_style curvelist_styles[CURVELIST_LINES] = {
    { STRONG, 2.2, 7, "" }, { INK_SOFT, 1.6, 5, "" }, { CALM, 3, 9, "" },
    { STRONG, 2.2, 11, "dashtype (8,4)" }, { INK_SOFT, 1.6, 13, "dashtype (8,4)" },
    { CALM, 3, 15, "dashtype (8,4)" },
};

const struct finding *curvelist_next(const struct curvelist *l, const char *metric,
                                     const char *group, size_t *from)
{
    for (; *from < l->rows->n; ++*from) {
        const struct finding *f = &l->rows->rows[*from];
        if (!*f->point && !*f->versus && !strcmp(f->metric, metric) &&
            !strcmp(f->group, group)) {
            ++*from;
            return f;
        }
    }
    return NULL;
}

const struct finding *curvelist_at(const struct curvelist *l, const char *metric,
                                   const char *group, const char *point)
{
    long at = findings_find(l->rows, NULL, metric, group, "", point, NULL);

    if (at >= 0)
        return &l->rows->rows[at];
    return lookup_row(l->in->study, l->in->findings, NULL, metric, "", group, "", point);
}

const char *curvelist_own(struct arena *a, const char *point)
{
    return arena_printf(a, "own %s", point);
}

/* Highest first; those without a rate last, in the order in which they came. */
static int by_rate(const void *a, const void *b)
{
    const struct curve_line *p = a, *q = b;
    double x = p->at ? p->at->estimate : -1, y = q->at ? q->at->estimate : -1;

    if (x != y)
        return x < y ? 1 : -1;
    return strcmp(p->group, q->group);
}

static void add_line(struct curvelist *l, const char *group)
{
    struct text scratch = TEXT_INIT;
    const char *label = study_label(l->in->study, group, &scratch);

    l->lines[l->n++] = (struct curve_line){
        group, arena_strdup(&l->arena, label),
        *l->point ? curvelist_at(l, l->rate, group, l->point) : NULL };
    text_release(&scratch);
}

static bool is_founded(const struct curve_line *line)
{
    return line->at && line->at->flag != FLAG_TOO_FEW && line->at->flag != FLAG_ZERO;
}

/* Where there are many groups, those whose rate at the point is too few to say would be
 * the highest and the lowest, of which nothing can be seen. */
static void leave_out_few(struct curvelist *l)
{
    size_t founded = 0, kept = 0;

    for (size_t i = 0; i < l->n; i++)
        founded += is_founded(&l->lines[i]);
    if (l->n <= CURVELIST_LINES || founded < 2)
        return;
    for (size_t i = 0; i < l->n; i++)
        if (is_founded(&l->lines[i]))
            l->lines[kept++] = l->lines[i];
    l->n = kept;
}

int curvelist_init(struct curvelist *l, const struct chart_input *in, const char *metric,
                   const char *point, size_t most, struct err *err)
{
    static const struct findings none;
    const struct study_chart *c = in->chart;

    *l = (struct curvelist){ .in = in, .rows = in->curves ? in->curves : &none,
                             .point = c->point ? c->point : "",
                             .rate = c->metric && !strcmp(c->metric, "fpir") ? "fpir"
                                                                             : "fmr" };
    struct names groups = lookup_groups(&l->arena, in->study, l->rows, metric, c->by);
    l->lines = arena_array(&l->arena, groups.n + 1, sizeof *l->lines);
    for (size_t i = 0; i < groups.n; i++) {
        size_t from = 0;
        if (*point ? findings_find(l->rows, NULL, metric, groups.names[i], "", point,
                                   NULL) >= 0
                   : curvelist_next(l, metric, groups.names[i], &from) != NULL)
            add_line(l, groups.names[i]);
    }
    if (!l->n) {
        curvelist_release(l);
        return err_add(err, ERR_INPUT, "%s:%zu: chart '%s': there are no rows of '%s' of its "
                       "groups in curves.csv, expected a run made of comparisons",
                       in->study->path, c->line, c->id, metric);
    }
    l->of = l->n;
    leave_out_few(l);
    qsort(l->lines, l->n, sizeof *l->lines, by_rate);
    l->few = l->of - l->n;
    if (l->n > most) {
        memmove(l->lines + (most + 1) / 2, l->lines + l->n - most / 2,
                most / 2 * sizeof *l->lines);
        l->n = most;
    }
    for (size_t i = 0; i < l->n; i++)
        l->label = fmax(l->label, plot_text_width(FACE_BODY, l->lines[i].label) + 1);
    return 0;
}

void curvelist_release(struct curvelist *l)
{
    arena_release(&l->arena);
    *l = (struct curvelist){ .n = 0 };
}

void curvelist_point_words(const struct curvelist *l, struct text *to)
{
    const struct finding *all = curvelist_at(l, "fmr", "all", l->point);
    char number[NUM_MAX];

    if (!*l->point)
        return;
    lookup_point_words(to, l->point);
    if (all && isfinite(all->threshold) && strncmp(l->point, "threshold=", 10))
        text_addf(to, " (threshold %s)",
                  num_shortest(number, round(all->threshold * 1e4) / 1e4));
}

void curvelist_explain(const struct curvelist *l, struct text *to)
{
    if (l->n == l->of)
        return;
    text_addf(to, "%sOf %zu groups ", to->len ? " " : "", l->of);
    if (l->n + l->few < l->of)
        text_addf(to, "the %zu with the highest and the %zu with the lowest %s ", (l->n + 1) / 2,
                  l->n / 2, metric_find(l->rate)->axis);
    else
        text_addf(to, "the %zu whose %s is not too few to say ", l->n,
                  metric_find(l->rate)->axis);
    curvelist_point_words(l, to);
    text_addf(to, " are shown%s; curves.csv has all.", l->few && l->n + l->few < l->of
              ? ", of those that are not too few to say" : "");
}

/* One row of the key: its line and mark. */
static void add_sample(struct plot *p, size_t block, const struct curve_style *style,
                       double x, double y)
{
    plot_with(p, "index %zu every ::1::1 using (%.6g):(%.6g):(%d):(0) with vectors nohead "
              "linewidth %g %s linecolor rgb 0x%06X", block, x, y, SAMPLE - 10, style->width,
              style->dash, style->colour);
    plot_with(p, "index %zu every ::1::1 using (%.6g):(%.6g) with points pointtype %d "
              "pointsize 1 linecolor rgb 0x%06X", block, x + (SAMPLE - 10) / 2., y,
              style->pointtype, style->colour);
}

double curvelist_key(struct plot *p, const struct curvelist *l, const size_t *blocks,
                     double left, double y, int decimals)
{
    double label = fmin(l->label, LABEL_MAX);
    double line = plot_line_height(FACE_BODY), top = y, x = left + SAMPLE + label + 14;
    double value = 0;
    struct text t = TEXT_INIT;

    for (size_t i = 0; i < l->n; i++) {
        const struct finding *at = l->lines[i].at;
        size_t lines = plot_paragraph(p, left + SAMPLE, y + line / 2, label, FACE_BODY,
                                      ALIGN_LEFT, INK, l->lines[i].label);
        text_reset(&t);
        if (at) {
            format_value(&t, UNIT_RATE, at->estimate, decimals);
            text_addch(&t, ' ');
            format_interval(&t, UNIT_RATE, at->lo, at->hi, decimals);
        }
        value = fmax(value, plot_text_width(FACE_BODY, t.s) + 14);
        plot_words(p, x, y + line / 2, FACE_BODY, ALIGN_LEFT, INK, t.s);
        y += (double)lines * line + 2;
    }
    y = top;
    for (size_t i = 0; i < l->n; i++) {
        const struct finding *at = l->lines[i].at;
        text_reset(&t);
        if (at)
            format_counts(&t, at->x, at->n, true);
        plot_words(p, x + value, y + line / 2, FACE_SMALL, ALIGN_LEFT, INK_SOFT, t.s);
        p->width = fmax(p->width, x + value + plot_text_width(FACE_SMALL, t.s) +
                                      CURVELIST_MARGIN);
        y += (double)plot_lines(label, FACE_BODY, l->lines[i].label) * line + 2;
    }
    plot_panel(p, 0, p->width, top, y, 0, p->width, false);
    for (size_t i = 0, at = 0; i < l->n; i++) {
        add_sample(p, blocks[i], &curvelist_styles[i], left,
                   top + (double)at * line + 2 * (double)i + line / 2);
        at += plot_lines(label, FACE_BODY, l->lines[i].label);
    }
    plot_panel_end(p);
    text_release(&t);
    return y;
}

struct rate_scale rate_scale(double from, double to, double least, double most)
{
    struct rate_scale s = { from, to, -3, 0 };

    if (least > 0 && isfinite(least))
        s.lo = (int)floor(log10(least) + 1e-9);
    if (most > 0 && isfinite(most))
        s.hi = (int)ceil(log10(most) - 1e-9);
    if (s.hi > 0)
        s.hi = 0;
    if (s.lo >= s.hi)
        s.lo = s.hi - 1;
    return s;
}

double rate_place(const struct rate_scale *s, double rate)
{
    if (!(rate > 0))
        return NAN;
    double t = (log10(rate) - s->lo) / (s->hi - s->lo);
    return s->from + (s->to - s->from) * fmin(1, fmax(0, t));
}

double rate_least(double a, double b)
{
    if (!(b > 0))
        return a;
    return a > 0 ? fmin(a, b) : b;
}

void rate_tick(struct text *to, int decade)
{
    text_addf(to, "%.9g %%", 100 * pow(10, decade));
}

void curvelist_rule(struct plot *p, bool upright, double at, double from, double to,
                    unsigned colour, bool dashed)
{
    plot_with(p, "index 0 every ::1::1 using (%.6g):(%.6g):(%.6g):(%.6g) with vectors nohead "
              "linewidth .8 %s linecolor rgb 0x%06X", upright ? at : from,
              upright ? from : at, upright ? 0. : to - from, upright ? to - from : 0.,
              dashed ? "dashtype (5,4)" : "", colour);
}
