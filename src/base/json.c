/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/json.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

struct json_out json_out(struct text *to)
{
    return (struct json_out){ .to = to };
}

/* U+FFFD, the replacement character, where a string is not UTF-8. */
#define REPLACEMENT "\\ufffd"

/* What YAML would take for a line end or refuse unless it is escaped, beyond
 * what RFC 8259 asks to be: our own JSON is read back by base/yaml.h. */
static bool needs_escape(uint32_t c)
{
    return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029 ||
           c == 0xFEFF || c == 0xFFFE || c == 0xFFFF;
}

static void add_escape(struct text *to, uint32_t c)
{
    switch (c) {
    case '\b': text_add(to, "\\b"); break;
    case '\f': text_add(to, "\\f"); break;
    case '\n': text_add(to, "\\n"); break;
    case '\r': text_add(to, "\\r"); break;
    case '\t': text_add(to, "\\t"); break;
    default: text_addf(to, "\\u%04" PRIx32, c);
    }
}

static void add_quoted(struct text *to, const char *s)
{
    const char *plain = s; /* start of what is copied as it is */

    text_addch(to, '"');
    for (const char *p = s; *p;) {
        uint32_t c;
        size_t n = text_decode(p, &c);
        if (n && c != '"' && c != '\\' && !needs_escape(c)) {
            p += n;
            continue;
        }
        text_addn(to, plain, (size_t)(p - plain));
        if (!n)
            text_add(to, REPLACEMENT);
        else if (c == '"' || c == '\\')
            text_addf(to, "\\%c", (int)c);
        else
            add_escape(to, c);
        plain = p += n ? n : 1;
    }
    text_add(to, plain);
    text_addch(to, '"');
}

static void new_line(struct json_out *w)
{
    if (w->compact)
        return;
    text_addch(w->to, '\n');
    for (int i = 0; i < w->depth; i++)
        text_add(w->to, "  ");
}

/* What stands before a value: a comma, a line, the key. */
static void begin_value(struct json_out *w, const char *key)
{
    assert(w->depth == 0 || w->is_map[w->depth - 1] == (key != NULL));
    assert(w->depth > 0 || !key);
    if (w->depth == 0)
        return;
    if (w->any[w->depth - 1])
        text_addch(w->to, ',');
    w->any[w->depth - 1] = true;
    new_line(w);
    if (key) {
        add_quoted(w->to, key);
        text_add(w->to, w->compact ? ":" : ": ");
    }
}

/* A document that is written over lines ends with one. */
static void end_value(struct json_out *w)
{
    if (w->depth == 0 && !w->compact)
        text_addch(w->to, '\n');
}

static void open_group(struct json_out *w, const char *key, bool is_map)
{
    begin_value(w, key);
    assert(w->depth < JSON_MAX_DEPTH);
    w->is_map[w->depth] = is_map;
    w->any[w->depth] = false;
    w->depth++;
    text_addch(w->to, is_map ? '{' : '[');
}

void json_map(struct json_out *w, const char *key)
{
    open_group(w, key, true);
}

void json_list(struct json_out *w, const char *key)
{
    open_group(w, key, false);
}

void json_end(struct json_out *w)
{
    assert(w->depth > 0);
    w->depth--;
    if (w->any[w->depth])
        new_line(w);
    text_addch(w->to, w->is_map[w->depth] ? '}' : ']');
    end_value(w);
}

void json_string(struct json_out *w, const char *key, const char *s)
{
    begin_value(w, key);
    if (s)
        add_quoted(w->to, s);
    else
        text_add(w->to, "null");
    end_value(w);
}

void json_number(struct json_out *w, const char *key, double v)
{
    char buf[NUM_MAX];

    begin_value(w, key);
    text_add(w->to, isfinite(v) ? num_shortest(buf, v) : "null");
    end_value(w);
}

void json_int(struct json_out *w, const char *key, int64_t v)
{
    begin_value(w, key);
    text_addf(w->to, "%" PRId64, v);
    end_value(w);
}

void json_bool(struct json_out *w, const char *key, bool v)
{
    begin_value(w, key);
    text_add(w->to, v ? "true" : "false");
    end_value(w);
}
