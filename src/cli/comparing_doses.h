/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * comparing_doses: a study that compares, at doses of changes of its images: every sample
 * changed is compared with every other as it is, at the threshold that the study's first
 * target FMR sets on the images as they are. A sample is never set against its own
 * changed copy; so every mated pair is compared twice, the one changed and the other.
 *
 * In the run folder, of every matcher and dose: backends/NAME/doses/DOSE/, as `misid
 * score` writes it, with the answers in probes/ below.
 *
 * Fails as embedding and scoring do.
 */
#ifndef CLI_COMPARING_DOSES_H
#define CLI_COMPARING_DOSES_H

#include "cli/comparing.h"

/* One matcher, the `i`-th, whose comparisons as they are have been counted, into the
 * tally. */
int comparing_doses(struct comparing *c, struct pipeline *p, size_t i);
/* What it wrote, for the record. */
int comparing_doses_record(const struct comparing *c, struct pipeline *p, size_t i);

#endif
