/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * set_facts: what a run says of the data set it rests on: the tables it was read from, in
 * the record; how people were labelled and what was wrong, in the report.
 *
 * Ownership: new texts are the study's. Threads: one writer.
 */
#ifndef CLI_SET_FACTS_H
#define CLI_SET_FACTS_H

#include "cli/pipeline.h"
#include "datasets/dataset.h"
#include "datasets/problems.h"

/* The tables that the roster was made from, below `root` or NULL. */
int set_facts_record(struct pipeline *p, const struct dataset *d, const char *root);
/* Where the labels of the study's axes, and of `target` or NULL, come from. */
void set_facts_labels(struct study *s, const struct roster *r, const char *target);
/* What its tables have too much or too little of, a sentence each. */
void set_facts_problems(const struct problems *problems, struct text *to);

#endif
