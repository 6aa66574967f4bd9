/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * evidence: what findings and verdicts are made of, gathered in one place: the
 * study, its counts, the other counts the print allows, the printed figures.
 *
 * Ownership: everything is borrowed. Threads: read-only.
 */
#ifndef STATS_EVIDENCE_H
#define STATS_EVIDENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "model/printed.h"
#include "model/study.h"
#include "model/tally.h"
#include "stats/clusters.h"
#include "stats/methods.h"
#include "stats/rate.h"

struct evidence {
    const struct study *study;
    const struct tally *tally;
    const struct tally *alternatives; /* study->n_alternatives of them */
    const struct printed *printed;    /* may have no figures */
    const struct clusters *clusters;  /* of comparisons that share people, or NULL */
};

/* Which n of a count whose n was not published. */
enum corner { N_STATED, N_LOW, N_HIGH };

/* What is asked of a tally. */
struct subject {
    const char *backend, *metric, *point;
};

/* Hits and trials of a group, and whom they share; false if the tally (the evidence's
 * own, or one of its alternatives) has no such group. */
bool evidence_rate(const struct evidence *e, const struct tally *tally,
                   const struct subject *about, const char *group, enum corner corner,
                   struct rate *out);
/* The same of a count that is at hand. */
struct rate evidence_rate_of(const struct evidence *e, const struct count *c,
                             const char *group);

/* The backends the study speaks of: those it lists, else all in the counts.
 * A listed one that has no counts is an error with the study's line. Returns
 * how many, or a negative code; at most EVIDENCE_MAX. */
#define EVIDENCE_MAX TALLY_MAX_SERIES
long evidence_backends(const struct evidence *e, const char **out, struct err *err);

/*
 * What the study and the printed figures name against the counts of the whole
 * data set, before some of its backends are chosen: contrasts and claims whose
 * groups, points or backends no counts have, alternatives that replace nothing,
 * figures of an unknown backend, claims of type printed without a figure. Such a
 * name would otherwise lead, in silence, to less being tested than the study says.
 */
int evidence_check(const struct evidence *e, struct err *err);

/* The method of a study for a quantity (the i-th; 0 is the primary). */
const struct method *evidence_method(const struct study *study,
                                     enum study_quantity quantity, size_t i);

/* How a finding names another backend it is set against: `backend=IBM`, encoded
 * as values of groups are. */
void evidence_rival(struct text *to, const char *backend);

/* True if two groups cannot share a person: they differ on some axis. */
bool evidence_disjoint(const struct study *study, const char *a, const char *b);

#endif
