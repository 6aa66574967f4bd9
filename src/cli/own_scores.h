/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * own_scores: the scores of a matcher whose templates only it can compare: every pair
 * asked of it, into own.npy, which scoring takes in place of templates.
 *
 * own.npy: float32, a row a row of outputs.csv of the probes, a column one of the
 * gallery's; of one set both are its rows, and the matrix is symmetric. Scores are as
 * the matcher means them, rounded towards more alike. NaN: it gave none, or nobody asked
 * (failed samples, other faces than the first, a sample and itself). Infinitely unlike:
 * its search did not return this one of the gallery.
 *
 * With a gallery a matcher that searches is asked for the OWN_SCORES_CANDIDATES best of
 * each probe; else it compares, OWN_SCORES_BATCH pairs a call, each pair once: the sample
 * that stands first, or the probe, is the first of the two. What a search does not return
 * lies below what it returned. A list is cut off if it is as long as the matcher's lists
 * get; one that does not say how long that is (most_found) may have cut those that are as
 * long as its longest, unless that is the whole gallery. Scores are known beyond the
 * highest of the ends of such lists, and beyond least_found, only.
 *
 * A program that falls over a pair or a probe gives it no score, and goes on with the
 * next.
 *
 * What is made so far lies in own.part: after an interruption, even a kill, the same
 * work goes on from there.
 *
 * Ownership: all is the caller's. Threads: as asked, each with a session and its own
 * gallery; a gallery at a service on the network is one, searched by as many threads as it
 * may have requests under way. Fails as sessions do, without a single score, and beyond
 * OWN_SCORES_BYTES.
 */
#ifndef CLI_OWN_SCORES_H
#define CLI_OWN_SCORES_H

#include "backends/backend.h"
#include "model/outputs.h"

#define OWN_SCORES_BYTES ((size_t)1 << 31)
#define OWN_SCORES_BATCH 64
#define OWN_SCORES_CANDIDATES 4096

struct own_scores_request {
    struct backend *backend;
    const struct outputs *a, *b; /* with templates; b NULL: all pairs of a */
    const char *dir;             /* there it goes */
    size_t threads;
    bool quiet;
};

struct own_scores {
    uint64_t pairs;            /* that were asked for */
    uint64_t none, below;      /* without a score; not returned by a search */
    double known;              /* all beyond it are there; NaN: all that has a score */
    size_t listed;             /* candidates of a list that is cut off; 0: none is */
    double best;               /* the most alike; 0 where there is none */
};

/* Whether it searches, with a gallery of it or not, and how much it will be asked. */
bool own_scores_searches(const struct backend *b, bool gallery);
struct backend_plan own_scores_plan(const struct backend *b, size_t n, size_t gallery);
/* So many samples, and of a gallery (0: none), or a fault. */
int own_scores_fit(const struct backend *b, size_t n, size_t gallery, struct err *err);
int own_scores_make(const struct own_scores_request *r, struct own_scores *made,
                    struct err *err);
/* What is kept to go on from is not needed any more. */
int own_scores_end(const char *dir, struct err *err);

#endif
