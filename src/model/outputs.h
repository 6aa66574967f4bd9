/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * outputs: what one backend said of the samples of a roster, a row a sample and
 * face. A sample that the backend could do nothing with has its row too, with a
 * status and a reason; one that it was never shown has none.
 *
 * outputs.csv: `sample,face,status,reason,label,confidence,box_x,box_y,box_w,box_h,
 * latency_ms,attr.source`. Sample and source are encoded as in roster.csv; what the
 * backend did not say is empty.
 *
 * Invariants: `row` is one of the roster; a label stands only beside STATUS_OK; a
 * confidence is in [0, 1], or NaN where none was stated.
 *
 * Ownership: the outputs own their texts (outputs_keep()). Threads: one writer.
 */
#ifndef MODEL_OUTPUTS_H
#define MODEL_OUTPUTS_H

#include <stddef.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "model/roster.h"
#include "model/status.h"

struct output {
    size_t row;          /* of the roster */
    size_t face;         /* in the image, from 0 */
    enum status status;
    const char *reason;  /* "" if there is nothing to say */
    const char *label;   /* "" where none was given */
    double confidence;
    const char *source;  /* "my.csv:12" */
};

struct outputs {
    struct arena arena;
    const char *backend;
    struct output *rows;
    size_t n, cap;
};

void outputs_init(struct outputs *o, const char *backend);
void outputs_release(struct outputs *o);
/* A new row: the first face, ok, nothing said; valid until the next. */
struct output *outputs_add(struct outputs *o, size_t row);
const char *outputs_keep(struct outputs *o, const char *s);

void outputs_to_csv(const struct outputs *o, const struct roster *r, struct text *to);
/* Reads it back into initialised outputs. Fails on columns, names, statuses and
 * numbers that outputs_to_csv() would not have written. */
int outputs_read(struct outputs *o, const struct roster *r, const char *path,
                 struct err *err);

#endif
