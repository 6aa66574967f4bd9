/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * count_ranks: a count shared among ranks: rank 0's plan dealt to all, and what all have
 * done brought to rank 0, by twos: as many rounds as the logarithm of their number.
 *
 * Ownership: the caller's. Threads: as ranks.h. Fails when: a state does not add up,
 * which would be a bug or a machine of another byte order.
 */
#ifndef CORE_COUNT_RANKS_H
#define CORE_COUNT_RANKS_H

#include "core/count.h"
#include "core/ranks.h"

/* Everyone, with a count of equal setup; what rank 0's count has done already is done. */
void count_share(struct count *c, const struct ranks *r);
/* Everyone who has done its part; then rank 0's count has all of it, and the others' are
 * of no more use. */
int count_gather(struct count *c, const struct ranks *r, struct err *err);

#endif
