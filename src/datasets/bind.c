/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which fields of a file are which parts of a sample. */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "datasets/build.h"
#include "model/trials.h"

#define NO_FIELD SIZE_MAX

static size_t find_field(const char *const *names, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(names[i], name))
            return i;
    return NO_FIELD;
}

/* The first alternative whose fields are all there; they count as used. */
static const struct template *bind(const struct texts *texts, const char *const *names,
                                   size_t n, bool *used)
{
    for (size_t i = 0; i < texts->n; i++) {
        struct template *t = &texts->items[i];
        if (!template_bind(t, names, n, NULL))
            continue;
        for (size_t k = 0; k < t->n; k++)
            if (t->parts[k].is_field)
                used[t->parts[k].at] = true;
        return t;
    }
    return NULL;
}

/* What the alternatives ask for: "filename or file". */
static void list_wanted(struct text *to, const struct texts *texts)
{
    for (size_t i = 0; i < texts->n; i++) {
        if (i)
            text_add(to, i + 1 < texts->n ? ", " : " or ");
        bool any = false;
        for (size_t k = 0; k < texts->items[i].n; k++) {
            if (!texts->items[i].parts[k].is_field)
                continue;
            text_addf(to, "%s'%.60s'", any ? " with " : "", texts->items[i].parts[k].text);
            any = true;
        }
    }
}

static int require(struct build *b, const struct texts *texts, const char *what,
                   const char *const *names, size_t n, size_t line, struct err *err)
{
    struct text wanted = TEXT_INIT, there = TEXT_INIT;
    char *path = path_join(b->root ? b->root : "", b->file);

    list_wanted(&wanted, texts);
    for (size_t i = 0; i < n && there.len < 300; i++)
        text_addf(&there, "%s%.60s", i ? ", " : "", names[i]);
    int code = err_add(err, ERR_INPUT, "%s:%zu: no field for the %s of a sample, expected "
                       "%s among: %s", path, line, what, wanted.s, there.s);
    text_release(&wanted);
    text_release(&there);
    free(path);
    return code;
}

static void bind_attributes(struct build *b, const char *const *names, size_t n,
                            bool *used)
{
    const struct descriptor *x = b->x;

    b->from = mem_array(x->n_attributes, sizeof *b->from);
    b->largest = mem_array(x->n_attributes, sizeof *b->largest);
    for (size_t i = 0; i < x->n_attributes; i++) {
        const struct attribute *a = &x->attributes[i];
        b->from[i] = bind(&a->from, names, n, used);
        bool any = false;
        size_t *fields = mem_array(a->largest.n, sizeof *fields);
        for (size_t k = 0; k < a->largest.n; k++) {
            fields[k] = find_field(names, n, a->largest.raw[k]);
            if (fields[k] != NO_FIELD)
                any = used[fields[k]] = true;
        }
        if (any)
            b->largest[i] = fields;
        else
            free(fields);
        if (any || b->from[i])
            build_column(b, i);
    }
}

static bool is_score(const struct source *s, const char *name)
{
    return find_field(s->scores, s->n_scores, name) != NO_FIELD;
}

/* True if a field is what a view shows under another name. */
static bool is_viewed(const struct source *s, const char *name)
{
    for (size_t v = 0; v < s->n_views; v++) {
        const struct source_view *view = &s->views[v];
        if (view->prefix ? !strncmp(name, view->prefix, strlen(view->prefix))
                         : find_field(view->fields, view->n, name) != NO_FIELD)
            return true;
    }
    return false;
}

/* Every field that nothing else uses becomes an attribute under its own name. */
static void bind_rest(struct build *b, const char *const *names, size_t n,
                      const bool *used)
{
    b->rest = mem_array(n, sizeof *b->rest);
    b->rest_column = mem_array(n, sizeof *b->rest_column);
    for (size_t i = 0; i < n && b->x->rest; i++) {
        if (used[i] || is_score(b->s, names[i]) || is_viewed(b->s, names[i]) ||
            b->r->n_attributes >= ROSTER_MAX_ATTRIBUTES)
            continue;
        struct text name = TEXT_INIT;
        shown(&name, names[i]);
        if (roster_is_reserved(name.s)) {
            struct text other = TEXT_INIT;
            text_addf(&other, "table_%s", name.s);
            text_release(&name);
            name = other;
        }
        long column = roster_attribute(b->r, name.s);
        if (column < 0)
            column = (long)roster_add_attribute(b->r, name.s, b->x->rest_provenance, "");
        text_release(&name);
        b->rest[b->n_rest] = i;
        b->rest_column[b->n_rest++] = (size_t)column;
    }
}

static void bind_scores(struct build *b, const char *const *names, size_t n)
{
    const struct source *s = b->s;

    b->score = mem_array(s->n_scores, sizeof *b->score);
    b->matcher = mem_array(s->n_scores, sizeof *b->matcher);
    for (size_t i = 0; b->trials && i < s->n_scores; i++) {
        size_t at = find_field(names, n, s->scores[i]), m = 0;
        if (at == NO_FIELD)
            continue;
        while (m < b->trials->n_matchers && strcmp(b->trials->matchers[m], s->scores[i]))
            m++;
        if (m == b->trials->n_matchers)
            trials_add_matcher(b->trials, s->scores[i]);
        b->score[b->n_score] = at;
        b->matcher[b->n_score++] = m;
    }
}

int build_bind(void *arg, const char *const *names, size_t n, const char *file,
               size_t line, struct err *err)
{
    struct build *b = arg;
    const struct source *s = b->s;
    bool *used = mem_array(n, sizeof *used);
    int code = 0;

    build_unbind(b);
    b->file = file;
    b->path = bind(&s->path, names, n, used);
    b->sample = bind(&s->sample, names, n, used);
    b->subject = bind(&s->subject, names, n, used);
    b->box = bind(&s->box, names, n, used);
    b->landmarks = bind(&s->landmarks, names, n, used);
    b->fold = bind(&s->fold, names, n, used);
    b->mated = bind(&s->mated, names, n, used);
    b->key = bind(&s->key_text, names, n, used);
    bind_attributes(b, names, n, used);
    bind_rest(b, names, n, used);
    bind_scores(b, names, n);
    if (s->join == JOIN_NONE && s->path.n && !b->path)
        code = require(b, &s->path, "path", names, n, line, err);
    else if (s->join != JOIN_NONE && !b->key)
        code = require(b, &s->key_text, join_names[s->join], names, n, line, err);
    free(used);
    return code;
}

void build_unbind(struct build *b)
{
    for (size_t i = 0; b->largest && i < b->x->n_attributes; i++)
        free(b->largest[i]);
    free(b->largest);
    free(b->from);
    free(b->rest);
    free(b->rest_column);
    free(b->score);
    free(b->matcher);
    b->largest = NULL;
    b->from = NULL;
    b->rest = b->rest_column = b->score = b->matcher = NULL;
    b->n_rest = b->n_score = 0;
}
