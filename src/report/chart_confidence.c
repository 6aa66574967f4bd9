/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * confidence: what a backend's stated confidence is worth, by group. Above, the
 * error among the answers of each stated confidence, a small panel a group; were
 * the confidence honest, the error would be what it lacks to 1, the dashed line.
 * Below, how many of the wrong answers were given surely.
 *
 * Shows the metrics `calibration` (points confidence=0.9..1) and
 * `sure_when_wrong` (points confidence>=0.9), of which one may be missing.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/metric.h"
#include "report/chart.h"
#include "report/format.h"
#include "report/lookup.h"
#include "report/prose.h"
#include "report/ratelist.h"
#include "report/upright.h"

#define MARGIN 12
#define ACROSS 2
#define AXIS 46        /* room for the numbers of an axis */
#define BETWEEN 14     /* panels side by side */
#define HEIGHT 110
#define PANELS_MAX 60
#define CALIBRATION "calibration"
#define SURE "sure_when_wrong"

struct bin {
    const struct finding *finding;
    double from, to;
};

struct panel {
    const char *backend, *label;
    struct bin *bins;
    size_t n;
};

struct confidence {
    struct arena arena;
    const struct chart_input *in;
    struct panel *panels;
    size_t n;
    double from, to; /* of the stated confidence */
    double most;
    struct marks marks;
};

/* "confidence=0.9..1"; false if it is not of that form. */
static bool parse_bin(const char *point, struct bin *bin)
{
    static const char begins[] = "confidence=";
    char *end;

    if (strncmp(point, begins, strlen(begins)))
        return false;
    bin->from = strtod(point + strlen(begins), &end);
    if (strncmp(end, "..", 2))
        return false;
    bin->to = strtod(end + 2, &end);
    return !*end && bin->from >= 0 && bin->from < bin->to && bin->to <= 1;
}

static int by_place(const void *a, const void *b)
{
    const struct bin *x = a, *y = b;
    return x->from < y->from ? -1 : x->from > y->from;
}

/* The bins of a backend and a group. */
static void fill(struct confidence *c, struct panel *panel, const char *group,
                 const struct names *points)
{
    struct bin bin = { NULL, 0, 0 };

    panel->bins = arena_array(&c->arena, points->n + 1, sizeof *panel->bins);
    for (size_t i = 0; i < points->n; i++) {
        if (!parse_bin(points->names[i], &bin))
            continue;
        bin.finding = lookup_row(c->in->study, c->in->findings, panel->backend,
                                 CALIBRATION, "", group, "", points->names[i]);
        if (!bin.finding || !isfinite(bin.finding->estimate))
            continue;
        panel->bins[panel->n++] = bin;
        c->from = fmin(c->from, bin.from);
        c->to = fmax(c->to, bin.to);
        c->most = fmax(c->most, fmax(bin.finding->estimate,
                                     isfinite(bin.finding->hi) ? bin.finding->hi : 0));
    }
    qsort(panel->bins, panel->n, sizeof *panel->bins, by_place);
}

static void collect(struct confidence *c)
{
    const struct chart_input *in = c->in;
    struct names backends = lookup_backends(&c->arena, in->findings, CALIBRATION);
    struct names points = lookup_points(&c->arena, in->findings, CALIBRATION);
    struct names groups = lookup_groups(&c->arena, in->study, in->findings, CALIBRATION,
                                        in->chart->by);
    struct text scratch = TEXT_INIT;

    c->panels = arena_array(&c->arena, backends.n * groups.n + 1, sizeof *c->panels);
    for (size_t b = 0; b < backends.n; b++)
        for (size_t g = 0; g < groups.n; g++) {
            struct panel *panel = &c->panels[c->n];
            *panel = (struct panel){ .backend = backends.names[b] };
            fill(c, panel, groups.names[g], &points);
            if (!panel->n)
                continue;
            panel->label = arena_strdup(&c->arena, study_label(in->study, groups.names[g],
                                                               &scratch));
            c->n++;
        }
    text_release(&scratch);
}

/* Counts below the bins, on as many lines as keep them apart; how many. */
static int add_counts(struct plot *p, const struct confidence *c, const struct panel *panel,
                      const struct upright *u, double y)
{
    double scale = (u->right - u->left) / (c->to - c->from), widest = 0, narrowest = INFINITY;
    struct text t = TEXT_INIT;

    for (size_t i = 0; i < panel->n; i++) {
        text_reset(&t);
        format_counts(&t, panel->bins[i].finding->x, panel->bins[i].finding->n, false);
        widest = fmax(widest, plot_text_width(FACE_SMALL, t.s) + 4);
        narrowest = fmin(narrowest, (panel->bins[i].to - panel->bins[i].from) * scale);
    }
    int levels = (int)fmin(4, fmax(1, ceil(widest / narrowest)));
    for (size_t i = 0; i < panel->n; i++) {
        const struct bin *bin = &panel->bins[i];
        double x = u->left + ((bin->from + bin->to) / 2 - c->from) * scale;
        text_reset(&t);
        format_counts(&t, bin->finding->x, bin->finding->n, false);
        /* the last one would stick out to the right */
        double half = plot_text_width(FACE_SMALL, t.s) / 2;
        plot_words(p, fmin(x, u->right + BETWEEN / 2. - half),
                   y + (double)(i % (size_t)levels) * plot_line_height(FACE_SMALL),
                   FACE_SMALL, ALIGN_CENTRE, INK_SOFT, t.s);
    }
    text_release(&t);
    return levels;
}

/* The stated confidences below a panel. */
static void add_scale(struct plot *p, const struct confidence *c, const struct upright *u,
                      double y)
{
    double step = plot_step(c->to - c->from, 5);
    struct text t = TEXT_INIT;

    for (int i = (int)ceil(c->from / step - 1e-9); i * step <= c->to + 1e-9; i++) {
        text_reset(&t);
        text_addf(&t, "%.3g", i * step);
        plot_words(p, u->left + (i * step - c->from) / (c->to - c->from) *
                   (u->right - u->left), y, FACE_SMALL, ALIGN_CENTRE, INK_SOFT, t.s);
    }
    text_release(&t);
}

/* Returns the y below its last line. */
static double add_panel(struct plot *p, struct confidence *c, const struct panel *panel,
                        double x, double width, double y)
{
    size_t block = plot_block(p, upright_columns);
    size_t heads = plot_paragraph(p, x, y + 10, width, FACE_BODY, ALIGN_LEFT, INK,
                                  panel->label);
    double top = y + 14 + (double)heads * plot_line_height(FACE_BODY);
    struct upright u = { x + AXIS, x + width, top, top + HEIGHT, c->most * 1.04 };

    for (size_t i = 0; i < panel->n; i++) {
        const struct bin *bin = &panel->bins[i];
        upright_cells(p, &u, bin->finding, (bin->from + bin->to) / 2,
                      marks_see(&c->marks, bin->finding));
        plot_row(p);
    }
    upright_begin(p, &u, c->from, c->to);
    /* error = 1 − confidence, from where it enters the panel */
    double from = fmax(c->from, 1 - u.most), y0 = upright_y(&u, 1 - from);
    if (from < c->to)
        plot_with(p, "index 0 every ::1::1 using (%.9g):(%.6g):(%.9g):(%.6g) with vectors "
                  "nohead linewidth 1.2 dashtype (6,4) linecolor rgb 0x%06X", from, y0,
                  c->to - from, upright_y(&u, 1 - c->to) - y0, INK_SOFT);
    upright_marks(p, block, 0, panel->n, STRONG, 7);
    plot_panel_end(p);
    add_scale(p, c, &u, u.bottom + 14);
    return u.bottom + 30 + plot_line_height(FACE_SMALL) *
                               add_counts(p, c, panel, &u, u.bottom + 30);
}

static void say(struct plot *p, const struct panel *panel)
{
    struct text t = TEXT_INIT;

    text_addf(&p->alt, " %s, %s:", panel->backend, panel->label);
    for (size_t i = 0; i < panel->n; i++) {
        text_reset(&t);
        lookup_point_short(&t, panel->bins[i].finding->point);
        text_addf(&p->alt, "%s %s ", i ? "," : "", t.s);
        format_estimate(&p->alt, UNIT_RATE, panel->bins[i].finding->estimate,
                        panel->bins[i].finding->lo, panel->bins[i].finding->hi);
    }
    text_addch(&p->alt, '.');
    text_release(&t);
}

static double add_panels(struct plot *p, struct confidence *c, double y)
{
    double width = (p->width - 2 * MARGIN - (ACROSS - 1) * BETWEEN) / ACROSS, low = y;
    size_t column = 0;

    if (!c->n)
        return y;
    text_addf(&p->alt, " Error by stated confidence.");
    for (size_t i = 0; i < c->n; i++) {
        const struct panel *panel = &c->panels[i];
        if (!i || strcmp(panel->backend, c->panels[i - 1].backend)) {
            y = low;
            column = 0;
            plot_words(p, MARGIN, y + 12, FACE_STRONG, ALIGN_LEFT, INK, panel->backend);
            low = y += 22;
        } else if (column == ACROSS) {
            y = low;
            column = 0;
        }
        low = fmax(low, add_panel(p, c, panel, MARGIN + (double)column * (width + BETWEEN),
                                  width, y));
        column++;
        say(p, panel);
    }
    return low + 6;
}

/* How sure the wrong answers were. */
static void collect_sure(struct ratelist *l)
{
    const struct chart_input *in = l->in;
    struct names backends = lookup_backends(&l->arena, in->findings, SURE);
    struct names points = lookup_points(&l->arena, in->findings, SURE);
    struct names groups = lookup_groups(&l->arena, in->study, in->findings, SURE,
                                        in->chart->by);
    struct text head = TEXT_INIT, scratch = TEXT_INIT;

    for (size_t b = 0; b < backends.n; b++)
        for (size_t i = 0; i < points.n; i++) {
            text_reset(&head);
            text_addf(&head, "%s: share of its wrong answers ", backends.names[b]);
            lookup_point_words(&head, points.names[i]);
            ratelist_block(l, head.s);
            for (size_t g = 0; g < groups.n; g++) {
                const struct finding *f = lookup_row(in->study, in->findings,
                                                     backends.names[b], SURE, "",
                                                     groups.names[g], "",
                                                     points.names[i]);
                if (f)
                    ratelist_row(l, f, study_label(in->study, f->group, &scratch));
            }
        }
    text_release(&head);
    text_release(&scratch);
}

int chart_confidence(struct plot *p, const struct chart_input *in, struct err *err)
{
    const struct study_chart *chart = in->chart;
    struct confidence c = { .in = in, .from = 1, .to = 0 };
    struct text subtitle = TEXT_INIT;
    struct ratelist l;
    int code = 0;

    ratelist_init(&l, in, MARK_POINT);
    l.picked = chart->group;
    collect(&c);
    collect_sure(&l);
    if ((!c.n && !l.n) || c.n > PANELS_MAX || l.n > RATELIST_MAX) {
        code = err_add(err, c.n || l.n ? ERR_LIMIT : ERR_INPUT,
                       "%s:%zu: chart '%s' would show %zu panels and %zu shares, expected 1 "
                       "to %d and %d (are '" CALIBRATION "' and '" SURE "' among the "
                       "metrics, and do the predictions state a confidence?)",
                       in->study->path, chart->line, chart->id, c.n, l.n, PANELS_MAX,
                       RATELIST_MAX);
        goto out;
    }
    if (c.n)
        text_add(&subtitle, "Error among the answers of each stated confidence, below it "
                            "misclassified/classified; dashed: what the error would be if "
                            "the confidence were honest. ");
    text_add(&subtitle, "Lines: ");
    format_confidence(&subtitle, in->study->confidence);
    text_add(&subtitle, " % intervals");
    double y = add_panels(p, &c, plot_head(p, chart->title, subtitle.s) + 2);
    if (l.n) {
        text_addf(&p->alt, " %s.", metric_find(SURE)->title);
        y = ratelist_draw(&l, p, y);
        ratelist_say(&l, p);
    }
    p->height = y + 4;
    marks_explain(c.n ? &c.marks : &l.marks, "Open points",
                  metric_find(c.n ? CALIBRATION : SURE)->hits, &p->note);
out:
    arena_release(&c.arena);
    ratelist_release(&l);
    text_release(&subtitle);
    return code;
}
