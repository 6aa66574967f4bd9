/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/scored_curves.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/score_inputs.h"
#include "model/scores_join.h"
#include "stats/curves.h"
#include "stats/searches_findings.h"

/* One set of axes at work. */
struct part {
    struct scores joined;
    uint32_t *map;             /* of a group of the scores, its group here */
    char **names;
    size_t n;
    uint32_t *group, *gallery; /* of a row */
    uint32_t *person, *gallery_person;
};

static bool tells(const struct scored *sc, const struct axes *axes, unsigned set)
{
    const struct scores *s = &sc->scores;
    unsigned all = axes->n ? ~0u >> (32 - axes->n) : 0;

    for (size_t i = 0; i < s->n_same; i++) {
        int at = axes_find(axes, s->same[i]);
        if (at < 0 || !(set & 1u << at))
            return false;
    }
    for (size_t a = 0; a < axes->n; a++) {
        bool known = false;
        for (size_t i = 0; i < s->n_axes; i++)
            known |= !strcmp(s->axes[i], axes->axes[a].name);
        if (set & 1u << a && !known)
            return false; /* the cells are of no such groups */
    }
    return set == all || !s->gallery;
}

/* Fills map and names; false if a group is none of the axes, or there are too many. */
static bool join_names(struct arena *arena, const struct scores *s, const struct axes *axes,
                       unsigned set, struct part *p)
{
    struct text name = TEXT_INIT;
    struct group g;
    bool good = true;

    p->map = arena_array(arena, s->n_groups, sizeof *p->map);
    p->names = arena_array(arena, s->n_groups, sizeof *p->names);
    for (size_t i = 0; i < s->n_groups && good; i++) {
        size_t k = 0;
        good = group_parse(&g, axes, s->groups[i], NULL) == 0;
        for (size_t a = 0; a < axes->n && good; a++)
            if (!(set & 1u << a))
                g.value[a] = GROUP_OPEN;
        text_reset(&name);
        if (good)
            group_add(&name, axes, &g);
        while (k < p->n && strcmp(p->names[k], name.s))
            k++;
        if (k == p->n)
            p->names[p->n++] = arena_strdup(arena, name.s);
        p->map[i] = (uint32_t)k;
    }
    text_release(&name);
    return good && p->n <= SCORED_CURVES_GROUPS;
}

static uint32_t *row_groups(const struct scored *sc, const struct roster *r, bool gallery,
                            const struct part *p, struct err *err)
{
    uint32_t *group = score_group_rows(&sc->scores, r, gallery, err);

    for (size_t i = 0; group && i < r->n; i++)
        if (group[i] != UINT32_MAX)
            group[i] = p->map[group[i]];
    return group;
}

static int make_part(const struct scored *sc, struct part *p,
                     const struct curves_want *want, struct findings *to, struct err *err)
{
    const struct roster *gallery = sc->scores.gallery ? &sc->gallery : NULL;
    struct cells cells;

    p->person = mem_array(sc->roster.n, sizeof *p->person);
    p->gallery_person = gallery ? mem_array(gallery->n, sizeof *p->gallery_person) : NULL;
    size_t people = scores_people(&sc->roster, gallery, p->person, p->gallery_person);
    p->group = row_groups(sc, &sc->roster, false, p, err);
    p->gallery = gallery ? row_groups(sc, gallery, true, p, err) : NULL;
    if (!p->group || (gallery && !p->gallery))
        return ERR_INPUT;
    const struct cells_side side = { p->person, p->group, &sc->roster };
    const struct cells_side other = { p->gallery_person, p->gallery, gallery };
    int code = cells_open(&cells, &p->joined, &side, gallery ? &other : NULL, people, err);
    if (!code) {
        code = curves_make(&cells, want, to, err);
        cells_release(&cells);
    }
    return code;
}

static size_t take_targets(const struct scored *sc, double *to)
{
    size_t n = 0;

    for (size_t i = 0; i < sc->n_points; i++)
        if (!isnan(sc->targets[i]))
            to[n++] = sc->targets[i];
    return n;
}

/* Where both tables have a rate they say the same of it: the design effect that few
 * errors borrow is looked for at other thresholds along a curve. */
static void settle(struct findings *curves, const struct findings *found)
{
    for (size_t i = 0; i < curves->n; i++) {
        struct finding *row = &curves->rows[i];
        long at = !*row->point ? -1 : findings_find(found, row->backend, row->metric,
                                                    row->group, row->versus, row->point,
                                                    "wilson-t");
        if (at < 0 || found->rows[at].x != row->x || found->rows[at].n != row->n)
            continue;
        const struct finding *f = &found->rows[at];
        row->lo = f->lo;
        row->hi = f->hi;
        row->n_eff = f->n_eff;
        row->df = f->df;
        row->clusters = f->clusters;
        row->confidence = f->confidence;
        row->method = findings_keep(curves, f->method);
        row->flag = f->flag;
        row->note = findings_keep(curves, f->note);
    }
}

static int add_searches(const struct scored *sc, const struct study *s,
                        struct findings *to, struct err *err)
{
    const struct compared_work work = { .compared = &sc->compared, .backend = sc->backend,
                                        .points = sc->points, .n_points = sc->n_points };

    return searches_curves(&work, s, s->spread, s->n_spread, to, err);
}

int scored_curves(const struct scored *sc, const struct study *s,
                  const struct findings *found, struct findings *to, struct err *err)
{
    double *targets = mem_array(sc->n_points, sizeof *targets);
    const size_t before = to->n;
    struct curves_want want = { .study = findings_keep(to, s->name),
                                .dataset = findings_keep(to, s->dataset),
                                .backend = findings_keep(to, sc->backend),
                                .targets = targets, .reference = -1,
                                .confidence = s->confidence, .per_decade = 8,
                                .density_bins = 80 };
    struct arena arena = ARENA_INIT;
    int code = 0;

    want.n_targets = take_targets(sc, targets);
    for (size_t i = 0; i < s->n_spread && !code; i++) {
        struct part p = { .n = 0 };
        if (!tells(sc, &s->axes, s->spread[i]) ||
            !join_names(&arena, &sc->scores, &s->axes, s->spread[i], &p) ||
            (code = scores_join(&sc->scores, p.map, p.names, p.n, &p.joined, err)))
            continue;
        want.groups_only = to->n > before;
        code = make_part(sc, &p, &want, to, err);
        scores_join_release(&p.joined);
        free(p.group);
        free(p.gallery);
        free(p.person);
        free(p.gallery_person);
    }
    settle(to, found);
    if (!code)
        code = add_searches(sc, s, to, err);
    arena_release(&arena);
    free(targets);
    return code;
}
