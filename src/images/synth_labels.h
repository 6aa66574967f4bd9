/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * synth_labels: what a cohort of drawn faces says of itself: labels.csv, with a
 * row an image, and README.txt. misid-synth(1) explains the columns.
 *
 * Threads: any, one text a thread. Fails when: never.
 */
#ifndef IMAGES_SYNTH_LABELS_H
#define IMAGES_SYNTH_LABELS_H

#include "base/text.h"
#include "images/synth_draw.h"

/* Relative to the folder of the set, with / between its parts. */
#define SYNTH_LABEL_PATH 64
void synth_label_path(char path[SYNTH_LABEL_PATH], const struct synth_subject *s,
                      const struct synth_view *v);
void synth_label_header(struct text *to);
void synth_label_row(struct text *to, const struct synth_options *o,
                     const struct synth_subject *s, const struct synth_view *v,
                     const struct synth_truth *truth);
void synth_label_readme(struct text *to, const struct synth_options *o);
/* What stands in the comment of the image. */
void synth_label_comment(struct text *to, const struct synth_options *o,
                         const struct synth_subject *s, const struct synth_view *v);

#endif
