/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "backends/reply_read.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

bool reply_bad(struct text *why, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    text_addfv(why, fmt, ap);
    va_end(ap);
    return false;
}

/* In place of a line that is no JSON, as much of it as a message shows. */
static void show_line(const char *line, size_t len, struct text *why)
{
    char cut[TEXT_CUT], *copy = mem_strndup(line, len < 2 * TEXT_CUT ? len : 2 * TEXT_CUT);

    text_addf(why, "printed what is no answer: '%s'", text_cut(cut, copy));
    free(copy);
}

enum reply reply_begin(struct json_doc *doc, const char *line, size_t len, uint64_t id,
                       struct text *why)
{
    const struct json_value *error;
    int64_t got;

    if (json_doc_parse(doc, line, len, "answer", NULL) < 0) {
        show_line(line, len, why);
        return REPLY_BREACH;
    }
    if (json_kind(doc->root) != JSON_KIND_MAP) {
        show_line(line, len, why);
    } else if (!json_get_int(json_member(doc->root, "id"), &got) || got != (int64_t)id) {
        reply_bad(why, "answered another request: its id is not %llu",
                  (unsigned long long)id);
    } else if (!(error = json_member(doc->root, "error"))) {
        return REPLY_OK;
    } else {
        const char *text;
        struct arena arena = ARENA_INIT;
        enum reply reply = REPLY_BREACH;
        if (reply_words(doc->root, "error", &arena, &text, why)) {
            text_add(why, *text ? text : "failed, and did not say why");
            reply = REPLY_ERROR;
        }
        arena_release(&arena);
        json_doc_release(doc);
        return reply;
    }
    json_doc_release(doc);
    return REPLY_BREACH;
}

bool reply_text(const struct json_value *map, const char *key, size_t most, bool needed,
                struct arena *arena, const char **to, struct text *why)
{
    const struct json_value *v = json_member(map, key);
    const char *s = json_get_string(v);

    *to = "";
    if (!v && !needed)
        return true;
    if (!s)
        return reply_bad(why, "'%s' is %s, expected a text", key, v ? "no text" : "missing");
    if (strlen(s) > most)
        return reply_bad(why, "'%s' has %zu bytes, expected at most %zu", key, strlen(s),
                         most);
    for (const char *c = s; *c; c++)
        if ((unsigned char)*c < ' ' || *c == 127)
            return reply_bad(why, "'%s' holds a control character", key);
    if (needed && !*s)
        return reply_bad(why, "'%s' is empty", key);
    *to = arena_strdup(arena, s);
    return true;
}

bool reply_words(const struct json_value *map, const char *key, struct arena *arena,
                 const char **to, struct text *why)
{
    const struct json_value *v = json_member(map, key);
    const char *s = json_get_string(v);
    size_t n = 0;

    *to = "";
    if (!v)
        return true;
    if (!s)
        return reply_bad(why, "'%s' is no text", key);
    for (size_t bytes; s[n]; n += bytes) {
        uint32_t c;
        bytes = text_decode(s + n, &c);
        if (!bytes || n + bytes > REPLY_REASON_MAX)
            break;
    }
    char *copy = arena_strndup(arena, s, n);
    for (char *c = copy; *c; c++)
        if ((unsigned char)*c < ' ' || *c == 127)
            *c = ' ';
    *to = copy;
    return true;
}

bool reply_number(const struct json_value *map, const char *key, double low, double high,
                  double *to, struct text *why)
{
    const struct json_value *v = json_member(map, key);

    *to = NAN;
    if (!v || json_kind(v) == JSON_KIND_NULL)
        return true;
    if (!json_get_number(v, to) || !(*to >= low && *to <= high))
        return reply_bad(why, "'%s' is not a number from %g to %g", key, low, high);
    return true;
}

bool reply_whole(const struct json_value *map, const char *key, uint64_t most,
                 uint64_t *to, struct text *why)
{
    const struct json_value *v = json_member(map, key);
    int64_t i = 0;

    if (v && (!json_get_int(v, &i) || i < 0 || (uint64_t)i > most))
        return reply_bad(why, "'%s' is not a whole number from 0 to %llu", key,
                         (unsigned long long)most);
    *to = (uint64_t)i;
    return true;
}

bool reply_list(const struct json_value *map, const char *key, size_t most,
                const struct json_value **list, size_t *n, struct text *why)
{
    const struct json_value *v = json_member(map, key);

    *list = v;
    *n = 0;
    if (!v)
        return true;
    if (json_kind(v) != JSON_KIND_LIST || json_list_size(v) > most)
        return reply_bad(why, "'%s' is not a list of at most %zu", key, most);
    *n = json_list_size(v);
    return true;
}

bool reply_capabilities(const struct json_value *map, unsigned *to, struct text *why)
{
    static const struct {
        const char *name;
        unsigned bit;
    } known[] = { { "class", MISID_CLASS }, { "template", MISID_TEMPLATE },
                  { "faces", MISID_FACES }, { "quality", MISID_QUALITY },
                  { "compare", MISID_COMPARE }, { "search", MISID_SEARCH } };
    const struct json_value *list;
    size_t n;

    if (!reply_list(map, "capabilities", 16, &list, &n, why))
        return false;
    if (!list)
        return true;
    *to = 0;
    for (size_t i = 0; i < n; i++) {
        const char *name = json_get_string(json_list_item(list, i));
        size_t k = 0, all = sizeof known / sizeof *known;
        while (k < all && (!name || strcmp(name, known[k].name) != 0))
            k++;
        if (k == all)
            return reply_bad(why, "'capabilities' holds what is none of class, template, "
                             "faces, quality, compare, search");
        *to |= known[k].bit;
    }
    return true;
}
