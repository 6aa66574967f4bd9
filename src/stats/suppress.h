/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * suppress: small cells are taken out of the findings, so that nobody of a small group
 * can be found in what is published.
 *
 * A rate is suppressed where its x or its n is below the limit, 0 too. So is what would
 * give it away:
 *   - where a group and the groups that make it up are all there but one, the smallest
 *     of the others (complementary suppression; over every set of axes that the findings
 *     have, until nothing more can be worked out so); likewise of the errors with misses,
 *     the errors and the failures, and of the errors and their bins of confidence;
 *   - the errors where the failures are suppressed, since n says how many failed, and
 *     how sure the wrong answers were where their number is suppressed;
 *   - every contrast, share, spread and pair that rests on a suppressed rate, or has
 *     such a count itself.
 * Bounds may still be worked out from several tables together (Cox 1980, JASA
 * 75:377-385): only exact values of single cells are kept safe.
 *
 * A suppressed row keeps its names and method, has the flag `suppressed` and no number.
 * Verdicts stand, but p-values of claims that rest on such a row go.
 *
 * Threads: one writer. Fails when: never.
 */
#ifndef STATS_SUPPRESS_H
#define STATS_SUPPRESS_H

#include "model/claims.h"
#include "model/findings.h"
#include "model/study.h"

/* Counts below study->suppress; 0: nothing. Returns the rows suppressed. */
size_t suppress(const struct study *study, struct findings *f, struct claims *claims);

#endif
