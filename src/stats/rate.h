/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rate: hits among trials of one group, with whom the trials share, and the one way
 * from there to intervals: whoever wants limits asks here and need not know whether
 * trials are independent, several a person, or comparisons of people with each other.
 *
 *   neither dyads nor people   independent trials: the method on the counts
 *   people                     several trials a person: its one-way form
 *   dyads                      comparisons that share people: its dyadic form
 *
 * Contrasts of clustered rates: MOVER where the two rates share nobody, else the
 * influence of every person on both (contrast.h).
 *
 * Ownership: dyads and people are borrowed. Threads: any. Fails when: the method does
 * not serve the rate (ERR_INPUT), or as the method does.
 */
#ifndef STATS_RATE_H
#define STATS_RATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "model/tally.h"
#include "stats/clustered.h"
#include "stats/methods.h"

struct rate {
    int64_t x, n;
    bool derived;
    const struct dyads *dyads;          /* or NULL */
    const struct tally_people *people;  /* or NULL */
    double borrowed;                    /* design effect (clustered.h), 0: none */
};

bool rate_is_clustered(const struct rate *r);
/* Two rates of the same people numbering that have a person in common. */
bool rates_share(const struct rate *a, const struct rate *b);

/* False, with what would serve, where the method has no form for such a rate. */
bool rate_served(const struct method *m, const struct rate *r);

/* All that the method says; of independent trials the interval and the counts. */
int rate_estimate(const struct method *m, const struct rate *r, double confidence,
                  struct clustered *out, struct err *err);

/* a − b (FOR_DIFFERENCE) or a / b (FOR_RATIO). */
int rate_contrast(const struct method *m, unsigned quantity, const struct rate *a,
                  const struct rate *b, double confidence, struct interval *out,
                  struct err *err);
/* By which method that is: `m`, or where the two share people, influence. */
const struct method *rate_contrast_method(const struct method *m, const struct rate *a,
                                          const struct rate *b);
/* The p-value that goes with it, as contrast_p(). */
int rate_contrast_p(const struct method *m, unsigned quantity, const struct rate *a,
                    const struct rate *b, double margin, double *p, struct err *err);

#endif
