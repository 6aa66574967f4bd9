/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * compared_findings: what comparisons say beyond the rate of each group, as further
 * rows of the findings:
 *
 *     fmr of group and versus        of people of two groups with each other
 *     eer                            of each group
 *     fnmr by vertex-bootstrap       at a target FMR, with the threshold found again in
 *                                    every replicate
 *     fmr.max_geomean, fmr.gini …    spreads over groups, with those of FNMR; fdr, ir
 *                                    and garbe of both together
 *     p of fmr.max_min               the studentised permutation test
 *
 * Ownership: everything is borrowed. Threads: one writer; as many workers as asked.
 */
#ifndef STATS_COMPARED_FINDINGS_H
#define STATS_COMPARED_FINDINGS_H

#include "model/findings.h"
#include "stats/compared.h"
#include "stats/evidence.h"

struct compared_work {
    const struct compared *compared;
    const char *backend;
    const struct operating_point *points;
    const double *targets;      /* of a point, its target FMR; NaN: it has none */
    size_t n_points;
    size_t threads, replicates, permutations;
    uint64_t seed;
};

/* After estimate(), whose rows are in `out`; adjusts the p-values again. */
int compared_findings(const struct compared_work *work, const struct evidence *e,
                      struct findings *out, struct err *err);

#endif
