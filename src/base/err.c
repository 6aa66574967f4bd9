/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/err.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* Appends `line`, its control characters shown as \xNN, behind a '\n'. */
static void append_line(struct err *err, const char *line)
{
    size_t n = strlen(line);
    char *p = err->text = mem_grow(err->text, err->len + 4 * n + 2, 1);

    if (err->len)
        p[err->len++] = '\n';
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)line[i];
        if (c < 32 || c == 127)
            err->len += (size_t)sprintf(p + err->len, "\\x%02x", c);
        else
            p[err->len++] = (char)c;
    }
    p[err->len] = '\0';
}

int err_addv(struct err *err, int code, const char *fmt, va_list ap)
{
    char small[512], *line = small;
    va_list again;

    if (!err)
        return code;
    if (!err->code)
        err->code = code;
    err->count++;
    if (err->count > ERR_MAX_LINES) {
        if (err->count == ERR_MAX_LINES + 1)
            append_line(err, "... and more of the same");
        return code;
    }
    va_copy(again, ap);
    int n = vsnprintf(small, sizeof small, fmt, ap);
    if (n >= (int)sizeof small) {
        line = mem_alloc((size_t)n + 1);
        vsnprintf(line, (size_t)n + 1, fmt, again);
    }
    va_end(again);
    append_line(err, n < 0 ? fmt : line);
    if (line != small)
        free(line);
    return code;
}

int err_add(struct err *err, int code, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    err_addv(err, code, fmt, ap);
    va_end(ap);
    return code;
}

int err_add_errno(struct err *err, int code, int errnum, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    char small[4096];
    vsnprintf(small, sizeof small, fmt, ap);
    va_end(ap);
    return err_add(err, code, "%s: %s", small, strerror(errnum));
}

const char *err_text(const struct err *err)
{
    return err->text ? err->text : "";
}

void err_release(struct err *err)
{
    free(err->text);
    *err = (struct err)ERR_INIT;
}
