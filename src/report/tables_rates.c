/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/tabling.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/lookup.h"
#include "report/prose.h"

static const char *remark(struct tabling *b, const struct finding *f)
{
    prose_remark(f, b->thin, &b->t);
    return table_taken(b);
}

/* A column of intervals for every method of a quantity: "95 % Wilson score". */
static size_t method_columns(struct tabling *b, struct table *t,
                             enum study_quantity quantity)
{
    const struct study_methods *m = &b->study->methods[quantity];
    size_t n = 0;

    for (size_t i = 0; i < m->n && t->columns + 3 < TABLE_COLUMNS_MAX; i++, n++) {
        format_confidence(&b->t, b->study->confidence);
        text_addf(&b->t, " %% interval, %s", prose_method(m->names[i].text));
        t->minor[t->columns] = i > 0;
        table_column(b, t, table_taken(b), true);
    }
    return n;
}

/* The intervals of one quantity by each method, from column `at` on. */
static void method_cells(struct tabling *b, struct table_row *row, size_t at, size_t n,
                         enum study_quantity quantity, const struct finding *like,
                         int decimals)
{
    const struct study_methods *m = &b->study->methods[quantity];

    for (size_t i = 0; i < n; i++) {
        long k = findings_find(b->findings, like->backend, like->metric, like->group,
                               like->versus, like->point, m->names[i].text);
        if (k >= 0)
            row->cells[at + i] = table_interval(b, &b->findings->rows[k], decimals);
    }
}

static void rate_rows(struct tabling *b, struct table *t, const char *metric,
                      const char *backend, const char *point, size_t methods,
                      int decimals)
{
    for (size_t i = 0; i < b->study->n_by; i++) {
        struct arena arena = ARENA_INIT;
        struct names groups = lookup_groups(&arena, b->study, b->findings, metric,
                                            b->study->by[i]);
        for (size_t g = 0; g < groups.n; g++) {
            const struct finding *f = lookup_row(b->study, b->findings, backend, metric,
                                                 "", groups.names[g], "", point);
            if (!f)
                continue;
            struct table_row *row = table_add_row(b, t);
            row->cells[0] = table_label(b, f->group);
            if (f->flag == FLAG_SUPPRESSED) {
                row->cells[t->columns - 1] = remark(b, f);
                continue;
            }
            row->cells[1] = table_counts(b, f);
            row->cells[2] = table_value(b, UNIT_RATE, f->estimate, decimals);
            method_cells(b, row, 3, methods, QUANTITY_PROPORTION, f, decimals);
            row->cells[t->columns - 1] = remark(b, f);
            row->note = table_row_note(b, t, f);
        }
        arena_release(&arena);
    }
}

void tables_rates(struct tabling *b, const struct metric *metric)
{
    struct arena arena = ARENA_INIT;
    struct names backends = lookup_backends(&arena, b->findings, metric->name);
    struct names points = lookup_points(&arena, b->findings, metric->name);
    int decimals = table_decimals(b, metric->name);

    text_addf(&b->t, "rates-%s", metric->name);
    struct table *t = table_begin(b, b->t.s, metric->title);
    text_reset(&b->t);
    table_column(b, t, "Group", false);
    text_addf(&b->t, "%s / %s", metric->hits, metric->trials);
    table_column(b, t, b->t.s, true);
    text_reset(&b->t);
    table_column(b, t, "rate", true);
    size_t methods = metric->mean ? 0 : method_columns(b, t, QUANTITY_PROPORTION);
    table_column(b, t, "remarks", false);
    for (size_t i = 0; i < backends.n; i++)
        for (size_t k = 0; k < points.n; k++) {
            if (findings_find(b->findings, backends.names[i], metric->name, NULL, NULL,
                              points.names[k], NULL) < 0)
                continue;
            lookup_backend_words(&b->t, backends.names[i], points.names[k]);
            table_section(b, t, b->t.s);
            text_reset(&b->t);
            rate_rows(b, t, metric->name, backends.names[i], points.names[k], methods,
                      decimals);
        }
    table_end(b, t);
    arena_release(&arena);
}

static bool same_contrast(const struct finding *a, const struct finding *b)
{
    return !strcmp(a->group, b->group) && !strcmp(a->versus, b->versus);
}

static void contrast_row(struct tabling *b, struct table *t, const struct finding *f,
                         enum study_quantity quantity, size_t methods, int decimals)
{
    struct table_row *row = table_add_row(b, t);

    lookup_backend_words(&b->t, f->backend, f->point);
    row->cells[0] = table_taken(b);
    row->cells[1] = table_bare(b, unit_of(f->metric), f->estimate, decimals);
    method_cells(b, row, 2, methods, quantity, f, decimals);
    row->cells[2 + methods] = table_p(b, f->p);
    row->cells[3 + methods] = table_p(b, f->p_adj);
    row->cells[4 + methods] = remark(b, f);
}

/* Differences or ratios of a metric, the backends of one contrast together. */
void tables_contrasts(struct tabling *b, const struct metric *metric,
                      enum study_quantity quantity)
{
    bool ratio = quantity == QUANTITY_RATIO;
    const char *kind = ratio ? "ratio" : "difference";
    const struct findings *f = b->findings;
    bool *done = mem_array(f->n, sizeof *done);
    struct text versus = TEXT_INIT, name = TEXT_INIT;

    text_addf(&name, "%s.%s", metric->name, kind);
    int decimals = table_decimals(b, name.s);
    text_addf(&b->t, "%ss-%s", kind, metric->name);
    const char *id = table_taken(b);
    text_addf(&b->t, "%s: %s", metric->title,
              ratio ? "ratios between groups" : "differences between groups, in "
                                                "percentage points");
    struct table *t = table_begin(b, id, table_taken(b));
    table_column(b, t, "Backend", false);
    table_column(b, t, ratio ? "ratio" : "difference", true);
    size_t methods = method_columns(b, t, quantity);
    bool clustered = !strcmp(b->study->methods[quantity].names[0].text, "mover");
    table_column(b, t, clustered ? "p" : "p (Fisher)", true);
    table_column(b, t, "p (Holm)", true);
    table_column(b, t, "remarks", false);
    for (size_t i = 0; i < f->n; i++) {
        if (done[i] || strcmp(f->rows[i].metric, name.s))
            continue;
        text_add(&b->t, study_label(b->study, f->rows[i].group, &b->scratch));
        text_addf(&b->t, " %s %s", ratio ? "÷" : "−",
                  study_label(b->study, f->rows[i].versus, &versus));
        table_section(b, t, b->t.s);
        text_reset(&b->t);
        for (size_t k = i; k < f->n; k++) {
            if (done[k] || strcmp(f->rows[k].metric, name.s) ||
                !same_contrast(&f->rows[i], &f->rows[k]))
                continue;
            done[k] = true;
            if (lookup_primary(b->study, &f->rows[k]))
                contrast_row(b, t, &f->rows[k], quantity, methods, decimals);
        }
    }
    table_end(b, t);
    free(done);
    text_release(&versus);
    text_release(&name);
}

/* "70.5 % [59.6, 79.5]" */
static const char *estimate(struct tabling *b, const struct finding *f, int decimals)
{
    enum unit unit = unit_of(f->metric);

    format_value(&b->t, unit, f->estimate, decimals);
    text_addch(&b->t, ' ');
    format_interval(&b->t, unit, f->lo, f->hi, decimals);
    return table_taken(b);
}

static void share_row(struct tabling *b, struct table *t, const struct metric *metric,
                      const struct finding *f, int decimals)
{
    const struct finding *base = lookup_row(b->study, b->findings, f->backend,
                                            metric->name, "base_share", f->group, NULL,
                                            f->point);
    const struct finding *ratio = lookup_row(b->study, b->findings, f->backend,
                                             metric->name, "share_ratio", f->group, NULL,
                                             f->point);
    struct table_row *row = table_add_row(b, t);

    row->cells[0] = table_label(b, f->group);
    row->cells[1] = table_counts(b, f);
    row->cells[2] = estimate(b, f, decimals);
    if (base) {
        row->cells[3] = table_counts(b, base);
        row->cells[4] = table_value(b, UNIT_RATE, base->estimate, decimals);
    }
    if (ratio)
        row->cells[5] = estimate(b, ratio, FORMAT_OWN);
    row->cells[6] = table_p(b, f->p);
}

void tables_shares(struct tabling *b, const struct metric *metric)
{
    const struct findings *f = b->findings;
    const char *backend = NULL, *point = NULL;

    text_addf(&b->t, "%s.share", metric->name);
    const char *name = table_taken(b);
    int decimals = table_decimals(b, name);
    text_addf(&b->t, "shares-%s", metric->name);
    const char *id = table_taken(b);
    text_addf(&b->t, "Each group's share of the %s, beside its share of the %s",
              metric->hits, metric->trials);
    struct table *t = table_begin(b, id, table_taken(b));
    table_column(b, t, "Group", false);
    table_column(b, t, metric->hits, true);
    table_column(b, t, "share, interval", true);
    table_column(b, t, metric->trials, true);
    table_column(b, t, "share", true);
    table_column(b, t, "first share ÷ second, interval", true);
    table_column(b, t, "p (binomial)", true);
    for (size_t i = 0; i < f->n; i++) {
        const struct finding *row = &f->rows[i];
        if (strcmp(row->metric, name) || !lookup_primary(b->study, row))
            continue;
        if (!backend || strcmp(backend, row->backend) || strcmp(point, row->point)) {
            backend = row->backend;
            point = row->point;
            lookup_backend_words(&b->t, backend, point);
            table_section(b, t, table_taken(b));
        }
        share_row(b, t, metric, row, decimals);
    }
    table_end(b, t);
}

/* The bits of axes written `gender;skin`. */
static unsigned axes_bits(const struct study *study, const char *names)
{
    struct text one = TEXT_INIT;
    unsigned bits = 0;

    while (*names) {
        size_t n = strcspn(names, ";");
        text_reset(&one);
        int axis = text_add_unpercent(&one, names, n) == 0
                       ? axes_find(&study->axes, one.s) : -1;
        if (axis >= 0)
            bits |= 1u << axis;
        names += n + (names[n] == ';');
    }
    text_release(&one);
    return bits;
}

/* The row of the largest (sign 1) or smallest (-1) rate among groups. */
static const struct finding *extreme(struct tabling *b, const struct finding *like,
                                     const char *metric, const struct names *groups,
                                     int sign)
{
    const struct finding *best = NULL;

    for (size_t i = 0; i < groups->n; i++) {
        const struct finding *f = lookup_row(b->study, b->findings, like->backend, metric,
                                             "", groups->names[i], "", like->point);
        if (f && (!best || sign * f->estimate > sign * best->estimate))
            best = f;
    }
    return best;
}

void tables_spread(struct tabling *b, const struct metric *metric)
{
    const struct findings *f = b->findings;

    text_addf(&b->t, "%s.max_min", metric->name);
    const char *name = table_taken(b);
    text_addf(&b->t, "spread-%s", metric->name);
    const char *id = table_taken(b);
    text_addf(&b->t, "%s: the largest rate over the smallest", metric->title);
    struct table *t = table_begin(b, id, table_taken(b));
    table_column(b, t, "Backend", false);
    table_column(b, t, "among groups by", false);
    table_column(b, t, "largest", false);
    table_column(b, t, "smallest", false);
    table_column(b, t, "largest ÷ smallest", true);
    table_column(b, t, "interval", true);
    bool tested = false;
    for (size_t i = 0; i < f->n; i++)
        tested |= !strcmp(f->rows[i].metric, name) && !isnan(f->rows[i].p);
    if (tested) {
        table_column(b, t, "p", true);
        table_column(b, t, "p (Holm)", true);
    }
    for (size_t i = 0; i < f->n; i++) {
        struct arena arena = ARENA_INIT;
        const struct finding *row = &f->rows[i];
        if (strcmp(row->metric, name))
            continue;
        struct names groups = lookup_groups(&arena, b->study, f, metric->name,
                                            axes_bits(b->study, row->group));
        const struct finding *high = extreme(b, row, metric->name, &groups, 1);
        const struct finding *low = extreme(b, row, metric->name, &groups, -1);
        struct table_row *r = table_add_row(b, t);
        lookup_backend_words(&b->t, row->backend, row->point);
        r->cells[0] = table_taken(b);
        for (const char *s = row->group; *s; s++)
            if (*s == ';')
                text_add(&b->t, " × ");
            else
                text_addch(&b->t, *s);
        r->cells[1] = table_taken(b);
        r->cells[2] = high ? table_label(b, high->group) : "";
        r->cells[3] = low ? table_label(b, low->group) : "";
        r->cells[4] = table_bare(b, UNIT_RATIO, row->estimate, FORMAT_OWN);
        r->cells[5] = table_interval(b, row, FORMAT_OWN);
        if (tested) {
            r->cells[6] = table_p(b, row->p);
            r->cells[7] = table_p(b, row->p_adj);
        }
        arena_release(&arena);
    }
    table_end(b, t);
}
