/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * compared: from the tally of comparisons (model/scores.h) to counts with whom they
 * share: FMR, FNMR, GFAR, GFRR of groups and pairs of groups at any threshold down to
 * the floor, failures, and with a gallery FPIR and FNIR.
 *
 *     fmr          false matches of the non-mated comparisons completed
 *     fnmr         false non-matches of the mated comparisons completed
 *     gfar, gfrr   the same over the whole list of trials: a comparison with a failed
 *                  sample is a non-match (ISO/IEC 19795-1)
 *     fmr_alike    fmr of comparisons of people who agree on some axes
 *     no_template  samples without a template
 *     fpir         non-mated searches with a candidate at or above the threshold
 *     fnir         mated searches without their mate at or above the threshold, whatever
 *                  its rank; a probe that failed is missed
 *
 *     returned     people of the gallery whom a non-mated search returned at or above the
 *                  threshold, among those with a template; groups are theirs
 *     misnamed     searches, mated or not, whose first candidate is at or above the
 *                  threshold and somebody else
 *
 *     rank_miss    mated searches without their mate among the first k candidates; a
 *                  probe that failed is missed
 *
 * A group here may leave axes open; a comparison is in it if both samples are. With axes
 * on which samples had to agree (scores->same), and people who have several values on
 * those, fmr, gfar and gfrr are counted for groups only that fix all of them. Of listed
 * trials there is no gfar: the list of pairs of people has the completed ones alone.
 *
 * Ownership: scores, rosters and axes are borrowed; compared_release(). Threads:
 * read-only once made.
 */
#ifndef STATS_COMPARED_H
#define STATS_COMPARED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "model/group.h"
#include "model/roster.h"
#include "model/scores.h"
#include "model/tally.h"
#include "stats/clusters.h"
#include "stats/curve.h"

struct compared_side {
    const struct roster *roster;   /* NULL: there is none */
    uint32_t *person;              /* a row */
    int *values;                   /* row × axis: index of the value; GROUP_OPEN: none */
    unsigned lacks;                /* axes that a gallery's roster does not have: they
                                      tell its samples nothing apart */
};

struct compared {
    const struct scores *scores;
    const struct axes *axes;
    struct compared_side a, gallery;
    size_t persons;
    bool distance;
    uint32_t *order;               /* of the exceedances, most alike first */
    unsigned same;                 /* scores->same as a set of axes */
    uint32_t *class;               /* of each person: its values on those; NULL where
                                      there are none, or a person has several */
    size_t classes;
    bool copies;                   /* probes are the gallery's samples, row by row, changed:
                                      none is a mate of its own copy (compared_copies()) */
    bool apart;                    /* the trials of people are told apart though each has
                                      one: they are to be paired with other trials */
    struct compared *alike;        /* the same where people agree on further axes
                                      (compared_alike()), or NULL */
    const uint32_t *rank;          /* borrowed, of each probe: of its best mate among the
                                      candidates, from 1; 0: none; NULL: not known */
};

/* Every axis must be an attribute of the roster. Fails (ERR_INPUT) where a cell that
 * rosters and failures give has other comparisons than the scores say: they are not of
 * these rosters. Scores without cells are not held against them. */
int compared_init(struct compared *c, const struct scores *s, const struct axes *axes,
                  const struct roster *roster, const struct roster *gallery,
                  struct err *err);
void compared_release(struct compared *c);
/* From now on fmr_alike is counted too: as fmr, of the comparisons of people who agree on
 * the axes of `set` (NISTIR 8280 restricts impostors to the same sex, age and region). */
void compared_alike(struct compared *c, unsigned set);

/* From now on no probe is compared with the sample of the gallery in the same row, of
 * which it is a changed copy. The rosters hold the same samples in the same order. */
void compared_copies(struct compared *c);

/* An operating point: its name (`threshold=0.5`, `fmr=1e-3`) and its threshold, as the
 * matcher means it. */
struct operating_point {
    const char *name;
    double threshold;
};

/* Comparisons of people of g with people of h (NULL: of g among themselves) and those
 * of them that match. `lost` counts those with a failed sample too. False, and nothing
 * made, where there is none or the scores do not tell: a threshold below the floor, say. */
bool compared_pairs(const struct compared *c, const struct group *g, const struct group *h,
                    double threshold, bool lost, struct dyads *out);
/* The design effect of the same comparisons at the strictest threshold with
 * DYADS_TO_BORROW erring dyads; 0 where there is none. */
double compared_deff(const struct compared *c, const struct group *g,
                     const struct group *h, bool lost);

/* True if every non-mated score that matches there is known. */
bool compared_reaches(const struct compared *c, double threshold);

/* Adds the counts of every group of some sets of axes at every point. */
int compared_count(const struct compared *c, const char *backend,
                   const struct operating_point *points, size_t n_points,
                   const unsigned *sets, size_t n_sets, const char *source,
                   struct tally *to, struct clusters *clusters, struct err *err);

/* The same of fmr, fnmr and gfrr alone, at one point: of samples changed by a dose. */
int compared_count_dose(const struct compared *c, const char *backend,
                        const struct operating_point *point, const unsigned *sets,
                        size_t n_sets, const char *source, struct tally *to,
                        struct clusters *clusters, struct err *err);

/* The curve of one group (curve.h), whose arrays the caller frees with
 * compared_curve_release(). Exceedances only, no histogram. */
void compared_curve(const struct compared *c, const struct group *g, struct curve *out);
/* Below the floor, too, as far as a histogram of all scores tells: for what may lie there,
 * like the EER. */
void compared_curve_whole(const struct compared *c, const struct group *g,
                          struct curve *out);
void compared_curve_release(struct curve *curve);

#endif
