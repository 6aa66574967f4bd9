/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * recorded: a backend that somebody ran elsewhere: its answers, read from a table
 * with a row an image. misid-formats(5), PREDICTIONS, says what tables are read.
 *
 * The delimiter is the one of `,` `;` and tab that the header holds most of. The
 * column of names is the one whose cells name most samples, among those with a
 * heading such as `filename` if any of these names one. Columns of answers are, in
 * this order of precedence,
 *   1. `Classifier NAME`, holding TRUE (right), FALSE (wrong) or NA, or labels;
 *   2. `predicted_TARGET`, `prediction` and the like: the backend is called like
 *      the file;
 *   3. every column more than half of whose answers are labels, called like the
 *      backend; one called like the target only if there is no other, and the backend
 *      is then called like the file.
 * Nothing, NA and the like mean that no face was found. Confidences stand in
 * `NAME Confidence`, or `confidence` beside the second form, on a scale of 0 to 1,
 * or of 0 to 100 if more than half of a column's numbers are above 1.
 *
 * Every row of the roster that the table names gets one output a backend, in the
 * order of the table; what is wrong with the others goes to the complaints.
 *
 * Ownership: recorded_release(). Threads: one a struct. Fails on an ill-formed table,
 * one that names no sample or holds no answers, and two backends of one name.
 */
#ifndef BACKENDS_RECORDED_H
#define BACKENDS_RECORDED_H

#include "base/err.h"
#include "base/mem.h"
#include "model/complaints.h"
#include "model/outputs.h"
#include "model/roster.h"

#define RECORDED_MAX_BACKENDS 100

/* Whom the answers are about, and what they may be. */
struct recorded_about {
    const struct roster *roster;
    const struct roster_index *index;
    const char *dataset;        /* for messages */
    const char *target;         /* the attribute that is predicted */
    /* The label that a raw answer means, valid as long as `arg`; NULL: none. */
    const char *(*label)(void *arg, const char *raw);
    void *arg;
};

struct recorded_file {
    const char *name;           /* base name */
    const char *names;          /* heading of the column of names */
    const char *backends;       /* whom it holds answers of, joined by ", " */
    size_t n_backends;          /* those that follow the ones of the file before */
    size_t rows;                /* below the header */
};

struct recorded {
    struct arena arena;
    struct outputs *backends;
    size_t n, cap;
    struct recorded_file *files;
    size_t n_files, files_cap;
    struct complaints complaints;
};

void recorded_init(struct recorded *r);
void recorded_release(struct recorded *r);

/* Adds the backends of one file. */
int recorded_read(struct recorded *r, const char *path, const struct recorded_about *about,
                  struct err *err);
/* The same from memory. */
int recorded_parse(struct recorded *r, const char *data, size_t len, const char *path,
                   const struct recorded_about *about, struct err *err);
/* Adds a backend that has just answered: the outputs, which are then empty, with each
 * label as `about` has it. One that is none is a complaint, and an error; a sample that
 * could not be shown is a complaint. */
int recorded_take(struct recorded *r, struct outputs *from,
                  const struct recorded_about *about, struct err *err);

#endif
