/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * draws: how often chance is asked, in every command that asks it: --replicates of a
 * bootstrap (100 to 1,000,000: below it a limit at 95 % is the two or three farthest draws),
 * --permutations of a test (99 to 1,000,000: below it no p goes under .01), --seed of both
 * (0 to 2^53 − 1).
 *
 * Threads: any.
 */
#ifndef CLI_DRAWS_H
#define CLI_DRAWS_H

#include "base/err.h"

/* NaN: the command has no such option. */
struct draws {
    double replicates, permutations, seed;
};

/* Every fault as `COMMAND: --OPTION …`. */
int draws_check(const char *command, const struct draws *d, struct err *err);

#endif
