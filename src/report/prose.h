/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * prose: the sentences of a report. Text is plain UTF-8; whoever writes HTML,
 * LaTeX or a chart escapes it.
 *
 * Placeholders. In a study's answer and captions
 *     {metric|backend|group}  {metric|backend|group|versus}  {…|ci}
 * stands for the finding of that metric, which may carry a kind (error.ratio)
 * and an operating point behind an `@` (fpir@native=80): "34.7 %", or with
 * `|ci` "34.7 % [29.3, 40.5]". A metric of the data set (faces) has no backend:
 * {faces||gender=female}. Where a metric has several points one must be said.
 * An improvement is set against the earlier point, an excess against a backend:
 *     {error.improvement@audit=2018|IBM|all|audit=2017}
 *     {error.excess@audit=2018|Amazon|all|backend=IBM}
 */
#ifndef REPORT_PROSE_H
#define REPORT_PROSE_H

#include <stdbool.h>

#include "base/err.h"
#include "base/text.h"
#include "model/claims.h"
#include "model/findings.h"
#include "model/study.h"

/* Adds `with`, placeholders filled in. Fails (ERR_INPUT) on one that names no
 * finding; the line begins with `where` and names it. A backend that the study
 * lists but this run left out is no fault: "(IBM: not in this run)". */
int prose_fill(const struct study *study, const struct findings *f, const char *with,
               const char *where, struct text *to, struct err *err);
/* The row that a placeholder's text (without braces) names, or NULL with an
 * error whose line begins with `where`. */
const struct finding *prose_find(const struct study *study, const struct findings *f,
                                 const char *with, const char *where,
                                 struct err *err);
/* The placeholders have a right form, and known metrics and groups. */
int prose_check(const struct study *study, const char *with, const char *where,
                struct err *err);

/* The one sentence the study answers its question with, by the verdict of the
 * claim it names; nothing where the study has no answer. Of a study with doses what
 * breaks whom first (doses.h). */
int prose_answer(const struct study *study, const struct findings *f,
                 const struct claims *claims, struct text *to, struct err *err);
/* The claim the answer rests on, or NULL. */
const struct claim *prose_answer_claim(const struct study *study,
                                       const struct claims *claims);
/* "6 supported, 1 inconclusive", in the order of the verdicts; those that Holm's correction
 * undoes are counted apart, and said to be. */
void prose_verdict_counts(const struct claims *claims, struct text *to);

/* "Wilson score"; the name itself if misid's prose does not know it. */
const char *prose_method(const char *name);
/* What it is and where it comes from, a few sentences; NULL if not known. */
const char *prose_method_text(const char *name);

/* What a row measures, in words: "error of darker women", "error of darker
 * women minus that of lighter men", "share of lighter men among the
 * misclassified", "fall in error of darker women from 2017 to 2018". */
void prose_row(const struct study *study, const struct finding *row, struct text *to);
/* What its flag says, "" for ok. */
const char *prose_flag(enum finding_flag flag);
/* What is particular about a row's counts: its flag and the range of its n.
 * That counts are derived stands in the note. */
void prose_remark(const struct finding *row, bool thin, struct text *to);
/* The row's note without the printed figures it was held against, and those
 * alone ("20.8 %", several joined by "; "). */
void prose_note(const struct finding *row, struct text *to);
void prose_printed(const struct finding *row, struct text *to);

/* The counts a row rests on: "94/271"; of a contrast both groups', "94/271 :
 * 1/385"; nothing for a quotient of shares, which stand in rows of their own. */
void prose_counts(const struct study *study, const struct findings *f,
                  const struct finding *row, bool thin, struct text *to);

#endif
