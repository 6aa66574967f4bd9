/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * published: what claims that a live study carries over came to on the counts that their
 * originals published: the original's study is judged again, in memory.
 *
 * Ownership: new texts are the study's. Threads: one. Fails where a study or a claim that
 * the key `published` names is not there.
 */
#ifndef CLI_PUBLISHED_H
#define CLI_PUBLISHED_H

#include "model/study.h"

int published_verdicts(struct study *s, struct err *err);

#endif
