/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "backends/vendor_cloud.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct vendor_reply vendor_reply_of(const struct cloud_answer *a)
{
    return (struct vendor_reply){ a->status, a->body, a->len };
}

enum cloud_verdict vendor_judge(enum vendor_outcome (*read)(const struct vendor_reply *r,
                                                            struct vendor_said *said),
                                const struct cloud_answer *a, struct text *why)
{
    const struct vendor_reply r = vendor_reply_of(a);
    struct vendor_said said = VENDOR_SAID_INIT;
    enum vendor_outcome outcome = read(&r, &said);
    enum cloud_verdict verdict = outcome == VENDOR_AGAIN    ? CLOUD_AGAIN
                                 : outcome == VENDOR_CLOSED ? CLOUD_HALT
                                                            : CLOUD_DONE;

    if (verdict == CLOUD_HALT)
        text_addf(why, "it does not serve this account: %s", said.why.s);
    vendor_said_release(&said);
    return verdict;
}

void vendor_read_faces(enum vendor_outcome (*read)(const struct vendor_reply *r,
                                                   struct answer *to,
                                                   struct vendor_said *said),
                       const struct cloud_answer *from, struct answer *a)
{
    const struct vendor_reply r = vendor_reply_of(from);
    struct vendor_said said = VENDOR_SAID_INIT;
    enum vendor_outcome outcome = read(&r, a, &said);

    if (outcome != VENDOR_OK)
        answer_fail(a, outcome == VENDOR_SAMPLE ? said.status : STATUS_ERROR, "%s",
                    said.why.s);
    for (size_t i = 0; i < a->n_faces; i++) {
        a->faces[i].template = NULL;
        a->faces[i].template_len = 0;
    }
    vendor_said_release(&said);
}

int vendor_fail(const struct backend *b, const struct cloud_answer *a,
                const struct vendor_said *said, const char *what, struct err *err)
{
    return err_add(err, ERR_PROGRAM, "backend %s: %s: %s", b->name, what,
                   a->outcome == CLOUD_ANSWERED ? said->why.s : a->why);
}

int vendor_do(struct backend *b, struct cloud *c, struct cloud_request *r,
              enum vendor_outcome (*read)(const struct vendor_reply *r,
                                          struct vendor_said *said),
              enum vendor_outcome allowed, const char *what, struct err *err)
{
    struct cloud_answer a = { .outcome = CLOUD_LOST };
    struct vendor_said said = VENDOR_SAID_INIT;
    int code = cloud_exchange(c, r, &a, 1, err);

    if (!code && a.outcome != CLOUD_NOT_SENT) {
        const struct vendor_reply got = vendor_reply_of(&a);
        enum vendor_outcome outcome = a.outcome == CLOUD_ANSWERED ? read(&got, &said)
                                                                  : VENDOR_BREACH;
        /* an earlier try, whose answer was lost, had made it */
        if (outcome == VENDOR_TAKEN && a.tries > 1)
            outcome = VENDOR_OK;
        if (outcome == allowed && outcome != VENDOR_OK)
            code = 1;
        else if (outcome != VENDOR_OK)
            code = vendor_fail(b, &a, &said, what, err);
    }
    vendor_said_release(&said);
    cloud_answer_release(&a);
    cloud_request_release(r);
    return code;
}

void vendor_names_init(struct vendor_names *v, struct backend *b, struct cloud *cloud)
{
    v->b = b;
    v->cloud = cloud;
    pthread_mutex_init(&v->lock, NULL);
}

void vendor_names_release(struct vendor_names *v)
{
    free(v->names);
    dict_release(&v->known);
    pthread_mutex_destroy(&v->lock);
}

/* What a name is kept under. Templates are text, with zeros behind them in a matrix. */
static void add_key(struct text *to, unsigned generation, const void *template, size_t len)
{
    text_addf(to, "%u ", generation);
    text_addn(to, template, strnlen(template, len));
}

static bool look_up(struct vendor_names *v, const char *key, vendor_id to)
{
    pthread_mutex_lock(&v->lock);
    uint32_t i = dict_find(&v->known, key);
    if (i != DICT_NONE)
        memcpy(to, v->names[i], sizeof v->names[i]);
    pthread_mutex_unlock(&v->lock);
    return i != DICT_NONE;
}

static void keep(struct vendor_names *v, const char *key, const char *name)
{
    pthread_mutex_lock(&v->lock);
    uint32_t i = dict_add(&v->known, key, NULL);
    if (i >= v->cap) {
        v->cap = v->cap ? 2 * v->cap : 64;
        v->names = mem_grow(v->names, v->cap, sizeof *v->names);
    }
    snprintf(v->names[i], sizeof v->names[i], "%s", name);
    pthread_mutex_unlock(&v->lock);
}

struct wanted {                /* a name to be asked for */
    struct text key;
    struct cloud_image image;
    struct box face;           /* in shares of the picture */
    vendor_id name;
};

/* The face in the box, which is of the same picture: it has the same box, or the most
 * like it. */
static void pick(struct vendor_names *v, const struct cloud_answer *from, struct wanted *w)
{
    const struct vendor_reply r = vendor_reply_of(from);
    const struct box *f = &w->face;
    const struct image_place place = {
        .has_box = f->width > 0,
        .box = { f->x * w->image.width, f->y * w->image.height,
                 f->width * w->image.width, f->height * w->image.height },
    };
    struct vendor_said said = VENDOR_SAID_INIT;
    struct answer a = { .status = STATUS_OK };

    *w->name = '\0';
    if (from->outcome == CLOUD_ANSWERED && v->read(&r, &a, &said) == VENDOR_OK &&
        cloud_choose(&a, &place))
        snprintf(w->name, sizeof w->name, "%.*s", (int)a.faces[0].template_len,
                 (const char *)a.faces[0].template);
    answer_release(&a);
    vendor_said_release(&said);
}

/* Asks for the names of at most VENDOR_CHUNK, and keeps them. */
static int ask_names(struct vendor_names *v, struct wanted *w, size_t n,
                     unsigned generation, struct err *err)
{
    struct cloud_request *requests = mem_array(n, sizeof *requests);
    struct cloud_answer *answers = mem_array(n, sizeof *answers);

    for (size_t i = 0; i < n; i++)
        v->ask(v->b, &w[i].image, generation, &requests[i]);
    int code = cloud_exchange(v->cloud, requests, answers, n, err);
    for (size_t i = 0; i < n; i++) {
        if (!code) {
            pick(v, &answers[i], &w[i]);
            keep(v, w[i].key.s, w[i].name);
        }
        cloud_request_release(&requests[i]);
        cloud_answer_release(&answers[i]);
    }
    free(requests);
    free(answers);
    return code;
}

static bool is_wanted(const struct wanted *w, size_t n, const char *key)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(w[i].key.s, key))
            return true;
    return false;
}

static int learn(struct vendor_names *v, const void *const *templates, const size_t *len,
                 size_t n, unsigned generation, struct err *err)
{
    struct wanted *w = mem_array(n, sizeof *w);
    struct text key = TEXT_INIT, why = TEXT_INIT;
    vendor_id name;
    size_t wanted = 0;

    for (size_t i = 0; i < n; i++) {
        struct wanted *next = &w[wanted];
        text_reset(&key);
        add_key(&key, generation, templates[i], len[i]);
        if (look_up(v, key.s, name) || is_wanted(w, wanted, key.s))
            continue;
        if (!cloud_template_take(v->cloud, templates[i], len[i], &v->limits, &next->image,
                                 &next->face, &why)) {
            keep(v, key.s, "");
            continue;
        }
        text_init(&next->key);
        text_add(&next->key, key.s);
        wanted++;
    }
    int code = wanted ? ask_names(v, w, wanted, generation, err) : 0;
    for (size_t i = 0; i < wanted; i++) {
        text_release(&w[i].key);
        cloud_image_release(&w[i].image);
    }
    free(w);
    text_release(&key);
    text_release(&why);
    return code;
}

int vendor_names_get(struct vendor_names *v, const void *const *templates,
                     const size_t *len, size_t n, unsigned generation, vendor_id *to,
                     struct err *err)
{
    struct text key = TEXT_INIT;
    int code = 0;

    for (size_t i = 0; i < n && !code; i += VENDOR_CHUNK)
        code = learn(v, templates + i, len + i, n - i < VENDOR_CHUNK ? n - i : VENDOR_CHUNK,
                     generation, err);
    for (size_t i = 0; i < n; i++) {
        *to[i] = '\0';
        text_reset(&key);
        add_key(&key, generation, templates[i], len[i]);
        if (!code)
            look_up(v, key.s, to[i]);
    }
    text_release(&key);
    return code;
}

long vendor_names_try(struct vendor_names *v, const void *template, size_t len,
                      long (*once)(void *arg, const char *name, bool *gone,
                                   struct err *err),
                      void *arg, struct err *err)
{
    bool gone = true;
    long n = 0;

    if (cloud_is_dry(v->cloud))
        return 0;
    for (unsigned i = 0; i < VENDOR_GENERATIONS && gone && n >= 0; i++) {
        vendor_id name;
        n = vendor_names_get(v, &template, &len, 1, i, &name, err);
        gone = false;
        if (!n && !*name)
            n = err_add(err, ERR_PROGRAM, "backend %s: the service gave a probe no name; the "
                        "same command asks again", v->b->name);
        else if (!n)
            n = once(arg, name, &gone, err);
    }
    return !gone ? n : err_add(err, ERR_PROGRAM, "backend %s: the service forgot a face as "
                               "soon as it had named it", v->b->name);
}

struct pairs {                 /* at most VENDOR_CHUNK, and those still to be scored */
    const void *const *a, *const *b;
    const size_t *a_len, *b_len;
    double *scores;
    size_t open[VENDOR_CHUNK], n;
};

/* Reads an answer; true if the pair is to be asked about again. */
static bool is_gone(struct vendor_names *v, const struct cloud_answer *from, double *score)
{
    const struct vendor_reply r = vendor_reply_of(from);
    struct vendor_said said = VENDOR_SAID_INIT;
    enum vendor_outcome outcome = VENDOR_BREACH;

    if (from->outcome == CLOUD_ANSWERED)
        outcome = v->read_pair(v->b, &r, score, &said);
    if (outcome != VENDOR_OK)
        *score = NAN;
    vendor_said_release(&said);
    return outcome == VENDOR_GONE;
}

/* Compares what is open, by names of one generation. */
static int compare_open(struct vendor_names *v, struct pairs *p, unsigned generation,
                        struct err *err)
{
    const void *templates[2 * VENDOR_CHUNK];
    size_t len[2 * VENDOR_CHUNK], asked[VENDOR_CHUNK], n = 0, still = 0;
    vendor_id *names = mem_array(2 * p->n, sizeof *names);
    struct cloud_request *requests = mem_array(p->n, sizeof *requests);
    struct cloud_answer *answers = mem_array(p->n, sizeof *answers);

    for (size_t k = 0; k < p->n; k++) {
        templates[2 * k] = p->a[p->open[k]];
        templates[2 * k + 1] = p->b[p->open[k]];
        len[2 * k] = p->a_len[p->open[k]];
        len[2 * k + 1] = p->b_len[p->open[k]];
    }
    int code = vendor_names_get(v, templates, len, 2 * p->n, generation, names, err);
    for (size_t k = 0; k < p->n && !code; k++)
        if (*names[2 * k] && *names[2 * k + 1]) {
            v->ask_pair(v->b, names[2 * k], names[2 * k + 1], &requests[n]);
            asked[n++] = p->open[k];
        }
    if (!code && n)
        code = cloud_exchange(v->cloud, requests, answers, n, err);
    for (size_t k = 0; k < n; k++) {
        if (!code && is_gone(v, &answers[k], &p->scores[asked[k]]))
            p->open[still++] = asked[k];
        cloud_request_release(&requests[k]);
        cloud_answer_release(&answers[k]);
    }
    p->n = still;
    free(names);
    free(requests);
    free(answers);
    return code;
}

int vendor_names_compare(struct vendor_names *v, const void *const *a, const size_t *a_len,
                         const void *const *b, const size_t *b_len, size_t n,
                         double *scores, struct err *err)
{
    int code = 0;

    for (size_t i = 0; i < n && !code; i += VENDOR_CHUNK) {
        struct pairs p = { a + i, b + i, a_len + i, b_len + i, scores + i, { 0 }, 0 };
        for (; p.n < VENDOR_CHUNK && i + p.n < n; p.n++) {
            p.open[p.n] = p.n;
            p.scores[p.n] = NAN;
        }
        for (unsigned g = 0; g < VENDOR_GENERATIONS && p.n && !code; g++)
            code = compare_open(v, &p, g, err);
    }
    return code;
}
