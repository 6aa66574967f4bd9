/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * power: how many people a comparison needs.
 */
#ifndef STATS_POWER_H
#define STATS_POWER_H

/*
 * The size of each of two equal groups that a two-sided test of two proportions
 * at level `alpha` needs to see a difference of `difference` with probability
 * `power`, in the worst case, which is that of rates around one half:
 * Fleiss, Levin and Paik, Statistical Methods for Rates and Proportions, 3rd ed.
 * (2003), equation 4.14, without correction for continuity,
 *     n = (z_{1−α/2} √(2 P̄ Q̄) + z_{power} √(P1 Q1 + P2 Q2))² / (P2 − P1)²
 * with P1 = (1 − d)/2, P2 = (1 + d)/2, P̄ = 1/2; rounded up. 0 < difference < 1,
 * 0 < alpha < 1, 0 < power < 1.
 */
double power_group_size(double difference, double alpha, double power);

#endif
