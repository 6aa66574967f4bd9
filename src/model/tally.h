/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tally: who was counted how often, before any statistics. Today its counts:
 * hits x among n trials per backend, metric, operating point and group, the
 * form in which published audits enter.
 *
 * counts.csv has the columns
 *     backend,metric,group,x,n,n_lo,n_hi,derived,source
 * `metric` may carry its operating point behind an `@` (`fpir@native=80`); an
 * empty backend means the row describes the data set itself, which a census
 * metric (`faces`) does and no other; n_lo and n_hi, if not empty, bound an n
 * that was not published; derived is `yes` where x or n was computed from
 * rounded print, else `no`.
 *
 * Invariants: 0 ≤ x ≤ n_lo ≤ n ≤ n_hi and 1 ≤ n_lo; a (backend, metric, point,
 * group) once; all n_hi together stay below 2^62, so no sum overflows.
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

/* Whose the trials of a count are, where some person has several: the trials and
 * hits of every person that has any, by ascending subject (a number of the caller's,
 * the same person's in every count). */
struct tally_people {
    size_t n;
    const uint32_t *subject;
    const double *trials, *hits;
};

struct count {
    const char *backend; /* "" : the data set itself */
    const char *metric;  /* base metric */
    const char *point;   /* "" where there is none */
    struct group group;
    const char *name;    /* of the group, canonical */
    int64_t x, n, n_lo, n_hi;
    bool derived;
    bool has_threshold;  /* of the point; else it is in its name, or there is none */
    double threshold;
    const char *source;
    const char *path;    /* the file and line it stood in */
    size_t line;
    unsigned axes;       /* the set that the group fixes */
    size_t next;         /* row of the same series, or TALLY_END */
    const struct tally_people *people; /* NULL: a trial each, or not known */
};
#define TALLY_END ((size_t)-1)

/* The rows of one backend, metric and point, in order. */
struct tally_series {
    const char *backend, *metric, *point;
    size_t first, last;
};

struct tally {
    struct arena arena;
    struct axes axes; /* borrowed from the study */
    struct count *counts;
    size_t n, cap;
    struct tally_series *series;
    size_t n_series, cap_series;
};

/* More than any audit publishes; keeps the plain searches below quick. */
#define TALLY_MAX_COUNTS 100000
#define TALLY_MAX_SERIES 4000
/* A backend's name is part of a path in the run folder. */
#define TALLY_MAX_BACKEND 80

void tally_init(struct tally *t, const struct axes *axes);
void tally_release(struct tally *t);

/* Adds the rows of a counts.csv; every fault is listed, and the group names
 * must be of the axes. */
int tally_read_counts(struct tally *t, const char *path, struct err *err);
/* Adds one count, whose texts are copied with its people; `name`, `axes` and `next` are set here. It
 * must obey the invariants above (those of metric and backend too). Fails past the
 * limits. */
int tally_add(struct tally *t, const struct count *count, struct err *err);
/* The people of every count of a backend, from the same counts made again (but those
 * against another backend, which have none); ERR_INPUT
 * where those have another x or n. */
int tally_adopt_people(struct tally *t, const struct tally *from, struct err *err);
/* Other counts in place of some: adds to `t` every row of `base` that speaks of a
 * backend, metric and point `t` itself has nothing on. The rows' strings stay
 * those of `base`, which must outlive `t`. */
void tally_overlay(struct tally *t, const struct tally *base);
/* Puts the rows into the order of a run folder: those of the data set itself, then
 * those of each of `n` backends. Rows of other backends are dropped. */
void tally_arrange(struct tally *t, const char *const *backends, size_t n);
/* The rows of one backend ("" : of the data set itself; NULL: all) as
 * counts.csv. */
void tally_write_counts(const struct tally *t, const char *backend, struct text *to);

/* True if there is any row of that backend, metric and point. */
bool tally_has(const struct tally *t, const char *backend, const char *metric,
               const char *point);
/* True if there is any row of the metric. */
bool tally_has_metric(const struct tally *t, const char *metric);
/* A row as published, or NULL. */
const struct count *tally_find(const struct tally *t, const char *backend,
                               const char *metric, const char *point,
                               const struct group *g);
/*
 * The counts of a group: its own row if there is one, otherwise the sum of the
 * rows inside it from the smallest set of axes whose rows cover it, one for
 * every group of that set inside `g` (n_lo and n_hi are summed, derived if any
 * part is; a census keeps its n, the size of the whole set). False if no set of
 * axes does, where people of the parts are told apart (they may be the same), and of
 * metrics of pairs, whose groups do not add up (metric.h).
 */
bool tally_sum(const struct tally *t, const char *backend, const char *metric,
               const char *point, const struct group *g, struct count *out);
/* The rows that tally_sum() adds up, its own row alone where there is one; how
 * many were put in `out` of at most `max`. */
size_t tally_parts(const struct tally *t, const char *backend, const char *metric,
                   const char *point, const struct group *g, const struct count **out,
                   size_t max);
/* Rows must not contradict each other: a group whose parts are all given must
 * have the sum of their x, and an n within the range of their n; a part must
 * not have more hits, trials or trials without a hit than the whole. */
int tally_check_sums(const struct tally *t, struct err *err);

/* Distinct backends (not "") in order of appearance; distinct points of a
 * metric. Returns how many were put in `out` of at most `max`; there are never
 * more than TALLY_MAX_SERIES. */
size_t tally_backends(const struct tally *t, const char **out, size_t max);
size_t tally_points(const struct tally *t, const char *metric, const char **out,
                    size_t max);

#endif
