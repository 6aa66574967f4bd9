/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/changed.h"

#include <math.h>
#include <string.h>

#include "report/format.h"
#include "report/lookup.h"
#include "report/terminal.h"

#define ROWS_OPEN 10   /* of those that are not told apart, on a terminal */
#define MATRICES 5

const char *const changed_heads[CHANGED_NOTHING + 1] = {
    "For the worse", "For the better", "Not told apart", "Not compared"
};

enum changed_kind changed_kind(const struct change *c)
{
    int verdict = change_verdict(c);

    if (isnan(c->change))
        return CHANGED_NOTHING;
    return verdict > 0 ? CHANGED_WORSE : verdict < 0 ? CHANGED_BETTER : CHANGED_OPEN;
}

void changed_what(const struct change *c, struct text *to)
{
    text_add(to, c->metric);
    if (*c->point) {
        text_addch(to, ' ');
        lookup_point_phrase(to, c->point);
    }
    if (*c->group)
        text_addf(to, "%s%s", strstr(c->metric, "max_min") ? " over " : " of ", c->group);
    if (*c->versus)
        text_addf(to, " against %s", c->versus);
    text_addf(to, ", %s", c->backend);
}

static enum unit unit_of_change(const struct change *c)
{
    return c->ratio ? UNIT_RATIO : UNIT_POINTS;
}

void changed_values(const struct change *c, struct text *to)
{
    enum unit unit = unit_of(c->metric);
    double v[2] = { c->value_before, c->value_after };
    int decimals = format_decimals_column(unit, v, 2);

    format_bare(to, unit, c->value_before, decimals);
    text_add(to, " → ");
    format_value(to, unit, c->value_after, decimals);
}

void changed_change(const struct change *c, struct text *to)
{
    enum unit unit = unit_of_change(c);
    int decimals = FORMAT_OWN;

    if (!c->ratio) {
        double v[3] = { c->change, c->lo, c->hi };
        decimals = format_decimals_column(unit, v, 3);
        if (c->change > 0)
            text_addch(to, '+');
    } else {
        text_add(to, "× ");
    }
    format_value(to, unit, c->change, decimals);
    text_addch(to, ' ');
    format_interval(to, unit, c->lo, c->hi, decimals);
}

const struct change *changed_between(const struct changes *c, const struct change *like,
                                     const char *before, const char *after)
{
    for (size_t i = 0; i < c->n; i++) {
        const struct change *r = &c->rows[i];
        if (!strcmp(r->before, before) && !strcmp(r->after, after) &&
            !strcmp(r->metric, like->metric) && !strcmp(r->group, like->group) &&
            !strcmp(r->versus, like->versus) && !strcmp(r->point, like->point) &&
            !strcmp(r->backend, like->backend))
            return r;
    }
    return NULL;
}

bool changed_is_first(const struct changes *c, size_t row)
{
    const struct change *like = &c->rows[row];

    if (isnan(like->change))
        return false;
    for (size_t i = 0; i < row; i++) {
        const struct change *r = &c->rows[i];
        if (!strcmp(r->metric, like->metric) && !strcmp(r->group, like->group) &&
            !strcmp(r->versus, like->versus) && !strcmp(r->point, like->point) &&
            !strcmp(r->backend, like->backend))
            return false;
    }
    return true;
}

/* --- on a terminal --- */

static void line(struct sheet *s, size_t indent, const char *words)
{
    sheet_spaces(s->to, indent);
    sheet_wrap(s, indent, words);
}

static void row_line(struct sheet *s, const struct change *c)
{
    struct text t = TEXT_INIT;

    changed_what(c, &t);
    sheet_spaces(s->to, 2);
    sheet_wrap(s, 4, t.s);
    text_reset(&t);
    changed_values(c, &t);
    text_add(&t, ", ");
    changed_change(c, &t);
    if (!isnan(c->p_adj)) {
        text_add(&t, ", ");
        format_p(&t, c->p_adj);
    }
    text_addf(&t, ", %s", change_samples_names[c->samples]);
    if (c->flag == CHANGE_TOO_FEW)
        text_add(&t, ", too few errors to say much");
    line(s, 6, t.s);
    text_release(&t);
}

static size_t count_kind(const struct changes *c, enum changed_kind kind)
{
    size_t n = 0;

    for (size_t i = 0; i < c->n; i++)
        n += changed_kind(&c->rows[i]) == kind;
    return n;
}

static void print_kind(struct sheet *s, const struct changes *c, enum changed_kind kind)
{
    size_t n = count_kind(c, kind), most = kind == CHANGED_OPEN ? ROWS_OPEN : n, told = 0;

    if (!n && kind != CHANGED_WORSE)
        return;
    text_addch(s->to, '\n');
    sheet_emphasis(s, "1");
    if (n)
        text_addf(s->to, "%s: %zu", changed_heads[kind], n);
    else
        text_addf(s->to, "%s: nothing", changed_heads[kind]);
    sheet_emphasis(s, "0");
    text_add(s->to, n > most ? ", the largest first\n" : "\n");
    for (size_t i = 0; i < c->n && told < most; i++)
        if (changed_kind(&c->rows[i]) == kind) {
            row_line(s, &c->rows[i]);
            told++;
        }
    if (n > told)
        text_addf(s->to, "  and %zu more\n", n - told);
}

static void print_rest(struct sheet *s, const struct changes *c)
{
    size_t of[CHANGE_FLAGS] = { 0 };
    struct text t = TEXT_INIT;

    for (size_t i = 0; i < c->n; i++)
        if (isnan(c->rows[i].change))
            of[c->rows[i].flag]++;
    static const char *const words[CHANGE_FLAGS] = {
        [CHANGE_OK] = "without a number", [CHANGE_TOO_FEW] = "too few",
        [CHANGE_SUPPRESSED] = "not to be printed, or without counts",
        [CHANGE_UNDEFINED] = "quotients of a rate of 0", [CHANGE_GONE] = "only before",
        [CHANGE_NEW] = "only after",
    };
    for (int f = 0; f < CHANGE_FLAGS; f++)
        if (of[f])
            text_addf(&t, "%s%zu %s", t.len ? ", " : "Not compared: ", of[f], words[f]);
    if (t.len) {
        text_addch(s->to, '\n');
        line(s, 0, t.s);
    }
    text_release(&t);
}

static void matrix_cell(const struct change *c, struct text *to)
{
    enum unit unit;

    if (!c || isnan(c->change)) {
        text_add(to, "–");
        return;
    }
    unit = unit_of_change(c);
    if (!c->ratio && c->change > 0)
        text_addch(to, '+');
    format_bare(to, unit, c->change, format_decimals(unit, c->change));
    if (change_verdict(c))
        text_addch(to, '*');
}

static void print_matrix(struct sheet *s, const struct changed *c, const struct change *like)
{
    size_t width = 8, columns;
    struct text t = TEXT_INIT;

    for (size_t i = 0; i < c->n_runs; i++)
        width = sheet_columns(c->runs[i].name) > width ? sheet_columns(c->runs[i].name) : width;
    columns = (s->columns > width ? s->columns - width : 8) / c->n_runs;
    width = width < 24 ? width : 24;
    columns = columns > 12 ? 12 : columns < 7 ? 7 : columns;
    text_addch(s->to, '\n');
    changed_what(like, &t);
    sheet_emphasis(s, "1");
    line(s, 0, t.s);
    sheet_emphasis(s, "0");
    sheet_field(s->to, like->ratio ? "× from \\ to" : "from \\ to", width, false);
    for (size_t k = 1; k < c->n_runs; k++) {
        text_addch(s->to, ' ');
        sheet_field(s->to, c->runs[k].name, columns - 1, true);
    }
    text_addch(s->to, '\n');
    for (size_t i = 0; i + 1 < c->n_runs; i++) {
        sheet_field(s->to, c->runs[i].name, width, false);
        for (size_t k = 1; k < c->n_runs; k++) {
            text_reset(&t);
            if (k > i)
                matrix_cell(changed_between(c->changes, like, c->runs[i].name,
                                            c->runs[k].name), &t);
            text_addch(s->to, ' ');
            sheet_field(s->to, t.s, columns - 1, true);
        }
        text_addch(s->to, '\n');
    }
    text_reset(&t);
    text_addf(&t, "%s; * shown after Holm's adjustment over the family %s",
              like->ratio ? "quotients" : "points", like->family);
    line(s, 0, t.s);
    text_release(&t);
}

void changed_terminal(const struct changed *c, int columns, bool colour, struct text *to)
{
    struct sheet s = { .columns = columns > 0 ? (size_t)columns : 80, .colour = colour,
                       .to = to };
    struct text t = TEXT_INIT;

    for (size_t i = 0; i < c->n_runs; i++) {
        text_reset(&t);
        text_addf(&t, "%s%s: %s", c->n_runs > 2 ? "" : i ? "after  " : "before ",
                  c->runs[i].name, c->runs[i].about);
        sheet_wrap(&s, 2, t.s);
    }
    for (size_t i = 0; i < c->changes->n_remarks; i++)
        sheet_wrap(&s, 2, c->changes->remarks[i]);
    if (c->n_runs > 2) {
        size_t told = 0, more = 0;
        for (size_t i = 0; i < c->changes->n; i++) {
            if (!changed_is_first(c->changes, i))
                continue;
            if (told < MATRICES)
                print_matrix(&s, c, &c->changes->rows[i]);
            told < MATRICES ? told++ : more++;
        }
        if (more)
            text_addf(to, "\nand %zu more; --html or --json has all\n", more);
    }
    for (int kind = 0; kind < CHANGED_NOTHING && c->n_runs == 2; kind++)
        print_kind(&s, c->changes, (enum changed_kind)kind);
    print_rest(&s, c->changes);
    text_release(&t);
}
