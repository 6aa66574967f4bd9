/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The report for a terminal: answer, a table of rates, the verdicts. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model/metric.h"
#include "report/format.h"
#include "report/lookup.h"
#include "report/prose.h"
#include "report/report.h"

#define COLUMNS_MIN 40
#define LABEL_MAX 30
#define ROWS_MAX 24 /* of a table; groups past that are in the report */
#define GAP 1 /* beside the column of the mark */

struct sheet {
    const struct study *study;
    const struct findings *findings;
    const struct claims *claims;
    size_t columns;
    bool colour;
    struct text *to;
};

/* Text that is not ours must not move the cursor; no-break spaces, which bound
 * the words until the lines were made, become blanks. */
static void add_clean(struct text *to, const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)s[i];
        unsigned char next = i + 1 < n ? (unsigned char)s[i + 1] : 0;
        if (c == 0xC2 && next >= 0x80 && next <= 0xA0) { /* C1 controls, U+00A0 */
            text_addch(to, next == 0xA0 ? ' ' : '?');
            i++;
        } else {
            text_addch(to, c < 32 || c == 127 ? '?' : s[i]);
        }
    }
}

static void emphasis(struct sheet *s, const char *code)
{
    if (s->colour)
        text_addf(s->to, "\x1b[%sm", code);
}

static void spaces(struct text *to, size_t n)
{
    while (n--)
        text_addch(to, ' ');
}

/* Bytes of s that make at most `columns` display columns, without splitting a
 * character. */
static size_t fitting(const char *s, size_t columns)
{
    size_t n = 0, used = 0;

    while (s[n]) {
        size_t len = 1;
        while ((s[n + len] & 0xC0) == 0x80)
            len++;
        if (used == columns)
            break;
        used++;
        n += len;
    }
    return n;
}

/* Words of s in lines that begin at column `indent`; the first line is taken to
 * be there already. Numbers keep to their units. */
static void wrap(struct sheet *s, size_t indent, const char *words)
{
    size_t width = s->columns > indent + 10 ? s->columns - indent : 10;
    struct text bound = TEXT_INIT;
    bool first = true;

    format_bind(&bound, words);
    for (words = bound.s; *words;) {
        size_t n = fitting(words, width), cut = n;
        if (words[n]) {
            while (cut && words[cut] != ' ')
                cut--;
            n = cut ? cut : n;
        }
        if (!first)
            spaces(s->to, indent);
        add_clean(s->to, words, n);
        text_addch(s->to, '\n');
        first = false;
        words += n;
        words += strspn(words, " ");
    }
    if (first)
        text_addch(s->to, '\n');
    text_release(&bound);
}

/* s in a field of `width` columns, cut with an ellipsis if too long. */
static void field(struct text *to, const char *s, size_t width, bool right)
{
    size_t have = text_columns(s);

    if (have > width) {
        add_clean(to, s, fitting(s, width - 1));
        text_add(to, "…");
        return;
    }
    if (right)
        spaces(to, width - have);
    add_clean(to, s, strlen(s));
    if (!right)
        spaces(to, width - have);
}

/* The table of one metric: groups down, backends (at their points) across. */
struct grid {
    struct arena arena;
    const char **groups, **labels;   /* down */
    size_t n_groups;
    const char **backends, **points, **point_words; /* across */
    size_t n_across;
    char **cells;                    /* groups × across, "" where not counted */
    size_t label_width, cell_width;
    size_t more;                     /* groups that are not shown */
    bool few, any_point;
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
            size_t width = text_columns(label);
            g->labels[g->n_groups] = arena_strdup(&g->arena, label);
            g->groups[g->n_groups++] = set.names[k];
            g->label_width = width > g->label_width ? width : g->label_width;
        }
    }
    g->label_width = g->label_width > LABEL_MAX ? LABEL_MAX : g->label_width;
    text_release(&scratch);
}

static void find_across(struct sheet *s, struct grid *g, const char *metric)
{
    struct names backends = lookup_backends(&g->arena, s->findings, metric);
    struct names points = lookup_points(&g->arena, s->findings, metric);
    size_t most = backends.n * points.n + 1;
    struct text words = TEXT_INIT;

    g->backends = arena_array(&g->arena, most, sizeof *g->backends);
    g->points = arena_array(&g->arena, most, sizeof *g->points);
    g->point_words = arena_array(&g->arena, most, sizeof *g->point_words);
    for (size_t b = 0; b < backends.n; b++)
        for (size_t p = 0; p < points.n; p++) {
            if (findings_find(s->findings, backends.names[b], metric, NULL, NULL,
                              points.names[p], NULL) < 0)
                continue;
            text_reset(&words);
            lookup_point_words(&words, points.names[p]);
            g->point_words[g->n_across] = arena_strdup(&g->arena, words.s);
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
            } else if (f) {
                bool few = f->flag == FLAG_TOO_FEW || f->flag == FLAG_ZERO;
                format_bare(&t, UNIT_RATE, f->estimate, decimals);
                text_addch(&t, ' ');
                format_interval(&t, UNIT_RATE, f->lo, f->hi, decimals);
                text_addch(&t, few ? '*' : ' ');
                g->few = g->few || few;
            }
            g->cells[i * g->n_across + k] = arena_strdup(&g->arena, t.s);
            size_t width = text_columns(t.s);
            g->cell_width = width > g->cell_width ? width : g->cell_width;
        }
    text_release(&t);
}

static void print_heads(struct sheet *s, const struct grid *g, const char **heads,
                        size_t from, size_t to)
{
    emphasis(s, "1");
    spaces(s->to, g->label_width);
    for (size_t k = from; k < to; k++) {
        spaces(s->to, GAP);
        field(s->to, heads[k], g->cell_width - 1, true);
        spaces(s->to, k + 1 < to);
    }
    emphasis(s, "0");
    text_addch(s->to, '\n');
}

/* As many backends side by side as there is room for, then the next ones. */
static void print_grid(struct sheet *s, const struct grid *g)
{
    size_t room = s->columns > g->label_width ? s->columns - g->label_width : 0;
    size_t each = room / (g->cell_width + GAP);

    each = each ? each : 1;
    for (size_t from = 0; from < g->n_across; from += each) {
        size_t to = from + each < g->n_across ? from + each : g->n_across;
        text_addch(s->to, '\n');
        print_heads(s, g, g->backends, from, to);
        if (g->any_point)
            print_heads(s, g, g->point_words, from, to);
        for (size_t i = 0; i < g->n_groups; i++) {
            field(s->to, g->labels[i], g->label_width, false);
            for (size_t k = from; k < to; k++) {
                spaces(s->to, GAP);
                field(s->to, g->cells[i * g->n_across + k], g->cell_width, true);
            }
            while (s->to->s[s->to->len - 1] == ' ')
                s->to->s[--s->to->len] = '\0';
            text_addch(s->to, '\n');
        }
    }
}

static void rates(struct sheet *s, const char *name)
{
    const struct metric *metric = metric_find(name);
    struct grid g = { .arena = ARENA_INIT };
    struct text t = TEXT_INIT;

    find_groups(s, &g, name);
    find_across(s, &g, name);
    if (g.n_groups && g.n_across) {
        fill(s, &g, name);
        text_addf(&t, "%s, %% with ", metric->title);
        format_confidence(&t, s->study->confidence);
        text_add(&t, " % intervals");
        text_addch(s->to, '\n');
        wrap(s, 0, t.s);
        if (g.label_width + GAP + g.cell_width > s->columns)
            g.label_width = s->columns > g.cell_width + GAP + 4
                                ? s->columns - g.cell_width - GAP : 4;
        print_grid(s, &g);
        text_reset(&t);
        text_addf(&t, "* fewer than five %s: too few to say more than the interval does",
                  metric->hits);
        if (g.few)
            wrap(s, 2, t.s);
        text_reset(&t);
        text_addf(&t, "%zu groups more are in the report", g.more);
        if (g.more)
            wrap(s, 2, t.s);
    }
    text_release(&t);
    arena_release(&g.arena);
}

static void verdict_line(struct sheet *s, const struct claim *c, size_t width)
{
    static const char *const colours[VERDICT_N] = {
        [VERDICT_YES] = "1;34", [VERDICT_REPRODUCED] = "1;34", [VERDICT_NO] = "1;31",
        [VERDICT_NOT_REPRODUCED] = "1;31", [VERDICT_INCONCLUSIVE] = "1",
        [VERDICT_NOT_TESTABLE] = "2",
    };
    struct text t = TEXT_INIT;

    emphasis(s, colours[c->verdict]);
    field(s->to, verdict_word(c->verdict, s->study->evidence), width, false);
    emphasis(s, "0");
    spaces(s->to, GAP);
    text_add(&t, c->spec->says);
    if (c->figures)
        text_addf(&t, " (%zu of %zu figures)", c->hits, c->figures);
    if (!isnan(c->p_holm)) {
        text_add(&t, " (Holm ");
        format_p(&t, c->p_holm);
        text_add(&t, c->undone ? ", which undoes it)" : ")");
    }
    wrap(s, width + GAP, t.s);
    text_release(&t);
}

static void verdicts(struct sheet *s)
{
    struct text counts = TEXT_INIT;
    size_t width = 0;

    if (!s->claims->n)
        return;
    for (size_t i = 0; i < s->claims->n; i++) {
        size_t n = text_columns(verdict_word(s->claims->claims[i].verdict,
                                             s->study->evidence));
        width = n > width ? n : width;
    }
    text_add(&counts, "Claims: ");
    prose_verdict_counts(s->claims, &counts);
    text_addch(s->to, '\n');
    emphasis(s, "1");
    wrap(s, 0, counts.s);
    emphasis(s, "0");
    text_release(&counts);
    for (size_t i = 0; i < s->claims->n; i++)
        verdict_line(s, &s->claims->claims[i], width);
}

void report_terminal(const struct study *study, const struct findings *findings,
                     const struct claims *claims, int columns, bool colour,
                     struct text *to)
{
    struct sheet s = { study, findings, claims,
                       columns < COLUMNS_MIN ? COLUMNS_MIN : (size_t)columns, colour, to };
    struct text answer = TEXT_INIT;

    emphasis(&s, "1");
    wrap(&s, 0, study->title);
    emphasis(&s, "0");
    wrap(&s, 0, study->question);
    if (prose_answer(study, findings, claims, &answer, NULL) == 0 && answer.len) {
        text_addch(to, '\n');
        emphasis(&s, "1");
        wrap(&s, 0, answer.s);
        emphasis(&s, "0");
    }
    for (size_t i = 0; i < study->n_metrics; i++) {
        const struct metric *metric = metric_find(study->metrics[i].text);
        if (metric && !metric->census && !metric->detail)
            rates(&s, metric->name);
    }
    verdicts(&s);
    text_release(&answer);
}
