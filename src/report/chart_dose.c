/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dose-response: a rate against the dose of a change of the same images, a panel a
 * change and backend, two panels side by side. A group is a line on a band, its interval;
 * a large mark says that the rate is higher there than on the same faces as they are.
 * Doses stand at equal distances in their order, with the images as they are among them.
 *
 * With more groups than LINES_MAX two of them, those of the chart's keys group and versus
 * or else the ones whose rates rise most and least, stand out, and the others are thin
 * lines behind them.
 */
#include <math.h>
#include <string.h>

#include "model/metric.h"
#include "report/chart.h"
#include "report/doses.h"
#include "report/format.h"
#include "report/lookup.h"
#include "report/upright.h"

#define MARGIN 12
#define AXIS 44
#define GAP 18
#define HEIGHT 130
#define HEAD 26
#define TRIALS_LEAST 10 /* of a group that may stand out */
#define LINES_MAX 3
#define GROUPS_MAX 40
#define PANELS_MAX 48
#define DOSES_MAX STUDY_MAX_DOSES

static const struct style {
    unsigned colour, band;
    int pointtype;
    const char *dash, *words;
} styles[LINES_MAX] = {
    { STRONG, 0xDCE5EE, 7, "", "blue circles" },
    { INK_SOFT, 0xE4E4E4, 5, "dashtype (6,3)", "grey squares, dashed" },
    { INK, 0xEFEFEF, 9, "dashtype (2,2)", "black triangles, dotted" },
};

struct dosing {
    struct arena arena;
    const struct chart_input *in;
    const struct metric *metric;
    const char **groups;
    size_t n;                 /* those that stand out come first */
    size_t strong;
    double most;
    size_t from, to;          /* doses of the study in the panel at hand */
    size_t clean;             /* place of the images as they are among them */
    bool falls;               /* the mild end is the high one: doses run downwards */
};

static const struct finding *rate_at(const struct dosing *g, const char *backend,
                                     const char *group, const char *point)
{
    const struct finding *f = lookup_row(g->in->study, g->in->findings, backend,
                                         g->metric->name, "", group, "", point);

    return f && isfinite(f->estimate) ? f : NULL;
}

/* The sum of a group's rises: how it fares over the whole chart. */
static double harm(const struct dosing *g, const char *group)
{
    const struct findings *f = g->in->findings;
    double sum = 0;

    for (size_t i = 0; i < f->n; i++)
        if (!strcmp(f->rows[i].group, group) && isfinite(f->rows[i].estimate) &&
            &f->rows[i] == doses_rise(f, f->rows[i].backend, g->metric->name, group,
                                      f->rows[i].point))
            sum += f->rows[i].estimate;
    return sum;
}

static void bring(struct dosing *g, size_t to, const char *group)
{
    for (size_t i = to; i < g->n; i++)
        if (!strcmp(g->groups[i], group)) {
            const char *there = g->groups[i];
            memmove(&g->groups[to + 1], &g->groups[to], (i - to) * sizeof *g->groups);
            g->groups[to] = there;
            return;
        }
}

/* True if a group has so many trials on the images as they are that it may stand for what
 * a change does. */
static bool is_large(const struct dosing *g, const char *group)
{
    const struct findings *f = g->in->findings;
    long at = findings_find(f, NULL, g->metric->name, group, "", g->in->study->clean, NULL);

    return at >= 0 && f->rows[at].n >= TRIALS_LEAST;
}

/* Which groups stand out, and so come first. */
static void choose(struct dosing *g)
{
    const struct study_chart *c = g->in->chart;
    const char *most = NULL, *least = NULL;
    size_t large = 0;

    g->strong = g->n;
    if (g->n <= LINES_MAX)
        return;
    g->strong = 2;
    for (size_t i = 0; i < g->n; i++)
        large += is_large(g, g->groups[i]);
    for (size_t i = 0; i < g->n; i++) {
        const char *group = g->groups[i];
        if (large > 1 && !is_large(g, group))
            continue;
        most = !most || harm(g, group) > harm(g, most) ? group : most;
        least = !least || harm(g, group) < harm(g, least) ? group : least;
    }
    if (least == most)
        least = g->groups[g->n - 1];
    bring(g, 0, c->group ? c->group : most);
    bring(g, 1, c->versus ? c->versus : least);
}

static void find_most(struct dosing *g)
{
    const struct findings *f = g->in->findings;

    for (size_t i = 0; i < f->n; i++) {
        const struct finding *r = &f->rows[i];
        if (strcmp(r->metric, g->metric->name) || !*r->backend ||
            (strcmp(r->point, g->in->study->clean) &&
             !study_dose_at(g->in->study, r->point)))
            continue;
        for (size_t k = 0; k < g->n; k++)
            if (!strcmp(r->group, g->groups[k])) {
                double hi = k < g->strong && isfinite(r->hi) ? r->hi : r->estimate;
                g->most = isfinite(hi) ? fmax(g->most, hi) : g->most;
            }
    }
    g->most = fmin(1, fmax(g->most, 1e-6));
}

/* The doses of one change: where they begin and end, and where clean stands. */
static void set_change(struct dosing *g, size_t from)
{
    const struct study *s = g->in->study;
    enum dose_kind kind = s->doses[from].change.steps[0].kind;
    size_t below = 0;

    g->from = g->to = from;
    while (g->to < s->n_doses && s->doses[g->to].change.steps[0].kind == kind) {
        below += dose_distance(s->doses[g->to].change.steps[0]) < 0;
        g->to++;
    }
    g->falls = below == g->to - from; /* then clean stands first and doses run down */
    g->clean = g->falls ? 0 : below;
}

/* The i-th place of the panel: a dose, or NULL for the images as they are. */
static const struct study_dose *at_place(const struct dosing *g, size_t i)
{
    const struct study *s = g->in->study;

    if (i == g->clean)
        return NULL;
    i -= i > g->clean;
    return &s->doses[g->falls ? g->to - 1 - i : g->from + i];
}

static void add_line(struct plot *p, const struct dosing *g, const struct upright *u,
                     const char *backend, const char *group)
{
    for (size_t i = 0; i <= g->to - g->from; i++) {
        const struct study_dose *d = at_place(g, i);
        const struct finding *f = rate_at(g, backend, group, d ? d->point : g->in->study->clean);
        const struct finding *r = !d ? NULL
            : doses_rise(g->in->findings, backend, g->metric->name, group, d->point);
        if (!f)
            continue;
        upright_cells(p, u, f, (double)i + .5, r && doses_shown(g->in->study, r));
        plot_row(p);
    }
}

/* How the images as they are stand on the axis: by their dose where others stand on both
 * sides of it. */
static void add_clean(const struct dosing *g, struct text *to)
{
    enum dose_kind kind = g->in->study->doses[g->from].change.steps[0].kind;

    if (g->clean && g->clean < g->to - g->from)
        dose_add_short(to, (struct dose){ kind, dose_kinds[kind].clean });
    else
        text_add(to, "as is");
}

static void add_places(struct plot *p, const struct dosing *g, const struct upright *u)
{
    double step = (u->right - u->left) / (double)(g->to - g->from + 1);
    struct text t = TEXT_INIT;

    for (size_t i = 0; i <= g->to - g->from; i++) {
        const struct study_dose *d = at_place(g, i);
        text_reset(&t);
        if (d)
            dose_add_short(&t, d->change.steps[0]);
        else
            add_clean(g, &t);
        plot_words(p, u->left + ((double)i + .5) * step, u->bottom + 11, FACE_SMALL,
                   ALIGN_CENTRE, d ? INK_SOFT : INK, t.s);
    }
    text_release(&t);
}

static void add_panel(struct plot *p, const struct dosing *g, const char *backend,
                      const struct upright *u)
{
    static const char columns[] = "x\ty\tylo\tyhi\tshown\testimate\tlo\thi\thits\ttrials\t"
                                  "backend\tpoint\tgroup";
    const struct dose_about *about =
        &dose_kinds[g->in->study->doses[g->from].change.steps[0].kind];
    size_t blocks[GROUPS_MAX], places = g->to - g->from + 1;
    struct text head = TEXT_INIT;

    text_add(&head, about->title);
    if (*about->unit)
        text_addf(&head, " (%s)", about->unit);
    plot_words(p, u->left - AXIS + 6, u->top - 14, FACE_STRONG, ALIGN_LEFT, INK, head.s);
    text_release(&head);
    for (size_t k = 0; k < g->n; k++) {
        blocks[k] = plot_block(p, columns);
        add_line(p, g, u, backend, g->groups[k]);
    }
    upright_begin(p, u, 0, (double)places);
    plot_with(p, "index 0 every ::1::1 using (%.6g):(%.6g):(0):(%.6g) with vectors nohead "
              "linewidth .8 dashtype (2,3) linecolor rgb 0x%06X", (double)g->clean + .5,
              u->bottom, u->top - u->bottom, FAINT);
    for (size_t k = g->strong; k-- > 0;)
        plot_with(p, "index %zu every ::1 using 1:3:4 with filledcurves fillstyle "
                  "transparent solid .6 noborder fillcolor rgb 0x%06X", blocks[k],
                  styles[k].band);
    for (size_t k = g->strong; k < g->n; k++)
        plot_with(p, "index %zu every ::1 using 1:2 with lines linewidth .9 linecolor rgb "
                  "0x%06X", blocks[k], CALM);
    for (size_t k = g->strong; k-- > 0;) {
        plot_with(p, "index %zu every ::1 using 1:2 with lines linewidth 1.8 %s linecolor "
                  "rgb 0x%06X", blocks[k], styles[k].dash, styles[k].colour);
        plot_with(p, "index %zu every ::1 using 1:2 with points pointtype %d pointsize .45 "
                  "linecolor rgb 0x%06X", blocks[k], styles[k].pointtype, styles[k].colour);
        plot_with(p, "index %zu every ::1 using ($5==1?$1:NaN):2 with points pointtype %d "
                  "pointsize 1.15 linecolor rgb 0x%06X", blocks[k], styles[k].pointtype,
                  styles[k].colour);
    }
    plot_panel_end(p);
    add_places(p, g, u);
}

static void say(struct plot *p, const struct dosing *g, const char *backend)
{
    struct text scratch = TEXT_INIT;

    text_addf(&p->alt, " %s, %s:", backend,
              dose_kinds[g->in->study->doses[g->from].change.steps[0].kind].title);
    for (size_t k = 0; k < g->strong; k++) {
        text_addf(&p->alt, "%s %s", k ? ";" : "",
                  study_label(g->in->study, g->groups[k], &scratch));
        for (size_t i = 0; i <= g->to - g->from; i++) {
            const struct study_dose *d = at_place(g, i);
            const struct finding *f = rate_at(g, backend, g->groups[k], d ? d->point : g->in->study->clean);
            if (!f)
                continue;
            text_add(&p->alt, i ? ", " : " ");
            if (d)
                dose_add_short(&p->alt, d->change.steps[0]);
            else
                text_add(&p->alt, "as is");
            text_add(&p->alt, ": ");
            format_value(&p->alt, UNIT_RATE, f->estimate, 1);
        }
    }
    text_addch(&p->alt, '.');
    text_release(&scratch);
}

/* Who is which line; returns the y below. */
static double add_key(struct plot *p, const struct dosing *g, double y)
{
    struct text scratch = TEXT_INIT;
    double x = MARGIN, line = plot_line_height(FACE_BODY) + 4;

    for (size_t k = 0; k <= g->strong; k++) {
        bool rest = k == g->strong;
        if (rest && g->strong == g->n)
            break;
        const char *words = rest ? "other groups"
                                 : study_label(g->in->study, g->groups[k], &scratch);
        double width = 34 + plot_text_width(FACE_BODY, words) + 18;
        if (x + width > p->width && x > MARGIN) {
            x = MARGIN;
            y += line;
        }
        plot_panel(p, x, x + 28, y, y + line, 0, 1, false);
        plot_with(p, "index 0 every ::1::1 using (0):(%.6g):(1):(0) with vectors nohead "
                  "linewidth %g %s linecolor rgb 0x%06X", y + line / 2, rest ? .9 : 1.8,
                  rest ? "" : styles[k].dash, rest ? (unsigned)CALM : styles[k].colour);
        if (!rest)
            plot_with(p, "index 0 every ::1::1 using (.5):(%.6g) with points pointtype %d "
                      "pointsize 1.15 linecolor rgb 0x%06X", y + line / 2,
                      styles[k].pointtype, styles[k].colour);
        plot_panel_end(p);
        plot_words(p, x + 34, y + line / 2, FACE_BODY, ALIGN_LEFT,
                   rest ? INK_SOFT : styles[k].colour, words);
        x += width;
    }
    text_release(&scratch);
    return y + line + 4;
}

static int refuse(const struct chart_input *in, const char *what, struct err *err)
{
    return err_add(err, ERR_INPUT, "%s:%zu: chart '%s': %s", in->study->path,
                   in->chart->line, in->chart->id, what);
}

static int prepare(struct dosing *g, struct names *backends, struct err *err)
{
    const struct chart_input *in = g->in;
    struct names groups = lookup_groups(&g->arena, in->study, in->findings,
                                        g->metric->name, in->chart->by);

    *backends = lookup_backends(&g->arena, in->findings, g->metric->name);
    if (!in->study->n_doses)
        return refuse(in, "the study has no doses, expected the key doses", err);
    if (!groups.n || !backends->n)
        return refuse(in, "there are no rates by these axes, expected counts of them", err);
    if (groups.n > GROUPS_MAX || backends->n * DOSE_KINDS > PANELS_MAX)
        return err_add(err, ERR_LIMIT, "%s:%zu: chart '%s' would show %zu groups of %zu "
                       "backends, expected at most %d of %d", in->study->path,
                       in->chart->line, in->chart->id, groups.n, backends->n, GROUPS_MAX,
                       PANELS_MAX / DOSE_KINDS);
    g->groups = groups.names;
    g->n = groups.n;
    choose(g);
    find_most(g);
    return 0;
}

static void explain(struct plot *p, const struct dosing *g)
{
    text_addf(&p->note, "Bands: %g %% intervals. Large marks: higher than on the same faces "
              "as they are, p below %.3g after Holm's correction over all doses of the "
              "change, groups and backends. Doses stand at equal distances, whatever their "
              "size.", 100 * g->in->study->confidence, 1 - g->in->study->confidence);
    if (g->strong < g->n && !g->in->chart->group)
        text_add(&p->note, " The two groups that stand out are those whose rates rise most "
                 "and least over all panels.");
}

int chart_dose(struct plot *p, const struct chart_input *in, struct err *err)
{
    struct dosing g = { .in = in, .metric = metric_find(in->chart->metric) };
    struct names backends;
    struct text subtitle = TEXT_INIT;
    int code = prepare(&g, &backends, err);

    if (code)
        goto out;
    text_addf(&subtitle, "%s, by the dose of a change of the same images", g.metric->title);
    text_addf(&p->alt, "Lines of %s against the dose of a change.", g.metric->axis);
    double y = plot_head(p, in->chart->title, subtitle.s) + 4;
    double key = y, width = (p->width - 2 * MARGIN - GAP) / 2 - AXIS;
    bool keyed = false;

    y += plot_line_height(FACE_BODY) + 12;
    for (size_t b = 0; b < backends.n; b++) {
        size_t column = 0;
        if (backends.n > 1) {
            plot_words(p, MARGIN, y + 8, FACE_STRONG, ALIGN_LEFT, INK, backends.names[b]);
            y += 20;
        }
        for (size_t from = 0; from < in->study->n_doses; from = g.to, column ^= 1) {
            double left = MARGIN + AXIS + (double)column * (width + AXIS + GAP);
            const struct upright u = { left, left + width, y + HEAD, y + HEAD + HEIGHT,
                                       g.most * 1.04 };
            set_change(&g, from);
            add_panel(p, &g, backends.names[b], &u);
            say(p, &g, backends.names[b]);
            if (column || g.to == in->study->n_doses)
                y += HEAD + HEIGHT + 30;
            if (!keyed)
                add_key(p, &g, key);
            keyed = true;
        }
    }
    p->height = y + 4;
    explain(p, &g);
out:
    arena_release(&g.arena);
    text_release(&subtitle);
    return code;
}
