/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * outputs: what one backend said of the samples of a roster, a row a sample and
 * face. A sample that the backend could do nothing with has its row too, with a
 * status and a reason; one that it was never shown has none.
 *
 * outputs.csv: `sample,face,status,reason,label,confidence,box_x,box_y,box_w,box_h,
 * latency_ms`, then a column `attr.NAME` for each further thing that was said of some
 * row: `attr.source` where the answers were read from a table, `attr.quality`, and what
 * else the backend names. Sample and source are encoded as in roster.csv; what the
 * backend did not say is empty. templates.npy, if there are templates: float32, a row a
 * row of outputs.csv, NaN where there is none; opaque templates are bytes, zeros
 * behind their end, the length of each in `attr.template_bytes`.
 *
 * Invariants: `row` is one of the roster; a label stands only beside STATUS_OK; a
 * confidence is in [0, 1], or NaN where none was stated; the faces of a sample follow
 * one another, from 0.
 *
 * Ownership: the outputs own their texts (outputs_keep()). Threads: one writer.
 */
#ifndef MODEL_OUTPUTS_H
#define MODEL_OUTPUTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "model/image.h"
#include "model/roster.h"
#include "model/status.h"

struct output {
    size_t row;          /* of the roster */
    size_t face;         /* in the image, from 0 */
    enum status status;
    const char *reason;  /* "" if there is nothing to say */
    const char *label;   /* "" where none was given */
    double confidence;
    struct box box;      /* of the face, in pixels of the upright file; width 0: not said */
    double latency_ms;   /* in the matcher; NaN: not measured */
    const char *source;  /* "my.csv:12" */
};

struct outputs_attribute {
    const char *name;    /* without "attr." */
    const char **values; /* of the first n rows; NULL: not said */
    size_t n;
};
#define OUTPUTS_MAX_ATTRIBUTES 256

struct outputs {
    struct arena arena;
    const char *backend;
    struct output *rows;
    size_t n, cap;
    struct outputs_attribute *attributes;
    size_t n_attributes, attributes_cap;
    uint8_t *templates;  /* n × template_bytes, or NULL */
    size_t template_bytes, templates_cap; /* bytes of a row; rows there is room for */
    bool opaque;         /* not float32 */
};

void outputs_init(struct outputs *o, const char *backend);
void outputs_release(struct outputs *o);
/* A new row: the first face, ok, nothing said; valid until the next. */
struct output *outputs_add(struct outputs *o, size_t row);
const char *outputs_keep(struct outputs *o, const char *s);

/* Says something further of a row. False, and nothing said, where there are
 * OUTPUTS_MAX_ATTRIBUTES others. */
bool outputs_set(struct outputs *o, size_t i, const char *name, const char *value);
bool outputs_set_number(struct outputs *o, size_t i, const char *name, double value);
const char *outputs_get(const struct outputs *o, size_t i, const char *name); /* or "" */

/* From now on every row has room for a template of so many bytes, before the first. */
void outputs_want_templates(struct outputs *o, size_t bytes, bool opaque);
/* The template of row i: NaN, or zeros if opaque, until it is written. */
void *outputs_template(struct outputs *o, size_t i);
int outputs_write_templates(const struct outputs *o, const char *path, struct err *err);

void outputs_to_csv(const struct outputs *o, const struct roster *r, struct text *to);
/* Reads it back into initialised outputs, without templates. Fails on columns, names,
 * statuses and numbers that outputs_to_csv() would not have written. */
int outputs_read(struct outputs *o, const struct roster *r, const char *path,
                 struct err *err);

#endif
