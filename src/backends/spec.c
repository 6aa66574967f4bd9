/* SPDX-License-Identifier: GPL-3.0-or-later */
/* NAME[:option=value,...], and the settings that it leads to. */
#include <stdlib.h>
#include <string.h>

#include "backends/backend.h"

/* One option=value, of which `at` is the beginning; *at is left behind it. */
static int parse_setting(const char **at, struct setting *to, const char *spec,
                         struct arena *arena, struct err *err)
{
    struct text t = TEXT_INIT;
    const char *s = *at;
    size_t name = strcspn(s, "=,");
    int code = 0;

    if (s[name] != '=' || !name)
        return err_add(err, ERR_INPUT, "backend '%s': '%.*s', expected option=value", spec,
                       (int)(name < 60 ? name : 60), s);
    to->name = arena_strndup(arena, s, name);
    for (s += name + 1; *s && *s != ','; s++) {
        if (*s == '\\' && s[1] != ',' && s[1] != '\\') {
            code = err_add(err, ERR_INPUT, "backend '%s': a backslash before '%.1s' in the "
                           "value of '%s', expected a comma or backslash behind it", spec,
                           s[1] ? s + 1 : "the end", to->name);
            break;
        }
        if (*s == '\\')
            s++;
        text_addch(&t, *s);
    }
    to->value = arena_strdup(arena, t.s);
    text_release(&t);
    *at = s;
    return code;
}

int backend_spec_parse(struct backend_spec *spec, const char *text, struct arena *arena,
                       struct err *err)
{
    size_t len = strlen(text), name = strcspn(text, ":"), cap = 1;

    *spec = (struct backend_spec){ .name = "" };
    if (len > BACKEND_SPEC_MAX)
        return err_add(err, ERR_LIMIT, "backend '%.60s...': %zu bytes, expected at most %d",
                       text, len, BACKEND_SPEC_MAX);
    if (!text_is_utf8(text, len, NULL))
        return err_add(err, ERR_INPUT, "backend '%s': expected UTF-8", text);
    for (size_t i = 0; i < len; i++) {
        if ((unsigned char)text[i] < 32 || text[i] == 127)
            return err_add(err, ERR_INPUT, "backend '%s': holds a control character", text);
        cap += text[i] == ',';
    }
    if (!name)
        return err_add(err, ERR_INPUT, "backend '%s': no name, expected "
                       "NAME[:option=value,...]", text);
    spec->name = arena_strndup(arena, text, name);
    spec->settings = arena_array(arena, cap, sizeof *spec->settings);
    if (!text[name])
        return 0;
    for (const char *at = text + name + 1;; at++) {
        struct setting *to = &spec->settings[spec->n];
        int code = parse_setting(&at, to, text, arena, err);
        if (code)
            return code;
        for (size_t i = 0; i < spec->n; i++)
            if (!strcmp(spec->settings[i].name, to->name))
                return err_add(err, ERR_INPUT, "backend '%s': '%s' stands twice, expected "
                               "each option once", text, to->name);
        spec->n++;
        if (!*at)
            return 0;
    }
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct setting *)a)->name, ((const struct setting *)b)->name);
}

static int unknown(const struct backend *b, const struct backend_option *options,
                   const char *name, struct err *err)
{
    struct text known = TEXT_INIT;

    for (const struct backend_option *o = options; o && o->name; o++)
        text_addf(&known, "%s%s", known.len ? ", " : "", o->name);
    int code = err_add(err, ERR_INPUT, "backend %s: no option '%.60s', expected one of %s",
                       b->asked, name, known.len ? known.s : "none");
    text_release(&known);
    return code;
}

int backend_settle(struct backend *b, const struct backend_option *options,
                   const struct setting *given, size_t n, struct err *err)
{
    size_t count = 0;

    while (options && options[count].name)
        count++;
    b->settings = arena_array(&b->arena, count, sizeof *b->settings);
    b->n_settings = count;
    for (size_t i = 0; i < count; i++)
        b->settings[i] = (struct setting){ arena_strdup(&b->arena, options[i].name),
                                           arena_strdup(&b->arena, options[i].fallback) };
    for (size_t i = 0; i < n; i++) {
        size_t k = 0;
        while (k < count && strcmp(options[k].name, given[i].name))
            k++;
        if (k == count)
            return unknown(b, options, given[i].name, err);
        b->settings[k].value = arena_strdup(&b->arena, given[i].value);
    }
    if (count)
        qsort(b->settings, count, sizeof *b->settings, by_name);
    return 0;
}

const char *backend_setting(const struct backend *b, const char *name)
{
    for (size_t i = 0; i < b->n_settings; i++)
        if (!strcmp(b->settings[i].name, name))
            return b->settings[i].value;
    abort();
}

int backend_whole(const struct backend *b, const char *name, int64_t low, int64_t high,
                  int64_t *to, struct err *err)
{
    const char *value = backend_setting(b, name);

    if (num_parse_int64(value, to) && *to >= low && *to <= high)
        return 0;
    return err_add(err, ERR_INPUT, "backend %s: %s=%.60s, expected a whole number from %lld "
                   "to %lld", b->asked, name, value, (long long)low, (long long)high);
}
