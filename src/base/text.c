/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/text.h"

#include <errno.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

char text_empty[1] = "";

void text_init(struct text *t)
{
    *t = (struct text)TEXT_INIT;
}

/* Room for `n` more bytes and the 0. */
static void reserve(struct text *t, size_t n)
{
    size_t need;

    if (__builtin_add_overflow(t->len, n, &need) ||
        __builtin_add_overflow(need, 1, &need))
        need = (size_t)-1; /* mem_grow() ends the program in one line */
    if (need <= t->cap)
        return;
    size_t cap = t->cap * 2 > 64 ? t->cap * 2 : 64;
    if (cap < need)
        cap = need;
    char *p = mem_grow(t->cap ? t->s : NULL, cap, 1);
    p[t->len] = '\0';
    t->s = p;
    t->cap = cap;
}

void text_addn(struct text *t, const char *s, size_t n)
{
    reserve(t, n);
    if (n) /* s may be NULL then */
        memcpy(t->s + t->len, s, n);
    t->len += n;
    t->s[t->len] = '\0';
}

void text_add(struct text *t, const char *s)
{
    text_addn(t, s, strlen(s));
}

void text_addch(struct text *t, char c)
{
    text_addn(t, &c, 1);
}

void text_addfv(struct text *t, const char *fmt, va_list ap)
{
    va_list again;

    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    if (n > 0) {
        reserve(t, (size_t)n);
        vsnprintf(t->s + t->len, (size_t)n + 1, fmt, again);
        t->len += (size_t)n;
    }
    va_end(again);
}

void text_addf(struct text *t, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    text_addfv(t, fmt, ap);
    va_end(ap);
}

void text_reset(struct text *t)
{
    t->len = 0;
    if (t->cap)
        t->s[0] = '\0';
}

void text_release(struct text *t)
{
    if (t->cap)
        free(t->s);
    text_init(t);
}

char *text_detach(struct text *t)
{
    char *s = t->cap ? t->s : mem_strdup("");
    text_init(t);
    return s;
}

void text_add_percent(struct text *t, const char *s)
{
    for (; *s; s++) {
        unsigned char c = (unsigned char)*s;
        if (c < 32 || c == 127 || c == '%' || c == ';' || c == '=')
            text_addf(t, "%%%02X", c);
        else
            text_addch(t, (char)c);
    }
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

int text_add_unpercent(struct text *t, const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (s[i] != '%') {
            text_addch(t, s[i]);
            continue;
        }
        int hi = i + 2 < n ? hex_digit(s[i + 1]) : -1;
        int lo = hi >= 0 ? hex_digit(s[i + 2]) : -1;
        if (lo < 0 || hi * 16 + lo == 0)
            return -1;
        text_addch(t, (char)(hi * 16 + lo));
        i += 2;
    }
    return 0;
}

/* Length of the well-formed sequence at s (n > 0 bytes left), 0 if none;
 * Unicode 15, table 3-7. */
static size_t utf8_length(const unsigned char *s, size_t n)
{
    unsigned char a = s[0], lo = 0x80, hi = 0xBF;
    size_t len;

    if (a < 0x80)
        return 1;
    if (a >= 0xC2 && a <= 0xDF)
        len = 2;
    else if (a >= 0xE0 && a <= 0xEF)
        len = 3;
    else if (a >= 0xF0 && a <= 0xF4)
        len = 4;
    else
        return 0;
    if (a == 0xE0)
        lo = 0xA0;
    else if (a == 0xED)
        hi = 0x9F;
    else if (a == 0xF0)
        lo = 0x90;
    else if (a == 0xF4)
        hi = 0x8F;
    if (n < len || s[1] < lo || s[1] > hi)
        return 0;
    for (size_t i = 2; i < len; i++)
        if ((s[i] & 0xC0) != 0x80)
            return 0;
    return len;
}

size_t text_decode(const char *s, uint32_t *c)
{
    const unsigned char *p = (const unsigned char *)s;
    size_t len = utf8_length(p, strnlen(s, 4));

    if (len <= 1)
        *c = p[0];
    else
        *c = p[0] & (0xFFu >> (len + 1));
    for (size_t i = 1; i < len; i++)
        *c = *c << 6 | (p[i] & 0x3Fu);
    return len;
}

const char *text_cut(char buf[TEXT_CUT], const char *s)
{
    size_t n = strnlen(s, TEXT_CUT);

    if (n == TEXT_CUT) {
        n = TEXT_CUT - 4;
        while (n > TEXT_CUT - 8 && ((unsigned char)s[n] & 0xC0) == 0x80)
            n--;
        memcpy(buf, s, n);
        strcpy(buf + n, "...");
    } else {
        memcpy(buf, s, n + 1);
    }
    return buf;
}

/* How many of the n bytes are ASCII before the first that is not. */
static size_t ascii_run(const char *s, size_t n)
{
    size_t i = 0;

    for (uint64_t word; i + sizeof word <= n; i += sizeof word) {
        memcpy(&word, s + i, sizeof word);
        if (word & 0x8080808080808080u)
            break;
    }
    while (i < n && !(s[i] & 0x80))
        i++;
    return i;
}

bool text_is_utf8(const char *s, size_t n, size_t *at)
{
    for (size_t i = 0; i < n;) {
        i += ascii_run(s + i, n - i);
        if (i == n)
            break;
        size_t len = utf8_length((const unsigned char *)s + i, n - i);
        if (!len) {
            if (at)
                *at = i;
            return false;
        }
        i += len;
    }
    return true;
}

size_t text_columns(const char *s)
{
    size_t n = 0;

    for (const unsigned char *p = (const unsigned char *)s; *p; p++) {
        if ((*p & 0xC0) == 0x80)
            continue;
        /* combining diacritical marks, U+0300 to U+036F */
        if ((*p == 0xCC && p[1] >= 0x80) || (*p == 0xCD && p[1] < 0xB0))
            continue;
        n++;
    }
    return n;
}

const char *num_shortest(char buf[NUM_MAX], double v)
{
    if (isnan(v))
        return strcpy(buf, "nan");
    if (isinf(v))
        return strcpy(buf, v < 0 ? "-inf" : "inf");
    if (v == 0)
        return strcpy(buf, "0");
    /* Any decimal of 15 digits survives the way through a double and back, and
     * %g drops trailing zeros: so if 15 do, they are the shortest already.
     * Subnormal numbers carry fewer digits: those are tried from one up. */
    for (int digits = fabs(v) < DBL_MIN ? 1 : 15; digits <= 17; digits++) {
        snprintf(buf, NUM_MAX, "%.*g", digits, v);
        if (strtod(buf, NULL) == v)
            break;
    }
    return buf;
}

const char *num_fewest(char buf[NUM_MAX], double v)
{
    char digits[NUM_MAX], scientific[NUM_MAX + 8];
    char *e;

    num_shortest(buf, v);
    if (!isfinite(v))
        return buf;
    for (int n = 0; n < 17; n++) {
        snprintf(digits, sizeof digits, "%.*e", n, v);
        if (strtod(digits, NULL) == v)
            break;
    }
    e = strchr(digits, 'e');
    *e = '\0';
    snprintf(scientific, sizeof scientific, "%se%d", digits, atoi(e + 1));
    return strlen(scientific) < strlen(buf) ? strcpy(buf, scientific) : buf;
}

/* True if s is digits, sign, point and exponent only: what strtod() takes
 * beyond that (blanks, hexadecimal, nan, inf) is not a number in our files. */
static bool looks_decimal(const char *s)
{
    return *s && strspn(s, "0123456789+-.eE") == strlen(s);
}

bool num_parse_double(const char *s, double *v)
{
    char *end;

    if (!looks_decimal(s))
        return false;
    double d = strtod(s, &end);
    if (*end || !isfinite(d))
        return false;
    *v = d;
    return true;
}

bool num_parse_int64(const char *s, int64_t *v)
{
    char *end;

    if (!*s || strspn(s, "0123456789+-") != strlen(s))
        return false;
    errno = 0;
    long long d = strtoll(s, &end, 10);
    if (*end || errno)
        return false;
    *v = d;
    return true;
}

size_t text_distance(const char *a, const char *b)
{
    size_t n = strlen(a), m = strlen(b), row[TEXT_DISTANCE_MAX + 1];

    if (n > TEXT_DISTANCE_MAX || m > TEXT_DISTANCE_MAX)
        return TEXT_DISTANCE_MAX;
    for (size_t j = 0; j <= m; j++)
        row[j] = j;
    for (size_t i = 1; i <= n; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= m; j++) {
            size_t best = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            if (diagonal + 1 < best)
                best = diagonal + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            row[j] = best;
        }
    }
    return row[m];
}
