/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Galleries of kairos. Its verify holds a picture against a subject that is enrolled, so
 * a comparison enrolls the first picture of a pair, as a subject named by its hash, in a
 * gallery that lasts as long as the backend; a search enrolls each template as a subject
 * named by its place.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backends/kairos.h"

#define VERIFY_TRIES 2 /* the second where the subject is not there any more */

int kairos_remove(struct backend *b, const char *gallery, struct err *err)
{
    struct kairos *s = b->state;
    struct cloud_request r;

    kairos_request(s, "Gallery", "/gallery/remove", &r);
    cloud_textf(&r, "{\"gallery_name\":\"%s\"}", gallery);
    r.effect = CLOUD_ACT;
    r.cleanup = true;
    int code = vendor_do(b, s->cloud, &r, kairos_read_done, VENDOR_GONE,
                         "the gallery was not deleted", err);
    return code < 0 ? code : 0;
}

static void ask_with_image(struct kairos *s, const char *operation, const char *path,
                           const struct cloud_image *im, struct cloud_request *r)
{
    kairos_request(s, operation, path, r);
    cloud_text(r, "{\"image\":\"");
    cloud_base64(r, im);
    cloud_text(r, "\",");
}

int kairos_enroll_all(struct kairos *s, const char *gallery,
                      const char (*subjects)[KAIROS_SUBJECT],
                      const struct cloud_image *images, size_t n, bool *took,
                      struct text *why, struct err *err)
{
    struct cloud_request *requests = mem_array(n, sizeof *requests);
    struct cloud_answer *answers = mem_array(n, sizeof *answers);
    struct vendor_said said = VENDOR_SAID_INIT;

    for (size_t i = 0; i < n; i++) {
        ask_with_image(s, "Enroll", "/enroll", &images[i], &requests[i]);
        cloud_textf(&requests[i], "\"gallery_name\":\"%s\",\"subject_id\":\"%s\"}", gallery,
                    subjects[i]);
        requests[i].effect = CLOUD_ACT;
    }
    int code = cloud_exchange(s->cloud, requests, answers, n, err);
    for (size_t i = 0; i < n; i++) {
        const struct vendor_reply r = vendor_reply_of(&answers[i]);
        enum vendor_outcome outcome = VENDOR_BREACH;
        if (!code && answers[i].outcome == CLOUD_ANSWERED)
            outcome = kairos_read_enroll(&r, subjects[i], &said);
        took[i] = outcome == VENDOR_OK;
        if (outcome == VENDOR_SAMPLE && !why->len)
            text_add(why, said.why.s);
        else if (!code && !took[i] && outcome != VENDOR_SAMPLE &&
                 answers[i].outcome != CLOUD_NOT_SENT)
            code = vendor_fail(s->b, &answers[i], &said, "a subject was not enrolled", err);
        cloud_request_release(&requests[i]);
        cloud_answer_release(&answers[i]);
    }
    vendor_said_release(&said);
    free(requests);
    free(answers);
    return code;
}

/* --- pairs --- */

struct pairs {                 /* at most b->batch */
    struct kairos *s;
    struct cloud_image *a, *b;
    bool *has_a, *has_b;       /* the picture is to be had */
    bool *gone;                /* the subject was not there */
    size_t n;
    double *scores;
};

static void name_subject(const struct cloud_image *im, char name[KAIROS_SUBJECT])
{
    snprintf(name, KAIROS_SUBJECT, "s%.40s", im->sha256);
}

/* With the lock held: a gallery for as long as the backend is open. */
static int make_gallery(struct kairos *s, struct err *err)
{
    if (*s->verified)
        return 0;
    snprintf(s->verified, sizeof s->verified, "misidv%.40s", s->b->fingerprint);
    return cloud_gallery_made(s->cloud, s->verified, err);
}

static void note_subject(struct kairos *s, const char *name, bool took)
{
    uint32_t i = dict_add(&s->subjects, name, NULL);

    if (i >= s->cap) {
        s->cap = s->cap ? 2 * s->cap : 64;
        s->enrolled = mem_grow(s->enrolled, s->cap, sizeof *s->enrolled);
    }
    s->enrolled[i] = took;
}

static bool is_listed(const char (*names)[KAIROS_SUBJECT], size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(names[i], name))
            return true;
    return false;
}

/* Enrolls the first pictures that are no subjects yet, or with `anew` those that are not
 * there any more. One exchange at a time. */
static int enroll_firsts(struct pairs *p, bool anew, struct err *err)
{
    struct kairos *s = p->s;
    char (*names)[KAIROS_SUBJECT] = mem_array(p->n, sizeof *names);
    struct cloud_image *images = mem_array(p->n, sizeof *images);
    bool *took = mem_array(p->n, sizeof *took);
    struct text why = TEXT_INIT;
    size_t n = 0;

    pthread_mutex_lock(&s->lock);
    int code = make_gallery(s, err);
    for (size_t i = 0; i < p->n; i++) {
        name_subject(&p->a[i], names[n]);
        bool wanted = anew ? p->gone[i]
                           : p->has_a[i] && dict_find(&s->subjects, names[n]) == DICT_NONE;
        if (wanted && !is_listed((const char (*)[KAIROS_SUBJECT])names, n, names[n]))
            images[n++] = p->a[i];
    }
    if (!code && n)
        code = kairos_enroll_all(s, s->verified, (const char (*)[KAIROS_SUBJECT])names,
                                 images, n, took, &why, err);
    for (size_t i = 0; i < n && !code; i++)
        note_subject(s, names[i], took[i]);
    pthread_mutex_unlock(&s->lock);
    text_release(&why);
    free(names);
    free(images);
    free(took);
    return code;
}

static bool is_subject(struct kairos *s, const struct cloud_image *im)
{
    char name[KAIROS_SUBJECT];

    name_subject(im, name);
    pthread_mutex_lock(&s->lock);
    uint32_t i = dict_find(&s->subjects, name);
    bool took = i != DICT_NONE && s->enrolled[i];
    pthread_mutex_unlock(&s->lock);
    return took;
}

static int read_score(struct pairs *p, size_t i, const struct cloud_answer *a, bool last,
                      struct err *err)
{
    const struct vendor_reply r = vendor_reply_of(a);
    struct vendor_said said = VENDOR_SAID_INIT;
    enum vendor_outcome outcome = VENDOR_BREACH;
    int code = 0;

    if (a->outcome == CLOUD_ANSWERED)
        outcome = kairos_read_verify(&r, &p->scores[i], &said);
    if (outcome != VENDOR_OK)
        p->scores[i] = NAN;
    p->gone[i] = outcome == VENDOR_GONE;
    if (p->gone[i] && last)
        code = vendor_fail(p->s->b, a, &said, "a subject that was enrolled is gone", err);
    vendor_said_release(&said);
    return code;
}

static int verify(struct pairs *p, bool anew, struct err *err)
{
    struct kairos *s = p->s;
    struct cloud_request *requests = mem_array(p->n, sizeof *requests);
    struct cloud_answer *answers = mem_array(p->n, sizeof *answers);
    size_t *which = mem_array(p->n, sizeof *which), n = 0;
    char subject[KAIROS_SUBJECT];

    for (size_t i = 0; i < p->n; i++) {
        if (anew ? !p->gone[i]
                 : !p->has_a[i] || !p->has_b[i] || !is_subject(s, &p->a[i]))
            continue;
        name_subject(&p->a[i], subject);
        ask_with_image(s, "Verify", "/verify", &p->b[i], &requests[n]);
        cloud_textf(&requests[n], "\"gallery_name\":\"%s\",\"subject_id\":\"%s\"}",
                    s->verified, subject);
        if (anew)              /* its answer so far is not to be had again */
            requests[n].effect = CLOUD_ACT;
        which[n++] = i;
    }
    int code = cloud_exchange(s->cloud, requests, answers, n, err);
    for (size_t k = 0; k < n; k++) {
        if (!code)
            code = read_score(p, which[k], &answers[k], anew, err);
        cloud_request_release(&requests[k]);
        cloud_answer_release(&answers[k]);
    }
    free(requests);
    free(answers);
    free(which);
    return code;
}

static bool any(const bool *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (list[i])
            return true;
    return false;
}

static int compare_few(struct pairs *p, struct err *err)
{
    int code = 0;

    for (int i = 0; i < VERIFY_TRIES && !code && (!i || any(p->gone, p->n)); i++)
        if (!(code = enroll_firsts(p, i, err)))
            code = verify(p, i, err);
    return code;
}

int kairos_compare(struct session *session, const void *const *a, const size_t *a_len,
                   const void *const *b, const size_t *b_len, size_t n, double *scores,
                   struct err *err)
{
    struct kairos *s = session->backend->state;
    const size_t most = s->b->batch;
    struct pairs p = { s, mem_array(most, sizeof *p.a), mem_array(most, sizeof *p.b),
                       mem_array(most, sizeof *p.has_a), mem_array(most, sizeof *p.has_b),
                       mem_array(most, sizeof *p.gone), 0, scores };
    struct text why = TEXT_INIT;
    struct box face;
    int code = 0;

    for (size_t at = 0; at < n && !code; at += p.n) {
        p.n = n - at < most ? n - at : most;
        p.scores = scores + at;
        for (size_t i = 0; i < p.n; i++) {
            p.scores[i] = NAN;
            p.gone[i] = false;
            p.has_a[i] = cloud_template_take(s->cloud, a[at + i], a_len[at + i],
                                             &kairos_limits, &p.a[i], &face, &why);
            p.has_b[i] = cloud_template_take(s->cloud, b[at + i], b_len[at + i],
                                             &kairos_limits, &p.b[i], &face, &why);
        }
        code = compare_few(&p, err);
        for (size_t i = 0; i < p.n; i++) {
            cloud_image_release(&p.a[i]);
            cloud_image_release(&p.b[i]);
        }
    }
    text_release(&why);
    free(p.a);
    free(p.b);
    free(p.has_a);
    free(p.has_b);
    free(p.gone);
    return code;
}

/* --- galleries --- */

struct enrolling {
    struct kairos *s;
    struct vendor_gallery *gallery;
    const void *const *templates;
    const size_t *len;
    size_t refused;
    struct text why;           /* of the first */
};

static int add_few(struct enrolling *e, size_t at, size_t n, struct err *err)
{
    char (*names)[KAIROS_SUBJECT] = mem_array(n, sizeof *names);
    struct cloud_image *images = mem_array(n, sizeof *images);
    bool *took = mem_array(n, sizeof *took);
    size_t *place = mem_array(n, sizeof *place), taken = 0;
    struct text why = TEXT_INIT;
    struct box face;

    for (size_t i = 0; i < n; i++) {
        place[taken] = at + i;
        snprintf(names[taken], sizeof names[taken], "p%zu", at + i);
        if (cloud_template_take(e->s->cloud, e->templates[at + i], e->len[at + i],
                                &kairos_limits, &images[taken], &face,
                                e->why.len ? &why : &e->why))
            taken++;
    }
    int code = kairos_enroll_all(e->s, e->gallery->name,
                                 (const char (*)[KAIROS_SUBJECT])names, images, taken, took,
                                 &e->why, err);
    e->refused += n - taken;
    for (size_t i = 0; i < taken; i++) {
        if (took[i])
            vendor_gallery_place(e->gallery, names[i], place[i]);
        else
            e->refused++;
        cloud_image_release(&images[i]);
    }
    text_release(&why);
    free(names);
    free(images);
    free(took);
    free(place);
    return code;
}

int kairos_enroll(struct session *session, const void *const *templates, const size_t *len,
                  size_t n, uint64_t *gallery, struct err *err)
{
    struct kairos *s = session->backend->state;
    struct vendor_gallery *one = vendor_gallery_new(&s->galleries, 'k', templates, len, n);
    struct enrolling e = { s, one, templates, len, 0, TEXT_INIT };
    const size_t most = s->b->batch;
    int code = cloud_gallery_made(s->cloud, one->name, err);

    for (size_t at = 0; at < n && !code; at += most)
        code = add_few(&e, at, n - at < most ? n - at : most, err);
    if (!code && !cloud_is_dry(s->cloud))
        vendor_gallery_tell(s->b, e.refused, n, e.why.s);
    text_release(&e.why);
    if (code)
        vendor_gallery_part_with(s->b, s->cloud, one, kairos_remove);
    else
        *gallery = vendor_galleries_add(&s->galleries, one);
    return code;
}

static long read_found(struct kairos *s, const struct cloud_answer *a,
                       struct vendor_candidate *found, size_t most, struct err *err)
{
    const struct vendor_reply r = vendor_reply_of(a);
    struct vendor_said said = VENDOR_SAID_INIT;
    enum vendor_outcome outcome = VENDOR_BREACH;
    size_t n = 0;
    int code = 0;

    if (a->outcome == CLOUD_ANSWERED)
        outcome = kairos_read_recognize(&r, found, most, &n, &said);
    if (outcome != VENDOR_OK && outcome != VENDOR_SAMPLE && a->outcome != CLOUD_NOT_SENT)
        code = vendor_fail(s->b, a, &said, "a search failed", err);
    vendor_said_release(&said);
    return code ? code : (long)n;
}

long kairos_search(struct session *session, uint64_t gallery, const void *probe, size_t len,
                   struct backend_candidate *to, size_t cap, struct err *err)
{
    struct kairos *s = session->backend->state;
    const struct vendor_gallery *g = vendor_galleries_find(&s->galleries, gallery);
    const size_t most = cap < KAIROS_FOUND ? cap : KAIROS_FOUND;
    struct cloud_answer a = { .outcome = CLOUD_LOST };
    struct vendor_candidate *found;
    struct cloud_request r;
    struct cloud_image im;
    struct text why = TEXT_INIT;
    struct box face;
    char least[NUM_MAX];

    if (!g)
        return err_add(err, ERR_PROGRAM, "backend %s: there is no such gallery", s->b->name);
    if (!most)
        return 0;
    if (!cloud_template_take(s->cloud, probe, len, &kairos_limits, &im, &face, &why)) {
        err_add(err, ERR_INPUT, "backend %s: %s", s->b->name, why.s);
        text_release(&why);
        return ERR_INPUT;
    }
    ask_with_image(s, "Recognize", "/recognize", &im, &r);
    cloud_textf(&r, "\"gallery_name\":\"%s\",\"threshold\":\"%s\",\"max_num_results\":%zu}",
                g->name, num_shortest(least, s->threshold), most);
    r.effect = CLOUD_GALLERY;
    found = mem_array(most, sizeof *found);
    long n = cloud_exchange(s->cloud, &r, &a, 1, err);
    if (!n)
        n = read_found(s, &a, found, most, err);
    if (n > 0)
        n = vendor_gallery_places(g, s->b, found, (size_t)n, to, cap, err);
    cloud_answer_release(&a);
    cloud_request_release(&r);
    cloud_image_release(&im);
    free(found);
    return n;
}

void kairos_drop(struct session *session, uint64_t gallery)
{
    struct kairos *s = session->backend->state;

    vendor_gallery_part_with(s->b, s->cloud, vendor_galleries_take(&s->galleries, gallery),
                             kairos_remove);
}
