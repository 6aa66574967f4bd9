/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/page.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "report/chart.h"
#include "report/html.h"
#include "report/prose.h"
#include "report/tables.h"

#define SVG_MAX ((size_t)64 << 20)

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
    if (s->n_conclusions)
        text_add(to, "<ul class=\"found\">\n");
    for (size_t i = 0; i < s->n_conclusions; i++)
        html_addf(to, "<li>%q</li>\n", s->conclusions[i]);
    if (s->n_conclusions)
        text_add(to, "</ul>\n");
    text_add(to, "</header>\n<main>\n");
    text_release(&answer);
    return code;
}

static void nav_link(struct text *to, bool there, const char *id, const char *name)
{
    if (there)
        html_addf(to, "<a href=\"#%s\">%s</a>", id, name);
}

static void contents(const struct page *page, const struct tables *tables,
                     struct text *to)
{
    const struct study *s = page->study;

    text_add(to, "<nav aria-label=\"Contents\">");
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
    text_add(to, "</nav>\n");
}

/* The picture of a chart, or the words that it is not there. */
static int picture(const struct page *page, const struct study_chart *c,
                   const char *alt, struct text *to, struct err *err)
{
    char *path = mem_printf("%s/charts/%s.svg", page->dir, c->id), *data = NULL;
    char *prefix = mem_printf("chart-%s", c->id);
    size_t len;
    int code = 0;

    if (path_is_file(path))
        code = file_read(path, SVG_MAX, &data, &len, err);
    if (!code && (!data || !html_svg(to, data, prefix, c->title, alt)))
        html_addf(to, "<p class=\"fine\"><b>%q</b> is not drawn here: there was no gnuplot, "
                  "or it failed. Its numbers are in <a href=\"charts/%s.tsv\">charts/"
                  "%s.tsv</a> and in the tables below. In words: %q</p>", c->title, c->id,
                  c->id, alt);
    free(data);
    free(path);
    free(prefix);
    return code;
}

static int figure(const struct page *page, const struct study_chart *c, struct text *to,
                  struct err *err)
{
    struct chart_input in = { page->study, page->findings, c, page->curves };
    struct text where = TEXT_INIT, caption = TEXT_INIT;
    struct plot plot;

    plot_init(&plot, c->id);
    bool nothing;
    int code = chart_draw(&plot, &in, &nothing, err);
    if (nothing) {
        plot_release(&plot);
        return 0;
    }
    html_addf(to, "<figure id=\"figure-%s\">\n", c->id);
    if (!code)
        code = picture(page, c, plot.alt.s, to, err);
    text_addf(&where, "%s:%zu: caption", page->study->path, c->line);
    if (c->caption) {
        int filled = prose_fill(page->study, page->findings, c->caption, where.s,
                                &caption, err);
        code = code ? code : filled;
    }
    html_addf(to, "<figcaption>%q%s%q <span class=\"fine\">Files: <a href=\"charts/%s.svg\">"
              "SVG</a>, <a href=\"charts/%s.png\">PNG</a>, <a href=\"charts/%s.tsv\">numbers"
              "</a>, <a href=\"charts/%s.gp\">script</a>.</span></figcaption>\n</figure>\n",
              caption.s, caption.len ? " " : "", plot.note.s, c->id, c->id, c->id, c->id);
    plot_release(&plot);
    text_release(&where);
    text_release(&caption);
    return code;
}

static int figures(const struct page *page, struct text *to, struct err *err)
{
    int code = 0;

    if (!page->study->n_charts)
        return 0;
    text_add(to, "<section id=\"charts\"><h2>Charts</h2>\n");
    for (size_t i = 0; i < page->study->n_charts; i++) {
        int one = figure(page, &page->study->charts[i], to, err);
        code = code ? code : one;
    }
    text_add(to, "</section>\n");
    return code;
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
    struct tables tables;

    tables_build(&tables, page->study, page->findings, page->claims, page->cases, true);
    page_head(to, page->study->title);
    int code = opening(page, to, err);
    page_breaks(&tables, to);
    page_verdicts(page, to);
    contents(page, &tables, to);
    int charts = figures(page, to, err);
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
    return code ? code : charts;
}
