/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * estimate: from a tally to findings. For every backend, metric and operating
 * point: the rate of each group with its interval, the shares of the whole,
 * the spread over groups, the contrasts the study asks for and those its
 * claims rest on, and what the rates would be with every other n or set of
 * counts that the print allows. METHOD names and formulas: stats/methods.h.
 *
 * Fails when: a method is unknown or does not serve the quantity, a listed
 * backend has no counts, two groups of a contrast may share people (their
 * rates are then not independent), or a group has no counts at all.
 */
#ifndef STATS_ESTIMATE_H
#define STATS_ESTIMATE_H

#include "base/err.h"
#include "model/findings.h"
#include "stats/evidence.h"

/* Names in the study that belong to this stage, before anything runs. */
int estimate_check(const struct study *study, struct err *err);

int estimate(const struct evidence *e, struct findings *out, struct err *err);

/* Holm over every family of p-values, again: after rows were added. */
void estimate_adjust(struct findings *f);

#endif
