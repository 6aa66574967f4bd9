/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/page.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "report/html.h"
#include "report/prose.h"
#include "report/tables.h"

void page_head(struct text *to, const char *title)
{
    html_addf(to, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
              "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
              "<meta name=\"generator\" content=\"misid\">\n<title>%s</title>\n", title);
    text_addf(to, "<style>\n%s</style>\n</head>\n<body>\n", page_style);
}

static int opening(const struct page *page, struct text *to, struct err *err)
{
    const struct study *s = page->study;
    struct text answer = TEXT_INIT;
    int code = prose_answer(s, page->findings, page->claims, &answer, err);

    html_addf(to, "<header>\n<h1>%q</h1>\n<p class=\"question\">%q</p>\n", s->title,
              s->question);
    if (answer.len)
        html_addf(to, "<p class=\"answer\">%q</p>\n", answer.s);
    text_add(to, "</header>\n<main>\n");
    text_release(&answer);
    return code;
}

/* What was found, in sentences. */
static void conclusions(const struct study *s, struct text *to)
{
    if (!s->n_conclusions)
        return;
    text_add(to, "<section id=\"found\"><h2>What was found</h2>\n<ul class=\"found\">\n");
    for (size_t i = 0; i < s->n_conclusions; i++)
        html_addf(to, "<li>%q</li>\n", s->conclusions[i]);
    text_add(to, "</ul></section>\n");
}

static void nav_link(struct text *to, bool there, const char *id, const char *name)
{
    if (there)
        html_addf(to, "<a href=\"#%s\">%s</a>", id, name);
}

static void contents(const struct page *page, const struct tables *tables,
                     const bool *drawn, struct text *to)
{
    const struct study *s = page->study;

    text_add(to, "<nav aria-label=\"Contents\">");
    nav_link(to, s->n_conclusions, "found", "Found");
    nav_link(to, s->n_charts, "charts", "Charts");
    nav_link(to, page->cases && page->cases->n, "named", "Cases");
    nav_link(to, page->claims->n, "evidence", "Evidence");
    nav_link(to, page_has_tables(tables, false), "tables", "Tables");
    nav_link(to, true, "method", "Method");
    nav_link(to, s->n_facts, "facts", "Facts");
    nav_link(to, s->n_caveats, "caveats", "Caveats");
    nav_link(to, page_has_tables(tables, true), "further", "Further tables");
    nav_link(to, true, "cite", "Cite");
    nav_link(to, true, "reproduce", "Reproduce");
    page_chart_list(page, drawn, to);
    text_add(to, "</nav>\n");
}

static void fact_row(struct text *to, const char *name, const char *words)
{
    if (*words)
        html_addf(to, "<tr><th scope=\"row\">%s</th><td>%q</td></tr>\n", name, words);
}

static void study_facts(const struct page *page, struct text *to)
{
    const struct study *s = page->study;

    if (s->n_facts) {
        text_add(to, "<section id=\"facts\"><h2>What was studied</h2>\n<table class=\""
                 "facts\"><tbody>\n");
        for (size_t i = 0; i < s->n_facts; i++)
            fact_row(to, s->facts[i].name, s->facts[i].text);
        text_add(to, "</tbody></table></section>\n");
    }
    if (s->n_caveats) {
        text_add(to, "<section id=\"caveats\"><h2>Caveats</h2>\n<ul>\n");
        for (size_t i = 0; i < s->n_caveats; i++)
            html_addf(to, "<li>%q</li>\n", s->caveats[i]);
        text_add(to, "</ul></section>\n");
    }
}

static void cite(const struct page *page, struct text *to)
{
    const struct study *s = page->study;

    text_add(to, "<section id=\"cite\"><h2>How to cite</h2>\n<ul>\n");
    for (size_t i = 0; i < s->n_cite; i++)
        html_addf(to, "<li>%s</li>\n", s->cite[i]);
    html_addf(to, "<li>This report: misid %s, study %s, run %s, SHA-256 of the study "
              "<span class=\"hash\">%s</span>.</li>\n</ul></section>\n",
              page->run->version, s->name, page->run->started, s->sha256);
}

static void hashes(struct text *to, const char *caption, const struct run_file *files,
                   size_t n)
{
    if (!n)
        return;
    html_addf(to, "<table class=\"facts\"><caption>%s</caption><tbody>\n", caption);
    for (size_t i = 0; i < n; i++)
        html_addf(to, "<tr><th scope=\"row\">%s</th><td class=\"hash\">%s</td></tr>\n",
                  files[i].name, files[i].sha256);
    text_add(to, "</tbody></table>\n");
}

static void reproduce(const struct page *page, struct text *to)
{
    const struct run *r = page->run;

    html_addf(to, "<section id=\"reproduce\"><h2>How to reproduce</h2>\n<pre><code>%s</code>"
              "</pre>\n<p>The hashes are SHA-256, as <code>sha256sum</code> prints them; those "
              "of all files of this run are in <a href=\"run.json\">run.json</a>.</p>\n"
              "<table class=\"facts\"><tbody>\n", r->command);
    fact_row(to, "misid", r->version);
    fact_row(to, "Run", r->started);
    fact_row(to, "GSL", r->gsl);
    fact_row(to, "gnuplot", r->gnuplot);
    fact_row(to, "Compiler", r->compiler);
    fact_row(to, "Platform", r->platform);
    text_add(to, "</tbody></table>\n");
    hashes(to, "What went in", r->inputs, r->n_inputs);
    hashes(to, "What came out", r->outputs, r->n_outputs);
    text_add(to, "</section>\n");
}

int page_write(const struct page *page, struct text *to, struct err *err)
{
    struct text charts = TEXT_INIT;
    struct tables tables;
    bool *drawn = mem_array(page->study->n_charts, sizeof *drawn);

    tables_build(&tables, page->study, page->findings, page->claims, page->cases, true);
    page_head(to, page->study->title);
    int code = opening(page, to, err);
    page_breaks(&tables, to);
    page_verdicts(page, to);
    int drawing = page_charts(page, drawn, &charts, err);
    contents(page, &tables, drawn, to);
    conclusions(page->study, to);
    text_addn(to, charts.s, charts.len);
    page_cases(page, &tables, to);
    page_evidence(page, to);
    page_tables(&tables, false, to);
    page_method(page, to);
    study_facts(page, to);
    page_tables(&tables, true, to);
    cite(page, to);
    reproduce(page, to);
    html_addf(to, "</main>\n<footer>Made by misid %s. Free software: GPL-3.0-or-later."
              "</footer>\n</body>\n</html>\n", page->run->version);
    tables_release(&tables);
    text_release(&charts);
    free(drawn);
    return code ? code : drawing;
}
