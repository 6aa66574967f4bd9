/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The charts of a page: those that are open, then those that are folded, a part a heading. */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "report/chart.h"
#include "report/html.h"
#include "report/page.h"
#include "report/prose.h"

#define SVG_MAX ((size_t)64 << 20)
#define LISTED 6 /* with more charts the page has a list of them */

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

/* *drawn: false where so much is suppressed that there is nothing to show. */
static int figure(const struct page *page, const struct study_chart *c, bool *drawn,
                  struct text *to, struct err *err)
{
    struct chart_input in = { page->study, page->findings, c, page->curves };
    struct text where = TEXT_INIT, caption = TEXT_INIT;
    struct plot plot;

    plot_init(&plot, c->id);
    bool nothing;
    int code = chart_draw(&plot, &in, &nothing, err);
    *drawn = !nothing;
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

/* --- parts that are folded --- */

static bool is_in(const struct study_chart *c, const char *fold)
{
    return c->fold && !strcmp(c->fold, fold);
}

/* True if no chart before it is in the same part. */
static bool begins_fold(const struct study *s, size_t at)
{
    const struct study_chart *c = &s->charts[at];

    for (size_t i = 0; c->fold && i < at; i++)
        if (is_in(&s->charts[i], c->fold))
            return false;
    return c->fold != NULL;
}

/* A title without the matcher that the part is called after: from "lbp: FMR by gender" of
 * the part "lbp" the rest. */
static const char *title_within(const struct study_chart *c)
{
    const size_t n = strlen(c->fold);

    return !strncmp(c->title, c->fold, n) && !strncmp(c->title + n, ": ", 2)
               ? c->title + n + 2 : c->title;
}

/* Bytes before the groups that a title ends with: "FMR" of "FMR by gender". */
static size_t stem_of(const char *title)
{
    const char *by = NULL;

    for (const char *at = title; (at = strstr(at, " by ")); at++)
        by = at;
    return by ? (size_t)(by - title) : strlen(title);
}

/* What is inside, one subject after the other: "FMR by gender, by race; DET by gender". */
static void add_inside(const struct study *s, const char *fold, const bool *drawn,
                       struct text *to)
{
    const size_t start = to->len;

    for (size_t i = 0; i < s->n_charts; i++) {
        if (!drawn[i] || !is_in(&s->charts[i], fold))
            continue;
        const char *title = title_within(&s->charts[i]);
        const size_t stem = stem_of(title);
        bool told = false;
        for (size_t k = 0; k < s->n_charts; k++) {
            if (!drawn[k] || !is_in(&s->charts[k], fold))
                continue;
            const char *other = title_within(&s->charts[k]);
            if (stem_of(other) != stem || memcmp(other, title, stem))
                continue;
            told = told || k < i;
            if (told)
                break;
            text_add(to, k > i ? "," : to->len > start ? "; " : "");
            text_add(to, k > i ? other + stem : other);
        }
    }
}

static void begin_fold(const struct study *s, size_t at, const bool *drawn, struct text *to)
{
    const char *fold = s->charts[at].fold;
    struct text inside = TEXT_INIT;
    size_t n = 0;

    for (size_t i = 0; i < s->n_charts; i++)
        n += drawn[i] && is_in(&s->charts[i], fold);
    add_inside(s, fold, drawn, &inside);
    html_addf(to, "<details class=\"fold\" id=\"fold-%zu\"><summary><b>%q</b>, %zu chart%s"
              "<span class=\"fine\">%q</span></summary>\n", at + 1, fold, n,
              n == 1 ? "" : "s", inside.s);
    text_release(&inside);
}

/* The charts of a part, if any is drawn. */
static int folded(const struct page *page, size_t at, bool *drawn, struct text *to,
                  struct err *err)
{
    const struct study *s = page->study;
    struct text figures = TEXT_INIT;
    bool any = false;
    int code = 0;

    for (size_t i = at; i < s->n_charts; i++) {
        if (!is_in(&s->charts[i], s->charts[at].fold))
            continue;
        int one = figure(page, &s->charts[i], &drawn[i], &figures, err);
        code = code ? code : one;
        any = any || drawn[i];
    }
    if (any) {
        begin_fold(s, at, drawn, to);
        text_addn(to, figures.s, figures.len);
        text_add(to, "</details>\n");
    }
    text_release(&figures);
    return code;
}

int page_charts(const struct page *page, bool *drawn, struct text *to, struct err *err)
{
    const struct study *s = page->study;
    int code = 0, one;

    if (!s->n_charts)
        return 0;
    text_add(to, "<section id=\"charts\"><h2>Charts</h2>\n");
    for (size_t i = 0; i < s->n_charts; i++) {
        one = s->charts[i].fold ? 0 : figure(page, &s->charts[i], &drawn[i], to, err);
        code = code ? code : one;
    }
    for (size_t i = 0; i < s->n_charts; i++) {
        one = begins_fold(s, i) ? folded(page, i, drawn, to, err) : 0;
        code = code ? code : one;
    }
    text_add(to, "</section>\n");
    return code;
}

void page_chart_list(const struct page *page, const bool *drawn, struct text *to)
{
    const struct study *s = page->study;
    size_t n = 0;

    for (size_t i = 0; i < s->n_charts; i++)
        n += drawn[i];
    if (n <= LISTED)
        return;
    text_add(to, "\n<ul>\n");
    for (size_t i = 0; i < s->n_charts; i++)
        if (drawn[i] && !s->charts[i].fold)
            html_addf(to, "<li><a href=\"#figure-%s\">%q</a></li>\n", s->charts[i].id,
                      s->charts[i].title);
    for (size_t i = 0; i < s->n_charts; i++) {
        size_t inside = 0;
        for (size_t k = i; begins_fold(s, i) && k < s->n_charts; k++)
            inside += drawn[k] && is_in(&s->charts[k], s->charts[i].fold);
        if (inside)
            html_addf(to, "<li><a href=\"#fold-%zu\">%q</a> <span class=\"fine\">folded, %zu "
                      "chart%s</span></li>\n", i + 1, s->charts[i].fold, inside,
                      inside == 1 ? "" : "s");
    }
    text_add(to, "</ul>\n");
}
