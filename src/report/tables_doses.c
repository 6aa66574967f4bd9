/* SPDX-License-Identifier: GPL-3.0-or-later */
/* At which dose of a change which group breaks, and what its rates are on the way. */
#include <math.h>
#include <string.h>

#include "report/doses.h"
#include "report/lookup.h"
#include "report/tabling.h"

struct dose_tables {
    struct arena arena;
    struct tabling *b;
    const struct metric *metric;
    struct dose_way *ways;
    size_t n_ways;
    struct names backends;
};

/* What a row is for. */
struct dose_row {
    struct table *table;
    const struct dose_way *way;
    const char *backend, *group;
};

/* Calls `add` for every group of the study's `by` that has counts of the backend. */
static void for_groups(struct dose_tables *d, struct dose_row like,
                       void (*add)(struct dose_tables *, const struct dose_row *))
{
    const struct study *s = d->b->study;

    for (size_t i = 0; i < s->n_by; i++) {
        struct names groups = lookup_groups(&d->arena, s, d->b->findings, d->metric->name,
                                            s->by[i]);
        for (size_t g = 0; g < groups.n; g++) {
            like.group = groups.names[g];
            if (findings_find(d->b->findings, like.backend, d->metric->name, like.group, "",
                              s->clean, NULL) >= 0)
                add(d, &like);
        }
    }
}

static void add_break_row(struct dose_tables *d, const struct dose_row *of)
{
    struct tabling *b = d->b;
    struct table *t = of->table;
    struct table_row *row = table_add_row(b, t);
    const struct finding *clean = lookup_row(b->study, b->findings, of->backend,
                                             d->metric->name, "", of->group, "",
                                             b->study->clean);
    struct dose dose;

    row->cells[0] = table_label(b, of->group);
    row->cells[1] = clean ? table_value(b, UNIT_RATE, clean->estimate, 1) : "";
    for (size_t w = 0; w < d->n_ways && 2 + w < t->columns; w++) {
        const struct finding *r = doses_break(b->study, b->findings, &d->ways[w],
                                              of->backend, d->metric->name, of->group);
        row->cells[2 + w] = "–";
        if (!r || !dose_of_point(r->point, &dose))
            continue;
        dose_add_short(&b->t, dose);
        text_add(&b->t, " (+");
        format_bare(&b->t, UNIT_POINTS, r->estimate, 1);
        text_addch(&b->t, ')');
        row->cells[2 + w] = table_taken(b);
    }
}

/* "less light (stops)" */
static void add_head(struct tabling *b, const struct dose_way *way)
{
    const char *unit = dose_kinds[way->kind].unit;

    text_add(&b->t, way->words);
    if (*unit)
        text_addf(&b->t, " (%s)", unit);
}

static void breaks(struct dose_tables *d)
{
    struct tabling *b = d->b;

    text_addf(&b->t, "breaks-%s", d->metric->name);
    const char *id = table_taken(b);
    text_addf(&b->t, "At which dose %s rises: the mildest at which it is higher on the same "
              "faces than as they are, and by how many points", d->metric->axis);
    struct table *t = table_begin(b, id, table_taken(b));
    table_column(b, t, "Group", false);
    table_column(b, t, "as it is", true);
    for (size_t w = 0; w < d->n_ways; w++) {
        add_head(b, &d->ways[w]);
        if (!table_column(b, t, table_taken(b), true))
            break;
    }
    for (size_t i = 0; i < d->backends.n; i++) {
        if (d->backends.n > 1)
            table_section(b, t, d->backends.names[i]);
        for_groups(d, (struct dose_row){ .table = t, .backend = d->backends.names[i] },
                   add_break_row);
    }
    text_add(&b->t, "The rise has a ");
    format_confidence(&b->t, b->study->confidence);
    text_addf(&b->t, " %% interval above 0, and p below %.3g after Holm's correction over all "
              "doses of the change, groups and backends. – : at none of the doses tried (",
              1 - b->study->confidence);
    for (size_t w = 0; w < d->n_ways; w++) {
        text_addf(&b->t, "%s%s:", w ? "; " : "", d->ways[w].words);
        for (size_t i = 0; i < d->ways[w].n; i++) {
            text_addch(&b->t, ' ');
            dose_add_short(&b->t, d->ways[w].doses[i]->change.steps[0]);
        }
    }
    text_add(&b->t, "). A group of few people breaks later for that alone");
    size_t note = table_note(b, t, table_taken(b));
    for (size_t i = 0; i < t->n; i++)
        t->rows[i].note = t->rows[i].section ? 0 : note;
    table_end(b, t);
}

static void add_rate_row(struct dose_tables *d, const struct dose_row *of)
{
    struct tabling *b = d->b;
    const struct dose_way *way = of->way;
    struct table_row *row = table_add_row(b, of->table);

    row->cells[0] = table_label(b, of->group);
    for (size_t i = 0; i <= way->n && i + 1 < of->table->columns; i++) {
        const char *point = i ? way->doses[i - 1]->point : b->study->clean;
        const struct finding *f = lookup_row(b->study, b->findings, of->backend,
                                             d->metric->name, "", of->group, "", point);
        const struct finding *r = !i ? NULL : doses_rise(b->findings, of->backend,
                                                         d->metric->name, of->group, point);
        if (!f) {
            row->cells[1 + i] = "–";
            continue;
        }
        format_bare(&b->t, UNIT_RATE, f->estimate, 1);
        text_addch(&b->t, ' ');
        format_interval(&b->t, UNIT_RATE, f->lo, f->hi, 1);
        if (r && doses_shown(b->study, r))
            text_addch(&b->t, '*');
        row->cells[1 + i] = table_taken(b);
    }
}

static void rates(struct dose_tables *d, const struct dose_way *way, size_t number)
{
    struct tabling *b = d->b;

    text_addf(&b->t, "doses-%s-%zu", d->metric->name, number + 1);
    const char *id = table_taken(b);
    text_addf(&b->t, "%s with %s, in percent; * higher than as it is (Holm)",
              d->metric->title, way->words);
    struct table *t = table_begin(b, id, table_taken(b));
    t->further = true;
    table_column(b, t, "Group", false);
    table_column(b, t, "as it is", true);
    for (size_t i = 0; i < way->n; i++) {
        dose_add_short(&b->t, way->doses[i]->change.steps[0]);
        if (!table_column(b, t, table_taken(b), true))
            break;
    }
    for (size_t i = 0; i < d->backends.n; i++) {
        if (d->backends.n > 1)
            table_section(b, t, d->backends.names[i]);
        for_groups(d, (struct dose_row){ .table = t, .way = way,
                                         .backend = d->backends.names[i] }, add_rate_row);
    }
    table_end(b, t);
}

/* By how much more one group's rate rises than another's. */
static void gaps(struct dose_tables *d)
{
    struct tabling *b = d->b;
    const struct findings *f = b->findings;
    const struct finding *last = NULL;
    struct dose dose;

    text_addf(&b->t, "%s.rise_difference", d->metric->name);
    const char *name = table_taken(b);
    int decimals = table_decimals(b, name);
    text_addf(&b->t, "rise-differences-%s", d->metric->name);
    const char *id = table_taken(b);
    text_addf(&b->t, "%s: by how many points more it rises for one group than for another",
              d->metric->title);
    struct table *t = table_begin(b, id, table_taken(b));
    t->further = true;
    table_column(b, t, "Images changed", false);
    table_column(b, t, "difference of rises", true);
    format_confidence(&b->t, b->study->confidence);
    text_add(&b->t, " % interval");
    table_column(b, t, table_taken(b), true);
    table_column(b, t, "p", true);
    table_column(b, t, "p (Holm)", true);
    for (size_t i = 0; i < f->n; i++) {
        const struct finding *first = &f->rows[i];
        bool seen = strcmp(first->metric, name) || !dose_of_point(first->point, &dose);
        for (size_t k = 0; k < i && !seen; k++)
            seen = !strcmp(f->rows[k].metric, name) &&
                   !strcmp(f->rows[k].backend, first->backend) &&
                   !strcmp(f->rows[k].group, first->group) &&
                   !strcmp(f->rows[k].versus, first->versus);
        for (size_t k = i; k < f->n && !seen; k++) {
            const struct finding *r = &f->rows[k];
            if (strcmp(r->metric, name) || strcmp(r->backend, first->backend) ||
                strcmp(r->group, first->group) || strcmp(r->versus, first->versus))
                continue;
            if (last != first) {
                text_addf(&b->t, "%s: %s", r->backend, table_label(b, r->group));
                text_addf(&b->t, " − %s", table_label(b, r->versus));
                table_section(b, t, table_taken(b));
                last = first;
            }
            struct table_row *row = table_add_row(b, t);
            dose_of_point(r->point, &dose);
            dose_add_words(&b->t, dose);
            row->cells[0] = table_taken(b);
            row->cells[1] = table_bare(b, UNIT_POINTS, r->estimate, decimals);
            row->cells[2] = table_interval(b, r, decimals);
            row->cells[3] = table_p(b, r->p);
            row->cells[4] = table_p(b, r->p_adj);
        }
    }
    table_end(b, t);
}

void tables_doses(struct tabling *b, const struct metric *metric)
{
    struct dose_tables d = { .b = b, .metric = metric };

    if (!b->study->n_doses)
        return;
    d.n_ways = doses_ways(&d.arena, b->study, &d.ways);
    d.backends = lookup_backends(&d.arena, b->findings, metric->name);
    const char *first = doses_metric(b->study, b->findings);
    if (first && !strcmp(first, metric->name))
        breaks(&d);
    text_addf(&b->t, "%s.rise", metric->name);
    if (findings_find(b->findings, NULL, table_taken(b), NULL, NULL, NULL, NULL) >= 0)
        for (size_t w = 0; w < d.n_ways; w++)
            rates(&d, &d.ways[w], w);
    gaps(&d);
    arena_release(&d.arena);
}
