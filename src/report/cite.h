/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cite: one finding as a paragraph that can stand in a brief or a review: the
 * estimate, its interval, method, counts and clusters, what was derived, what
 * it speaks about and what it does not, the source, and which file it is in.
 * Plain text, from the findings row and the study alone.
 */
#ifndef REPORT_CITE_H
#define REPORT_CITE_H

#include <stddef.h>

#include "base/text.h"
#include "model/findings.h"
#include "model/run.h"
#include "model/study.h"

/* Row `row` counts from 0. */
void report_cite(const struct study *study, const struct findings *findings, size_t row,
                 const struct run *run, struct text *to);

#endif
