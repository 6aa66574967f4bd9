/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "datasets/census.h"

#include <stdlib.h>
#include <string.h>

/* One set of one or two axes while it is counted. */
struct cells {
    size_t n;
    size_t *samples, *present, *unreadable, *people;
    uint32_t *last;       /* the last person counted in a cell, + 1 */
};

static void cells_init(struct cells *c, size_t n)
{
    c->n = n;
    c->samples = mem_array(n, sizeof *c->samples);
    c->present = mem_array(n, sizeof *c->present);
    c->unreadable = mem_array(n, sizeof *c->unreadable);
    c->people = mem_array(n, sizeof *c->people);
    c->last = mem_array(n, sizeof *c->last);
}

static void cells_release(struct cells *c)
{
    free(c->samples);
    free(c->present);
    free(c->unreadable);
    free(c->people);
    free(c->last);
}

/* True where there is a file to look at. */
static bool is_there(const struct roster *r, size_t row)
{
    enum status status = roster_status(r, row);

    return status != STATUS_MISSING && status != STATUS_REFUSED_PATH;
}

/* True where there is something, but no picture to be had. */
static bool is_unreadable(const struct roster *r, size_t row)
{
    return is_there(r, row) && status_kind(roster_status(r, row)) == STATUS_KIND_UNREADABLE;
}

/* The rows, those of one person together; malloc'd. */
static uint32_t *by_person(const struct roster *r)
{
    uint32_t *order = mem_array(r->n, sizeof *order);
    size_t people = r->has_subjects ? r->subject.values.n : 0;
    size_t *at = mem_array(people + 1, sizeof *at);

    for (size_t row = 0; row < r->n; row++)
        if (r->has_subjects)
            at[column_code(&r->subject, row) + 1]++;
        else
            order[row] = (uint32_t)row;
    for (size_t i = 0; i < people; i++)
        at[i + 1] += at[i];
    for (size_t row = 0; r->has_subjects && row < r->n; row++)
        order[at[column_code(&r->subject, row)]++] = (uint32_t)row;
    free(at);
    return order;
}

static void count_cells(struct cells *c, const struct roster *r, const uint32_t *order,
                        const struct column *one, const struct column *two)
{
    size_t width = two ? two->values.n : 1;

    cells_init(c, one->values.n * width);
    for (size_t i = 0; i < r->n; i++) {
        size_t row = order[i], cell = column_code(one, row) * width;
        if (two)
            cell += column_code(two, row);
        uint32_t person = r->has_subjects ? column_code(&r->subject, row) + 1 : 0;
        c->samples[cell]++;
        c->present[cell] += is_there(r, row);
        c->unreadable[cell] += is_unreadable(r, row);
        if (!person || person == 1 || c->last[cell] != person)
            c->people[cell] += person != 1; /* 1: nobody is named */
        c->last[cell] = person;
    }
}

struct sorted {
    const char *value;
    uint32_t code;
};

static int by_value(const void *a, const void *b)
{
    return strcmp(((const struct sorted *)a)->value, ((const struct sorted *)b)->value);
}

/* The values of an axis in byte order, without the unknown; malloc'd. */
static struct sorted *sort_values(const struct column *c, size_t *n)
{
    *n = c->values.n ? c->values.n - 1 : 0;
    struct sorted *s = mem_array(*n, sizeof *s);
    for (size_t i = 0; i < *n; i++)
        s[i] = (struct sorted){ dict_at(&c->values, (uint32_t)i + 1), (uint32_t)i + 1 };
    if (*n)
        qsort(s, *n, sizeof *s, by_value);
    return s;
}

static void add_group(struct census *c, const struct cells *cells, size_t cell,
                      const struct text *name)
{
    if (!cells->samples[cell])
        return;
    MEM_ROOM(c->groups, c->n, c->cap);
    c->groups[c->n++] = (struct census_group){
        arena_strdup(&c->arena, name->s), cells->samples[cell], cells->present[cell],
        cells->unreadable[cell], cells->people[cell],
    };
}

static void add_part(struct text *name, const char *axis, const char *value)
{
    if (name->len)
        text_addch(name, ';');
    text_add_percent(name, axis);
    text_addch(name, '=');
    text_add_percent(name, value);
}

static void take_axis(struct census *c, const struct roster *r, const uint32_t *order,
                      size_t axis)
{
    const struct roster_attribute *a = &r->attributes[c->axes[axis]];
    struct cells cells;
    struct text name = TEXT_INIT;
    size_t n;

    if (!a->column.values.n) {
        c->unknown[axis] = r->n;
        return;
    }
    struct sorted *values = sort_values(&a->column, &n);
    count_cells(&cells, r, order, &a->column, NULL);
    c->unknown[axis] = cells.samples[0];
    for (size_t i = 0; i < n; i++) {
        text_reset(&name);
        add_part(&name, a->name, values[i].value);
        add_group(c, &cells, values[i].code, &name);
    }
    text_release(&name);
    cells_release(&cells);
    free(values);
}

static void take_pair(struct census *c, const struct roster *r, const uint32_t *order,
                      size_t one, size_t two)
{
    const struct roster_attribute *a = &r->attributes[c->axes[one]];
    const struct roster_attribute *b = &r->attributes[c->axes[two]];
    size_t n, m, width = b->column.values.n;
    struct cells cells;
    struct text name = TEXT_INIT;

    if (!width || !a->column.values.n || a->column.values.n * width > CENSUS_MAX_CELLS)
        return;
    struct sorted *left = sort_values(&a->column, &n);
    struct sorted *right = sort_values(&b->column, &m);
    count_cells(&cells, r, order, &a->column, &b->column);
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < m; k++) {
            text_reset(&name);
            add_part(&name, a->name, left[i].value);
            add_part(&name, b->name, right[k].value);
            add_group(c, &cells, left[i].code * width + right[k].code, &name);
        }
    }
    text_release(&name);
    cells_release(&cells);
    free(left);
    free(right);
}

static int choose_axes(struct census *c, const struct roster *r, const char *const *by,
                       size_t n_by, struct err *err)
{
    int code = 0;

    c->axes = mem_array(n_by + r->n_attributes, sizeof *c->axes);
    for (size_t i = 0; i < n_by; i++) {
        long a = roster_need_attribute(r, by[i], err);
        if (a >= 0)
            c->axes[c->n_axes++] = (size_t)a;
        else
            code = (int)a;
    }
    for (size_t a = 0; !n_by && a < r->n_attributes; a++)
        if (r->attributes[a].axis && r->attributes[a].column.values.n <= CENSUS_MAX_VALUES)
            c->axes[c->n_axes++] = a;
    c->unknown = mem_array(c->n_axes, sizeof *c->unknown);
    return code;
}

int census_take(struct census *c, const struct roster *r, const char *const *by,
                size_t n_by, struct err *err)
{
    *c = (struct census){ .arena = ARENA_INIT, .samples = r->n };
    int code = choose_axes(c, r, by, n_by, err);

    if (code) {
        census_release(c);
        return code;
    }
    for (size_t row = 0; row < r->n; row++) {
        enum status status = roster_status(r, row);
        c->present += is_there(r, row);
        c->missing += status == STATUS_MISSING;
        c->refused += status == STATUS_REFUSED_PATH;
        c->unreadable += is_unreadable(r, row);
    }
    uint32_t *order = by_person(r);
    for (size_t i = 0; i < r->n; i++) {
        uint32_t who = r->has_subjects ? column_code(&r->subject, order[i]) : 1;
        c->people += who && (!r->has_subjects || i == 0 ||
                             column_code(&r->subject, order[i - 1]) != who);
    }
    for (size_t i = 0; i < c->n_axes; i++)
        take_axis(c, r, order, i);
    for (size_t i = 0; i < c->n_axes; i++)
        for (size_t k = i + 1; k < c->n_axes; k++)
            take_pair(c, r, order, i, k);
    free(order);
    return 0;
}

void census_release(struct census *c)
{
    free(c->groups);
    free(c->axes);
    free(c->unknown);
    arena_release(&c->arena);
    *c = (struct census){ .arena = ARENA_INIT };
}
