/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* Enough for any sensible file name; a name of 4 KiB against nested repeats
 * gives up after some milliseconds. */
#define MATCH_LIMIT 100000
#define DEPTH_LIMIT 1000
#define HEAP_LIMIT_KIB 16384

struct regex {
    pcre2_code *code;
    pcre2_match_data *data;
    pcre2_match_context *context;
    size_t n;
    struct named {
        char *name;
        size_t number;
    } *groups;
    struct text *values; /* one a group */
};

static int by_number(const void *a, const void *b)
{
    const struct named *x = a, *y = b;

    return (x->number > y->number) - (x->number < y->number);
}

/* PCRE2's table of names: entries of `size` bytes, number in two bytes first. */
static void take_names(struct regex *re)
{
    uint32_t count = 0, size = 0;
    PCRE2_SPTR table = NULL;

    pcre2_pattern_info(re->code, PCRE2_INFO_NAMECOUNT, &count);
    pcre2_pattern_info(re->code, PCRE2_INFO_NAMEENTRYSIZE, &size);
    pcre2_pattern_info(re->code, PCRE2_INFO_NAMETABLE, &table);
    re->n = count;
    re->groups = mem_array(count, sizeof *re->groups);
    re->values = mem_array(count, sizeof *re->values);
    for (size_t i = 0; i < count; i++, table += size) {
        re->groups[i] = (struct named){ mem_strdup((const char *)table + 2),
                                        (size_t)table[0] << 8 | table[1] };
        text_init(&re->values[i]);
    }
    if (count)
        qsort(re->groups, count, sizeof *re->groups, by_number);
}

struct regex *regex_new(const char *pattern, bool ignore_case, struct text *why)
{
    int code;
    PCRE2_SIZE at;
    struct regex *re = mem_alloc(sizeof *re);

    re->code = pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED,
                             PCRE2_ANCHORED | PCRE2_ENDANCHORED | PCRE2_DOLLAR_ENDONLY |
                                 PCRE2_NEVER_BACKSLASH_C |
                                 (ignore_case ? PCRE2_CASELESS : 0),
                             &code, &at, NULL);
    if (!re->code) {
        PCRE2_UCHAR message[256];
        pcre2_get_error_message(code, message, sizeof message);
        text_addf(why, "%s at character %zu", (const char *)message, (size_t)at + 1);
        free(re);
        return NULL;
    }
    re->data = pcre2_match_data_create_from_pattern(re->code, NULL);
    re->context = pcre2_match_context_create(NULL);
    if (!re->data || !re->context)
        mem_exhausted();
    pcre2_set_match_limit(re->context, MATCH_LIMIT);
    pcre2_set_depth_limit(re->context, DEPTH_LIMIT);
    pcre2_set_heap_limit(re->context, HEAP_LIMIT_KIB);
    take_names(re);
    return re;
}

void regex_free(struct regex *re)
{
    if (!re)
        return;
    for (size_t i = 0; i < re->n; i++) {
        free(re->groups[i].name);
        text_release(&re->values[i]);
    }
    free(re->groups);
    free(re->values);
    pcre2_match_data_free(re->data);
    pcre2_match_context_free(re->context);
    pcre2_code_free(re->code);
    free(re);
}

size_t regex_groups(const struct regex *re)
{
    return re->n;
}

const char *regex_group_name(const struct regex *re, size_t group)
{
    return re->groups[group].name;
}

bool regex_match(struct regex *re, const char *s, const char **values)
{
    if (pcre2_match(re->code, (PCRE2_SPTR)s, strlen(s), 0, 0, re->data, re->context) < 0)
        return false;
    const PCRE2_SIZE *at = pcre2_get_ovector_pointer(re->data);
    size_t pairs = pcre2_get_ovector_count(re->data);
    for (size_t i = 0; i < re->n; i++) {
        size_t g = re->groups[i].number;
        text_reset(&re->values[i]);
        if (g < pairs && at[2 * g] != PCRE2_UNSET && at[2 * g] <= at[2 * g + 1])
            text_addn(&re->values[i], s + at[2 * g], at[2 * g + 1] - at[2 * g]);
        values[i] = re->values[i].s;
    }
    return true;
}
