/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/outputs.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/csv.h"

enum { SAMPLE, FACE, STATUS, REASON, LABEL, CONFIDENCE, BOX_X, BOX_Y, BOX_W, BOX_H,
       LATENCY, SOURCE, COLUMNS };
static const char *const columns[COLUMNS] = {
    "sample", "face", "status", "reason", "label", "confidence", "box_x", "box_y",
    "box_w", "box_h", "latency_ms", "attr.source"
};

void outputs_init(struct outputs *o, const char *backend)
{
    *o = (struct outputs){ .arena = ARENA_INIT };
    o->backend = arena_strdup(&o->arena, backend);
}

void outputs_release(struct outputs *o)
{
    free(o->rows);
    arena_release(&o->arena);
    *o = (struct outputs){ .arena = ARENA_INIT };
}

struct output *outputs_add(struct outputs *o, size_t row)
{
    MEM_ROOM(o->rows, o->n, o->cap);
    o->rows[o->n] = (struct output){ .row = row, .reason = "", .label = "",
                                     .confidence = NAN, .source = "" };
    return &o->rows[o->n++];
}

const char *outputs_keep(struct outputs *o, const char *s)
{
    return *s ? arena_strdup(&o->arena, s) : "";
}

static void put_encoded(struct csv_out *w, struct text *scratch, const char *s)
{
    text_reset(scratch);
    roster_add_encoded(scratch, s);
    csv_put(w, scratch->s);
}

void outputs_to_csv(const struct outputs *o, const struct roster *r, struct text *to)
{
    struct csv_out w = csv_out(to);
    struct text scratch = TEXT_INIT;

    for (int i = 0; i < COLUMNS; i++)
        csv_put(&w, columns[i]);
    csv_end(&w);
    for (size_t i = 0; i < o->n; i++) {
        const struct output *out = &o->rows[i];
        put_encoded(&w, &scratch, roster_sample(r, out->row));
        csv_put_int(&w, (long long)out->face);
        csv_put(&w, status_name(out->status));
        csv_put(&w, out->reason);
        csv_put(&w, out->label);
        csv_put_num(&w, out->confidence);
        for (int k = BOX_X; k <= LATENCY; k++)
            csv_put(&w, "");
        put_encoded(&w, &scratch, out->source);
        csv_end(&w);
    }
    text_release(&scratch);
}

static int read_row(struct outputs *o, const struct roster *r, const struct csv_table *t,
                    size_t i, struct text *scratch, struct err *err)
{
    const char *cell[COLUMNS];
    enum status status;
    int64_t face;
    double confidence = NAN;

    for (int k = 0; k < COLUMNS; k++)
        cell[k] = csv_table_cell(t, i, (size_t)k);
    text_reset(scratch);
    long row = text_add_unpercent(scratch, cell[SAMPLE], strlen(cell[SAMPLE])) < 0
                   ? -1 : roster_find(r, scratch->s);
    if (row < 0)
        return err_add(err, ERR_INPUT, "%s:%zu: sample '%.60s' is not in roster.csv, "
                       "expected one that is", t->path, t->lines[i], cell[SAMPLE]);
    if (!status_parse(cell[STATUS], &status))
        return err_add(err, ERR_INPUT, "%s:%zu: status is '%.60s', expected ok or another "
                       "of misid-formats(5)", t->path, t->lines[i], cell[STATUS]);
    if (!num_parse_int64(cell[FACE], &face) || face < 0)
        return err_add(err, ERR_INPUT, "%s:%zu: face is '%.60s', expected a whole number "
                       "from 0", t->path, t->lines[i], cell[FACE]);
    if (*cell[CONFIDENCE] && (!num_parse_double(cell[CONFIDENCE], &confidence) ||
                              confidence < 0 || confidence > 1))
        return err_add(err, ERR_INPUT, "%s:%zu: confidence is '%.60s', expected nothing or "
                       "a number from 0 to 1", t->path, t->lines[i], cell[CONFIDENCE]);
    struct output *out = outputs_add(o, (size_t)row);
    out->face = (size_t)face;
    out->status = status;
    out->reason = outputs_keep(o, cell[REASON]);
    out->label = outputs_keep(o, cell[LABEL]);
    out->confidence = confidence;
    text_reset(scratch);
    out->source = text_add_unpercent(scratch, cell[SOURCE], strlen(cell[SOURCE])) < 0
                      ? "" : outputs_keep(o, scratch->s);
    return 0;
}

int outputs_read(struct outputs *o, const struct roster *r, const char *path,
                 struct err *err)
{
    struct text scratch = TEXT_INIT;
    struct csv_table t;
    int code = csv_table_load(&t, path, &(struct csv_options){ .max_bytes = CSV_MAX_BYTES },
                              err);

    if (code)
        return code;
    for (int i = 0; i < COLUMNS && !code; i++)
        if (t.columns != COLUMNS || strcmp(t.names[i], columns[i]))
            code = err_add(err, ERR_INPUT, "%s:1: not the columns of outputs.csv, expected "
                           "sample,face,status,reason,label,confidence,box_x,box_y,box_w,"
                           "box_h,latency_ms,attr.source", path);
    for (size_t i = 0; !code && i < t.rows; i++)
        code = read_row(o, r, &t, i, &scratch, err);
    csv_table_release(&t);
    text_release(&scratch);
    return code;
}
