/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * plot: one chart on its way to gnuplot: a .tsv with all numbers and all words,
 * and a .gp with nothing but numbers and our own keywords. gnuplot runs shell
 * commands it finds between backticks in a script, and reads `_`, `^` and `{`
 * of a label as markup; so no text from data is ever written into the .gp: it
 * goes through the .tsv and is drawn `noenhanced`.
 *
 * The canvas is `width` × `height` CSS pixels, y downwards. The .tsv is a
 * sequence of blocks, set apart by two blank lines, each with a line of column
 * names: first the data of the chart, a block each plot_block(), last the words
 * with their places. A panel is a part of the canvas with its own x axis; its y
 * axis stays in pixels of the canvas, so rows and words share coordinates.
 *
 *     plot_init(&p, "rates");
 *     size_t b = plot_block(&p, "y\testimate\tlabel");
 *     plot_cell_num(&p, 40); plot_cell_num(&p, .2); plot_cell(&p, name); plot_row(&p);
 *     plot_panel(&p, 100, 400, 30, 60, 0, 100, false);
 *     plot_with(&p, "index %zu every ::1 using 2:1 with points", b);
 *     plot_panel_end(&p);
 *     plot_words(&p, 10, 40, FACE_BODY, ALIGN_LEFT, INK, name);
 *     plot_finish(&p, &gp, &tsv);
 *
 * Ownership: the caller owns the struct; `id` is borrowed and made of letters,
 * digits, `-` and `_`. Threads: one plot a thread.
 */
#ifndef REPORT_PLOT_H
#define REPORT_PLOT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/text.h"
#include "report/glyphs.h"

/* Colours, 0xRRGGBB: greys and one blue, so that no colour can be taken for one
 * of skin. What must be told apart differs in lightness, and so in grey print and
 * for every kind of colour blindness. */
#define INK 0x1A1A1A
#define INK_SOFT 0x595959
#define PAPER 0xFFFFFF
#define RULE 0xD4D4D4
#define STRONG 0x14508C
#define CALM 0xA9BAC8
#define FAINT 0x8C8C8C /* whiskers beside something that matters more */

#define PLOT_WIDTH 560 /* of a new canvas; a chart may widen it */

enum face { FACE_TITLE, FACE_STRONG, FACE_BODY, FACE_SMALL, FACES };
enum align { ALIGN_LEFT, ALIGN_CENTRE, ALIGN_RIGHT, ALIGNS };

struct plot {
    const char *id;
    double width, height;
    size_t blocks;      /* begun so far */
    bool in_row;        /* a cell of the current row has been written */
    bool in_panel, in_plot;
    struct text data, panels, words[FACES][ALIGNS];
    struct text alt;    /* what the chart shows, in words, with its numbers */
    struct text note;   /* what its marks mean, for the caption; may be "" */
};

void plot_init(struct plot *p, const char *id);
void plot_release(struct plot *p);

size_t plot_block(struct plot *p, const char *columns); /* its index */
void plot_cell(struct plot *p, const char *s);
void plot_cell_num(struct plot *p, double v);
void plot_row(struct plot *p); /* ends the row */

/* Begins a panel; x runs from `lo` at `left` to `hi` at `right`. */
void plot_panel(struct plot *p, double left, double right, double top,
                double bottom, double lo, double hi, bool log);
/* A gnuplot command of the panel; numbers only. */
void plot_set(struct plot *p, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* One element of the panel's plot command, after the file name; numbers only. */
void plot_with(struct plot *p, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void plot_panel_end(struct plot *p);

/* Words with the middle of their line at y. */
void plot_words(struct plot *p, double x, double y, enum face face,
                enum align align, unsigned colour, const char *s);
/* As plot_words(), broken into lines no wider than `width`, the first at y;
 * returns how many lines. */
size_t plot_paragraph(struct plot *p, double x, double y, double width,
                      enum face face, enum align align, unsigned colour,
                      const char *s);
/* The lines it would take. */
size_t plot_lines(double width, enum face face, const char *s);
double plot_text_width(enum face face, const char *s);
double plot_line_height(enum face face);
/* Title and subtitle at the head of the canvas; returns the y below them. */
double plot_head(struct plot *p, const char *title, const char *subtitle);

/* A round step that divides [0, span] into at most `most` parts. */
double plot_step(double span, int most);

/* The two files. What the fonts of this machine cannot show, by `glyphs`, is "?"
 * in the PNG; a reader of the SVG has other fonts. */
void plot_finish(const struct plot *p, struct glyphs *glyphs, struct text *gp,
                 struct text *tsv);

#endif
