/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The list of trials, held against the people of the roster. */
#include <stdlib.h>
#include <string.h>

#include "cli/score_inputs.h"

/* People as sets of rows that grow together; a set's first row stands for it. */
struct unions {
    uint32_t *up;              /* of a row, one nearer to the first; itself: the first */
    const char **name;         /* of a first row: the person's, NULL where not said */
};

static uint32_t first(struct unions *u, uint32_t row)
{
    while (u->up[row] != row)
        row = u->up[row] = u->up[u->up[row]];
    return row;
}

static bool is_named(const struct roster *r, size_t row)
{
    return r->has_subjects && *roster_subject(r, row);
}

static int complain(const struct trials *t, size_t i, const struct roster *r,
                    const char *what, struct err *err)
{
    return err_add(err, ERR_INPUT, "%s:%u: %.60s and %.60s %s",
                   column_value(&t->file, i), t->line[i], roster_sample(r, t->probe[i]),
                   roster_sample(r, t->reference[i]), what);
}

static int unite(struct unions *u, const struct trials *t, size_t i, const struct roster *r,
                 struct err *err)
{
    uint32_t x = first(u, t->probe[i]), y = first(u, t->reference[i]);

    if (x == y)
        return 0;
    if (u->name[x] && u->name[y] && strcmp(u->name[x], u->name[y]))
        return complain(t, i, r, "are mated in the list and two people in the roster", err);
    if (x > y) {
        uint32_t z = x;
        x = y;
        y = z;
    }
    u->up[y] = x;
    if (!u->name[x])
        u->name[x] = u->name[y];
    return 0;
}

static int check(struct unions *u, const struct trials *t, const struct roster *r,
                 struct err *err)
{
    int code = 0;

    for (size_t i = 0; i < t->n; i++)
        if (t->probe[i] == t->reference[i])
            code = complain(t, i, r, "are one sample, expected two", err);
    for (size_t i = 0; i < t->n; i++)
        if (t->mated[i])
            (void)(unite(u, t, i, r, err) && (code = ERR_INPUT));
    for (size_t i = 0; i < t->n && !code; i++) {
        uint32_t x = first(u, t->probe[i]), y = first(u, t->reference[i]);
        bool one = x == y || (u->name[x] && u->name[y] && !strcmp(u->name[x], u->name[y]));
        if (!t->mated[i] && one)
            code = complain(t, i, r, "are not mated in the list, but one person by it or by "
                            "the roster", err);
    }
    return code;
}

/* A name for those who have none, that nobody else has: that of their first sample. */
static char *invent(const struct roster *r, size_t row)
{
    struct text t = TEXT_INIT;

    text_add(&t, roster_sample(r, row));
    while (r->has_subjects && dict_find(&r->subject.values, t.s) != DICT_NONE)
        text_addch(&t, '*');
    return text_detach(&t);
}

/* The roster learns whom the list has made one. */
static void name_people(struct unions *u, struct roster *r)
{
    size_t *members = mem_array(r->n, sizeof *members);
    char **names = mem_array(r->n, sizeof *names);
    bool any = false;

    for (size_t i = 0; i < r->n; i++)
        members[first(u, (uint32_t)i)]++;
    for (size_t i = 0; i < r->n; i++) {
        uint32_t f = first(u, (uint32_t)i);
        any = any || f != i;
        names[i] = u->name[f]                           ? mem_strdup(u->name[f])
                   : members[f] > 1 || !r->has_subjects ? invent(r, f)
                                                        : mem_strdup("");
    }
    for (size_t i = 0; i < r->n; i++) {
        if (any)
            roster_set_subject(r, i, names[i]);
        free(names[i]);
    }
    free(names);
    free(members);
}

int score_trials_read(struct trials *t, struct roster *r, const char *path, struct err *err)
{
    struct unions u = { NULL, NULL };
    int code = trials_read(t, r, path, err);

    if (!code && !t->n)
        code = err_add(err, ERR_INPUT, "%s: has no trials", path);
    if (code)
        return code;
    u.up = mem_array(r->n, sizeof *u.up);
    u.name = mem_array(r->n, sizeof *u.name);
    for (size_t i = 0; i < r->n; i++) {
        u.up[i] = (uint32_t)i;
        u.name[i] = is_named(r, i) ? roster_subject(r, i) : NULL;
    }
    code = check(&u, t, r, err);
    if (!code)
        name_people(&u, r);
    free(u.up);
    free(u.name);
    return code;
}
