/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pairing: whom two runs have in common, and what became of them in each: from the
 * outcomes (of a classifier) or margins (of a matcher) of two runs to the trials and hits
 * of every person in any group, with people of both runs numbered alike.
 *
 * Samples are matched by their keys (history.h), that is by name, and are those of one
 * image where the history knows its hash; a person of several samples is the same person
 * in both runs if they share one. Of margins the keys are those of people.
 *
 * A classifier's metrics are error, error_with_misses and fta (core/classify.h); a
 * matcher's is fnmr, whose trials are of one person each.
 *
 * Invariants: numbers of people lie below `persons`; where the panels of the two runs
 * are the same they are those of the panel.
 *
 * Ownership: the runs are borrowed, and outlive the pairing; what pairing_people() gives
 * is in the arena. Threads: read-only once made. Fails when: never; what cannot be paired
 * says so by pairing_init().
 */
#ifndef HISTORY_PAIRING_H
#define HISTORY_PAIRING_H

#include "history/history.h"
#include "model/tally.h"

enum pairing_side { PAIRING_BEFORE, PAIRING_AFTER };

enum pairing_kind { PAIRING_OUTCOMES, PAIRING_MARGINS };

struct pairing {
    enum pairing_kind kind;
    const struct history_panel *panel[2];
    const char *outcomes[2];
    const struct history_margins *margins[2];
    size_t persons;
    uint32_t *person[2]; /* of a row of each panel */
    uint32_t *other;     /* of a row of the panel before: its row after, or PAIRING_NONE */
};
#define PAIRING_NONE UINT32_MAX

/* False, and nothing made, where a run has neither outcomes nor margins of the backend,
 * or their keys are of different secrets. */
bool pairing_init(struct pairing *p, const struct history_run *before, const char *backend,
                  const struct history_run *after, const char *backend_after);
void pairing_release(struct pairing *p);

/* True if everyone in the group `inner` is in `outer`: both as in findings. */
bool pairing_within(const char *inner, const char *outer);

/* Trials and hits of the metric at the point in the group, person by person, ascending;
 * false where these runs do not tell. */
bool pairing_people(const struct pairing *p, enum pairing_side side, const char *metric,
                    const char *point, const char *group, struct arena *arena,
                    struct tally_people *out);

/* The paired table, where every trial of the one run is one of the other, one a person;
 * else false. Of outcomes only. */
struct pairing_table {
    int64_t both, only_before, only_after, neither;
};
bool pairing_table(const struct pairing *p, const char *metric, const char *group,
                   struct pairing_table *out);

/* Samples (of margins: people) of the group that were shown. `moved` are in both runs,
 * and in the group in one of them only. */
struct pairing_overlap {
    int64_t before, after, both, moved;
};
void pairing_overlap(const struct pairing *p, const char *group,
                     struct pairing_overlap *out);

#endif
