/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/tabling.h"

#include <string.h>

#include "report/lookup.h"
#include "report/prose.h"

void tables_printed(struct tabling *b)
{
    struct table *t = table_begin(b, "printed",
                                  "Figures as printed, and as the counts give them");
    t->further = true;
    table_column(b, t, "Backend", false);
    table_column(b, t, "figure", false);
    table_column(b, t, "printed", true);
    table_column(b, t, "computed", true);
    table_column(b, t, "interval", true);
    table_column(b, t, "counts", true);
    for (size_t i = 0; i < b->findings->n; i++) {
        const struct finding *f = &b->findings->rows[i];
        enum unit unit = unit_of(f->metric);
        prose_printed(f, &b->t);
        const char *words = table_taken(b);
        if (!*words)
            continue;
        struct table_row *row = table_add_row(b, t);
        lookup_backend_words(&b->t, f->backend, f->point);
        row->cells[0] = table_taken(b);
        prose_row(b->study, f, &b->t);
        row->cells[1] = table_taken(b);
        row->cells[2] = words;
        int decimals = unit == UNIT_RATIO ? FORMAT_OWN : 2;
        row->cells[3] = table_value(b, unit, f->estimate, decimals);
        row->cells[4] = table_interval(b, f, decimals);
        prose_counts(b->study, b->findings, f, b->thin, &b->t);
        row->cells[5] = table_taken(b);
    }
    table_end(b, t);
}

/* The variant behind the operating point: `native=80,n=low`, `counts=x`. */
static const char *variant(const char *point)
{
    const char *comma = strrchr(point, ',');
    return comma ? comma + 1 : point;
}

static void sensitivity_row(struct tabling *b, struct table *t, const struct finding *f,
                            const char *group, const char *what, int decimals)
{
    struct table_row *row = table_add_row(b, t);

    row->cells[0] = group;
    row->cells[1] = what;
    row->cells[2] = table_counts(b, f);
    row->cells[3] = table_value(b, UNIT_RATE, f->estimate, decimals);
    row->cells[4] = table_interval(b, f, decimals);
}

static const char *variant_words(struct tabling *b, const char *v)
{
    if (!strcmp(v, "n=low"))
        return "lowest n";
    if (!strcmp(v, "n=high"))
        return "highest n";
    if (!strncmp(v, "counts=", 7))
        text_addf(&b->t, "counts “%s”", v + 7);
    else
        text_add(&b->t, v);
    return table_taken(b);
}

/* Rates under the other counts that the print allows, each group's stated rate
 * first. */
void tables_sensitivity(struct tabling *b, const struct metric *metric)
{
    const struct findings *f = b->findings;
    const char *backend = NULL, *group = NULL, *point = "";
    int decimals = table_decimals(b, metric->name);

    decimals = decimals < 2 ? 2 : decimals; /* the point is how little moves */
    text_addf(&b->t, "%s.sensitivity", metric->name);
    const char *name = table_taken(b);
    text_addf(&b->t, "sensitivity-%s", metric->name);
    const char *id = table_taken(b);
    text_addf(&b->t, "%s: do the counts that were not published matter?", metric->title);
    struct table *t = table_begin(b, id, table_taken(b));
    t->further = true;
    table_column(b, t, "Group", false);
    table_column(b, t, "counts used", false);
    text_addf(&b->t, "%s / %s", metric->hits, metric->trials);
    table_column(b, t, table_taken(b), true);
    table_column(b, t, "rate", true);
    table_column(b, t, "interval", true);
    for (size_t i = 0; i < f->n; i++) {
        const struct finding *row = &f->rows[i];
        if (strcmp(row->metric, name))
            continue;
        const char *v = variant(row->point);
        const char *of = arena_strndup(&b->out->arena, row->point,
                                       v > row->point ? (size_t)(v - row->point - 1) : 0);
        bool new_backend = !backend || strcmp(backend, row->backend) || strcmp(point, of);
        if (new_backend) {
            lookup_backend_words(&b->t, row->backend, of);
            table_section(b, t, table_taken(b));
        }
        const char *words = "";
        if (new_backend || strcmp(group, row->group)) {
            const struct finding *stated = lookup_row(b->study, f, row->backend,
                                                      metric->name, "", row->group, "", of);
            words = table_label(b, row->group);
            if (stated) {
                sensitivity_row(b, t, stated, words, "as above", decimals);
                words = "";
            }
        }
        sensitivity_row(b, t, row, words, variant_words(b, v), decimals);
        backend = row->backend;
        group = row->group;
        point = of;
    }
    for (size_t i = 0; i < b->study->n_alternatives && t->n; i++) {
        text_addf(&b->t, "counts “%s”: %s", b->study->alternatives[i].name,
                  b->study->alternatives[i].why);
        table_note(b, t, b->t.s);
        text_reset(&b->t);
    }
    table_end(b, t);
}

/* The name of group `g`, with axis 0 set to `v` unless that is -1. */
static void group_with(struct tabling *b, struct group g, int v, struct text *name)
{
    if (v >= 0)
        g.value[0] = v;
    text_reset(name);
    group_add(name, &b->study->axes, &g);
}

/* One row of a census: the counts of a group and of its parts by axis 0. */
static void census_row(struct tabling *b, struct table *t, const char *metric,
                       const struct group *g)
{
    struct text name = TEXT_INIT;
    struct table_row *row = NULL;

    for (size_t k = 1; k < t->columns; k++) {
        group_with(b, *g, (int)k - 2, &name);
        long at = findings_find(b->findings, "", metric, name.s, NULL, NULL, NULL);
        if (at < 0)
            continue;
        const struct finding *f = &b->findings->rows[at];
        if (!row) {
            row = table_add_row(b, t);
            group_with(b, *g, -1, &name);
            row->cells[0] = table_label(b, name.s);
        }
        format_count(&b->t, f->x, b->thin);
        text_add(&b->t, " (");
        format_value(&b->t, UNIT_RATE, f->estimate, 1);
        text_add(&b->t, ")");
        row->cells[k] = table_taken(b);
        row->note = row->note ? row->note : table_row_note(b, t, f);
    }
    text_release(&name);
}

/* True if `name` is a line of `seen`; else it becomes one. */
static bool seen_before(struct text *seen, const char *name)
{
    struct text line = TEXT_INIT;

    if (!seen->len)
        text_addch(seen, '\n');
    text_addf(&line, "\n%s\n", name);
    bool there = strstr(seen->s, line.s) != NULL;
    if (!there)
        text_add(seen, line.s + 1);
    text_release(&line);
    return there;
}

/* Who is in the set: a row for each group of the other axes, a column for each
 * value of the first; a row for each group where those are too many. */
void tables_census(struct tabling *b, const struct metric *metric)
{
    const struct axes *axes = &b->study->axes;
    bool across = axes->n && axes->axes[0].n + 2 <= TABLE_COLUMNS_MAX;
    struct text seen = TEXT_INIT, name = TEXT_INIT;
    struct group g;

    text_addf(&b->t, "census-%s", metric->name);
    struct table *t = table_begin(b, table_taken(b), metric->title);
    t->further = true;
    table_column(b, t, "Group", false);
    table_column(b, t, across ? "all" : metric->hits, true);
    for (size_t v = 0; across && v < axes->axes[0].n; v++) {
        group_with(b, group_all(), (int)v, &name);
        table_column(b, t, table_label(b, name.s), true);
    }
    for (size_t i = 0; i < b->findings->n; i++) {
        const struct finding *f = &b->findings->rows[i];
        if (*f->backend || strcmp(f->metric, metric->name) ||
            group_parse(&g, axes, f->group, NULL) < 0)
            continue;
        if (across)
            g.value[0] = GROUP_OPEN;
        group_with(b, g, -1, &name);
        if (!seen_before(&seen, name.s))
            census_row(b, t, metric->name, &g);
    }
    table_end(b, t);
    text_release(&seen);
    text_release(&name);
}
