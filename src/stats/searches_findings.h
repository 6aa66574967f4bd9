/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * searches_findings: what searches in a gallery say beyond the FPIR of each group
 * (searches.h), as rows.
 *
 * Of the findings, at every operating point that the scores reach:
 *
 *     selectivity, group                  false candidates a search
 *     selectivity, group and versus       those among the gallery's people of `versus`
 *     first_candidate, group and versus   searches whose first candidate is of `versus`;
 *                                         over all `versus` they add up to the FPIR
 *     false_leads, group                  S·FPIR: of S such searches, how many are
 *                                         expected to return somebody wrong
 *     p of fpir.share_ratio, returned.…   Fisher's exact test against everyone else
 *
 * Of the curves:
 *
 *     fpir, group                         along the thresholds (point empty)
 *     fpir.gallery, group                 in galleries of n people drawn from this one,
 *                                         at `POINT,gallery=n`
 *     selectivity.gallery, group          n·FMR there, which is never below the FPIR
 *
 * Gallery groups are given for axes that the gallery's roster has. No size is past the
 * gallery there was.
 *
 * Ownership: everything is borrowed. Threads: one writer.
 */
#ifndef STATS_SEARCHES_FINDINGS_H
#define STATS_SEARCHES_FINDINGS_H

#include "model/findings.h"
#include "stats/compared_findings.h"
#include "stats/evidence.h"

#define SEARCHES_EXPECTED 1000 /* S, unless asked otherwise */

/* After estimate(), whose rows are in `out`; adjusts the p-values again. Nothing where
 * there is no gallery. */
int searches_findings(const struct compared_work *work, double leads,
                      const struct evidence *e, struct findings *out, struct err *err);

/* Rows for curves.csv of the groups of some sets of axes, and of all. */
int searches_curves(const struct compared_work *work, const struct study *study,
                    const unsigned *sets, size_t n_sets, struct findings *to,
                    struct err *err);

#endif
