/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/own_scores.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/npy.h"
#include "cli/progress.h"
#include "core/exceed.h"

#define PART "own.part"
#define PART_NATIVE 120

struct part_head {             /* of own.part, before the scores */
    char key[HASH_HEX - 1];
    double native[PART_NATIVE]; /* once all is made: the backend's thresholds, which it
                                   may have told in its answers; the others are 0 */
};

struct side {                  /* those that can be compared */
    const struct outputs *o;
    size_t n, *rows;
    const void **template;
    size_t *len;
};

struct making {
    const struct own_scores_request *r;
    struct side a, b;          /* all pairs: b is a */
    bool all, searches;
    bool shared;               /* the gallery is at a service: one for all sessions */
    uint64_t gallery;          /* that one */
    float *scores;             /* a.n × b.n, of own.part; bits 0: not made yet */
    struct part_head *map;
    size_t mapped;
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
    return err_add(err, ERR_LIMIT, "the backend %s compares by itself, and each of %zu × %zu "
                   "scores is kept: expected at most %zu GiB of them", b->name, n, columns,
                   OWN_SCORES_BYTES >> 30);
}

/* The bytes of a row's template; 0: there is none. */
static size_t length(struct outputs *o, size_t i)
{
    int64_t n;
    float first;

    if (o->rows[i].status != STATUS_OK || o->rows[i].face)
        return 0;
    if (o->opaque)
        return num_parse_int64(outputs_get(o, i, "template_bytes"), &n) && n > 0 ? (size_t)n
                                                                                 : 0;
    memcpy(&first, outputs_template(o, i), sizeof first);
    return isnan(first) ? 0 : o->template_bytes;
}

static void find_side(struct side *s, const struct outputs *outputs)
{
    struct outputs o = *outputs;

    *s = (struct side){ .o = outputs };
    s->rows = mem_array(o.n, sizeof *s->rows);
    s->template = mem_array(o.n, sizeof *s->template);
    s->len = mem_array(o.n, sizeof *s->len);
    for (size_t i = 0; o.template_bytes && i < o.n; i++) {
        size_t len = length(&o, i);
        if (!len)
            continue;
        s->rows[s->n] = i;
        s->template[s->n] = outputs_template(&o, i);
        s->len[s->n++] = len;
    }
}

static void release_side(struct side *s)
{
    free(s->rows);
    free(s->template);
    free(s->len);
}

static void add_side(const struct side *s, struct text *to)
{
    char hex[HASH_HEX];

    text_addf(to, "\n%zu of %zu\n", s->n, s->o->n);
    for (size_t i = 0; i < s->n; i++) {
        hash_bytes(hex, s->template[i], s->len[i]);
        text_addf(to, "%zu %s\n", s->rows[i], hex);
    }
}

/* Who compares what. */
static void make_key(const struct making *m, char key[HASH_HEX])
{
    struct text t = TEXT_INIT;

    text_addf(&t, "%s %d", m->r->backend->fingerprint, m->searches);
    add_side(&m->a, &t);
    if (!m->all)
        add_side(&m->b, &t);
    hash_bytes(key, t.s, t.len);
    text_release(&t);
}

static bool is_part_of(int fd, size_t size, const char *key)
{
    char had[HASH_HEX - 1];
    struct stat st;

    return fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && (size_t)st.st_size == size &&
           pread(fd, had, sizeof had, 0) == (ssize_t)sizeof had &&
           !memcmp(had, key, sizeof had);
}

/* The room is taken at once, so that no disk is full in the middle of it. */
static int open_part(struct making *m, const char *path, struct err *err)
{
    char key[HASH_HEX];
    const size_t size = sizeof *m->map + m->a.n * m->b.n * sizeof *m->scores;
    int fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0666), fault = 0;

    make_key(m, key);
    if (fd < 0)
        return err_add(err, ERR_PROGRAM, "%s: %s", path, strerror(errno));
    if (!is_part_of(fd, size, key)) {
        if (ftruncate(fd, 0) < 0)
            fault = errno;
        else if (!(fault = posix_fallocate(fd, 0, (off_t)size)) &&
                 pwrite(fd, key, HASH_HEX - 1, 0) != HASH_HEX - 1)
            fault = errno ? errno : EIO;
    }
    if (!fault) {
        m->map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        fault = m->map == MAP_FAILED ? errno : 0;
    }
    close(fd);
    if (fault) {
        m->map = NULL;
        return err_add(err, ERR_PROGRAM, "%s: %s", path, strerror(fault));
    }
    m->mapped = size;
    m->scores = (float *)(void *)(m->map + 1);
    return 0;
}

static float *cell(const struct making *m, size_t i, size_t j)
{
    return &m->scores[i * m->b.n + j];
}

static bool is_made(const float *x)
{
    uint32_t bits;

    memcpy(&bits, x, sizeof bits);
    return bits;
}

/* A nought has a sign, so that it is not taken for what is not made. */
static float take_score(const struct making *m, double x)
{
    float f = m->r->backend->score_is_distance ? -float_from(-x) : float_from(x);

    return !isfinite(f) ? NAN : f == 0 ? -0.f : f;
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
    bool any = !m->code && m->next < m->a.n;
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
        a[k] = m->a.template[i];
        a_len[k] = m->a.len[i];
        b[k] = m->b.template[places[k]];
        b_len[k] = m->b.len[places[k]];
        scores[k] = NAN;
    }
    int code = n ? m->r->backend->compare(s, a, a_len, b, b_len, n, scores, err) : 0;
    for (size_t k = 0; k < n && !code; k++) {
        *cell(m, i, places[k]) = take_score(m, scores[k]);
        if (m->all)
            *cell(m, places[k], i) = *cell(m, i, places[k]);
    }
    if (!code)
        add_done(m, n);
    return code;
}

static int compare_row(struct making *m, struct session *s, size_t i, struct err *err)
{
    size_t places[OWN_SCORES_BATCH], n = 0, there = 0;
    int code = 0;

    for (size_t j = m->all ? i + 1 : 0; j < m->b.n && !code; j++) {
        if (is_made(cell(m, i, j)) && (!m->all || is_made(cell(m, j, i)))) {
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

static bool row_is_made(const struct making *m, size_t i)
{
    for (size_t j = 0; j < m->b.n; j++)
        if (!is_made(cell(m, i, j)))
            return false;
    return true;
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
    return m->b.n < OWN_SCORES_CANDIDATES ? m->b.n : OWN_SCORES_CANDIDATES;
}

static int enroll(const struct making *m, struct session *s, uint64_t *gallery,
                  struct err *err)
{
    return m->r->backend->enroll(s, m->b.template, m->b.len, m->b.n, gallery, err);
}

static void drop(const struct making *m, struct session *s, uint64_t gallery)
{
    if (m->r->backend->drop)
        m->r->backend->drop(s, gallery);
}

/* Searches; what cannot be said of a probe by a program that falls over it is not said:
 * its gallery, lost with it, is made anew, and a second failure gives no scores (-> -1).
 * What a service fails with, no run can go on with. */
static long search(struct making *m, struct seat *seat, size_t i, bool *given_up,
                   struct err *err)
{
    const struct backend *b = m->r->backend;
    struct err first = ERR_INIT, second = ERR_INIT;
    long n = b->search(seat->session, seat->gallery, m->a.template[i], m->a.len[i],
                       seat->found, search_cap(m), m->shared ? err : &first);

    if (n < 0 && !m->shared) {
        drop(m, seat->session, seat->gallery);
        n = enroll(m, seat->session, &seat->gallery, err);
        if (!n) {
            n = b->search(seat->session, seat->gallery, m->a.template[i], m->a.len[i],
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

    if (!row_is_made(m, i)) {
        long n = search(m, seat, i, &given_up, err);
        if (n < 0 && !given_up)
            return (int)n;
        for (size_t j = 0; j < m->b.n; j++)
            seat->row[j] = given_up ? NAN : unlike;
        for (size_t k = 0; !given_up && k < (size_t)n && k < search_cap(m); k++)
            if (seat->found[k].place < m->b.n && !isnan(seat->found[k].score))
                seat->row[seat->found[k].place] = take_score(m, seat->found[k].score);
        memcpy(cell(m, i, 0), seat->row, m->b.n * sizeof *seat->row);
    }
    add_done(m, m->b.n);
    return 0;
}

static int work_rows(struct making *m, struct session *s, struct err *err)
{
    struct seat seat = { .session = s, .gallery = m->gallery };
    int code = 0;

    if (m->searches) {
        seat.found = mem_array(search_cap(m), sizeof *seat.found);
        seat.row = mem_array(m->b.n, sizeof *seat.row);
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

static bool all_made(const struct making *m)
{
    for (size_t i = 0; i < m->a.n; i++)
        for (size_t j = m->all ? i + 1 : 0; j < m->b.n; j++)
            if (!is_made(cell(m, i, j)) || (m->all && !is_made(cell(m, j, i))))
                return false;
    return true;
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

    if (all_made(m)) {
        for (size_t i = 0; i < b->n_native && i < PART_NATIVE && m->map->native[0]; i++)
            b->native[i] = m->map->native[i];
        return 0;
    }
    m->pairs = m->all ? m->a.n * (m->a.n - 1) / 2 : m->a.n * m->b.n;
    progress_begin(&m->bar, b->name, "comparisons", m->r->quiet);
    pthread_mutex_init(&m->lock, NULL);
    ask_all(m, wanted < m->a.n ? wanted : m->a.n);
    pthread_mutex_destroy(&m->lock);
    progress_end(&m->bar);
    for (size_t i = 0; !m->code && i < b->n_native && i < PART_NATIVE; i++)
        m->map->native[i] = b->native[i];
    return m->code;
}

/* Of one row: its finite scores, and the least alike of them, as core has it. */
static size_t list_of(const struct making *m, size_t i, double *last)
{
    size_t n = 0;

    *last = INFINITY;
    for (size_t j = 0; j < m->b.n; j++) {
        double x = (double)*cell(m, i, j);
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

    for (size_t i = 0; i < m->a.n; i++) {
        size_t n = list_of(m, i, &last);
        longest = n > longest ? n : longest;
    }
    if (longest == m->b.n || (most && longest < cap))
        return 0;
    return longest;
}

/* Beyond which score all that match are there, as core has it; -INFINITY: any. */
static double find_known(const struct making *m, size_t cut)
{
    const struct backend *b = m->r->backend;
    double known = -INFINITY, last;

    for (size_t i = 0; cut && i < m->a.n; i++)
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
    for (size_t i = 0; i < m->a.n; i++)
        for (size_t j = m->all ? i + 1 : 0; j < m->b.n; j++) {
            double x = (double)*cell(m, i, j);
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

static int write_scores(const struct making *m, const char *path, struct err *err)
{
    const size_t shape[] = { m->a.o->n, m->b.o->n };
    float *row = mem_array(shape[1] + 1, sizeof *row);
    struct npy_out out;
    size_t at = 0;
    int code = npy_begin(&out, path, "'<f4'", shape, 2, err);

    for (size_t i = 0; i < shape[0] && !code; i++) {
        const bool is_there = at < m->a.n && m->a.rows[at] == i;
        for (size_t j = 0; j < shape[1]; j++)
            row[j] = NAN;
        for (size_t j = 0; j < m->b.n && is_there; j++)
            if (!m->all || j != at)
                row[m->b.rows[j]] = *cell(m, at, j) + 0.f;
        at += is_there;
        for (size_t j = 0; j < shape[1]; j++)
            npy_put_f32(&out, row[j]);
    }
    free(row);
    return code ? code : npy_commit(&out, err);
}

/* Not one score: asked for again the next time. */
static int give_up(const struct making *m, const char *part, uint64_t pairs)
{
    unlink(part);
    return err_add(m->err, ERR_PROGRAM, "the backend %s gave none of %llu pairs a score",
                   m->r->backend->name, (unsigned long long)pairs);
}

int own_scores_end(const char *dir, struct err *err)
{
    return file_remove(dir, PART, err);
}

int own_scores_make(const struct own_scores_request *r, struct own_scores *made,
                    struct err *err)
{
    struct making m = { .r = r, .all = !r->b, .err = err };
    char *part = path_join(r->dir, PART), *path = path_join(r->dir, "own.npy");
    int code = own_scores_fit(r->backend, r->a->n, r->b ? r->b->n : 0, err);

    find_side(&m.a, r->a);
    if (m.all)
        m.b = m.a;
    else
        find_side(&m.b, r->b);
    m.searches = own_scores_searches(r->backend, r->b);
    m.shared = m.searches && r->backend->client;
    if (!code)
        code = path_make_dirs(r->dir, err);
    if (!code)
        code = open_part(&m, part, err);
    if (!code && m.a.n && m.b.n)
        code = make_all(&m);
    if (!code) {
        sum_up(&m, made);
        if (made->pairs && made->none + made->below == made->pairs)
            code = give_up(&m, part, made->pairs);
    }
    if (!code)
        code = write_scores(&m, path, err);
    if (m.map)
        munmap(m.map, m.mapped);
    release_side(&m.a);
    if (!m.all)
        release_side(&m.b);
    free(part);
    free(path);
    return code;
}

