/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/merge_table.h"

#include <stdlib.h>
#include <string.h>

#include "base/csv.h"
#include "base/dict.h"
#include "base/file.h"

#define PIECE 65536

struct merging {
    const struct merge_table *t;
    struct dict columns;       /* of all, in the order of coming */
    size_t *order, n;          /* the same in the order of writing */
    const char *dir;           /* of the part at hand */
    size_t part;
    uint32_t *column;          /* of its cells */
    const char **cells;        /* of a row, by column */
    struct outfile file;
    struct text text;
};

static int learn(const struct csv_row *row, void *arg, struct err *err)
{
    struct merging *m = arg;
    size_t before = m->columns.n;

    if (!row->is_header) {
        m->t->rows[m->part]++;
        return 0;
    }
    for (size_t i = 0; i < row->n; i++)
        dict_add(&m->columns, row->cells[i], NULL);
    if (m->t->alike && m->part && (m->columns.n != before || row->n != before))
        return err_add(err, ERR_INPUT, "%s/%s:%zu: not the columns of the other parts",
                       m->dir, m->t->file, row->line);
    return 0;
}

/* All columns in the order in which they came, but for the one that comes before. */
static void put_in_order(struct merging *m, size_t fixed)
{
    uint32_t early = m->t->before ? dict_find(&m->columns, m->t->before) : DICT_NONE;

    m->n = 0;
    m->order = mem_array(m->columns.n, sizeof *m->order);
    for (size_t i = 0; i <= m->columns.n; i++) {
        if (i == fixed && early != DICT_NONE)
            m->order[m->n++] = early;
        if (i < m->columns.n && i != early)
            m->order[m->n++] = i;
    }
}

static void write_cells(struct merging *m)
{
    struct csv_out w = csv_out(&m->text);

    for (size_t i = 0; i < m->n; i++)
        csv_put(&w, m->cells[m->order[i]]);
    csv_end(&w);
    if (m->text.len < PIECE)
        return;
    fwrite(m->text.s, 1, m->text.len, m->file.fp); /* a fault is found at commit */
    text_reset(&m->text);
}

static int take(const struct csv_row *row, void *arg, struct err *err)
{
    struct merging *m = arg;

    (void)err;
    if (row->is_header) {
        for (size_t i = 0; i < m->columns.n; i++)
            m->cells[i] = "";
        for (size_t i = 0; i < row->n; i++)
            m->column[i] = dict_find(&m->columns, row->cells[i]);
        return 0;
    }
    for (size_t i = 0; i < row->n; i++)
        m->cells[m->column[i]] = row->cells[i];
    write_cells(m);
    return 0;
}

static int each(struct merging *m, const struct part *parts, size_t n, csv_row_fn *fn,
                struct err *err)
{
    int code = 0;

    for (m->part = 0; m->part < n && !code; m->part++) {
        char *path = path_join(parts[m->part].dir, m->t->file);
        m->dir = parts[m->part].dir;
        code = csv_read(path, NULL, fn, m, err);
        free(path);
    }
    return code;
}

/* How many columns all tables of the kind have: those before the first `attr.`. */
static size_t fixed_columns(const struct merging *m)
{
    size_t n = 0;

    while (n < m->columns.n && strncmp(dict_at(&m->columns, (uint32_t)n), "attr.", 5))
        n++;
    return n;
}

static int write_all(struct merging *m, const struct part *parts, size_t n, struct err *err)
{
    char *path = path_join(m->t->out, m->t->file);
    int code = outfile_begin(&m->file, path, err);

    free(path);
    if (code)
        return code;
    m->column = mem_array(m->columns.n, sizeof *m->column);
    m->cells = mem_array(m->columns.n, sizeof *m->cells);
    for (size_t i = 0; i < m->columns.n; i++)
        m->cells[i] = dict_at(&m->columns, (uint32_t)i);
    write_cells(m);
    code = each(m, parts, n, take, err);
    fwrite(m->text.s, 1, m->text.len, m->file.fp);
    if (code)
        outfile_abort(&m->file);
    else
        code = outfile_commit(&m->file, err);
    return code;
}

int merge_table(const struct merge_table *t, const struct part *parts, size_t n,
                struct err *err)
{
    struct merging m = { .t = t, .columns = DICT_INIT, .file = OUTFILE_INIT,
                         .text = TEXT_INIT };
    int code;

    memset(t->rows, 0, n * sizeof *t->rows);
    code = each(&m, parts, n, learn, err);
    if (!code) {
        put_in_order(&m, fixed_columns(&m));
        code = write_all(&m, parts, n, err);
    }
    dict_release(&m.columns);
    free(m.order);
    free(m.column);
    free(m.cells);
    text_release(&m.text);
    return code;
}
