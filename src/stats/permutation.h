/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * permutation: is the spread of false-match rates within groups more than chance at
 * these sizes? A studentised permutation test.
 *
 * H0: people, with all their images, are exchangeable with respect to their groups. The
 * test is exact for that, and asymptotically right for equal within-group FMRs, because
 * it is studentised (Chung & Romano 2013, Ann. Stat. 41:484-507): raw max/min rejects
 * far too often or too seldom where only the effects of single people differ.
 *
 * The groups of people are drawn anew, sizes fixed, within strata (of the other axes,
 * when one axis is tested). In each group, x errors in M comparisons, p̃ = (x + ½)/(M + 1),
 *     r = ln p̃,  v = max(ΣS² − ΣR², ΣR², p̃M)/(M·p̃)²,
 *     T = max over pairs of groups of |r_g − r_h|/√(v_g + v_h),
 *     P = (1 + #{T_b ≥ T − 1e-12})/(B + 1).
 * Residuals are those of dyads.h, about x/M. Groups take part whose comparisons would
 * hold 5 errors or more at the rate of all, x·M_g/M ≥ 5: decided by sizes, not by the
 * groups' own counts. A group that a permutation leaves without a comparison takes no
 * part in that one.
 *
 * The threshold: errors at a threshold that all non-mated pairs set stay what they are
 * (`dyads`). A threshold that one group sets is found again in every permutation from
 * the list of scores.
 *
 * Results depend on the seed and the number of permutations, not on the threads.
 *
 * Threads: `threads` of its own. Fails when: ERR_INPUT for fewer than two groups that
 * take part (`kept` says which), lists that name nobody, or a list of scores too short
 * for the target.
 */
#ifndef STATS_PERMUTATION_H
#define STATS_PERMUTATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "stats/bootstrap.h"
#include "stats/dyads.h"

struct permutation {
    size_t persons, groups;
    const uint32_t *images;  /* of each person; 0 for one who takes no part */
    const uint32_t *group;   /* of each person, < groups */
    const uint32_t *stratum; /* NULL: one */
    /* Of ALL pairs of people, across groups too: the dyads that err at the threshold; */
    const struct dyad *erring; /* s, t and x; each dyad once */
    size_t n_erring;
    /* or, to find the threshold anew, all scores from a floor up, most alike first. */
    const struct scored_dyad *scores;
    size_t n_scores;
    uint32_t reference;      /* the group whose non-mated pairs set the threshold */
    double target;           /* its FMR */
    size_t permutations;     /* 9999 */
    uint64_t seed;
    size_t threads;
};

struct permutation_result {
    double p;
    double statistic;        /* T */
    uint32_t g, h;           /* the pair that gave it */
    size_t groups;           /* that take part */
    size_t unreached;        /* permutations whose threshold lay below the list */
};

/* `kept` (may be NULL) is `groups` long. */
int permutation_test(const struct permutation *what, struct permutation_result *out,
                     bool *kept, struct err *err);

#endif
