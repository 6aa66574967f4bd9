/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * format: numbers for people. Files for programs use num_shortest(); these are
 * for pages, charts and terminals.
 *
 * A rate is a percentage ("34.7 %", "0.26 %"); exactly none is "0 %", so that
 * "0.0 %" always means a little. Differences of rates are in percentage points
 * with a minus sign (U+2212), ratios and amounts are plain numbers. Absent numbers (NaN)
 * are an en dash, infinity is "∞".
 *
 * `decimals` is what the caller chose for a column, or FORMAT_OWN for as many
 * as the number alone deserves.
 */
#ifndef REPORT_FORMAT_H
#define REPORT_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

enum unit { UNIT_RATE, UNIT_POINTS, UNIT_RATIO, UNIT_AMOUNT };
#define FORMAT_OWN (-1)

/* The unit of a metric's numbers, by its kind: error.ratio is a ratio. */
enum unit unit_of(const char *name);

/* Decimals for one number alone: 34.7 %, 0.26 %; of a ratio two; of an amount three
 * digits. */
int format_decimals(enum unit unit, double v);
/* Decimals of a column, at least one. Rates: the fewest that keep the smallest
 * from looking like none. Differences, which may well be near none: those that
 * give the largest three digits. Ratios, amounts: FORMAT_OWN. */
int format_decimals_column(enum unit unit, const double *v, size_t n);

/* The number without its unit: "34.7", "−1.2", "2.59", "∞". */
void format_bare(struct text *to, enum unit unit, double v, int decimals);
/* With it: "34.7 %", "34.4 points", "2.59". */
void format_value(struct text *to, enum unit unit, double v, int decimals);
/* "[29.3, 40.5]", "[13, ∞)"; nothing where both limits are absent. */
void format_interval(struct text *to, enum unit unit, double lo, double hi,
                     int decimals);
/* "34.7 % [29.3, 40.5]" with the decimals the estimate deserves alone. */
void format_estimate(struct text *to, enum unit unit, double v, double lo, double hi);
/* "p = .014", "p < .001"; nothing for NaN. */
void format_p(struct text *to, double p);
/* "94/271"; with `thin`, thousands of five digits and more are set apart by
 * narrow no-break spaces. "–" where x or n is absent. */
void format_counts(struct text *to, int64_t x, int64_t n, bool thin);
void format_count(struct text *to, int64_t n, bool thin);
/* "95" of .95, for "95 % interval". */
void format_confidence(struct text *to, double confidence);

/* Running text whose numbers keep to their units, intervals in one piece and p
 * to its sign, by no-break spaces (U+00A0) in place of blanks. */
void format_bind(struct text *to, const char *s);

#endif
