/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/html.h"

#include <assert.h>
#include <string.h>

#include "report/format.h"

static void add_escaped(struct text *to, unsigned char c)
{
    switch (c) {
    case '&': text_add(to, "&amp;"); break;
    case '<': text_add(to, "&lt;"); break;
    case '>': text_add(to, "&gt;"); break;
    case '"': text_add(to, "&quot;"); break;
    case '\'': text_add(to, "&#39;"); break;
    default:
        if ((c < 32 && c != '\n' && c != '\t') || c == 127)
            text_add(to, "\uFFFD");
        else
            text_addch(to, (char)c);
    }
}

void html_text(struct text *to, const char *s)
{
    for (; *s; s++)
        add_escaped(to, (unsigned char)*s);
}

void html_prose(struct text *to, const char *s)
{
    struct text bound = TEXT_INIT;

    format_bind(&bound, s);
    html_text(to, bound.s);
    text_release(&bound);
}

void html_addf(struct text *to, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    for (; *fmt; fmt++) {
        if (*fmt != '%') {
            text_addch(to, *fmt);
            continue;
        }
        switch (*++fmt) {
        case 's': html_text(to, va_arg(ap, const char *)); break;
        case 'q': html_prose(to, va_arg(ap, const char *)); break;
        case 'z':
            assert(fmt[1] == 'u');
            fmt++;
            text_addf(to, "%zu", va_arg(ap, size_t));
            break;
        default:
            assert(*fmt == '%');
            text_addch(to, '%');
        }
    }
    va_end(ap);
}

/* Length of what introduces a reference or an id at s, 0 if nothing does. */
static size_t id_lead(const char *s)
{
    static const char *const leads[] = {
        " id='", " id=\"", "url('#", "url(#", "href='#", "href=\"#"
    };

    for (size_t i = 0; i < sizeof leads / sizeof *leads; i++)
        if (!strncmp(s, leads[i], strlen(leads[i])))
            return strlen(leads[i]);
    return 0;
}

/* The end of the element that starts at s, if it is one of those a page does
 * not take over; else s. */
static const char *skip_named(const char *s)
{
    static const char *const drop[][2] = {
        { "<title>", "</title>" }, { "<desc>", "</desc>" }
    };

    for (size_t i = 0; i < 2; i++)
        if (!strncmp(s, drop[i][0], strlen(drop[i][0]))) {
            const char *end = strstr(s, drop[i][1]);
            return end ? end + strlen(drop[i][1]) : s;
        }
    return s;
}

bool html_svg(struct text *to, const char *svg, const char *prefix,
              const char *title, const char *alt)
{
    const char *s = strstr(svg, "<svg"), *body = s ? strchr(s, '>') : NULL;
    const char *box = s ? strstr(s, "viewBox=\"") : NULL;

    if (!body || !box || box > body)
        return false;
    box += strlen("viewBox=\"");
    text_addf(to, "<svg viewBox=\"%.*s\" "
              "preserveAspectRatio=\"xMinYMin meet\" role=\"img\" "
              "aria-labelledby=\"%s-title %s-desc\">",
              (int)strcspn(box, "\""), box, prefix, prefix);
    html_addf(to, "<title id=\"%s-title\">%s</title><desc id=\"%s-desc\">%s</desc>",
              prefix, title, prefix, alt);
    for (s = body + 1; *s;) {
        const char *after = skip_named(s);
        if (after != s) {
            s = after;
            continue;
        }
        size_t lead = id_lead(s);
        if (lead) {
            text_addn(to, s, lead);
            text_addf(to, "%s-", prefix);
            s += lead;
        } else {
            text_addch(to, *s++);
        }
    }
    return true;
}
