/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * clustered: intervals of one rate whose trials share people. Two forms:
 *
 *   dyadic    comparisons of different people (FMR): dyads.h. Two comparisons that
 *             share either person depend on each other.
 *   one-way   trials of one person each (FNMR, classification): struct people. The
 *             trials of a person depend on each other.
 *
 * The functions are rows of the table in methods.h, which gives their sources.
 *
 * Threads: any. Fails when: no comparison, or a confidence out of (0, 1)
 * (ERR_INPUT).
 */
#ifndef STATS_CLUSTERED_H
#define STATS_CLUSTERED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stats/dyads.h"
#include "stats/interval.h"

/* Trials of each person, and how many of them were errors, 0 <= x <= m. */
struct people {
    size_t n;
    const double *m, *x;
};

/* How an interval is wanted. CLUSTERED_DEFAULTS: 95 %, nothing borrowed, 2000
 * replicates of seed 1 on one thread. */
struct clustered_how {
    double confidence;
    /* Design effect of the same cell at a more lenient threshold with
     * DYADS_TO_BORROW erring dyads or more (one-way: people); 0: none is known. */
    double borrowed;
    uint64_t seed; /* the rest is for the bootstraps */
    size_t replicates, threads;
};
#define CLUSTERED_DEFAULTS { 0.95, 0, 1, 2000, 1 }

enum { DYADS_TO_BORROW = 10, TOO_FEW_ERRORS = 5, TOO_FEW_DF = 5 };

struct clustered {
    struct interval at;
    double x, n;      /* errors and comparisons */
    double clusters;  /* people with a comparison */
    double variance;  /* of the rate; NaN where none was estimated */
    double deff;      /* variance over that of as many coin tosses; NaN likewise */
    double n_eff;     /* coin tosses that would say as much; NaN likewise */
    double df;        /* of the t quantile; +inf for the normal one */
    /* The limit farther from a rate of 0 (of 1: from 1) if all comparisons of a
     * person were one: 1 − (α/2)^(1/k). NaN but where x is 0 or n. */
    double worst;
    double independent; /* k: as many comparisons surely share nobody */
    bool borrowed;    /* the borrowed design effect was used */
    bool too_few;     /* x < 5 or df < 5: print the interval with those words */
};

/*
 * Wilson-t for dyads. With S̃_s = S_s/(1 − m_s/M) (leverage-corrected residuals),
 *     Var = max(ΣS̃_s² − ΣR_d², ΣR_d², p(1−p)M)/M²,  ν = max(2, (ΣS̃²)²/ΣS̃⁴),
 * and Wilson's interval with N* = p(1−p)/Var and the t quantile at ν for z. The
 * dyadic-robust variance is Fafchamps & Gubert 2007's and Aronow, Samii & Assenova
 * 2015's, Wilson with N* Fogliato, Patil & Perona 2024's; ν is a heuristic of
 * misid's. While fewer than DYADS_TO_BORROW dyads err the larger of the own and the
 * borrowed design effect holds. Where one person is in all comparisons nothing can be
 * known of others: [0, 1].
 *
 * x = 0: [0, 1 − (α/2)^(deff/M)] with the borrowed design effect, and without one the
 * worst case, k = d->disjoint. x = M: the worst case mirrored.
 */
int clustered_wilson_t(const struct dyads *d, const struct clustered_how *how,
                       struct clustered *out, struct err *err);

/*
 * The design effect to borrow for a cell: that of the same comparisons at the highest
 * threshold at which DYADS_TO_BORROW dyads err, or 0 if the list does not reach so far.
 * `list` has the cell's scores from a floor up, most alike first. Errors of `d` play no
 * part.
 */
double clustered_borrow(const struct dyads *d, const struct scored_dyad *list, size_t n);

/*
 * Wilson-t, one-way. With T_s = (S_s² − x_s(1−p)² − (m_s − x_s)p²)/(1 − m_s/M)²,
 *     V = Mp(1−p) + max(0, ΣT_s),  Var = V/M²,  ν = max(2, V²/ΣT_s²);
 * where one person holds over a tenth of the trials, Var = max(ΣS̃², p(1−p)M)/M² and ν
 * as for dyads. With one trial a person it is Wilson's interval exactly, at 0 errors
 * too. Else x = 0 and x = M as for dyads, k = floor((Σm)²/Σm²).
 */
int people_wilson_t(const struct people *c, const struct clustered_how *how,
                    struct clustered *out, struct err *err);

/*
 * Wilson with effective n as published (Fogliato, Patil & Perona 2024, arXiv
 * 2306.01198, and the authors' code): Var = (ΣR² + max(0, ΣS² − 2ΣR²))/M², one-way
 * ΣS²/M²; normal quantile; N* = M where x = 0 (and where x = M); the lower limit at
 * x = 1 is −ln(1 − α)/M.
 */
int clustered_wilson_neff(const struct dyads *d, const struct clustered_how *how,
                          struct clustered *out, struct err *err);
int people_wilson_neff(const struct people *c, const struct clustered_how *how,
                       struct clustered *out, struct err *err);

/* Wilson as if no comparison shared anybody: far too short; for comparison. */
int clustered_naive(const struct dyads *d, const struct clustered_how *how,
                    struct clustered *out, struct err *err);
int people_naive(const struct people *c, const struct clustered_how *how,
                 struct clustered *out, struct err *err);

/* Checks the confidence, and begins `out` with what every method says: counts, the
 * rate, the worst case, too_few by x; the rest is NaN. */
int clustered_begin(const struct dyads *d, const struct clustered_how *how,
                    struct clustered *out, struct err *err);
int people_begin(const struct people *c, const struct clustered_how *how,
                 struct clustered *out, struct err *err);

/*
 * The rules of thumb of ISO/IEC 19795-1 (annex B): the upper 95 % limit after no
 * error in n independent trials, 3/n; and whether x errors are the 30 that make a
 * rate good to ±30 % at 90 % confidence.
 */
double rule_of_3(double n);
bool rule_of_30(double x);

#endif
