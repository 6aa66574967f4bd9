/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Collections of Amazon Rekognition: made for a gallery, searched, and deleted. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backends/rekognition.h"
#include "backends/rekognition_read.h"

#define NAMES 10               /* tried for a collection, if others have them */

static void note_version(struct rekognition *s, const struct cloud_answer *from)
{
    struct text version = TEXT_INIT;

    rekognition_read_version(from, &version);
    if (version.len)
        cloud_model(s->cloud, "FaceModelVersion", version.s);
    text_release(&version);
}

/* What went wrong with a call that a gallery cannot do without. */
static int failed(const struct backend *b, const char *call,
                  const struct cloud_answer *from, struct err *err)
{
    char type[REKOGNITION_TYPE];
    struct text words = TEXT_INIT;

    if (from->outcome == CLOUD_ANSWERED)
        rekognition_error(from, type, &words);
    else
        snprintf(type, sizeof type, "no answer");
    int code = err_add(err, ERR_PROGRAM, "backend %s: %s: %s: %s", b->asked, call, type,
                       from->outcome == CLOUD_ANSWERED ? words.s : from->why);
    text_release(&words);
    return code;
}

int rekognition_delete(struct backend *b, const char *id, struct err *err)
{
    struct rekognition *s = b->state;
    struct cloud_request r;
    struct cloud_answer a = { .status = 0 };
    char type[REKOGNITION_TYPE] = "";
    struct text words = TEXT_INIT;

    rekognition_ask(&r, s, "DeleteCollection");
    r.effect = CLOUD_ACT;
    r.cleanup = true;
    cloud_textf(&r, "{\"CollectionId\":\"%s\"}", id);
    int code = cloud_exchange(s->cloud, &r, &a, 1, err);
    if (!code && a.outcome == CLOUD_ANSWERED && a.status != 200)
        rekognition_error(&a, type, &words);
    if (!code && (a.outcome != CLOUD_ANSWERED ||
                  (a.status != 200 && strcmp(type, "ResourceNotFoundException"))))
        code = failed(b, "DeleteCollection", &a, err);
    text_release(&words);
    cloud_answer_release(&a);
    cloud_request_release(&r);
    return code;
}

/* One try to make a collection of this name: 1 made, 0 the name is taken, negative. */
static int make_named(struct session *session, const char *id, struct err *err)
{
    struct rekognition *s = session->backend->state;
    struct cloud_request r;
    struct cloud_answer a = { .status = 0 };
    char type[REKOGNITION_TYPE] = "";
    struct text words = TEXT_INIT;
    int code = cloud_gallery_made(s->cloud, id, err);

    if (code)
        return code;
    rekognition_ask(&r, s, "CreateCollection");
    r.effect = CLOUD_ACT;
    cloud_textf(&r, "{\"CollectionId\":\"%s\"}", id);
    code = cloud_exchange(s->cloud, &r, &a, 1, err);
    if (!code && a.outcome == CLOUD_ANSWERED && a.status != 200)
        rekognition_error(&a, type, &words);
    bool taken = !strcmp(type, "ResourceAlreadyExistsException");
    if (!code && a.outcome == CLOUD_ANSWERED && a.status == 200) {
        note_version(s, &a);
        code = 1;
    } else if (!code && taken) {
        code = a.tries > 1; /* an earlier try, whose answer was lost, had made it */
    } else if (!code && a.outcome != CLOUD_NOT_SENT) {
        code = failed(session->backend, "CreateCollection", &a, err);
    } else if (!code) {
        code = 1;
    }
    if (!code)
        cloud_gallery_gone(s->cloud, id);
    text_release(&words);
    cloud_answer_release(&a);
    cloud_request_release(&r);
    return code;
}

/* Named by what is in it. NULL with err. */
static char *make_collection(struct session *session, const void *const *templates,
                             const size_t *len, size_t n, struct err *err)
{
    struct text t = TEXT_INIT;
    char hash[HASH_HEX];
    int code = 0;

    text_add(&t, session->backend->fingerprint);
    for (size_t i = 0; i < n; i++) {
        hash_bytes(hash, templates[i], len[i]);
        text_add(&t, hash);
    }
    hash_bytes(hash, t.s, t.len);
    text_release(&t);
    for (int i = 0; i < NAMES; i++) {
        char *id = mem_printf("misid-%.24s-%d", hash, i);
        code = make_named(session, id, err);
        if (code > 0)
            return id;
        free(id);
        if (code < 0)
            return NULL;
    }
    err_add(err, ERR_PROGRAM, "backend %s: CreateCollection: there are %d collections "
            "misid-%.24s-… already, which others made: `misid cloud list` has what was left "
            "behind", session->backend->asked, NAMES, hash);
    return NULL;
}

static void ask_index(struct rekognition *s, const char *id, size_t place,
                      const struct cloud_image *im, struct cloud_request *r)
{
    rekognition_ask(r, s, "IndexFaces");
    r->effect = CLOUD_ACT;
    cloud_textf(r, "{\"CollectionId\":\"%s\",\"DetectionAttributes\":[],\"ExternalImageId\":"
                "\"%zu\",\"Image\":{\"Bytes\":\"", id, place);
    cloud_base64(r, im);
    cloud_textf(r, "\"},\"MaxFaces\":1,\"QualityFilter\":\"%s\"}", s->filter);
}

/* That it was indexed, or that the service will not. Only what may be otherwise the next
 * time fails. */
static int check_indexed(struct session *session, const struct cloud_answer *a,
                         struct err *err)
{
    struct rekognition *s = session->backend->state;
    struct answer outcome = { .status = STATUS_OK };
    struct text why = TEXT_INIT;
    size_t indexed;
    int code = 0;

    if (a->outcome == CLOUD_NOT_SENT)
        return 0;
    if (a->outcome == CLOUD_ANSWERED && a->status == 200) {
        note_version(s, a);
        if (!rekognition_read_index(a, &indexed, &why))
            code = err_add(err, ERR_PROGRAM, "backend %s: IndexFaces: %s",
                           session->backend->asked, why.s);
        text_release(&why);
        return code;
    }
    answer_reset(&outcome);
    if (a->outcome == CLOUD_ANSWERED)
        rekognition_fail_as(a, &outcome);
    bool refused = outcome.status == STATUS_REFUSED;
    answer_release(&outcome);
    return refused ? 0 : failed(session->backend, "IndexFaces", a, err);
}

static int index_all(struct session *session, const char *id, const void *const *templates,
                     const size_t *len, size_t n, struct err *err)
{
    struct rekognition *s = session->backend->state;
    const size_t most = 2 * session->backend->batch;
    struct cloud_image *images = mem_array(most, sizeof *images);
    struct cloud_request *requests = mem_array(most, sizeof *requests);
    struct cloud_answer *from = mem_array(most, sizeof *from);
    struct text why = TEXT_INIT;
    struct box unused;
    int code = 0;

    for (size_t at = 0; at < n && !code; at += most) {
        size_t k = n - at < most ? n - at : most, taken = 0;
        for (; taken < k && !code; taken++) {
            if (!cloud_template_take(s->cloud, templates[at + taken], len[at + taken],
                                     &rekognition_limits, &images[taken], &unused, &why))
                code = err_add(err, ERR_INPUT, "backend %s: enroll: %s",
                               session->backend->asked, why.s);
            else
                ask_index(s, id, at + taken, &images[taken], &requests[taken]);
        }
        if (!code)
            code = cloud_exchange(s->cloud, requests, from, k, err);
        for (size_t i = 0; i < taken; i++) {
            if (!code)
                code = check_indexed(session, &from[i], err);
            cloud_answer_release(&from[i]);
            cloud_request_release(&requests[i]);
            cloud_image_release(&images[i]);
        }
    }
    text_release(&why);
    free(images);
    free(requests);
    free(from);
    return code;
}

/* Deletes it now, or leaves it noted for the end. */
static void part_with(struct backend *b, const char *id)
{
    struct rekognition *s = b->state;

    if (cloud_is_replay(s->cloud) || cloud_is_dry(s->cloud))
        return;
    if (rekognition_delete(b, id, NULL) == 0)
        cloud_gallery_gone(s->cloud, id);
}

int rekognition_enroll(struct session *session, const void *const *templates,
                       const size_t *len, size_t n, uint64_t *gallery, struct err *err)
{
    struct backend *b = session->backend;
    struct rekognition *s = b->state;
    char *id = make_collection(session, templates, len, n, err);

    if (!id)
        return ERR_PROGRAM;
    int code = index_all(session, id, templates, len, n, err);
    if (code) {
        part_with(b, id);
        free(id);
        return code;
    }
    pthread_mutex_lock(&s->lock);
    MEM_ROOM(s->collections, s->n, s->cap);
    *gallery = s->n;
    s->collections[s->n++] = (struct collection){ id, n };
    pthread_mutex_unlock(&s->lock);
    return 0;
}

static struct collection find(struct rekognition *s, uint64_t gallery)
{
    struct collection c = { NULL, 0 };

    pthread_mutex_lock(&s->lock);
    if (gallery < s->n)
        c = s->collections[gallery];
    pthread_mutex_unlock(&s->lock);
    return c;
}

static long read_found(struct session *session, const struct cloud_answer *a,
                       size_t enrolled, struct backend_candidate *to, size_t cap,
                       struct err *err)
{
    struct rekognition *s = session->backend->state;
    struct answer outcome = { .status = STATUS_OK };
    struct text why = TEXT_INIT;
    size_t n = 0;
    long code = 0;

    if (a->outcome == CLOUD_NOT_SENT)
        return 0;
    if (a->outcome == CLOUD_ANSWERED && a->status == 200) {
        note_version(s, a);
        if (!rekognition_read_search(a, enrolled, to, cap, &n, &why))
            code = err_add(err, ERR_PROGRAM, "backend %s: SearchFacesByImage: %s",
                           session->backend->asked, why.s);
        text_release(&why);
        return code ? code : (long)n;
    }
    answer_reset(&outcome);
    if (a->outcome == CLOUD_ANSWERED)
        rekognition_fail_as(a, &outcome);
    bool refused = outcome.status == STATUS_REFUSED; /* it sees no face in the probe */
    answer_release(&outcome);
    return refused ? 0 : failed(session->backend, "SearchFacesByImage", a, err);
}

long rekognition_search(struct session *session, uint64_t gallery, const void *probe,
                        size_t len, struct backend_candidate *to, size_t cap,
                        struct err *err)
{
    struct rekognition *s = session->backend->state;
    struct collection c = find(s, gallery);
    struct cloud_request r;
    struct cloud_answer a = { .status = 0 };
    struct cloud_image im;
    struct box unused;
    struct text why = TEXT_INIT;

    if (!c.id)
        return err_add(err, ERR_PROGRAM, "backend %s: search: there is no such gallery",
                       session->backend->asked);
    if (!cloud_template_take(s->cloud, probe, len, &rekognition_limits, &im, &unused, &why)) {
        int code = err_add(err, ERR_INPUT, "backend %s: search: %s", session->backend->asked,
                           why.s);
        text_release(&why);
        cloud_image_release(&im);
        return code;
    }
    rekognition_ask(&r, s, "SearchFacesByImage");
    r.effect = CLOUD_GALLERY;
    cloud_textf(&r, "{\"CollectionId\":\"%s\",\"FaceMatchThreshold\":0,\"Image\":{"
                "\"Bytes\":\"", c.id);
    cloud_base64(&r, &im);
    cloud_textf(&r, "\"},\"MaxFaces\":%zu,\"QualityFilter\":\"%s\"}",
                cap < REKOGNITION_FOUND ? cap : REKOGNITION_FOUND, s->filter);
    long code = cloud_exchange(s->cloud, &r, &a, 1, err);
    if (!code)
        code = read_found(session, &a, c.n, to, cap, err);
    cloud_answer_release(&a);
    cloud_request_release(&r);
    cloud_image_release(&im);
    return code;
}

void rekognition_drop(struct session *session, uint64_t gallery)
{
    struct rekognition *s = session->backend->state;
    char *id = NULL;

    pthread_mutex_lock(&s->lock);
    if (gallery < s->n) {
        id = s->collections[gallery].id;
        s->collections[gallery].id = NULL;
    }
    pthread_mutex_unlock(&s->lock);
    if (id)
        part_with(session->backend, id);
    free(id);
}
