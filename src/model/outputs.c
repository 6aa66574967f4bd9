/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/outputs.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/csv.h"
#include "base/npy.h"

enum { SAMPLE, FACE, STATUS, REASON, LABEL, CONFIDENCE, BOX_X, BOX_Y, BOX_W, BOX_H,
       LATENCY, COLUMNS };
static const char *const columns[COLUMNS] = {
    "sample", "face", "status", "reason", "label", "confidence", "box_x", "box_y",
    "box_w", "box_h", "latency_ms"
};
static const char prefix[] = "attr.", source_name[] = "source";

void outputs_init(struct outputs *o, const char *backend)
{
    *o = (struct outputs){ .arena = ARENA_INIT };
    o->backend = arena_strdup(&o->arena, backend);
}

void outputs_release(struct outputs *o)
{
    for (size_t i = 0; i < o->n_attributes; i++)
        free(o->attributes[i].values);
    free(o->attributes);
    free(o->templates);
    free(o->rows);
    arena_release(&o->arena);
    *o = (struct outputs){ .arena = ARENA_INIT };
}

static void clear_template(struct outputs *o, size_t i)
{
    uint8_t *to = o->templates + i * o->template_bytes;
    const float nan = NAN;

    if (o->opaque)
        memset(to, 0, o->template_bytes);
    for (size_t k = 0; !o->opaque && k < o->template_bytes; k += sizeof nan)
        memcpy(to + k, &nan, sizeof nan);
}

struct output *outputs_add(struct outputs *o, size_t row)
{
    MEM_ROOM(o->rows, o->n, o->cap);
    o->rows[o->n] = (struct output){ .row = row, .reason = "", .label = "",
                                     .confidence = NAN, .latency_ms = NAN, .source = "" };
    if (o->template_bytes) {
        if (o->templates_cap < o->cap) {
            o->templates = mem_grow(o->templates, o->cap, o->template_bytes);
            o->templates_cap = o->cap;
        }
        clear_template(o, o->n);
    }
    return &o->rows[o->n++];
}

const char *outputs_keep(struct outputs *o, const char *s)
{
    return *s ? arena_strdup(&o->arena, s) : "";
}

static struct outputs_attribute *find(const struct outputs *o, const char *name)
{
    for (size_t i = 0; i < o->n_attributes; i++)
        if (!strcmp(o->attributes[i].name, name))
            return &o->attributes[i];
    return NULL;
}

static struct outputs_attribute *find_or_add(struct outputs *o, const char *name)
{
    struct outputs_attribute *a = find(o, name);

    if (a || o->n_attributes == OUTPUTS_MAX_ATTRIBUTES)
        return a;
    MEM_ROOM(o->attributes, o->n_attributes, o->attributes_cap);
    a = &o->attributes[o->n_attributes++];
    *a = (struct outputs_attribute){ .name = arena_strdup(&o->arena, name) };
    return a;
}

bool outputs_set(struct outputs *o, size_t i, const char *name, const char *value)
{
    struct outputs_attribute *a = find_or_add(o, name);

    if (!a)
        return false;
    if (i >= a->n) {
        a->values = mem_grow(a->values, o->cap, sizeof *a->values);
        memset(a->values + a->n, 0, (o->cap - a->n) * sizeof *a->values);
        a->n = o->cap;
    }
    a->values[i] = outputs_keep(o, value);
    return true;
}

bool outputs_set_number(struct outputs *o, size_t i, const char *name, double value)
{
    char number[NUM_MAX];

    return outputs_set(o, i, name, isnan(value) ? "" : num_shortest(number, value));
}

static const char *value_of(const struct outputs_attribute *a, size_t i)
{
    return i < a->n && a->values[i] ? a->values[i] : "";
}

const char *outputs_get(const struct outputs *o, size_t i, const char *name)
{
    const struct outputs_attribute *a = find(o, name);

    return a ? value_of(a, i) : "";
}

void outputs_want_templates(struct outputs *o, size_t bytes, bool opaque)
{
    o->template_bytes = bytes;
    o->opaque = opaque;
}

void *outputs_template(struct outputs *o, size_t i)
{
    return o->templates + i * o->template_bytes;
}

int outputs_write_templates(const struct outputs *o, const char *path, struct err *err)
{
    size_t number = o->opaque ? 1 : sizeof(float);
    const size_t shape[2] = { o->n, o->template_bytes / number };
    struct npy_out out;
    int code = npy_begin(&out, path, o->opaque ? "'|u1'" : "'<f4'", shape, 2, err);

    if (code)
        return code;
    npy_put_bytes(&out, o->templates, o->n * o->template_bytes);
    return npy_commit(&out, err);
}

static void put_encoded(struct csv_out *w, struct text *scratch, const char *s)
{
    text_reset(scratch);
    roster_add_encoded(scratch, s);
    csv_put(w, scratch->s);
}

/* Of a box: nothing where none was said. */
static void put_box(struct csv_out *w, const struct box *b)
{
    const double v[4] = { b->x, b->y, b->width, b->height };

    for (int i = 0; i < 4; i++)
        csv_put_num(w, b->width > 0 ? v[i] : NAN);
}

static bool has_source(const struct outputs *o)
{
    for (size_t i = 0; i < o->n; i++)
        if (*o->rows[i].source)
            return true;
    return false;
}

void outputs_to_csv(const struct outputs *o, const struct roster *r, struct text *to)
{
    struct csv_out w = csv_out(to);
    struct text scratch = TEXT_INIT;
    bool source = has_source(o);

    for (int i = 0; i < COLUMNS; i++)
        csv_put(&w, columns[i]);
    if (source)
        csv_put(&w, "attr.source");
    for (size_t k = 0; k < o->n_attributes; k++) {
        text_reset(&scratch);
        text_addf(&scratch, "%s%s", prefix, o->attributes[k].name);
        csv_put(&w, scratch.s);
    }
    csv_end(&w);
    for (size_t i = 0; i < o->n; i++) {
        const struct output *out = &o->rows[i];
        put_encoded(&w, &scratch, roster_sample(r, out->row));
        csv_put_int(&w, (long long)out->face);
        csv_put(&w, status_name(out->status));
        csv_put(&w, out->reason);
        csv_put(&w, out->label);
        csv_put_num(&w, out->confidence);
        put_box(&w, &out->box);
        csv_put_num(&w, out->latency_ms);
        if (source)
            put_encoded(&w, &scratch, out->source);
        for (size_t k = 0; k < o->n_attributes; k++)
            csv_put(&w, value_of(&o->attributes[k], i));
        csv_end(&w);
    }
    text_release(&scratch);
}

/* What of one row is read, besides what its cells say. */
struct row_reader {
    struct outputs *o;
    const struct roster *r;
    const struct csv_table *t;
    struct text scratch;
};

/* A number of a cell, NaN where it is empty. */
static int read_number(const struct row_reader *s, size_t i, int column, double low,
                       double high, const char *expected, double *to, struct err *err)
{
    const char *cell = csv_table_cell(s->t, i, (size_t)column);

    *to = NAN;
    if (!*cell || (num_parse_double(cell, to) && *to >= low && *to <= high))
        return 0;
    return err_add(err, ERR_INPUT, "%s:%zu: %s is '%.60s', expected nothing or %s",
                   s->t->path, s->t->lines[i], columns[column], cell, expected);
}

static int read_box(const struct row_reader *s, size_t i, struct box *to, struct err *err)
{
    double v[4];
    int code = 0;

    for (int k = 0; k < 4 && !code; k++)
        code = read_number(s, i, BOX_X + k, k < 2 ? -INFINITY : 0, INFINITY, "a number",
                           &v[k], err);
    if (!code && !isnan(v[2]))
        *to = (struct box){ v[0], v[1], v[2], v[3] };
    return code;
}

static void read_attributes(struct row_reader *s, size_t i)
{
    struct outputs *o = s->o;

    for (size_t k = COLUMNS; k < s->t->columns; k++) {
        const char *name = s->t->names[k] + strlen(prefix);
        const char *cell = csv_table_cell(s->t, i, k);
        if (strcmp(name, source_name)) {
            if (*cell)
                outputs_set(o, o->n - 1, name, cell);
            continue;
        }
        text_reset(&s->scratch);
        if (text_add_unpercent(&s->scratch, cell, strlen(cell)) == 0)
            o->rows[o->n - 1].source = outputs_keep(o, s->scratch.s);
    }
}

static int read_row(struct row_reader *s, size_t i, struct err *err)
{
    const char *cell[COLUMNS];
    const struct csv_table *t = s->t;
    enum status status;
    double confidence, latency;
    struct box box = { 0 };
    int64_t face;
    int code;

    for (int k = 0; k < COLUMNS; k++)
        cell[k] = csv_table_cell(t, i, (size_t)k);
    text_reset(&s->scratch);
    long row = text_add_unpercent(&s->scratch, cell[SAMPLE], strlen(cell[SAMPLE])) < 0
                   ? -1 : roster_find(s->r, s->scratch.s);
    if (row < 0)
        return err_add(err, ERR_INPUT, "%s:%zu: sample '%.60s' is not in roster.csv, "
                       "expected one that is", t->path, t->lines[i], cell[SAMPLE]);
    if (!status_parse(cell[STATUS], &status))
        return err_add(err, ERR_INPUT, "%s:%zu: status is '%.60s', expected ok or another "
                       "of misid-formats(5)", t->path, t->lines[i], cell[STATUS]);
    if (!num_parse_int64(cell[FACE], &face) || face < 0)
        return err_add(err, ERR_INPUT, "%s:%zu: face is '%.60s', expected a whole number "
                       "from 0", t->path, t->lines[i], cell[FACE]);
    if ((code = read_number(s, i, CONFIDENCE, 0, 1, "a number from 0 to 1", &confidence,
                            err)) ||
        (code = read_number(s, i, LATENCY, 0, INFINITY, "a number from 0", &latency, err)) ||
        (code = read_box(s, i, &box, err)))
        return code;
    struct output *out = outputs_add(s->o, (size_t)row);
    out->face = (size_t)face;
    out->status = status;
    out->reason = outputs_keep(s->o, cell[REASON]);
    out->label = outputs_keep(s->o, cell[LABEL]);
    out->confidence = confidence;
    out->box = box;
    out->latency_ms = latency;
    read_attributes(s, i);
    return 0;
}

static int check_columns(const struct csv_table *t, struct err *err)
{
    size_t i = 0;

    while (i < COLUMNS && i < t->columns && !strcmp(t->names[i], columns[i]))
        i++;
    while (i >= COLUMNS && i < t->columns && !strncmp(t->names[i], prefix, strlen(prefix)) &&
           t->names[i][strlen(prefix)])
        i++;
    if (i >= COLUMNS && i == t->columns && i - COLUMNS <= OUTPUTS_MAX_ATTRIBUTES)
        return 0;
    return err_add(err, ERR_INPUT, "%s:1: not the columns of outputs.csv, expected sample,"
                   "face,status,reason,label,confidence,box_x,box_y,box_w,box_h,latency_ms "
                   "and attr.NAME for what else was said", t->path);
}

int outputs_read(struct outputs *o, const struct roster *r, const char *path,
                 struct err *err)
{
    struct csv_table t;
    struct row_reader s = { o, r, &t, TEXT_INIT };
    int code = csv_table_load(&t, path, &(struct csv_options){ .max_bytes = CSV_MAX_BYTES },
                              err);

    if (code)
        return code;
    code = check_columns(&t, err);
    for (size_t k = COLUMNS; k < t.columns && !code; k++) /* in the order of the file */
        if (strcmp(t.names[k] + strlen(prefix), source_name))
            find_or_add(o, t.names[k] + strlen(prefix));
    for (size_t i = 0; !code && i < t.rows; i++)
        code = read_row(&s, i, err);
    csv_table_release(&t);
    text_release(&s.scratch);
    return code;
}
