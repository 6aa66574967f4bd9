/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * influence: differences and ratios of two clustered rates.
 *
 * Rates that share nobody: MOVER, the method of variance estimates recovery (Zou &
 * Donner 2008, Stat. Med. 27:1693-1702), which is Newcombe's formula with each rate's
 * own limits. Rates that share people (two backends; a group with itself against the
 * group with another; a group against all): the influence of every dyad on the
 * contrast, so that what the two have in common cancels.
 *
 * Threads: any. Fails when: as clustered.h says.
 */
#ifndef STATS_INFLUENCE_H
#define STATS_INFLUENCE_H

#include <stdbool.h>

#include "stats/clustered.h"
#include "stats/interval.h"

/* d ∓ √((p1 − l1)² + (u2 − p2)²), √((u1 − p1)² + (p2 − l2)²), within [−1, 1]. */
void mover_difference(const struct interval *first, const struct interval *second,
                      struct interval *out);
/* The same of logarithms. Where a rate is 0 the logarithm has no middle, and the limit
 * concerned is that of the box, l1/u2 or u1/l2: wider. */
void mover_ratio(const struct interval *first, const struct interval *second,
                 struct interval *out);

/* Two rates over the same numbering of persons. Both dyadic or both one-way. */
struct contrast_of {
    const struct dyads *first, *second;
    const struct people *first_people, *second_people;
};

struct influence {
    struct interval at;
    double variance; /* of the difference, or of the logarithm of the ratio */
    double df;       /* max(2, (ΣS²)²/ΣS⁴) of the people's influences, a heuristic */
    bool too_few;    /* df < 5, or either rate has fewer than 5 errors */
    bool by_limits;  /* MOVER, since a rate is 0 (or 1) and has no influence */
};

/*
 * Linearised (delta method): with f the difference or the log ratio and influences
 * I_d = Σ_k ∂f/∂p_k·R_d^(k)/M_k,
 *     Var = Σ_s (Σ_{d ∋ s} I_d)² − ΣI_d², at least ΣI_d²
 * (one-way: Var = ΣI_s²), and f ∓ t_ν√Var. Where a rate is 0 or 1, MOVER from the limits
 * of Wilson-t, which ignores what the two have in common; `how` is theirs, and borrowed
 * design effects are `borrowed[0]` and `[1]` (0: none).
 */
int influence_difference(const struct contrast_of *c, const struct clustered_how *how,
                         const double borrowed[2], struct influence *out,
                         struct err *err);
int influence_ratio(const struct contrast_of *c, const struct clustered_how *how,
                    const double borrowed[2], struct influence *out, struct err *err);

#endif
