/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Named cases: whom a backend was shown, what it said. Never a rate. */
#include <math.h>

#include "report/prose.h"
#include "report/tabling.h"

static const char *or_unknown(struct tabling *b, const char *s)
{
    return *s ? table_keep(b, s) : "not stated";
}

/* The columns that some case has something in, by their place; 0 for none. */
struct columns {
    size_t said, confidence;
};

static struct columns make_columns(struct tabling *b, struct table *t)
{
    struct columns at = { 0, 0 };
    bool said = false, confidence = false;

    for (size_t i = 0; i < b->cases->n; i++) {
        said = said || *b->cases->cases[i].said;
        confidence = confidence || !isnan(b->cases->cases[i].confidence);
    }
    table_column(b, t, "Case", false);
    table_column(b, t, "person", false);
    table_column(b, t, "shown to", false);
    if (said) {
        at.said = t->columns;
        table_column(b, t, "what it said", false);
    }
    if (confidence) {
        at.confidence = t->columns;
        table_column(b, t, "stated confidence", true);
    }
    table_column(b, t, "wrong", false);
    return at;
}

void tables_cases(struct tabling *b)
{
    struct table *t = table_begin(b, "cases", "Named cases, one a row");
    struct columns at = make_columns(b, t);

    for (size_t i = 0; i < b->cases->n; i++) {
        const struct named_case *c = &b->cases->cases[i];
        struct table_row *row = table_add_row(b, t);
        row->cells[0] = table_keep(b, c->id);
        row->cells[1] = or_unknown(b, c->person);
        row->cells[2] = or_unknown(b, c->backend);
        if (at.said)
            row->cells[at.said] = or_unknown(b, c->said);
        if (at.confidence && !isnan(c->confidence))
            row->cells[at.confidence] = table_value(b, UNIT_RATE, c->confidence,
                                                    FORMAT_OWN);
        row->cells[t->columns - 1] = *c->wrong ? table_keep(b, c->wrong) : "not stated";
        row->note = table_note(b, t, c->source);
    }
    table_end(b, t);
}
