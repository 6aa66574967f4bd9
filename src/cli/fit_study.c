/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/fit_study.h"

#include <stdlib.h>
#include <string.h>

#include "model/metric.h"
#include "report/lookup.h"

/* The attribute that serves for an axis: one of its name, else the first of `from`,
 * which is then called as the axis is. */
static long find_attribute(struct roster *r, const struct study *s, size_t axis)
{
    const char *name = s->axes.axes[axis].name;
    long at = roster_attribute(r, name);

    for (size_t i = 0; at < 0 && i < s->more[axis].n_from; i++)
        if ((at = roster_attribute(r, s->more[axis].from[i])) >= 0)
            roster_rename_attribute(r, (size_t)at, name);
    return at;
}

/* By their numbers, where they begin with some: 3-9 before 20-29. */
static int by_order(const void *a, const void *b)
{
    const char *const *x = a, *const *y = b;

    return strverscmp(*x, *y);
}

/* The values of a roster that the axis does not have yet. */
static void add_values(struct axis *axis, size_t room, const struct roster *r, long at)
{
    for (size_t i = 0; at >= 0 && i < r->n; i++) {
        const char *v = roster_value(r, i, (size_t)at);
        if (*v && axis->n < room && axis_find(axis, v) < 0)
            axis->values[axis->n++] = v;
    }
}

static int open_axis(struct study *s, size_t a, const struct roster *r, long at,
                     const struct roster *gallery, long gallery_at, struct err *err)
{
    const size_t room = STUDY_MAX_GROUPS + 1;
    struct axis *axis = &s->axes.axes[a];
    const char **values = arena_array(&s->arena, room, sizeof *values);
    size_t said = axis->n;

    if (said)
        memcpy(values, axis->values, said * sizeof *values);
    axis->values = values;
    add_values(axis, room, r, at);
    if (gallery)
        add_values(axis, room, gallery, gallery_at);
    if (axis->n == room)
        return err_add(err, ERR_INPUT, "%s: axes: '%s' has more than %d values in the data "
                       "set, expected fewer", s->path, axis->name, STUDY_MAX_GROUPS);
    for (size_t v = said; v < axis->n; v++)
        values[v] = arena_strdup(&s->arena, values[v]);
    qsort(values + said, axis->n - said, sizeof *values, by_order);
    return 0;
}

int fit_axes(struct study *s, struct roster *r, struct roster *gallery, struct err *err)
{
    int code = 0;

    for (size_t a = 0; s->more && a < s->axes.n && !code; a++) {
        long at = find_attribute(r, s, a);
        long gallery_at = gallery ? find_attribute(gallery, s, a) : -1;
        if (s->more[a].open)
            code = open_axis(s, a, r, at, gallery, gallery_at, err);
    }
    return code;
}

unsigned fit_usable(const struct study *s, const struct roster *r)
{
    unsigned usable = 0;

    for (size_t a = 0; a < s->axes.n; a++) {
        const struct axis *axis = &s->axes.axes[a];
        long at = roster_attribute(r, axis->name);
        for (size_t row = 0; at >= 0 && row < r->n && !(usable & 1u << a); row++)
            if (axis_find(axis, roster_value(r, row, (size_t)at)) >= 0)
                usable |= 1u << a;
    }
    return usable;
}

double fit_groups(const struct study *s, unsigned set)
{
    double n = 1;

    for (size_t a = 0; a < s->axes.n; a++)
        n *= set & 1u << a ? (double)s->axes.axes[a].n : 1;
    return n;
}

size_t fit_sets(const struct study *s, unsigned *to, size_t n, const unsigned *sets,
                size_t n_sets, unsigned usable)
{
    for (size_t i = 0; i < n_sets; i++) {
        size_t k = 0;
        while (k < n && to[k] != sets[i])
            k++;
        if (k == n && !(sets[i] & ~usable) && fit_groups(s, sets[i]) <= STUDY_MAX_GROUPS)
            to[n++] = sets[i];
    }
    return n;
}

unsigned fit_axes_of(const struct study *s, const char *group)
{
    struct group g;

    return group && group_parse(&g, &s->axes, group, NULL) == 0
               ? group_axes(&g, s->axes.n) : 0;
}

void fit_cannot_test(struct claim_spec *c, const char *why)
{
    c->type = CLAIM_NOT_TESTABLE;
    c->why = why;
    c->before = c->after = NULL;
    c->against = NULL;
    c->n_against = 0;
    c->among = 0;
    c->point = "";
    c->n_backends = 0;
}

void fit_claims(struct study *s, unsigned usable, bool points)
{
    for (size_t i = 0; i < s->n_claims; i++) {
        struct claim_spec *c = &s->claims[i];
        unsigned axes = c->among | fit_axes_of(s, c->group) | fit_axes_of(s, c->versus);
        if (c->plain)
            c->says = c->plain;
        if (c->type == CLAIM_PRINTED)
            fit_cannot_test(c, "It is about figures that the original printed of its own "
                        "classifiers; other answers neither bear it out nor refute it.");
        else if (c->type == CLAIM_NOT_TESTABLE && (points || c->published))
            fit_cannot_test(c, c->why);
        else if (c->type == CLAIM_NOT_TESTABLE)
            fit_cannot_test(c, "The study states no test of it.");
        else if (c->n_against || c->before || (*c->point && !points && !study_dose_at(s, c->point)))
            fit_cannot_test(c, "It compares backends or operating points of the original, which "
                        "these predictions have none of.");
        else if (axes & ~usable)
            fit_cannot_test(c, "The data set does not say who belongs to its groups.");
    }
}

void fit_contrasts(struct study *s, unsigned usable, bool points)
{
    size_t n = 0;

    for (size_t i = 0; i < s->n_contrasts; i++) {
        const struct study_contrast *c = &s->contrasts[i];
        if ((!c->point || points) && !((fit_axes_of(s, c->group) | fit_axes_of(s, c->versus)) & ~usable))
            s->contrasts[n++] = *c;
    }
    s->n_contrasts = n;
}

bool fit_is_counted(const struct study *s, const struct tally *t, const char *metric,
                       const char *group)
{
    struct group g;

    if (!group)
        return true;
    if (group_parse(&g, &s->axes, group, NULL) < 0)
        return false;
    for (size_t i = 0; i < t->n; i++)
        if (!strcmp(t->counts[i].metric, metric) &&
            group_equal(&t->counts[i].group, &g, s->axes.n))
            return true;
    return false;
}

/* The bits of a set that stay, moved to where their axes are then. */
static unsigned remap(unsigned set, unsigned keep)
{
    unsigned to = 0, at = 0;

    for (unsigned a = 0; a < GROUP_MAX_AXES; a++)
        if (keep & 1u << a) {
            to |= set & 1u << a ? 1u << at : 0;
            at++;
        }
    return to;
}

static void remap_sets(unsigned *sets, size_t n, unsigned keep)
{
    for (size_t i = 0; i < n; i++)
        sets[i] = remap(sets[i], keep);
}

/* Names of groups on axes that go, of claims that cannot be tested and of labels. */
static void drop_names(struct study *s, unsigned keep)
{
    size_t n = 0;

    for (size_t i = 0; i < s->n_claims; i++) {
        struct claim_spec *c = &s->claims[i];
        if ((fit_axes_of(s, c->group) | fit_axes_of(s, c->versus)) & ~keep)
            c->group = c->versus = NULL;
    }
    for (size_t i = 0; i < s->n_labels; i++)
        if (!(fit_axes_of(s, s->labels[i].group) & ~keep))
            s->labels[n++] = s->labels[i];
    s->n_labels = n;
}

void fit_drop_axes(struct study *s, unsigned keep)
{
    size_t n = 0, charts = 0;

    s->n_by = fit_sets(s, s->by, 0, s->by, s->n_by, keep);
    s->n_shares = fit_sets(s, s->shares, 0, s->shares, s->n_shares, keep);
    s->n_spread = fit_sets(s, s->spread, 0, s->spread, s->n_spread, keep);
    for (size_t i = 0; i < s->n_charts; i++)
        if (!((s->charts[i].by | fit_axes_of(s, s->charts[i].group) |
               fit_axes_of(s, s->charts[i].versus)) & ~keep))
            s->charts[charts++] = s->charts[i];
    s->n_charts = charts;
    remap_sets(s->by, s->n_by, keep);
    remap_sets(s->shares, s->n_shares, keep);
    remap_sets(s->spread, s->n_spread, keep);
    for (size_t i = 0; i < s->n_charts; i++)
        s->charts[i].by = remap(s->charts[i].by, keep);
    for (size_t i = 0; i < s->n_claims; i++)
        s->claims[i].among = remap(s->claims[i].among, keep);
    drop_names(s, keep);
    s->compare.by = remap(s->compare.by, keep);
    s->compare.alike = remap(s->compare.alike, keep);
    for (size_t a = 0; a < s->axes.n; a++)
        if (keep & 1u << a) {
            s->axes.axes[n] = s->axes.axes[a];
            if (s->more)
                s->more[n] = s->more[a];
            n++;
        }
    s->axes.n = n;
}

/* The rate of a group in every backend that has it, as placeholders; "" where a name
 * would break them. */
static void add_numbers(const struct study *s, const struct tally *t,
                        const struct claim_spec *c, const char *group, struct text *to)
{
    const char *backends[TALLY_MAX_SERIES];
    size_t n = tally_backends(t, backends, TALLY_MAX_SERIES), start = to->len;
    struct text scratch = TEXT_INIT;
    struct group g;

    if (!group || group_parse(&g, &s->axes, group, NULL) < 0)
        return;
    for (size_t i = 0; i < n; i++) {
        if (!tally_find(t, backends[i], c->metric, c->point, &g))
            continue;
        if (strpbrk(backends[i], "{|}") || i > 8) {
            to->s[to->len = start] = '\0';
            break;
        }
        if (to->len == start) {
            text_addf(to, " %s", metric_find(c->metric)->title);
            if (*c->point)
                text_addch(to, ' ');
            lookup_point_words(to, c->point);
            text_addf(to, " of %s:", study_label(s, group, &scratch));
        }
        text_addf(to, "%s %s {%s%s%s|%s|%s|ci}", to->s[to->len - 1] == ':' ? "" : ",",
                  backends[i], c->metric, *c->point ? "@" : "", c->point, backends[i],
                  group);
    }
    if (to->len > start)
        text_addch(to, '.');
    text_release(&scratch);
}

void fit_answer(struct study *s, const struct tally *t)
{
    struct text numbers = TEXT_INIT;
    const struct claim_spec *c = NULL;

    for (size_t i = 0; s->answer.claim && i < s->n_claims; i++)
        if (!strcmp(s->claims[i].id, s->answer.claim))
            c = &s->claims[i];
    if (!c || s->n_doses) /* which dose breaks whom is answered from the findings */
        return;
    add_numbers(s, t, c, c->group, &numbers);
    if (c->type != CLAIM_WORST && c->type != CLAIM_BEST)
        add_numbers(s, t, c, c->versus, &numbers);
    s->answer.yes = arena_printf(&s->arena, "Yes, these answers show it. %s%s", c->says,
                                 numbers.s);
    s->answer.no = arena_printf(&s->arena, "No, these answers show otherwise than the "
                                "claim: %s%s", c->says, numbers.s);
    s->answer.open = arena_printf(&s->arena, "These answers do not settle the claim: "
                                  "%s%s", c->says, numbers.s);
    text_release(&numbers);
}

void fit_say_drawn(struct study *s, const struct roster *r)
{
    bool drawn = false;

    for (size_t a = 0; a < r->n_attributes; a++)
        drawn |= r->attributes[a].provenance == PROVENANCE_DRAWN;
    if (!drawn)
        return;
    s->title = arena_printf(&s->arena, "Drawn faces of nobody: %s", s->title);
    STUDY_ROOM(s, s->conclusions, s->n_conclusions, 1);
    s->conclusions[s->n_conclusions++] =
        "The faces of this run are drawn: they are nobody's. What comes out says how a "
        "matcher behaves on drawings, and nothing about people.";
}
