/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * template: text made of the fields of a row: `{person}/{person}_{image|04}.jpg`.
 *
 * `{name}` is the field of that name, `{name|how}` the field after a change:
 * `04` pads a whole number with zeros to four digits, `underscores` turns
 * blanks into `_`, `lower` and `upper` change the case of ASCII letters, `file`
 * is what follows the last `/`, `stem` that without its extension. `{{` and
 * `}}` are braces. A template is bound to the fields of a source once, and then
 * filled for each of its rows.
 *
 * Ownership: template_release() frees the parts. Threads: one a template.
 */
#ifndef DATASETS_TEMPLATE_H
#define DATASETS_TEMPLATE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

enum template_change {
    CHANGE_NONE, CHANGE_PAD, CHANGE_UNDERSCORES, CHANGE_LOWER, CHANGE_UPPER, CHANGE_FILE,
    CHANGE_STEM
};

struct template_part {
    char *text;      /* literal, or the field's name */
    bool is_field;
    enum template_change change;
    int width;       /* of CHANGE_PAD */
    size_t at;       /* field's place, once bound */
};

struct template {
    struct template_part *parts;
    size_t n, cap;
};

/* 0, or -1 with what is wrong in `why`; released then. */
int template_parse(struct template *t, const char *s, struct text *why);
/* `name` as it is, whatever bytes it holds: the template `{name}`. */
void template_of_field(struct template *t, const char *name);
void template_release(struct template *t);

/* True if every field it names is among the n names; else *missing (if not
 * NULL) is one that is not. */
bool template_bind(struct template *t, const char *const *names, size_t n,
                   const char **missing);
/* Adds the text for one row of bound fields. False if a field it needs is
 * empty: then there is no text. */
bool template_fill(const struct template *t, const char *const *values, struct text *to);

#endif
