/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Two rates of one group on the same faces: what became of them from one point
 * to another, and how backends compare. Which face erred in which is not published, so
 * of published counts each stands with two intervals: as if independent, and with the
 * faces paired at worst. Of predictions of one's own it is known, and a pair is a pair.
 */
#include <math.h>
#include <string.h>

#include "report/lookup.h"
#include "report/prose.h"
#include "report/tabling.h"

static const char *worst_note =
    "The same faces were measured twice, but which of them erred in both was not "
    "published. As if independent: the first interval and p (Fisher's exact test). Paired "
    "at worst: as many faces changed as the counts allow, which leaves the difference least "
    "certain; the second interval and p (McNemar's exact test)";

/* Columns of the estimates: `what`, interval, p, p by Holm, interval at worst, p at
 * worst. */
static size_t pair_columns(struct tabling *b, struct table *t, const char *what)
{
    const struct study_methods *m = &b->study->methods[QUANTITY_DIFFERENCE];
    size_t at = t->columns;

    table_column(b, t, what, true);
    format_confidence(&b->t, b->study->confidence);
    text_addf(&b->t, " %% interval, as if independent (%s)",
              prose_method(m->names[0].text));
    table_column(b, t, table_taken(b), true);
    table_column(b, t, "p (Fisher)", true);
    t->minor[t->columns] = true;
    table_column(b, t, "p (Holm)", true);
    table_column(b, t, "interval, paired at worst", true);
    table_column(b, t, "p (McNemar)", true);
    return at;
}

static void pair_cells(struct tabling *b, struct table_row *row, size_t at,
                       const struct finding *f, int decimals)
{
    text_addf(&b->t, "%s_worst_case", f->metric);
    const char *name = table_taken(b);
    long worst = findings_find(b->findings, f->backend, name, f->group, f->versus,
                               f->point, NULL);

    row->cells[at] = table_bare(b, UNIT_POINTS, f->estimate, decimals);
    row->cells[at + 1] = table_interval(b, f, decimals);
    row->cells[at + 2] = table_p(b, f->p);
    row->cells[at + 3] = table_p(b, f->p_adj);
    if (worst >= 0) {
        row->cells[at + 4] = table_interval(b, &b->findings->rows[worst], decimals);
        row->cells[at + 5] = table_p(b, b->findings->rows[worst].p);
    }
}

static const char *rate_of(struct tabling *b, const struct finding *f,
                           const char *metric, const char *point, int decimals)
{
    const struct finding *rate = lookup_row(b->study, b->findings, f->backend, metric, "",
                                            f->group, "", point);
    return rate ? table_value(b, UNIT_RATE, rate->estimate, decimals) : "";
}

static const char *pair_counts(struct tabling *b, const struct finding *f)
{
    prose_counts(b->study, b->findings, f, b->thin, &b->t);
    return table_taken(b);
}

/* Begins a table of `metric`.`kind`; *name is the metric of its rows. */
static struct table *begin_pairs(struct tabling *b, const struct metric *metric,
                                 const char *kind, const char *caption,
                                 const char **name)
{
    text_addf(&b->t, "%s.%s", metric->name, kind);
    *name = table_taken(b);
    text_addf(&b->t, "%s-%s", kind, metric->name);
    const char *id = table_taken(b);
    text_addf(&b->t, "%s: %s", metric->title, caption);
    return table_begin(b, id, table_taken(b));
}

void tables_changes(struct tabling *b, const struct metric *metric)
{
    const struct findings *f = b->findings;
    const struct finding *last = NULL;
    const char *name;
    struct table *t = begin_pairs(b, metric, "improvement",
                                  "how far it fell, in percentage points", &name);
    int decimals = table_decimals(b, name), rates = table_decimals(b, metric->name);

    table_column(b, t, "Group", false);
    table_column(b, t, "before", true);
    table_column(b, t, "after", true);
    t->minor[t->columns] = true;
    table_column(b, t, "counts, before : after", true);
    size_t at = pair_columns(b, t, "fall");
    for (size_t i = 0; i < f->n; i++) {
        const struct finding *row = &f->rows[i];
        if (strcmp(row->metric, name) || !lookup_primary(b->study, row))
            continue;
        if (!last || strcmp(last->backend, row->backend) ||
            strcmp(last->point, row->point) || strcmp(last->versus, row->versus)) {
            text_addf(&b->t, "%s, ", row->backend);
            lookup_point_name(&b->t, row->versus);
            text_add(&b->t, " to ");
            lookup_point_name(&b->t, row->point);
            table_section(b, t, table_taken(b));
        }
        last = row;
        struct table_row *r = table_add_row(b, t);
        r->cells[0] = table_label(b, row->group);
        r->cells[1] = rate_of(b, row, metric->name, row->versus, rates);
        r->cells[2] = rate_of(b, row, metric->name, row->point, rates);
        r->cells[3] = pair_counts(b, row);
        pair_cells(b, r, at, row, decimals);
        r->note = table_note(b, t, worst_note);
    }
    table_end(b, t);
}

void tables_rivals(struct tabling *b, const struct metric *metric)
{
    const struct findings *f = b->findings;
    bool *done = arena_array(&b->out->arena, f->n + 1, sizeof *done);
    const char *name;
    struct table *t = begin_pairs(b, metric, "excess",
                                  "backends set against each other on the same faces, "
                                  "in percentage points", &name);
    int decimals = table_decimals(b, name);

    table_column(b, t, "Backends", false);
    t->minor[t->columns] = true;
    table_column(b, t, "counts", true);
    size_t at = pair_columns(b, t, "difference");
    for (size_t i = 0; i < f->n; i++) {
        const struct finding *first = &f->rows[i];
        if (done[i] || strcmp(first->metric, name))
            continue;
        text_add(&b->t, study_label(b->study, first->group, &b->scratch));
        text_add(&b->t, *first->point ? ", " : "");
        lookup_point_words(&b->t, first->point);
        table_section(b, t, table_taken(b));
        for (size_t k = i; k < f->n; k++) {
            const struct finding *row = &f->rows[k];
            if (done[k] || strcmp(row->metric, name) || strcmp(row->group, first->group) ||
                strcmp(row->point, first->point))
                continue;
            done[k] = true;
            if (!lookup_primary(b->study, row))
                continue;
            struct table_row *r = table_add_row(b, t);
            text_addf(&b->t, "%s − ", row->backend);
            lookup_rival(&b->t, row->versus);
            r->cells[0] = table_taken(b);
            r->cells[1] = pair_counts(b, row);
            pair_cells(b, r, at, row, decimals);
            r->note = table_note(b, t, worst_note);
        }
    }
    table_end(b, t);
}

void tables_meetings(struct tabling *b, const struct metric *metric)
{
    const struct findings *f = b->findings;
    const struct finding *last = NULL;
    const char *name;
    struct table *t = begin_pairs(b, metric, "excess_paired",
                                  "backends face by face, in percentage points", &name);
    int decimals = table_decimals(b, name);

    table_column(b, t, "Group", false);
    table_column(b, t, "only the first wrong", true);
    table_column(b, t, "only the second", true);
    t->minor[t->columns] = true;
    table_column(b, t, "faces", true);
    table_column(b, t, "difference", true);
    format_confidence(&b->t, b->study->confidence);
    text_add(&b->t, " % interval (Newcombe, paired)");
    table_column(b, t, table_taken(b), true);
    table_column(b, t, "p (McNemar)", true);
    table_column(b, t, "p (Holm)", true);
    for (size_t i = 0; i < f->n; i++) {
        const struct finding *row = &f->rows[i];
        if (strcmp(row->metric, name))
            continue;
        if (!last || strcmp(last->backend, row->backend) || strcmp(last->versus, row->versus)) {
            text_addf(&b->t, "%s − ", row->backend);
            lookup_rival(&b->t, row->versus);
            table_section(b, t, table_taken(b));
        }
        last = row;
        struct table_row *r = table_add_row(b, t);
        r->cells[0] = table_label(b, row->group);
        text_addf(&b->t, "%lld", (long long)row->x);
        r->cells[1] = table_taken(b);
        text_addf(&b->t, "%lld", (long long)row->x - llround(row->estimate * (double)row->n));
        r->cells[2] = table_taken(b);
        text_addf(&b->t, "%lld", (long long)row->n);
        r->cells[3] = table_taken(b);
        r->cells[4] = table_bare(b, UNIT_POINTS, row->estimate, decimals);
        r->cells[5] = table_interval(b, row, decimals);
        r->cells[6] = table_p(b, row->p);
        r->cells[7] = table_p(b, row->p_adj);
    }
    table_end(b, t);
}
