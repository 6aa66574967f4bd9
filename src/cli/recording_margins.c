/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What each person of a folder of comparisons had a share in, at every operating point. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/dict.h"
#include "cli/recording.h"
#include "cli/recording_panel.h"
#include "cli/scored.h"

struct margins {
    const struct recording *rec;
    const char *backend;
    struct scored sc;
    uint32_t *person[2];     /* a row of roster, of gallery */
    uint32_t *group[2];      /* its number, or HISTORY_NO_GROUP */
    struct history_margins out;
    long *given;             /* a point: which threshold of the scores it is, or -1 */
};

/* The group of every sample, as the scores call it. */
static void find_groups(struct margins *m, const struct roster *r, uint32_t *to)
{
    const struct scores *s = &m->sc.scores;
    struct dict names = DICT_INIT;
    struct text name = TEXT_INIT;

    for (size_t g = 0; g < s->n_groups; g++)
        dict_add(&names, s->groups[g], NULL);
    for (size_t i = 0; i < r->n; i++) {
        text_reset(&name);
        for (size_t a = 0; a < s->n_axes; a++) {
            long at = roster_attribute(r, s->axes[a]);
            text_add(&name, name.len ? ";" : "");
            text_add_percent(&name, s->axes[a]);
            text_addch(&name, '=');
            text_add_percent(&name, at < 0 ? "" : roster_value(r, i, (size_t)at));
        }
        to[i] = dict_find(&names, s->n_axes ? name.s : "all");
    }
    text_release(&name);
    dict_release(&names);
}

/* The points of the findings; those that only the list of exceedances tells are left out
 * where that list does not go down so far. */
static void find_points(struct margins *m)
{
    struct history_run *to = m->rec->to;
    const struct scores *s = &m->sc.scores;
    const bool distance = similarity_is_distance(s->similarity);
    size_t cap = 0, cap_thresholds = 0, cap_given = 0, n = 0, n_given = 0;
    const char **points = NULL;
    double *thresholds = NULL;

    for (size_t i = 0; i < to->findings.n; i++) {
        const struct finding *f = &to->findings.rows[i];
        long given = -1;
        bool known = strcmp(f->metric, "fmr") || strcmp(f->backend, m->backend) ||
                     *f->versus || isnan(f->threshold);
        for (size_t k = 0; k < m->out.n_points && !known; k++)
            known = !strcmp(points[k], f->point);
        for (size_t k = 0; k < s->n_thresholds && !known; k++)
            if (s->thresholds[k] == f->threshold)
                given = (long)k;
        if (known || (given < 0 && (distance ? f->threshold > s->floor
                                             : f->threshold < s->floor)))
            continue;
        MEM_ROOM(points, m->out.n_points, cap);
        MEM_ROOM(thresholds, n, cap_thresholds);
        MEM_ROOM(m->given, n_given, cap_given);
        points[m->out.n_points++] = arena_strdup(&to->arena, f->point);
        thresholds[n++] = f->threshold;
        m->given[n_given++] = given;
    }
    m->out.points = arena_array(&to->arena, n, sizeof *points);
    m->out.thresholds = arena_array(&to->arena, n, sizeof *thresholds);
    for (size_t k = 0; k < n; k++) {
        m->out.points[k] = points[k];
        m->out.thresholds[k] = thresholds[k];
    }
    free(points);
    free(thresholds);
}

static int compare_margins(const struct history_margin *a, uint32_t person, uint32_t cell)
{
    if (a->person != person)
        return a->person < person ? -1 : 1;
    return (a->cell > cell) - (a->cell < cell);
}

/* Before the people are put in the order of their keys. */
static uint64_t *find_row(struct margins *m, uint32_t person, uint32_t cell)
{
    size_t lo = 0, hi = m->out.n_rows;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        int c = compare_margins(&m->out.rows[mid], person, cell);
        if (!c)
            return (uint64_t *)m->out.rows[mid].matches;
        if (c < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return NULL;
}

/* A pair that was kept with its score is a match at some points. */
static void add_pair(struct margins *m, const struct scores_pair *p, bool mated)
{
    const struct scores *s = &m->sc.scores;
    const bool distance = similarity_is_distance(s->similarity);
    const int side = s->gallery;
    uint32_t ga = m->group[0][p->a], gb = m->group[side][p->b];
    uint32_t a = m->person[0][p->a], b = m->person[side][p->b];

    if (ga == HISTORY_NO_GROUP || gb == HISTORY_NO_GROUP)
        return;
    long cell = scores_cell(s, ga, gb, mated);
    uint64_t *one = find_row(m, a, (uint32_t)cell);
    uint64_t *other = a == b ? NULL : find_row(m, b, (uint32_t)cell);
    for (size_t k = 0; k < m->out.n_points; k++) {
        double score = (double)p->score, t = m->out.thresholds[k];
        if (m->given[k] >= 0 || !(distance ? score <= t : score >= t))
            continue;
        if (one)
            one[k]++;
        if (other)
            other[k]++;
    }
}

static void fill_rows(struct margins *m)
{
    const struct scores *s = &m->sc.scores;
    struct history_run *to = m->rec->to;
    uint64_t *matches = arena_array(&to->arena, s->n_margins * m->out.n_points,
                                    sizeof *matches);

    m->out.n_cells = s->n_cells;
    m->out.cells = arena_array(&to->arena, s->n_cells, sizeof *m->out.cells);
    for (size_t c = 0; c < s->n_cells; c++)
        m->out.cells[c] = (struct history_cell){ s->cells[c].a, s->cells[c].b,
                                                 s->cells[c].mated };
    m->out.n_rows = s->n_margins;
    m->out.rows = arena_array(&to->arena, s->n_margins, sizeof *m->out.rows);
    for (size_t i = 0; i < s->n_margins; i++) {
        uint64_t *row = &matches[i * m->out.n_points];
        m->out.rows[i] = (struct history_margin){ s->margins[i].subject, s->margins[i].cell,
                                                  s->margins[i].comparisons,
                                                  s->margins[i].lost, row };
        for (size_t k = 0; k < m->out.n_points; k++)
            if (m->given[k] >= 0)
                row[k] = s->margins[i].matches[m->given[k]];
    }
    for (size_t i = 0; i < s->n_mated; i++)
        add_pair(m, &s->mated[i], true);
    for (size_t i = 0; i < s->n_exceedances; i++)
        add_pair(m, &s->exceedances[i], false);
}

static int by_person_and_cell(const void *a, const void *b)
{
    const struct history_margin *y = b;

    return compare_margins(a, y->person, y->cell);
}

/* The people under their keys, and the rows after them. A person has the group of the
 * first image. */
static void sort_people(struct margins *m, size_t n)
{
    const struct roster *rosters[] = { &m->sc.roster, &m->sc.gallery };
    const struct scores *s = &m->sc.scores;
    struct panel_entry *entries = mem_array(n, sizeof *entries);
    bool *seen = mem_array(n, sizeof *seen);
    uint32_t *place = mem_array(n, sizeof *place);
    struct dict groups = DICT_INIT;

    for (size_t g = 0; g < s->n_groups; g++)
        dict_add(&groups, s->groups[g], NULL);
    for (int side = 0; side <= s->gallery; side++)
        for (size_t i = 0; i < rosters[side]->n; i++) {
            uint32_t who = m->person[side][i];
            if (seen[who])
                continue;
            seen[who] = true;
            /* one who is called like a sample is not the person of that sample */
            const char *name = roster_subject(rosters[side], i);
            char *own = *name ? NULL : mem_printf("\n%s", roster_sample(rosters[side], i));
            entries[who] = (struct panel_entry){ .group = m->group[side][i], .person = who,
                                                 .row = who };
            history_key(m->rec->history, own ? own : name, entries[who].key);
            free(own);
        }
    m->out.panel = panel_add(m->rec, entries, n, &groups);
    for (size_t i = 0; i < n; i++)
        place[entries[i].row] = (uint32_t)i;
    for (size_t i = 0; i < m->out.n_rows; i++)
        m->out.rows[i].person = place[m->out.rows[i].person];
    if (m->out.n_rows)
        qsort(m->out.rows, m->out.n_rows, sizeof *m->out.rows, by_person_and_cell);
    dict_release(&groups);
    free(place);
    free(seen);
    free(entries);
}

int recording_margins(const struct recording *rec, const char *backend,
                      const char *scores, struct err *err)
{
    struct margins m = { .rec = rec, .backend = backend,
                         .out = { .backend = arena_strdup(&rec->to->arena, backend) } };
    int code = scored_load(&m.sc, scores, err);
    const struct roster *rosters[] = { &m.sc.roster, &m.sc.gallery };

    if (!code) {
        for (int side = 0; side < 2; side++) {
            m.person[side] = mem_array(rosters[side]->n, sizeof **m.person);
            m.group[side] = mem_array(rosters[side]->n, sizeof **m.group);
            find_groups(&m, rosters[side], m.group[side]);
        }
        size_t n = scores_people(rosters[0], m.sc.scores.gallery ? rosters[1] : NULL,
                                 m.person[0], m.person[1]);
        find_points(&m);
        fill_rows(&m);
        sort_people(&m, n);
        MEM_ROOM(rec->to->margins, rec->to->n_margins, rec->to->cap_margins);
        rec->to->margins[rec->to->n_margins++] = m.out;
        if (!rec->to->n_groups)
            code = recording_count_groups(rec, rosters[0], err);
    }
    for (int side = 0; side < 2; side++) {
        free(m.person[side]);
        free(m.group[side]);
    }
    free(m.given);
    scored_release(&m.sc);
    return code;
}
