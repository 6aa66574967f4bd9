/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Changes as a page and as Markdown. */
#include <math.h>
#include <string.h>

#include "report/changed.h"
#include "report/format.h"
#include "report/html.h"
#include "report/markdown.h"
#include "report/page.h"

#define ROWS_OPEN 60    /* of those that are not told apart */
#define MATRICES 40

static void matrix_words(const struct change *c, struct text *to)
{
    if (!c || isnan(c->change)) {
        text_add(to, "–");
        return;
    }
    changed_change(c, to);
    if (!isnan(c->p_adj)) {
        text_add(to, ", ");
        format_p(to, c->p_adj);
    }
}

static size_t rows_of(const struct changes *c, enum changed_kind kind)
{
    size_t n = 0;

    for (size_t i = 0; i < c->n; i++)
        n += changed_kind(&c->rows[i]) == kind;
    return n;
}

static void p_words(const struct change *c, struct text *to)
{
    if (!isnan(c->p_adj))
        format_p(to, c->p_adj);
}

static void gone_words(const struct change *c, struct text *to)
{
    static const char *const words[CHANGE_FLAGS] = {
        [CHANGE_OK] = "", [CHANGE_TOO_FEW] = "too few",
        [CHANGE_SUPPRESSED] = "not to be printed, or without counts",
        [CHANGE_UNDEFINED] = "a rate of 0: no quotient", [CHANGE_GONE] = "only before",
        [CHANGE_NEW] = "only after",
    };
    text_add(to, words[c->flag]);
}

/* --- Markdown --- */

static void markdown_kind(const struct changed *c, enum changed_kind kind, struct text *to)
{
    size_t n = rows_of(c->changes, kind), told = 0;
    size_t most = kind == CHANGED_OPEN ? ROWS_OPEN : n;
    struct text t = TEXT_INIT;

    text_addf(to, "\n### %s: %zu\n\n", changed_heads[kind], n);
    if (!n)
        return;
    text_add(to, "| what | before → after | change | p (Holm) | samples |\n"
             "|---|---|---|---|---|\n");
    for (size_t i = 0; i < c->changes->n && told < most; i++) {
        const struct change *r = &c->changes->rows[i];
        void (*const cells[])(const struct change *, struct text *) = {
            changed_what, changed_values, kind == CHANGED_NOTHING ? gone_words : changed_change,
            p_words };
        if (changed_kind(r) != kind)
            continue;
        for (size_t k = 0; k < sizeof cells / sizeof *cells; k++) {
            text_reset(&t);
            cells[k](r, &t);
            text_add(to, k ? " | " : "| ");
            markdown_text(to, t.s);
        }
        text_addf(to, " | %s%s |\n", kind == CHANGED_NOTHING ? ""
                                                             : change_samples_names[r->samples],
                  r->flag == CHANGE_TOO_FEW ? ", too few errors" : "");
        told++;
    }
    if (n > told)
        text_addf(to, "\nand %zu more.\n", n - told);
    text_release(&t);
}

static void markdown_matrix(const struct changed *c, const struct change *like,
                            struct text *to)
{
    struct text t = TEXT_INIT;

    changed_what(like, &t);
    text_add(to, "\n### ");
    markdown_text(to, t.s);
    text_add(to, "\n\n| from \\ to |");
    for (size_t k = 1; k < c->n_runs; k++) {
        text_addch(to, ' ');
        markdown_text(to, c->runs[k].name);
        text_add(to, " |");
    }
    text_add(to, "\n|---|");
    for (size_t k = 1; k < c->n_runs; k++)
        text_add(to, "---|");
    for (size_t i = 0; i + 1 < c->n_runs; i++) {
        text_add(to, "\n| ");
        markdown_text(to, c->runs[i].name);
        text_add(to, " |");
        for (size_t k = 1; k < c->n_runs; k++) {
            text_reset(&t);
            if (k > i)
                matrix_words(changed_between(c->changes, like, c->runs[i].name,
                                             c->runs[k].name), &t);
            text_addch(to, ' ');
            markdown_text(to, t.s);
            text_add(to, " |");
        }
    }
    text_add(to, "\n\np by Holm over the family ");
    markdown_text(to, like->family);
    text_add(to, ".\n");
    text_release(&t);
}

void changed_markdown(const struct changed *c, struct text *to)
{
    size_t told = 0;

    text_add(to, "## ");
    markdown_text(to, c->title);
    text_add(to, "\n\n");
    for (size_t i = 0; i < c->n_runs; i++) {
        text_add(to, "- **");
        markdown_text(to, c->runs[i].name);
        text_add(to, "**: ");
        markdown_text(to, c->runs[i].about);
        text_addch(to, '\n');
    }
    for (size_t i = 0; i < c->changes->n_remarks; i++) {
        text_add(to, "- ");
        markdown_text(to, c->changes->remarks[i]);
        text_addch(to, '\n');
    }
    for (size_t i = 0; i < c->changes->n && c->n_runs > 2 && told < MATRICES; i++)
        if (changed_is_first(c->changes, i)) {
            markdown_matrix(c, &c->changes->rows[i], to);
            told++;
        }
    for (int kind = 0; kind <= CHANGED_NOTHING && c->n_runs == 2; kind++)
        markdown_kind(c, (enum changed_kind)kind, to);
}

/* --- a page --- */

static void page_kind(const struct changed *c, enum changed_kind kind, struct text *to)
{
    static const char *const classes[] = { "no", "yes", "open", "none" };
    size_t n = rows_of(c->changes, kind), told = 0;
    size_t most = kind == CHANGED_OPEN ? ROWS_OPEN : n;
    struct text what = TEXT_INIT, values = TEXT_INIT, change = TEXT_INIT, p = TEXT_INIT;

    html_addf(to, "<section><h2><span class=\"badge %s\">%zu</span> %s</h2>\n",
              classes[kind], n, changed_heads[kind]);
    if (!n)
        text_add(to, kind == CHANGED_WORSE ? "<p>Nothing is shown to have become worse.</p>\n"
                                           : "<p>Nothing.</p>\n");
    else
        text_add(to, "<div class=\"scroll\"><table><thead><tr><th>What</th><th class=\"num\">"
                 "Before → after</th><th class=\"num\">Change</th><th class=\"num\">p (Holm)"
                 "</th><th>Samples</th></tr></thead><tbody>\n");
    for (size_t i = 0; i < c->changes->n && told < most; i++) {
        const struct change *r = &c->changes->rows[i];
        if (changed_kind(r) != kind)
            continue;
        text_reset(&what);
        text_reset(&values);
        text_reset(&change);
        text_reset(&p);
        changed_what(r, &what);
        changed_values(r, &values);
        (kind == CHANGED_NOTHING ? gone_words : changed_change)(r, &change);
        p_words(r, &p);
        html_addf(to, "<tr><th scope=\"row\">%q</th><td class=\"num\">%s</td><td class=\"num\""
                  ">%s</td><td class=\"num\">%s</td><td class=\"words\" title=\"%s\">%s%s</td>"
                  "</tr>\n", what.s, values.s, change.s, p.s, r->note,
                  kind == CHANGED_NOTHING ? "" : change_samples_names[r->samples],
                  r->flag == CHANGE_TOO_FEW ? ", too few errors" : "");
        told++;
    }
    if (n)
        text_add(to, "</tbody></table></div>\n");
    if (n > told)
        html_addf(to, "<p class=\"fine\">and %zu more.</p>\n", n - told);
    text_add(to, "</section>\n");
    text_release(&what);
    text_release(&values);
    text_release(&change);
    text_release(&p);
}

static void page_matrix(const struct changed *c, const struct change *like, struct text *to)
{
    struct text t = TEXT_INIT;

    changed_what(like, &t);
    html_addf(to, "<div class=\"scroll\"><table><caption><span>%q</span></caption><thead><tr>"
              "<th>from \\ to</th>", t.s);
    for (size_t k = 1; k < c->n_runs; k++)
        html_addf(to, "<th class=\"num\">%s</th>", c->runs[k].name);
    text_add(to, "</tr></thead><tbody>\n");
    for (size_t i = 0; i + 1 < c->n_runs; i++) {
        html_addf(to, "<tr><th scope=\"row\">%s</th>", c->runs[i].name);
        for (size_t k = 1; k < c->n_runs; k++) {
            const struct change *cell = k > i ? changed_between(c->changes, like,
                                                                c->runs[i].name,
                                                                c->runs[k].name) : NULL;
            text_reset(&t);
            if (k > i)
                matrix_words(cell, &t);
            html_addf(to, cell && change_verdict(cell)
                              ? "<td class=\"num\"><b>%s</b></td>"
                              : "<td class=\"num\">%s</td>", t.s);
        }
        text_add(to, "</tr>\n");
    }
    html_addf(to, "</tbody></table></div>\n<p class=\"notes\">p by Holm over the family %q; "
              "bold is shown.</p>\n", like->family);
    text_release(&t);
}

static void page_samples(const struct changes *c, struct text *to)
{
    if (!c->n_overlaps)
        return;
    text_add(to, "<section><h2>Samples</h2>\n<div class=\"scroll\"><table><thead><tr>"
             "<th>Group</th><th>Backend</th><th class=\"num\">Before</th><th class=\"num\">"
             "After</th><th class=\"num\">In both</th><th class=\"num\">In both, group "
             "changed</th></tr></thead><tbody>\n");
    for (size_t i = 0; i < c->n_overlaps; i++) {
        const struct change_overlap *o = &c->overlaps[i];
        const int64_t counts[] = { o->n_before, o->n_after, o->both, o->relabelled };
        html_addf(to, "<tr><th scope=\"row\">%s</th><td>%s</td>", o->group, o->backend);
        for (size_t k = 0; k < 4; k++)
            text_addf(to, "<td class=\"num\">%lld</td>", (long long)counts[k]);
        text_add(to, "</tr>\n");
    }
    text_add(to, "</tbody></table></div></section>\n");
}

void changed_page(const struct changed *c, struct text *to)
{
    size_t told = 0;

    page_head(to, c->title);
    html_addf(to, "<header><h1>%q</h1>\n<ul>\n", c->title);
    for (size_t i = 0; i < c->n_runs; i++)
        html_addf(to, "<li><b>%s</b>: %q</li>\n", c->runs[i].name, c->runs[i].about);
    text_add(to, "</ul></header>\n<main>\n");
    for (size_t i = 0; i < c->changes->n_remarks; i++)
        html_addf(to, "<p class=\"fine\">%q</p>\n", c->changes->remarks[i]);
    for (size_t i = 0; i < c->changes->n && c->n_runs > 2 && told < MATRICES; i++)
        if (changed_is_first(c->changes, i)) {
            page_matrix(c, &c->changes->rows[i], to);
            told++;
        }
    for (int kind = 0; kind <= CHANGED_NOTHING && c->n_runs == 2; kind++)
        page_kind(c, (enum changed_kind)kind, to);
    page_samples(c->changes, to);
    text_add(to, "</main>\n<footer>Made by misid.</footer>\n</body>\n</html>\n");
}
