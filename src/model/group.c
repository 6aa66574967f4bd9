/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/group.h"

#include <string.h>

int axes_find(const struct axes *axes, const char *name)
{
    for (size_t i = 0; i < axes->n; i++)
        if (!strcmp(axes->axes[i].name, name))
            return (int)i;
    return -1;
}

int axis_find(const struct axis *axis, const char *value)
{
    for (size_t i = 0; i < axis->n; i++)
        if (!strcmp(axis->values[i], value))
            return (int)i;
    return -1;
}

struct group group_all(void)
{
    struct group g;

    for (size_t i = 0; i < GROUP_MAX_AXES; i++)
        g.value[i] = GROUP_OPEN;
    return g;
}

/* Values named in a message; an axis may have a thousand. */
#define VALUES_NAMED 20

static void list_axes(struct text *why, const struct axes *axes)
{
    char cut[TEXT_CUT];

    for (size_t i = 0; i < axes->n; i++)
        text_addf(why, "%s%s", i ? ", " : "", text_cut(cut, axes->axes[i].name));
}

static void list_values(struct text *why, const struct axis *axis)
{
    char cut[TEXT_CUT];

    for (size_t i = 0; i < axis->n && i < VALUES_NAMED; i++)
        text_addf(why, "%s%s", i ? ", " : "", text_cut(cut, axis->values[i]));
    if (axis->n > VALUES_NAMED)
        text_addf(why, " and %zu more", axis->n - VALUES_NAMED);
}

/* How a part might look, for a message. */
static void add_example(struct text *why, const struct axes *axes)
{
    if (axes->n && axes->axes[0].n) {
        text_add_percent(why, axes->axes[0].name);
        text_addch(why, '=');
        text_add_percent(why, axes->axes[0].values[0]);
    } else {
        text_add(why, "axis=value");
    }
}

/* One `axis=value` of n bytes. */
static int parse_part(struct group *g, const struct axes *axes, const char *s,
                      size_t n, struct text *why)
{
    const char *equals = memchr(s, '=', n);
    struct text name = TEXT_INIT, value = TEXT_INIT, said = TEXT_INIT;
    char cut[TEXT_CUT], axis_cut[TEXT_CUT];
    int code = -1, axis, v;

    text_addn(&said, s, n);
    if (!equals) {
        text_addf(why, "group part '%s' is not axis=value, expected 'all' or for "
                  "instance '", text_cut(cut, said.s));
        add_example(why, axes);
        text_addch(why, '\'');
        goto out;
    }
    if (text_add_unpercent(&name, s, (size_t)(equals - s)) < 0 ||
        text_add_unpercent(&value, equals + 1, n - (size_t)(equals - s) - 1) < 0) {
        text_addf(why, "group part '%s' has a '%%' that is not followed by two "
                  "hexadecimal digits (of a character other than NUL), expected %%XX",
                  text_cut(cut, said.s));
        goto out;
    }
    axis = axes_find(axes, name.s);
    if (axis < 0) {
        text_addf(why, "group has no axis '%s', expected one of ",
                  text_cut(cut, name.s));
        list_axes(why, axes);
        goto out;
    }
    if (g->value[axis] != GROUP_OPEN) {
        text_addf(why, "group names the axis '%s' twice, expected each once",
                  text_cut(cut, name.s));
        goto out;
    }
    v = axis_find(&axes->axes[axis], value.s);
    if (v < 0) {
        text_addf(why, "axis '%s' has no value '%s', expected one of ",
                  text_cut(axis_cut, name.s), text_cut(cut, value.s));
        list_values(why, &axes->axes[axis]);
        goto out;
    }
    g->value[axis] = v;
    code = 0;
out:
    text_release(&name);
    text_release(&value);
    text_release(&said);
    return code;
}

int group_parse(struct group *g, const struct axes *axes, const char *s,
                struct text *why)
{
    struct text ignored = TEXT_INIT;
    int code = 0;

    if (!why)
        why = &ignored;
    *g = group_all();
    if (strcmp(s, "all")) {
        for (const char *end; code == 0; s = end + 1) {
            end = strchrnul(s, ';');
            code = parse_part(g, axes, s, (size_t)(end - s), why);
            if (!*end)
                break;
        }
    }
    text_release(&ignored);
    return code;
}

void group_add(struct text *to, const struct axes *axes, const struct group *g)
{
    bool any = false;

    for (size_t i = 0; i < axes->n; i++) {
        if (g->value[i] == GROUP_OPEN)
            continue;
        if (any)
            text_addch(to, ';');
        text_add_percent(to, axes->axes[i].name);
        text_addch(to, '=');
        text_add_percent(to, axes->axes[i].values[g->value[i]]);
        any = true;
    }
    if (!any)
        text_add(to, "all");
}

bool group_equal(const struct group *a, const struct group *b, size_t axes)
{
    for (size_t i = 0; i < axes; i++)
        if (a->value[i] != b->value[i])
            return false;
    return true;
}

unsigned group_axes(const struct group *g, size_t axes)
{
    unsigned set = 0;

    for (size_t i = 0; i < axes; i++)
        if (g->value[i] != GROUP_OPEN)
            set |= 1u << i;
    return set;
}

bool group_within(const struct group *inner, const struct group *outer, size_t axes)
{
    for (size_t i = 0; i < axes; i++)
        if (outer->value[i] != GROUP_OPEN && outer->value[i] != inner->value[i])
            return false;
    return true;
}

struct group group_first(const struct axes *axes, unsigned set)
{
    struct group g = group_all();

    for (size_t i = 0; i < axes->n; i++)
        if (set & 1u << i)
            g.value[i] = 0;
    return g;
}

bool group_next(struct group *g, const struct axes *axes, unsigned set)
{
    for (size_t i = axes->n; i-- > 0;) {
        if (!(set & 1u << i))
            continue;
        if ((size_t)++g->value[i] < axes->axes[i].n)
            return true;
        g->value[i] = 0;
    }
    return false;
}
