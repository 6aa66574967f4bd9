/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * predictions: `misid run STUDY --predictions FILE… --dataset NAME`: a study run on
 * answers that somebody else's classifier gave, in place of published counts; or, with
 * `--backend NAME` and no files, that a backend gives now (live.h). The samples and
 * labels come from a data set, the answers from tables (backends/recorded.h), the counts from both (core/classify.h); the study becomes
 * one of them (own_study.h), and the rest of the pipeline is as ever.
 *
 * In the run folder: roster.csv, attributes.csv, problems.csv, and of every backend
 * outputs.csv.
 *
 * Ownership: predictions_release(); `files`, `set` and what `live` points at are the
 * caller's.
 */
#ifndef CLI_PREDICTIONS_H
#define CLI_PREDICTIONS_H

#include "backends/recorded.h"
#include "cli/dataset_options.h"
#include "cli/live.h"
#include "cli/pipeline.h"

struct predictions {
    const struct option_list *files;
    const struct dataset_request *set;
    struct roster roster;
    struct recorded recorded;
    struct live live;
    double sample;            /* so many samples at most (sampling.h); NaN: all */
    struct recorded *doses;   /* answers at each dose of the study, in its order */
    size_t n_doses;
};

void predictions_init(struct predictions *q, const struct option_list *files,
                      const struct dataset_request *set);
void predictions_release(struct predictions *q);

/* From the pipeline's study to its counts. `backends` are those of --backend. */
int predictions_read(struct predictions *q, struct pipeline *p, const char *study_path,
                     const char *const *backends, size_t n_backends);
int predictions_write(const struct predictions *q, struct pipeline *p);
/* The options, as the record has them. */
void predictions_add_command(const struct predictions *q, struct text *to);
/* What was left out, for a terminal: a line a kind; nothing if nothing was. */
void predictions_tell(const struct predictions *q, struct text *to);

#endif
