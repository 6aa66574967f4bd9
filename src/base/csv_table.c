/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/csv.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A table while it is read. */
struct builder {
    struct csv_table *t;
    size_t rows_cap, cells_cap;
};

/* The row's cells, one after the other in one piece of the store. */
static void keep_cells(struct arena *store, const struct csv_row *row, char **cells)
{
    size_t total = 0;

    for (size_t i = 0; i < row->n; i++)
        total += strlen(row->cells[i]) + 1;
    char *p = arena_alloc(store, total);
    for (size_t i = 0; i < row->n; i++) {
        cells[i] = p;
        p = stpcpy(p, row->cells[i]) + 1;
    }
}

/* "1", "2", … for a table without a header. */
static void number_columns(struct csv_table *t, size_t columns)
{
    t->columns = columns;
    t->names = mem_array(columns, sizeof *t->names);
    for (size_t i = 0; i < columns; i++)
        t->names[i] = arena_printf(&t->store, "%zu", i + 1);
}

static int add_row(const struct csv_row *row, void *arg, struct err *err)
{
    struct builder *b = arg;
    struct csv_table *t = b->t;

    (void)err;
    if (row->is_header) {
        t->columns = row->n;
        t->names = mem_array(row->n, sizeof *t->names);
        keep_cells(&t->store, row, t->names);
        return 0;
    }
    if (!t->names)
        number_columns(t, row->n);
    MEM_ROOM(t->lines, t->rows, b->rows_cap);
    size_t used = t->rows * t->columns;
    if (b->cells_cap - used < t->columns) {
        b->cells_cap = 2 * b->cells_cap + t->columns;
        t->cells = mem_grow(t->cells, b->cells_cap, sizeof *t->cells);
    }
    keep_cells(&t->store, row, t->cells + used);
    t->lines[t->rows++] = row->line;
    return 0;
}

static struct csv_options table_options(const struct csv_options *opt)
{
    struct csv_options o = { 0 };

    if (opt)
        o = *opt;
    if (!o.max_bytes)
        o.max_bytes = CSV_TABLE_BYTES;
    return o;
}

static void table_init(struct csv_table *t, const char *path)
{
    *t = (struct csv_table){ .path = mem_strdup(path) };
}

int csv_table_parse(struct csv_table *t, const char *data, size_t len,
                    const char *path, const struct csv_options *opt,
                    struct err *err)
{
    struct csv_options o = table_options(opt);
    struct builder b = { .t = t };

    table_init(t, path);
    int code = csv_scan(data, len, path, &o, add_row, &b, err);
    if (code)
        csv_table_release(t);
    return code;
}

int csv_table_load(struct csv_table *t, const char *path,
                   const struct csv_options *opt, struct err *err)
{
    struct csv_options o = table_options(opt);
    struct builder b = { .t = t };

    table_init(t, path);
    int code = csv_read(path, &o, add_row, &b, err);
    if (code)
        csv_table_release(t);
    return code;
}

void csv_table_release(struct csv_table *t)
{
    free(t->path);
    free(t->names);
    free(t->cells);
    free(t->lines);
    arena_release(&t->store);
    *t = (struct csv_table){ 0 };
}

long csv_table_column(const struct csv_table *t, const char *name)
{
    for (size_t i = 0; i < t->columns; i++)
        if (!strcmp(t->names[i], name))
            return (long)i;
    return -1;
}

int csv_table_columns(const struct csv_table *t, const char *const *names, size_t n,
                      int *at, struct err *err)
{
    struct text all = TEXT_INIT;
    int code = 0;

    for (size_t i = 0; i < n; i++)
        text_addf(&all, "%s%s", i ? "," : "", names[i]);
    for (size_t i = 0; i < n; i++) {
        at[i] = (int)csv_table_column(t, names[i]);
        if (at[i] < 0)
            code = err_add(err, ERR_INPUT, "%s:1: no column '%s', expected %s", t->path,
                           names[i], all.s);
    }
    text_release(&all);
    return code;
}

const char *csv_table_cell(const struct csv_table *t, size_t row, size_t column)
{
    return t->cells[row * t->columns + column];
}

struct csv_out csv_out(struct text *to)
{
    return (struct csv_out){ .to = to };
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static bool needs_quotes(const char *s, bool first)
{
    size_t n = strlen(s);

    if (n == 0)
        return false;
    return s[strcspn(s, ",\"\r\n")] || is_blank(s[0]) || is_blank(s[n - 1]) ||
           (first && (s[0] == '#' || !strncmp(s, "\xEF\xBB\xBF", 3)));
}

void csv_put(struct csv_out *w, const char *s)
{
    bool first = w->cell++ == 0;

    if (!first)
        text_addch(w->to, ',');
    if (!s)
        return;
    if (!needs_quotes(s, first)) {
        text_add(w->to, s);
        return;
    }
    text_addch(w->to, '"');
    for (const char *quote; (quote = strchr(s, '"')); s = quote + 1) {
        text_addn(w->to, s, (size_t)(quote - s));
        text_add(w->to, "\"\"");
    }
    text_add(w->to, s);
    text_addch(w->to, '"');
}

void csv_put_num(struct csv_out *w, double v)
{
    char buf[NUM_MAX];

    csv_put(w, isnan(v) ? "" : num_shortest(buf, v));
}

void csv_put_int(struct csv_out *w, long long v)
{
    char buf[NUM_MAX];

    snprintf(buf, sizeof buf, "%lld", v);
    csv_put(w, buf);
}

void csv_end(struct csv_out *w)
{
    const struct text *t = w->to;

    /* one empty cell must not look like a blank line, which is passed over */
    if (w->cell == 1 && (t->len == 0 || t->s[t->len - 1] == '\n'))
        text_add(w->to, "\"\"");
    text_addch(w->to, '\n');
    w->cell = 0;
}
