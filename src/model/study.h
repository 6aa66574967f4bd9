/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * study: one benchmark, read from YAML (or from the study.json of a run, which
 * is the same thing resolved), validated whole before anything runs.
 *
 * study_load() checks everything that can be checked without the other stages
 * and lists every fault as `file:line: key: what, expected what`. Names that a
 * stage owns (estimators, charts) are kept with their lines, and the stage
 * checks them (estimate_check(), charts_check()) before the run begins.
 * misid-formats(5) describes the file key by key.
 *
 * Invariants once loaded: every group text is canonical and within the axes;
 * `by`, `shares`, `spread` hold sets of axes as bits; ids of claims differ.
 *
 * Ownership: the study owns all it points at until study_release().
 * Threads: read-only once loaded.
 */
#ifndef MODEL_STUDY_H
#define MODEL_STUDY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "model/dose.h"
#include "model/group.h"

/* Groups that `by`, `shares` or `spread` may ask for together; also the most values
 * of an axis and the most names in a list. */
#define STUDY_MAX_GROUPS 1000

enum study_task { TASK_CLASSIFY, TASK_VERIFY, TASK_IDENTIFY };

/* What the numbers are, which decides the words of a verdict. */
enum study_evidence {
    EVIDENCE_PUBLISHED,   /* counts the original published: supported … */
    EVIDENCE_REPLICATION, /* new data of the same kind: replicates … */
    EVIDENCE_NEW,         /* another matcher, other people: found here too … */
};

/* A name from the file that a stage has to recognise, and where it stood. */
struct study_name {
    const char *text;
    size_t line;
};

/* Quantities a study chooses interval methods for. */
enum study_quantity {
    QUANTITY_PROPORTION, QUANTITY_DIFFERENCE, QUANTITY_RATIO, QUANTITY_N
};
extern const char *const study_task_names[];
extern const char *const study_evidence_names[];
extern const char *const study_quantity_names[QUANTITY_N + 1];

struct study_methods {
    struct study_name *names; /* the first is the primary, used by claims */
    size_t n;
};

struct study_contrast { /* group against versus, for every backend */
    const char *metric, *group, *versus;
    const char *point;  /* NULL: every point there is */
    bool difference, ratio;
    size_t line;
};

struct study_change { /* what became of the same faces between two points */
    const char *metric, *before, *after;
    size_t line;
};

struct study_rivals { /* each of some backends against each of others */
    const char *metric, *point;
    const char **backends, **against;
    size_t n_backends, n_against, line;
};

enum claim_type {
    CLAIM_PRINTED,     /* figures of the paper's print come out of the counts */
    CLAIM_DIFFERENCE,  /* group − versus ≥ margin */
    CLAIM_RATIO,       /* group / versus ≥ margin */
    CLAIM_WORST,       /* group's rate is above every other's among `among` */
    CLAIM_BEST,        /* group's rate is below every other's */
    CLAIM_IMPROVEMENT, /* the rate of group fell from `before` to `after` */
    CLAIM_EXCESS,      /* the rate of group is higher than by each of `against` */
    CLAIM_OVER,        /* over-representation: risk ratio against versus > 1 */
    CLAIM_RISE,        /* the rate of group rises from clean to the dose `point` */
    CLAIM_RISE_DIFFERENCE, /* … and rises more than that of versus */
    CLAIM_NOT_TESTABLE,/* no denominators were published; `why` says so */
    CLAIM_TYPES
};
extern const char *const claim_type_names[CLAIM_TYPES + 1];

struct claim_spec {
    const char *id, *says, *source;
    enum claim_type type;
    const char *metric;         /* base metric */
    const char *point;          /* "" where there is none */
    const char *group, *versus; /* canonical names, or NULL */
    const char *before, *after; /* improvement: points, else NULL */
    const char **against;       /* excess: other backends */
    size_t n_against;
    unsigned among;             /* worst, best: set of axes */
    double margin;              /* difference, ratio; else 0, or 1 for over */
    const char **backends;      /* whom it speaks of; all must bear it out */
    size_t n_backends;          /* 0: all of the study's */
    const char *why;            /* not-testable: the reason */
    const char *plain;          /* what it says, without the original's numbers */
    const char *published;      /* STUDY/CLAIM that judges it on published counts, or NULL */
    const char *verdict_then;   /* what that came to, in a word, or NULL: not looked up */
    size_t line;
};

struct study_chart {
    struct study_name chart; /* which, of `misid list charts` */
    const char *id;          /* file stem, unique in the study */
    const char *metric, *point;
    unsigned by;             /* set of axes whose groups are shown */
    const char *group, *versus; /* composition: the part shown, or NULL */
    const char *before, *after; /* dumbbell: two points, else NULL */
    const char *backend;     /* the only one shown; NULL: all */
    const char *title, *caption;
    const char *fold;        /* the folded part of the page it is in; NULL: it is open */
    size_t line;
};

/* A controlled change of the images, under which everything is asked once more. */
struct study_dose {
    const char *point;   /* of what is counted there: the change's text */
    struct dosage change;
};
#define STUDY_MAX_DOSES 64

/* Other counts that the printed figures allow as well. */
struct study_alternative {
    const char *name, *counts, *why;
    size_t line;
};

struct study_label {   /* how a group is called in print */
    const char *group, *text;
};

/* What else is known of an axis before the data set is. */
struct study_axis {
    const char **from; /* attributes that serve if none is called as the axis is */
    size_t n_from;
    bool open;         /* the data set may have further values */
};

/* What is compared, where the scores are made in this run: `misid run --backend` of a
 * study of task verify or identify. */
struct study_compare {
    bool there;
    double *targets;       /* FMRs that operating points are set by */
    size_t n_targets;
    bool native;           /* the matchers' own operating points as well */
    unsigned by;           /* set of axes that groups are told apart by */
    unsigned alike;        /* axes on which people agree in fmr_alike; 0: not counted */
    const char **rivals;   /* metrics on which matchers are set against each other */
    size_t n_rivals;
    int64_t top;           /* candidates a probe, of task identify */
};

struct study_fact {    /* a line of the report's fact table */
    const char *name, *text;
};

/* What changes when the answers are one's own: `misid run --predictions`. */
struct study_own {
    bool there;
    const char *title, *question; /* question: NULL for the study's */
    const char *target;           /* the attribute that is predicted */
    const char *cases;            /* the attribute that names people, of a study that tells
                                     its cases one by one and counts nothing; or NULL */
    const char **same_kind;       /* data sets like the original's */
    size_t n_same_kind;
    unsigned *by;                 /* further sets of axes */
    size_t n_by;
    struct study_chart *charts;   /* further charts, of any metric */
    size_t n_charts;
    const char **caveats;
    size_t n_caveats;
};

struct study {
    struct arena arena;
    const char *path;
    char sha256[65];
    const char *name, *title, *question;
    enum study_task task;
    enum study_evidence evidence;
    const char *dataset;
    size_t dataset_line;
    struct axes axes;
    struct study_axis *more;         /* of each axis; NULL: nothing */
    struct study_label *labels;      size_t n_labels;
    unsigned *by;                    size_t n_by;      /* sets of axes */
    unsigned *shares;                size_t n_shares;
    unsigned *spread;                size_t n_spread;
    struct study_name *backends;     size_t n_backends; /* 0: all in the counts */
    struct study_name *metrics;      size_t n_metrics;
    const struct study_name *asked;  size_t n_asked; /* of them, what a terminal shows; none:
                                                        all */
    struct study_methods methods[QUANTITY_N];
    double confidence;               /* in (0, 1), default .95 */
    int64_t suppress;                /* counts below it are not printed; 0: all are */
    struct study_contrast *contrasts; size_t n_contrasts;
    struct study_change *changes;    size_t n_changes;
    struct study_rivals *rivals;     size_t n_rivals;
    struct study_dose *doses;        size_t n_doses;   /* by kind, ascending */
    const char *clean;               /* the point that rates at doses are set against */
    struct claim_spec *claims;       size_t n_claims;
    struct study_chart *charts;      size_t n_charts;
    struct study_alternative *alternatives; size_t n_alternatives;
    struct study_fact *facts;        size_t n_facts;
    const char **conclusions;        size_t n_conclusions; /* in words, beside the answer */
    const char **caveats;            size_t n_caveats;
    const char **cite;               size_t n_cite;
    struct { const char *claim, *yes, *no, *open; } answer; /* claim may be NULL */
    struct study_own own;
    struct study_compare compare;
};

/* Reads `path`; `sets` are `n_sets` assignments of --set, applied before
 * validation. 0, or the code of the first fault; every fault is in `err`. */
int study_load(struct study *study, const char *path, const char *const *sets,
               size_t n_sets, struct err *err);
void study_release(struct study *study);

/* Room for `more` items behind the `n` of a list of the study. */
#define STUDY_ROOM(s, list, n, more)                                                    \
    do {                                                                                \
        const void *before_ = (list);                                                   \
        (list) = arena_array(&(s)->arena, (n) + (more), sizeof *(list));                \
        if (n)                                                                          \
            memcpy((list), before_, (n) * sizeof *(list));                              \
    } while (0)
/* One more fact; the texts are copied. */
void study_add_fact(struct study *s, const char *name, const char *text);

/* A fault of the study that a stage found: `path:line: …`, without a line where
 * --set put it there. Returns ERR_INPUT. */
int study_fault(const struct study *study, size_t line, struct err *err,
                const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* The study as JSON that study_load() reads back to the same study. */
void study_to_json(const struct study *study, struct text *to);

/* The dose at a point, or NULL. */
const struct study_dose *study_dose_at(const struct study *study, const char *point);

/* The claim whose verdict is the study's answer, or NULL. */
const struct claim_spec *study_answer_claim(const struct study *study);

/* What an axis is called in print: its name with blanks for underscores. */
void study_add_axis(struct text *to, const struct axis *axis);

/* How a group is called in print: the study's label, or those of its values, or these,
 * joined by ", ", or "everyone". Belongs to the study or to `scratch`. */
const char *study_label(const struct study *study, const char *group,
                        struct text *scratch);

#endif
