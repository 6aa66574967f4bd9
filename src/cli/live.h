/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * live: `misid run STUDY --backend NAME[:option=value,...] --dataset NAME --root DIR`:
 * the answers that a study is run on come from backends that run now. Inside
 * predictions.h, which counts them like those that were recorded.
 *
 * In the run folder, of every backend: outputs.csv, templates.npy where it makes
 * templates, backend.json and timing.json; of a study with doses outputs@DOSE.csv too.
 *
 * Ownership: live_release(); specs, request and set are the caller's.
 */
#ifndef CLI_LIVE_H
#define CLI_LIVE_H

#include "backends/recorded.h"
#include "cli/dataset_options.h"
#include "cli/embedding.h"
#include "cli/pipeline.h"

struct live {
    const struct option_list *specs; /* NULL or empty: nothing runs */
    const struct embed_request *request;
    const char *out;                 /* the run folder, as --out has it, or NULL */
    struct embedding *embeddings;    /* one a spec */
    size_t n;
};

bool live_is_on(const struct live *l);
/* Opens all of them, which must give classes, and look where the study `changes` the
 * images; before any image is read. */
int live_open(struct live *l, bool changes, struct err *err);
/* Says what it will cost, where a backend has something to say. A folder for what the
 * answers rest on is made before they are asked, if a backend keeps anything. */
int live_prepare(struct live *l, struct pipeline *p, size_t images);
/* True after a dry run: there is nothing to go on with. */
bool live_is_dry(const struct live *l);
/* Asks each of everyone, and adds its answers to `to`. */
int live_ask(struct live *l, const struct recorded_about *about, const char *root,
             const struct axes *axes, struct recorded *to, struct err *err);
/* And again at every dose of the study: `doses[d]` gets the answers at the d-th, of the
 * backends in the same order. */
int live_ask_doses(struct live *l, const struct recorded_about *about, const char *root,
                   const struct study *s, struct recorded *doses, struct err *err);
int live_write(const struct live *l, struct pipeline *p);
/* Who answered, for the report. */
void live_add_facts(const struct live *l, struct study *s);
/* Their options, as the record has them. */
void live_add_command(const struct live *l, struct text *to);
void live_release(struct live *l);

#endif
