/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pipeline: the one place that sees all stages and wires them. `misid run` is
 * the whole chain; each stage's command is its part of it, from the files of a
 * run folder to the files of a run folder.
 *
 *   study + data set ─▶ counts ─▶ findings, claims ─▶ charts, tables, report
 *
 * Everything is read, checked and computed before the first byte is written;
 * every file appears whole; run.json is removed first and written last, so a
 * folder that has one is a finished run.
 */
#ifndef CLI_PIPELINE_H
#define CLI_PIPELINE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "model/cases.h"
#include "model/claims.h"
#include "model/findings.h"
#include "model/printed.h"
#include "model/run.h"
#include "model/study.h"
#include "model/tally.h"
#include "stats/clusters.h"

struct comparing;
/* A dry run: all is said that there is to say, and nothing more is to be done. */
#define PIPELINE_DRY 1

struct predictions;

struct pipeline {
    struct study study;
    struct tally tally;
    struct clusters clusters;   /* of comparisons */
    struct tally *alternatives; /* study.n_alternatives of them */
    struct printed printed;
    struct cases cases;
    struct findings findings;
    struct findings curves;     /* of comparisons; no rows: none */
    struct claims claims;
    struct run run;
    char *dir;                  /* the run folder */
    struct run before;          /* the run that was there, if any */
    /* Of who opens the study, or NULL; opening it leaves those that its task wants. */
    struct predictions *predictions; /* one's own */
    struct comparing *comparing;     /* matchers whose templates are compared */
    struct err *err;
};

void pipeline_init(struct pipeline *p, struct err *err);
void pipeline_release(struct pipeline *p);

/* From a study file: reads and checks all it names. `sets` are assignments of
 * --set, `backends` replace the study's if there are any; claims about all of the
 * study's stay so, and are then never found true on some of them. */
int pipeline_open_study(struct pipeline *p, const char *path, const char *const *sets,
                        size_t n_sets, const char *const *backends,
                        size_t n_backends);
/* From a run folder: what the stages before `findings`, or before `charts`,
 * have left there. */
int pipeline_open_counts(struct pipeline *p, const char *dir);
int pipeline_open_findings(struct pipeline *p, const char *dir);

/* The stages, in memory. */
int pipeline_estimate(struct pipeline *p);

/* A file that the run rests on, and the name it is recorded under. */
int pipeline_record_input(struct pipeline *p, const char *path, const char *folder,
                          const char *name);

/* Notes the hash of a file of the run folder, if it is there. */
int pipeline_record_output(struct pipeline *p, const char *name);

/* Where the run goes: `out`, or folder_default(). Made if missing; a folder that
 * holds something else is refused. */
int pipeline_folder(struct pipeline *p, const char *out);
/* The same for a stage that writes into the folder `dir` it reads, or into `out`
 * (*other), which then gets its own record, of what is written there. */
int pipeline_leave_for(struct pipeline *p, const char *dir, const char *out, bool *other);
/* One argument as a shell takes it, behind a blank (record.c). */
void record_add_quoted(struct text *t, const char *s);
/* The record, with the command that makes the run again. */
void pipeline_record(struct pipeline *p, const char *const *sets, size_t n_sets,
                     const char *const *backends, size_t n_backends);

/* Writes one file of the run folder and records it; the text is then "". */
int pipeline_write_text(struct pipeline *p, const char *name, struct text *t);

/* The stages' files; the study goes with the named cases and with one's own
 * predictions. Charts need gnuplot: where it is missing or fails,
 * pipeline_write_report() still writes everything else and returns
 * ERR_PROGRAM. */
int pipeline_write_study(struct pipeline *p);
int pipeline_write_counts(struct pipeline *p);
int pipeline_write_findings(struct pipeline *p);
int pipeline_write_report(struct pipeline *p);
int pipeline_write_run(struct pipeline *p);

#endif
