/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/err.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

/* Appends `line` behind a '\n', what is not printable shown as \xNN. */
static void append_line(struct err *err, const char *line)
{
    size_t n = strlen(line), need = err->len + 4 * n + 2;

    if (err->cap < need) {
        err->cap = 2 * need;
        err->text = mem_grow(err->text, err->cap, 1);
    }
    char *p = err->text;
    if (err->len)
        p[err->len++] = '\n';
    for (size_t i = 0, bytes; i < n; i += bytes) {
        uint32_t c;
        size_t whole = text_decode(line + i, &c);
        bytes = whole ? whole : 1;
        if (whole && c >= 32 && !(c >= 127 && c < 160)) {
            memcpy(p + err->len, line + i, bytes);
            err->len += bytes;
            continue;
        }
        for (size_t k = 0; k < bytes; k++)
            err->len += (size_t)sprintf(p + err->len, "\\x%02x",
                                        (unsigned char)line[i + k]);
    }
    p[err->len] = '\0';
}

/* Puts how many lines there are beyond those kept in place of what it said. */
static void count_rest(struct err *err)
{
    char line[64];

    if (!err->tail)
        err->tail = err->len;
    err->len = err->tail;
    snprintf(line, sizeof line, "... and %zu more", err->count - ERR_MAX_LINES);
    append_line(err, line);
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
        count_rest(err);
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

bool err_is_full(const struct err *err)
{
    return !err || err->count >= ERR_MAX_LINES;
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
