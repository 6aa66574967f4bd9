/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "datasets/template.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"

static const struct {
    const char *name;
    enum template_change change;
} changes[] = {
    { "underscores", CHANGE_UNDERSCORES }, { "lower", CHANGE_LOWER },
    { "upper", CHANGE_UPPER }, { "file", CHANGE_FILE }, { "stem", CHANGE_STEM },
};

static struct template_part *add(struct template *t, const char *s, size_t n, bool field)
{
    MEM_ROOM(t->parts, t->n, t->cap);
    t->parts[t->n] = (struct template_part){ .text = mem_strndup(s, n), .is_field = field };
    return &t->parts[t->n++];
}

void template_of_field(struct template *t, const char *name)
{
    *t = (struct template){ 0 };
    add(t, name, strlen(name), true);
}

void template_release(struct template *t)
{
    for (size_t i = 0; i < t->n; i++)
        free(t->parts[i].text);
    free(t->parts);
    *t = (struct template){ 0 };
}

/* "04" or a word of the table: the change, or -1. */
static int parse_change(const char *s, size_t n, int *width)
{
    if (n == 2 && s[0] == '0' && isdigit((unsigned char)s[1]) && s[1] > '0') {
        *width = s[1] - '0';
        return CHANGE_PAD;
    }
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++)
        if (strlen(changes[i].name) == n && !memcmp(changes[i].name, s, n))
            return (int)changes[i].change;
    return -1;
}

/* What stands between two braces. */
static int parse_field(struct template *t, const char *s, size_t n, struct text *why)
{
    const char *bar = memchr(s, '|', n);
    size_t name = bar ? (size_t)(bar - s) : n;
    int width = 0, change = CHANGE_NONE;

    if (bar)
        change = parse_change(bar + 1, n - name - 1, &width);
    if (name == 0 || change < 0) {
        text_addf(why, "'{%.*s}' is not {field} or {field|change}, the change one of 02 "
                  "to 09, underscores, lower, upper, file, stem", (int)(n > 60 ? 60 : n), s);
        return -1;
    }
    struct template_part *part = add(t, s, name, true);
    part->change = (enum template_change)change;
    part->width = width;
    return 0;
}

int template_parse(struct template *t, const char *s, struct text *why)
{
    struct text literal = TEXT_INIT;
    int code = 0;

    *t = (struct template){ 0 };
    while (*s && code == 0) {
        if ((*s == '{' || *s == '}') && s[1] == *s) {
            text_addch(&literal, *s);
            s += 2;
            continue;
        }
        const char *end = *s == '{' ? strchr(s, '}') : NULL;
        if (*s == '}' || (*s == '{' && !end)) {
            text_addf(why, "'%.60s' has a brace without its other half ({{ and }} stand "
                      "for braces)", s);
            code = -1;
        } else if (*s == '{') {
            if (literal.len)
                add(t, literal.s, literal.len, false);
            text_reset(&literal);
            code = parse_field(t, s + 1, (size_t)(end - s) - 1, why);
            s = end + 1;
        } else {
            text_addch(&literal, *s++);
        }
    }
    if (literal.len)
        add(t, literal.s, literal.len, false);
    text_release(&literal);
    if (code)
        template_release(t);
    return code;
}

bool template_bind(struct template *t, const char *const *names, size_t n,
                   const char **missing)
{
    for (size_t i = 0; i < t->n; i++) {
        if (!t->parts[i].is_field)
            continue;
        size_t at = 0;
        while (at < n && strcmp(names[at], t->parts[i].text))
            at++;
        if (at == n) {
            if (missing)
                *missing = t->parts[i].text;
            return false;
        }
        t->parts[i].at = at;
    }
    return true;
}

static void fill_part(const struct template_part *part, const char *value,
                      struct text *to)
{
    size_t begin = to->len;

    switch (part->change) {
    case CHANGE_PAD:
        for (size_t n = strlen(value); n < (size_t)part->width; n++)
            text_addch(to, '0');
        text_add(to, value);
        break;
    case CHANGE_FILE: text_add(to, path_basename(value)); break;
    case CHANGE_STEM: {
        const char *base = path_basename(value), *dot = strrchr(base, '.');
        text_addn(to, base, dot && dot > base ? (size_t)(dot - base) : strlen(base));
        break;
    }
    default:
        text_add(to, value);
        for (char *c = to->s + begin; *c; c++) {
            if (part->change == CHANGE_UNDERSCORES && *c == ' ')
                *c = '_';
            else if (part->change == CHANGE_LOWER && *c >= 'A' && *c <= 'Z')
                *c = (char)(*c + ('a' - 'A'));
            else if (part->change == CHANGE_UPPER && *c >= 'a' && *c <= 'z')
                *c = (char)(*c - ('a' - 'A'));
        }
        break;
    }
}

bool template_fill(const struct template *t, const char *const *values, struct text *to)
{
    for (size_t i = 0; i < t->n; i++) {
        const struct template_part *part = &t->parts[i];
        if (!part->is_field) {
            text_add(to, part->text);
            continue;
        }
        if (!*values[part->at])
            return false;
        fill_part(part, values[part->at], to);
    }
    return true;
}
