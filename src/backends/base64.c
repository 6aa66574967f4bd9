/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "backends/base64.h"

#include <string.h>

static const char letters[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

#define PIECE 3072

void base64_add(struct text *to, const char *bytes, size_t n)
{
    const unsigned char *p = (const unsigned char *)bytes;
    char out[PIECE / 3 * 4];

    while (n >= 3) {
        size_t take = n < PIECE ? n / 3 * 3 : PIECE;
        char *o = out;
        for (size_t i = 0; i < take; i += 3) {
            uint32_t v = (uint32_t)p[i] << 16 | (uint32_t)p[i + 1] << 8 | p[i + 2];
            *o++ = letters[v >> 18];
            *o++ = letters[v >> 12 & 63];
            *o++ = letters[v >> 6 & 63];
            *o++ = letters[v & 63];
        }
        text_addn(to, out, (size_t)(o - out));
        p += take;
        n -= take;
    }
    if (n) {
        uint32_t v = (uint32_t)p[0] << 16 | (n > 1 ? (uint32_t)p[1] << 8 : 0);
        char last[4] = { letters[v >> 18], letters[v >> 12 & 63],
                         n > 1 ? letters[v >> 6 & 63] : '=', '=' };
        text_addn(to, last, 4);
    }
}

static bool take_back(struct text *to, size_t before)
{
    to->len = before;
    if (to->cap)
        to->s[before] = '\0';
    return false;
}

bool base64_read(struct text *to, const char *s)
{
    size_t len = strlen(s), pad = 0, before = to->len;

    if (len % 4)
        return false;
    while (pad < 2 && pad < len && s[len - 1 - pad] == '=')
        pad++;
    for (size_t i = 0; i < len; i += 4) {
        uint32_t v = 0;
        size_t missing = i + 4 == len ? pad : 0;
        for (size_t k = 0; k < 4; k++) {
            const char *at = k < 4 - missing && s[i + k] ? strchr(letters, s[i + k]) : NULL;
            if (k < 4 - missing && !at)
                return take_back(to, before);
            v = v << 6 | (at ? (uint32_t)(at - letters) : 0);
        }
        if (missing && v & (missing == 1 ? 0xFFu : 0xFFFFu))
            return take_back(to, before);
        char out[3] = { (char)(v >> 16), (char)(v >> 8), (char)v };
        text_addn(to, out, 3 - missing);
    }
    return true;
}
