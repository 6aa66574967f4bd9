/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * group: who is counted together, and how a group is written.
 *
 * An axis is an attribute with a closed list of values (gender: female, male).
 * A group fixes some axes and leaves the others open; it is written
 * `axis=value` joined by `;` in the order of the axes (`gender=female;
 * skin=darker` without the blank), with `%`, `;`, `=` and controls of names and
 * values percent-encoded; the group that fixes nothing is `all`.
 *
 * In the program a group is an array of one small integer an axis: the index
 * of the value, or GROUP_OPEN.
 */
#ifndef MODEL_GROUP_H
#define MODEL_GROUP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

#define GROUP_OPEN (-1)
#define GROUP_MAX_AXES 16

struct axis {
    const char *name;
    const char **values;
    size_t n;
};

struct axes {
    struct axis *axes;
    size_t n; /* at most GROUP_MAX_AXES */
};

struct group {
    int value[GROUP_MAX_AXES]; /* index into axis values, or GROUP_OPEN */
};

int axes_find(const struct axes *axes, const char *name);  /* index, or -1 */
int axis_find(const struct axis *axis, const char *value); /* index, or -1 */

struct group group_all(void);
/* Reads a group in any order of axes. 0; or -1 with `why` (if not NULL) saying
 * what is wrong and what was expected. */
int group_parse(struct group *g, const struct axes *axes, const char *s,
                struct text *why);
/* Adds the canonical name. */
void group_add(struct text *to, const struct axes *axes, const struct group *g);
bool group_equal(const struct group *a, const struct group *b, size_t axes);
/* The set of axes a group fixes, bit i for axis i. */
unsigned group_axes(const struct group *g, size_t axes);
/* True if everyone in `inner` is in `outer`. */
bool group_within(const struct group *inner, const struct group *outer, size_t axes);

/*
 * Walks the groups of a set of axes (bits), last axis fastest, in the order of
 * the values; the empty set gives `all` once.
 *     struct group g = group_first(&axes, set);
 *     do ... while (group_next(&g, &axes, set));
 */
struct group group_first(const struct axes *axes, unsigned set);
bool group_next(struct group *g, const struct axes *axes, unsigned set);

#endif
