/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/printed.h"

#include <math.h>
#include <string.h>

#include "base/csv.h"
#include "model/metric.h"

const char *const printed_unit_names[PRINTED_UNITS + 1] = {
    "percent", "points", "points-of-rounded", "count", "ratio", NULL
};

static const char *const columns[] = {
    "claim", "backend", "metric", "group", "versus", "point", "printed", "unit", "source"
};
enum { CLAIM, BACKEND, METRIC, GROUP, VERSUS, POINT, TEXT, UNIT, SOURCE, COLUMNS };

/* Canonical name of a group, or "" where the cell is empty. */
static const char *read_group(struct printed *p, const struct axes *axes,
                              const char *cell, size_t line, struct err *err)
{
    struct text t = TEXT_INIT;
    struct group g;
    const char *name = "";

    if (*cell) {
        if (group_parse(&g, axes, cell, &t) < 0) {
            err_add(err, ERR_INPUT, "%s:%zu: %s", p->path, line, t.s);
        } else {
            text_reset(&t);
            group_add(&t, axes, &g);
            name = arena_strdup(&p->arena, t.s);
        }
    }
    text_release(&t);
    return name;
}

static int read_row(struct printed *p, const struct axes *axes,
                    const struct csv_table *csv, const int *at, size_t row,
                    struct err *err)
{
    struct figure *f = &p->figures[p->n++];
    size_t line = csv->lines[row], before = err->count;
    const char *cell[COLUMNS];

    for (int i = 0; i < COLUMNS; i++)
        cell[i] = csv_table_cell(csv, row, (size_t)at[i]);
    f->line = line;
    f->claim = arena_strdup(&p->arena, cell[CLAIM]);
    f->backend = arena_strdup(&p->arena, cell[BACKEND]);
    f->metric = arena_strdup(&p->arena, cell[METRIC]);
    f->point = arena_strdup(&p->arena, cell[POINT]);
    f->text = arena_strdup(&p->arena, cell[TEXT]);
    f->source = arena_strdup(&p->arena, cell[SOURCE]);
    f->group = read_group(p, axes, cell[GROUP], line, err);
    f->versus = metric_is_paired(f->metric)
        ? arena_strdup(&p->arena, cell[VERSUS]) /* a point or a backend */
        : read_group(p, axes, cell[VERSUS], line, err);
    if (!num_parse_double(cell[TEXT], &f->value) || strpbrk(cell[TEXT], "eE"))
        err_add(err, ERR_INPUT, "%s:%zu: printed is '%.40s', expected the figure in "
                "decimal digits as printed", p->path, line, cell[TEXT]);
    const char *point = strchr(cell[TEXT], '.');
    f->decimals = point ? (int)strlen(point + 1) : 0;
    f->unit = PRINTED_UNITS;
    for (int u = 0; u < PRINTED_UNITS; u++)
        if (!strcmp(cell[UNIT], printed_unit_names[u]))
            f->unit = (enum printed_unit)u;
    if (f->unit == PRINTED_UNITS)
        err_add(err, ERR_INPUT, "%s:%zu: unit is '%.40s', expected percent, points, "
                "points-of-rounded, count or ratio", p->path, line, cell[UNIT]);
    return err->count == before ? 0 : ERR_INPUT;
}

int printed_read(struct printed *p, const char *path, const struct axes *axes,
                 struct err *err)
{
    struct csv_table csv;
    int at[COLUMNS];

    *p = (struct printed){ .arena = ARENA_INIT };
    p->path = arena_strdup(&p->arena, path);
    int code = csv_table_load(&csv, path, &(struct csv_options){ .comments = true }, err);
    if (code)
        return code;
    code = csv_table_columns(&csv, columns, COLUMNS, at, err);
    if (!code) {
        p->figures = arena_array(&p->arena, csv.rows, sizeof *p->figures);
        for (size_t r = 0; r < csv.rows; r++)
            if (read_row(p, axes, &csv, at, r, err) < 0)
                code = ERR_INPUT;
    }
    csv_table_release(&csv);
    return code;
}

void printed_release(struct printed *p)
{
    arena_release(&p->arena);
    *p = (struct printed){ .arena = ARENA_INIT };
}

void printed_to_csv(const struct printed *p, struct text *to)
{
    struct csv_out w = csv_out(to);

    for (int i = 0; i < COLUMNS; i++)
        csv_put(&w, columns[i]);
    csv_end(&w);
    for (size_t i = 0; i < p->n; i++) {
        const struct figure *f = &p->figures[i];
        const char *const cells[COLUMNS] = {
            f->claim, f->backend, f->metric, f->group, f->versus, f->point, f->text,
            printed_unit_names[f->unit], f->source
        };
        for (int c = 0; c < COLUMNS; c++)
            csv_put(&w, cells[c]);
        csv_end(&w);
    }
}

bool figure_matches(const struct figure *f, double value)
{
    return fabs(value - f->value) <= .5 * pow(10, -f->decimals) + 1e-9;
}
