/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tables of a page. */
#include <string.h>

#include "report/html.h"
#include "report/page.h"

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

/* At which dose who breaks: the answer, as a table. */
static bool is_breaks(const struct table *t)
{
    return !strncmp(t->id, "breaks-", strlen("breaks-"));
}

/* Claims and cases have sections of their own. */
static bool is_wanted(const struct table *t, bool further)
{
    return !is_breaks(t) && t->further == further && strcmp(t->id, "claims") && strcmp(t->id, "cases");
}

bool page_has_tables(const struct tables *tables, bool further)
{
    for (size_t i = 0; i < tables->n; i++)
        if (is_wanted(&tables->tables[i], further))
            return true;
    return false;
}

void page_tables(const struct tables *tables, bool further, struct text *to)
{
    if (!page_has_tables(tables, further))
        return;
    if (further)
        text_add(to, "<section id=\"further\"><h2>Further tables</h2>\n");
    else
        text_add(to, "<section id=\"tables\"><h2>Tables</h2>\n<p class=\"fine\">Every "
                 "number is a row of <a href=\"findings.csv\">findings.csv</a>. The same "
                 "tables for LaTeX: <a href=\"tables.tex\">tables.tex</a>; for programs: "
                 "<a href=\"report.json\">report.json</a>.</p>\n");
    for (size_t i = 0; i < tables->n; i++)
        if (is_wanted(&tables->tables[i], further))
            one_table(&tables->tables[i], to);
    text_add(to, "</section>\n");
}

void page_breaks(const struct tables *tables, struct text *to)
{
    for (size_t i = 0; i < tables->n; i++)
        if (is_breaks(&tables->tables[i]))
            one_table(&tables->tables[i], to);
}

void page_cases(const struct page *page, const struct tables *tables, struct text *to)
{
    const bool published = page->study->evidence == EVIDENCE_PUBLISHED;

    for (size_t i = 0; i < tables->n; i++) {
        if (strcmp(tables->tables[i].id, "cases"))
            continue;
        html_addf(to, "<section id=\"named\"><h2>Named cases</h2>\n<p><b>No rate:</b> %s how "
                  "many rows there are says nothing about how often it happens. The same in "
                  "<a href=\"cases.csv\">cases.csv</a>.</p>\n",
                  published ? "nobody published how many faces were shown. Each row is one "
                              "case as its source tells it;"
                            : "somebody chose these people and these portraits. Each row is "
                              "what one classifier said of one image;");
        one_table(&tables->tables[i], to);
        text_add(to, "</section>\n");
    }
}
