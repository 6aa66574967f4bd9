/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who is who among the samples that are compared, and in which group. */
#include <stdlib.h>
#include <string.h>

#include "base/dict.h"
#include "cli/score_inputs.h"

/* The attributes of a roster for a list of axes. One that is missing is a fault, or, in
 * a gallery's groups, left out (-1). */
static int find_axes(const struct roster *r, char *const *axes, size_t n, bool may_lack,
                     long *at, struct err *err)
{
    for (size_t i = 0; i < n; i++) {
        at[i] = roster_attribute(r, axes[i]);
        if (at[i] < 0 && !may_lack)
            return roster_need_attribute(r, axes[i], err) < 0 ? ERR_INPUT : 0;
    }
    return 0;
}

/* The name of a row's group in `to`; false if a value is not known. */
static bool name_row(const struct roster *r, size_t row, char *const *axes, const long *at,
                     size_t n, struct text *to)
{
    text_reset(to);
    for (size_t i = 0; i < n; i++) {
        if (at[i] < 0)
            continue;
        const char *value = roster_value(r, row, (size_t)at[i]);
        if (!*value)
            return false;
        if (to->len)
            text_addch(to, ';');
        text_add_percent(to, axes[i]);
        text_addch(to, '=');
        text_add_percent(to, value);
    }
    if (!to->len)
        text_add(to, "all");
    return true;
}

static uint32_t *number_rows(const struct roster *r, char *const *axes, const long *at,
                             size_t n, struct dict *names)
{
    uint32_t *numbers = mem_array(r->n, sizeof *numbers);
    struct text name = TEXT_INIT;

    for (size_t i = 0; i < r->n; i++)
        numbers[i] = name_row(r, i, axes, at, n, &name) ? dict_add(names, name.s, NULL)
                                                        : COUNT_NONE;
    text_release(&name);
    return numbers;
}

struct named {
    const char *name;
    uint32_t number;
};

static int by_name(const void *a, const void *b)
{
    const struct named *x = a, *y = b;

    return strcmp(x->name, y->name);
}

/* Groups in the order of their names. */
static int sort_groups(struct scores *s, const struct dict *names, struct score_side *a,
                       struct score_side *gallery, struct err *err)
{
    struct score_side *const sides[] = { a, gallery };

    if (names->n > SCORES_MAX_GROUPS)
        return err_add(err, ERR_LIMIT, "score: --by makes %zu groups, expected at most %d",
                       names->n, SCORES_MAX_GROUPS);
    if (!names->n)
        return err_add(err, ERR_INPUT, "score: no sample has a value on every axis of --by");
    struct named *order = mem_array(names->n, sizeof *order);
    uint32_t *number = mem_array(names->n, sizeof *number);
    s->n_groups = names->n;
    s->groups = arena_array(&s->arena, s->n_groups, sizeof *s->groups);
    for (size_t i = 0; i < names->n; i++)
        order[i] = (struct named){ dict_at(names, (uint32_t)i), (uint32_t)i };
    qsort(order, names->n, sizeof *order, by_name);
    for (size_t i = 0; i < names->n; i++) {
        s->groups[i] = arena_strdup(&s->arena, order[i].name);
        number[order[i].number] = (uint32_t)i;
    }
    for (size_t k = 0; k < 2; k++)
        for (size_t i = 0; sides[k] && i < sides[k]->roster.n; i++)
            if (sides[k]->group[i] != COUNT_NONE)
                sides[k]->group[i] = number[sides[k]->group[i]];
    free(order);
    free(number);
    return 0;
}

/* A sample without a value on an axis of --same is in no cell. */
static void leave_out(struct score_side *side)
{
    for (size_t i = 0; i < side->roster.n; i++)
        if (side->same[i] == COUNT_NONE)
            side->group[i] = COUNT_NONE;
}

static int name_sides(struct scores *s, struct score_side *a, struct score_side *gallery,
                      const long *at, const long *gallery_at, struct err *err)
{
    struct dict names = DICT_INIT, classes = DICT_INIT;
    const long *same = at + s->n_axes, *gallery_same = gallery_at + s->n_axes;

    a->group = number_rows(&a->roster, s->axes, at, s->n_axes, &names);
    if (s->n_same) {
        a->same = number_rows(&a->roster, s->same, same, s->n_same, &classes);
        leave_out(a);
    }
    if (gallery) {
        gallery->group = number_rows(&gallery->roster, s->axes, gallery_at, s->n_axes,
                                     &names);
        if (s->n_same) {
            gallery->same = number_rows(&gallery->roster, s->same, gallery_same, s->n_same,
                                        &classes);
            leave_out(gallery);
        }
    }
    int code = sort_groups(s, &names, a, gallery, err);
    dict_release(&names);
    dict_release(&classes);
    return code;
}

static int check_twice(const char *option, char *const *axes, size_t n, struct err *err)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < i; j++)
            if (!strcmp(axes[i], axes[j]))
                return err_add(err, ERR_INPUT, "score: --%s names '%.60s' twice", option,
                               axes[i]);
    return 0;
}

int score_group(struct scores *s, struct score_side *a, struct score_side *gallery,
                const char *by, const char *same, struct err *err)
{
    int code = 0;

    if (by)
        code = score_split(&s->arena, "by", by, &s->axes, &s->n_axes, err);
    if (!code && same)
        code = score_split(&s->arena, "same", same, &s->same, &s->n_same, err);
    if (!code)
        code = check_twice("by", s->axes, s->n_axes, err);
    if (!code)
        code = check_twice("same", s->same, s->n_same, err);
    if (code)
        return code;
    if (s->n_axes > GROUP_MAX_AXES || s->n_same > GROUP_MAX_AXES)
        return err_add(err, ERR_LIMIT, "score: more than %d axes", GROUP_MAX_AXES);
    long at[2 * GROUP_MAX_AXES], gallery_at[2 * GROUP_MAX_AXES];
    code = find_axes(&a->roster, s->axes, s->n_axes, false, at, err);
    if (!code)
        code = find_axes(&a->roster, s->same, s->n_same, false, at + s->n_axes, err);
    if (!code && gallery)
        code = find_axes(&gallery->roster, s->axes, s->n_axes, true, gallery_at, err);
    if (!code && gallery)
        code = find_axes(&gallery->roster, s->same, s->n_same, false,
                         gallery_at + s->n_axes, err);
    if (code)
        return code;
    a->person = mem_array(a->roster.n, sizeof *a->person);
    if (gallery)
        gallery->person = mem_array(gallery->roster.n, sizeof *gallery->person);
    s->n_subjects = scores_people(&a->roster, gallery ? &gallery->roster : NULL, a->person,
                                  gallery ? gallery->person : NULL);
    if (s->n_subjects < 2)
        return err_add(err, ERR_INPUT, "score: all samples are of one person, expected two "
                       "or more");
    return name_sides(s, a, gallery, at, gallery_at, err);
}

uint32_t *score_group_rows(const struct scores *s, const struct roster *r, bool gallery,
                           struct err *err)
{
    struct dict names = DICT_INIT;
    long *at = mem_array(s->n_axes, sizeof *at);
    uint32_t *group = NULL;

    for (size_t g = 0; g < s->n_groups; g++)
        dict_add(&names, s->groups[g], NULL);
    if (!find_axes(r, s->axes, s->n_axes, gallery, at, err))
        group = number_rows(r, s->axes, at, s->n_axes, &names);
    for (size_t i = 0; group && i < r->n; i++)
        if (group[i] != COUNT_NONE && group[i] >= s->n_groups)
            group[i] = COUNT_NONE;
    dict_release(&names);
    free(at);
    return group;
}
