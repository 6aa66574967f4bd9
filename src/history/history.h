/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * history: runs over time, in one SQLite database (base/db.h).
 *
 * What is kept of a run: what it was (study, data set, versions, when, on what class of
 * machine), every row of findings.csv with all its columns, the claims with their
 * verdicts, how many samples and people each group had, each backend with its
 * fingerprint, speed and the calibration measured beside it, and what pairs it with
 * another run: the outcome of every sample of a classifier, or the margins of every
 * person of a matcher. Never a name of a sample or person: they are known by a hash
 * keyed with a secret of the database, so that two runs of one history can be paired and
 * nobody else's names can be tried on them without that secret.
 *
 * Invariants: a run is there entirely or not at all, once; its id is the hash of its
 * content, so recording it twice changes nothing. `started` is what
 * run.json says, never the time of a file. The series of a finding is (study, data set,
 * backend, metric, group, versus, point, method): what is followed through time.
 *
 *     struct history *h;
 *     history_open(&h, "results/history.sqlite", HISTORY_MAKE, &err);
 *     history_record(h, &run, &fresh, &err);
 *     history_find(h, "3fa9", id, &err);
 *     history_load(h, id, &run, &err);
 *     history_each(h, &(struct history_filter){ .study = "gender-shades" }, show, arg, &err);
 *     history_close(h);
 *
 * Ownership: history_close() frees all; a history_run owns its texts and arrays
 * (history_run_release()); what a callback is given is valid during the call. Threads:
 * one history a thread; any number of processes at one file, each waits for the others.
 * Fails when: the file is no history, or of a later misid, or damaged (ERR_INPUT); the
 * system refuses, or another process holds it too long (ERR_IO).
 */
#ifndef HISTORY_HISTORY_H
#define HISTORY_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/hash.h"
#include "base/mem.h"
#include "model/findings.h"

#define HISTORY_KEY 16 /* bytes of the keyed hash of a name */

/* What a run is; the columns of a list of runs. */
struct history_head {
    char id[HASH_HEX];
    const char *study, *task, *dataset;
    const char *dataset_hash; /* of the roster's content, or of the published tables */
    const char *version;      /* of misid */
    const char *host;         /* class of machine: processor, cores, instruction set */
    const char *started;      /* 2018-02-04T12:00:00Z */
    int64_t at;               /* the same in seconds since 1970 */
    const char *command;
    const char *folder;       /* where it lay when it was recorded; "" if imported */
    const char *record_hash;  /* of its run.json */
};

struct history_claim {
    const char *id, *type, *verdict; /* as in claims.csv */
    double margin, p, p_holm;
};

/* Who was in the data set; -1 where that is not known. */
struct history_group {
    const char *name;
    int64_t samples, people;
    int64_t failed;           /* samples without an image to show */
};

struct history_backend {
    const char *name;
    const char *fingerprint;  /* "" where the answers were somebody else's */
    const char *version;
    double images_per_second; /* NaN where not measured, as all below */
    double calibration;       /* rate of the calibration kernel in the same run */
    double threads, load;
};

/* A stage of a backend, timed: decode, lookup, matcher. */
struct history_stage {
    const char *backend, *stage;
    const char *group;        /* "" for all samples */
    int64_t n;
    double mean_ms, p50_ms, p95_ms, p99_ms;
};

/* Samples (of a classifier) or people (of a matcher) that outcomes are told of; the same
 * in every run on the same data. */
struct history_panel {
    char hash[HASH_HEX];      /* of all below; equal hashes, equal panels */
    char secret[HASH_HEX];    /* hash of the secret the keys are made with: panels of
                                 different secrets cannot be paired */
    size_t n;
    const unsigned char *keys; /* n × HISTORY_KEY: of the sample, or the person */
    const uint32_t *group;    /* index into groups: the finest group; or NO_GROUP */
    const uint32_t *person;   /* number of the person, from 0; below n */
    const char **groups;
    size_t n_groups;
};
#define HISTORY_NO_GROUP UINT32_MAX

enum history_outcome {        /* a byte a sample */
    OUTCOME_NONE = '-',       /* not shown, or in no group: in no count */
    OUTCOME_RIGHT = 'r',
    OUTCOME_WRONG = 'w',
    OUTCOME_MISSED = 'm'      /* shown and not classified */
};

struct history_outcomes {     /* of one classifier */
    const char *backend;
    size_t panel;             /* index into the run's panels */
    const char *outcomes;     /* panels[panel].n bytes of enum history_outcome */
};

struct history_cell {         /* a pair of groups of the panel, a <= b without gallery */
    uint32_t a, b;
    bool mated;
};

struct history_margin {       /* one person in one cell, sorted by both */
    uint32_t person, cell;
    uint64_t comparisons;     /* completed; a non-mated one is in two people's margins */
    uint64_t lost;
    const uint64_t *matches;  /* a point; of a mated cell: matches too, not errors */
};

struct history_margins {      /* of one matcher */
    const char *backend;
    size_t panel;
    const char **points;      /* as findings have them: "threshold=0.5", "fmr=1e-3" */
    double *thresholds;
    size_t n_points;
    struct history_cell *cells;
    size_t n_cells;
    struct history_margin *rows;
    size_t n_rows;
};

struct history_run {
    struct arena arena;       /* of all but the findings */
    struct history_head head;
    struct findings findings;
    struct history_claim *claims;     size_t n_claims, cap_claims;
    struct history_group *groups;     size_t n_groups, cap_groups;
    struct history_backend *backends; size_t n_backends, cap_backends;
    struct history_stage *stages;     size_t n_stages, cap_stages;
    struct history_panel *panels;     size_t n_panels, cap_panels;
    struct history_outcomes *outcomes; size_t n_outcomes, cap_outcomes;
    struct history_margins *margins;  size_t n_margins, cap_margins;
};

void history_run_init(struct history_run *r);
void history_run_release(struct history_run *r);
/* Gives the run its id: of all that it found and took, but not where it lay, and not who
 * was in it: groups, panels, outcomes and margins, which `--scores` may add and whose
 * keys differ from history to history. */
void history_run_identify(struct history_run *r);
/* Of that name, or NULL. */
const struct history_backend *history_backend(const struct history_run *r,
                                              const char *name);
const struct history_outcomes *history_outcomes(const struct history_run *r,
                                                const char *backend);
const struct history_margins *history_margins(const struct history_run *r,
                                              const char *backend);
const struct history_group *history_group(const struct history_run *r, const char *name);
/* Fills its hash, of all the rest. */
void history_panel_hash(const struct history_panel *p, char hash[HASH_HEX]);
/* True if everyone in the group `inner` is in `outer`: gender=female;skin=darker is in
 * skin=darker, and all are in `all`. */
bool history_group_within(const char *inner, const char *outer);
/* The row of the panel with this key, or -1; panels are sorted by key. */
long history_panel_find(const struct history_panel *p, const unsigned char *key);

/* --- the store --- */

struct history;

enum history_mode { HISTORY_READ, HISTORY_MAKE /* if it is not there, with its folder */ };

/* `path` is that of --history, or NULL: MISID_HISTORY, else results/history.sqlite. */
int history_open(struct history **h, const char *path, enum history_mode mode,
                 struct err *err);
void history_close(struct history *h);
/* What was recorded is on the disk already, in the database's log (FILE-wal). This brings it
 * into the file itself, as closing does, and fails where the disk refuses. */
int history_flush(struct history *h, struct err *err);
const char *history_path(const struct history *h);
/* Looks at every page and at what the tables say of each other. */
int history_check(struct history *h, struct err *err);

/* The key of a name, by the secret of this history. */
void history_key(const struct history *h, const char *name,
                 unsigned char key[HISTORY_KEY]);
/* Hash of the secret, as in struct history_panel. */
const char *history_secret(const struct history *h);

/* In one transaction; *fresh is false if it was there already, which is no fault. */
int history_record(struct history *h, const struct history_run *run, bool *fresh,
                   struct err *err);
/* The run of an id, or of a prefix of four digits or more that only one has. */
int history_find(struct history *h, const char *which, char id[HASH_HEX],
                 struct err *err);
int history_load(struct history *h, const char *id, struct history_run *run,
                 struct err *err);

struct history_filter {       /* NULL: any; since: 0, any */
    const char *study, *dataset, *dataset_hash, *host;
    const char *backend, *metric, *group, *versus, *point, *method;
    int64_t since, until;     /* of `at`, both belong to it; until 0: any */
};

/* Runs by time, then id; only study, dataset, dataset_hash, host, since and until count.
 * Free *heads with history_heads_free(). */
int history_list(struct history *h, const struct history_filter *f,
                 struct history_head **heads, size_t *n, struct err *err);
void history_heads_free(struct history_head *heads);

/* Findings, series after series, each by time; the first of a series has `begins`. The
 * callback returns 0 to go on, or a code that is handed back. */
struct history_point {
    const struct history_head *run;
    const struct finding *finding; /* all columns */
    size_t row;                    /* in its findings.csv, from 1 */
    int64_t series;
    bool begins;
};
typedef int history_point_fn(const struct history_point *p, void *arg, struct err *err);
int history_each(struct history *h, const struct history_filter *f,
                 history_point_fn *fn, void *arg, struct err *err);

/* What was timed of each backend of the runs that match, by study, backend, time. */
struct history_speed {
    const struct history_head *run;
    const struct history_backend *backend;
};
typedef int history_speed_fn(const struct history_speed *s, void *arg, struct err *err);
int history_each_speed(struct history *h, const struct history_filter *f,
                       history_speed_fn *fn, void *arg, struct err *err);

/* Baselines: runs with a name, one a study. */
struct history_baseline {
    const char *study, *name;
    char id[HASH_HEX];
};
int history_baseline_set(struct history *h, const char *name, const char *id,
                         struct err *err);
/* Fails, listing those that are there, where the study has none of that name. */
int history_baseline_find(struct history *h, const char *study, const char *name,
                          char id[HASH_HEX], struct err *err);
/* *gone: there was one. `study` NULL: of every study. */
int history_baseline_unset(struct history *h, const char *study, const char *name,
                           bool *gone, struct err *err);
/* By study and name; free with history_baselines_free(). */
int history_baselines(struct history *h, struct history_baseline **list, size_t *n,
                      struct err *err);
void history_baselines_free(struct history_baseline *list);

/*
 * As small text files, for git: of every run DIR/STUDY/STARTED-ID.json and .csv (its
 * findings.csv), every panel once as DIR/panels/HASH.json, DIR/baselines.csv, and
 * DIR/history.json, written last. The same history gives the same bytes; a run that comes
 * back is the same run but for the folder it lay in. With `with_secret` also DIR/secret, by
 * which names can be tried on the keys of the panels: only a history that has it can pair
 * further runs with these. An import into a history without runs takes it over.
 *
 * Of an import every file is held to its hash and every run to its id; a file that does
 * not fit is a fault, and nothing of that run is kept.
 */
struct history_exchanged {
    size_t runs, fresh;       /* exported or imported; of these not yet there */
};
int history_export(struct history *h, const char *dir, bool with_secret,
                   struct history_exchanged *done, struct err *err);
int history_import(struct history *h, const char *dir, struct history_exchanged *done,
                   struct err *err);

#endif
