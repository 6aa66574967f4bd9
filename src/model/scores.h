/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scores: the tally of comparisons: how often the templates of two samples were
 * compared and matched, per pair of groups and per person, and the scores that
 * statistics need one by one.
 *
 * A group is a combination of values of the axes (group.h), `all` without axes; groups
 * are numbered in the byte-wise order of their names. A cell is a pair of groups and a
 * kind, mated or non-mated; in a pair the smaller name comes first, but with probes
 * and a gallery the probe's group does. Cells are sorted by pair, mated before
 * non-mated, and every one is there, also with no comparison. A person is a subject of
 * the roster, numbered as scores_people() does.
 *
 * Score and orientation: a match is (double)score >= threshold for a similarity,
 * (double)score <= threshold for a distance. Files and this struct hold scores as
 * the matcher means them. Inside src/core a distance is held negated, so that larger
 * is always more alike. "At or above" is said of likeness: of a distance, at or below.
 *
 * The histogram of a cell has `bins` bins of equal width over [low, high], both of them
 * and the width exact in single precision; a score on an edge is in the bin above it
 * (of a distance: below), scores outside are in the first or last bin. In tail mode
 * the non-mated bins hold the exceedances alone.
 *
 * Exceedances are the non-mated pairs at or above `floor`, all cells; `floor` is what
 * was asked for (--floor, or the lowest threshold, or as far down as a multiple of a
 * target FMR takes), unless more than the cap would be kept: then the lowest bin edge
 * at which they fit, whatever the order of the work, and `floor_raised` says so. Every
 * mated score is kept.
 *
 * Failed samples (status, no template, or one that cannot be compared) take part in
 * no completed comparison; the comparisons they would have had are counted as `lost`.
 *
 * A search is a probe against the whole gallery. It is mated where the gallery's
 * roster has its person, failed or not; one whose probe failed is lost.
 *
 * Invariants: a < b of every pair of rows (probe row, gallery row with a gallery; as
 * listed where trials were listed); pairs are sorted by a, b; counts are exact; scores
 * of one roster add up, scores(A) + scores(B) = scores(A ∪ B), bit for bit. Nothing
 * depends on threads, instruction sets or time.
 *
 * Files (misid-formats(5)): cells.csv, scores.json, histogram.npy, histogram.json,
 * margins.npy, mated.npy, exceedances.npy; pairs.npy where trials were listed;
 * identification.csv and candidates.csv with a gallery. scores.json is removed first
 * and written last: where it is, the others are whole.
 *
 * Ownership: scores own their arrays; rosters are the caller's. Threads: read-only
 * once counted or read.
 */
#ifndef MODEL_SCORES_H
#define MODEL_SCORES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/mem.h"
#include "model/group.h"
#include "model/roster.h"

enum similarity {
    SIMILARITY_COSINE,     /* "cosine": of templates brought to length 1 */
    SIMILARITY_INNER,      /* "inner" */
    SIMILARITY_EUCLIDEAN,  /* "euclidean": a distance */
    SIMILARITY_CHI_SQUARE, /* "chi-square": a distance, Σ (a−b)²/(a+b) */
    SIMILARITY_OWN,        /* "own": what the matcher itself says of two samples */
    SIMILARITY_OWN_DISTANCE, /* "own-distance": likewise, smaller is more alike */
    SIMILARITIES
};
#define SIMILARITIES_OF_TEMPLATES SIMILARITY_OWN /* those before it */
extern const char *const similarity_names[SIMILARITIES + 1];
bool similarity_is_distance(enum similarity s);
bool similarity_is_own(enum similarity s);
bool similarity_is_from_0(enum similarity s); /* a distance that is never negative */

#define SCORES_MAX_THRESHOLDS 1024
#define SCORES_MAX_BINS ((size_t)1 << 20)
#define SCORES_MAX_GROUPS 4096
#define SCORES_BINS 65536                  /* unless asked otherwise */
#define SCORES_MAX_EXCEEDANCES 10000000    /* unless asked otherwise */
#define SCORES_HISTOGRAM_BYTES ((size_t)1 << 30) /* of all cells together */
#define SCORES_REACH 5 /* times a target FMR: so far down the exceedances are kept */

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
    uint64_t *histogram;   /* bins */
    uint64_t dyads;        /* pairs of people with a completed comparison; of a mated
                              cell: people */
    double sum_m2;         /* Σ m_d² over them, exact below 2^53 */
};

struct scores_margin {     /* one person in one cell, sorted by both */
    uint32_t subject, cell;
    uint64_t comparisons, lost;
    uint64_t *matches;     /* per threshold */
};

struct scores_dyad {       /* comparisons of a pair of people; of listed trials only */
    uint32_t s, t, cell;   /* s < t, of a mated cell s = t; sorted by cell, s, t */
    uint64_t comparisons;  /* completed */
};

struct scores_roll {       /* how many samples there are, and failed among them */
    uint64_t samples, failed;
};

struct scores_search {     /* the searches of the probes of a group */
    uint32_t group;
    bool mated;
    uint64_t searches, lost; /* completed, and not because the probe failed */
    uint64_t *hits;        /* per threshold: a mate at or above it; of non-mated
                              searches: any candidate */
    uint64_t *ranks;       /* per k < top, mated only: the mate is among the first
                              k + 1 candidates; else NULL */
};

struct scores_candidate {
    uint32_t probe, rank, reference; /* rank from 1 */
    float score;
    bool mated;
};

struct scores_input {
    const char *role;      /* "templates", "roster", "probes", … */
    char sha256[65];
};

struct scores {
    struct arena arena;    /* of texts and the small arrays */
    const char *version;   /* of misid */
    enum similarity similarity;
    bool tail;             /* only what lies at or above the floor was counted */
    bool listed;           /* of an explicit list of trials, not of all pairs */
    bool gallery;          /* probes × gallery */
    bool lost_are_trials;  /* in cells.csv: comparisons include the lost */
    char **axes;           /* names, in the order of --by */
    size_t n_axes;
    char **groups;         /* names, sorted */
    size_t n_groups;
    struct scores_roll *rolls;         /* a group: of the roster or the probes */
    struct scores_roll *gallery_rolls; /* a group, with a gallery; else NULL */
    struct scores_roll ungrouped, gallery_ungrouped; /* no value on an axis */
    char **same;           /* axes on which compared samples had to agree */
    size_t n_same;
    double *thresholds;    /* ascending strictness */
    size_t n_thresholds;
    double *targets;       /* FMRs that were asked for */
    size_t n_targets;
    double low, high;      /* of the histogram */
    size_t bins;
    double floor;          /* of the exceedances; infinite: even the highest edge did
                              not help, or nothing was asked for */
    double floor_asked;
    bool floor_raised;
    uint64_t cap;          /* of exceedances */
    struct scores_cell *cells;
    size_t n_cells;
    uint64_t *histograms;  /* cells × bins */
    struct scores_margin *margins;
    size_t n_margins;
    uint64_t *margin_matches;          /* margins × thresholds */
    struct scores_pair *mated, *exceedances;
    size_t n_mated, n_exceedances;
    struct scores_dyad *dyads;
    size_t n_dyads;
    size_t n_subjects;
    bool consolidated;     /* a person's best image stands for the person */
    size_t top;            /* candidates a probe, with a gallery; else 0 */
    struct scores_search *searches;    /* by group, mated first */
    size_t n_searches;
    struct scores_candidate *candidates; /* by probe, rank; not read back */
    size_t n_candidates;
    struct scores_input *inputs;
    size_t n_inputs;
};

void scores_init(struct scores *s);
void scores_release(struct scores *s);

/* Once groups, thresholds, low, high, bins, gallery and top are set: makes all cells
 * and searches, with zeros. Fails where the histograms would take more than
 * SCORES_HISTOGRAM_BYTES. */
int scores_make_cells(struct scores *s, struct err *err);
/* Makes room for n margins. */
void scores_make_margins(struct scores *s, size_t n);
/* The number of the cell, or -1. Without a gallery the groups may stand either way. */
long scores_cell(const struct scores *s, uint32_t a, uint32_t b, bool mated);
/* The bin of a score as the matcher means it. */
size_t scores_bin(const struct scores *s, float score);

/*
 * Numbers the people of a roster in the order of first appearance among its rows,
 * `person` a row; with a gallery (else NULL), of both, one name one person, the first
 * roster's first. A sample without a subject is a person of its own. Returns how many.
 */
size_t scores_people(const struct roster *r, const struct roster *gallery,
                     uint32_t *person, uint32_t *gallery_person);

/* The files of a folder, and back. Reading fails on any file that scores_write() would
 * not have written, and where they contradict each other. `probes` and `gallery` are
 * for the names in candidates.csv; NULL without a gallery. */
int scores_write(const struct scores *s, const struct roster *probes,
                 const struct roster *gallery, const char *dir, struct err *err);
int scores_read(struct scores *s, const char *dir, struct err *err);

#endif
