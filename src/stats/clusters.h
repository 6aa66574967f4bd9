/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * clusters: whom the comparisons of a rate share, kept by what the rate is of: a
 * backend, metric, operating point and group. The counts themselves are in the tally.
 *
 * Ownership: the store owns the dyads. Threads: read-only once filled.
 */
#ifndef STATS_CLUSTERS_H
#define STATS_CLUSTERS_H

#include "base/dict.h"
#include "stats/dyads.h"

struct clusters {
    struct dict keys;
    struct cluster {
        struct dyads dyads;
        double borrowed;   /* design effect (clustered.h); 0: none is known */
    } *items;              /* in the order of the keys */
    size_t cap;
};

void clusters_init(struct clusters *c);
void clusters_release(struct clusters *c);
/* Takes the dyads over. The rate must not be there yet. */
void clusters_add(struct clusters *c, const char *backend, const char *metric,
                  const char *point, const char *group, struct dyads *dyads,
                  double borrowed);
/* NULL if there is none. */
const struct cluster *clusters_find(const struct clusters *c, const char *backend,
                                    const char *metric, const char *point,
                                    const char *group);

#endif
