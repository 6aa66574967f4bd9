/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * several: people with several images, whose answers depend on each other.
 *
 * Ownership: new texts are the study's. Threads: one writer.
 */
#ifndef CLI_SEVERAL_H
#define CLI_SEVERAL_H

#include "cli/pipeline.h"

/* Leaves the study those estimators that serve such people, and wilson-t and mover where
 * that is none, if the tally has any. */
void several_settle(struct study *s, const struct tally *t);

/* Whose the trials of a run folder's counts are, from its outputs. */
int several_adopt(struct pipeline *p, const char *dir);

#endif
