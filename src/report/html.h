/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * html: text into HTML so that nothing in it is markup, and pictures into a
 * page so that nothing in them collides.
 *
 * Escaping serves element content and quoted attributes alike. Controls, which
 * HTML forbids, become U+FFFD.
 */
#ifndef REPORT_HTML_H
#define REPORT_HTML_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

void html_text(struct text *to, const char *s);
/* As html_text(), for running text: through format_bind() first. */
void html_prose(struct text *to, const char *s);
/* Markup with values: %s escapes its argument as html_text(), %q as
 * html_prose(); %zu is a size_t; %% a percent sign. No other conversions. */
void html_addf(struct text *to, const char *fmt, ...);

/* An SVG drawing as part of a page: what stands before its <svg> is dropped,
 * ids and references to them get `prefix` (letters, digits, `-`), its own
 * titles go, and it becomes one picture named `title` with `alt` as its
 * description. False if `svg` holds no drawing. */
bool html_svg(struct text *to, const char *svg, const char *prefix,
              const char *title, const char *alt);

#endif
