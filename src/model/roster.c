/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/roster.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"

const char *const provenance_names[PROVENANCES + 1] = {
    "self-reported", "official-record", "annotator", "predicted", "measured", "drawn",
    "unstated", NULL
};

uint32_t column_code(const struct column *c, size_t row)
{
    switch (row < c->cap ? c->width : 0) {
    case 1: return ((const uint8_t *)c->codes)[row];
    case 2: return ((const uint16_t *)c->codes)[row];
    case 4: return ((const uint32_t *)c->codes)[row];
    default: return 0;
    }
}

static void store(void *codes, unsigned width, size_t row, uint32_t code)
{
    switch (width) {
    case 1: ((uint8_t *)codes)[row] = (uint8_t)code; break;
    case 2: ((uint16_t *)codes)[row] = (uint16_t)code; break;
    default: ((uint32_t *)codes)[row] = code; break;
    }
}

/* Codes of `width` bytes for rows below `cap`; those past the old end are 0. */
static void resize(struct column *c, unsigned width, size_t cap)
{
    if (width == c->width && cap == c->cap)
        return;
    void *codes = mem_array(cap, width);
    size_t kept = cap < c->cap ? cap : c->cap;
    if (kept && width == c->width)
        memcpy(codes, c->codes, kept * width);
    else if (c->width)
        for (size_t i = 0; i < kept; i++)
            store(codes, width, i, column_code(c, i));
    free(c->codes);
    c->codes = codes;
    c->width = width;
    c->cap = cap;
}

void column_set_code(struct column *c, size_t row, uint32_t code)
{
    unsigned width = code <= UINT8_MAX ? 1 : code <= UINT16_MAX ? 2 : 4;

    if (code == 0 && row >= c->cap)
        return;
    if (width < c->width)
        width = c->width;
    if (width > c->width || row >= c->cap)
        resize(c, width, row < c->cap ? c->cap : row + 1 + row / 2 + 64);
    store(c->codes, c->width, row, code);
}

const char *column_value(const struct column *c, size_t row)
{
    return c->values.n ? dict_at(&c->values, column_code(c, row)) : "";
}

void column_set(struct column *c, size_t row, const char *value)
{
    if (!c->values.n)
        dict_add(&c->values, "", NULL);
    column_set_code(c, row, dict_add(&c->values, value, NULL));
}

void column_release(struct column *c)
{
    dict_release(&c->values);
    free(c->codes);
    *c = (struct column){ 0 };
}

static void column_shrink(struct column *c, size_t rows)
{
    dict_shrink(&c->values);
    if (c->cap > rows)
        resize(c, c->width, rows);
}

static size_t column_bytes(const struct column *c)
{
    return dict_bytes(&c->values) + c->cap * c->width;
}

/* The columns that every roster has. */
static struct column *fixed_column(struct roster *r, size_t i)
{
    struct column *const fixed[] = { &r->subject, &r->path, &r->status, &r->reason,
                                     &r->file };
    size_t n = sizeof fixed / sizeof *fixed;

    if (i < n)
        return fixed[i];
    return i - n < ROSTER_TEXTS ? &r->texts[i - n] : NULL;
}

void roster_init(struct roster *r)
{
    *r = (struct roster){ .arena = ARENA_INIT };
    r->path_prefix = mem_strdup("");
}

void roster_release(struct roster *r)
{
    dict_release(&r->samples);
    for (size_t i = 0; fixed_column(r, i); i++)
        column_release(fixed_column(r, i));
    for (size_t i = 0; i < r->n_attributes; i++)
        column_release(&r->attributes[i].column);
    free(r->attributes);
    free(r->line);
    free(r->path_prefix);
    arena_release(&r->arena);
    *r = (struct roster){ .arena = ARENA_INIT };
}

size_t roster_bytes(const struct roster *r)
{
    size_t total = dict_bytes(&r->samples) + r->line_cap * sizeof *r->line +
                   r->attributes_cap * sizeof *r->attributes;

    for (size_t i = 0; fixed_column((struct roster *)r, i); i++)
        total += column_bytes(fixed_column((struct roster *)r, i));
    for (size_t i = 0; i < r->n_attributes; i++)
        total += column_bytes(&r->attributes[i].column);
    return total;
}

void roster_shrink(struct roster *r)
{
    dict_shrink(&r->samples);
    for (size_t i = 0; fixed_column(r, i); i++)
        column_shrink(fixed_column(r, i), r->n);
    for (size_t i = 0; i < r->n_attributes; i++)
        column_shrink(&r->attributes[i].column, r->n);
    if (r->n)
        r->line = mem_grow(r->line, r->line_cap = r->n, sizeof *r->line);
}

static void column_choose(struct column *c, const size_t *rows, size_t n)
{
    struct column to = { 0 };

    for (size_t i = 0; i < n && c->values.n; i++)
        column_set(&to, i, column_value(c, rows[i]));
    column_release(c);
    *c = to;
}

/* The codes of a status are the statuses themselves. */
static void codes_choose(struct column *c, const size_t *rows, size_t n)
{
    struct column to = { 0 };

    for (size_t i = 0; i < n; i++)
        column_set_code(&to, i, column_code(c, rows[i]));
    column_release(c);
    *c = to;
}

void roster_choose(struct roster *r, const size_t *rows, size_t n, const char *why)
{
    struct dict samples = DICT_INIT;

    for (size_t i = 0; i < n; i++) {
        dict_add(&samples, roster_sample(r, rows[i]), NULL);
        r->line[i] = r->line[rows[i]];
    }
    for (size_t i = 0; fixed_column(r, i); i++)
        if (fixed_column(r, i) == &r->status)
            codes_choose(&r->status, rows, n);
        else
            column_choose(fixed_column(r, i), rows, n);
    for (size_t i = 0; i < r->n_attributes; i++)
        column_choose(&r->attributes[i].column, rows, n);
    dict_release(&r->samples);
    r->samples = samples;
    r->n = n;
    r->chosen = arena_strdup(&r->arena, why);
}

size_t roster_add_attribute(struct roster *r, const char *name,
                            enum provenance provenance, const char *about)
{
    assert(!roster_is_reserved(name) && roster_attribute(r, name) < 0);
    MEM_ROOM(r->attributes, r->n_attributes, r->attributes_cap);
    r->attributes[r->n_attributes] = (struct roster_attribute){
        .name = arena_strdup(&r->arena, name),
        .provenance = provenance,
        .about = arena_strdup(&r->arena, about),
        .axis = true,
    };
    return r->n_attributes++;
}

void roster_rename_attribute(struct roster *r, size_t attribute, const char *name)
{
    struct roster_attribute *a = &r->attributes[attribute];

    assert(!roster_is_reserved(name) && roster_attribute(r, name) < 0);
    a->about = arena_printf(&r->arena, "the data set's %s%s%s", a->name,
                            *a->about ? ": " : "", a->about);
    a->name = arena_strdup(&r->arena, name);
}

long roster_add(struct roster *r, const char *sample, bool *fresh)
{
    bool is_new;

    if (r->n == ROSTER_MAX_SAMPLES) {
        uint32_t row = dict_find(&r->samples, sample);
        *fresh = false;
        return row == DICT_NONE ? -1 : (long)row;
    }
    uint32_t row = dict_add(&r->samples, sample, &is_new);
    *fresh = is_new;
    if (is_new) {
        MEM_ROOM(r->line, r->n, r->line_cap);
        r->line[r->n++] = 0;
    }
    return (long)row;
}

void roster_set_subject(struct roster *r, size_t row, const char *subject)
{
    r->has_subjects = true;
    column_set(&r->subject, row, subject);
}

void roster_set_path(struct roster *r, size_t row, const char *path)
{
    size_t prefix = strlen(r->path_prefix);

    if (!r->has_paths) {
        if (!strncmp(path, r->path_prefix, prefix) &&
            !strcmp(path + prefix, roster_sample(r, row)))
            return;
        /* the first that is not its sample's name: from now on each has its own */
        struct text t = TEXT_INIT;
        for (size_t i = 0; i < r->n; i++) {
            text_reset(&t);
            roster_add_path(r, i, &t);
            column_set(&r->path, i, t.s);
        }
        text_release(&t);
        r->has_paths = true;
    }
    column_set(&r->path, row, path);
}

void roster_add_path(const struct roster *r, size_t row, struct text *to)
{
    if (r->has_paths) {
        text_add(to, column_value(&r->path, row));
    } else {
        text_add(to, r->path_prefix);
        text_add(to, roster_sample(r, row));
    }
}

void roster_set_source(struct roster *r, size_t row, const char *file, size_t line)
{
    column_set(&r->file, row, file);
    r->line[row] = line < UINT32_MAX ? (uint32_t)line : UINT32_MAX;
}

void roster_set_status(struct roster *r, size_t row, enum status status,
                       const char *reason)
{
    column_set_code(&r->status, row, status);
    column_set(&r->reason, row, reason);
}

void roster_set_text(struct roster *r, size_t row, enum roster_text which,
                     const char *text)
{
    column_set(&r->texts[which], row, text);
}

void roster_set(struct roster *r, size_t row, size_t attribute, const char *value)
{
    column_set(&r->attributes[attribute].column, row, value);
}

const char *roster_sample(const struct roster *r, size_t row)
{
    return dict_at(&r->samples, (uint32_t)row);
}

const char *roster_subject(const struct roster *r, size_t row)
{
    return r->has_subjects ? column_value(&r->subject, row) : roster_sample(r, row);
}

enum status roster_status(const struct roster *r, size_t row)
{
    return (enum status)column_code(&r->status, row);
}

const char *roster_reason(const struct roster *r, size_t row)
{
    return column_value(&r->reason, row);
}

const char *roster_file(const struct roster *r, size_t row)
{
    return column_value(&r->file, row);
}

size_t roster_line(const struct roster *r, size_t row)
{
    return r->line[row];
}

const char *roster_text(const struct roster *r, size_t row, enum roster_text which)
{
    return column_value(&r->texts[which], row);
}

const char *roster_value(const struct roster *r, size_t row, size_t attribute)
{
    return column_value(&r->attributes[attribute].column, row);
}

uint32_t roster_code(const struct roster *r, size_t row, size_t attribute)
{
    return column_code(&r->attributes[attribute].column, row);
}

long roster_attribute(const struct roster *r, const char *name)
{
    for (size_t i = 0; i < r->n_attributes; i++)
        if (!strcmp(r->attributes[i].name, name))
            return (long)i;
    return -1;
}

long roster_need_attribute(const struct roster *r, const char *name, struct err *err)
{
    long a = roster_attribute(r, name);

    if (a >= 0)
        return a;
    struct text there = TEXT_INIT;
    for (size_t i = 0; i < r->n_attributes; i++)
        text_addf(&there, "%s%s", i ? ", " : "", r->attributes[i].name);
    int code = err_add(err, ERR_INPUT, "'%.60s' is no attribute of the data set, expected "
                       "one of %s", name, r->n_attributes ? there.s : "none");
    text_release(&there);
    return code;
}

long roster_find(const struct roster *r, const char *sample)
{
    uint32_t row = dict_find(&r->samples, sample);

    return row == DICT_NONE ? -1 : (long)row;
}

/* One more name of a row. */
static void index_add(struct roster_index *index, const char *key, size_t row)
{
    bool fresh;

    if (!*key)
        return;
    uint32_t number = dict_add(&index->keys, key, &fresh);
    if (number >= index->cap) {
        index->cap = 2 * (size_t)number + 64;
        index->rows = mem_grow(index->rows, index->cap, sizeof *index->rows);
    }
    if (fresh)
        index->rows[number] = (uint32_t)row;
    else if (index->rows[number] != row)
        index->rows[number] = ROSTER_AMBIGUOUS;
}

void roster_index_init(struct roster_index *index, const struct roster *r)
{
    struct text path = TEXT_INIT;

    *index = (struct roster_index){ 0 };
    for (size_t row = 0; row < r->n; row++) {
        text_reset(&path);
        roster_add_path(r, row, &path);
        index_add(index, roster_sample(r, row), row);
        index_add(index, path.s, row);
        char *base = path.s + (path_basename(path.s) - path.s);
        index_add(index, base, row);
        char *dot = strrchr(base, '.');
        if (dot && dot != base) {
            *dot = '\0';
            index_add(index, base, row);
        }
        for (size_t a = 0; a < r->n_attributes; a++)
            if (r->attributes[a].id)
                index_add(index, roster_value(r, row, a), row);
    }
    text_release(&path);
}

long roster_index_find(const struct roster_index *index, const char *key)
{
    uint32_t number = dict_find(&index->keys, key);

    if (number == DICT_NONE)
        return -1;
    return index->rows[number] == ROSTER_AMBIGUOUS ? -2 : (long)index->rows[number];
}

void roster_index_release(struct roster_index *index)
{
    dict_release(&index->keys);
    free(index->rows);
    *index = (struct roster_index){ 0 };
}
