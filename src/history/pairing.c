/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "history/pairing.h"

#include <stdlib.h>
#include <string.h>

bool pairing_within(const char *inner, const char *outer)
{
    if (!strcmp(outer, "all"))
        return true;
    for (const char *part = outer; *part;) {
        size_t n = strcspn(part, ";");
        const char *at = inner;
        while (*at) {
            size_t m = strcspn(at, ";");
            if (m == n && !memcmp(at, part, n))
                break;
            at += m + (at[m] == ';');
        }
        if (!*at)
            return false;
        part += n + (part[n] == ';');
    }
    return true;
}

static void same_people(struct pairing *p)
{
    size_t n = p->panel[0]->n;

    for (int side = 0; side < 2; side++) {
        memcpy(p->person[side], p->panel[side]->person, n * sizeof **p->person);
        for (size_t i = 0; i < n; i++)
            if (p->person[side][i] >= p->persons)
                p->persons = (size_t)p->person[side][i] + 1;
    }
    for (size_t i = 0; i < n; i++)
        p->other[i] = (uint32_t)i;
}

/* Panels are sorted by key: one walk finds what they share. */
static void match_rows(struct pairing *p)
{
    const struct history_panel *a = p->panel[0], *b = p->panel[1];

    for (size_t i = 0; i < a->n; i++)
        p->other[i] = PAIRING_NONE;
    for (size_t i = 0, k = 0; i < a->n && k < b->n;) {
        int order = memcmp(a->keys + i * HISTORY_KEY, b->keys + k * HISTORY_KEY, HISTORY_KEY);
        if (order == 0)
            p->other[i++] = (uint32_t)k++;
        else if (order < 0)
            i++;
        else
            k++;
    }
}

static size_t people_of(const struct history_panel *p)
{
    size_t n = 0;

    for (size_t i = 0; i < p->n; i++)
        if (p->person[i] >= n)
            n = (size_t)p->person[i] + 1;
    return n;
}

static void number_people(struct pairing *p)
{
    const struct history_panel *a = p->panel[0], *b = p->panel[1];
    size_t n = people_of(b);
    uint32_t *as = mem_array(n, sizeof *as); /* a person after: the number of both */

    p->persons = people_of(a);
    for (size_t i = 0; i < n; i++)
        as[i] = PAIRING_NONE;
    for (size_t i = 0; i < a->n; i++) {
        p->person[0][i] = a->person[i];
        if (p->other[i] != PAIRING_NONE)
            as[b->person[p->other[i]]] = a->person[i];
    }
    for (size_t k = 0; k < b->n; k++) {
        uint32_t *number = &as[b->person[k]];
        if (*number == PAIRING_NONE)
            *number = (uint32_t)p->persons++;
        p->person[1][k] = *number;
    }
    free(as);
}

bool pairing_init(struct pairing *p, const struct history_run *before, const char *backend,
                  const struct history_run *after, const char *backend_after)
{
    const struct history_run *runs[2] = { before, after };
    const char *names[2] = { backend, backend_after };
    int outcomes = 0, margins = 0;

    *p = (struct pairing){ .kind = PAIRING_OUTCOMES };
    for (int side = 0; side < 2; side++) {
        const struct history_outcomes *o = history_outcomes(runs[side], names[side]);
        p->margins[side] = history_margins(runs[side], names[side]);
        outcomes += o != NULL;
        margins += p->margins[side] != NULL;
        if (o) {
            p->outcomes[side] = o->outcomes;
            p->panel[side] = &runs[side]->panels[o->panel];
        } else if (p->margins[side]) {
            p->panel[side] = &runs[side]->panels[p->margins[side]->panel];
        }
    }
    if (outcomes != 2 && margins != 2)
        return false;
    if (strcmp(p->panel[0]->secret, p->panel[1]->secret))
        return false;
    p->kind = outcomes == 2 ? PAIRING_OUTCOMES : PAIRING_MARGINS;
    for (int side = 0; side < 2; side++)
        p->person[side] = mem_array(p->panel[side]->n, sizeof **p->person);
    p->other = mem_array(p->panel[0]->n, sizeof *p->other);
    if (!strcmp(p->panel[0]->hash, p->panel[1]->hash)) {
        same_people(p);
        return true;
    }
    match_rows(p);
    number_people(p);
    return true;
}

void pairing_release(struct pairing *p)
{
    free(p->person[0]);
    free(p->person[1]);
    free(p->other);
    *p = (struct pairing){ .kind = PAIRING_OUTCOMES };
}

enum part { NO_TRIAL, TRIAL, HIT };

static enum part part_of(char outcome, const char *metric)
{
    if (outcome == OUTCOME_NONE)
        return NO_TRIAL;
    if (!strcmp(metric, "error"))
        return outcome == OUTCOME_MISSED ? NO_TRIAL : outcome == OUTCOME_WRONG ? HIT : TRIAL;
    if (!strcmp(metric, "fta"))
        return outcome == OUTCOME_MISSED ? HIT : TRIAL;
    return outcome == OUTCOME_RIGHT ? TRIAL : HIT; /* error_with_misses */
}

static bool is_of_outcomes(const char *metric)
{
    return !strcmp(metric, "error") || !strcmp(metric, "error_with_misses") ||
           !strcmp(metric, "fta");
}

/* Which finest groups of a panel lie in the group; one more for those in none, who are
 * in no group at all. */
static bool *groups_in(const struct history_panel *p, const char *group)
{
    bool *in = mem_array(p->n_groups + 1, sizeof *in);

    for (size_t g = 0; g < p->n_groups; g++)
        in[g] = pairing_within(p->groups[g], group);
    return in;
}

static bool is_in(const struct history_panel *p, const bool *in, size_t row)
{
    return p->group[row] != HISTORY_NO_GROUP && in[p->group[row]];
}

static void outcomes_people(const struct pairing *p, enum pairing_side side,
                            const char *metric, const bool *in, double *m, double *x)
{
    const struct history_panel *panel = p->panel[side];

    for (size_t i = 0; i < panel->n; i++) {
        enum part part = part_of(p->outcomes[side][i], metric);
        if (part == NO_TRIAL || !is_in(panel, in, i))
            continue;
        m[p->person[side][i]]++;
        x[p->person[side][i]] += part == HIT;
    }
}

static bool margins_people(const struct pairing *p, enum pairing_side side,
                           const char *point, const bool *in, double *m, double *x)
{
    const struct history_margins *of = p->margins[side];
    size_t at = 0;

    while (at < of->n_points && strcmp(of->points[at], point))
        at++;
    if (at == of->n_points)
        return false;
    for (size_t i = 0; i < of->n_rows; i++) {
        const struct history_margin *row = &of->rows[i];
        const struct history_cell *cell = &of->cells[row->cell];
        uint32_t person = p->person[side][row->person];
        if (!cell->mated || !in[cell->a] || !in[cell->b])
            continue;
        m[person] += (double)row->comparisons;
        x[person] += (double)(row->comparisons - row->matches[at]);
    }
    return true;
}

bool pairing_people(const struct pairing *p, enum pairing_side side, const char *metric,
                    const char *point, const char *group, struct arena *arena,
                    struct tally_people *out)
{
    double *m, *x, *trials, *hits;
    uint32_t *subject;
    size_t n = 0;
    bool told = true;

    if (p->kind == PAIRING_OUTCOMES ? *point || !is_of_outcomes(metric)
                                    : strcmp(metric, "fnmr") != 0)
        return false;
    m = mem_array(p->persons, sizeof *m);
    x = mem_array(p->persons, sizeof *x);
    bool *in = groups_in(p->panel[side], group);
    if (p->kind == PAIRING_OUTCOMES)
        outcomes_people(p, side, metric, in, m, x);
    else
        told = margins_people(p, side, point, in, m, x);
    free(in);
    for (size_t i = 0; i < p->persons; i++)
        n += m[i] > 0;
    subject = arena_array(arena, n, sizeof *subject);
    trials = arena_array(arena, n, sizeof *trials);
    hits = arena_array(arena, n, sizeof *hits);
    *out = (struct tally_people){ n, subject, trials, hits };
    n = 0;
    for (size_t i = 0; i < p->persons; i++)
        if (m[i] > 0) {
            subject[n] = (uint32_t)i;
            trials[n] = m[i];
            hits[n++] = x[i];
        }
    free(m);
    free(x);
    return told;
}

bool pairing_table(const struct pairing *p, const char *metric, const char *group,
                   struct pairing_table *out)
{
    size_t rows[2] = { 0, 0 };
    bool whole = p->kind == PAIRING_OUTCOMES && is_of_outcomes(metric);

    *out = (struct pairing_table){ 0, 0, 0, 0 };
    if (!whole)
        return false;
    bool *in[2] = { groups_in(p->panel[0], group), groups_in(p->panel[1], group) };
    bool *met = mem_array(p->persons, sizeof *met);
    for (size_t k = 0; k < p->panel[1]->n; k++)
        rows[1] += is_in(p->panel[1], in[1], k) &&
                   part_of(p->outcomes[1][k], metric) != NO_TRIAL;
    for (size_t i = 0; i < p->panel[0]->n && whole; i++) {
        enum part one = part_of(p->outcomes[0][i], metric), two;
        uint32_t k = p->other[i];
        if (one == NO_TRIAL || !is_in(p->panel[0], in[0], i))
            continue;
        whole = k != PAIRING_NONE && is_in(p->panel[1], in[1], k) &&
                (two = part_of(p->outcomes[1][k], metric)) != NO_TRIAL &&
                !met[p->person[0][i]];
        if (!whole)
            break;
        met[p->person[0][i]] = true;
        rows[0]++;
        out->both += one == HIT && two == HIT;
        out->only_before += one == HIT && two != HIT;
        out->only_after += one != HIT && two == HIT;
        out->neither += one != HIT && two != HIT;
    }
    free(met);
    free(in[0]);
    free(in[1]);
    return whole && rows[0] == rows[1] && rows[0];
}

static bool was_shown(const struct pairing *p, int side, size_t row)
{
    return p->kind == PAIRING_MARGINS || p->outcomes[side][row] != OUTCOME_NONE;
}

void pairing_overlap(const struct pairing *p, const char *group, struct pairing_overlap *out)
{
    bool *in[2] = { groups_in(p->panel[0], group), groups_in(p->panel[1], group) };

    *out = (struct pairing_overlap){ 0, 0, 0, 0 };
    for (size_t k = 0; k < p->panel[1]->n; k++)
        out->after += was_shown(p, 1, k) && is_in(p->panel[1], in[1], k);
    for (size_t i = 0; i < p->panel[0]->n; i++) {
        uint32_t k = p->other[i];
        bool before = was_shown(p, 0, i) && is_in(p->panel[0], in[0], i);
        bool after = k != PAIRING_NONE && was_shown(p, 1, k) && is_in(p->panel[1], in[1], k);
        bool shown = k != PAIRING_NONE && was_shown(p, 0, i) && was_shown(p, 1, k);
        out->before += before;
        out->both += before && after;
        out->moved += shown && before != after;
    }
    free(in[0]);
    free(in[1]);
}
