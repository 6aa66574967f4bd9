/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/ratelist.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/metric.h"
#include "report/format.h"

#define MARGIN 12
#define GAP 12
#define LABEL_MAX 196
#define ROW 21
#define HEADER 26
#define LINES_APART 8 /* more between labels of several lines */
#define SAY_ALL 8 /* rows of a block that are all said; of more, two */

/* SHAPE_OPEN: an open point in place of the bar. */
enum shape { SHAPE_BAR, SHAPE_OPEN, SHAPE_NONE, SHAPE_POINT, SHAPE_DIAMOND };

void ratelist_init(struct ratelist *l, const struct chart_input *in, enum mark mark)
{
    *l = (struct ratelist){ .arena = ARENA_INIT, .in = in, .mark = mark };
}

void ratelist_release(struct ratelist *l)
{
    for (size_t i = 0; i < l->n; i++)
        text_release(&l->rows[i].rate);
    free(l->rows);
    free(l->blocks);
    arena_release(&l->arena);
}

void ratelist_block(struct ratelist *l, const char *head)
{
    MEM_ROOM(l->blocks, l->n_blocks, l->cap_blocks);
    l->blocks[l->n_blocks++] = (struct rate_block){ .head = arena_strdup(&l->arena, head),
                                                    .from = l->n, .to = l->n };
}

void ratelist_row(struct ratelist *l, const struct finding *f, const char *label)
{
    const struct metric *metric = metric_find(f->metric);

    MEM_ROOM(l->rows, l->n, l->cap);
    struct rate_row *row = &l->rows[l->n++];
    *row = (struct rate_row){ .finding = f, .label = arena_strdup(&l->arena, label),
                              .mean = metric && metric->mean };
    text_init(&row->rate);
    l->means += row->mean;
    l->blocks[l->n_blocks - 1].to = l->n;
}

/* Words of every row, once all rows are known: they share their decimals. */
static void measure(struct ratelist *l)
{
    double *rates = arena_array(&l->arena, l->n + 1, sizeof *rates);
    struct text counts = TEXT_INIT;

    for (size_t i = 0; i < l->n; i++) {
        const struct finding *f = l->rows[i].finding;
        rates[i] = f->estimate;
        l->most = fmax(l->most, isfinite(f->estimate) ? f->estimate : 0);
        l->most = fmax(l->most, isfinite(f->hi) ? f->hi : 0);
    }
    int decimals = format_decimals_column(UNIT_RATE, rates, l->n);
    for (size_t i = 0; i < l->n; i++) {
        struct rate_row *row = &l->rows[i];
        const struct finding *f = row->finding;
        text_reset(&counts);
        if (f->flag == FLAG_SUPPRESSED) {
            text_add(&row->rate, "not printed");
        } else {
            format_value(&row->rate, UNIT_RATE, f->estimate, decimals);
            text_add(&counts, row->mean ? "mean " : "");
            format_counts(&counts, f->x, f->n, false);
        }
        row->counts = arena_strdup(&l->arena, counts.s);
        l->label = fmax(l->label, plot_text_width(FACE_BODY, row->label));
        l->rate = fmax(l->rate, plot_text_width(FACE_STRONG, row->rate.s));
        l->counts = fmax(l->counts, plot_text_width(FACE_BODY, row->counts));
    }
    l->label = fmin(l->label + 1, LABEL_MAX);
    text_release(&counts);
}

static enum shape shape_of(struct ratelist *l, const struct rate_row *row)
{
    bool open = marks_see(&l->marks, row->finding);

    if (row->finding->flag == FLAG_SUPPRESSED || isnan(row->finding->estimate))
        return SHAPE_NONE;
    if (row->mean)
        return SHAPE_DIAMOND;
    return open ? SHAPE_OPEN : l->mark == MARK_BAR ? SHAPE_BAR : SHAPE_POINT;
}

static void add_row(struct plot *p, struct ratelist *l, struct rate_row *row, double *y)
{
    const struct finding *f = row->finding;
    bool picked = l->picked && !strcmp(l->picked, f->group);
    size_t lines = plot_lines(l->label, FACE_BODY, row->label);
    double extra = (double)(lines - 1) * plot_line_height(FACE_BODY);

    double apart = lines > 1 ? LINES_APART : 0;
    row->y = *y + (ROW + extra + apart) / 2;
    *y += ROW + extra + apart;
    plot_cell_num(p, row->y);
    plot_cell_num(p, f->estimate);
    plot_cell_num(p, f->lo);
    plot_cell_num(p, f->hi);
    plot_cell_num(p, (double)f->x);
    plot_cell_num(p, (double)f->n);
    plot_cell_num(p, shape_of(l, row));
    plot_cell_num(p, picked || l->mark == MARK_POINT ? STRONG : CALM);
    plot_cell(p, f->backend);
    plot_cell(p, f->point);
    plot_cell(p, f->group);
    plot_cell(p, row->label);
    plot_row(p);

    plot_paragraph(p, MARGIN, row->y - extra / 2, l->label, FACE_BODY, ALIGN_LEFT, INK,
                   row->label);
    plot_words(p, p->width - MARGIN - l->counts - GAP, row->y,
               picked ? FACE_STRONG : FACE_BODY, ALIGN_RIGHT, INK, row->rate.s);
    plot_words(p, p->width - MARGIN, row->y, FACE_BODY, ALIGN_RIGHT, INK_SOFT,
               row->counts);
}

/* The marks of one block; the last block bears the numbers of the axis. */
static void draw_block(struct plot *p, const struct ratelist *l, size_t block,
                       const struct rate_block *b)
{
    double left = MARGIN + l->label + GAP;
    double right = p->width - MARGIN - l->counts - 2 * GAP - l->rate;
    double most = fmax(l->most * 100, 1e-9);
    struct text rows = TEXT_INIT;

    text_addf(&rows, "index %zu every ::%zu::%zu", block, b->from + 1, b->to);
    plot_panel(p, left, right, b->top - 1, b->bottom + 1, 0, most * 1.02, false);
    plot_set(p, "set xtics %.9g scale 0 offset 0,0.4 font ',11.5' textcolor rgb 0x%06X\n"
             "set format x '%s'\nset grid xtics back linetype 1 linewidth .8 "
             "linecolor rgb 0x%06X", plot_step(most, right - left > 220 ? 5 : 3), INK_SOFT,
             b->to == l->n ? "%g %%" : "", RULE);
    plot_with(p, "%s using ($7==%d?$2*100:NaN):1:(0):($2*100):($1-7):($1+7):8 with "
              "boxxyerror fillstyle solid 1 noborder linecolor rgb variable", rows.s,
              SHAPE_BAR);
    /* paper beside the whisker, so that it is seen on a bar of any colour */
    plot_with(p, "%s using ($7==%d?$3*100:NaN):1:(($4-$3)*100):(0) with vectors nohead "
              "linewidth 3.6 linecolor rgb 0x%06X", rows.s, SHAPE_BAR, PAPER);
    plot_with(p, "%s using ($3*100):1:(($4-$3)*100):(0) with vectors nohead linewidth 1.6 "
              "linecolor rgb 0x%06X", rows.s, INK);
    plot_with(p, "%s using ($7==%d?$2*100:NaN):1:8 with points pointtype 7 pointsize .8 "
              "linecolor rgb variable", rows.s, SHAPE_POINT);
    plot_with(p, "%s using ($7==%d?$2*100:NaN):1 with points pointtype 7 pointsize .8 "
              "linecolor rgb 0x%06X", rows.s, SHAPE_OPEN, INK);
    plot_with(p, "%s using ($7==%d?$2*100:NaN):1 with points pointtype 7 pointsize .5 "
              "linecolor rgb 0x%06X", rows.s, SHAPE_OPEN, PAPER);
    plot_with(p, "%s using ($7==%d?$2*100:NaN):1 with points pointtype 13 pointsize 1.1 "
              "linecolor rgb 0x%06X", rows.s, SHAPE_DIAMOND, INK);
    plot_with(p, "%s using ($7==%d?$2*100:NaN):1 with points pointtype 13 pointsize .65 "
              "linecolor rgb 0x%06X", rows.s, SHAPE_DIAMOND, PAPER);
    plot_panel_end(p);
    text_release(&rows);
}

double ratelist_draw(struct ratelist *l, struct plot *p, double y)
{
    size_t data = plot_block(p, "y\testimate\tlo\thi\tx\tn\tshape\tcolour\tbackend\tpoint\t"
                                "group\tlabel");
    double width = p->width - 2 * MARGIN;

    measure(l);
    for (size_t b = 0; b < l->n_blocks; b++) {
        struct rate_block *block = &l->blocks[b];
        if (block->from == block->to)
            continue;
        if (*block->head) {
            y += block->from ? 5 : 0;
            y += HEADER - plot_line_height(FACE_STRONG) +
                 plot_line_height(FACE_STRONG) *
                     (double)plot_paragraph(p, MARGIN, y + HEADER / 2., width, FACE_STRONG,
                                            ALIGN_LEFT, INK, block->head);
        }
        block->top = y;
        for (size_t i = block->from; i < block->to; i++)
            add_row(p, l, &l->rows[i], &y);
        block->bottom = y;
    }
    for (size_t b = 0; b < l->n_blocks; b++)
        if (l->blocks[b].from < l->blocks[b].to)
            draw_block(p, l, data, &l->blocks[b]);
    return y + 26;
}

static void say_row(const struct rate_row *row, struct text *to)
{
    text_addf(to, "%s, ", row->label);
    format_estimate(to, UNIT_RATE, row->finding->estimate, row->finding->lo,
                    row->finding->hi);
    text_addf(to, " (%s)", row->counts);
}

static void say_all(const struct ratelist *l, const struct rate_block *block,
                    struct text *to)
{
    if (block->from == block->to)
        return;
    text_addf(to, " %s%s", block->head, *block->head ? ": " : "");
    for (size_t i = block->from; i < block->to; i++) {
        text_add(to, i > block->from ? "; " : "");
        say_row(&l->rows[i], to);
    }
    text_addch(to, '.');
}

void ratelist_say(const struct ratelist *l, struct plot *p)
{
    for (size_t b = 0; b < l->n_blocks; b++) {
        const struct rate_block *block = &l->blocks[b];
        const struct rate_row *high = NULL, *low = NULL;
        if (block->to - block->from <= SAY_ALL) {
            say_all(l, block, &p->alt);
            continue;
        }
        for (size_t i = block->from; i < block->to; i++) {
            const struct rate_row *row = &l->rows[i];
            if (isnan(row->finding->estimate))
                continue;
            if (!high || row->finding->estimate > high->finding->estimate)
                high = row;
            if (!low || row->finding->estimate < low->finding->estimate)
                low = row;
        }
        if (!high)
            continue;
        text_addch(&p->alt, ' ');
        text_addf(&p->alt, "%s%s", block->head, *block->head ? ": " : "");
        text_add(&p->alt, "highest for ");
        say_row(high, &p->alt);
        text_add(&p->alt, ", lowest for ");
        say_row(low, &p->alt);
        text_addch(&p->alt, '.');
    }
}
