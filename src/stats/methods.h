/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * methods: the one list of interval methods, by the names that stand in
 * findings.csv, with what each can be used for and where it comes from.
 */
#ifndef STATS_METHODS_H
#define STATS_METHODS_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* Kinds of quantity, as bits, so that a method may serve several. */
enum {
    FOR_PROPORTION = 1,
    FOR_DIFFERENCE = 2, /* of two independent proportions */
    FOR_RATIO = 4,      /* of two independent proportions */
    FOR_SPREAD = 8,     /* max/min over groups */
};

struct interval {
    double estimate; /* NaN where undefined (0/0) */
    double lo, hi;   /* hi may be +inf (ratio with x2 = 0) */
};

struct method {
    const char *name;
    unsigned quantities;
    const char *summary; /* one line: when to use it */
    const char *source;  /* paper or standard, with equation */
    /* NULL where the method does not serve that quantity. Counts obey
     * 0 ≤ x ≤ n, 1 ≤ n ≤ 2^53, 0 < confidence < 1 (checked: ERR_INPUT);
     * ERR_NUMERIC if an iteration does not converge. */
    int (*proportion)(int64_t x, int64_t n, double confidence,
                      struct interval *out, struct err *err);
    int (*difference)(int64_t x1, int64_t n1, int64_t x2, int64_t n2,
                      double confidence, struct interval *out, struct err *err);
    int (*ratio)(int64_t x1, int64_t n1, int64_t x2, int64_t n2,
                 double confidence, struct interval *out, struct err *err);
};

const struct method *method_table(size_t *n);
const struct method *method_find(const char *name); /* NULL if none */
/* The default of METHODS for one quantity: wilson, newcombe, koopman,
 * projection. */
const struct method *method_default(unsigned quantity);

/* "GSL 2.7.1": what the methods are built on. */
const char *stats_library(void);

/* Turns GSL's aborting error handler off; call once at start. */
void stats_start(void);

#endif
