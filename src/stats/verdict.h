/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * verdict: from findings to what they say of the original's claims.
 *
 * L and U are the two-sided limits of a contrast at the study's confidence
 * 1 - a (differences by Newcombe's or the study's method, ratios by Koopman's
 * or the study's method):
 *   difference, ratio >= d   yes if L >= d (L > d where d is "nothing": 0, 1),
 *                            no if U < d
 *   worst of K               yes if L(g - h) > 0 for every other group h, each
 *                            unadjusted (intersection-union test, Berger 1982);
 *                            no if U(g - h) < 0 for some h at 1 - a/(K - 1);
 *                            never yes while a group of the K has no counts
 *   best of K                the mirror image
 *   improvement              before - after of the same group: yes if L > 0, no if
 *                            U <= 0; as if independent, and paired at worst in
 *                            `sensitivity` where the pairing is not published
 *   excess                   the backend minus each of the others: yes if L > 0
 *                            for all; no if U < 0 for one at 1 - a/others
 *   over-representation      the risk ratio against the rest: yes if L > 1, no
 *                            if U <= 1
 *   several backends         yes if all the claim speaks of say yes, also those
 *                            that this run leaves out; no if one says no at
 *                            1 - a/backends (Bonferroni)
 *   printed                  reproduced if every figure of the print comes out
 * Otherwise inconclusive. p is that of the verdict given (of the claim where
 * it is inconclusive): the two-sided level at which the interval's limit
 * touches the margin, 1 where the estimate speaks against the claim; the largest
 * over the parts that must all hold (none while one of them is missing), the
 * smallest times their number where one is enough. Holm (1979) runs over the
 * claims of the study that have a p; a verdict whose p_holm is above a is
 * marked undone.
 *
 * Each claim is judged again with every other n and every other set of counts
 * the print allows, and the n of that; `sensitivity` says what changes.
 */
#ifndef STATS_VERDICT_H
#define STATS_VERDICT_H

#include "base/err.h"
#include "model/claims.h"
#include "model/findings.h"
#include "stats/evidence.h"

/* `findings` are those of estimate() on the same evidence; notes of rows that
 * the original printed are extended with the printed figure. */
int judge(const struct evidence *e, struct findings *findings, struct claims *claims,
          struct err *err);

#endif
