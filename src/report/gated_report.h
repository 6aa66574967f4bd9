/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * gated_report: what a gate says, for people and for other people's programs: a terminal,
 * Markdown, JUnit's XML, and the annotations of GitHub's runners.
 *
 * In JUnit a check that fails is a failure and one that is undecided an error, so that
 * nothing undecided counts as passed. Texts that come from data are escaped, so that none
 * begins a line, a tag or a command of its own.
 *
 * Ownership: everything is borrowed. Threads: any.
 */
#ifndef REPORT_GATED_REPORT_H
#define REPORT_GATED_REPORT_H

#include <stdbool.h>

#include "base/text.h"
#include "model/gated.h"

/* Before all others: the line of each check, its numbers or its words. */
void gated_say(struct gated *g);
/* `all`: also what passed. */
void gated_terminal(const struct gated *g, int columns, bool colour, bool all,
                    struct text *to);
void gated_markdown(const struct gated *g, struct text *to);
void gated_junit(const struct gated *g, struct text *to);
void gated_annotations(const struct gated *g, struct text *to);

#endif
