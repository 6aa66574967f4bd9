/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tabling: how the files that make tables write one: heads, rows, cells, notes.
 * Cells are written into `t`, one at a time, and kept by table_taken().
 *
 *     struct table *t = table_begin(b, "rates", "Rates");
 *     table_column(b, t, "Group", false);
 *     table_add_row(b, t)->cells[0] = table_label(b, group);
 *     table_end(b, t);
 *
 * Ownership: everything kept belongs to `out`. Only one table is open at a time.
 */
#ifndef REPORT_TABLING_H
#define REPORT_TABLING_H

#include "model/metric.h"
#include "report/format.h"
#include "report/tables.h"

#define TABLE_COLUMNS_MAX 12

struct tabling {
    struct tables *out;
    const struct study *study;
    const struct findings *findings;
    const struct claims *claims;
    const struct cases *cases; /* may be NULL */
    bool thin;
    struct text t, scratch; /* for one cell at a time */
};

const char *table_keep(struct tabling *b, const char *s);
/* What has been written into b->t, kept; b->t is empty again. */
const char *table_taken(struct tabling *b);

struct table *table_begin(struct tabling *b, const char *id, const char *caption);
/* False if there is no room for another column. All columns before any row. */
bool table_column(struct tabling *b, struct table *t, const char *head, bool numeric);
struct table_row *table_add_row(struct tabling *b, struct table *t);
void table_section(struct tabling *b, struct table *t, const char *words);
/* The number of a note, added if it is new; 0 for "". */
size_t table_note(struct tabling *b, struct table *t, const char *words);
/* Takes a table without rows back. */
void table_end(struct tabling *b, struct table *t);

/* Cells. */
const char *table_label(struct tabling *b, const char *group);
const char *table_value(struct tabling *b, enum unit unit, double v, int decimals);
const char *table_bare(struct tabling *b, enum unit unit, double v, int decimals);
const char *table_interval(struct tabling *b, const struct finding *f, int decimals);
const char *table_counts(struct tabling *b, const struct finding *f);
const char *table_p(struct tabling *b, double p); /* ".014": the head says p */
/* The note of a finding, added to the table's. */
size_t table_row_note(struct tabling *b, struct table *t, const struct finding *f);
/* Decimals that all rows of a metric share. */
int table_decimals(struct tabling *b, const char *metric);

/* The makers of tables; each adds one, unless there is nothing to show. */
void tables_rates(struct tabling *b, const struct metric *metric);
void tables_contrasts(struct tabling *b, const struct metric *metric,
                      enum study_quantity quantity);
void tables_changes(struct tabling *b, const struct metric *metric);
void tables_rivals(struct tabling *b, const struct metric *metric);
void tables_doses(struct tabling *b, const struct metric *metric);
void tables_meetings(struct tabling *b, const struct metric *metric);
/* Of searches in a gallery, and of pairs that may be one person. */
void tables_leads(struct tabling *b);
void tables_candidates(struct tabling *b);
void tables_cleaning(struct tabling *b);
void tables_shares(struct tabling *b, const struct metric *metric);
void tables_spread(struct tabling *b, const struct metric *metric);
void tables_cases(struct tabling *b);
void tables_printed(struct tabling *b);
void tables_sensitivity(struct tabling *b, const struct metric *metric);
void tables_census(struct tabling *b, const struct metric *metric);

#endif
