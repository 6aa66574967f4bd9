/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * own_cases: a study that tells its cases one by one (its key own.cases): what each
 * backend said of each image, and no rate.
 *
 * Ownership: the cases own their texts. Threads: one. Fails where there are more than
 * CASES_MAX, which is a data set.
 */
#ifndef CLI_OWN_CASES_H
#define CLI_OWN_CASES_H

#include "backends/recorded.h"
#include "model/cases.h"
#include "model/study.h"

/* A case an image and backend, in the order of the roster. `target` is the attribute that
 * answers are held against. Whom each backend was wrong about is put in words, too. */
int own_cases_make(struct cases *to, struct study *s, const struct roster *r,
                   size_t target, const struct recorded *recorded, struct err *err);

#endif
