/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The scores of mated pairs, one by one, and what they have done to the histograms of
 * the non-mated. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "core/counting.h"

struct kin {                   /* a place, sorted by person and `same` */
    uint32_t person, same, place;
};

struct family {                /* samples of one person and one `same` */
    size_t a, na, b, nb;       /* among the kin of either side */
    size_t at;                 /* of the first pair */
};

struct mated {
    struct count *c;
    struct kin *kin[2];
    uint32_t *templates[2];
    struct family *families;
    size_t n, cap;
    struct scores_pair *pairs;
    size_t n_pairs;
    pthread_mutex_t lock;
    size_t next;
    int code;
    struct err *err;
};

#define FAMILIES_AT_ONCE 64

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

static void find_families(struct mated *m)
{
    const struct count *c = m->c;
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
        f.at = m->n_pairs;
        m->n_pairs += pairs;
        MEM_ROOM(m->families, m->n, m->cap);
        m->families[m->n++] = f;
    }
}

struct taking {
    struct mated *m;
    const struct family *family;
    size_t at;
};

static int take_tile(void *self, const struct tile *t)
{
    struct taking *k = self;
    const struct count *c = k->m->c;

    for (size_t r = 0; r < t->rows; r++)
        for (size_t j = 0; j < t->columns; j++) {
            if (!c->gallery && t->i + r >= t->j + j)
                continue;
            uint32_t x = c->a.row[k->m->kin[0][k->family->a + t->i + r].place];
            uint32_t y = c->b.row[k->m->kin[c->gallery][k->family->b + t->j + j].place];
            bool swap = !c->gallery && x > y;
            k->m->pairs[k->at++] = (struct scores_pair){
                swap ? y : x, swap ? x : y, t->scores[r * t->stride + j] };
        }
    return 0;
}

static void *work(void *arg)
{
    struct mated *m = arg;
    const struct count *c = m->c;
    struct sweep sweep;
    struct err err = ERR_INIT;
    int code = sweep_init(&sweep, c->setup.a.scorer,
                          c->gallery ? c->setup.b.scorer : c->setup.a.scorer,
                          c->setup.kernel, &err);

    pthread_mutex_lock(&m->lock);
    while (!code && m->next < m->n) {
        size_t from = m->next;
        size_t to = from + FAMILIES_AT_ONCE < m->n ? from + FAMILIES_AT_ONCE : m->n;
        m->next = to;
        pthread_mutex_unlock(&m->lock);
        for (size_t i = from; i < to; i++) {
            const struct family *f = &m->families[i];
            struct taking k = { m, f, f->at };
            sweep_block(&sweep, m->templates[0] + f->a, f->na,
                        m->templates[c->gallery] + f->b, f->nb,
                        c->gallery ? SWEEP_ALL : SWEEP_ABOVE, take_tile, &k);
        }
        pthread_mutex_lock(&m->lock);
    }
    if (code && !m->code) {
        m->code = code;
        err_add(m->err, code, "%s", err_text(&err));
    }
    pthread_mutex_unlock(&m->lock);
    if (!code)
        sweep_release(&sweep);
    err_release(&err);
    return NULL;
}

static int score_all(struct mated *m)
{
    size_t wanted = m->c->setup.threads, n = 0;

    if (wanted > m->n / FAMILIES_AT_ONCE + 1)
        wanted = m->n / FAMILIES_AT_ONCE + 1;
    pthread_t *threads = mem_array(wanted, sizeof *threads);
    while (n + 1 < wanted && pthread_create(&threads[n], NULL, work, m) == 0)
        n++;
    work(m);
    while (n)
        pthread_join(threads[--n], NULL);
    free(threads);
    return m->code;
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

static void tally_all(struct mated *m, struct scores_pair *loose, size_t *n_loose)
{
    struct count *c = m->c;
    const struct count_side *b = c->gallery ? &c->setup.b : &c->setup.a;
    size_t kept = 0;

    for (size_t i = 0; i < m->n_pairs; i++) {
        struct scores_pair p = m->pairs[i];
        bool in_cell = b->group[p.b] != COUNT_NONE;
        if (in_cell)
            tally(c, &p, c->setup.a.group[p.a], b->group[p.b]);
        p.score = count_as_meant(c, p.score);
        if (in_cell)
            m->pairs[kept++] = p;
        else
            loose[(*n_loose)++] = p;
    }
    c->s->mated = m->pairs;
    c->s->n_mated = kept;
}

int count_mated(struct count *c, struct scores_pair **loose, size_t *n_loose,
                struct err *err)
{
    struct mated m = { .c = c, .err = err };
    int code = 0;

    find_kin(&m, 0, &c->a);
    if (c->gallery)
        find_kin(&m, 1, &c->b);
    find_families(&m);
    if (m.n_pairs > COUNT_MAX_MATED)
        code = err_add(err, ERR_LIMIT, "%zu mated pairs, each of whose scores is kept: "
                       "expected at most %zu", m.n_pairs, COUNT_MAX_MATED);
    if (!code) {
        pthread_mutex_init(&m.lock, NULL);
        m.pairs = mem_array(m.n_pairs, sizeof *m.pairs);
        code = score_all(&m);
        pthread_mutex_destroy(&m.lock);
    }
    if (!code) {
        pairs_sort(m.pairs, m.n_pairs);
        if (c->gallery)
            *loose = mem_grow(*loose, *n_loose + m.n_pairs, sizeof **loose);
        tally_all(&m, *loose, n_loose);
    } else {
        free(m.pairs);
    }
    for (int k = 0; k < 2; k++) {
        free(m.kin[k]);
        free(m.templates[k]);
    }
    free(m.families);
    return code;
}
