/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/tables.h"

#include <stdlib.h>

#include "report/tabling.h"

static void claims_table(struct tabling *b)
{
    struct text verdict = TEXT_INIT;
    struct table *t = table_begin(b, "claims", "What was claimed, in our words, and the verdicts");

    table_column(b, t, "Claim", false);
    table_column(b, t, "source", false);
    table_column(b, t, "verdict", false);
    table_column(b, t, "p", true);
    table_column(b, t, "p (Holm)", true);
    for (size_t i = 0; i < b->claims->n; i++) {
        const struct claim *c = &b->claims->claims[i];
        struct table_row *row = table_add_row(b, t);
        row->cells[0] = table_keep(b, c->spec->says);
        row->cells[1] = table_keep(b, c->spec->source);
        text_reset(&verdict);
        claim_add_verdict(&verdict, c, b->study->evidence);
        row->cells[2] = table_keep(b, verdict.s);
        row->cells[3] = table_p(b, c->p);
        row->cells[4] = table_p(b, c->p_holm);
    }
    table_end(b, t);
    text_release(&verdict);
}

void tables_build(struct tables *out, const struct study *study,
                  const struct findings *findings, const struct claims *claims,
                  const struct cases *cases, bool thin)
{
    struct tabling b = { out, study, findings, claims, cases, thin, TEXT_INIT,
                         TEXT_INIT };

    *out = (struct tables){ .arena = ARENA_INIT };
    claims_table(&b);
    if (cases)
        tables_cases(&b);
    for (size_t i = 0; i < study->n_metrics; i++) {
        const struct metric *metric = metric_find(study->metrics[i].text);
        if (!metric || metric->census)
            continue;
        tables_doses(&b, metric);
        tables_rates(&b, metric);
        tables_contrasts(&b, metric, QUANTITY_DIFFERENCE);
        tables_contrasts(&b, metric, QUANTITY_RATIO);
        tables_changes(&b, metric);
        tables_rivals(&b, metric);
        tables_meetings(&b, metric);
        tables_shares(&b, metric);
        tables_spread(&b, metric);
    }
    tables_leads(&b);
    tables_candidates(&b);
    tables_cleaning(&b);
    tables_printed(&b);
    for (size_t i = 0; i < study->n_metrics; i++) {
        const struct metric *metric = metric_find(study->metrics[i].text);
        if (metric && metric->census)
            tables_census(&b, metric);
        else if (metric)
            tables_sensitivity(&b, metric);
    }
    text_release(&b.t);
    text_release(&b.scratch);
}

void tables_release(struct tables *t)
{
    for (size_t i = 0; i < t->n; i++) {
        free(t->tables[i].rows);
        free(t->tables[i].notes);
    }
    free(t->tables);
    arena_release(&t->arena);
    *t = (struct tables){ .arena = ARENA_INIT };
}

void table_note_letter(struct text *to, size_t note)
{
    if (note > 26)
        table_note_letter(to, (note - 1) / 26);
    text_addch(to, (char)('a' + (note - 1) % 26));
}
