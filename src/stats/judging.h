/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * judging: what the files that give verdicts share. Only for verdict.c and
 * figures.c; everyone else wants verdict.h.
 */
#ifndef STATS_JUDGING_H
#define STATS_JUDGING_H

#include "model/claims.h"
#include "model/findings.h"
#include "stats/evidence.h"

struct judging {
    const struct evidence *e;
    const struct study *study;
    struct findings *findings;
    struct claims *claims;
    struct err *err;
    const char *backends[EVIDENCE_MAX];
    size_t n_backends;
};

/* A findings row (from 0; -1 is none) that a part rests on, each once. */
void judging_add_row(struct judging *j, struct claim_part *part, long row);

/* Holds the printed figures of a claim against the findings (figures.c). */
int judge_printed(struct judging *j, struct claim *claim);

#endif
