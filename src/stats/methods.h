/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * methods: the one list of interval methods, by the names that stand in
 * findings.csv, with what each can be used for and where it comes from.
 *
 * To add a method: write its function beside its kin (proportion.c,
 * difference.c, ratio.c, clustered.c, bootstrap.c) and give it a row in methods.c.
 *
 * Ownership: the table is constant. Threads: any.
 */
#ifndef STATS_METHODS_H
#define STATS_METHODS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "stats/interval.h"

/* Kinds of quantity, as bits, so that a method may serve several. */
enum {
    FOR_PROPORTION = 1,
    FOR_DIFFERENCE = 2, /* of two independent proportions */
    FOR_RATIO = 4,      /* of two independent proportions */
    FOR_SPREAD = 8,     /* max/min over groups: spread_max_min() */
    FOR_DYADS = 16,     /* comparisons that share people: clustered.h */
    FOR_PEOPLE = 32,    /* several trials of one person: clustered.h */
    FOR_CONTRAST = 64,  /* of two such rates: rate_contrast() */
    FOR_SPREAD_TEST = 128, /* permutation.h */
};

struct clustered;
struct clustered_how;
struct dyads;
struct people;

struct method {
    const char *name;  /* "clopper-pearson" */
    const char *title; /* "Clopper–Pearson" */
    unsigned quantities;
    const char *summary; /* one line: when to use it */
    const char *source;  /* paper or standard, with equation */
    /* NULL where the method does not serve that quantity. Counts obey
     * 0 ≤ x ≤ n, 1 ≤ n ≤ 2^53, 0 < confidence < 1 (checked: ERR_INPUT);
     * ERR_NUMERIC if an iteration does not converge. Difference is
     * x1/n1 − x2/n2, ratio (x1/n1)/(x2/n2). */
    int (*proportion)(int64_t x, int64_t n, double confidence,
                      struct interval *out, struct err *err);
    int (*difference)(int64_t x1, int64_t n1, int64_t x2, int64_t n2,
                      double confidence, struct interval *out, struct err *err);
    int (*ratio)(int64_t x1, int64_t n1, int64_t x2, int64_t n2,
                 double confidence, struct interval *out, struct err *err);
    int (*dyads)(const struct dyads *d, const struct clustered_how *how,
                 struct clustered *out, struct err *err);
    int (*people)(const struct people *c, const struct clustered_how *how,
                  struct clustered *out, struct err *err);
};

const struct method *method_table(size_t *n);
const struct method *method_find(const char *name); /* NULL if none */
/* The default for one quantity: wilson, newcombe, koopman, projection, wilson-t. */
const struct method *method_default(unsigned quantity);

/* "GSL 2.7.1": what the methods are built on. */
const char *stats_library(void);

/* No p-value of contrast_p() is smaller. */
#define CONTRAST_P_FLOOR 1e-12

/*
 * The p-value that goes with an interval: the two-sided alpha at which the
 * nearer limit of the method's 1 − alpha interval meets `margin`, so that
 * p < .05 if and only if the 95 % interval leaves the margin out. `quantity` is
 * FOR_DIFFERENCE (margin in [−1, 1]) or FOR_RATIO (margin finite and > 0), and
 * the method serves it. Found by bisection to 10 digits (4 near the floor). 1
 * where margin = estimate or no interval leaves the margin out (0/0, say);
 * CONTRAST_P_FLOOR means "that or less": read it as p < 1e-12.
 */
int contrast_p(const struct method *m, unsigned quantity, int64_t x1, int64_t n1,
               int64_t x2, int64_t n2, double margin, double *p, struct err *err);

/* The same of any family of intervals: `limits` gives that of `about` at a confidence. */
int interval_p(int (*limits)(const void *about, double confidence, struct interval *out,
                             struct err *err),
               const void *about, bool ratio, double margin, double *p, struct err *err);

/* Turns GSL's aborting error handler off; call once at start. */
void stats_start(void);

#endif
