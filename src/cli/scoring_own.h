/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scoring_own: what the files of scoring share: a work from its inputs to its files.
 *
 * Ownership: scoring_release(); the request is the caller's. Threads: one.
 */
#ifndef CLI_SCORING_OWN_H
#define CLI_SCORING_OWN_H

#include "cli/same_person.h"
#include "cli/score_given.h"
#include "cli/score_inputs.h"
#include "cli/scoring.h"
#include "cli/shard.h"
#include "base/hash.h"
#include "core/ranks.h"

struct scoring {
    const struct score_request *r;
    struct shard shard;
    struct scores scores;
    struct score_side a, gallery;
    struct score_given given;  /* scores, in place of templates */
    struct trials trials;
    struct same_person same;
    struct count_trial *listed;
    struct count *count;
    char key[HASH_HEX];        /* of all that is asked; score_state.h */
    double seconds;
    struct ranks ranks;
    bool shares;               /* with other ranks, which wait for this one */
    bool interrupted;
};

void scoring_init(struct scoring *g, const struct score_request *r);
void scoring_release(struct scoring *g);

/* scoring.c: options and inputs, up to a count of which nothing is done. */
int scoring_read(struct scoring *g, struct err *err);
/* Steps of it, for who has the inputs from elsewhere. */
void scoring_list_trials(struct scoring *g);
int scoring_make_count(struct scoring *g, bool merges, struct err *err);

/* scoring_write.c: the files of the whole, those of them that a part has too, and what
 * there is to say. */
int scoring_write(struct scoring *g, struct err *err);
int scoring_write_rosters(const struct scoring *g, struct err *err);
void scoring_tell(const struct scoring *g, struct text *to);

/* scoring_part.c: the files of a part, from which merge_score() has the whole. */
int scoring_write_part(struct scoring *g, struct err *err);

#endif
