/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How many comparisons there are, per cell, per person and cell, and per pair of
 * people: that follows from who is in the rosters, and needs no scores.
 *
 * An entry is a person's samples of one group and one `same`; a pool is everybody's.
 * Of n samples of a person in group g, each is compared with the pool of every group h
 * but the person's own samples in it.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/dict.h"
#include "core/counting.h"

struct amount {                /* samples of a side: all, and those without failure */
    uint64_t all, ok;
};

struct entry {
    uint32_t person, same, group;
    struct amount n[2];        /* of side a, of side b */
};

struct sum {                   /* what a person has in a cell */
    uint64_t all, ok;
    bool there;
};

struct people {
    struct count *c;
    int other;                 /* which amount is that of the other side: 0 or 1 */
    struct entry *entries;     /* sorted by person, same, group */
    size_t n;
    struct entry *pools;       /* sorted by same, group; of no person */
    size_t n_pools;
    struct sum *sums;          /* by cell, for the person at hand */
    uint32_t *touched;
    size_t n_touched, touched_cap;
    struct scores_margin *margins;
    size_t n_margins, margins_cap;
};

static int compare(uint32_t a, uint32_t b)
{
    return (a > b) - (a < b);
}

static int by_person(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    int order = compare(x->person, y->person);

    if (!order)
        order = compare(x->same, y->same);
    return order ? order : compare(x->group, y->group);
}

/* Sorts, and makes one of those that are alike. */
static size_t merge(struct entry *e, size_t n)
{
    size_t kept = 0;

    qsort(e, n, sizeof *e, by_person);
    for (size_t i = 0; i < n; i++) {
        if (kept && by_person(&e[kept - 1], &e[i]) == 0) {
            for (int k = 0; k < 2; k++) {
                e[kept - 1].n[k].all += e[i].n[k].all;
                e[kept - 1].n[k].ok += e[i].n[k].ok;
            }
        } else {
            e[kept++] = e[i];
        }
    }
    return kept;
}

static void collect(struct people *p, const struct count_side *side, int which)
{
    for (size_t i = 0; i < side->n; i++) {
        if (side->group[i] == COUNT_NONE)
            continue;
        struct entry *e = &p->entries[p->n++];
        *e = (struct entry){ side->person[i], side->same ? side->same[i] : 0,
                             side->group[i], { { 0, 0 }, { 0, 0 } } };
        e->n[which] = (struct amount){ 1, !count_failed(side, i) };
    }
}

static void add(struct people *p, uint32_t a, uint32_t b, bool mated, uint64_t all,
                uint64_t ok)
{
    uint32_t cell = (uint32_t)scores_cell(p->c->s, a, b, mated);

    if (!all)
        return;
    if (!p->sums[cell].there) {
        MEM_ROOM(p->touched, p->n_touched, p->touched_cap);
        p->touched[p->n_touched++] = cell;
        p->sums[cell].there = true;
    }
    p->sums[cell].all += all;
    p->sums[cell].ok += ok;
}

/* Samples of a person against all others of a pool. */
static void add_others(struct people *p, const struct entry *e, int mine,
                       const struct entry *pool, const struct entry *own, int theirs)
{
    const struct amount none = { 0, 0 }, *o = own ? &own->n[theirs] : &none;
    uint32_t a = e->group, b = pool->group;

    if (mine == 1) { /* the person is in the gallery */
        a = pool->group;
        b = e->group;
    }
    add(p, a, b, false, e->n[mine].all * (pool->n[theirs].all - o->all),
        e->n[mine].ok * (pool->n[theirs].ok - o->ok));
}

/* The entry [i] of a person against the pools of its `same`; own entries are
 * [from, to). */
static void add_entry(struct people *p, size_t i, size_t from, size_t to)
{
    const struct entry *e = &p->entries[i];
    struct entry key = { .person = 0, .same = e->same };
    size_t low = 0, high = p->n_pools, own = from;

    while (low < high) {
        size_t middle = (low + high) / 2;
        if (by_person(&p->pools[middle], &key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    while (p->entries[own].same != e->same)
        own++;
    for (; low < p->n_pools && p->pools[low].same == e->same; low++) {
        const struct entry *pool = &p->pools[low], *mine = NULL;
        while (own < to && p->entries[own].same == e->same &&
               p->entries[own].group < pool->group)
            own++;
        if (own < to && p->entries[own].same == e->same &&
            p->entries[own].group == pool->group)
            mine = &p->entries[own];
        add_others(p, e, 0, pool, mine, p->other);
        if (p->other == 1)
            add_others(p, e, 1, pool, mine, 0);
    }
    for (size_t k = p->other ? from : i; k < to; k++) {
        const struct entry *f = &p->entries[k];
        if (f->same != e->same)
            continue;
        const struct amount *x = &e->n[0], *y = &f->n[p->other];
        if (k == i && !p->other)
            add(p, e->group, e->group, true, x->all * (x->all - 1) / 2,
                x->ok ? x->ok * (x->ok - 1) / 2 : 0);
        else
            add(p, e->group, f->group, true, x->all * y->all, x->ok * y->ok);
    }
}

static int by_number(const void *a, const void *b)
{
    return compare(*(const uint32_t *)a, *(const uint32_t *)b);
}

/* The sums of a person become margins, and are zero again. */
static void emit(struct people *p, uint32_t person)
{
    if (p->n_touched)
        qsort(p->touched, p->n_touched, sizeof *p->touched, by_number);
    for (size_t i = 0; i < p->n_touched; i++) {
        struct sum *sum = &p->sums[p->touched[i]];
        MEM_ROOM(p->margins, p->n_margins, p->margins_cap);
        p->margins[p->n_margins++] = (struct scores_margin){
            .subject = person, .cell = p->touched[i], .comparisons = sum->ok,
            .lost = sum->all - sum->ok };
        *sum = (struct sum){ 0, 0, false };
    }
    p->n_touched = 0;
}

static void add_cells(struct scores *s)
{
    for (size_t i = 0; i < s->n_margins; i++) {
        const struct scores_margin *m = &s->margins[i];
        struct scores_cell *c = &s->cells[m->cell];
        c->comparisons += m->comparisons;
        c->lost += m->lost;
        if (c->mated && m->comparisons) {
            c->dyads++;
            c->sum_m2 += (double)m->comparisons * (double)m->comparisons;
        }
    }
    for (size_t i = 0; i < s->n_cells; i++)
        if (!s->cells[i].mated) { /* each had two people */
            s->cells[i].comparisons /= 2;
            s->cells[i].lost /= 2;
        }
}

static void make_margins(struct people *p)
{
    struct count *c = p->c;
    struct scores *s = c->s;

    p->sums = mem_array(s->n_cells, sizeof *p->sums);
    for (size_t from = 0, to; from < p->n; from = to) {
        for (to = from; to < p->n && p->entries[to].person == p->entries[from].person; to++)
            ;
        for (size_t i = from; i < to; i++)
            add_entry(p, i, from, to);
        emit(p, p->entries[from].person);
    }
    scores_make_margins(s, p->n_margins);
    c->margin_at = mem_array(s->n_subjects + 1, sizeof *c->margin_at);
    size_t person = 0;
    for (size_t i = 0; i < s->n_margins; i++) {
        uint64_t *matches = s->margins[i].matches;
        s->margins[i] = p->margins[i];
        s->margins[i].matches = matches;
        while (person <= p->margins[i].subject)
            c->margin_at[person++] = i;
    }
    while (person <= s->n_subjects)
        c->margin_at[person++] = s->n_margins;
    add_cells(s);
}

size_t count_margin(const struct count *c, uint32_t person, uint32_t cell)
{
    size_t low = c->margin_at[person], high = c->margin_at[person + 1];

    while (low < high) {
        size_t middle = (low + high) / 2;
        if (c->s->margins[middle].cell < cell)
            low = middle + 1;
        else
            high = middle;
    }
    assert(low < c->margin_at[person + 1] && c->s->margins[low].cell == cell);
    return low;
}

/*
 * Pairs of people. m_d of two of them in a cell (g, h) is u_s·v_t + u_t·v_s, u a
 * person's samples in g by `same`, v those in h; within a group it is u_s·u_t. Many
 * people have the same u and v: a profile. So it is computed once a pair of profiles.
 */
struct part {
    uint32_t same;
    uint64_t n;
};

struct member {                /* of a group, on a side */
    uint32_t group, person, profile;
};

struct profiles {
    struct dict texts;         /* "same:n same:n …" */
    struct part *parts;
    size_t n_parts, parts_cap;
    size_t *at;                /* a profile's first part; one more at the end */
    size_t at_cap;
};

struct crowd {                 /* so many people with these profiles; number + 1, or 0 */
    uint32_t u, v;
    uint64_t n;
};

static uint32_t profile_of(struct profiles *p, const struct entry *const *e, size_t n,
                           int side, struct text *scratch)
{
    bool fresh;

    text_reset(scratch);
    for (size_t i = 0; i < n; i++)
        text_addf(scratch, "%u:%llu ", e[i]->same, (unsigned long long)e[i]->n[side].ok);
    uint32_t number = dict_add(&p->texts, scratch->s, &fresh);
    if (fresh) {
        size_t at = number + 1;
        for (size_t i = 0; i < n; i++) {
            MEM_ROOM(p->parts, p->n_parts, p->parts_cap);
            p->parts[p->n_parts++] = (struct part){ e[i]->same, e[i]->n[side].ok };
        }
        while (p->at_cap <= at) {
            p->at_cap = p->at_cap ? 2 * p->at_cap : 64;
            p->at = mem_grow(p->at, p->at_cap, sizeof *p->at);
        }
        p->at[0] = 0;
        p->at[at] = p->n_parts;
    }
    return number;
}

static int by_group(const void *a, const void *b)
{
    const struct entry *x = *(const struct entry *const *)a,
                       *y = *(const struct entry *const *)b;
    int order = compare(x->group, y->group);

    if (!order)
        order = compare(x->person, y->person);
    return order ? order : compare(x->same, y->same);
}

/* The people of all groups of a side, sorted by group and person. */
static struct member *find_members(const struct people *p, struct profiles *profiles,
                                   int side, size_t *n)
{
    const struct entry **e = mem_array(p->n, sizeof *e);
    struct member *members = mem_array(p->n, sizeof *members);
    struct text scratch = TEXT_INIT;
    size_t kept = 0;

    *n = 0;
    for (size_t i = 0; i < p->n; i++)
        if (p->entries[i].n[side].ok)
            e[kept++] = &p->entries[i];
    qsort(e, kept, sizeof *e, by_group);
    for (size_t from = 0, to; from < kept; from = to) {
        for (to = from; to < kept && e[to]->group == e[from]->group &&
                        e[to]->person == e[from]->person; to++)
            ;
        members[(*n)++] = (struct member){
            e[from]->group, e[from]->person,
            profile_of(profiles, e + from, to - from, side, &scratch) };
    }
    text_release(&scratch);
    free(e);
    return members;
}

static uint64_t dot(const struct profiles *p, uint32_t x, uint32_t y)
{
    uint64_t sum = 0;

    if (!x || !y)
        return 0;
    size_t i = p->at[x - 1], j = p->at[y - 1];
    while (i < p->at[x] && j < p->at[y]) {
        int order = compare(p->parts[i].same, p->parts[j].same);
        if (order == 0)
            sum += p->parts[i].n * p->parts[j].n;
        i += order <= 0;
        j += order >= 0;
    }
    return sum;
}

static int by_profiles(const void *a, const void *b)
{
    const struct crowd *x = a, *y = b;
    int order = compare(x->u, y->u);

    return order ? order : compare(x->v, y->v);
}

/* Everyone of two groups, as crowds. */
static size_t gather(const struct member *u, size_t nu, const struct member *v, size_t nv,
                     struct crowd *to)
{
    size_t n = 0, kept = 0;

    for (size_t i = 0, j = 0; i < nu || j < nv;) {
        bool in_u = i < nu && (j == nv || u[i].person <= v[j].person);
        bool in_v = j < nv && (i == nu || v[j].person <= u[i].person);
        to[n++] = (struct crowd){ in_u ? u[i].profile + 1 : 0,
                                  in_v ? v[j].profile + 1 : 0, 1 };
        i += in_u;
        j += in_v;
    }
    qsort(to, n, sizeof *to, by_profiles);
    for (size_t i = 0; i < n; i++) {
        if (kept && by_profiles(&to[kept - 1], &to[i]) == 0)
            to[kept - 1].n++;
        else
            to[kept++] = to[i];
    }
    return kept;
}

static void add_dyads(const struct profiles *p, const struct crowd *crowds, size_t n,
                      bool within, struct scores_cell *cell)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = i; j < n; j++) {
            const struct crowd *x = &crowds[i], *y = &crowds[j];
            uint64_t m = within ? dot(p, x->u, y->u)
                                : dot(p, x->u, y->v) + dot(p, y->u, x->v);
            uint64_t pairs = i == j ? x->n * (x->n - 1) / 2 : x->n * y->n;
            if (!m || !pairs)
                continue;
            cell->dyads += pairs;
            cell->sum_m2 += (double)m * (double)m * (double)pairs;
        }
}

static void make_dyads(struct people *p)
{
    struct scores *s = p->c->s;
    struct profiles profiles = { .texts = DICT_INIT };
    struct member *side[2];
    size_t n[2], *at[2];

    for (int k = 0; k < 2; k++) {
        side[k] = find_members(p, &profiles, k == 0 ? 0 : p->other, &n[k]);
        at[k] = mem_array(s->n_groups + 1, sizeof *at[k]);
        for (size_t i = 0; i < n[k]; i++)
            at[k][side[k][i].group + 1]++;
        for (size_t g = 0; g < s->n_groups; g++)
            at[k][g + 1] += at[k][g];
    }
    struct crowd *crowds = mem_array(n[0] + n[1], sizeof *crowds);
    for (size_t i = 0; i < s->n_cells; i++) {
        struct scores_cell *c = &s->cells[i];
        if (c->mated)
            continue;
        size_t kept = gather(side[0] + at[0][c->a], at[0][c->a + 1] - at[0][c->a],
                             side[1] + at[1][c->b], at[1][c->b + 1] - at[1][c->b], crowds);
        add_dyads(&profiles, crowds, kept, !p->c->gallery && c->a == c->b, c);
    }
    free(crowds);
    for (int k = 0; k < 2; k++) {
        free(side[k]);
        free(at[k]);
    }
    dict_release(&profiles.texts);
    free(profiles.parts);
    free(profiles.at);
}

int count_people(struct count *c, struct err *err)
{
    struct people p = { .c = c, .other = c->gallery ? 1 : 0 };
    size_t rows = c->setup.a.n + (c->gallery ? c->setup.b.n : 0);
    int code = 0;

    p.entries = mem_array(rows, sizeof *p.entries);
    collect(&p, &c->setup.a, 0);
    if (c->gallery)
        collect(&p, &c->setup.b, 1);
    p.n = merge(p.entries, p.n);
    p.pools = mem_array(p.n, sizeof *p.pools);
    memcpy(p.pools, p.entries, p.n * sizeof *p.pools);
    for (size_t i = 0; i < p.n; i++)
        p.pools[i].person = 0;
    p.n_pools = merge(p.pools, p.n);
    make_margins(&p);
    make_dyads(&p);
    uint64_t mated = 0;
    for (size_t i = 0; i < c->s->n_cells; i++)
        mated += c->s->cells[i].mated ? c->s->cells[i].comparisons : 0;
    if (mated > COUNT_MAX_MATED)
        code = err_add(err, ERR_LIMIT, "%llu mated pairs, each of whose scores is kept: "
                       "expected at most %zu", (unsigned long long)mated, COUNT_MAX_MATED);
    free(p.entries);
    free(p.pools);
    free(p.sums);
    free(p.touched);
    free(p.margins);
    return code;
}

static void add_rolls(const struct count_side *side,
                      struct scores_roll *rolls, struct scores_roll *ungrouped)
{
    for (size_t i = 0; i < side->n; i++) {
        struct scores_roll *roll = side->group[i] == COUNT_NONE ? ungrouped
                                                                : &rolls[side->group[i]];
        roll->samples++;
        roll->failed += count_failed(side, i);
    }
}

void count_rolls(struct count *c)
{
    struct scores *s = c->s;

    s->rolls = arena_array(&s->arena, s->n_groups, sizeof *s->rolls);
    add_rolls(&c->setup.a, s->rolls, &s->ungrouped);
    if (!c->gallery)
        return;
    s->gallery_rolls = arena_array(&s->arena, s->n_groups, sizeof *s->gallery_rolls);
    add_rolls(&c->setup.b, s->gallery_rolls, &s->gallery_ungrouped);
}
