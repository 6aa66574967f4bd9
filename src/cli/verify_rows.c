/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/verify_rows.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/csv.h"

static bool same(const char *a, const char *b)
{
    double x, y;
    int64_t i;

    if (!strcmp(a, b))
        return true;
    if ((num_parse_int64(a, &i) && num_parse_int64(b, &i)) || !num_parse_double(a, &x) ||
        !num_parse_double(b, &y))
        return false;
    return fabs(x - y) <= VERIFY_TOLERANCE * fmax(fabs(x), fabs(y));
}

/* What the row is about: the cells that name it. */
static void add_about(struct text *to, const struct csv_table *t, size_t row)
{
    static const char *const names[] = { "metric", "group", "versus", "point", "backend",
                                         "claim" };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        long at = csv_table_column(t, names[i]);
        const char *cell = at < 0 ? "" : csv_table_cell(t, row, (size_t)at);
        char cut[TEXT_CUT];
        if (*cell)
            text_addf(to, "%s%s", to->len ? ", " : "", text_cut(cut, cell));
    }
}

/* False, with one line, where they differ. */
static bool compare_row(const char *name, const struct csv_table *is,
                        const struct csv_table *again, size_t row, struct err *differences)
{
    for (size_t c = 0; c < is->columns; c++) {
        const char *a = csv_table_cell(is, row, c), *b = csv_table_cell(again, row, c);
        struct text about = TEXT_INIT;
        char one[TEXT_CUT], other[TEXT_CUT];
        if (same(a, b))
            continue;
        add_about(&about, again, row);
        err_add(differences, ERR_INPUT, "%s:%zu: %s is '%s', made again '%s' (row %zu: %s)",
                name, is->lines[row], is->names[c], text_cut(one, a), text_cut(other, b),
                row + 1, about.s);
        text_release(&about);
        return false;
    }
    return true;
}

int verify_rows(const char *name, const char *path, const char *again, size_t again_len,
                size_t *rows, struct err *differences)
{
    const struct csv_options any = { .max_bytes = CSV_MAX_BYTES };
    struct csv_table is, made;
    bool alike;
    int code = csv_table_load(&is, path, &any, differences);

    *rows = 0;
    if (code) {
        csv_table_release(&is);
        return code;
    }
    code = csv_table_parse(&made, again, again_len, name, &any, differences);
    alike = !code && is.columns == made.columns;
    for (size_t c = 0; alike && c < is.columns; c++)
        alike = !strcmp(is.names[c], made.names[c]);
    if (!code && !alike)
        err_add(differences, ERR_INPUT, "%s: has other columns than this misid writes", name);
    bool as_many = is.rows == made.rows, same_so_far = true;
    if (alike && !as_many)
        err_add(differences, ERR_INPUT, "%s: has %zu rows, made again %zu", name, is.rows,
                made.rows);
    /* behind one that is missing, all differ: the first says where it was */
    for (size_t i = 0; alike && i < is.rows && i < made.rows && (as_many || same_so_far);
         i++, ++*rows)
        same_so_far &= compare_row(name, &is, &made, i, differences);
    csv_table_release(&is);
    csv_table_release(&made);
    return differences->code;
}
