/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * gating: a run held against its baseline and a policy: first what must be there for any
 * number to mean something, then the rules, decided as one family (stats/decide.h).
 *
 * Ownership: everything is borrowed but what `to` keeps. Threads: one.
 */
#ifndef CLI_GATING_H
#define CLI_GATING_H

#include "cli/runpair.h"
#include "model/gated.h"

struct gating {
    struct runpair *against; /* the run after against its baseline */
    struct runpair *alone;   /* the run against itself: what it is by itself */
    struct history *history;   /* for the noise of speeds; NULL: none */
    const struct policy *policy;
    struct gated *to;
};

/* Groups, samples, data, fingerprints, versions (gating_there.c). */
void gating_there(const struct gating *g);
/* The rules. */
int gating_rules(const struct gating *g, struct err *err);

#endif
