/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scores: the tally of comparisons: how often the templates of two samples were
 * compared and matched, per pair of groups and per person, and the scores that
 * statistics need one by one.
 *
 * A group is a combination of values of the axes (group.h); groups are numbered in
 * the byte-wise order of their names. A cell is a pair of groups and a kind, mated
 * or non-mated; in a pair the smaller name comes first, but with probes and a
 * gallery the probe's group does. A person is a subject of the roster, numbered in
 * the order of first appearance among its rows (probes before gallery).
 *
 * Score and orientation: a match is (double)score >= threshold for a similarity,
 * (double)score <= threshold for a distance. Files and this struct hold scores as
 * the matcher means them. Inside src/core a distance is held negated, so that larger
 * is always more alike.
 *
 * The histogram of a cell has `bins` bins of equal width over [low, high]; its edges
 * are exact in single precision, a score on an edge is in the bin above it (of the
 * distance: below), scores outside are in the first or last bin. In tail mode only
 * bins at or above the floor are filled.
 *
 * Exceedances are the non-mated pairs at or above `floor`, all cells; `floor` is the
 * lowest threshold of interest, unless more than the cap would be kept: then the
 * lowest bin edge at which they fit, whatever the order of the work, and
 * `floor_raised` says so. Every mated score is kept.
 *
 * Failed samples (status, or a template that is not finite) take part in no
 * completed comparison; the comparisons they would have had are counted as `lost`.
 *
 * Invariants: a < b of every pair of rows (probe row, gallery row with a gallery);
 * pairs are sorted by a, b; counts are exact; scores of one roster add up,
 * scores(A) + scores(B) = scores(A ∪ B), bit for bit.
 *
 * Files (misid-formats(5)): cells.csv, scores.json, histogram.npy, histogram.json,
 * margins.npy, mated.npy, exceedances.npy; and scores.csv, pairs.npy where trials
 * were listed, candidates.csv with a gallery.
 *
 * Ownership: scores own their arrays; the roster is the caller's. Threads:
 * read-only once counted or read.
 */
#ifndef MODEL_SCORES_H
#define MODEL_SCORES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "model/group.h"
#include "model/roster.h"

enum similarity {
    SIMILARITY_COSINE,     /* "cosine": of templates brought to length 1 */
    SIMILARITY_INNER,      /* "inner" */
    SIMILARITY_EUCLIDEAN,  /* "euclidean": a distance */
    SIMILARITY_CHI_SQUARE, /* "chi-square": a distance, Σ (a−b)²/(a+b) */
    SIMILARITIES
};
extern const char *const similarity_names[SIMILARITIES + 1];
bool similarity_is_distance(enum similarity s);

struct scores_pair {       /* exactly the record of mated.npy and exceedances.npy */
    uint32_t a, b;         /* rows of the roster (with a gallery: of each roster) */
    float score;
};

struct scores_cell {
    uint32_t a, b;         /* numbers of groups */
    bool mated;
    uint64_t comparisons;  /* completed */
    uint64_t lost;         /* not completed, because a sample failed */
    uint64_t *matches;     /* per threshold */
    uint64_t *histogram;   /* bins, or NULL where there is none (tail, lists) */
    uint64_t dyads;        /* pairs of people with a completed comparison */
    double sum_m2;         /* Σ m_d² over them, exact below 2^53 */
};

struct scores_margin {     /* one person in one cell */
    uint32_t subject, cell;
    uint64_t comparisons, lost;
    uint64_t *matches;     /* per threshold */
};

struct scores_dyad {       /* comparisons of a pair of people; of listed trials only */
    uint32_t s, t, cell;
    uint64_t comparisons;
};

struct scores {
    enum similarity similarity;
    bool tail;             /* only what lies at or above the floor was counted */
    bool listed;           /* of an explicit list of trials, not of all pairs */
    bool gallery;          /* probes × gallery */
    char **axes;           /* names, in the order of --by */
    size_t n_axes;
    char **groups;         /* names, sorted */
    size_t n_groups;
    char **same;           /* axes on which compared samples had to agree */
    size_t n_same;
    double *thresholds;    /* ascending strictness */
    size_t n_thresholds;
    double low, high;      /* of the histogram */
    size_t bins;
    double floor;          /* of the exceedances */
    bool floor_raised;
    struct scores_cell *cells;
    size_t n_cells;
    struct scores_margin *margins;
    size_t n_margins;
    struct scores_pair *mated, *exceedances;
    size_t n_mated, n_exceedances;
    struct scores_dyad *dyads;
    size_t n_dyads;
    size_t n_subjects;
};

void scores_init(struct scores *s);
void scores_release(struct scores *s);
/* The number of the cell, or -1. */
long scores_cell(const struct scores *s, uint32_t a, uint32_t b, bool mated);
/* The files of a folder, and back. Fails on any file that scores_write() would not
 * have written, and where they contradict each other. */
int scores_write(const struct scores *s, const char *dir, struct err *err);
int scores_read(struct scores *s, const char *dir, struct err *err);

#endif
