/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * comparing_own: matchers of a study whose templates only they can compare: they are
 * asked for the scores (own_scores.h), of which what they do not tell is left out of the
 * study and said.
 *
 * A search that gives the best of a gallery only tells what matches beyond the least of
 * them: the matcher's own thresholds, target FMRs and ranks that lie further down are no
 * operating points of it.
 */
#ifndef CLI_COMPARING_OWN_H
#define CLI_COMPARING_OWN_H

#include "cli/comparing.h"
#include "cli/scoring.h"

/* Whether the templates of a matcher can be compared here, or by it. */
int comparing_own_check(const struct comparing *c, const struct backend *b, bool changes,
                        struct err *err);
/* How much it will be asked. */
struct backend_plan comparing_own_plan(const struct comparing *c, const struct backend *b);
/* The scores of matcher i, which has answered, into the folder r->out; sets what `r` says
 * of them (own…, similarity, thresholds, top), and the wish for its operating points. */
int comparing_own_ask(struct comparing *c, struct study *s, size_t i,
                      struct score_request *r, struct err *err);
/* The points that scores were too few for, of all matchers, as a fact of the study. */
void comparing_own_tell(const struct comparing *c, struct study *s);

#endif
