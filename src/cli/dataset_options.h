/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dataset_options: `--dataset NAME --root DIR --set dataset.KEY=VALUE`, alike for
 * every command that reads a set.
 *
 *     struct dataset_request set = { 0 };
 *     const struct option table[] = { DATASET_OPTIONS(set), … };
 *     … options_parse() …
 *     dataset_request_open(&set, "ingest", NULL, &dataset, &err)
 *
 * Ownership: the lists are released by dataset_request_release(); texts are those
 * of argv.
 */
#ifndef CLI_DATASET_OPTIONS_H
#define CLI_DATASET_OPTIONS_H

#include "base/err.h"
#include "cli/options.h"
#include "datasets/dataset.h"

struct dataset_request {
    const char *name, *root;
    struct option_list sets;  /* as given; those of other things as well */
    const char *prefix;       /* of its assignments; NULL: "dataset." */
};

#define DATASET_OPTIONS(request)                                                     \
    { OPTION_TEXT, "dataset", "NAME", "the data set, or the path of a dataset.yaml", \
      &(request).name },                                                             \
    DATASET_PLACE_OPTIONS(request)
/* For commands that take the set's name as their argument. */
#define DATASET_PLACE_OPTIONS(request)                                               \
    { OPTION_TEXT, "root", "DIR", "the folder it lies in", &(request).root },        \
    { OPTION_LIST, "set", "KEY=VALUE",                                               \
      "set a key, dataset.KEY for one of the data set; may be repeated",             \
      &(request).sets }

/* Loads the set with the assignments that begin with its prefix. `command` begins
 * the lines of faults. */
int dataset_request_open(const struct dataset_request *request, const char *command,
                         const char *study_path, struct dataset *d, struct err *err);
/* The assignments that speak of nothing but the data set are all there may be. */
int dataset_request_only(const struct dataset_request *request, const char *command,
                         struct err *err);
/* The data set as options that ask for it again, without the folders of its paths. */
void dataset_request_add_command(const struct dataset_request *request, const char *name,
                                 const char *root, struct text *to);
/* Gives `to` the assignments that are its own, and takes them from `from`. */
void dataset_request_share(struct dataset_request *from, struct dataset_request *to);
/* The assignments that are not the data set's, for a study. */
void dataset_request_rest(const struct dataset_request *request, struct option_list *rest);
void dataset_request_release(struct dataset_request *request);

#endif
