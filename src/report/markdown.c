/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/markdown.h"

#include <string.h>

void markdown_text(struct text *to, const char *s)
{
    for (; *s; s++) {
        unsigned char c = (unsigned char)*s;
        if (c == '<')
            text_add(to, "&lt;");
        else if (c == '&')
            text_add(to, "&amp;");
        else if (c == '@')
            text_add(to, "&#64;"); /* mentions nobody */
        else if (c < 32 || c == 127)
            text_addch(to, ' ');
        else if (strchr("\\`*_[]|#~!>", c)) {
            text_addch(to, '\\');
            text_addch(to, (char)c);
        } else {
            text_addch(to, (char)c);
        }
    }
}
