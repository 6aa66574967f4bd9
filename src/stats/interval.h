/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * interval: what every estimator gives, and the checks every estimator makes
 * of what it is given.
 *
 * Threads: any. Fails when: a check says no, with ERR_INPUT and a line that
 * tells the value and what was expected.
 */
#ifndef STATS_INTERVAL_H
#define STATS_INTERVAL_H

#include <stdint.h>

#include "base/err.h"

/* Counts are whole numbers that a double holds exactly. */
#define COUNT_MAX (INT64_C(1) << 53)

/* Two-sided, at the confidence asked for; lo <= hi, and lo <= estimate <= hi
 * where the estimate is defined (but for mid-p and Jeffreys at confidences of
 * 20 % and less, whose middle is not the estimate). */
struct interval {
    double estimate; /* NaN where undefined (0/0); +inf for a ratio with x2 = 0 */
    double lo, hi;   /* hi may be +inf (ratio with x2 = 0) */
};

/* 1 <= n <= COUNT_MAX and 0 <= x <= n. */
int check_counts(int64_t x, int64_t n, struct err *err);
/* 0 < confidence < 1. */
int check_confidence(double confidence, struct err *err);
/* A single count, 0 <= count <= COUNT_MAX; `what` names it in the line. */
int check_count(const char *what, int64_t count, struct err *err);

/* Sets right what rounding may do to a closed formula: moves lo and hi outwards
 * to hold the estimate (if it is a number), then into [least, most]. */
void interval_clip(struct interval *out, double least, double most);

#endif
