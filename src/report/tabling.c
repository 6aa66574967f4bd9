/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/tabling.h"

#include <stdlib.h>
#include <string.h>

#include "report/lookup.h"
#include "report/prose.h"

const char *table_keep(struct tabling *b, const char *s)
{
    return arena_strdup(&b->out->arena, s);
}

/* What has been written into b->t, kept; b->t is empty again. */
const char *table_taken(struct tabling *b)
{
    const char *s = table_keep(b, b->t.s);
    text_reset(&b->t);
    return s;
}

struct table *table_begin(struct tabling *b, const char *id, const char *caption)
{
    MEM_ROOM(b->out->tables, b->out->n, b->out->cap);
    struct table *t = &b->out->tables[b->out->n++];
    *t = (struct table){ .id = table_keep(b, id), .caption = table_keep(b, caption) };
    t->heads = arena_array(&b->out->arena, TABLE_COLUMNS_MAX, sizeof *t->heads);
    t->minor = arena_array(&b->out->arena, TABLE_COLUMNS_MAX, sizeof *t->minor);
    t->numeric = arena_array(&b->out->arena, TABLE_COLUMNS_MAX, sizeof *t->numeric);
    return t;
}

/* False if there is no room for another column. */
bool table_column(struct tabling *b, struct table *t, const char *head, bool numeric)
{
    if (t->columns == TABLE_COLUMNS_MAX)
        return false;
    t->heads[t->columns] = table_keep(b, head);
    t->numeric[t->columns++] = numeric;
    return true;
}

struct table_row *table_add_row(struct tabling *b, struct table *t)
{
    MEM_ROOM(t->rows, t->n, t->cap);
    struct table_row *row = &t->rows[t->n++];
    *row = (struct table_row){ .cells = NULL };
    row->cells = arena_array(&b->out->arena, t->columns, sizeof *row->cells);
    for (size_t i = 0; i < t->columns; i++)
        row->cells[i] = "";
    return row;
}

void table_section(struct tabling *b, struct table *t, const char *words)
{
    struct table_row *row = table_add_row(b, t);
    row->section = true;
    row->cells[0] = table_keep(b, words);
}

/* The number of a note, added if it is new; 0 for "". */
size_t table_note(struct tabling *b, struct table *t, const char *words)
{
    if (!*words)
        return 0;
    for (size_t i = 0; i < t->n_notes; i++)
        if (!strcmp(t->notes[i], words))
            return i + 1;
    MEM_ROOM(t->notes, t->n_notes, t->cap_notes);
    t->notes[t->n_notes++] = table_keep(b, words);
    return t->n_notes;
}

/* True if nothing stands in the last column. */
static bool is_last_empty(const struct table *t)
{
    for (size_t i = 0; i < t->n; i++)
        if (!t->rows[i].section && *t->rows[i].cells[t->columns - 1])
            return false;
    return t->columns > 1;
}

/* A table without rows is taken back, and so is a last column without a word; a
 * note that is about every row needs no letter. */
void table_end(struct tabling *b, struct table *t)
{
    bool any = false, all = t->n_notes == 1;

    for (size_t i = 0; i < t->n; i++) {
        any = any || !t->rows[i].section;
        all = all && (t->rows[i].section || t->rows[i].note == 1);
    }
    t->one_note = all;
    if (any) {
        t->columns -= is_last_empty(t);
        return;
    }
    free(t->rows);
    free(t->notes);
    b->out->n--;
}

const char *table_label(struct tabling *b, const char *group)
{
    return table_keep(b, study_label(b->study, group, &b->scratch));
}

const char *table_value(struct tabling *b, enum unit unit, double v, int decimals)
{
    format_value(&b->t, unit, v, decimals);
    return table_taken(b);
}

const char *table_bare(struct tabling *b, enum unit unit, double v, int decimals)
{
    format_bare(&b->t, unit, v, decimals);
    return table_taken(b);
}

const char *table_interval(struct tabling *b, const struct finding *f, int decimals)
{
    format_interval(&b->t, unit_of(f->metric), f->lo, f->hi, decimals);
    return table_taken(b);
}

const char *table_counts(struct tabling *b, const struct finding *f)
{
    format_counts(&b->t, f->x, f->n, b->thin);
    return table_taken(b);
}

/* ".014", "< .001": the head of the column says p. */
const char *table_p(struct tabling *b, double p)
{
    format_p(&b->t, p);
    const char *s = table_taken(b);
    return !strncmp(s, "p = ", 4) ? s + 4 : *s ? s + 2 : s;
}

size_t table_row_note(struct tabling *b, struct table *t, const struct finding *f)
{
    prose_note(f, &b->t);
    size_t n = table_note(b, t, b->t.s);
    text_reset(&b->t);
    return n;
}

/* Decimals that all rows of a metric share. */
int table_decimals(struct tabling *b, const char *metric)
{
    double *v = mem_array(b->findings->n, sizeof *v);
    size_t n = 0;

    for (size_t i = 0; i < b->findings->n; i++)
        if (!strcmp(b->findings->rows[i].metric, metric))
            v[n++] = b->findings->rows[i].estimate;
    int decimals = format_decimals_column(unit_of(metric), v, n);
    free(v);
    return decimals;
}
