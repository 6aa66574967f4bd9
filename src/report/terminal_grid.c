/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/terminal.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "report/format.h"
#include "report/lookup.h"

#define LABEL_MIN 8
#define LABEL_MAX 30
#define HEAD_MAX 24
#define ACROSS_MAX 16
#define ROWS_MAX 24 /* sets of groups that go past it are left to the report */
#define GAP 1 /* beside the column of the mark */

/* The table of one metric: groups down, backends (at their points) across. */
struct grid {
    struct arena arena;
    const char **groups, **labels;   /* down */
    size_t n_groups;
    const char **backends, **points, **shorts; /* across */
    size_t n_across;
    char **cells;                    /* groups × across, "" where not counted */
    size_t label_width, cell_width;
    size_t more;                     /* groups that are not shown */
    bool few, few_df, any_point;
    bool beside;                     /* points that are not shown */
};

static void find_groups(struct sheet *s, struct grid *g, const char *metric)
{
    struct text scratch = TEXT_INIT;
    size_t most = 0;

    for (size_t i = 0; i < s->study->n_by; i++)
        most += lookup_groups(&g->arena, s->study, s->findings, metric,
                              s->study->by[i]).n;
    g->groups = arena_array(&g->arena, most + 1, sizeof *g->groups);
    g->labels = arena_array(&g->arena, most + 1, sizeof *g->labels);
    for (size_t i = 0; i < s->study->n_by; i++) {
        struct names set = lookup_groups(&g->arena, s->study, s->findings, metric,
                                         s->study->by[i]);
        if (g->n_groups && g->n_groups + set.n > ROWS_MAX) {
            g->more += set.n;
            continue;
        }
        for (size_t k = 0; k < set.n; k++) {
            const char *label = study_label(s->study, set.names[k], &scratch);
            size_t width = sheet_columns(label);
            g->labels[g->n_groups] = arena_strdup(&g->arena, label);
            g->groups[g->n_groups++] = set.names[k];
            g->label_width = width > g->label_width ? width : g->label_width;
        }
    }
    text_release(&scratch);
}

/* True if the study's claims are about one of the thresholds. */
static bool claims_name(const struct study *s, const struct names *points)
{
    for (size_t i = 0; i < s->n_claims; i++)
        for (size_t k = 0; k < points->n && s->claims[i].point; k++)
            if (!strcmp(s->claims[i].point, points->names[k]))
                return true;
    return false;
}

/* True for an operating point of matchers that no claim is about, where others are the
 * claims': left to the report. */
static bool is_beside(const struct study *s, const struct names *points, const char *point)
{
    const struct names one = { .names = &point, .n = 1 };

    return s->compare.there && claims_name(s, points) && !claims_name(s, &one);
}

static void find_across(struct sheet *s, struct grid *g, const char *metric)
{
    struct names backends = lookup_backends(&g->arena, s->findings, metric);
    struct names points = lookup_points(&g->arena, s->findings, metric);
    size_t most = backends.n * points.n + 1;
    struct text words = TEXT_INIT;

    g->backends = arena_array(&g->arena, most, sizeof *g->backends);
    g->points = arena_array(&g->arena, most, sizeof *g->points);
    g->shorts = arena_array(&g->arena, most, sizeof *g->shorts);
    for (size_t b = 0; b < backends.n; b++)
        for (size_t p = 0; p < points.n; p++) {
            if (findings_find(s->findings, backends.names[b], metric, NULL, NULL,
                              points.names[p], NULL) < 0)
                continue;
            if (is_beside(s->study, &points, points.names[p])) {
                g->beside = true;
                continue;
            }
            text_reset(&words);
            lookup_point_short(&words, points.names[p]);
            g->shorts[g->n_across] = arena_strdup(&g->arena, words.s);
            g->any_point = g->any_point || words.len;
            g->backends[g->n_across] = backends.names[b];
            g->points[g->n_across++] = points.names[p];
        }
    text_release(&words);
}

static void fill(struct sheet *s, struct grid *g, const char *metric)
{
    double *rates = arena_array(&g->arena, s->findings->n + 1, sizeof *rates);
    struct text t = TEXT_INIT;
    size_t n = 0;

    for (size_t i = 0; i < s->findings->n; i++)
        if (!strcmp(s->findings->rows[i].metric, metric))
            rates[n++] = s->findings->rows[i].estimate;
    int decimals = format_decimals_column(UNIT_RATE, rates, n);
    g->cells = arena_array(&g->arena, g->n_groups * g->n_across + 1, sizeof *g->cells);
    for (size_t i = 0; i < g->n_groups; i++)
        for (size_t k = 0; k < g->n_across; k++) {
            const struct finding *f = lookup_row(s->study, s->findings, g->backends[k],
                                                 metric, "", g->groups[i], "",
                                                 g->points[k]);
            text_reset(&t);
            if (f && f->flag == FLAG_SUPPRESSED) {
                text_add(&t, "not printed ");
            } else if (f && isnan(f->lo)) {
                format_bare(&t, UNIT_RATE, f->estimate, decimals);
                text_addch(&t, ' ');
            } else if (f) {
                bool few = f->flag == FLAG_TOO_FEW || f->flag == FLAG_ZERO;
                format_bare(&t, UNIT_RATE, f->estimate, decimals);
                text_addch(&t, ' ');
                format_interval(&t, UNIT_RATE, f->lo, f->hi, decimals);
                text_addch(&t, few ? '*' : ' ');
                g->few = g->few || few;
                g->few_df = g->few_df || (few && f->x >= 5 && !isnan(f->df));
            }
            g->cells[i * g->n_across + k] = arena_strdup(&g->arena, t.s);
            size_t width = sheet_columns(t.s);
            g->cell_width = width > g->cell_width ? width : g->cell_width;
        }
    text_release(&t);
}

/* Groups of whom no column has anything are not shown. */
static void drop_empty(struct grid *g)
{
    size_t kept = 0;

    for (size_t i = 0; i < g->n_groups; i++) {
        bool any = false;
        for (size_t k = 0; k < g->n_across; k++)
            any = any || *g->cells[i * g->n_across + k];
        if (!any)
            continue;
        g->labels[kept] = g->labels[i];
        memmove(&g->cells[kept * g->n_across], &g->cells[i * g->n_across],
                g->n_across * sizeof *g->cells);
        kept++;
    }
    g->n_groups = kept;
}

static void print_heads(struct sheet *s, const struct grid *g, const char **heads,
                        size_t from, size_t to)
{
    sheet_emphasis(s, "1");
    sheet_spaces(s->to, g->label_width);
    for (size_t k = from; k < to; k++) {
        sheet_spaces(s->to, GAP);
        sheet_field(s->to, heads[k], g->cell_width - 1, true);
        sheet_spaces(s->to, k + 1 < to);
    }
    sheet_emphasis(s, "0");
    text_addch(s->to, '\n');
}

/* Columns are as wide as their heads, within reason: a head cut short may be
 * another's. */
static void fit_heads(struct grid *g)
{
    for (size_t k = 0; k < g->n_across; k++) {
        size_t a = sheet_columns(g->backends[k]), b = sheet_columns(g->shorts[k]);
        size_t wide = (a > b ? a : b) + 1;
        wide = wide > HEAD_MAX ? HEAD_MAX : wide;
        g->cell_width = wide > g->cell_width ? wide : g->cell_width;
    }
}

/* Labels are cut only where they would leave no room for two columns, or for the
 * one there is. */
static void fit_labels(const struct sheet *s, struct grid *g)
{
    size_t across = (g->n_across > 1 ? 2 : 1) * (g->cell_width + GAP);
    size_t room = s->columns > across + LABEL_MAX ? s->columns - across : LABEL_MAX;

    if (g->label_width > room)
        g->label_width = room;
    if (g->label_width + GAP + g->cell_width > s->columns)
        g->label_width = s->columns > g->cell_width + GAP
                             ? s->columns - g->cell_width - GAP : 0;
}

/* As many backends side by side as there is room for, then the next ones. */
static void print_grid(struct sheet *s, const struct grid *g)
{
    size_t each = (s->columns - g->label_width) / (g->cell_width + GAP);

    for (size_t from = 0; from < g->n_across; from += each) {
        size_t to = from + each < g->n_across ? from + each : g->n_across;
        text_addch(s->to, '\n');
        print_heads(s, g, g->backends, from, to);
        if (g->any_point)
            print_heads(s, g, g->shorts, from, to);
        for (size_t i = 0; i < g->n_groups; i++) {
            sheet_field(s->to, g->labels[i], g->label_width, false);
            for (size_t k = from; k < to; k++) {
                sheet_spaces(s->to, GAP);
                sheet_field(s->to, g->cells[i * g->n_across + k], g->cell_width, true);
            }
            while (s->to->s[s->to->len - 1] == ' ')
                s->to->s[--s->to->len] = '\0';
            text_addch(s->to, '\n');
        }
    }
}

/* A line a rate, where no table fits. */
static void print_lines(struct sheet *s, const struct grid *g)
{
    struct text t = TEXT_INIT;

    for (size_t k = 0; k < g->n_across; k++)
        for (size_t i = 0; i < g->n_groups; i++) {
            const char *cell = g->cells[i * g->n_across + k];
            if (!*cell)
                continue;
            text_reset(&t);
            text_addf(&t, "%s%s%s, %s: %s", g->backends[k], *g->shorts[k] ? " " : "",
                      g->shorts[k], g->labels[i], cell);
            sheet_wrap(s, 0, t.s);
        }
    text_release(&t);
}

static void caption(struct sheet *s, const struct metric *metric)
{
    struct text t = TEXT_INIT;

    text_addf(&t, "%s, %% ", metric->title);
    if (metric->mean) {
        text_add(&t, "without intervals, which a mean of unknown spread cannot have");
    } else {
        text_add(&t, "with ");
        format_confidence(&t, s->study->confidence);
        text_add(&t, " % intervals");
    }
    text_addch(s->to, '\n');
    sheet_wrap(s, 0, t.s);
    text_release(&t);
}

void sheet_rates(struct sheet *s, const struct metric *metric)
{
    struct grid g = { .arena = ARENA_INIT };
    struct text t = TEXT_INIT;

    find_groups(s, &g, metric->name);
    find_across(s, &g, metric->name);
    if (g.n_groups && g.n_across) {
        fill(s, &g, metric->name);
        drop_empty(&g);
        fit_heads(&g);
        caption(s, metric);
        fit_labels(s, &g);
        if (g.n_across > ACROSS_MAX)
            sheet_wrap(s, 0, "(too many columns for a terminal: see the report)");
        else if (g.label_width < LABEL_MIN || g.label_width + GAP + g.cell_width > s->columns)
            print_lines(s, &g);
        else
            print_grid(s, &g);
        text_addf(&t, "* fewer than five %s%s: too few to say more than the interval does",
                  metric->hits,
                  g.few_df ? ", or fewer than five degrees of freedom" : "");
        if (g.few)
            sheet_wrap(s, s->columns > 20 ? 2 : 0, t.s);
        text_reset(&t);
        if (g.more)
            text_addf(&t, "%zu groups more are in the report", g.more);
        else if (g.beside)
            text_add(&t, "other operating points are in the report");
        if (g.more && g.beside)
            text_add(&t, ", and other operating points");
        if (t.len)
            sheet_wrap(s, s->columns > 20 ? 2 : 0, t.s);
    }
    text_release(&t);
    arena_release(&g.arena);
}
