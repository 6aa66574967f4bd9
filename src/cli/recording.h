/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * recording: a run folder as a run of the history: its record, findings, claims, who was
 * in the data set, what was timed, and what pairs it with other runs.
 *
 *     recording_read(&run, h, "results/gender-shades", NULL, &err)
 *
 * Every file of the folder but charts and report must be the one that run.json records.
 * A run of `misid estimate SCORES --out RUN` does not hold the comparisons it was made
 * of: `scores` is their folder, or NULL, and is held against the hashes in run.json;
 * without it the run has no margins, and no roster to count people by.
 *
 * Ownership: history_run_release(). Fails where the folder is no finished run, or was
 * changed since.
 */
#ifndef CLI_RECORDING_H
#define CLI_RECORDING_H

#include "history/history.h"
#include "model/roster.h"
#include "model/run.h"
#include "model/study.h"

int recording_read(struct history_run *to, const struct history *h, const char *dir,
                   const char *scores, struct err *err);

/* The end of a command that records, whose result is `code`: closes the history. Where the
 * disk refuses to take what was recorded from its log into its file, says so in a line of
 * standard error; nothing is lost by it, so that the result stays. */
void recording_close(struct history *h, int code);

/* The folder with the comparisons of a backend of a run: backends/NAME in it, or
 * `scores`; NULL where there is none. Free it. */
char *recording_scores(const char *dir, const char *backend, const char *scores);
/* The files of `scores` that run.json names as inputs are those. */
int recording_check_scores(const struct run *run, const char *scores, struct err *err);

/* What recording_panel.c adds: rosters counted by group, outcomes, margins. */
struct recording {
    struct history_run *to;
    const struct history *history;
    const struct run *run;
    const struct study *study;
    const char *dir, *scores;
};
int recording_count_groups(const struct recording *rec, const struct roster *r,
                           struct err *err);
int recording_outcomes(const struct recording *rec, const struct roster *r,
                       struct err *err);
int recording_margins(const struct recording *rec, const char *backend,
                      const char *scores, struct err *err);

#endif
