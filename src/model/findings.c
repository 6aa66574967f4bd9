/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/findings.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/csv.h"

const char *const finding_flag_names[FLAG_N + 1] = {
    "ok", "too-few", "zero", "suppressed", "derived", NULL
};

/* The columns, once: name, kind and place in struct finding. */
enum column_kind { TEXT, REAL, INTEGER, FLAG };
static const struct column {
    const char *name;
    enum column_kind kind;
    size_t offset;
} columns[] = {
#define COLUMN(kind, name) { #name, kind, offsetof(struct finding, name) }
    COLUMN(TEXT, study), COLUMN(TEXT, dataset), COLUMN(TEXT, backend),
    COLUMN(TEXT, metric), COLUMN(TEXT, group), COLUMN(TEXT, versus),
    COLUMN(TEXT, point), COLUMN(REAL, threshold), COLUMN(REAL, estimate),
    COLUMN(REAL, lo), COLUMN(REAL, hi), COLUMN(REAL, confidence),
    COLUMN(TEXT, method), COLUMN(INTEGER, x), COLUMN(INTEGER, n),
    COLUMN(INTEGER, n_lo), COLUMN(INTEGER, n_hi), COLUMN(REAL, n_eff),
    COLUMN(REAL, df), COLUMN(INTEGER, failed), COLUMN(INTEGER, clusters),
    COLUMN(REAL, p), COLUMN(REAL, p_adj), COLUMN(FLAG, flag), COLUMN(TEXT, note),
#undef COLUMN
};
#define COLUMNS (sizeof columns / sizeof *columns)

void findings_init(struct findings *f)
{
    *f = (struct findings){ ARENA_INIT, NULL, 0, 0 };
}

void findings_release(struct findings *f)
{
    free(f->rows);
    arena_release(&f->arena);
    findings_init(f);
}

struct finding *findings_add(struct findings *f)
{
    MEM_ROOM(f->rows, f->n, f->cap);
    struct finding *row = &f->rows[f->n++];
    for (size_t i = 0; i < COLUMNS; i++) {
        char *at = (char *)row + columns[i].offset;
        switch (columns[i].kind) {
        case TEXT: *(const char **)at = ""; break;
        case REAL: *(double *)at = NAN; break;
        case INTEGER: *(int64_t *)at = -1; break;
        case FLAG: *(enum finding_flag *)at = FLAG_OK; break;
        }
    }
    row->highest = row->lowest = "";
    return row;
}

const char *findings_keep(struct findings *f, const char *s)
{
    return arena_strdup(&f->arena, s);
}

static bool same(const char *want, const char *have)
{
    return !want || !strcmp(want, have);
}

long findings_find(const struct findings *f, const char *backend,
                   const char *metric, const char *group, const char *versus,
                   const char *point, const char *method)
{
    for (size_t i = 0; i < f->n; i++) {
        const struct finding *r = &f->rows[i];
        if (same(backend, r->backend) && same(metric, r->metric) &&
            same(group, r->group) && same(versus, r->versus) &&
            same(point, r->point) && same(method, r->method))
            return (long)i;
    }
    return -1;
}

void findings_write_csv(const struct findings *f, struct text *to)
{
    struct csv_out w = csv_out(to);

    for (size_t i = 0; i < COLUMNS; i++)
        csv_put(&w, columns[i].name);
    csv_end(&w);
    for (size_t r = 0; r < f->n; r++) {
        for (size_t i = 0; i < COLUMNS; i++) {
            const char *at = (const char *)&f->rows[r] + columns[i].offset;
            switch (columns[i].kind) {
            case TEXT: csv_put(&w, *(const char *const *)at); break;
            case REAL: csv_put_num(&w, *(const double *)at); break;
            case INTEGER:
                if (*(const int64_t *)at < 0)
                    csv_put(&w, NULL);
                else
                    csv_put_int(&w, *(const int64_t *)at);
                break;
            case FLAG:
                csv_put(&w, finding_flag_names[*(const enum finding_flag *)at]);
                break;
            }
        }
        csv_end(&w);
    }
}

/* Reads one cell into its place; what was expected, or NULL if all is well. */
static const char *read_cell(struct findings *f, const struct column *c,
                             const char *cell, char *at)
{
    switch (c->kind) {
    case TEXT:
        *(const char **)at = findings_keep(f, cell);
        return NULL;
    case REAL:
        if (!*cell)
            return NULL;
        if (!strcmp(cell, "inf"))
            *(double *)at = INFINITY;
        else if (!strcmp(cell, "-inf"))
            *(double *)at = -INFINITY;
        else if (!num_parse_double(cell, (double *)at))
            return "a number";
        return NULL;
    case INTEGER:
        if (*cell && (!num_parse_int64(cell, (int64_t *)at) || *(int64_t *)at < 0))
            return "a whole number, 0 or more";
        return NULL;
    case FLAG:
        for (int i = 0; i < FLAG_N; i++)
            if (!strcmp(cell, finding_flag_names[i])) {
                *(enum finding_flag *)at = (enum finding_flag)i;
                return NULL;
            }
        return "one of ok, too-few, zero, suppressed, derived";
    }
    return "a known kind of column";
}

int findings_read_csv(struct findings *f, const char *path, struct err *err)
{
    struct csv_table t;
    int code = csv_table_load(&t, path, NULL, err);

    if (code)
        return code;
    for (size_t i = 0; i < COLUMNS; i++)
        if (i >= t.columns || strcmp(t.names[i], columns[i].name)) {
            code = err_add(err, ERR_INPUT, "%s:1: column %zu is '%.60s', expected '%s'",
                           path, i + 1, i < t.columns ? t.names[i] : "",
                           columns[i].name);
            goto out;
        }
    if (t.columns > COLUMNS) {
        code = err_add(err, ERR_INPUT, "%s:1: column %zu is '%.60s', expected no more than "
                       "%zu columns", path, COLUMNS + 1, t.names[COLUMNS], COLUMNS);
        goto out;
    }
    for (size_t r = 0; r < t.rows; r++) {
        struct finding *row = findings_add(f);
        for (size_t i = 0; i < COLUMNS; i++) {
            const char *cell = csv_table_cell(&t, r, i);
            const char *want = read_cell(f, &columns[i], cell,
                                         (char *)row + columns[i].offset);
            if (want)
                code = err_add(err, ERR_INPUT, "%s:%zu: %s is '%.60s', expected %s",
                               path, t.lines[r], columns[i].name, cell, want);
        }
    }
out:
    csv_table_release(&t);
    return code;
}
