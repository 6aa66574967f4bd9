/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * marks: what a chart marks about the rows it shows, and the sentences that
 * explain the marks; a sentence is written only if its mark was drawn.
 */
#ifndef REPORT_MARKS_H
#define REPORT_MARKS_H

#include <stdbool.h>

#include "base/text.h"
#include "model/findings.h"

struct marks {
    size_t rows, hollow, suppressed, derived, unsaid;
    size_t few_df;   /* hollow though five or more were seen */
};

/* Looks at a row that is drawn; true if its mark is hollow: none or too few
 * were seen for the estimate to be trusted. */
bool marks_see(struct marks *m, const struct finding *row);
/* `shape` is what marks the hollow ones: "open points". `hits` is what was
 * counted. */
void marks_explain(const struct marks *m, const char *shape, const char *hits,
                   struct text *to);

#endif
