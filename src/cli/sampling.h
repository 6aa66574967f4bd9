/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sampling: fewer samples of a roster, for work that would take too long on all: by
 * chance, within strata, so that every group keeps its share.
 *
 * Strata are the combinations of values of the attributes given. Each gets its share of
 * `n` (largest remainders), at least one. Within a stratum those are taken whose SHA-256
 * of "SEED NAME" is least: the same on every machine, whatever order the set is listed
 * in, and with a larger n (almost) the same and more. Samples without a file are left
 * out before.
 *
 * Ownership: the roster is replaced. Threads: one. Fails when: n is not a whole number
 * from 1 to 1e9.
 */
#ifndef CLI_SAMPLING_H
#define CLI_SAMPLING_H

#include "base/err.h"
#include "base/text.h"
#include "model/roster.h"

#define SAMPLING_SEED 1

/* Attributes by number. Says in `about` what was taken of how many; nothing where all
 * are. */
int sampling_take(struct roster *r, double n, const size_t *attributes, size_t n_attributes,
                  struct text *about, struct err *err);

#endif
