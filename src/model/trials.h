/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * trials: which samples are compared, as a list that a data set ships: rows of
 * probe and reference, mated or not, the fold of a protocol, and the scores
 * others have recorded for them, if any.
 *
 * trials.csv: `probe,reference,mated,fold,source`, then a column per recorded
 * score, named as its matcher; samples are written as in roster.csv. `mated` is
 * yes or no.
 *
 * Ownership: the list owns its arrays; rows are those of its roster.
 * Threads: read-only once built.
 */
#ifndef MODEL_TRIALS_H
#define MODEL_TRIALS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "model/roster.h"

struct trials {
    size_t n, cap;
    uint32_t *probe, *reference; /* rows of the roster */
    bool *mated;
    struct column fold;          /* "" where there is none */
    struct column file;          /* source */
    uint32_t *line;
    char **matchers;             /* names of the recorded scores */
    double **scores;             /* matcher × trial; NaN where there is none */
    size_t n_matchers;
};

void trials_init(struct trials *t);
void trials_release(struct trials *t);

/* Before the first row: one more recorded score. Returns its number. */
size_t trials_add_matcher(struct trials *t, const char *name);
/* Returns the row's number; its scores are NaN. */
size_t trials_add(struct trials *t, size_t probe, size_t reference, bool mated,
                  const char *fold, const char *file, size_t line);

/* The trials between the rows that are left, `to` of each old row its new one, or
 * TRIALS_GONE. */
#define TRIALS_GONE UINT32_MAX
void trials_choose(struct trials *t, const uint32_t *to);

int trials_write(const struct trials *t, const struct roster *r, const char *path,
                 struct err *err);
/* Reads what trials_write() wrote, or the first columns of it, at least `probe` and
 * `reference`; without `mated` a trial is mated where both show one person. Every
 * sample must be in the roster. */
int trials_read(struct trials *t, const struct roster *r, const char *path,
                struct err *err);

#endif
