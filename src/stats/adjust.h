/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * adjust: p-values adjusted for how many were asked for.
 *
 * Entries that are NaN (tests that were not made) stay NaN and are not counted.
 * `out` may be `p`.
 *
 * Ownership: the caller owns both arrays. Threads: any. Fails when: never; p-values
 * lie in [0, 1] (asserted).
 */
#ifndef STATS_ADJUST_H
#define STATS_ADJUST_H

#include <stddef.h>

/* Family-wise error, any dependence: the i-th smallest of m becomes
 * max over j <= i of min(1, (m − j + 1)·p_j) (Holm 1979, Scand. J. Stat. 6:65-70). */
void adjust_holm(const double *p, size_t n, double *out);
/* False discovery rate, independent or positively dependent tests: min over
 * j >= i of min(1, m·p_j/j) (Benjamini & Hochberg 1995, JRSS B 57:289-300). */
void adjust_bh(const double *p, size_t n, double *out);

/* The one list of adjustments, for `misid calc adjust --method`. */
struct adjustment {
    const char *name, *title, *summary, *source;
    void (*adjust)(const double *p, size_t n, double *out);
};
const struct adjustment *adjustment_table(size_t *n); /* the default is first */
const struct adjustment *adjustment_find(const char *name); /* NULL if none */

#endif
