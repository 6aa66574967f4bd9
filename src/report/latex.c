/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/latex.h"

#include <string.h>

#define HEAD_WIDTH 15
#define ROOMY 5 /* columns that leave room for type of the usual size */

static const struct {
    const char *sign, *command;
} signs[] = {
    { "\\", "\\textbackslash{}" }, { "{", "\\{" }, { "}", "\\}" }, { "#", "\\#" },
    { "$", "\\$" }, { "%", "\\%" }, { "&", "\\&" }, { "_", "\\_" },
    { "^", "\\textasciicircum{}" }, { "~", "\\textasciitilde{}" },
    { "<", "\\textless{}" }, { ">", "\\textgreater{}" }, { "`", "\\textasciigrave{}" },
    { "'", "\\textquotesingle{}" }, { "\"", "\\textquotedbl{}" }, { "|", "\\textbar{}" },
    { "−", "$-$" }, { "×", "$\\times$" }, { "÷", "$\\div$" }, { "∞", "$\\infty$" },
    { "≥", "$\\geq$" }, { "≤", "$\\leq$" }, { "–", "--" }, { "“", "``" }, { "”", "''" },
    { "’", "'" }, { "…", "\\ldots{}" }, { "½", "$\\frac12$" }, { "α", "$\\alpha$" },
    { "·", "$\\cdot$" }, { "\u202F", "\\," }, { "\u00A0", "~" },
};

void latex_text(struct text *to, const char *s)
{
    while (*s) {
        size_t i = 0, n = sizeof signs / sizeof *signs;
        while (i < n && strncmp(s, signs[i].sign, strlen(signs[i].sign)))
            i++;
        if (i < n) {
            text_add(to, signs[i].command);
            s += strlen(signs[i].sign);
        } else {
            unsigned char c = (unsigned char)*s++;
            text_addch(to, c < 32 || c == 127 ? ' ' : (char)c);
        }
    }
}

/* A cell; brackets at its start would be read as an option of `\\`. */
static void cell(struct text *to, const char *s)
{
    text_add(to, *s == '[' ? "{}" : "");
    latex_text(to, s);
}

static size_t longest(const struct table *t, size_t k)
{
    size_t most = 0;

    for (size_t i = 0; i < t->n; i++)
        if (!t->rows[i].section && strlen(t->rows[i].cells[k]) > most)
            most = strlen(t->rows[i].cells[k]);
    return most;
}

/* Columns of sentences get a share of the line, the longest most of it. */
static void column_types(struct text *to, const struct table *t)
{
    size_t most = 0;

    for (size_t k = 1; k < t->columns; k++)
        most = longest(t, k) > longest(t, most) ? k : most;
    for (size_t k = 0; k < t->columns; k++) {
        if (t->numeric[k])
            text_addch(to, 'r');
        else if (k == most && longest(t, k) > 60)
            text_add(to, "p{.4\\linewidth}");
        else
            text_add(to, longest(t, k) > 30 ? "p{.22\\linewidth}" : "l");
    }
}

/* The words of s that make up to HEAD_WIDTH bytes; at least one. */
static size_t line_length(const char *s)
{
    size_t n = strcspn(s, " ");

    while (s[n]) {
        size_t blanks = strspn(s + n, " "), word = strcspn(s + n + blanks, " ");
        if (n + blanks + word > HEAD_WIDTH || !word)
            break;
        n += blanks + word;
    }
    return n;
}

/* A head on lines of up to HEAD_WIDTH characters, lest it widen its column. */
static void head(struct text *to, const char *s, bool numeric)
{
    struct text line = TEXT_INIT;
    size_t n = 0;

    if (strlen(s) <= HEAD_WIDTH) {
        cell(to, s);
        return;
    }
    text_addf(to, "\\shortstack[%s]{", numeric ? "r" : "l");
    for (; *s; s += n, s += strspn(s, " ")) {
        n = line_length(s);
        text_reset(&line);
        text_addn(&line, s, n);
        cell(to, line.s);
        text_add(to, s[n] ? "\\\\" : "");
    }
    text_add(to, "}");
    text_release(&line);
}

static void heads(struct text *to, const struct table *t)
{
    text_add(to, "\\toprule\n");
    for (size_t k = 0; k < t->columns; k++) {
        text_add(to, k ? " & " : "");
        head(to, t->heads[k], t->numeric[k]);
    }
    text_add(to, " \\\\\n\\midrule\n");
}

static void row(struct text *to, const struct table *t, const struct table_row *r)
{
    if (r->section) {
        text_addf(to, "\\addlinespace\n\\multicolumn{%zu}{l}{\\textbf{", t->columns);
        latex_text(to, r->cells[0]);
        text_add(to, "}} \\\\\n");
        return;
    }
    for (size_t k = 0; k < t->columns; k++) {
        text_add(to, k ? " & " : "");
        cell(to, r->cells[k]);
        if (!k && r->note && !t->one_note) {
            text_add(to, "\\textsuperscript{");
            table_note_letter(to, r->note);
            text_add(to, "}");
        }
    }
    text_add(to, " \\\\\n");
}

static void one_table(struct text *to, const struct table *t)
{
    bool small = t->columns > ROOMY;

    if (small)
        text_add(to, "\n{\\footnotesize\\setlength{\\tabcolsep}{3pt}");
    text_add(to, "\n\\begin{longtable}{@{}");
    column_types(to, t);
    text_add(to, "@{}}\n\\caption{");
    latex_text(to, t->caption);
    text_addf(to, "}\\label{tab:%s} \\\\\n", t->id);
    heads(to, t);
    text_add(to, "\\endfirsthead\n");
    heads(to, t);
    text_add(to, "\\endhead\n\\bottomrule\n\\endfoot\n");
    for (size_t i = 0; i < t->n; i++)
        row(to, t, &t->rows[i]);
    text_addf(to, "\\end{longtable}%s\n", small ? "}" : "");
    for (size_t i = 0; i < t->n_notes; i++) {
        text_add(to, "\\noindent{\\footnotesize ");
        if (!t->one_note) {
            text_add(to, "\\textsuperscript{");
            table_note_letter(to, i + 1);
            text_add(to, "} ");
        }
        latex_text(to, t->notes[i]);
        text_add(to, "\\par}\n");
    }
}

void latex_tables(const struct tables *tables, const char *study, struct text *to)
{
    text_add(to, "% Tables of the misid study ");
    latex_text(to, study);
    text_add(to, ". In the preamble:\n"
             "%   \\usepackage[T1]{fontenc}\n%   \\usepackage{booktabs,longtable,textcomp}\n");
    for (size_t i = 0; i < tables->n; i++)
        one_table(to, &tables->tables[i]);
}
