/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * run: the record of one run, run.json: what was run, on what, by which misid,
 * so that a reader can do it again and check every hash. Written last: a
 * folder with a run.json is a finished run.
 *
 * Ownership: the run owns its strings. Never holds a path of the machine:
 * files are named as the study names them.
 */
#ifndef MODEL_RUN_H
#define MODEL_RUN_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"

#define RUN_FORMAT 1 /* of the whole folder */

struct run_file {
    const char *name;   /* "bench/gender-shades.yaml", "findings.csv" */
    const char *sha256;
};

struct run {
    struct arena arena;
    int64_t format;
    const char *version;   /* of misid */
    const char *study;
    const char *command;   /* a line to paste, with names, not machine paths */
    const char *started;   /* 2018-02-04T12:00:00Z */
    const char *gsl, *gnuplot, *compiler, *platform; /* "" where not used */
    const char *host;      /* class of machine (base/machine.h); "" in older records */
    struct run_file *inputs;  size_t n_inputs, cap_inputs; /* the study's file first */
    struct run_file *outputs; size_t n_outputs, cap_outputs;
};

void run_init(struct run *r);
void run_release(struct run *r);
void run_add_input(struct run *r, const char *name, const char *sha256);
void run_add_output(struct run *r, const char *name, const char *sha256);
void run_to_json(const struct run *r, struct text *to);
/* Fails, saying which format was expected, on any other than RUN_FORMAT. */
int run_read(struct run *r, const char *path, struct err *err);

#endif
