/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dumbbell: what became of each group's rate between two operating points, such
 * as two audits; a block a backend, all on one axis. A group has two lines,
 * `before` above `after`, so that their whiskers do not lie on each other; an
 * arrow leads from the one to the other. A backend or group that has only one of
 * the two shows that one.
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
#define GAP 10
#define LABEL_MAX 170
#define LINE 17
#define BETWEEN 8  /* groups */
#define HEADER 26
#define PICTURE_MIN 160
#define PAIRS_MAX 300

enum { BEFORE, AFTER };

struct pair {
    const struct finding *rates[2]; /* either may be NULL */
    const char *label;
    double y; /* of the first of its lines */
};

struct block {
    const char *backend;
    struct pair *pairs;
    size_t n;
    bool has[2];
    size_t from, to, arrows_from, arrows_to; /* rows of the data */
    double top, bottom;
};

struct layout {
    struct arena arena;
    const struct chart_input *in;
    const char *points[2], *shorts[2];
    struct block *blocks;
    const struct finding **all;        /* every rate shown */
    size_t n, n_all, pairs, rows, arrows;
    double label, point, rate, counts; /* widths of the columns */
    double left, right, most;          /* of the panel; the end of its axis */
    int decimals;
    struct marks marks;
};

static void add_block(struct layout *l, const char *backend, const struct names *groups)
{
    const struct chart_input *in = l->in;
    struct block *b = &l->blocks[l->n];
    struct text scratch = TEXT_INIT;

    *b = (struct block){ .backend = backend };
    b->pairs = arena_array(&l->arena, groups->n + 1, sizeof *b->pairs);
    for (size_t g = 0; g < groups->n; g++) {
        struct pair *pair = &b->pairs[b->n];
        for (int k = BEFORE; k <= AFTER; k++) {
            pair->rates[k] = lookup_row(in->study, in->findings, backend,
                                        in->chart->metric, "", groups->names[g], "",
                                        l->points[k]);
            if (!pair->rates[k])
                continue;
            b->has[k] = true;
            l->all[l->n_all++] = pair->rates[k];
        }
        if (!pair->rates[BEFORE] && !pair->rates[AFTER])
            continue;
        pair->label = arena_strdup(&l->arena,
                                   study_label(in->study, groups->names[g], &scratch));
        b->n++;
    }
    l->pairs += b->n;
    l->n += b->n > 0;
    text_release(&scratch);
}

static void rate_words(const struct layout *l, const struct finding *f, struct text *to)
{
    if (f->flag == FLAG_SUPPRESSED)
        text_add(to, "not printed");
    else
        format_value(to, UNIT_RATE, f->estimate, l->decimals);
}

static void measure_rates(struct layout *l)
{
    double *rates = arena_array(&l->arena, l->n_all + 1, sizeof *rates);
    struct text t = TEXT_INIT;

    for (size_t i = 0; i < l->n_all; i++) {
        const struct finding *f = l->all[i];
        rates[i] = f->estimate;
        l->most = fmax(l->most, isfinite(f->estimate) ? f->estimate : 0);
        l->most = fmax(l->most, isfinite(f->hi) ? f->hi : 0);
    }
    l->decimals = format_decimals_column(UNIT_RATE, rates, l->n_all);
    for (size_t i = 0; i < l->n_all; i++) {
        text_reset(&t);
        rate_words(l, l->all[i], &t);
        l->rate = fmax(l->rate, plot_text_width(FACE_STRONG, t.s));
        text_reset(&t);
        format_counts(&t, l->all[i]->x, l->all[i]->n, false);
        l->counts = fmax(l->counts, plot_text_width(FACE_SMALL, t.s));
    }
    text_release(&t);
}

static void measure(struct plot *p, struct layout *l)
{
    measure_rates(l);
    for (int k = BEFORE; k <= AFTER; k++)
        l->point = fmax(l->point, plot_text_width(FACE_SMALL, l->shorts[k]));
    for (size_t b = 0; b < l->n; b++)
        for (size_t i = 0; i < l->blocks[b].n; i++)
            l->label = fmax(l->label, plot_text_width(FACE_BODY,
                                                      l->blocks[b].pairs[i].label));
    l->label = fmin(l->label + 1, LABEL_MAX);
    double columns = l->point + l->rate + l->counts + 3 * GAP;
    l->left = MARGIN + l->label + GAP;
    /* long names of points must not squeeze the picture */
    p->width = fmax(p->width, l->left + PICTURE_MIN + columns + MARGIN);
    l->right = p->width - MARGIN - columns;
}

/* Where a rate is on the canvas. */
static double x_of(const struct layout *l, double rate)
{
    return l->left + (l->right - l->left) * rate / (fmax(l->most, 1e-9) * 1.02);
}

static void add_rate(struct plot *p, struct layout *l, const struct finding *f, int k,
                     double y)
{
    bool open = marks_see(&l->marks, f);
    struct text t = TEXT_INIT;

    plot_cell_num(p, y);
    plot_cell_num(p, f->flag == FLAG_SUPPRESSED ? NAN : f->estimate);
    plot_cell_num(p, f->lo);
    plot_cell_num(p, f->hi);
    plot_cell_num(p, (double)f->x);
    plot_cell_num(p, (double)f->n);
    plot_cell_num(p, open);
    plot_cell_num(p, k == AFTER ? STRONG : FAINT);
    plot_cell(p, f->backend);
    plot_cell(p, f->point);
    plot_cell(p, f->group);
    plot_row(p);
    l->rows++;
    plot_words(p, l->right + GAP, y, FACE_SMALL, ALIGN_LEFT, INK_SOFT, l->shorts[k]);
    rate_words(l, f, &t);
    plot_words(p, p->width - MARGIN - l->counts - GAP, y,
               k == AFTER ? FACE_STRONG : FACE_BODY, ALIGN_RIGHT,
               k == AFTER ? INK : INK_SOFT, t.s);
    text_reset(&t);
    format_counts(&t, f->x, f->n, false);
    plot_words(p, p->width - MARGIN, y, FACE_SMALL, ALIGN_RIGHT, INK_SOFT, t.s);
    text_release(&t);
}

static double add_pair(struct plot *p, struct layout *l, struct pair *pair, double y)
{
    double line = plot_line_height(FACE_BODY);
    double words = line * (double)plot_lines(l->label, FACE_BODY, pair->label);
    int n = (pair->rates[BEFORE] != NULL) + (pair->rates[AFTER] != NULL);
    double height = fmax(n * LINE, words), at = y + (height - n * LINE + LINE) / 2;

    pair->y = at;
    plot_paragraph(p, MARGIN, y + (height - words + line) / 2, l->label, FACE_BODY,
                   ALIGN_LEFT, INK, pair->label);
    for (int k = BEFORE; k <= AFTER; k++)
        if (pair->rates[k]) {
            add_rate(p, l, pair->rates[k], k, at);
            at += LINE;
        }
    return y + height + BETWEEN;
}

/* The arrow of a pair, which ends where its marks begin. */
static void add_arrow(struct plot *p, struct layout *l, const struct pair *pair)
{
    const struct finding *a = pair->rates[BEFORE], *b = pair->rates[AFTER];

    if (!a || !b || !isfinite(a->estimate) || !isfinite(b->estimate))
        return;
    double scale = (l->right - l->left) / (fmax(l->most, 1e-9) * 1.02 * 100);
    double x0 = x_of(l, a->estimate), x1 = x_of(l, b->estimate);
    double length = hypot(x1 - x0, LINE), ux = (x1 - x0) / length, uy = LINE / length;
    plot_cell_num(p, a->estimate * 100 + 5 * ux / scale);
    plot_cell_num(p, pair->y + 5 * uy);
    plot_cell_num(p, (length - 10) * ux / scale);
    plot_cell_num(p, (length - 10) * uy);
    plot_row(p);
    l->arrows++;
}

static void draw_block(struct plot *p, const struct layout *l, const struct block *b,
                       size_t rates, size_t arrows)
{
    double most = fmax(l->most * 100, 1e-9);
    struct text rows = TEXT_INIT;

    text_addf(&rows, "index %zu every ::%zu::%zu", rates, b->from + 1, b->to);
    plot_panel(p, l->left, l->right, b->top - 1, b->bottom + 1, 0, most * 1.02, false);
    plot_set(p, "set xtics %.9g scale 0 offset 0,0.4 font ',11.5' textcolor rgb 0x%06X\n"
             "set format x '%s'\nset grid xtics back linetype 1 linewidth .8 "
             "linecolor rgb 0x%06X", plot_step(most, l->right - l->left > 220 ? 5 : 3),
             INK_SOFT, b->to == l->rows ? "%g %%" : "", RULE);
    plot_with(p, "%s using ($3*100):1:(($4-$3)*100):(0) with vectors nohead linewidth 1.2 "
              "linecolor rgb 0x%06X", rows.s, FAINT);
    if (b->arrows_to > b->arrows_from)
        plot_with(p, "index %zu every ::%zu::%zu using 1:2:3:4 with vectors head filled "
                  "size screen %.5f,22 linewidth 1.3 linecolor rgb 0x%06X", arrows,
                  b->arrows_from + 1, b->arrows_to, 6 / p->width, INK);
    plot_with(p, "%s using ($2*100):1:8 with points pointtype 7 pointsize .9 linecolor rgb "
              "variable", rows.s);
    plot_with(p, "%s using ($7==1?$2*100:NaN):1 with points pointtype 7 pointsize .5 "
              "linecolor rgb 0x%06X", rows.s, PAPER);
    plot_panel_end(p);
    text_release(&rows);
}

static double add_head(struct plot *p, const struct layout *l, const struct block *b,
                       double y)
{
    struct text head = TEXT_INIT;
    double width = p->width - 2 * MARGIN;

    text_add(&head, b->backend);
    for (int k = BEFORE; k <= AFTER; k++)
        if (!b->has[!k]) {
            text_add(&head, " (");
            lookup_point_name(&head, l->points[k]);
            text_add(&head, " only)");
        }
    size_t lines = plot_paragraph(p, MARGIN, y + HEADER / 2., width, FACE_STRONG,
                                  ALIGN_LEFT, INK, head.s);
    text_release(&head);
    return y + HEADER + (double)(lines - 1) * plot_line_height(FACE_STRONG);
}

static double draw(struct plot *p, struct layout *l, double y)
{
    size_t rates = plot_block(p, "y\testimate\tlo\thi\tx\tn\topen\tcolour\tbackend\tpoint\t"
                                 "group");

    for (size_t b = 0; b < l->n; b++) {
        struct block *block = &l->blocks[b];
        y = add_head(p, l, block, y);
        block->top = y;
        block->from = l->rows;
        for (size_t i = 0; i < block->n; i++)
            y = add_pair(p, l, &block->pairs[i], y);
        block->to = l->rows;
        block->bottom = y - BETWEEN + 3;
    }
    size_t arrows = plot_block(p, "from\ty\tby\tdown");
    for (size_t b = 0; b < l->n; b++) {
        struct block *block = &l->blocks[b];
        block->arrows_from = l->arrows;
        for (size_t i = 0; i < block->n; i++)
            add_arrow(p, l, &block->pairs[i]);
        block->arrows_to = l->arrows;
    }
    for (size_t b = 0; b < l->n; b++)
        draw_block(p, l, &l->blocks[b], rates, arrows);
    return y + 22;
}

static void say(struct plot *p, const struct layout *l)
{
    for (size_t b = 0; b < l->n; b++) {
        text_addf(&p->alt, " %s:", l->blocks[b].backend);
        for (size_t i = 0; i < l->blocks[b].n; i++) {
            const struct pair *pair = &l->blocks[b].pairs[i];
            text_addf(&p->alt, "%s %s", i ? ";" : "", pair->label);
            for (int k = BEFORE; k <= AFTER; k++) {
                const struct finding *f = pair->rates[k];
                if (!f)
                    continue;
                text_addf(&p->alt, "%s %s ", k == AFTER && pair->rates[BEFORE] ? "," : "",
                          l->shorts[k]);
                format_estimate(&p->alt, UNIT_RATE, f->estimate, f->lo, f->hi);
            }
        }
        text_addch(&p->alt, '.');
    }
}

static void subtitle_words(const struct layout *l, const struct metric *metric,
                           struct text *to)
{
    const struct pair *first = &l->blocks[0].pairs[0];
    const struct finding *f = first->rates[first->rates[BEFORE] ? BEFORE : AFTER];

    text_addf(to, "%s; arrows from ", metric->title);
    lookup_point_name(to, l->points[BEFORE]);
    text_add(to, " (grey) to ");
    lookup_point_name(to, l->points[AFTER]);
    text_add(to, " (blue), thin lines: ");
    format_confidence(to, l->in->study->confidence);
    text_addf(to, " %% intervals (%s); at right the rate and %s/%s",
              prose_method(f->method), metric->hits, metric->trials);
}

int chart_dumbbell(struct plot *p, const struct chart_input *in, struct err *err)
{
    const struct study_chart *c = in->chart;
    const struct metric *metric = metric_find(c->metric);
    struct layout l = { .in = in, .points = { c->before, c->after } };
    struct text subtitle = TEXT_INIT, t = TEXT_INIT;
    int code = 0;

    struct names backends = lookup_backends(&l.arena, in->findings, c->metric);
    struct names groups = lookup_groups(&l.arena, in->study, in->findings, c->metric,
                                        c->by);
    l.blocks = arena_array(&l.arena, backends.n + 1, sizeof *l.blocks);
    l.all = arena_array(&l.arena, 2 * backends.n * groups.n + 1, sizeof *l.all);
    for (size_t b = 0; b < backends.n; b++)
        add_block(&l, backends.names[b], &groups);
    if (!l.pairs || l.pairs > PAIRS_MAX) {
        code = err_add(err, l.pairs ? ERR_LIMIT : ERR_INPUT,
                       "%s:%zu: chart '%s' would show %zu groups at '%s' or '%s', expected "
                       "1 to %d", in->study->path, c->line, c->id, l.pairs, c->before,
                       c->after, PAIRS_MAX);
        goto out;
    }
    for (int k = BEFORE; k <= AFTER; k++) {
        text_reset(&t);
        lookup_point_short(&t, l.points[k]);
        l.shorts[k] = arena_strdup(&l.arena, t.s);
    }
    measure(p, &l);
    subtitle_words(&l, metric, &subtitle);
    text_addf(&p->alt, "Arrows by group: %s.", metric->title);
    p->height = draw(p, &l, plot_head(p, c->title, subtitle.s));
    say(p, &l);
    marks_explain(&l.marks, "Open points", metric->hits, &p->note);
out:
    arena_release(&l.arena);
    text_release(&subtitle);
    text_release(&t);
    return code;
}
