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
    const struct claim *claim = prose_answer_claim(s, page->claims);
    struct text answer = TEXT_INIT;
    int code = prose_answer(s, page->findings, page->claims, &answer, err);

    html_addf(to, "<header>\n<h1>%q</h1>\n<p class=\"question\">%q</p>\n", s->title,
              s->question);
    if (answer.len) {
        html_addf(to, "<div class=\"answer\"><p>%q</p>\n", answer.s);
        if (claim) {
            text_add(to, "<p class=\"fine\">");
            page_badge(to, claim->verdict, s->evidence);
            html_addf(to, " the claim this answer rests on: "
                      "<a href=\"#claim-%s\">%q</a></p>\n", claim->spec->id,
                      claim->spec->says);
        }
        text_add(to, "</div>\n");
    }
    text_add(to, "</header>\n<nav aria-label=\"Contents\">");
    if (page->claims->n)
        text_add(to, "<a href=\"#verdicts\">Verdicts</a>");
    if (s->n_charts)
        text_add(to, "<a href=\"#charts\">Charts</a>");
    text_add(to, "<a href=\"#tables\">Tables</a><a href=\"#method\">Method</a>");
    if (s->n_facts)
        text_add(to, "<a href=\"#facts\">Facts</a>");
    if (s->n_caveats)
        text_add(to, "<a href=\"#caveats\">Caveats</a>");
    text_add(to, "<a href=\"#cite\">Cite</a><a href=\"#reproduce\">Reproduce</a></nav>\n"
             "<main>\n");
    text_release(&answer);
    return code;
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
    struct chart_input in = { page->study, page->findings, c };
    struct text where = TEXT_INIT, caption = TEXT_INIT;
    struct plot plot;

    plot_init(&plot, c->id);
    int code = chart_find(c->chart.text)->draw(&plot, &in, err);
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

static const char *column_class(const struct table *t, size_t i)
{
    if (t->numeric[i])
        return t->minor[i] ? "num wide" : "num";
    return t->minor[i] ? "words wide" : "words";
}

static void table_row(const struct table *t, const struct table_row *row, struct text *to)
{
    struct text letter = TEXT_INIT;

    if (row->section) {
        html_addf(to, "<tr class=\"section\"><th scope=\"rowgroup\" colspan=\"%zu\">%s</th>"
                  "</tr>\n", t->columns, row->cells[0]);
        return;
    }
    html_addf(to, "<tr><th scope=\"row\">%q", row->cells[0]);
    if (row->note && !t->one_note) {
        table_note_letter(&letter, row->note);
        html_addf(to, "<sup>%s</sup>", letter.s);
    }
    text_add(to, "</th>");
    for (size_t i = 1; i < t->columns; i++)
        html_addf(to, "<td class=\"%s\">%s</td>", column_class(t, i), row->cells[i]);
    text_add(to, "</tr>\n");
    text_release(&letter);
}

/* True if no first cell is so long that it must be broken. */
static bool is_short(const struct table *t)
{
    for (size_t i = 0; i < t->n; i++)
        if (!t->rows[i].section && strlen(t->rows[i].cells[0]) > 28)
            return false;
    return true;
}

static void one_table(const struct table *t, struct text *to)
{
    struct text letter = TEXT_INIT;

    html_addf(to, "<div class=\"scroll\" id=\"%s\" tabindex=\"0\"><table%s>\n<caption><span>%q"
              "</span></caption>\n<thead>"
              "<tr>", t->id, is_short(t) ? " class=short" : "", t->caption);
    for (size_t i = 0; i < t->columns; i++)
        html_addf(to, "<th scope=\"col\" class=\"%s\">%q</th>", column_class(t, i),
                  t->heads[i]);
    text_add(to, "</tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < t->n; i++)
        table_row(t, &t->rows[i], to);
    text_add(to, "</tbody>\n</table>");
    for (size_t i = 0; i < t->n_notes; i++) {
        text_reset(&letter);
        table_note_letter(&letter, i + 1);
        if (t->one_note || !t->rows)
            html_addf(to, "<p class=\"notes\">%q.</p>", t->notes[i]);
        else
            html_addf(to, "<p class=\"notes\"><sup>%s</sup> %q</p>", letter.s, t->notes[i]);
    }
    text_add(to, "</div>\n");
    text_release(&letter);
}

static void all_tables(const struct tables *tables, bool further, struct text *to)
{
    bool any = false;

    for (size_t i = 0; i < tables->n; i++) {
        const struct table *t = &tables->tables[i];
        if (t->further != further || !strcmp(t->id, "claims"))
            continue; /* claims have their own section */
        if (!any && further)
            text_add(to, "<section id=\"further\"><h2>Further tables</h2>\n");
        else if (!any)
            text_add(to, "<section id=\"tables\"><h2>Tables</h2>\n<p class=\"fine\">Every "
                     "number is a row of <a href=\"findings.csv\">findings.csv</a>. The "
                     "same tables for LaTeX: <a href=\"tables.tex\">tables.tex</a>; for "
                     "programs: <a href=\"report.json\">report.json</a>.</p>\n");
        any = true;
        one_table(t, to);
    }
    if (any)
        text_add(to, "</section>\n");
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

    tables_build(&tables, page->study, page->findings, page->claims, true);
    page_head(to, page->study->title);
    int code = opening(page, to, err);
    page_claims(page, to);
    int charts = figures(page, to, err);
    all_tables(&tables, false, to);
    page_method(page, to);
    study_facts(page, to);
    all_tables(&tables, true, to);
    cite(page, to);
    reproduce(page, to);
    html_addf(to, "</main>\n<footer>Made by misid %s. Free software: GPL-3.0-or-later."
              "</footer>\n</body>\n</html>\n", page->run->version);
    tables_release(&tables);
    return code ? code : charts;
}
