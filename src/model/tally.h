/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tally: who was counted how often, before any statistics. Today its counts:
 * hits x among n trials per backend, metric, operating point and group, the
 * form in which published audits enter.
 *
 * counts.csv has the columns
 *     backend,metric,group,x,n,n_lo,n_hi,derived,source
 * `metric` may carry its operating point behind an `@` (`fpir@native=80`); an
 * empty backend means the row describes the data set itself (metric `faces`);
 * n_lo and n_hi, if not empty, bound an n that was not published; derived is
 * `yes` where x or n was computed from rounded print, else `no`.
 *
 * Invariants: 0 ≤ x ≤ n_lo ≤ n ≤ n_hi; a (backend, metric, point, group) once.
 *
 * Ownership: the tally owns its rows. Threads: read-only once loaded.
 */
#ifndef MODEL_TALLY_H
#define MODEL_TALLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/mem.h"
#include "model/group.h"

struct count {
    const char *backend; /* "" : the data set itself */
    const char *metric;  /* base metric */
    const char *point;   /* "" where there is none */
    struct group group;
    const char *name;    /* of the group, canonical */
    int64_t x, n, n_lo, n_hi;
    bool derived;
    const char *source;
    size_t line;
};

struct tally {
    struct arena arena;
    struct axes axes; /* borrowed from the study */
    struct count *counts;
    size_t n, cap;
};

/* More rows than any audit publishes; keeps the plain searches below quick. */
#define TALLY_MAX_COUNTS 20000

void tally_init(struct tally *t, const struct axes *axes);
void tally_release(struct tally *t);

/* Adds the rows of a counts.csv; every fault is listed, and the group names
 * must be of the axes. */
int tally_read_counts(struct tally *t, const char *path, struct err *err);
/* Other counts in place of some: adds to `t` every row of `base` that speaks of a
 * backend, metric and point `t` itself has nothing on. The rows' strings stay
 * those of `base`, which must outlive `t`. */
void tally_overlay(struct tally *t, const struct tally *base);
/* The rows of one backend ("" : of the data set itself; NULL: all) as
 * counts.csv. */
void tally_write_counts(const struct tally *t, const char *backend, struct text *to);

/* A row as published, or NULL. */
const struct count *tally_find(const struct tally *t, const char *backend,
                               const char *metric, const char *point,
                               const struct group *g);
/*
 * The counts of a group: its own row if there is one, otherwise the sum of the
 * rows inside it from the smallest set of axes that has any (n_lo and n_hi
 * are summed, derived if any part is). False if there are no such rows, or if
 * they do not cover every group of that set of axes inside `g`.
 */
bool tally_sum(const struct tally *t, const char *backend, const char *metric,
               const char *point, const struct group *g, struct count *out);
/* Rows and sums must not contradict each other: a group that is given and
 * whose parts are given must have their x, and an n within their n's range. */
int tally_check_sums(const struct tally *t, const char *path, struct err *err);

/* Distinct backends (not "") in order of appearance; distinct points of a
 * metric. Returns how many were put in `out` of at most `max`. */
size_t tally_backends(const struct tally *t, const char **out, size_t max);
size_t tally_points(const struct tally *t, const char *metric, const char **out,
                    size_t max);

#endif
