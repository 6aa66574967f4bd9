/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/own_scores.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "cli/own_matrix.h"
#include "cli/progress.h"
#include "core/exceed.h"

struct making {
    const struct own_scores_request *r;
    struct own_matrix to;
    bool searches;
    bool shared;               /* the gallery is at a service: one for all sessions */
    uint64_t gallery;          /* that one */
    struct progress bar;
    pthread_mutex_t lock;      /* of what follows */
    size_t next, done, pairs;
    int code;
    struct err *err;
};

bool own_scores_searches(const struct backend *b, bool gallery)
{
    return gallery && b->enroll && b->search;
}

struct backend_plan own_scores_plan(const struct backend *b, size_t n, size_t gallery)
{
    struct backend_plan p = { .images = n + gallery };

    if (own_scores_searches(b, gallery)) {
        p.enrolled = gallery;
        p.probes = n;
    } else {
        p.pairs = gallery ? n * gallery : n * (n - 1) / 2;
    }
    return p;
}

int own_scores_fit(const struct backend *b, size_t n, size_t gallery, struct err *err)
{
    const size_t columns = gallery ? gallery : n;

    if (!columns || n <= OWN_SCORES_BYTES / sizeof(float) / columns)
        return 0;
    return err_add(err, ERR_LIMIT, "the backend %s compares by itself, and its %zu × %zu "
                   "scores, %.1f GiB, are all kept: expected at most %zu GiB, of fewer "
                   "samples", b->name, n, columns,
                   (double)n * (double)columns * sizeof(float) / 0x1p30,
                   OWN_SCORES_BYTES >> 30);
}

static void add_done(struct making *m, size_t n)
{
    pthread_mutex_lock(&m->lock);
    m->done += n;
    progress_show(&m->bar, m->done, m->pairs);
    pthread_mutex_unlock(&m->lock);
}

/* The next row that is to be made; false: there is none, or somebody failed. */
static bool take_row(struct making *m, size_t *row)
{
    pthread_mutex_lock(&m->lock);
    bool any = !m->code && m->next < m->to.a.n;
    *row = m->next++;
    pthread_mutex_unlock(&m->lock);
    return any;
}

static int ask_batch(struct making *m, struct session *s, size_t i, const size_t *places,
                     size_t n, struct err *err)
{
    const void *a[OWN_SCORES_BATCH], *b[OWN_SCORES_BATCH];
    size_t a_len[OWN_SCORES_BATCH], b_len[OWN_SCORES_BATCH];
    double scores[OWN_SCORES_BATCH];

    for (size_t k = 0; k < n; k++) {
        a[k] = m->to.a.template[i];
        a_len[k] = m->to.a.len[i];
        b[k] = m->to.b.template[places[k]];
        b_len[k] = m->to.b.len[places[k]];
        scores[k] = NAN;
    }
    int code = n ? m->r->backend->compare(s, a, a_len, b, b_len, n, scores, err) : 0;
    for (size_t k = 0; k < n && !code; k++) {
        *own_matrix_at(&m->to, i, places[k]) = own_matrix_score(&m->to, scores[k]);
        if (m->to.all)
            *own_matrix_at(&m->to, places[k], i) = *own_matrix_at(&m->to, i, places[k]);
    }
    if (!code)
        add_done(m, n);
    return code;
}

static int compare_row(struct making *m, struct session *s, size_t i, struct err *err)
{
    size_t places[OWN_SCORES_BATCH], n = 0, there = 0;
    int code = 0;

    for (size_t j = m->to.all ? i + 1 : 0; j < m->to.b.n && !code; j++) {
        if (own_matrix_has_pair(&m->to, i, j)) {
            there++;
            continue;
        }
        places[n++] = j;
        if (n == OWN_SCORES_BATCH) {
            code = ask_batch(m, s, i, places, n, err);
            n = 0;
        }
    }
    add_done(m, there);
    return code ? code : ask_batch(m, s, i, places, n, err);
}

/* A session, and the gallery that it searches. */
struct seat {
    struct session *session;
    uint64_t gallery;
    struct backend_candidate *found; /* search_cap() */
    float *row;                      /* b.n */
};

static size_t search_cap(const struct making *m)
{
    return m->to.b.n < OWN_SCORES_CANDIDATES ? m->to.b.n : OWN_SCORES_CANDIDATES;
}

static int enroll(const struct making *m, struct session *s, uint64_t *gallery,
                  struct err *err)
{
    return m->r->backend->enroll(s, m->to.b.template, m->to.b.len, m->to.b.n, gallery, err);
}

static void drop(const struct making *m, struct session *s, uint64_t gallery)
{
    if (m->r->backend->drop)
        m->r->backend->drop(s, gallery);
}

/* Searches; what cannot be said of a probe by a program that falls over it is not said:
 * its gallery, lost with it, is made anew, and after a second failure it is given up.
 * What a service fails with, no run can go on with. */
static long search(struct making *m, struct seat *seat, size_t i, bool *given_up,
                   struct err *err)
{
    const struct backend *b = m->r->backend;
    struct err first = ERR_INIT, second = ERR_INIT;
    long n = b->search(seat->session, seat->gallery, m->to.a.template[i], m->to.a.len[i],
                       seat->found, search_cap(m), m->shared ? err : &first);

    if (n < 0 && !m->shared) {
        drop(m, seat->session, seat->gallery);
        n = enroll(m, seat->session, &seat->gallery, err);
        if (!n) {
            n = b->search(seat->session, seat->gallery, m->to.a.template[i], m->to.a.len[i],
                          seat->found, search_cap(m), &second);
            *given_up = n < 0;
        }
    }
    err_release(&first);
    err_release(&second);
    return n;
}

/* Each score is stored once, as it stays: a row that is broken off is made anew. */
static int search_row(struct making *m, struct seat *seat, size_t i, struct err *err)
{
    const float unlike = m->r->backend->score_is_distance ? INFINITY : -INFINITY;
    bool given_up = false;

    if (!own_matrix_has_row(&m->to, i)) {
        long n = search(m, seat, i, &given_up, err);
        if (n < 0 && !given_up)
            return (int)n;
        for (size_t j = 0; j < m->to.b.n; j++)
            seat->row[j] = given_up ? NAN : unlike;
        for (size_t k = 0; !given_up && k < (size_t)n && k < search_cap(m); k++) {
            const struct backend_candidate *c = &seat->found[k];
            if (c->place < m->to.b.n && !isnan(c->score))
                seat->row[c->place] = own_matrix_score(&m->to, c->score);
        }
        memcpy(own_matrix_at(&m->to, i, 0), seat->row, m->to.b.n * sizeof *seat->row);
    }
    add_done(m, m->to.b.n);
    return 0;
}

static int work_rows(struct making *m, struct session *s, struct err *err)
{
    struct seat seat = { .session = s, .gallery = m->gallery };
    int code = 0;

    if (m->searches) {
        seat.found = mem_array(search_cap(m), sizeof *seat.found);
        seat.row = mem_array(m->to.b.n, sizeof *seat.row);
        if (!m->shared)
            code = enroll(m, s, &seat.gallery, err);
    }
    for (size_t i; !code && take_row(m, &i);)
        code = m->searches ? search_row(m, &seat, i, err) : compare_row(m, s, i, err);
    if (m->searches && !m->shared)
        drop(m, s, seat.gallery);
    free(seat.found);
    free(seat.row);
    return code;
}

static void note_failure(struct making *m, int code, const struct err *err)
{
    pthread_mutex_lock(&m->lock);
    if (code && !m->code) {
        m->code = code;
        err_add(m->err, code, "%s", err->count ? err_text(err) : "the comparisons failed");
    }
    pthread_mutex_unlock(&m->lock);
}

static void *work(void *arg)
{
    struct making *m = arg;
    struct backend *b = m->r->backend;
    struct err err = ERR_INIT;
    struct session *s = NULL;
    int code = b->session(b, &s, &err);

    if (!code) {
        code = work_rows(m, s, &err);
        b->end(s);
    }
    note_failure(m, code, &err);
    err_release(&err);
    return NULL;
}

/* On so many threads; one gallery at a service serves them all. */
static void ask_all(struct making *m, size_t wanted)
{
    struct backend *b = m->r->backend;
    struct err err = ERR_INIT;
    struct session *host = NULL;
    pthread_t *threads = mem_array(wanted, sizeof *threads);
    size_t n = 0;
    int code = 0;

    if (m->shared && !(code = b->session(b, &host, &err)))
        code = enroll(m, host, &m->gallery, &err);
    note_failure(m, code, &err);
    if (!code) {
        while (n + 1 < wanted && pthread_create(&threads[n], NULL, work, m) == 0)
            n++;
        work(m);
        while (n)
            pthread_join(threads[--n], NULL);
        if (m->shared)
            drop(m, host, m->gallery);
    }
    if (host)
        b->end(host);
    free(threads);
    err_release(&err);
}

/* A service has several requests under way, of which a search is one. */
static int make_all(struct making *m)
{
    struct backend *b = m->r->backend;
    size_t wanted = m->shared ? b->batch : m->r->threads;

    if (own_matrix_is_whole(&m->to)) {
        own_matrix_restore_native(&m->to);
        return 0;
    }
    m->pairs = m->to.all ? m->to.a.n * (m->to.a.n - 1) / 2 : m->to.a.n * m->to.b.n;
    progress_begin(&m->bar, b->name, "comparisons", m->r->quiet);
    pthread_mutex_init(&m->lock, NULL);
    ask_all(m, wanted < m->to.a.n ? wanted : m->to.a.n);
    pthread_mutex_destroy(&m->lock);
    progress_end(&m->bar);
    if (!m->code)
        own_matrix_keep_native(&m->to);
    return m->code;
}

/* Of one row: its finite scores, and the least alike of them, as core has it. */
static size_t list_of(const struct making *m, size_t i, double *last)
{
    size_t n = 0;

    *last = INFINITY;
    for (size_t j = 0; j < m->to.b.n; j++) {
        double x = (double)*own_matrix_at(&m->to, i, j);
        if (!isfinite(x))
            continue;
        n++;
        *last = fmin(*last, m->r->backend->score_is_distance ? -x : x);
    }
    return n;
}

/* How many candidates a list has that is cut off; 0: none is. */
static size_t cut_length(const struct making *m)
{
    const size_t most = m->r->backend->most_found;
    const size_t cap = most && most < search_cap(m) ? most : search_cap(m);
    size_t longest = 0;
    double last;

    for (size_t i = 0; i < m->to.a.n; i++) {
        size_t n = list_of(m, i, &last);
        longest = n > longest ? n : longest;
    }
    if (longest == m->to.b.n || (most && longest < cap))
        return 0;
    return longest;
}

/* Beyond which score all that match are there, as core has it; -INFINITY: any. */
static double find_known(const struct making *m, size_t cut)
{
    const struct backend *b = m->r->backend;
    double known = -INFINITY, last;

    for (size_t i = 0; cut && i < m->to.a.n; i++)
        if (list_of(m, i, &last) == cut)
            known = fmax(known, last);
    if (!isnan(b->least_found)) { /* those at it are returned */
        float least = float_from(b->score_is_distance ? -b->least_found : b->least_found);
        known = fmax(known, (double)nextafterf(least, -INFINITY));
    }
    return known;
}

static void sum_up(const struct making *m, struct own_scores *made)
{
    const bool distance = m->r->backend->score_is_distance;
    double best = -INFINITY;

    *made = (struct own_scores){ .known = NAN };
    for (size_t i = 0; i < m->to.a.n; i++)
        for (size_t j = m->to.all ? i + 1 : 0; j < m->to.b.n; j++) {
            double x = (double)*own_matrix_at(&m->to, i, j);
            made->pairs++;
            made->none += isnan(x) != 0;
            made->below += isinf(x) != 0;
            if (isfinite(x))
                best = fmax(best, distance ? -x : x);
        }
    made->best = isfinite(best) ? distance ? -best : best : 0;
    if (m->searches && made->below) {
        made->listed = cut_length(m);
        double known = find_known(m, made->listed);
        if (isfinite(known))
            made->known = distance ? -known : known;
    }
}

int own_scores_end(const char *dir, struct err *err)
{
    return own_matrix_forget(dir, err);
}

int own_scores_make(const struct own_scores_request *r, struct own_scores *made,
                    struct err *err)
{
    struct making m = { .r = r, .searches = own_scores_searches(r->backend, r->b),
                        .err = err };
    int code = own_scores_fit(r->backend, r->a->n, r->b ? r->b->n : 0, err);

    if (code)
        return code;
    m.shared = m.searches && r->backend->client;
    code = own_matrix_open(&m.to, r->backend, r->a, r->b, m.searches, r->dir, err);
    if (!code && m.to.a.n && m.to.b.n)
        code = make_all(&m);
    if (!code) {
        sum_up(&m, made);
        if (made->pairs && made->none + made->below == made->pairs) {
            own_scores_end(r->dir, NULL); /* another time it is asked anew */
            code = err_add(err, ERR_PROGRAM, "the backend %s gave none of %llu pairs a score",
                           r->backend->name, (unsigned long long)made->pairs);
        }
    }
    if (!code)
        code = own_matrix_write(&m.to, r->dir, err);
    own_matrix_release(&m.to);
    return code;
}
