/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * complaints: what is wrong with the answers of a backend that somebody recorded,
 * listed one by one, so that nothing is left out in silence. None of them stops a
 * run: they are data, counted and reported.
 *
 * problems.csv of a run folder: `problem,file,line,backend,sample,detail`.
 *
 * Ownership: the list owns its texts. Threads: one writer.
 */
#ifndef MODEL_COMPLAINTS_H
#define MODEL_COMPLAINTS_H

#include <stddef.h>

#include "base/mem.h"
#include "base/text.h"

enum complaint_kind {
    COMPLAINT_UNKNOWN_NAME,   /* a row names no sample */
    COMPLAINT_AMBIGUOUS_NAME, /* a row's name fits several samples */
    COMPLAINT_NOT_PREDICTED,  /* a sample has no row in the file */
    COMPLAINT_DUPLICATE,      /* an answer given again */
    COMPLAINT_CONTRADICTION,  /* an answer that contradicts an earlier one */
    COMPLAINT_UNKNOWN_LABEL,  /* an answer that is no label of the target */
    COMPLAINT_UNKNOWN_GROUP,  /* a sample without a value that is counted by */
    COMPLAINT_BAD_CONFIDENCE, /* a confidence out of range */
    COMPLAINT_NO_IMAGE,       /* a sample has no file that could be shown */
    COMPLAINTS
};

struct complaint {
    enum complaint_kind kind;
    const char *file;    /* base name, "" for what no file is to blame for */
    size_t line;         /* 0 where there is none */
    const char *backend; /* "" where it speaks of all of the file's */
    const char *sample;  /* as the file names it */
    const char *detail;
};

struct complaints {
    struct arena arena;
    struct complaint *items;
    size_t n, cap;
    size_t counts[COMPLAINTS];
};

void complaints_init(struct complaints *c);
void complaints_release(struct complaints *c);
/* Copies the texts; bytes that are not text are percent-encoded. */
void complaints_add(struct complaints *c, const struct complaint *complaint);

/* Drops those about backends other than `n` of them; 0: none is dropped. */
void complaints_keep(struct complaints *c, const char *const *backends, size_t n);

/* "unknown-name" */
const char *complaint_name(enum complaint_kind kind);
/* "3 rows name no face of the data set and were left out", for a number of them. */
void complaint_words(struct text *to, enum complaint_kind kind, size_t n);

void complaints_to_csv(const struct complaints *c, struct text *to);

#endif
