/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/plot.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "report/format.h"

/* gnuplot cannot say how wide a text will be, so the widths of DejaVu Sans,
 * the widest of the fonts a reader may have in its place, are kept here: 1/100
 * of the size, for U+0020 to U+007E. */
static const unsigned char advance[] = {
    32, 40, 46, 84, 64, 95, 78, 27, 39, 39, 50, 84, 32, 36, 32, 34,
    64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 34, 34, 84, 84, 84, 53,
    100, 68, 69, 70, 77, 63, 58, 77, 75, 29, 29, 66, 56, 86, 75, 79,
    60, 79, 69, 63, 61, 73, 68, 99, 69, 61, 69, 39, 34, 39, 84, 50,
    50, 61, 63, 55, 63, 62, 35, 63, 63, 28, 28, 58, 28, 97, 63, 61,
    63, 63, 41, 52, 39, 63, 59, 82, 59, 59, 52, 64, 34, 64, 84,
};
#define ADVANCE_BLANK 32 /* of U+00A0 */
#define ADVANCE_OTHER 84 /* wide enough for −, × and accented letters */
#define BOLD 1.13        /* the widest ratio of bold to regular */

static const struct {
    double size;
    bool bold;
} faces[FACES] = {
    [FACE_TITLE] = { 16, true },
    [FACE_STRONG] = { 13, true },
    [FACE_BODY] = { 13, false },
    [FACE_SMALL] = { 11.5, false },
};
static const char *const aligns[ALIGNS] = { "left", "center", "right" };

void plot_init(struct plot *p, const char *id)
{
    *p = (struct plot){ .id = id, .width = PLOT_WIDTH };
    text_init(&p->data);
    text_init(&p->panels);
    text_init(&p->alt);
    text_init(&p->note);
    for (int f = 0; f < FACES; f++)
        for (int a = 0; a < ALIGNS; a++)
            text_init(&p->words[f][a]);
}

void plot_release(struct plot *p)
{
    text_release(&p->data);
    text_release(&p->panels);
    text_release(&p->alt);
    text_release(&p->note);
    for (int f = 0; f < FACES; f++)
        for (int a = 0; a < ALIGNS; a++)
            text_release(&p->words[f][a]);
}

/* Text as a cell of the .tsv. gnuplot undoes backslashes in what it reads, and
 * a quotation mark would open a cell with tabs in it. */
static void add_cell(struct text *to, const char *s)
{
    for (; *s; s++) {
        unsigned char c = (unsigned char)*s;
        if (c == '\\')
            text_add(to, "\\\\");
        else if (c == '"')
            text_add(to, "\u201D");
        else
            text_addch(to, c < 32 || c == 127 ? ' ' : (char)c);
    }
}

size_t plot_block(struct plot *p, const char *columns)
{
    assert(!p->in_row);
    if (p->blocks)
        text_add(&p->data, "\n\n");
    text_addf(&p->data, "%s\n", columns);
    return p->blocks++;
}

static void next_cell(struct plot *p)
{
    if (p->in_row)
        text_addch(&p->data, '\t');
    p->in_row = true;
}

void plot_cell(struct plot *p, const char *s)
{
    next_cell(p);
    add_cell(&p->data, s);
}

void plot_cell_num(struct plot *p, double v)
{
    char buf[NUM_MAX];

    next_cell(p);
    text_add(&p->data, isnan(v) ? "NaN" : num_shortest(buf, v));
}

void plot_row(struct plot *p)
{
    text_addch(&p->data, '\n');
    p->in_row = false;
}

void plot_panel(struct plot *p, double left, double right, double top,
                double bottom, double lo, double hi, bool log)
{
    assert(!p->in_panel && left < right && top < bottom && lo < hi);
    assert(!log || lo > 0);
    p->in_panel = true;
    text_addf(&p->panels,
              "unset tics\nset border 0\n%s\n"
              "set lmargin at screen %.6g/W\nset rmargin at screen %.6g/W\n"
              "set tmargin at screen 1 - %.6g/H\nset bmargin at screen 1 - %.6g/H\n"
              "set xrange [%.9g:%.9g]\nset yrange [%.6g:%.6g]\n",
              log ? "set logscale x" : "unset logscale", left, right, top, bottom,
              lo, hi, bottom, top);
}

void plot_set(struct plot *p, const char *fmt, ...)
{
    va_list ap;

    assert(p->in_panel && !p->in_plot);
    va_start(ap, fmt);
    text_addfv(&p->panels, fmt, ap);
    va_end(ap);
    text_addch(&p->panels, '\n');
}

void plot_with(struct plot *p, const char *fmt, ...)
{
    va_list ap;

    assert(p->in_panel);
    text_add(&p->panels, p->in_plot ? ", \\\n     TSV " : "plot TSV ");
    p->in_plot = true;
    va_start(ap, fmt);
    text_addfv(&p->panels, fmt, ap);
    va_end(ap);
    text_add(&p->panels, " notitle");
}

void plot_panel_end(struct plot *p)
{
    assert(p->in_panel && p->in_plot);
    text_add(&p->panels, "\n");
    p->in_panel = p->in_plot = false;
}

void plot_words(struct plot *p, double x, double y, enum face face,
                enum align align, unsigned colour, const char *s)
{
    struct text *to = &p->words[face][align];

    if (!*s)
        return;
    text_addf(to, "%.6g\t%.6g\t%u\t", x, y, colour);
    add_cell(to, s);
    text_addch(to, '\n');
}

static double width_of(enum face face, const char *s, size_t n)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)s[i];
        if (c >= 32 && c < 127)
            sum += advance[c - 32];
        else if (c == 0xC2 && (unsigned char)s[i + 1] == 0xA0)
            sum += ADVANCE_BLANK;
        else if ((c & 0xC0) != 0x80)
            sum += ADVANCE_OTHER;
    }
    return sum / 100 * faces[face].size * (faces[face].bold ? BOLD : 1);
}

double plot_text_width(enum face face, const char *s)
{
    return width_of(face, s, strlen(s));
}

double plot_line_height(enum face face)
{
    return ceil(faces[face].size * 1.3);
}

/* The bytes of the next line: up to the last blank or hyphen that fits or, where
 * one word is too wide, as many characters as fit. */
static size_t next_line(double width, enum face face, const char *s)
{
    size_t fits = 0, blank = 0, i = 0;

    while (s[i]) {
        size_t len = 1;
        while ((s[i + len] & 0xC0) == 0x80)
            len++;
        if (width_of(face, s, i + len) > width && i)
            break;
        if (s[i] == ' ')
            blank = i;
        i += len;
        fits = i;
        if (s[i - 1] == '-' && s[i] && s[i] != ' ')
            blank = i;
    }
    if (!s[fits])
        return fits;
    return s[fits] == ' ' ? fits : blank ? blank : fits;
}

/* Draws if `p` is not NULL; counts the lines in any case. */
static size_t paragraph(struct plot *p, double x, double y, double width,
                        enum face face, enum align align, unsigned colour,
                        const char *s)
{
    struct text line = TEXT_INIT;
    size_t lines = 0;

    while (*s) {
        size_t n = next_line(width, face, s);
        text_reset(&line);
        text_addn(&line, s, n);
        if (p)
            plot_words(p, x, y + (double)lines * plot_line_height(face), face, align,
                       colour, line.s);
        lines++;
        s += n;
        while (*s == ' ')
            s++;
    }
    text_release(&line);
    return lines;
}

size_t plot_paragraph(struct plot *p, double x, double y, double width,
                      enum face face, enum align align, unsigned colour,
                      const char *s)
{
    return paragraph(p, x, y, width, face, align, colour, s);
}

size_t plot_lines(double width, enum face face, const char *s)
{
    return paragraph(NULL, 0, 0, width, face, ALIGN_LEFT, INK, s);
}

double plot_head(struct plot *p, const char *title, const char *subtitle)
{
    const double margin = 12;
    double width = p->width - 2 * margin, y = 20;
    struct text bound = TEXT_INIT;

    format_bind(&bound, title);
    y += (double)plot_paragraph(p, margin, y, width, FACE_TITLE, ALIGN_LEFT, INK,
                                bound.s) * plot_line_height(FACE_TITLE);
    text_reset(&bound);
    format_bind(&bound, subtitle);
    y += (double)plot_paragraph(p, margin, y, width, FACE_SMALL, ALIGN_LEFT, INK_SOFT,
                                bound.s) * plot_line_height(FACE_SMALL);
    text_release(&bound);
    return y;
}

double plot_step(double span, int most)
{
    static const double steps[] = { 1, 2, 5, 10 };

    if (!(span > 0))
        return 1;
    double power = pow(10, floor(log10(span / most)));
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
        if (span / (steps[i] * power) <= most)
            return steps[i] * power;
    return 10 * power;
}

/* The rows of a block of words, each with a last cell for the PNG. */
static void add_shown(const struct text *words, struct glyphs *glyphs, struct text *tsv)
{
    for (const char *line = words->s; *line;) {
        size_t n = strcspn(line, "\n");
        char *row = mem_strndup(line, n);
        text_addf(tsv, "%s\t", row);
        glyphs_shown(glyphs, strrchr(row, '\t') + 1, tsv);
        text_addch(tsv, '\n');
        free(row);
        line += n + 1;
    }
}

/* The words: blocks after those of the data, one for each face and alignment
 * that is used, drawn last in a panel of the whole canvas. Where the PNG cannot
 * show some of them they stand twice, column 5 being that of the PNG. */
static void add_words(const struct plot *p, struct glyphs *glyphs, struct text *gp,
                      struct text *tsv)
{
    size_t index = p->blocks;

    for (int f = 0; f < FACES; f++)
        for (int a = 0; a < ALIGNS; a++) {
            const struct text *words = &p->words[f][a];
            bool all = glyphs_shows(glyphs, words->s);
            if (!words->len)
                continue;
            text_addf(tsv, "%sx\ty\tcolour\twords%s\n", index ? "\n\n" : "",
                      all ? "" : "\twords_png");
            if (all)
                text_add(tsv, words->s);
            else
                add_shown(words, glyphs, tsv);
            text_addf(gp, "%sTSV index %zu every ::1 using 1:2:%s:3 with labels %s "
                      "noenhanced font 'sans-serif%s,%g' textcolor rgb variable "
                      "notitle", index > p->blocks ? ", \\\n     " : "plot ", index,
                      all ? "4" : "(stringcolumn(3 + pass))", aligns[a],
                      faces[f].bold ? " Bold" : "", faces[f].size);
            index++;
        }
    text_add(gp, "\n");
}

void plot_finish(const struct plot *p, struct glyphs *glyphs, struct text *gp,
                 struct text *tsv)
{
    assert(!p->in_panel && !p->in_row && p->height > 0);
    text_add(tsv, p->data.s);
    text_addf(gp,
              "# Draws %s.svg and %s.png from %s.tsv. By hand, in this folder:\n"
              "#     gnuplot -d %s.gp\n"
              "TSV = '%s.tsv'\nW = %.1f\nH = %.1f\n"
              "set encoding utf8\nset datafile separator \"\\t\"\n"
              "set datafile commentschars \"\"\nset datafile missing \"NaN\"\n"
              "do for [pass=1:2] {\n"
              "if (pass == 1) {\n"
              "set terminal svg size W,H noenhanced background 'white' \\\n"
              "    font 'sans-serif,12' linewidth 1\n"
              "set output '%s.svg'\n"
              "} else {\n"
              "set terminal pngcairo size 2*W,2*H noenhanced background 'white' \\\n"
              "    font 'sans-serif,12' fontscale 1.5 linewidth 2 pointscale 2\n"
              "set output '%s.png'\n"
              "}\n"
              "set multiplot\nunset key\nset minussign\nset clip two\n",
              p->id, p->id, p->id, p->id, p->id, p->width, p->height, p->id, p->id);
    text_add(gp, p->panels.s);
    text_add(gp, "unset tics\nset border 0\nunset logscale\n"
             "set lmargin at screen 0\nset rmargin at screen 1\n"
             "set tmargin at screen 1\nset bmargin at screen 0\n"
             "set xrange [0:W]\nset yrange [H:0]\n");
    add_words(p, glyphs, gp, tsv);
    text_add(gp, "unset multiplot\nunset output\n}\n");
}
