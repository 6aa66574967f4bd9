/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * folder: the run folder as a thing on disk: whose it is, where it lies, and
 * what earlier runs left in it.
 *
 * Ownership: paths that are returned are malloc'd for the caller.
 */
#ifndef CLI_FOLDER_H
#define CLI_FOLDER_H

#include <stdbool.h>

#include "base/err.h"
#include "model/run.h"
#include "model/study.h"

/* results/STUDY and `suffix` beside the folder of the study's file if there is a
 * folder results, else below the current folder. */
char *folder_default(const struct study *study, const char *suffix);

/* Makes `dir`, or checks that it is empty or a run folder of the same study, and
 * then reads the record of that run, if it was finished, into `before`. What a
 * killed run left half-written does not count. */
int folder_claim(const char *dir, const struct study *study, struct run *before,
                 struct err *err);

/* Before the first byte is written: takes away run.json, so that the folder is
 * not taken for a finished run, and temporaries of processes that are gone. */
int folder_unfinish(const char *dir, struct err *err);

/* The outputs of a run, by the stage that makes them. */
enum folder_stage { MADE_FIRST, MADE_BY_ESTIMATE, MADE_BY_CHART, MADE_AFTER_ALL };
enum folder_stage folder_maker(const char *name);

/* The files made before `stage` are there and are those that run.json records: what
 * is made of others would go out under their hashes. A line a file that is not. */
int folder_check(const char *dir, const struct run *run, enum folder_stage stage,
                 struct err *err);
/* True if run.json records the file. */
bool folder_records(const struct run *run, const char *name);

/* Removes the outputs of `before` that are not among those of `now`. */
void folder_remove_stale(const char *dir, const struct run *before,
                         const struct run *now);

/* True if both are there and the same folder. */
bool folder_same(const char *a, const char *b);

/* The counts of a backend in a run folder: backends/NAME/counts.csv, with '/' and
 * a leading '.' of its name encoded as in group names. */
char *folder_counts(const char *backend);
/* The same of another file of the backend's. */
char *folder_backend(const char *backend, const char *file);

#endif
