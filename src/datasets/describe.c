/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "datasets/describe.h"

#include <string.h>

#include "base/json.h"
#include "datasets/descriptor.h"

/* A paragraph in lines of at most 78 columns. */
static void add_wrapped(struct text *to, const char *s)
{
    size_t column = 0;

    while (*s) {
        size_t word = 0;
        while (s[word] && s[word] != ' ' && s[word] != '\n')
            word++;
        if (column && column + 1 + word > 78) {
            text_addch(to, '\n');
            column = 0;
        } else if (column) {
            text_addch(to, ' ');
            column++;
        }
        text_addn(to, s, word);
        column += word;
        s += word;
        while (*s == ' ' || *s == '\n')
            s++;
    }
    text_addch(to, '\n');
}

static void add_list(struct text *to, const char *const *items, size_t n)
{
    for (size_t i = 0; i < n; i++)
        text_addf(to, "%s%s", i ? ", " : "", items[i]);
}

static void add_source(struct text *to, const struct source *s)
{
    text_addf(to, "  %-16s %s", s->name, layout_names[s->layout]);
    if (s->n_files) {
        text_add(to, ": ");
        add_list(to, s->files, s->n_files);
    }
    if (s->each) {
        text_addf(to, ", %s = ", s->each);
        add_list(to, s->each_values, s->n_each);
    }
    if (s->join != JOIN_NONE)
        text_addf(to, "; labels, matched by %s", join_names[s->join]);
    if (s->trials)
        text_add(to, "; comparisons");
    if (s->fallback)
        text_add(to, "; if none of the above is there");
    text_addch(to, '\n');
}

/* The values an attribute can have, each once, as far as the description says. */
static void add_values(struct text *to, const struct attribute *a)
{
    const struct value_map *maps[] = { &a->map, &a->largest };
    size_t n = 0;

    for (size_t m = 0; m < 2; m++) {
        for (size_t i = 0; i < maps[m]->n; i++) {
            bool told = !*maps[m]->value[i];
            for (size_t k = 0; k < i; k++)
                told = told || !strcmp(maps[m]->value[k], maps[m]->value[i]);
            if (!told)
                text_addf(to, "%s%s", n++ ? ", " : "", maps[m]->value[i]);
        }
    }
    for (size_t i = 0; a->n_cuts && i <= a->n_cuts; i++)
        text_addf(to, "%s%s", n++ ? ", " : "", a->bins[i]);
    if (!n)
        text_add(to, "as the table has it");
}

void describe_text(const struct dataset *d, struct text *to)
{
    const struct descriptor *x = d->reading;

    text_addf(to, "%s: %s\n\n", d->name, d->title);
    add_wrapped(to, d->about);
    text_addch(to, '\n');
    add_wrapped(to, d->source);
    if (!x) {
        text_add(to, "\nPublished counts, no images.\n");
        return;
    }
    if (x->n_images) {
        text_add(to, "\nImages in the first of these folders that is there: ");
        add_list(to, x->images, x->n_images);
        text_addch(to, '\n');
    }
    text_add(to, "\nSources\n");
    for (size_t i = 0; i < x->n_sources; i++)
        add_source(to, &x->sources[i]);
    text_add(to, "\nAttributes\n");
    for (size_t i = 0; i < x->n_attributes; i++) {
        const struct attribute *a = &x->attributes[i];
        text_addf(to, "  %-16s %s%s%s\n                   ", a->name,
                  provenance_names[a->provenance], *a->about ? ": " : "", a->about);
        add_values(to, a);
        text_addch(to, '\n');
    }
    if (x->rest)
        text_addf(to, "  every other field as it is (%s)\n",
                  provenance_names[x->rest_provenance]);
}

void describe_json(const struct dataset *d, struct text *to)
{
    const struct descriptor *x = d->reading;
    struct json_out w = json_out(to);
    struct text t = TEXT_INIT;

    json_map(&w, NULL);
    json_string(&w, "name", d->name);
    json_string(&w, "title", d->title);
    json_string(&w, "about", d->about);
    json_string(&w, "source", d->source);
    json_list(&w, "sources");
    for (size_t i = 0; x && i < x->n_sources; i++) {
        const struct source *s = &x->sources[i];
        json_map(&w, NULL);
        json_string(&w, "name", s->name);
        json_string(&w, "layout", layout_names[s->layout]);
        json_list(&w, "files");
        for (size_t k = 0; k < s->n_files; k++)
            json_string(&w, NULL, s->files[k]);
        json_end(&w);
        json_end(&w);
    }
    json_end(&w);
    json_list(&w, "attributes");
    for (size_t i = 0; x && i < x->n_attributes; i++) {
        const struct attribute *a = &x->attributes[i];
        json_map(&w, NULL);
        json_string(&w, "name", a->name);
        json_string(&w, "provenance", provenance_names[a->provenance]);
        json_string(&w, "about", a->about);
        text_reset(&t);
        add_values(&t, a);
        json_string(&w, "values", t.s);
        json_end(&w);
    }
    json_end(&w);
    json_end(&w);
    text_addch(to, '\n');
    text_release(&t);
}
