/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * markdown: text into Markdown (GitHub's kind) so that nothing in it is markup: what
 * could begin any stands behind a backslash or as an entity, controls become blanks.
 * Serves cells of tables too.
 */
#ifndef REPORT_MARKDOWN_H
#define REPORT_MARKDOWN_H

#include "base/text.h"

void markdown_text(struct text *to, const char *s);

#endif
