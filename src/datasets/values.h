/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * values: from what a table says to what the roster holds. Each distinct raw
 * value of an attribute is judged once and then looked up, so that a million
 * rows cost a million look-ups and no more.
 *
 * Order: a value that counts as unknown is "" ; one in the map is what the map
 * says; a number falls into its bin; any other stays as it is if the attribute
 * keeps values, and is otherwise unrecognised: "" and counted. Words are
 * compared without blanks at their ends, exactly and then regardless of the
 * case of ASCII letters.
 *
 * Ownership: values_release(). Threads: one a struct.
 */
#ifndef DATASETS_VALUES_H
#define DATASETS_VALUES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/dict.h"
#include "datasets/descriptor.h"

struct values {
    const struct attribute *attribute;
    bool plain;             /* nothing to change: raw values are values */
    struct dict raw;
    struct value {
        char *text;         /* "" if unknown or unrecognised */
        bool unrecognised;
        size_t n, line;     /* rows, the first of them */
        const char *file;
    } *items;               /* a raw value */
    size_t cap;
};

void values_init(struct values *v, const struct attribute *a);
/* What `raw` is in the roster, valid until values_release(); counted as a row
 * at file:line. */
const char *values_get(struct values *v, const char *raw, const char *file, size_t line);
/* The judgement alone: malloc'd. */
char *values_judge(const struct attribute *a, const char *raw, bool *unrecognised);
void values_release(struct values *v);

#endif
