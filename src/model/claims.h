/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * claims: what the original concluded, each with its verdict. A verdict rests
 * on intervals, never on points; claims.csv has a row a claim
 *     claim,type,margin,rows,verdict,p,p_holm
 * where rows are the row numbers in findings.csv it rests on, joined by blanks;
 * claims.json has the same and, for claims about several backends, the parts.
 *
 * Ownership: claims own their arrays; strings of the study are borrowed.
 */
#ifndef MODEL_CLAIMS_H
#define MODEL_CLAIMS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "model/study.h"

enum verdict {
    VERDICT_YES,          /* replicates | supported | found here too */
    VERDICT_NO,           /* contradicts | not supported | not found here */
    VERDICT_INCONCLUSIVE,
    VERDICT_NOT_TESTABLE,
    VERDICT_REPRODUCED,   /* printed figures come out of the counts */
    VERDICT_NOT_REPRODUCED,
    VERDICT_N
};
/* The word for it: it depends on what the numbers are. */
const char *verdict_word(enum verdict v, enum study_evidence e);
/* What is said beside the word of a verdict that Holm's correction undoes. */
#define VERDICT_UNDONE "undone by Holm's correction for several claims"

struct claim_part {
    const char *backend; /* "" where the claim is not about one */
    enum verdict verdict;
    double p;            /* NaN where there is none */
    size_t *rows;        /* row numbers from 1 */
    size_t n_rows;
};

struct claim {
    const struct claim_spec *spec;
    enum verdict verdict;
    double p, p_holm;    /* NaN where there is none */
    bool undone;         /* Holm over the study's claims undoes the verdict */
    struct claim_part *parts;
    size_t n_parts;
    /* printed: how many figures came out of how many */
    size_t hits, figures;
    const char *sensitivity; /* "" or how alternatives change the verdict */
};

struct claims {
    struct arena arena;
    const struct study *study; /* borrowed */
    struct claim *claims;      /* one each of study->claims, in order */
    size_t n;
};

/* "found here too", or with what undoes it. */
void claim_add_verdict(struct text *to, const struct claim *c, enum study_evidence e);

void claims_init(struct claims *c, const struct study *study);
void claims_release(struct claims *c);
void claims_write_csv(const struct claims *c, struct text *to);
void claims_write_json(const struct claims *c, struct text *to);
int claims_read_json(struct claims *c, const char *path, struct err *err);

#endif
