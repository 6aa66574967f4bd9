/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * score_state: the state of a broken-off `misid score` in its folder, so that the same
 * command goes on from there: `score.state`, whose first line is a key of all inputs
 * and options, and the rest what count_save() gave. Each further rank has one of its own,
 * `score.state.RANK`; they add up, so that any number of ranks goes on from what others
 * have done. Each appears whole or not at all, and is removed when the work is done.
 *
 * Ownership: `key` belongs to the caller. Fails when: the folder cannot be written.
 */
#ifndef CLI_SCORE_STATE_H
#define CLI_SCORE_STATE_H

#include "base/err.h"
#include "base/hash.h"
#include "cli/shard.h"
#include "core/count.h"

enum score_found {
    SCORE_FRESH,    /* there was none */
    SCORE_RESUMED,
    SCORE_OTHER,    /* one of other inputs or options */
    SCORE_DAMAGED
};

int score_state_save(const struct count *c, const char *dir, size_t rank,
                     const char key[HASH_HEX], struct err *err);
/* All that fit; then those of several ranks are one, on disk as well. With `insist` a
 * state that does not fit is ERR_INPUT, and stays. */
int score_state_load(struct count *c, const char *dir, const char key[HASH_HEX],
                     bool insist, enum score_found *found, struct err *err);
int score_state_remove(const char *dir, struct err *err); /* all of them */

/* Of what was asked for: similarity, axes, thresholds, inputs … and which part. */
void score_state_key(char key[HASH_HEX], const struct scores *s, double floor,
                     const struct shard *shard);

#endif
