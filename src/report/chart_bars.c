/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bars: rates by group within each backend. A row a group, the same rows for
 * every backend, one axis for all, so that the contrast within a backend and
 * the same group across backends are both seen at once. Each row ends with
 * its rate and its counts. `group`, if given, is picked out in the strong
 * colour.
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
#define GAP 12
#define LABEL_MAX 170
#define ROW 21
#define HEADER 26
#define ROWS_MAX 600

enum shape { BAR, HOLLOW, NO_BAR }; /* HOLLOW: an open point in place of the bar */

struct row {
    const struct finding *finding;
    const char *label;
    double y;
    struct text rate, counts;
};

struct block { /* the rows of one backend at one operating point */
    const char *backend, *point;
    struct row *rows;
    size_t n;
};

struct layout {
    struct arena arena;
    const struct chart_input *in;
    struct block *blocks;
    size_t n, rows;
    double label, rate, counts; /* widths of the columns */
    double most;                /* the largest upper limit */
    struct marks marks;
};

static void add_block(struct layout *l, const char *metric, const char *backend,
                      const char *point, const struct names *groups)
{
    struct block *b = &l->blocks[l->n];
    struct text scratch = TEXT_INIT;

    *b = (struct block){ .backend = backend, .point = point };
    b->rows = arena_array(&l->arena, groups->n, sizeof *b->rows);
    for (size_t i = 0; i < groups->n; i++) {
        const struct finding *f = lookup_row(l->in->study, l->in->findings, backend,
                                             metric, "", groups->names[i], "", point);
        if (!f)
            continue;
        struct row *row = &b->rows[b->n++];
        *row = (struct row){ .finding = f };
        row->label = arena_strdup(&l->arena,
                                  study_label(l->in->study, f->group, &scratch));
        text_init(&row->rate);
        text_init(&row->counts);
        if (isfinite(f->estimate))
            l->most = fmax(l->most, f->estimate);
        if (isfinite(f->hi))
            l->most = fmax(l->most, f->hi);
    }
    if (b->n) {
        l->n++;
        l->rows += b->n;
    }
    text_release(&scratch);
}

/* Words of every row, once all rows are known: they share their decimals. */
static void measure(struct layout *l)
{
    double *rates = arena_array(&l->arena, l->rows, sizeof *rates);
    size_t n = 0;

    for (size_t b = 0; b < l->n; b++)
        for (size_t i = 0; i < l->blocks[b].n; i++)
            rates[n++] = l->blocks[b].rows[i].finding->estimate;
    int decimals = format_decimals_column(UNIT_RATE, rates, n);
    for (size_t b = 0; b < l->n; b++)
        for (size_t i = 0; i < l->blocks[b].n; i++) {
            struct row *row = &l->blocks[b].rows[i];
            const struct finding *f = row->finding;
            if (f->flag == FLAG_SUPPRESSED) {
                text_add(&row->rate, "not printed");
            } else {
                format_value(&row->rate, UNIT_RATE, f->estimate, decimals);
                format_counts(&row->counts, f->x, f->n, false);
            }
            l->label = fmax(l->label, plot_text_width(FACE_BODY, row->label));
            l->rate = fmax(l->rate, plot_text_width(FACE_STRONG, row->rate.s));
            l->counts = fmax(l->counts, plot_text_width(FACE_BODY, row->counts.s));
        }
    l->label = fmin(l->label + 1, LABEL_MAX);
}

static void add_row(struct plot *p, struct layout *l, const struct block *b,
                    struct row *row, double *y)
{
    const char *strong = l->in->chart->group;
    const struct finding *f = row->finding;
    bool picked = strong && !strcmp(strong, f->group);
    bool hollow = marks_see(&l->marks, f);
    enum shape shape = f->flag == FLAG_SUPPRESSED || isnan(f->estimate) ? NO_BAR
                     : hollow ? HOLLOW : BAR;
    size_t lines = plot_lines(l->label, FACE_BODY, row->label);
    double line = plot_line_height(FACE_BODY);

    row->y = *y + (ROW + (double)(lines - 1) * line) / 2;
    *y = row->y + (ROW + (double)(lines - 1) * line) / 2;
    plot_cell_num(p, row->y);
    plot_cell_num(p, f->estimate);
    plot_cell_num(p, f->lo);
    plot_cell_num(p, f->hi);
    plot_cell_num(p, (double)f->x);
    plot_cell_num(p, (double)f->n);
    plot_cell_num(p, shape);
    plot_cell_num(p, picked ? STRONG : CALM);
    plot_cell(p, b->backend);
    plot_cell(p, b->point);
    plot_cell(p, f->group);
    plot_cell(p, row->label);
    plot_row(p);

    plot_paragraph(p, MARGIN, row->y - (double)(lines - 1) * line / 2, l->label,
                   FACE_BODY, ALIGN_LEFT, INK, row->label);
    plot_words(p, p->width - MARGIN - l->counts - GAP, row->y,
               picked ? FACE_STRONG : FACE_BODY, ALIGN_RIGHT, INK, row->rate.s);
    plot_words(p, p->width - MARGIN, row->y, FACE_BODY, ALIGN_RIGHT, INK_SOFT,
               row->counts.s);
}

static void say_block(struct plot *p, const struct block *b)
{
    const struct row *high = NULL, *low = NULL;

    for (size_t i = 0; i < b->n; i++) {
        const struct row *row = &b->rows[i];
        if (isnan(row->finding->estimate))
            continue;
        if (!high || row->finding->estimate > high->finding->estimate)
            high = row;
        if (!low || row->finding->estimate < low->finding->estimate)
            low = row;
    }
    if (!high)
        return;
    text_addch(&p->alt, ' ');
    lookup_backend_words(&p->alt, b->backend, b->point);
    text_addf(&p->alt, ": highest for %s, ", high->label);
    format_estimate(&p->alt, UNIT_RATE, high->finding->estimate, high->finding->lo,
                    high->finding->hi);
    text_addf(&p->alt, " (%s), lowest for %s, ", high->counts.s, low->label);
    format_estimate(&p->alt, UNIT_RATE, low->finding->estimate, low->finding->lo,
                    low->finding->hi);
    text_addf(&p->alt, " (%s).", low->counts.s);
}

/* The bars of one backend, `from` to `to` of the data; the last backend bears
 * the numbers of the axis. */
static void draw_block(struct plot *p, const struct layout *l, size_t block,
                       size_t from, size_t to, double top, double bottom)
{
    double left = MARGIN + l->label + GAP;
    double right = p->width - MARGIN - l->counts - 2 * GAP - l->rate;
    double most = fmax(l->most * 100, 1e-9);
    struct text rows = TEXT_INIT;

    text_addf(&rows, "index %zu every ::%zu::%zu", block, from + 1, to);
    plot_panel(p, left, right, top, bottom, 0, most * 1.02, false);
    plot_set(p, "set xtics %.9g scale 0 offset 0,0.4 font ',11.5' textcolor rgb 0x%06X\n"
             "set format x '%s'\nset grid xtics back linetype 1 linewidth .8 "
             "linecolor rgb 0x%06X", plot_step(most, right - left > 220 ? 5 : 3), INK_SOFT,
             to == l->rows ? "%g %%" : "", RULE);
    plot_with(p, "%s using ($7==%d?$2*100:NaN):1:(0):($2*100):($1-7):($1+7):8 with "
              "boxxyerror fillstyle solid 1 noborder linecolor rgb variable", rows.s, BAR);
    plot_with(p, "%s using ($3*100):1:(($4-$3)*100):(0) with vectors nohead linewidth 1.6 "
              "linecolor rgb 0x%06X", rows.s, INK);
    plot_with(p, "%s using ($7==%d?$2*100:NaN):1 with points pointtype 7 pointsize .8 "
              "linecolor rgb 0x%06X", rows.s, HOLLOW, INK);
    plot_with(p, "%s using ($7==%d?$2*100:NaN):1 with points pointtype 7 pointsize .5 "
              "linecolor rgb 0x%06X", rows.s, HOLLOW, PAPER);
    plot_panel_end(p);
    text_release(&rows);
}

static double draw_blocks(struct plot *p, struct layout *l, double y)
{
    struct text head = TEXT_INIT;
    double *top = arena_array(&l->arena, l->n, sizeof *top);
    double *bottom = arena_array(&l->arena, l->n, sizeof *bottom);
    size_t done = 0, block = plot_block(p, "y\testimate\tlo\thi\tx\tn\tshape\tcolour\t"
                                           "backend\tpoint\tgroup\tlabel");

    for (size_t b = 0; b < l->n; b++) {
        text_reset(&head);
        lookup_backend_words(&head, l->blocks[b].backend, l->blocks[b].point);
        y += b ? 5 : 0;
        plot_paragraph(p, MARGIN, y + HEADER / 2., p->width - 2 * MARGIN, FACE_STRONG,
                       ALIGN_LEFT, INK, head.s);
        y += HEADER + (double)(plot_lines(p->width - 2 * MARGIN, FACE_STRONG, head.s) - 1) *
                          plot_line_height(FACE_STRONG);
        top[b] = y - 1;
        for (size_t i = 0; i < l->blocks[b].n; i++)
            add_row(p, l, &l->blocks[b], &l->blocks[b].rows[i], &y);
        bottom[b] = y + 1;
        say_block(p, &l->blocks[b]);
    }
    for (size_t b = 0; b < l->n; b++) {
        draw_block(p, l, block, done, done + l->blocks[b].n, top[b], bottom[b]);
        done += l->blocks[b].n;
    }
    text_release(&head);
    return y + 26;
}

static void release_rows(struct layout *l)
{
    for (size_t b = 0; b < l->n; b++)
        for (size_t i = 0; i < l->blocks[b].n; i++) {
            text_release(&l->blocks[b].rows[i].rate);
            text_release(&l->blocks[b].rows[i].counts);
        }
    arena_release(&l->arena);
}

int chart_bars(struct plot *p, const struct chart_input *in, struct err *err)
{
    const struct study_chart *c = in->chart;
    const struct metric *metric = metric_find(c->metric);
    struct layout l = { .in = in };
    struct text subtitle = TEXT_INIT;
    int code = 0;

    struct names backends = lookup_backends(&l.arena, in->findings, c->metric);
    struct names points = lookup_points(&l.arena, in->findings, c->metric);
    struct names groups = lookup_groups(&l.arena, in->study, in->findings, c->metric,
                                        c->by);
    l.blocks = arena_array(&l.arena, backends.n * points.n, sizeof *l.blocks);
    for (size_t b = 0; b < backends.n; b++)
        for (size_t i = 0; i < points.n; i++)
            if (!c->point || !strcmp(c->point, points.names[i]))
                add_block(&l, c->metric, backends.names[b], points.names[i], &groups);
    if (!l.rows || l.rows > ROWS_MAX) {
        code = err_add(err, l.rows ? ERR_LIMIT : ERR_INPUT,
                       "%s:%zu: chart '%s' would show %zu rates, expected 1 to %d",
                       in->study->path, c->line, c->id, l.rows, ROWS_MAX);
        goto out;
    }
    measure(&l);
    text_addf(&subtitle, "%s with ", metric->title);
    format_confidence(&subtitle, in->study->confidence);
    text_addf(&subtitle, " %% intervals (%s); at right the rate and its counts, %s/%s",
              prose_method(l.blocks[0].rows[0].finding->method), metric->hits,
              metric->trials);
    text_addf(&p->alt, "Bars: %s by group.", metric->title);
    p->height = draw_blocks(p, &l, plot_head(p, c->title, subtitle.s));
    marks_explain(&l.marks, "Open points", metric->hits, &p->note);
out:
    release_rows(&l);
    text_release(&subtitle);
    return code;
}
