/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * side: one of the runs that are compared: a run folder, a folder of comparisons
 * (`misid score`), a baseline's name, or the id of a recorded run.
 *
 *     sides_init(&s, "results/history.sqlite", &err)
 *     sides_add(&s, "results/night", &err)
 *     sides_add(&s, "release", &err)          a baseline of the same study
 *
 * Names of samples and people are turned into keys by the secret of the history, where
 * there is one, so that a folder can be paired with what is recorded; without one, by a
 * secret that is forgotten again.
 *
 * Ownership: sides_release(). Threads: one.
 */
#ifndef CLI_SIDE_H
#define CLI_SIDE_H

#include "cli/pipeline.h"
#include "cli/scored.h"
#include "history/history.h"

/* Comparisons of a backend that are at hand one by one, not only counted. */
struct side_scores {
    const char *backend;
    struct arena arena;
    struct axes axes;         /* of the scores */
    struct scored scored;     /* with `compared` over those axes */
    struct pipeline *p;       /* of a folder of comparisons: what was counted; else NULL */
};

struct side {
    const char *name;         /* as it was called */
    struct history_run run;
    struct side_scores **scores;
    size_t n_scores, scores_cap;
    bool recorded;            /* from the history */
};

#define SIDES_MAX 20

struct sides {
    struct history *history;
    bool kept;                /* the history is a file, not a passing one */
    struct side list[SIDES_MAX];
    size_t n;
};

/* `path` as --history has it. Without a file there is no history, unless `path` says
 * there must be one. */
int sides_init(struct sides *s, const char *path, struct err *err);
void sides_release(struct sides *s);
/* A run that is no folder is looked up in the history: a baseline of the study of the
 * runs before it (or of the only study that has one of that name; STUDY:NAME says which),
 * or an id. NULL where it fails. */
const struct side *sides_add(struct sides *s, const char *which, struct err *err);
/* NULL where they are not at hand. */
const struct side_scores *side_scores(const struct side *s, const char *backend);
/* A baseline, a folder or an id, for a run of a study. */
const struct side *sides_add_baseline(struct sides *s, const char *study,
                                      const char *which, struct err *err);

#endif
