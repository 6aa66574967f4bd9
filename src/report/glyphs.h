/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * glyphs: which characters the fonts of this machine can show. gnuplot's PNG is
 * drawn with them, and one character that none of them has spoils all that is
 * drawn after it. fontconfig's fc-list says what there is; it is asked once,
 * and only if a text has characters beyond Latin. Without fc-list those are
 * taken to be missing.
 *
 * Ownership: release what has been used. Threads: one user.
 */
#ifndef REPORT_GLYPHS_H
#define REPORT_GLYPHS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

struct glyph_range {
    uint32_t from, to;
};

struct glyphs {
    bool asked;
    struct glyph_range *ranges; /* sorted, apart */
    size_t n, cap;
};
#define GLYPHS_INIT { false, NULL, 0, 0 }

/* True if all of s can be shown. */
bool glyphs_shows(struct glyphs *g, const char *s);
/* Adds s, with "?" for what cannot. */
void glyphs_shown(struct glyphs *g, const char *s, struct text *to);
void glyphs_release(struct glyphs *g);

/* Reads what fc-list prints for '%{fontformat}:%{charset}\n': lines of ranges in
 * hexadecimal, "TrueType:20-7e a0 100-17f". What is not of that form is passed
 * over. */
void glyphs_read(struct glyphs *g, const char *list);

#endif
