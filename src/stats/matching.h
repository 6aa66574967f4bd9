/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * matching: how many pairs of a list can be had at once so that nobody is in two of
 * them: the number of surely independent comparisons in a list of trials.
 *
 * Edmonds' algorithm (1965, Canadian Journal of Mathematics 17:449-467), blossoms
 * shrunk by their bases, begun from a greedy matching. Work is bounded: past 2^30
 * steps it returns what it has, which is then a lower bound.
 *
 * Threads: any. Fails when: never.
 */
#ifndef STATS_MATCHING_H
#define STATS_MATCHING_H

#include <stddef.h>

struct dyad;

/* The size of a maximum matching of n dyads among persons 0 … persons − 1. */
size_t matching_size(const struct dyad *list, size_t n, size_t persons);

#endif
