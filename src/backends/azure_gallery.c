/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Galleries of azure-face. A large person group has a person for each template, with one
 * face, and is searched by identify; a large face list has a face for each, and is
 * searched by findsimilars in the mode matchFace, which cuts nothing off. Both are
 * trained before the first search.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "backends/azure.h"
#include "backends/azure_read.h"

#define GROUP 'g' /* in the name of a gallery, behind "misid" */
#define LIST 'l'
#define NAMES 10            /* tried for a gallery, if others have them */
#define POLL_FIRST 0.2      /* seconds */
#define POLL_MOST 5.0

static bool is_group(const char *name)
{
    return name[strlen("misid")] == GROUP;
}

static const char *folder_of(const char *name)
{
    return is_group(name) ? "largepersongroups" : "largefacelists";
}

static void gallery_request(struct azure *s, const char *operation, const char *method,
                            const char *name, const char *rest, struct cloud_request *r)
{
    struct text path = TEXT_INIT;

    text_addf(&path, "/%s/%s%s", folder_of(name), name, rest);
    azure_request(s, operation, method, path.s, r);
    text_release(&path);
    r->effect = CLOUD_ACT;
}

/* Makes it, under another name where others have that one. */
static int create(struct azure *s, struct vendor_gallery *g, struct err *err)
{
    int code = 1;

    for (int i = 0; i < NAMES && code > 0; i++) {
        struct cloud_request r;
        if (i)
            vendor_gallery_rename(&s->galleries, g);
        if ((code = cloud_gallery_made(s->cloud, g->name, err)))
            return code;
        gallery_request(s, "Gallery", "PUT", g->name, "", &r);
        cloud_header(&r, "Content-Type", "application/json");
        cloud_textf(&r, "{\"name\":\"misid\",\"recognitionModel\":\"%s\"}",
                    backend_setting(s->b, "recognition"));
        code = vendor_do(s->b, s->cloud, &r, azure_read_done, VENDOR_TAKEN,
                         "no gallery was made", err);
        if (code > 0)
            cloud_gallery_gone(s->cloud, g->name);
    }
    return code <= 0 ? code : err_add(err, ERR_PROGRAM, "backend %s: there are galleries "
                                      "%.*s… already, which others made", s->b->name,
                                      (int)g->stem, g->name);
}

int azure_remove(struct backend *b, const char *gallery, struct err *err)
{
    struct azure *s = b->state;
    struct cloud_request r;

    gallery_request(s, "Gallery", "DELETE", gallery, "", &r);
    r.cleanup = true;
    int code = vendor_do(b, s->cloud, &r, azure_read_done, VENDOR_GONE,
                         "the gallery was not deleted", err);
    return code < 0 ? code : 0;
}

struct enrolling {
    struct azure *s;
    struct vendor_gallery *gallery;
    const void *const *templates;
    const size_t *len;
    size_t refused;
    struct text why;           /* of the first */
};

static void refuse(struct enrolling *e, const char *why)
{
    if (!e->refused++)
        text_add(&e->why, why);
}

/* What the service calls what was made by an answer. 0 and "": it refused this picture. */
static int read_made(struct enrolling *e, const struct cloud_answer *a, const char *key,
                     const char *what, vendor_id id, struct err *err)
{
    const struct vendor_reply r = vendor_reply_of(a);
    struct vendor_said said = VENDOR_SAID_INIT;
    enum vendor_outcome outcome = a->outcome == CLOUD_ANSWERED
                                      ? azure_read_made(&r, key, id, &said) : VENDOR_BREACH;
    int code = 0;

    if (outcome == VENDOR_SAMPLE)
        refuse(e, said.why.s);
    else if (outcome != VENDOR_OK && a->outcome != CLOUD_NOT_SENT)
        code = vendor_fail(e->s->b, a, &said, what, err);
    vendor_said_release(&said);
    return code;
}

/* Persons for the templates from `at` on. */
static int create_persons(struct enrolling *e, size_t at, size_t n, vendor_id *persons,
                          struct err *err)
{
    struct cloud_request *requests = mem_array(n, sizeof *requests);
    struct cloud_answer *answers = mem_array(n, sizeof *answers);

    for (size_t i = 0; i < n; i++) {
        gallery_request(e->s, "CreatePerson", "POST", e->gallery->name, "/persons",
                        &requests[i]);
        cloud_header(&requests[i], "Content-Type", "application/json");
        cloud_textf(&requests[i], "{\"name\":\"p%zu\"}", at + i);
    }
    int code = cloud_exchange(e->s->cloud, requests, answers, n, err);
    for (size_t i = 0; i < n; i++) {
        if (!code)
            code = read_made(e, &answers[i], "personId", "no person was made", persons[i],
                             err);
        cloud_request_release(&requests[i]);
        cloud_answer_release(&answers[i]);
    }
    free(requests);
    free(answers);
    return code;
}

/* The request that adds a template's picture, with the face that is meant. */
static void ask_add(struct enrolling *e, const char *person, const struct cloud_image *im,
                    const struct box *face, struct cloud_request *r)
{
    struct text rest = TEXT_INIT;

    if (is_group(e->gallery->name))
        text_addf(&rest, "/persons/%s", person);
    text_addf(&rest, "/persistedfaces?detectionModel=%s",
              backend_setting(e->s->b, "detection"));
    if (face->width > 0)
        text_addf(&rest, "&targetFace=%ld,%ld,%ld,%ld", lround(face->x * im->width),
                  lround(face->y * im->height), lround(face->width * im->width),
                  lround(face->height * im->height));
    gallery_request(e->s, "AddFace", "POST", e->gallery->name, rest.s, r);
    text_release(&rest);
    cloud_header(r, "Content-Type", "application/octet-stream");
    cloud_raw(r, im);
}

/* Reads what became of a face that was added, and notes its place. */
static int read_added(struct enrolling *e, const struct cloud_answer *a, const char *person,
                      size_t place, struct err *err)
{
    vendor_id id = "";
    int code = read_made(e, a, "persistedFaceId", "a face was not added", id, err);

    if (!code && *id)
        vendor_gallery_place(e->gallery, is_group(e->gallery->name) ? person : id, place);
    return code;
}

static int add_faces(struct enrolling *e, size_t at, size_t n, vendor_id *persons,
                     struct err *err)
{
    struct cloud_image *images = mem_array(n, sizeof *images);
    struct cloud_request *requests = mem_array(n, sizeof *requests);
    struct cloud_answer *answers = mem_array(n, sizeof *answers);
    size_t *which = mem_array(n, sizeof *which), asked = 0;
    struct text why = TEXT_INIT;
    struct box face;

    for (size_t i = 0; i < n; i++) {
        text_reset(&why);
        if (!cloud_template_take(e->s->cloud, e->templates[at + i], e->len[at + i],
                                 &e->s->names.limits, &images[asked], &face, &why)) {
            refuse(e, why.s);
            continue;
        }
        ask_add(e, persons[i], &images[asked], &face, &requests[asked]);
        which[asked++] = i;
    }
    int code = cloud_exchange(e->s->cloud, requests, answers, asked, err);
    for (size_t k = 0; k < asked; k++) {
        if (!code)
            code = read_added(e, &answers[k], persons[which[k]], at + which[k], err);
        cloud_request_release(&requests[k]);
        cloud_answer_release(&answers[k]);
        cloud_image_release(&images[k]);
    }
    text_release(&why);
    free(images);
    free(requests);
    free(answers);
    free(which);
    return code;
}

static int fill(struct enrolling *e, struct err *err)
{
    const size_t most = e->s->b->batch;
    vendor_id *persons = mem_array(most, sizeof *persons);
    int code = 0;

    for (size_t at = 0; at < e->gallery->n && !code; at += most) {
        size_t n = e->gallery->n - at < most ? e->gallery->n - at : most;
        if (is_group(e->gallery->name))
            code = create_persons(e, at, n, persons, err);
        if (!code)
            code = add_faces(e, at, n, persons, err);
    }
    free(persons);
    return code;
}

static void wait_for(double seconds)
{
    struct timespec t = { (time_t)seconds, (long)(1e9 * (seconds - floor(seconds))) };

    nanosleep(&t, NULL);
}

/* Asks once whether the training has ended. */
static int ask_training(struct azure *s, const char *name, bool *ended, struct err *err)
{
    struct cloud_request r;
    struct cloud_answer a = { .outcome = CLOUD_LOST };
    struct vendor_said said = VENDOR_SAID_INIT;

    gallery_request(s, "Gallery", "GET", name, "/training", &r);
    int code = cloud_exchange(s->cloud, &r, &a, 1, err);
    if (!code) {
        const struct vendor_reply got = vendor_reply_of(&a);
        *ended = a.outcome == CLOUD_NOT_SENT;
        if (!*ended && (a.outcome != CLOUD_ANSWERED ||
            azure_read_training(&got, ended, &said) != VENDOR_OK))
            code = vendor_fail(s->b, &a, &said, "the gallery was not trained", err);
    }
    vendor_said_release(&said);
    cloud_answer_release(&a);
    cloud_request_release(&r);
    return code;
}

static int train(struct azure *s, const char *name, struct err *err)
{
    struct cloud_request r;
    double pause = POLL_FIRST, waited = 0;
    bool ended = false;

    gallery_request(s, "Gallery", "POST", name, "/train", &r);
    int code = vendor_do(s->b, s->cloud, &r, azure_read_done, VENDOR_OK,
                         "the gallery was not trained", err);
    while (!code && !(code = ask_training(s, name, &ended, err)) && !ended) {
        if (waited >= (double)s->training)
            return err_add(err, ERR_PROGRAM, "backend %s: the training of the gallery has "
                           "not ended after %lld seconds, expected training=SECONDS to be "
                           "enough", s->b->name, (long long)s->training);
        if (!cloud_is_replay(s->cloud))
            wait_for(pause);
        waited += pause;
        pause = fmin(1.5 * pause, POLL_MOST);
    }
    return code;
}

int azure_enroll(struct session *session, const void *const *templates, const size_t *len,
                 size_t n, uint64_t *gallery, struct err *err)
{
    struct azure *s = session->backend->state;
    char kind = strcmp(backend_setting(s->b, "gallery"), "group") ? LIST : GROUP;
    struct vendor_gallery *one = vendor_gallery_new(&s->galleries, kind, templates, len, n);
    struct enrolling e = { s, one, templates, len, 0, TEXT_INIT };
    int code = create(s, one, err);

    if (!code && !(code = fill(&e, err)))
        code = train(s, one->name, err);
    if (!code)
        vendor_gallery_tell(s->b, e.refused, n, e.why.s);
    text_release(&e.why);
    if (code)
        vendor_gallery_part_with(s->b, s->cloud, one, azure_remove);
    else
        *gallery = vendor_galleries_add(&s->galleries, one);
    return code;
}

static void ask_search(struct azure *s, const struct vendor_gallery *g, const char *face,
                       size_t most, struct cloud_request *r)
{
    bool group = is_group(g->name);

    azure_request(s, group ? "Identify" : "FindSimilar", "POST",
                  group ? "/identify" : "/findsimilars", r);
    cloud_header(r, "Content-Type", "application/json");
    if (group)
        cloud_textf(r, "{\"faceIds\":[\"%s\"],\"largePersonGroupId\":\"%s\","
                       "\"maxNumOfCandidatesReturned\":%zu,\"confidenceThreshold\":0}",
                    face, g->name, most);
    else
        cloud_textf(r, "{\"faceId\":\"%s\",\"largeFaceListId\":\"%s\","
                       "\"maxNumOfCandidatesReturned\":%zu,\"mode\":\"matchFace\"}",
                    face, g->name, most);
    r->effect = CLOUD_GALLERY;
}

struct searching {
    struct azure *s;
    const struct vendor_gallery *gallery;
    struct vendor_candidate *found;
    size_t most;
};

/* By one name of the probe; *gone: the service does not know the name. */
static long search_once(void *arg, const char *name, bool *gone, struct err *err)
{
    const struct searching *q = arg;
    struct azure *s = q->s;
    struct vendor_said said = VENDOR_SAID_INIT;
    struct cloud_answer a = { .outcome = CLOUD_LOST };
    enum vendor_outcome outcome = VENDOR_BREACH;
    struct cloud_request r;
    size_t n = 0;

    ask_search(s, q->gallery, name, q->most, &r);
    int code = cloud_exchange(s->cloud, &r, &a, 1, err);
    if (!code && a.outcome == CLOUD_ANSWERED) {
        const struct vendor_reply got = vendor_reply_of(&a);
        outcome = is_group(q->gallery->name)
                      ? azure_read_identify(&got, q->found, q->most, &n, &said)
                      : azure_read_similar(&got, q->found, q->most, &n, &said);
    }
    *gone = outcome == VENDOR_GONE;
    if (!code && outcome != VENDOR_OK && !*gone)
        code = vendor_fail(s->b, &a, &said, "a search failed", err);
    vendor_said_release(&said);
    cloud_answer_release(&a);
    cloud_request_release(&r);
    return code ? code : (long)n;
}

long azure_search(struct session *session, uint64_t gallery, const void *probe, size_t len,
                  struct backend_candidate *to, size_t cap, struct err *err)
{
    struct azure *s = session->backend->state;
    const struct vendor_gallery *g = vendor_galleries_find(&s->galleries, gallery);
    size_t bound = g && is_group(g->name) ? AZURE_IDENTIFIED : AZURE_SIMILAR;
    struct searching q = { s, g, NULL, cap < bound ? cap : bound };

    if (!g)
        return err_add(err, ERR_PROGRAM, "backend %s: there is no such gallery", s->b->name);
    if (!q.most)
        return 0;
    q.found = mem_array(q.most, sizeof *q.found);
    long n = vendor_names_try(&s->names, probe, len, search_once, &q, err);
    if (n > 0)
        n = vendor_gallery_places(g, s->b, q.found, (size_t)n, to, cap, err);
    free(q.found);
    return n;
}

void azure_drop(struct session *session, uint64_t gallery)
{
    struct azure *s = session->backend->state;

    vendor_gallery_part_with(s->b, s->cloud, vendor_galleries_take(&s->galleries, gallery),
                             azure_remove);
}
