/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * labels: what wrong labels do to a gap between two groups: how many it takes until
 * the gap is gone, and the rates under stated shares of wrong labels.
 *
 * Labels play three parts. GROUP: they say who is of which group, as skin types do; a
 * wrong one puts a face into the other group, and its error with it. TRUTH: they say
 * what the right answer is; a wrong one makes an error of a right answer, or the other
 * way round. BOTH: they are the group and the answer, as gender is to a classifier of
 * gender; a wrong one puts a face into the other group and turns error and right answer
 * round.
 *
 * Threads: any. Fails when: ERR_INPUT for counts that are none, a first rate that is
 * not above the second, or shares that no labels can have given these counts.
 */
#ifndef STATS_LABELS_H
#define STATS_LABELS_H

#include <stdint.h>

#include "stats/interval.h"

/* Errors and faces of two groups, as labelled; the first has the higher rate. */
struct labels_counts {
    int64_t x1, n1, x2, n2;
};

enum labels_part { LABELS_GROUP, LABELS_TRUTH, LABELS_BOTH };

/* The counts if k faces, all of them in error and of the first group, are wrongly
 * labelled, 0 <= k <= x1: the labels whoever doubts the gap will doubt. */
struct labels_counts labels_move(const struct labels_counts *c, enum labels_part part,
                                 int64_t k);

/*
 * The tipping point: the fewest such labels with which x1/n1 − x2/n2 is no longer above
 * 0 (*gone), and with which Newcombe's interval of it reaches 0 (*unsure; 0 if it does
 * already). Wrong labels elsewhere can close a gap too, and where the second group is
 * the smaller, fewer of them. Compare the fragility index (Walsh et al. 2014, J. Clin.
 * Epidemiol. 67:622-628).
 */
int labels_tipping(const struct labels_counts *c, enum labels_part part, double confidence,
                   int64_t *gone, int64_t *unsure, struct err *err);

/* Shares of labels that are wrong: of those truly of the first group labelled as of the
 * second, and the other way. first + second < 1. */
struct labels_wrong {
    double first, second;
};

struct labels_corrected {
    struct interval rate[2], difference, ratio;
    double errors[2], faces[2]; /* truly of each group: real numbers */
};

/*
 * The rates with labels as groups that are wrong at stated shares, among the faces in
 * error and among the others: each pair of counts as labelled is the matrix
 * (1 − first, second; first, 1 − second) times the true pair (Barron 1977, Biometrics
 * 33:414-418). Alike for both (non-differential) the true gap is never smaller than the
 * one labelled (Bross 1954, Biometrics 10:478-486); only labels that are wrong
 * differently among errors can make a gap.
 *
 * Limits: delta method with the shares taken as known (Greenland 1988, Stat. Med.
 * 7:745-757), rates on the logit scale, difference and log ratio by MOVER from them
 * (Zou & Donner 2008, Stat. Med. 27:1693-1702); NaN where a corrected count is 0.
 */
int labels_correct(const struct labels_counts *c, const struct labels_wrong *in_error,
                   const struct labels_wrong *others, double confidence,
                   struct labels_corrected *out, struct err *err);

#endif
