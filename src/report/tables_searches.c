/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables of searches in a gallery, and of what hangs on who is the same person. */
#include <stdio.h>
#include <string.h>

#include "report/lookup.h"
#include "report/prose.h"
#include "report/tabling.h"

static const struct finding *find(struct tabling *b, const struct finding *like,
                                  const char *metric)
{
    long at = findings_find(b->findings, like->backend, metric, like->group, "",
                            like->point, NULL);

    return at < 0 ? NULL : &b->findings->rows[at];
}

static const char *estimate(struct tabling *b, const struct finding *f)
{
    if (!f)
        return "";
    format_estimate(&b->t, unit_of(f->metric), f->estimate, f->lo, f->hi);
    return table_taken(b);
}

/* Begins a section where backend or point change. */
static void section(struct tabling *b, struct table *t, const struct finding *f,
                    const char **backend, const char **point)
{
    if (*backend && !strcmp(*backend, f->backend) && !strcmp(*point, f->point))
        return;
    *backend = f->backend;
    *point = f->point;
    lookup_backend_words(&b->t, f->backend, f->point);
    table_section(b, t, table_taken(b));
}

void tables_leads(struct tabling *b)
{
    const struct findings *f = b->findings;
    const char *backend = NULL, *point = NULL;
    struct table *t = table_begin(b, "false-leads", "What searches return: somebody wrong, how "
                                  "many, and how many searches are expected to");
    bool headed = false;

    table_column(b, t, "Group searched", false);
    table_column(b, t, "FPIR, interval", true);
    table_column(b, t, "false candidates a search, interval", true);
    for (size_t i = 0; i < f->n; i++) {
        const struct finding *row = &f->rows[i];
        if (strcmp(row->metric, "false_leads"))
            continue;
        if (!headed) {
            text_add(&b->t, "expected with a false lead of ");
            format_count(&b->t, row->n, b->thin);
            text_add(&b->t, " searches");
            table_column(b, t, table_taken(b), true);
            table_column(b, t, "remarks", false);
            headed = true;
        }
        section(b, t, row, &backend, &point);
        struct table_row *to = table_add_row(b, t);
        to->cells[0] = table_label(b, row->group);
        to->cells[1] = estimate(b, find(b, row, "fpir"));
        to->cells[2] = estimate(b, find(b, row, "selectivity"));
        to->cells[3] = estimate(b, row);
        prose_remark(row, b->thin, &b->t);
        to->cells[4] = table_taken(b);
    }
    table_end(b, t);
}

void tables_candidates(struct tabling *b)
{
    const struct findings *f = b->findings;
    const char *backend = NULL, *point = NULL;
    struct table *t = table_begin(b, "candidates", "Whom searches wrongly return: false "
                                  "candidates a search by both groups, and whose comes first");

    table_column(b, t, "Group searched", false);
    table_column(b, t, "people in the gallery", false);
    table_column(b, t, "false candidates a search, interval", true);
    table_column(b, t, "searches whose first candidate is one", true);
    table_column(b, t, "share, interval", true);
    for (size_t i = 0; i < f->n; i++) {
        const struct finding *row = &f->rows[i];
        if (strcmp(row->metric, "selectivity") || !*row->versus)
            continue;
        long at = findings_find(f, row->backend, "first_candidate", row->group, row->versus,
                                row->point, NULL);
        section(b, t, row, &backend, &point);
        struct table_row *to = table_add_row(b, t);
        to->cells[0] = table_label(b, row->group);
        to->cells[1] = table_label(b, row->versus);
        to->cells[2] = estimate(b, row);
        if (at >= 0) {
            to->cells[3] = table_counts(b, &f->rows[at]);
            to->cells[4] = estimate(b, &f->rows[at]);
        }
    }
    t->further = true;
    table_end(b, t);
}

void tables_cleaning(struct tabling *b)
{
    static const char *const metrics[] = { "fpir", "fmr" };
    const struct findings *f = b->findings;
    const char *backend = NULL, *point = NULL;
    struct table *t = table_begin(b, "same-person", "False matches and who is called the same "
                                  "person: as counted, and by other answers to that");
    char name[40];

    table_column(b, t, "Group", false);
    table_column(b, t, "rate", false);
    table_column(b, t, "as counted", true);
    table_column(b, t, "before people were joined", true);
    table_column(b, t, "without suspicious pairs", true);
    for (size_t i = 0; i < f->n; i++)
        for (int k = 0; k < 2; k++) {
            const struct finding *row = &f->rows[i];
            if (strcmp(row->metric, metrics[k]) || *row->versus ||
                !lookup_primary(b->study, row))
                continue;
            snprintf(name, sizeof name, "%s.uncleaned", metrics[k]);
            const struct finding *before = find(b, row, name);
            snprintf(name, sizeof name, "%s.without_suspects", metrics[k]);
            const struct finding *without = find(b, row, name);
            if (!before && !without)
                continue;
            section(b, t, row, &backend, &point);
            struct table_row *to = table_add_row(b, t);
            to->cells[0] = table_label(b, row->group);
            to->cells[1] = metric_find(metrics[k])->axis;
            to->cells[2] = estimate(b, row);
            to->cells[3] = estimate(b, before);
            to->cells[4] = estimate(b, without);
        }
    table_end(b, t);
}
