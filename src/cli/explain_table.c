/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/explain_table.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/csv.h"
#include "base/dict.h"
#include "base/file.h"
#include "cli/folder.h"
#include "cli/pipeline.h"
#include "cli/trace_samples.h"

/* Rows as texts, before anything is made of them. */
struct raw {
    struct explain_table *to;
    const struct explain_want *want;
    const char ***cells;     /* a column wanted: a text a row */
    struct dict people;
    size_t cap;
};

static bool is_missing(const char *s)
{
    return !*s || !strcmp(s, "NA");
}

static void raw_init(struct raw *r, struct explain_table *to, const struct explain_want *w,
                     size_t most)
{
    *to = (struct explain_table){ .n_variables = w->n_columns };
    *r = (struct raw){ .to = to, .want = w, .cap = most };
    to->y = mem_array(most, sizeof *to->y);
    to->cluster = mem_array(most, sizeof *to->cluster);
    to->missing = mem_array(w->n_columns, sizeof *to->missing);
    r->cells = mem_array(w->n_columns, sizeof *r->cells);
    for (size_t c = 0; c < w->n_columns; c++)
        r->cells[c] = mem_array(most, sizeof **r->cells);
}

static void raw_release(struct raw *r)
{
    for (size_t c = 0; c < r->want->n_columns; c++)
        free(r->cells[c]);
    free(r->cells);
    dict_release(&r->people);
}

/* One row; `cells` a text a column wanted, `person` NULL where each row is one. */
static void raw_add(struct raw *r, bool y, const char *person, const char *const *cells)
{
    struct explain_table *t = r->to;

    t->read++;
    if (person && is_missing(person)) {
        t->no_cluster++;
        return;
    }
    for (size_t c = 0; c < t->n_variables; c++)
        if (is_missing(cells[c])) {
            t->missing[c]++;
            return;
        }
    for (size_t c = 0; c < t->n_variables; c++)
        r->cells[c][t->rows] = cells[c];
    t->y[t->rows] = y;
    t->hits += y;
    t->cluster[t->rows] = person ? dict_add(&r->people, person, NULL) : (uint32_t)t->rows;
    t->rows++;
}

static bool is_among(const char *name, const struct option_list *list)
{
    for (size_t i = 0; list && i < list->n; i++)
        if (!strcmp(list->items[i], name))
            return true;
    return false;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Numbers, if all are and more than two differ. */
static double *as_numbers(struct explain_table *t, const char *const *cells)
{
    double *values = arena_array(&t->arena, t->rows, sizeof *values);
    double first = 0, second = 0;
    size_t distinct = 0;

    for (size_t i = 0; i < t->rows; i++) {
        if (!num_parse_double(cells[i], &values[i]))
            return NULL;
        if (distinct == 0)
            first = values[i], distinct = 1;
        else if (distinct == 1 && values[i] != first)
            second = values[i], distinct = 2;
        else if (distinct == 2 && values[i] != first && values[i] != second)
            distinct = 3;
    }
    return distinct > 2 ? values : NULL;
}

static int make_levels(struct explain_table *t, struct design_variable *v,
                       const char *const *cells, struct err *err)
{
    struct dict seen = DICT_INIT;
    uint32_t *levels = arena_array(&t->arena, t->rows, sizeof *levels);
    int code = 0;

    for (size_t i = 0; i < t->rows && seen.n <= DESIGN_MAX_LEVELS; i++)
        levels[i] = dict_add(&seen, cells[i], NULL);
    if (seen.n > DESIGN_MAX_LEVELS) {
        code = err_add(err, ERR_INPUT, "explain: %s has more than %d values that are not all "
                       "numbers, expected a category or numbers", v->name,
                       DESIGN_MAX_LEVELS);
    } else {
        const char **names = arena_array(&t->arena, seen.n, sizeof *names);
        uint32_t place[DESIGN_MAX_LEVELS];
        for (size_t l = 0; l < seen.n; l++)
            names[l] = dict_at(&seen, (uint32_t)l);
        qsort(names, seen.n, sizeof *names, by_text);
        for (size_t l = 0; l < seen.n; l++) {
            struct text shown = TEXT_INIT;
            place[dict_find(&seen, names[l])] = (uint32_t)l;
            roster_add_encoded(&shown, names[l]);
            names[l] = arena_strdup(&t->arena, shown.s);
            text_release(&shown);
        }
        for (size_t i = 0; i < t->rows; i++)
            levels[i] = place[levels[i]];
        v->levels = levels;
        v->level_names = names;
        v->n_levels = seen.n;
    }
    dict_release(&seen);
    return code;
}

/* --base NAME=VALUE of this variable. */
static int find_base(struct design_variable *v, const struct option_list *bases,
                     struct err *err)
{
    size_t len = strlen(v->name);

    for (size_t i = 0; bases && i < bases->n; i++) {
        const char *given = bases->items[i];
        if (strncmp(given, v->name, len) || given[len] != '=')
            continue;
        for (size_t l = 0; l < v->n_levels; l++)
            if (!strcmp(v->level_names[l], given + len + 1))
                v->base = (long)l;
        if (v->base < 0)
            return err_add(err, ERR_INPUT, "explain: --base %s: no row has that value",
                           given);
    }
    return 0;
}

static int finish(struct raw *r, struct err *err)
{
    struct explain_table *t = r->to;
    const struct explain_want *w = r->want;
    int code = 0;

    if (t->rows == 0)
        return err_add(err, ERR_INPUT, "explain: no row has an outcome and all columns, "
                       "expected some of %zu", t->read);
    t->clusters = w->cluster ? r->people.n : t->rows;
    t->variables = arena_array(&t->arena, t->n_variables, sizeof *t->variables);
    for (size_t c = 0; c < t->n_variables && !code; c++) {
        struct design_variable *v = &t->variables[c];
        *v = (struct design_variable){ .name = w->columns[c], .base = -1 };
        v->values = is_among(v->name, w->categories) ? NULL : as_numbers(t, r->cells[c]);
        v->number = v->values;
        if (!v->number && !(code = make_levels(t, v, r->cells[c], err)))
            code = find_base(v, w->bases, err);
    }
    return code;
}

void explain_table_release(struct explain_table *t)
{
    arena_release(&t->arena);
    free(t->missing);
    free(t->y);
    free(t->cluster);
    *t = (struct explain_table){ .rows = 0 };
}

/* 1, 0, -1 missing, -2 neither. */
static int as_outcome(const char *s)
{
    static const char *const yes[] = { "1", "true", "yes" }, *const no[] = { "0", "false",
                                                                              "no" };

    if (is_missing(s))
        return -1;
    for (size_t i = 0; i < 3; i++)
        if (!strcasecmp(s, yes[i]) || !strcasecmp(s, no[i]))
            return !strcasecmp(s, yes[i]);
    return -2;
}

static int add_csv_rows(struct raw *r, const struct csv_table *csv, const int *at,
                        struct err *err)
{
    size_t n = r->want->n_columns;
    const char **cells = mem_array(n, sizeof *cells);
    int code = 0;

    for (size_t i = 0; i < csv->rows; i++) {
        const char *outcome = csv_table_cell(csv, i, (size_t)at[n]);
        int y = as_outcome(outcome);
        char cut[TEXT_CUT];
        if (y == -2)
            code = err_add(err, ERR_INPUT, "%s:%zu: %s is '%s', expected 0 or 1", csv->path,
                           csv->lines[i], r->want->outcome, text_cut(cut, outcome));
        if (y == -1) {
            r->to->read++;
            r->to->no_outcome++;
        }
        for (size_t c = 0; c < n; c++)
            cells[c] = csv_table_cell(csv, i, (size_t)at[c]);
        if (y >= 0)
            raw_add(r, y, r->want->cluster ? csv_table_cell(csv, i, (size_t)at[n + 1]) : NULL,
                    cells);
    }
    free(cells);
    return code;
}

int explain_table_csv(struct explain_table *t, const char *path,
                      const struct explain_want *want, struct err *err)
{
    const struct csv_options foreign = { .trim = true, .foreign = true };
    size_t n = want->n_columns;
    const char **names = mem_array(n + 2, sizeof *names);
    int *at = mem_array(n + 2, sizeof *at);
    struct csv_table csv;
    struct raw raw;
    int code;

    *t = (struct explain_table){ .rows = 0 };
    memcpy(names, want->columns, n * sizeof *names);
    names[n] = want->outcome;
    names[n + 1] = want->cluster;
    code = csv_table_load(&csv, path, &foreign, err);
    if (!code && !(code = csv_table_columns(&csv, names, n + (want->cluster ? 2 : 1), at,
                                            err))) {
        raw_init(&raw, t, want, csv.rows);
        if (!(code = add_csv_rows(&raw, &csv, at, err)))
            code = finish(&raw, err);
        raw_release(&raw);
    }
    csv_table_release(&csv);
    free(names);
    free(at);
    return code;
}

/* Where the cells of a column wanted come from: an attribute of the roster, or a
 * column of the further table, a row of which each sample has or not. */
struct sources {
    const struct roster *roster;
    struct csv_table with;
    bool there;
    long *row;              /* of the further table, a sample; or -1 */
    long *attribute, *column; /* a column wanted; -1 */
};

static int open_sources(struct sources *s, const struct roster *r, const char *with,
                        const struct explain_want *w, struct err *err)
{
    const struct csv_options foreign = { .trim = true, .foreign = true };
    int code = 0, sample = 0;

    *s = (struct sources){ .roster = r, .there = with };
    s->row = mem_array(r->n, sizeof *s->row);
    s->attribute = mem_array(w->n_columns, sizeof *s->attribute);
    s->column = mem_array(w->n_columns, sizeof *s->column);
    for (size_t i = 0; i < r->n; i++)
        s->row[i] = -1;
    if (with) {
        if ((code = csv_table_load(&s->with, with, &foreign, err)) ||
            (code = csv_table_columns(&s->with, (const char *[]){ "sample" }, 1, &sample,
                                      err)))
            return code;
        struct roster_index index;
        roster_index_init(&index, r);
        for (size_t i = 0; i < s->with.rows; i++) {
            long at = roster_index_find(&index,
                                        csv_table_cell(&s->with, i, (size_t)sample));
            if (at >= 0)
                s->row[at] = (long)i;
        }
        roster_index_release(&index);
    }
    for (size_t c = 0; c < w->n_columns; c++) {
        s->column[c] = with ? csv_table_column(&s->with, w->columns[c]) : -1;
        s->attribute[c] = s->column[c] < 0 ? roster_attribute(r, w->columns[c]) : -1;
        if (s->column[c] < 0 && s->attribute[c] < 0)
            code = err_add(err, ERR_INPUT, "explain: no column '%s' in roster.csv%s%s, "
                           "expected an attribute or a covariate", w->columns[c],
                           with ? " nor in " : "", with ? with : "");
    }
    return code;
}

static void close_sources(struct sources *s)
{
    if (s->there)
        csv_table_release(&s->with);
    free(s->row);
    free(s->attribute);
    free(s->column);
}

static const char *source_cell(const struct sources *s, size_t c, size_t sample)
{
    if (s->column[c] < 0)
        return roster_value(s->roster, sample, (size_t)s->attribute[c]);
    return s->row[sample] < 0
               ? "" : csv_table_cell(&s->with, (size_t)s->row[sample], (size_t)s->column[c]);
}

static int add_outputs(struct explain_table *t, const struct trace_samples *samples,
                       const struct outputs *o, const struct sources *from,
                       const struct explain_want *w, struct err *err)
{
    const struct roster *r = &samples->roster;
    const char **cells = mem_array(w->n_columns, sizeof *cells);
    struct raw raw;

    raw_init(&raw, t, w, o->n);
    for (size_t i = 0; i < o->n; i++) {
        size_t row = o->rows[i].row;
        const char *person = roster_subject(r, row);
        enum classify_part part =
            *roster_value(r, row, samples->classify.target)
                ? classify_part(&samples->classify, &o->rows[i], w->outcome, "")
                : PART_NONE;
        if (part == PART_NONE) {
            t->read++;
            t->no_outcome++;
            continue;
        }
        for (size_t c = 0; c < w->n_columns; c++)
            cells[c] = source_cell(from, c, row);
        raw_add(&raw, part == PART_HIT, *person ? person : roster_sample(r, row), cells);
    }
    free(cells);
    int code = finish(&raw, err);
    raw_release(&raw);
    return code;
}

/* The backend asked for, or the only one that has outputs. */
static int choose_backend(const struct pipeline *p, const char **backend, struct arena *keep,
                          struct err *err)
{
    struct text known = TEXT_INIT;
    struct dict seen = DICT_INIT;
    const char *only = NULL;
    bool there = false, fresh;
    size_t n = 0;

    for (size_t i = 0; i < p->findings.n; i++) {
        const char *name = p->findings.rows[i].backend;
        dict_add(&seen, name, &fresh);
        if (!fresh || !*name)
            continue;
        char *file = folder_backend(name, "outputs.csv");
        if (folder_records(&p->run, file)) {
            only = name;
            there |= *backend && !strcmp(*backend, name);
            text_addf(&known, "%s%s", n++ ? ", " : "", name);
        }
        free(file);
    }
    dict_release(&seen);
    int code = 0;
    if (*backend ? !there : n != 1)
        code = err_add(err, ERR_INPUT, *backend ? "explain: --backend '%s' has no answers "
                       "there, expected one of %s" : "explain: %sexpected --backend NAME, "
                       "one of %s", *backend ? *backend : "", known.s);
    else
        *backend = arena_strdup(keep, *backend ? *backend : only);
    text_release(&known);
    return code;
}

int explain_table_run(struct explain_table *t, const char *dir, const char **backend,
                      const char *with, const struct explain_want *want, struct err *err)
{
    struct trace_samples samples = { .dir = NULL };
    struct arena keep = ARENA_INIT;
    struct sources from = { .roster = NULL };
    struct outputs o = { .backend = NULL };
    struct pipeline p;

    *t = (struct explain_table){ .rows = 0 };
    pipeline_init(&p, err);
    int code = pipeline_open_findings(&p, dir);
    if (!code)
        code = trace_samples_open(&samples, dir, &p.study, &p.run, err);
    if (!code && !samples.there)
        code = err_add(err, ERR_INPUT, "%s: no samples, expected a run made with "
                       "--predictions", dir);
    if (!code && !(code = choose_backend(&p, backend, &keep, err))) {
        char *name = folder_backend(*backend, "outputs.csv"), *path = path_join(dir, name);
        outputs_init(&o, *backend);
        if (!(code = open_sources(&from, &samples.roster, with, want, err)) &&
            !(code = outputs_read(&o, &samples.roster, path, err)))
            code = add_outputs(t, &samples, &o, &from, want, err);
        free(path);
        free(name);
        outputs_release(&o);
        close_sources(&from);
    }
    if (!code)
        *backend = arena_strdup(&t->arena, *backend);
    arena_release(&keep);
    trace_samples_release(&samples);
    pipeline_release(&p);
    return code;
}
