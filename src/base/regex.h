/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * regex: Perl-compatible patterns with named groups (PCRE2), for file names.
 *
 * Subjects are bytes, not characters: a name on disk need not be UTF-8. A
 * pattern must match the whole of its subject. Matching is bounded, so that a
 * hostile name or a clumsy pattern ends as "no match" and does not hang.
 *
 * Ownership: regex_free() frees the pattern and its names. Threads: one match
 * at a time a pattern.
 */
#ifndef BASE_REGEX_H
#define BASE_REGEX_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/text.h"

struct regex;

/* NULL, with what is wrong and where in `why`. */
struct regex *regex_new(const char *pattern, bool ignore_case, struct text *why);
void regex_free(struct regex *re);

/* The named groups, in the order in which they open. */
size_t regex_groups(const struct regex *re);
const char *regex_group_name(const struct regex *re, size_t group);

/* True if the pattern matches all of `s`; then the text of each named group
 * (empty if it took no part) is in values[0 … regex_groups() − 1], valid until
 * the next match. */
bool regex_match(struct regex *re, const char *s, const char **values);

#endif
