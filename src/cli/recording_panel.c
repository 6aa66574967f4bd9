/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who was in a run, and what became of each: under keys in place of names. */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "cli/folder.h"
#include "cli/own_study.h"
#include "cli/recording_panel.h"
#include "core/classify.h"

static int by_key(const void *a, const void *b)
{
    return memcmp(a, b, HISTORY_KEY);
}

size_t panel_add(const struct recording *rec, struct panel_entry *entries, size_t n,
                 const struct dict *groups)
{
    struct history_run *to = rec->to;
    struct history_panel p = { .n = n, .n_groups = groups->n };
    unsigned char *keys = arena_array(&to->arena, n, HISTORY_KEY);
    uint32_t *group = arena_array(&to->arena, n, sizeof *group);
    uint32_t *person = arena_array(&to->arena, n, sizeof *person);
    uint32_t *renamed = mem_array(n, sizeof *renamed), known = 0;

    if (n)
        qsort(entries, n, sizeof *entries, by_key);
    for (size_t i = 0; i < n; i++) { /* people in the order in which they now come */
        uint32_t *name = &renamed[entries[i].person];
        if (!*name)
            *name = ++known;
        memcpy(keys + i * HISTORY_KEY, entries[i].key, HISTORY_KEY);
        group[i] = entries[i].group;
        person[i] = *name - 1;
    }
    free(renamed);
    p.groups = arena_array(&to->arena, groups->n, sizeof *p.groups);
    for (uint32_t g = 0; g < groups->n; g++)
        p.groups[g] = arena_strdup(&to->arena, dict_at(groups, g));
    p.keys = keys;
    p.group = group;
    p.person = person;
    memcpy(p.secret, history_secret(rec->history), sizeof p.secret);
    history_panel_hash(&p, p.hash);
    for (size_t i = 0; i < to->n_panels; i++)
        if (!strcmp(to->panels[i].hash, p.hash))
            return i;
    MEM_ROOM(to->panels, to->n_panels, to->cap_panels);
    to->panels[to->n_panels] = p;
    return to->n_panels++;
}

/* The sets of axes that the study counts by and the roster knows. */
static size_t sets_of(const struct study *s, const struct roster *r, unsigned *sets)
{
    size_t n = own_study_sets(s, sets), kept = 0;

    for (size_t i = 0; i < n; i++) {
        bool known = true;
        for (size_t a = 0; a < s->axes.n; a++)
            if (sets[i] & 1u << a && roster_attribute(r, s->axes.axes[a].name) < 0)
                known = false;
        if (known)
            sets[kept++] = sets[i];
    }
    return kept;
}

static uint32_t person_of(const struct roster *r, size_t row)
{
    uint32_t code = column_code(&r->subject, row);

    return code ? code : (uint32_t)(r->subject.values.n + row);
}

/* The group of a sample, by the axes of a set; false where it has none. */
static bool group_of(const struct recording *rec, const struct roster *r, size_t row,
                     unsigned set, struct group *g)
{
    const struct axes *axes = &rec->study->axes;

    *g = group_all();
    for (size_t a = 0; a < axes->n; a++) {
        if (!(set & 1u << a))
            continue;
        long at = roster_attribute(r, axes->axes[a].name);
        const char *value = at < 0 ? "" : roster_value(r, row, (size_t)at);
        g->value[a] = *value ? axis_find(&axes->axes[a], value) : -1;
        if (g->value[a] < 0)
            return false;
    }
    return true;
}

static int by_number(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

static int64_t count_distinct(uint32_t *v, size_t n)
{
    int64_t distinct = 0;

    if (n)
        qsort(v, n, sizeof *v, by_number);
    for (size_t i = 0; i < n; i++)
        distinct += !i || v[i] != v[i - 1];
    return distinct;
}

/* One roll call a group of the set that somebody is in. */
static void count_set(const struct recording *rec, const struct roster *r, unsigned set,
                      uint32_t *scratch)
{
    struct dict names = DICT_INIT;
    struct text name = TEXT_INIT;
    uint32_t *number = mem_array(r->n, sizeof *number);

    for (size_t i = 0; i < r->n; i++) {
        struct group g;
        text_reset(&name);
        if (group_of(rec, r, i, set, &g))
            group_add(&name, &rec->study->axes, &g);
        number[i] = name.len ? dict_add(&names, name.s, NULL) : DICT_NONE;
    }
    for (uint32_t k = 0; k < names.n; k++) {
        struct history_group roll = { .samples = 0 };
        size_t n = 0;
        for (size_t i = 0; i < r->n; i++)
            if (number[i] == k) {
                roll.failed += roster_status(r, i) != STATUS_OK;
                scratch[n++] = person_of(r, i);
            }
        roll.name = arena_strdup(&rec->to->arena, dict_at(&names, k));
        roll.samples = (int64_t)n;
        roll.people = count_distinct(scratch, n);
        MEM_ROOM(rec->to->groups, rec->to->n_groups, rec->to->cap_groups);
        rec->to->groups[rec->to->n_groups++] = roll;
    }
    free(number);
    text_release(&name);
    dict_release(&names);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct history_group *)a)->name,
                  ((const struct history_group *)b)->name);
}

int recording_count_groups(const struct recording *rec, const struct roster *r,
                           struct err *err)
{
    unsigned *sets = mem_array(OWN_MAX_SETS, sizeof *sets);
    uint32_t *scratch = mem_array(r->n, sizeof *scratch);
    size_t n = sets_of(rec->study, r, sets);

    (void)err;
    for (size_t i = 0; i < n; i++)
        count_set(rec, r, sets[i], scratch);
    if (rec->to->n_groups)
        qsort(rec->to->groups, rec->to->n_groups, sizeof *rec->to->groups, by_name);
    free(scratch);
    free(sets);
    return 0;
}

/* Everyone's finest group under a key, in the order of the roster. */
static struct panel_entry *make_entries(const struct recording *rec, const struct classify *c,
                                  unsigned finest, struct dict *groups)
{
    const struct roster *r = c->roster;
    struct panel_entry *entries = mem_array(r->n, sizeof *entries);
    struct text name = TEXT_INIT;
    struct dict people = DICT_INIT;

    for (size_t i = 0; i < r->n; i++) {
        struct panel_entry *e = &entries[i];
        struct group g;
        history_key(rec->history, roster_sample(r, i), e->key);
        e->row = (uint32_t)i;
        e->group = HISTORY_NO_GROUP;
        const char *who = roster_subject(r, i);
        e->person = dict_add(&people, *who ? who : roster_sample(r, i), NULL);
        if (!c->counted[i] || !group_of(rec, r, i, finest, &g))
            continue;
        text_reset(&name);
        group_add(&name, &rec->study->axes, &g);
        e->group = dict_add(groups, name.s, NULL);
    }
    text_release(&name);
    dict_release(&people);
    return entries;
}

static enum history_outcome outcome_of(const struct classify *c, const struct output *out)
{
    switch (classify_part(c, out, "error", "")) {
    case PART_HIT:
        return OUTCOME_WRONG;
    case PART_TRIAL:
        return OUTCOME_RIGHT;
    default:
        return classify_part(c, out, "error_with_misses", "") == PART_HIT ? OUTCOME_MISSED
                                                                          : OUTCOME_NONE;
    }
}

static int outcomes_of(const struct recording *rec, const struct classify *c,
                       const char *backend, const uint32_t *place, size_t panel,
                       struct err *err)
{
    char *name = folder_backend(backend, "outputs.csv"), *path = path_join(rec->dir, name);
    struct history_run *to = rec->to;
    struct outputs o;
    int code = 0;

    outputs_init(&o, backend);
    if (folder_records(rec->run, name) && !(code = outputs_read(&o, c->roster, path, err))) {
        char *all = arena_alloc(&to->arena, c->roster->n + 1);
        memset(all, OUTCOME_NONE, c->roster->n);
        for (size_t i = 0; i < o.n; i++)
            if (o.rows[i].face == 0 && c->counted[o.rows[i].row])
                all[place[o.rows[i].row]] = (char)outcome_of(c, &o.rows[i]);
        MEM_ROOM(to->outcomes, to->n_outcomes, to->cap_outcomes);
        to->outcomes[to->n_outcomes++] = (struct history_outcomes){
            arena_strdup(&to->arena, backend), panel, all };
    }
    outputs_release(&o);
    free(path);
    free(name);
    return code;
}

int recording_outcomes(const struct recording *rec, const struct roster *r,
                       struct err *err)
{
    const struct study *s = rec->study;
    long target = s->own.target ? roster_attribute(r, s->own.target) : -1;
    unsigned *sets = mem_array(OWN_MAX_SETS, sizeof *sets), finest = 0;
    size_t n_sets = sets_of(s, r, sets);
    struct dict groups = DICT_INIT;
    struct classify c;
    int code = 0;

    if (target < 0) {
        free(sets);
        return 0;
    }
    for (size_t i = 0; i < n_sets; i++)
        finest |= sets[i];
    classify_init(&c, r, &s->axes, sets, n_sets, (size_t)target, NULL);
    struct panel_entry *entries = make_entries(rec, &c, finest, &groups);
    size_t panel = panel_add(rec, entries, r->n, &groups);
    uint32_t *place = mem_array(r->n, sizeof *place);
    for (size_t i = 0; i < r->n; i++)
        place[entries[i].row] = (uint32_t)i;
    for (size_t i = 0; i < s->n_backends && !code; i++)
        code = outcomes_of(rec, &c, s->backends[i].text, place, panel, err);
    free(place);
    free(entries);
    dict_release(&groups);
    classify_release(&c);
    free(sets);
    return code;
}
