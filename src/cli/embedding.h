/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * embedding: a live backend shown the samples of a roster: what `misid embed` does, and
 * `misid run` with a backend that runs.
 *
 *     struct embed_request request = { 0 };
 *     const struct option table[] = { EMBED_OPTIONS(request), … };
 *     … options_parse() …
 *     embedding_open(&e, "lbp:grid=5", &request, &err)
 *     embedding_make(&e, &roster, NULL, roster.n, root, sets, n_sets, &err)
 *     embedding_write_folder(&e, &roster, rows, n, dir, &err)
 *
 * Ownership: embedding_release(), also where opening failed. Fails where the backend
 * cannot be opened or gives up; what it makes of a sample is in the outputs.
 */
#ifndef CLI_EMBEDDING_H
#define CLI_EMBEDDING_H

#include <stdbool.h>

#include "backends/drive.h"
#include "backends/timing.h"
#include "model/dose.h"
#include "cli/options.h"

struct embed_request {
    double threads;
    const char *cache;         /* folder; NULL: the usual one */
    const char *change;        /* of the images, as text; NULL: none */
    bool no_cache, faces, covariates, quiet;
};

/* How a backend is asked; and what of each image it is asked for. */
#define ASKING_OPTIONS(request)                                                         \
    { OPTION_NUMBER, "threads", "N", "workers at once (default: one a processor)",      \
      &(request).threads },                                                             \
    { OPTION_TEXT, "cache", "DIR", "where answers are kept (misid-cache(1))",           \
      &(request).cache },                                                               \
    { OPTION_FLAG, "no-cache", NULL, "ask the backend anew, and keep no answer",        \
      &(request).no_cache },                                                            \
    { OPTION_FLAG, "covariates", NULL, "measure each image: attr.image.luminance …",    \
      &(request).covariates }
#define EMBED_OPTIONS(request)                                                          \
    ASKING_OPTIONS(request),                                                            \
    { OPTION_TEXT, "change", "NAME=DOSE,...", "show it the images changed so: "         \
      "exposure=-1, jpeg=20 …", &(request).change },                                    \
    { OPTION_FLAG, "faces", NULL, "all faces of an image, a row each",                  \
      &(request).faces }

struct embedding {
    const struct embed_request *request;
    struct backend *backend;
    struct dosage change;      /* of the images */
    const char *part;          /* "3 of 17": which of a study's doses; NULL: none */
    struct outputs outputs;
    struct timing timing;
    size_t computed, cached;   /* answers at the doses of a study */
    char *note;                /* what is wrong with the cache, or NULL */
    bool shared;               /* the backend is another embedding's */
};

int embedding_open(struct embedding *e, const char *spec,
                   const struct embed_request *request, struct err *err);
/* Another set of samples for the backend of `of`, which outlives this one. */
void embedding_share(struct embedding *e, const struct embedding *of);
/* Fails where it would answer the same whatever is done to the images. */
int embedding_changeable(const struct embedding *e, struct err *err);
/* Before the work: how much there is to do (NULL: it is known), of which is said what it
 * costs, or why it may not be done; and the folder that keeps what the answers rest on
 * (NULL: none yet). */
int embedding_prepare(struct embedding *e, const char *dir, const struct backend_plan *plan,
                      struct err *err);
/* True after a dry run, whose answers are none and must not be written. */
bool embedding_is_dry(const struct embedding *e);
/* `rows` of the roster, ascending, n of them. Times are taken by the sets of
 * attributes, as timing_take() has it. */
int embedding_make(struct embedding *e, const struct roster *r, const size_t *rows,
                   size_t n, const char *root, const long *const *sets, size_t n_sets,
                   struct err *err);
/* The same of the images under a change of a study's, into `o`, which is initialised.
 * `part` says to people how far the doses are. */
struct embedding_dose {
    const struct dosage *change;
    bool classes;              /* no templates */
    const char *part;          /* "3 of 17" */
};
int embedding_make_dose(struct embedding *e, const struct embedding_dose *dose,
                        const struct roster *r, const size_t *rows, size_t n,
                        const char *root, struct outputs *o, struct err *err);
/* What backend.json and timing.json hold. */
void embedding_add_record(const struct embedding *e, struct text *to);
void embedding_add_timing(const struct embedding *e, struct text *to);
/* Writes roster.csv, of n of its rows, outputs.csv, templates.npy if the backend makes
 * any, timing.json and backend.json, which comes last: a folder that has one is whole.
 * Those that were there are taken away first. */
int embedding_write_folder(const struct embedding *e, const struct roster *r,
                           const size_t *rows, size_t n, const char *dir,
                           struct err *err);
/* The option that asks it again, without the folders of its files. */
void embedding_add_command(const struct embedding *e, struct text *to);
/* Who answered, and how fast, for the report; behind what is in `to`. */
void embedding_add_words(const struct embedding *e, struct text *to);
/* How many rows have which status, for people: "4270 ok, 13 no-face". */
void embedding_add_statuses(const struct embedding *e, struct text *to);
void embedding_release(struct embedding *e);

#endif
