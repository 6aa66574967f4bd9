/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * printed: figures as the original printed them, to be held against what the
 * counts give. printed.csv has the columns
 *     claim,backend,metric,group,versus,point,printed,unit,source
 * `claim` is the id of a claim of type `printed`; `metric` is that of a finding
 * (`error`, `error.difference`, `error.share`); `printed` keeps the digits of
 * the print, which say how it was rounded; `unit` says what it means.
 *
 * Ownership: the list owns its strings. Threads: read-only once loaded.
 */
#ifndef MODEL_PRINTED_H
#define MODEL_PRINTED_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "model/group.h"

enum printed_unit {
    PRINTED_PERCENT,  /* a rate or share × 100 */
    PRINTED_POINTS,   /* a difference of rates × 100 */
    PRINTED_POINTS_OF_ROUNDED, /* the difference of two rates already rounded */
    PRINTED_COUNT,    /* x itself */
    PRINTED_RATIO,    /* the estimate itself */
    PRINTED_UNITS
};
extern const char *const printed_unit_names[PRINTED_UNITS + 1];

struct figure {
    const char *claim, *backend, *metric, *group, *versus, *point;
    const char *text;  /* "34.7" */
    double value;      /* 34.7 */
    int decimals;      /* 1 */
    enum printed_unit unit;
    const char *source;
    size_t line;
};

struct printed {
    struct arena arena;
    const char *path;
    struct figure *figures;
    size_t n;
};

int printed_read(struct printed *p, const char *path, const struct axes *axes,
                 struct err *err);
void printed_release(struct printed *p);
void printed_to_csv(const struct printed *p, struct text *to);

/* True if `value` rounds to the figure: at most half a unit of its last printed
 * digit away (a tie may have been rounded either way). */
bool figure_matches(const struct figure *f, double value);

#endif
