/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/glyphs.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "report/program.h"

#define LIST_MAX ((size_t)8 << 20)
#define SECONDS 20
#define UNICODE_LAST 0x10FFFF

/* Shown by any font gnuplot may meet: ASCII, Latin-1, Latin Extended-A, and the
 * signs misid itself writes. */
static bool is_common(uint32_t c)
{
    static const uint32_t signs[] = {
        0x2013, 0x2014, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2026, 0x2212, 0x221E,
        0x2264, 0x2265, 0x2192,
    };

    if (c < 0x180)
        return true;
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (signs[i] == c)
            return true;
    return false;
}

static int by_start(const void *a, const void *b)
{
    const struct glyph_range *x = a, *y = b;
    return x->from < y->from ? -1 : x->from > y->from;
}

/* Sorts the ranges and joins those that touch. */
static void settle(struct glyphs *g)
{
    size_t n = 0;

    if (!g->n)
        return;
    qsort(g->ranges, g->n, sizeof *g->ranges, by_start);
    for (size_t i = 1; i < g->n; i++)
        if (g->ranges[i].from <= g->ranges[n].to + 1) {
            if (g->ranges[i].to > g->ranges[n].to)
                g->ranges[n].to = g->ranges[i].to;
        } else {
            g->ranges[++n] = g->ranges[i];
        }
    g->n = n + 1;
}

void glyphs_read(struct glyphs *g, const char *list)
{
    while (*(list += strspn(list, " \n"))) {
        char *end;
        size_t format = strcspn(list, ":\n");
        if (list[format] == ':') { /* a new line; pango draws no Type 1 */
            list += strncmp(list, "Type 1", 6) ? format + 1 : strcspn(list, "\n");
            continue;
        }
        unsigned long from = strtoul(list, &end, 16), to = from;
        bool good = end > list;
        if (good && *end == '-') {
            const char *second = end + 1;
            to = strtoul(second, &end, 16);
            good = end > second;
        }
        if (good && from <= to && to <= UNICODE_LAST) {
            MEM_ROOM(g->ranges, g->n, g->cap);
            g->ranges[g->n++] = (struct glyph_range){ (uint32_t)from, (uint32_t)to };
        }
        list = end + strcspn(end, " \n");
    }
    settle(g);
}

static void ask(struct glyphs *g)
{
    char *const argv[] = { (char *)"fc-list", (char *)"--format",
                           (char *)"%{fontformat}:%{charset}\n", NULL };
    struct text said = TEXT_INIT;

    g->asked = true;
    if (program_run(argv, ".", SECONDS, LIST_MAX, &said) == PROGRAM_DONE)
        glyphs_read(g, said.s);
    text_release(&said);
}

static bool shows(struct glyphs *g, uint32_t c)
{
    size_t lo = 0, hi;

    if (is_common(c))
        return true;
    if (!g->asked)
        ask(g);
    for (hi = g->n; lo < hi;) {
        size_t middle = lo + (hi - lo) / 2;
        if (c > g->ranges[middle].to)
            lo = middle + 1;
        else
            hi = middle;
    }
    return lo < g->n && c >= g->ranges[lo].from;
}

bool glyphs_shows(struct glyphs *g, const char *s)
{
    uint32_t c;

    for (size_t n; *s; s += n)
        if (!(n = text_decode(s, &c)) || !shows(g, c))
            return false;
    return true;
}

void glyphs_shown(struct glyphs *g, const char *s, struct text *to)
{
    uint32_t c;

    while (*s) {
        size_t n = text_decode(s, &c);
        if (n && shows(g, c))
            text_addn(to, s, n);
        else
            text_addch(to, '?');
        s += n ? n : 1;
    }
}

void glyphs_release(struct glyphs *g)
{
    free(g->ranges);
    *g = (struct glyphs)GLYPHS_INIT;
}
