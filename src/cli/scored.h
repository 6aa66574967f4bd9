/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scored: a folder of comparisons (`misid score`) as what the statistics start from:
 * counts with whom they share, at operating points.
 *
 *     struct scored sc;
 *     scored_load(&sc, dir, &err)                  scores and rosters
 *     scored_axes(&sc, &arena, &axes)              axes and values of the groups
 *     scored_count(&sc, &axes, &wish, backend, sets, n, 0, &tally, &clusters, &err)
 *     ... estimate() ...
 *     scored_findings(&sc, &wish, &evidence, &findings, &err)
 *
 * Ownership: scored_release(). Threads: one.
 */
#ifndef CLI_SCORED_H
#define CLI_SCORED_H

#include "stats/compared_findings.h"

struct scored_wish {
    const char *points_called;  /* "threshold", or as what those of the scores are points;
                                   NULL: they are none */
    const double *targets;      /* FMRs besides those the scores were made for */
    size_t n_targets;
    size_t threads, replicates, permutations;
    uint64_t seed;
    bool apart;                 /* compared.h */
    bool lenient;               /* a point that the scores do not reach is left out */
    double searches;            /* of which false leads are expected; 0: as many as usual */
    bool has_suspicious;        /* a score from which a non-mated pair is suspicious; else */
    double suspicious;          /* a rule finds one (scored_cleaning.h) */
};

struct scored {
    struct arena arena;
    struct scores scores;
    struct roster roster, gallery; /* with a gallery `roster` are the probes */
    uint32_t *rank;             /* of each probe (compared.h); NULL without a gallery */
    struct compared compared;
    struct operating_point *points;
    double *targets;            /* of a point; NaN: a threshold as given */
    size_t n_points;
    const char *left_out;       /* points beside those, "fmr=0.1, native=80"; or NULL */
    const char *backend, *dir;
};

int scored_load(struct scored *sc, const char *dir, struct err *err);
void scored_release(struct scored *sc);
/* The axes of the scores, those last on which samples had to agree and that the groups do
 * not have, with the values that the rosters have, sorted. */
int scored_axes(const struct scored *sc, struct arena *arena, struct axes *axes,
                struct err *err);
/* `alike` is a set of axes, for fmr_alike (compared.h); 0: not counted. Operating points
 * are the thresholds of the scores and, for every target FMR, the threshold that never
 * exceeds it on all non-mated comparisons. A target that the list
 * of exceedances does not reach is a fault, unless the wish is lenient. */
int scored_count(struct scored *sc, const struct axes *axes, const struct scored_wish *wish,
                 const char *backend, const unsigned *sets, size_t n_sets, unsigned alike,
                 struct tally *to, struct clusters *clusters, struct err *err);
/* The options that findings of comparisons rest on, where they are not the usual; NaN of
 * the last two is. again.c reads them back. */
void scored_add_command(double replicates, double permutations, double seed,
                        double searches, double suspicious, struct text *to);
int scored_findings(const struct scored *sc, const struct scored_wish *wish,
                    const struct evidence *e, struct findings *out, struct err *err);

#endif
