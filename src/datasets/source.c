/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "datasets/source.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"

/* Adds the fields of `each` and of the views to those of a file. */
struct widened {
    const struct source *s;
    const struct sink *to;
    const char *each_value;
    const char **names, **values;
    size_t n;             /* of all fields */
    size_t own;           /* of the file's, and each */
    size_t *view_at;      /* [view × alias]: the field it stands for */
};

static size_t find_name(const char *const *names, size_t n, const char *name)
{
    size_t at = 0;

    while (at < n && strcmp(names[at], name))
        at++;
    return at;
}

/* The views' new names, after the `own` that are there: those of the first view
 * or, with prefixes, what the fields that begin with the first's are called
 * without it. Returns how many. */
static size_t name_aliases(struct widened *w)
{
    const struct source_view *first = w->s->views;
    size_t n = 0;

    if (!w->s->n_views)
        return 0;
    if (!first->prefix) {
        memcpy(w->names + w->own, first->names, first->n * sizeof *w->names);
        return first->n;
    }
    size_t prefix = strlen(first->prefix);
    for (size_t i = 0; i < w->own; i++)
        if (!strncmp(w->names[i], first->prefix, prefix) && w->names[i][prefix])
            w->names[w->own + n++] = w->names[i] + prefix;
    return n;
}

/* Which field an alias stands for in a view; SIZE_MAX where a prefix has no such
 * field, which is then empty; or an error. */
static int find_alias(const struct widened *w, size_t v, size_t alias, const char *file,
                      size_t line, size_t *at, struct err *err)
{
    const struct source_view *view = &w->s->views[v];
    char *field = view->prefix ? mem_printf("%s%s", view->prefix, w->names[w->own + alias])
                               : mem_strdup(view->fields[alias]);
    int code = 0;

    *at = find_name(w->names, w->own, field);
    if (*at == w->own) {
        *at = SIZE_MAX;
        if (!view->prefix)
            code = err_add(err, ERR_INPUT, "%s:%zu: no field '%.60s', which the source "
                           "'%s' needs", file, line, field, w->s->name);
    }
    free(field);
    return code;
}

static int widen_names(void *arg, const char *const *names, size_t n, const char *file,
                       size_t line, struct err *err)
{
    struct widened *w = arg;
    const struct source *s = w->s;
    size_t most = s->n_views && !s->views[0].prefix ? s->views[0].n : n + 1;
    int code = 0;

    w->own = n + (s->each != NULL);
    free(w->names);
    free(w->values);
    free(w->view_at);
    w->names = mem_array(w->own + most, sizeof *w->names);
    w->values = mem_array(w->own + most, sizeof *w->values);
    for (size_t i = 0; i < n; i++)
        w->names[i] = names[i];
    if (s->each)
        w->names[n] = s->each;
    size_t aliases = name_aliases(w);
    w->n = w->own + aliases;
    w->view_at = mem_array(s->n_views * aliases, sizeof *w->view_at);
    for (size_t v = 0; v < s->n_views && !code; v++)
        for (size_t k = 0; k < aliases && !code; k++)
            code = find_alias(w, v, k, file, line, &w->view_at[v * aliases + k], err);
    if (code)
        return code;
    return w->to->names(w->to->arg, w->names, w->n, file, line, err);
}

static int widen_row(void *arg, const struct record *record, struct err *err)
{
    struct widened *w = arg;
    const struct source *s = w->s;
    struct record wide = *record;

    if (w->n == record->n)
        return w->to->row(w->to->arg, record, err);
    memcpy(w->values, record->values, record->n * sizeof *w->values);
    if (s->each)
        w->values[record->n] = w->each_value;
    wide.values = w->values;
    wide.n = w->n;
    size_t aliases = w->n - w->own;
    for (size_t v = 0; v < (s->n_views ? s->n_views : 1); v++) {
        for (size_t k = 0; k < aliases; k++) {
            size_t at = w->view_at[v * aliases + k];
            w->values[w->own + k] = at == SIZE_MAX ? "" : w->values[at];
        }
        wide.view = v;
        int code = w->to->row(w->to->arg, &wide, err);
        if (code < 0)
            return code;
    }
    return 0;
}

static void widened_release(struct widened *w)
{
    free(w->names);
    free(w->values);
    free(w->view_at);
}

char *source_find(const struct source *s, const struct place *place, const char *value,
                  const char **file)
{
    struct text name = TEXT_INIT;

    for (size_t i = 0; i < s->n_files; i++) {
        const char *f = s->files[i], *at;
        char *hole = s->each ? mem_printf("{%s}", s->each) : NULL;
        text_reset(&name);
        while (hole && (at = strstr(f, hole))) {
            text_addn(&name, f, (size_t)(at - f));
            text_add(&name, value);
            f = at + strlen(hole);
        }
        text_add(&name, f);
        free(hole);
        char *path = *place->root ? path_join(place->root, name.s) : mem_strdup(name.s);
        if (path_is_file(path)) {
            *file = arena_strdup(place->arena, name.s);
            text_release(&name);
            return path;
        }
        free(path);
    }
    text_release(&name);
    return NULL;
}

static int read_file(const struct source_file *f, const struct sink *sink,
                     struct err *err)
{
    switch (f->source->layout) {
    case LAYOUT_TABLE: return table_read(f, sink, err);
    case LAYOUT_PAIRS: return pairs_read(f, sink, err);
    case LAYOUT_PEOPLE: return people_read(f, sink, err);
    default: return json_rows_read(f, sink, err);
    }
}

/* Every image's name against the pattern; 1 if any fits. */
static int read_names(const struct source *s, const struct place *place,
                      const struct sink *sink, struct err *err)
{
    size_t n = regex_groups(s->pattern);
    const char **names = mem_array(n, sizeof *names);
    const char **values = mem_array(n, sizeof *values);
    int fits = 0;

    for (size_t i = 0; i < n; i++)
        names[i] = regex_group_name(s->pattern, i);
    int code = sink->names(sink->arg, names, n, "", 0, err);
    for (size_t i = 0; place->images && i < place->images->n && code >= 0; i++) {
        const char *path = place->images->files[i];
        if (!regex_match(s->pattern, path, values))
            continue;
        fits = 1;
        const struct record record = { values, n, path, 0, 0, path };
        code = sink->row(sink->arg, &record, err);
    }
    free(names);
    free(values);
    return code < 0 ? code : fits;
}

int source_read(const struct source *s, const struct place *place,
                const struct sink *sink, struct err *err)
{
    struct widened w = { .s = s, .to = sink };
    const struct sink widen = { widen_names, widen_row, &w, sink->problems };
    int found = 0, code = 0;

    if (s->pattern) {
        found = code = read_names(s, place, &widen, err);
    } else {
        for (size_t i = 0; i < (s->each ? s->n_each : 1) && code >= 0; i++) {
            struct source_file f = { .source = s };
            w.each_value = s->each ? s->each_values[i] : "";
            char *path = source_find(s, place, w.each_value, &f.file);
            if (!path)
                continue;
            found++;
            f.path = path;
            code = read_file(&f, &widen, err);
            free(path);
        }
    }
    widened_release(&w);
    return code < 0 ? code : found;
}
