/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * trend: a number night by night with its interval as a band, the levels between steps
 * as a strong line, and a line down at every step.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/file.h"
#include "base/mem.h"
#include "report/gnuplot.h"
#include "report/html.h"
#include "report/plot.h"
#include "report/trend.h"

#define MARGIN 14
#define AXIS 58
#define HEIGHT 170
#define DOTS 420        /* nights drawn one by one; of more the median of each dot's */
#define LABELS 4        /* steps that are told in the chart */

struct dot {
    double at, value, lo, hi;
};

struct drawing {
    const struct trend *t;
    struct dot *dots;
    size_t n;
    double left, right, top, bottom; /* of the panel */
    double least, most;              /* of the scale */
    double first, last;              /* nights, in seconds */
};

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double median(double *v, size_t n)
{
    qsort(v, n, sizeof *v, by_value);
    return n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

/* The median of one column of the nights from `from` to `to`; NaN of none. */
static double column(const struct trend *t, size_t from, size_t to, int which, double *room)
{
    size_t n = 0;

    for (size_t i = from; i < to; i++) {
        const struct trend_night *y = &t->nights[i];
        double v = which == 0 ? y->value : which == 1 ? y->lo : y->hi;
        if (isfinite(v))
            room[n++] = v;
    }
    return n ? median(room, n) : NAN;
}

/* `most` dots at most, each of nights that follow one another. */
static struct dot *make_dots(const struct trend *t, size_t most, size_t *n)
{
    struct dot *dots = mem_array(most, sizeof *dots);
    double *room = mem_array(t->n, sizeof *room);

    *n = t->n < most ? t->n : most;
    for (size_t i = 0; i < *n; i++) {
        size_t from = i * t->n / *n, to = (i + 1) * t->n / *n;
        dots[i] = (struct dot){ (double)t->nights[from + (to - from) / 2].at,
                                column(t, from, to, 0, room), column(t, from, to, 1, room),
                                column(t, from, to, 2, room) };
    }
    free(room);
    return dots;
}

static void see(struct drawing *d, double v)
{
    if (isfinite(v)) {
        d->least = fmin(d->least, v);
        d->most = fmax(d->most, v);
    }
}

/* The scale holds values, bands and the limit; with some room. */
static void measure(struct drawing *d)
{
    double room;

    d->least = INFINITY;
    d->most = -INFINITY;
    for (size_t i = 0; i < d->n; i++) {
        see(d, d->dots[i].value);
        see(d, d->dots[i].lo);
        see(d, d->dots[i].hi);
    }
    see(d, d->t->limit);
    if (!(d->least < d->most)) {
        d->least = isfinite(d->least) ? d->least : 0;
        d->most = d->least + (d->least > 0 ? d->least : 1);
        d->least = d->least / 2;
    }
    room = .06 * (d->most - d->least);
    if (d->least >= 0 && d->least < 4 * room)
        d->least = 0;
    else
        d->least -= room;
    d->most += room;
    d->first = (double)d->t->nights[0].at;
    d->last = (double)d->t->nights[d->t->n - 1].at;
    if (d->last <= d->first)
        d->last = d->first + 86400;
}

static double place_x(const struct drawing *d, double at)
{
    return d->left + (d->right - d->left) * (at - d->first) / (d->last - d->first);
}

static double place_y(const struct drawing *d, double v)
{
    return d->bottom - (d->bottom - d->top) * (v - d->least) / (d->most - d->least);
}

void trend_date(int64_t at, struct text *to)
{
    time_t seconds = (time_t)at;
    struct tm tm;
    char date[24] = "";

    if (gmtime_r(&seconds, &tm))
        strftime(date, sizeof date, "%Y-%m-%d", &tm);
    text_add(to, date);
}

static size_t add_block(struct plot *p, const struct drawing *d)
{
    size_t block = plot_block(p, "x\ty\tylo\tyhi\tseconds\tvalue\tlo\thi");

    for (size_t i = 0; i < d->n; i++) {
        const struct dot *o = &d->dots[i];
        plot_cell_num(p, place_x(d, o->at));
        plot_cell_num(p, place_y(d, o->value));
        plot_cell_num(p, place_y(d, o->lo));
        plot_cell_num(p, place_y(d, o->hi));
        plot_cell_num(p, o->at);
        plot_cell_num(p, o->value);
        plot_cell_num(p, o->lo);
        plot_cell_num(p, o->hi);
        plot_row(p);
    }
    return block;
}

/* A level from one step to the next, each a block's two rows. */
static size_t add_levels(struct plot *p, const struct drawing *d)
{
    const struct trend *t = d->t;
    size_t block = plot_block(p, "x\ty\tlevel"), from = 0;

    for (size_t i = 0; t->level && i <= t->n_steps; i++) {
        size_t to = i < t->n_steps ? t->steps[i].at : t->n - 1;
        double ends[2] = { (double)t->nights[from].at, (double)t->nights[to].at };
        for (int k = 0; k < 2; k++) {
            plot_cell_num(p, place_x(d, ends[k]));
            plot_cell_num(p, place_y(d, t->level[from]));
            plot_cell_num(p, t->level[from]);
            plot_row(p);
        }
        from = to;
    }
    return block;
}

static void add_value_axis(struct plot *p, const struct drawing *d)
{
    double scale = d->t->unit == UNIT_RATIO ? 1 : 100;
    double step = plot_step((d->most - d->least) * scale, 5);
    struct text t = TEXT_INIT;

    for (double v = ceil(d->least * scale / step) * step; v <= d->most * scale; v += step) {
        double y = place_y(d, v / scale);
        text_reset(&t);
        text_addf(&t, d->t->unit == UNIT_RATE ? "%.6g %%" : "%.6g",
                  fabs(v) < step / 1e6 ? 0 : v);
        plot_words(p, d->left - 8, y, FACE_SMALL, ALIGN_RIGHT, INK_SOFT, t.s);
        plot_with(p, "index 0 every ::1::1 using (%.6g):(%.6g):(%.6g):(0) with vectors nohead "
                  "linewidth .8 linecolor rgb 0x%06X", d->left, y, d->right - d->left, RULE);
    }
    text_release(&t);
}

static void add_dates(struct plot *p, const struct drawing *d)
{
    int most = 4;
    double days = (d->last - d->first) / 86400;
    struct text t = TEXT_INIT;

    if (days < most)
        most = (int)fmax(1, floor(days));
    for (int i = 0; i <= most; i++) {
        double at = d->first + (d->last - d->first) * i / most;
        text_reset(&t);
        trend_date((int64_t)at, &t);
        plot_with(p, "index 0 every ::1::1 using (%.6g):(%.6g):(0):(%.6g) with vectors nohead "
                  "linewidth .8 linecolor rgb 0x%06X", place_x(d, at), d->bottom, 4., INK_SOFT);
        plot_words(p, place_x(d, at), d->bottom + 15, FACE_SMALL,
                   i == 0 ? ALIGN_LEFT : i == most ? ALIGN_RIGHT : ALIGN_CENTRE, INK_SOFT, t.s);
    }
    text_release(&t);
}

static void step_words(const struct trend *t, const struct trend_step *s, struct text *to)
{
    int decimals = format_decimals(t->unit, fabs(s->after - s->before));

    format_bare(to, t->unit, s->before, decimals);
    text_add(to, " → ");
    format_value(to, t->unit, s->after, decimals);
}

static double size_of(const struct trend_step *s)
{
    return fabs(s->after - s->before);
}

/* The steps that are told: the largest, where their words do not meet. */
static void add_steps(struct plot *p, const struct drawing *d)
{
    const struct trend *t = d->t;
    double taken[LABELS][2];
    size_t told = 0;
    struct text words = TEXT_INIT;
    bool *done = mem_array(t->n_steps, sizeof *done);

    for (size_t i = 0; i < t->n_steps; i++)
        plot_with(p, "index 0 every ::1::1 using (%.6g):(%.6g):(0):(%.6g) with vectors nohead "
                  "linewidth 1 dashtype (4,4) linecolor rgb 0x%06X",
                  place_x(d, (double)t->nights[t->steps[i].at].at), d->top - 4,
                  d->bottom - d->top + 4, INK);
    for (size_t round = 0; round < t->n_steps && told < LABELS; round++) {
        size_t best = 0;
        while (best < t->n_steps && done[best])
            best++;
        for (size_t i = 0; i < t->n_steps; i++)
            if (!done[i] && size_of(&t->steps[i]) > size_of(&t->steps[best]))
                best = i;
        done[best] = true;
        text_reset(&words);
        trend_date(t->nights[t->steps[best].at].at, &words);
        text_add(&words, ": ");
        step_words(t, &t->steps[best], &words);
        double half = plot_text_width(FACE_SMALL, words.s) / 2;
        double x = place_x(d, (double)t->nights[t->steps[best].at].at);
        x = fmin(fmax(x, MARGIN + half), p->width - MARGIN - half);
        bool free_place = true;
        for (size_t i = 0; i < told; i++)
            free_place &= x + half + 8 < taken[i][0] || x - half - 8 > taken[i][1];
        if (!free_place)
            continue;
        taken[told][0] = x - half;
        taken[told++][1] = x + half;
        plot_words(p, x, d->top - 13, FACE_SMALL, ALIGN_CENTRE, INK, words.s);
    }
    free(done);
    text_release(&words);
}

static void draw(struct plot *p, struct drawing *d)
{
    const struct trend *t = d->t;
    double y = plot_head(p, t->title, t->subtitle);
    size_t band, levels;

    d->left = MARGIN + AXIS;
    d->right = p->width - MARGIN;
    d->top = y + (t->n_steps ? 26 : 10);
    d->bottom = d->top + HEIGHT;
    p->height = d->bottom + 32;
    d->dots = make_dots(t, DOTS, &d->n);
    measure(d);
    band = add_block(p, d);
    levels = add_levels(p, d);
    plot_panel(p, d->left, d->right, d->top - 4, d->bottom + 4, d->left, d->right, false);
    plot_with(p, "index %zu every ::1 using 1:3:4 with filledcurves linecolor rgb 0x%06X "
              "fillstyle solid .45 noborder", band, CALM);
    add_value_axis(p, d);
    add_dates(p, d);
    if (d->n > 60)
        plot_with(p, "index %zu every ::1 using 1:2 with lines linewidth 1 linecolor rgb "
                  "0x%06X", band, INK_SOFT);
    else
        plot_with(p, "index %zu every ::1 using 1:2 with linespoints pointtype 7 pointsize .5 "
                  "linewidth .8 linecolor rgb 0x%06X", band, INK_SOFT);
    for (size_t i = 0; t->level && i <= t->n_steps; i++)
        plot_with(p, "index %zu every ::%zu::%zu using 1:2 with lines linewidth 2.2 linecolor "
                  "rgb 0x%06X", levels, 2 * i + 1, 2 * i + 2, STRONG);
    if (isfinite(t->limit)) {
        plot_with(p, "index 0 every ::1::1 using (%.6g):(%.6g):(%.6g):(0) with vectors nohead "
                  "linewidth 1.4 dashtype (8,4) linecolor rgb 0x%06X", d->left,
                  place_y(d, t->limit), d->right - d->left, INK);
        plot_words(p, d->right - 2, place_y(d, t->limit) - 8, FACE_SMALL, ALIGN_RIGHT, INK,
                   "allowed");
    }
    add_steps(p, d);
    plot_panel_end(p);
    free(d->dots);
}

void trend_words(const struct trend *t, struct text *to)
{
    const struct trend_night *last = &t->nights[t->n - 1];

    text_addf(to, "%zu %s, ", t->n, t->n == 1 ? "run" : "runs");
    trend_date(t->nights[0].at, to);
    text_add(to, " to ");
    trend_date(last->at, to);
    text_add(to, "; last ");
    format_value(to, t->unit, last->value, FORMAT_OWN);
    if (!isnan(last->lo)) {
        text_addch(to, ' ');
        format_interval(to, t->unit, last->lo, last->hi, FORMAT_OWN);
    }
    if (!t->level)
        text_add(to, ".");
    else if (!t->n_steps)
        text_add(to, "; no step that is told from noise.");
    else
        text_addf(to, "; %zu %s: ", t->n_steps, t->n_steps == 1 ? "step" : "steps");
    for (size_t i = 0; t->level && i < t->n_steps; i++) {
        trend_date(t->nights[t->steps[i].at].at, to);
        text_addch(to, ' ');
        step_words(t, &t->steps[i], to);
        text_add(to, i + 1 < t->n_steps ? ", " : ".");
    }
}

int trend_chart(const struct trend *t, const char *dir, const char *id, struct err *err)
{
    struct glyphs glyphs = GLYPHS_INIT;
    struct text gp = TEXT_INIT, tsv = TEXT_INIT;
    struct drawing d = { .t = t };
    char *name = mem_printf("%s.tsv", id);
    bool missing = false;
    struct plot p;

    plot_init(&p, id);
    p.width = 600;
    draw(&p, &d);
    plot_finish(&p, &glyphs, &gp, &tsv);
    int code = file_write_text(dir, name, &tsv, err);
    free(name);
    name = mem_printf("%s.gp", id);
    if (!code)
        code = file_write_text(dir, name, &gp, err);
    if (!code)
        code = gnuplot_draw(dir, &id, 1, &missing, err);
    if (missing)
        code = err_add(err, ERR_PROGRAM, "gnuplot: not found, so %s.svg was not drawn; "
                       "install it (Debian: gnuplot-nox) and run again", id);
    free(name);
    plot_release(&p);
    text_release(&gp);
    text_release(&tsv);
    glyphs_release(&glyphs);
    return code;
}

void trend_sparkline(const struct trend *t, int width, int height, const char *words,
                     struct text *to)
{
    struct drawing d = { .t = t, .left = 2, .right = width - 4, .top = 3,
                         .bottom = height - 3 };
    struct trend bare = *t;
    size_t dots = (size_t)width;

    d.dots = make_dots(t, dots, &d.n);
    bare.limit = NAN;
    d.t = &bare;
    measure(&d);
    html_addf(to, "<svg class=\"spark\" width=\"");
    text_addf(to, "%d\" height=\"%d\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"", width,
              height, width, height);
    html_text(to, words);
    text_add(to, "\"><polygon fill=\"#dfe6ec\" points=\"");
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < d.n; i++) {
            const struct dot *o = &d.dots[pass ? d.n - 1 - i : i];
            double v = pass ? o->lo : o->hi;
            if (isfinite(v))
                text_addf(to, "%.1f,%.1f ", place_x(&d, o->at), place_y(&d, v));
        }
    text_add(to, "\"/><polyline fill=\"none\" stroke=\"#595959\" points=\"");
    for (size_t i = 0; i < d.n; i++)
        if (isfinite(d.dots[i].value))
            text_addf(to, "%.1f,%.1f ", place_x(&d, d.dots[i].at),
                      place_y(&d, d.dots[i].value));
    text_add(to, "\"/>");
    for (size_t i = 0; i < t->n_steps; i++) {
        double x = place_x(&d, (double)t->nights[t->steps[i].at].at);
        text_addf(to, "<path stroke=\"#8a1160\" stroke-width=\"1.5\" d=\"M%.1f 0V%d\"/>", x,
                  height);
    }
    text_addf(to, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"2.2\" fill=\"#14508c\"/></svg>",
              place_x(&d, (double)t->nights[t->n - 1].at),
              place_y(&d, t->nights[t->n - 1].value));
    free(d.dots);
}
