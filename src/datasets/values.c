/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "datasets/values.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"

void values_init(struct values *v, const struct attribute *a)
{
    *v = (struct values){ .attribute = a };
    v->plain = !a->map.n && !a->n_cuts && !a->n_unknown && !a->largest.n;
}

void values_release(struct values *v)
{
    for (size_t i = 0; i < v->raw.n; i++)
        free(v->items[i].text);
    free(v->items);
    dict_release(&v->raw);
    *v = (struct values){ 0 };
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static char *trimmed(const char *s)
{
    while (is_blank(*s))
        s++;
    size_t n = strlen(s);
    while (n && is_blank(s[n - 1]))
        n--;
    return mem_strndup(s, n);
}

/* Place in a list of words, the exact one first; or -1. */
static long place(const char *const *words, size_t n, const char *s)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(words[i], s))
            return (long)i;
    for (size_t i = 0; i < n; i++)
        if (!strcasecmp(words[i], s))
            return (long)i;
    return -1;
}

/* Bytes that are not text become %XX, so that a value can be printed. */
static char *as_text(char *s)
{
    if (text_is_utf8(s, strlen(s), NULL))
        return s;
    struct text t = TEXT_INIT;
    roster_add_encoded(&t, s);
    free(s);
    return text_detach(&t);
}

char *values_judge(const struct attribute *a, const char *raw, bool *unrecognised)
{
    char *s = trimmed(raw);
    double number;
    long at;
    const char *value = NULL;

    *unrecognised = false;
    if (!*s || place(a->unknown, a->n_unknown, s) >= 0) {
        value = "";
    } else if ((at = place(a->map.raw, a->map.n, s)) >= 0) {
        value = a->map.value[at];
    } else if (a->n_cuts && num_parse_double(s, &number)) {
        size_t bin = 0;
        while (bin < a->n_cuts && number >= a->cuts[bin])
            bin++;
        value = a->bins[bin];
    } else if (!a->keep) {
        *unrecognised = true;
        value = "";
    }
    if (!value)
        return as_text(s);
    free(s);
    return mem_strdup(value);
}

const char *values_get(struct values *v, const char *raw, const char *file, size_t line)
{
    bool fresh;
    uint32_t i = dict_add(&v->raw, raw, &fresh);

    if (i >= v->cap) {
        v->cap = 2 * (size_t)i + 16;
        v->items = mem_grow(v->items, v->cap, sizeof *v->items);
    }
    struct value *item = &v->items[i];
    if (fresh) {
        *item = (struct value){ .file = file, .line = line };
        item->text = values_judge(v->attribute, raw, &item->unrecognised);
    }
    item->n++;
    return item->text;
}
