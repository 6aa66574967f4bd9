/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * comparing: `misid run STUDY --backend NAME[:option=value,...] --dataset NAME --root DIR`
 * of a study that compares (its key `compare`): every matcher is shown the data set, its
 * templates are compared, and the comparisons of all of them go into one tally.
 *
 *     comparing_open(c, &p)     data sets, study and matchers, before any image is read
 *     comparing_work(c, &p)     into the run folder, which is there: outputs and scores
 *     comparing_estimate(c, &p) findings
 *     comparing_write(c, &p)    what is left to be written
 *
 * In the run folder: roster.csv and attributes.csv (with a gallery gallery.csv as well),
 * and of every matcher backends/NAME/ as `misid embed` and `misid score` write it; with a
 * gallery the answers stand in backends/NAME/probes/ and backends/NAME/gallery/.
 *
 * A matcher whose templates only it can compare is asked for every pair, which leaves
 * own.npy beside them (own_scores.h).
 *
 * What was asked before comes from the cache, and an interrupted comparison goes on from
 * its state: the same command resumes.
 *
 * Ownership: comparing_release(); requests are the caller's. Threads: one.
 */
#ifndef CLI_COMPARING_H
#define CLI_COMPARING_H

#include "cli/dataset_options.h"
#include "cli/embedding.h"
#include "cli/pipeline.h"
#include "cli/scored_run.h"
#include "datasets/problems.h"

struct comparing_set {
    const struct dataset_request *request;
    struct dataset dataset;
    struct roster roster;
    struct problems problems;
    size_t *rows;                    /* all of the roster's */
};

struct comparing {
    const struct option_list *specs;
    const struct embed_request *request;
    struct comparing_set set, gallery; /* without a gallery its request is NULL */
    bool opened;
    double replicates, permutations, seed;
    const char *reference;           /* group, or NULL */
    const char *same_person;         /* decided by a person (same_person.h), or NULL */
    double searches, suspicious;     /* NaN: the usual */
    struct embed_request asking;     /* the request, and every image measured */
    struct embedding *says, *gallery_says;
    struct scored *scored;
    struct scored_wish *wishes;
    const char **names;
    size_t n;                        /* matchers */
    struct scored_run run;
};

#define COMPARING_INIT { .replicates = 2000, .permutations = 9999, .seed = 1,        \
                         .searches = NAN, .suspicious = NAN }

int comparing_open(struct comparing *c, struct pipeline *p, const char *study_path);
/* Before anything is written: whether every matcher may be asked. PIPELINE_DRY, and all
 * said, where one only says what it would do; else 0. */
int comparing_prepare(struct comparing *c, struct pipeline *p);
int comparing_work(struct comparing *c, struct pipeline *p);
int comparing_estimate(struct comparing *c, struct pipeline *p);
int comparing_write(const struct comparing *c, struct pipeline *p);
/* The names of a set of axes, joined by commas; NULL where it is empty. */
const char *comparing_axes(struct study *s, unsigned set);
/* Numbers joined by commas, in the arena; NULL where there is none. */
const char *comparing_numbers(struct arena *arena, const double *numbers, size_t n);
size_t comparing_threads(const struct comparing *c);
/* Options that make the run again. */
void comparing_add_command(const struct comparing *c, struct text *to);
void comparing_release(struct comparing *c);

#endif
