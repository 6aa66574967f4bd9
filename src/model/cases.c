/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/cases.h"

#include <math.h>
#include <string.h>

#include "base/csv.h"

static const char *const columns[] = {
    "case", "person", "backend", "said", "confidence", "wrong", "source"
};
enum { ID, PERSON, BACKEND, SAID, CONFIDENCE, WRONG, SOURCE, COLUMNS };

static int read_row(struct cases *c, const struct csv_table *csv, const int *at,
                    size_t row, struct err *err)
{
    struct named_case *n = &c->cases[c->n++];
    const char *cell[COLUMNS];
    int code = 0;

    for (int i = 0; i < COLUMNS; i++)
        cell[i] = arena_strdup(&c->arena, csv_table_cell(csv, row, (size_t)at[i]));
    *n = (struct named_case){ cell[ID], cell[PERSON], cell[BACKEND], cell[SAID],
                              cell[WRONG], cell[SOURCE], NAN };
    if (!*n->id)
        code = err_add(err, ERR_INPUT, "%s:%zu: case is empty, expected a name or number",
                       csv->path, csv->lines[row]);
    for (size_t i = 0; i + 1 < c->n; i++)
        if (*n->id && !strcmp(c->cases[i].id, n->id)) {
            code = err_add(err, ERR_INPUT, "%s:%zu: case '%.40s' stands twice, expected "
                           "each once", csv->path, csv->lines[row], n->id);
            break;
        }
    if (*cell[CONFIDENCE] && (!num_parse_double(cell[CONFIDENCE], &n->confidence) ||
                              n->confidence < 0 || n->confidence > 1))
        code = err_add(err, ERR_INPUT, "%s:%zu: confidence is '%.40s', expected a number "
                       "from 0 to 1, or nothing", csv->path, csv->lines[row],
                       cell[CONFIDENCE]);
    if (*n->wrong && strcmp(n->wrong, "yes") && strcmp(n->wrong, "no"))
        code = err_add(err, ERR_INPUT, "%s:%zu: wrong is '%.40s', expected yes, no or "
                       "nothing", csv->path, csv->lines[row], n->wrong);
    return code;
}

int cases_read(struct cases *c, const char *path, struct err *err)
{
    struct csv_table csv;
    int at[COLUMNS];

    *c = (struct cases){ .arena = ARENA_INIT };
    int code = csv_table_load(&csv, path, &(struct csv_options){ .comments = true }, err);
    if (code)
        return code;
    code = csv_table_columns(&csv, columns, COLUMNS, at, err);
    if (!code && csv.rows > CASES_MAX)
        code = err_add(err, ERR_LIMIT, "%s: %zu cases, expected at most %d", path,
                       csv.rows, CASES_MAX);
    if (!code) {
        c->cases = arena_array(&c->arena, csv.rows, sizeof *c->cases);
        c->cap = csv.rows;
        for (size_t r = 0; r < csv.rows; r++)
            if (read_row(c, &csv, at, r, err) < 0)
                code = ERR_INPUT; /* and go on: every fault is listed */
    }
    csv_table_release(&csv);
    return code;
}

void cases_add(struct cases *c, const struct named_case *one)
{
    const struct named_case *before = c->cases;

    if (c->n == c->cap) {
        c->cap = 2 * c->cap + 64;
        c->cases = arena_array(&c->arena, c->cap, sizeof *c->cases);
        if (c->n)
            memcpy(c->cases, before, c->n * sizeof *c->cases);
    }
    c->cases[c->n++] = (struct named_case){
        arena_strdup(&c->arena, one->id), arena_strdup(&c->arena, one->person),
        arena_strdup(&c->arena, one->backend), arena_strdup(&c->arena, one->said),
        arena_strdup(&c->arena, one->wrong), arena_strdup(&c->arena, one->source),
        one->confidence };
}

void cases_release(struct cases *c)
{
    arena_release(&c->arena);
    *c = (struct cases){ .arena = ARENA_INIT };
}

void cases_to_csv(const struct cases *c, struct text *to)
{
    struct csv_out w = csv_out(to);

    for (int i = 0; i < COLUMNS; i++)
        csv_put(&w, columns[i]);
    csv_end(&w);
    for (size_t i = 0; i < c->n; i++) {
        const struct named_case *n = &c->cases[i];
        csv_put(&w, n->id);
        csv_put(&w, n->person);
        csv_put(&w, n->backend);
        csv_put(&w, n->said);
        csv_put_num(&w, n->confidence);
        csv_put(&w, n->wrong);
        csv_put(&w, n->source);
        csv_end(&w);
    }
}
