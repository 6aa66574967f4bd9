/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/changes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/csv.h"

const char *const change_samples_names[CHANGE_SAMPLES + 1] = {
    "paired", "shared", "unpaired", NULL
};
const char *const change_flag_names[CHANGE_FLAGS + 1] = {
    "ok", "too-few", "suppressed", "undefined", "gone", "new", NULL
};

/* The columns, once: name, kind and place in struct change. */
enum column_kind { TEXT, REAL, INTEGER, KIND, SAMPLES, FLAG };
static const struct column {
    const char *name;
    enum column_kind kind;
    size_t offset;
} columns[] = {
#define COLUMN(kind, name) { #name, kind, offsetof(struct change, name) }
    COLUMN(TEXT, before), COLUMN(TEXT, after), COLUMN(TEXT, backend), COLUMN(TEXT, metric),
    COLUMN(TEXT, group), COLUMN(TEXT, versus), COLUMN(TEXT, point),
    COLUMN(REAL, value_before), COLUMN(REAL, value_after), COLUMN(REAL, change),
    { "kind", KIND, offsetof(struct change, ratio) },
    COLUMN(REAL, lo), COLUMN(REAL, hi), COLUMN(REAL, confidence), COLUMN(TEXT, method),
    COLUMN(SAMPLES, samples), COLUMN(INTEGER, common), COLUMN(INTEGER, x_before),
    COLUMN(INTEGER, n_before), COLUMN(INTEGER, x_after), COLUMN(INTEGER, n_after),
    COLUMN(REAL, p), COLUMN(REAL, p_adj), COLUMN(TEXT, family), COLUMN(FLAG, flag),
    COLUMN(TEXT, note),
#undef COLUMN
};
#define COLUMNS (sizeof columns / sizeof *columns)

void changes_init(struct changes *c)
{
    *c = (struct changes){ .rows = NULL };
}

void changes_release(struct changes *c)
{
    free(c->rows);
    free(c->overlaps);
    free(c->remarks);
    arena_release(&c->arena);
    changes_init(c);
}

struct change *changes_add(struct changes *c)
{
    MEM_ROOM(c->rows, c->n, c->cap);
    struct change *row = &c->rows[c->n++];
    *row = (struct change){ .samples = CHANGE_UNPAIRED };
    for (size_t i = 0; i < COLUMNS; i++) {
        char *at = (char *)row + columns[i].offset;
        if (columns[i].kind == TEXT)
            *(const char **)at = "";
        else if (columns[i].kind == REAL)
            *(double *)at = NAN;
        else if (columns[i].kind == INTEGER)
            *(int64_t *)at = -1;
    }
    return row;
}

struct change_overlap *changes_add_overlap(struct changes *c)
{
    MEM_ROOM(c->overlaps, c->n_overlaps, c->overlaps_cap);
    struct change_overlap *o = &c->overlaps[c->n_overlaps++];
    *o = (struct change_overlap){ .before = "" };
    return o;
}

void changes_remark(struct changes *c, const char *fmt, ...)
{
    struct text t = TEXT_INIT;
    va_list ap;
    size_t i = 0;

    va_start(ap, fmt);
    text_addfv(&t, fmt, ap);
    va_end(ap);
    while (i < c->n_remarks && strcmp(c->remarks[i], t.s))
        i++;
    if (i == c->n_remarks) {
        MEM_ROOM(c->remarks, c->n_remarks, c->remarks_cap);
        c->remarks[c->n_remarks++] = arena_strdup(&c->arena, t.s);
    }
    text_release(&t);
}

/* A gap or ratio is worse the farther it is from none, whichever group comes first. */
static bool is_worse(const struct change *c)
{
    if (strstr(c->metric, ".difference"))
        return fabs(c->value_after) > fabs(c->value_before);
    if (strstr(c->metric, ".ratio"))
        return fabs(log(c->value_after)) > fabs(log(c->value_before));
    return c->change > (c->ratio ? 1 : 0);
}

int change_verdict(const struct change *c)
{
    if (isnan(c->p_adj) || isnan(c->change) || c->p_adj >= 1 - c->confidence)
        return 0;
    return is_worse(c) ? 1 : -1;
}

/* 0: for the worse; 1: for the better; 2: neither; 3: nothing to compare. */
static int class_of(const struct change *c)
{
    int verdict = change_verdict(c);

    if (isnan(c->change))
        return 3;
    return verdict > 0 ? 0 : verdict < 0 ? 1 : 2;
}

static double size_of(const struct change *c)
{
    return isnan(c->change) ? 0 : c->ratio ? fabs(log(c->change)) : fabs(c->change);
}

static int by_size(const void *a, const void *b)
{
    const struct change *x = a, *y = b;
    int first = class_of(x), second = class_of(y), order;
    double one = size_of(x), other = size_of(y);

    if (first != second)
        return first - second;
    if (x->ratio != y->ratio)
        return x->ratio - y->ratio;
    if (one != other)
        return one > other ? -1 : 1;
    if ((order = strcmp(x->metric, y->metric)) || (order = strcmp(x->group, y->group)) ||
        (order = strcmp(x->versus, y->versus)) || (order = strcmp(x->point, y->point)) ||
        (order = strcmp(x->backend, y->backend)) || (order = strcmp(x->before, y->before)))
        return order;
    return strcmp(x->after, y->after);
}

void changes_sort(struct changes *c)
{
    if (c->n)
        qsort(c->rows, c->n, sizeof *c->rows, by_size);
}

static const char *kind_of(const struct change *c)
{
    return c->ratio ? "ratio" : "difference";
}

static void put_integer(struct csv_out *w, int64_t v)
{
    if (v >= 0)
        csv_put_int(w, v);
    else
        csv_put(w, "");
}

void changes_to_csv(const struct changes *c, struct text *to)
{
    struct csv_out w = csv_out(to);

    for (size_t k = 0; k < COLUMNS; k++)
        csv_put(&w, columns[k].name);
    csv_end(&w);
    for (size_t i = 0; i < c->n; i++) {
        const struct change *row = &c->rows[i];
        for (size_t k = 0; k < COLUMNS; k++) {
            const char *at = (const char *)row + columns[k].offset;
            switch (columns[k].kind) {
            case TEXT: csv_put(&w, *(const char *const *)at); break;
            case REAL: csv_put_num(&w, *(const double *)at); break;
            case INTEGER: put_integer(&w, *(const int64_t *)at); break;
            case KIND: csv_put(&w, kind_of(row)); break;
            case SAMPLES: csv_put(&w, change_samples_names[row->samples]); break;
            case FLAG: csv_put(&w, change_flag_names[row->flag]); break;
            }
        }
        csv_end(&w);
    }
}

static void row_json(const struct change *row, struct json_out *w)
{
    json_map(w, NULL);
    for (size_t k = 0; k < COLUMNS; k++) {
        const char *at = (const char *)row + columns[k].offset, *key = columns[k].name;
        switch (columns[k].kind) {
        case TEXT: json_string(w, key, *(const char *const *)at); break;
        case REAL: json_number(w, key, *(const double *)at); break;
        case INTEGER:
            if (*(const int64_t *)at >= 0)
                json_int(w, key, *(const int64_t *)at);
            else
                json_string(w, key, NULL);
            break;
        case KIND: json_string(w, key, kind_of(row)); break;
        case SAMPLES: json_string(w, key, change_samples_names[row->samples]); break;
        case FLAG: json_string(w, key, change_flag_names[row->flag]); break;
        }
    }
    json_end(w);
}

void changes_add_json(const struct changes *c, struct json_out *w)
{
    json_list(w, "changes");
    for (size_t i = 0; i < c->n; i++)
        row_json(&c->rows[i], w);
    json_end(w);
    json_list(w, "samples");
    for (size_t i = 0; i < c->n_overlaps; i++) {
        const struct change_overlap *o = &c->overlaps[i];
        json_map(w, NULL);
        json_string(w, "before", o->before);
        json_string(w, "after", o->after);
        json_string(w, "backend", o->backend);
        json_string(w, "group", o->group);
        json_int(w, "n_before", o->n_before);
        json_int(w, "n_after", o->n_after);
        json_int(w, "both", o->both);
        json_int(w, "relabelled", o->relabelled);
        json_int(w, "replaced", o->replaced);
        json_end(w);
    }
    json_end(w);
    json_list(w, "remarks");
    for (size_t i = 0; i < c->n_remarks; i++)
        json_string(w, NULL, c->remarks[i]);
    json_end(w);
}
