/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * page: report.html, one self-contained page without scripts or network.
 *
 * Fails when: a placeholder of the study names no finding, or a picture cannot
 * be read (a missing one is no failure: its place says so).
 */
#ifndef REPORT_PAGE_H
#define REPORT_PAGE_H

#include "base/err.h"
#include "base/text.h"
#include "model/cases.h"
#include "model/claims.h"
#include "model/findings.h"
#include "model/run.h"
#include "model/study.h"
#include "report/tables.h"

struct page {
    const struct study *study;
    const struct findings *findings;
    const struct findings *curves; /* NULL: none */
    const struct claims *claims;
    const struct cases *cases; /* may be NULL */
    const struct run *run;
    const char *dir;  /* of the run */
};

int page_write(const struct page *page, struct text *to, struct err *err);

/* Head of a page up to and with <body>, for the report and the index. */
void page_head(struct text *to, const char *title);
/* A verdict as a badge: its word, and a class for its colour; hollow and dashed if undone. */
void page_badge(struct text *to, const struct claim *claim, enum study_evidence e);
/* The sections: a line a verdict; what each rests on; the named cases; the
 * tables for all, or the further ones; the method. */
void page_verdicts(const struct page *page, struct text *to);
void page_evidence(const struct page *page, struct text *to);
/* Of a study with doses: at which who breaks. */
void page_breaks(const struct tables *tables, struct text *to);
void page_cases(const struct page *page, const struct tables *tables, struct text *to);
void page_tables(const struct tables *tables, bool further, struct text *to);
void page_method(const struct page *page, struct text *to);
/* The charts; drawn[i], false before: chart i of the study is there. */
int page_charts(const struct page *page, bool *drawn, struct text *to, struct err *err);
/* Of a page with many charts: links to them, as a list. */
void page_chart_list(const struct page *page, const bool *drawn, struct text *to);
/* True if page_tables() would write something. */
bool page_has_tables(const struct tables *tables, bool further);

extern const char page_style[];

#endif
