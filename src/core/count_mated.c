/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The scores of mated pairs, one by one, and what they have done to the histograms of
 * the non-mated. */
#include <stdlib.h>
#include <string.h>

#include "core/counting.h"

static int by_person(const void *a, const void *b)
{
    const struct kin *x = a, *y = b;

    if (x->person != y->person)
        return x->person < y->person ? -1 : 1;
    if (x->same != y->same)
        return x->same < y->same ? -1 : 1;
    return (x->place > y->place) - (x->place < y->place);
}

static void find_kin(struct mated *m, int side, const struct places *p)
{
    struct kin *kin = mem_array(p->n, sizeof *kin);

    for (size_t k = 0; k < p->n_segments; k++)
        for (size_t i = p->segments[k].from; i < p->segments[k].from + p->segments[k].n; i++)
            kin[i] = (struct kin){ p->person[i], p->segments[k].same, (uint32_t)i };
    qsort(kin, p->n, sizeof *kin, by_person);
    m->kin[side] = kin;
    m->templates[side] = mem_array(p->n, sizeof *m->templates[side]);
    for (size_t i = 0; i < p->n; i++)
        m->templates[side][i] = p->template[kin[i].place];
}

static int order(const struct kin *x, const struct kin *y)
{
    if (x->person != y->person)
        return x->person < y->person ? -1 : 1;
    return (x->same > y->same) - (x->same < y->same);
}

static size_t run(const struct kin *kin, size_t from, size_t n)
{
    size_t to = from;

    while (to < n && order(&kin[to], &kin[from]) == 0)
        to++;
    return to - from;
}

static void find_families(const struct count *c, struct mated *m)
{
    size_t i = 0, j = 0;

    while (i < c->a.n && (!c->gallery || j < c->b.n)) {
        struct family f = { .a = i, .na = run(m->kin[0], i, c->a.n) };
        int way = c->gallery ? order(&m->kin[0][i], &m->kin[1][j]) : 0;
        if (way > 0) {
            j += run(m->kin[1], j, c->b.n);
            continue;
        }
        i += f.na;
        if (way < 0)
            continue;
        f.b = c->gallery ? j : f.a;
        f.nb = c->gallery ? run(m->kin[1], j, c->b.n) : f.na;
        size_t pairs = c->gallery ? f.na * f.nb : f.na * (f.na - 1) / 2;
        if (!pairs)
            continue;
        f.at = m->n;
        m->n += pairs;
        MEM_ROOM(m->families, m->n_families, m->cap);
        m->families[m->n_families++] = f;
    }
}

int mated_begin(struct count *c, struct err *err)
{
    struct mated *m = &c->mated;

    find_kin(m, 0, &c->a);
    if (c->gallery)
        find_kin(m, 1, &c->b);
    find_families(c, m);
    if (m->n > COUNT_MAX_MATED)
        return err_add(err, ERR_LIMIT, "%zu mated pairs, each of whose scores is kept: "
                       "expected at most %zu", m->n, COUNT_MAX_MATED);
    m->scores = mem_array(m->n, sizeof *m->scores);
    return 0;
}

void mated_release(struct mated *m)
{
    for (int k = 0; k < 2; k++) {
        free(m->kin[k]);
        free(m->templates[k]);
    }
    free(m->families);
    free(m->scores);
    *m = (struct mated){ .n = 0 };
}

/* Where the i-th and j-th of a family have their score, among those of the family. */
static size_t place_of(bool gallery, const struct family *f, size_t i, size_t j)
{
    return gallery ? i * f->nb + j : i * (2 * f->na - i - 1) / 2 + (j - i - 1);
}

struct taking {
    bool gallery;
    const struct family *family;
    float *to;
};

static int take_tile(void *self, const struct tile *t)
{
    const struct taking *k = self;

    for (size_t r = 0; r < t->rows; r++)
        for (size_t j = 0; j < t->columns; j++)
            if (k->gallery || t->i + r < t->j + j)
                k->to[place_of(k->gallery, k->family, t->i + r, t->j + j)] =
                    t->scores[r * t->stride + j];
    return 0;
}

int mated_work(struct desk *d, const struct block *block)
{
    const struct count *c = d->c;
    const struct mated *m = &c->mated;
    int code = desk_sweep(d, NULL);

    d->sweep.bins = NULL;
    for (size_t i = block->a; i < block->a + block->na && !code; i++) {
        const struct family *f = &m->families[i];
        struct taking k = { c->gallery, f, m->scores + f->at };
        code = sweep_block(&d->sweep, m->templates[0] + f->a, f->na,
                           m->templates[c->gallery] + f->b, f->nb,
                           c->gallery ? SWEEP_ALL : SWEEP_ABOVE, take_tile, &k);
    }
    return code;
}

/* A mated pair in its cell; and out of the histogram of the non-mated, where it was
 * counted with all others. */
static void tally(struct count *c, const struct scores_pair *p, uint32_t group_a,
                  uint32_t group_b)
{
    struct scores *s = c->s;
    size_t cell = (size_t)scores_cell(s, group_a, group_b, true), level, bin;
    uint32_t person = c->setup.a.person[p->a];

    level = count_level(c, p->score);
    bin = scores_bin(s, count_as_meant(c, p->score));
    s->cells[cell].histogram[bin]++;
    if (!s->tail)
        s->cells[cell + 1].histogram[bin]--;
    if (!level)
        return;
    uint64_t *matches = s->margins[count_margin(c, person, (uint32_t)cell)].matches;
    for (size_t t = 0; t < level; t++) {
        s->cells[cell].matches[t]++;
        matches[t]++;
    }
}

/* The pairs of a family, with the rows that they are of. */
static void name_pairs(const struct count *c, const struct family *f, struct scores_pair *to)
{
    const struct mated *m = &c->mated;

    for (size_t i = 0; i < f->na; i++)
        for (size_t j = c->gallery ? 0 : i + 1; j < f->nb; j++) {
            size_t at = f->at + place_of(c->gallery, f, i, j);
            uint32_t x = c->a.row[m->kin[0][f->a + i].place];
            uint32_t y = c->b.row[m->kin[c->gallery][f->b + j].place];
            bool swap = !c->gallery && x > y;
            to[at] = (struct scores_pair){ swap ? y : x, swap ? x : y, m->scores[at] };
        }
}

void mated_finish(struct count *c, struct scores_pair **loose, size_t *n_loose)
{
    const struct count_side *b = c->gallery ? &c->setup.b : &c->setup.a;
    const struct mated *m = &c->mated;
    struct scores_pair *pairs = mem_array(m->n, sizeof *pairs);
    size_t kept = 0;

    for (size_t i = 0; i < m->n_families; i++)
        name_pairs(c, &m->families[i], pairs);
    pairs_sort(pairs, m->n);
    if (c->gallery)
        *loose = mem_grow(*loose, *n_loose + m->n, sizeof **loose);
    for (size_t i = 0; i < m->n; i++) {
        struct scores_pair p = pairs[i];
        bool in_cell = b->group[p.b] != COUNT_NONE;
        if (in_cell)
            tally(c, &p, c->setup.a.group[p.a], b->group[p.b]);
        p.score = count_as_meant(c, p.score);
        if (in_cell)
            pairs[kept++] = p;
        else
            (*loose)[(*n_loose)++] = p;
    }
    c->s->mated = pairs;
    c->s->n_mated = kept;
}
