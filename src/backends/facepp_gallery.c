/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Galleries of facepp: facesets, several where one does not hold all faces; a search asks
 * each of them and puts the answers together. A face is in a faceset by its face_token.
 */
#include <stdlib.h>
#include <string.h>

#include "backends/facepp.h"

#define MOST_ADDED 5   /* face_tokens of one addface */
#define NAMES 10       /* tried for a gallery, if others have them */
#define SET "Faceset"

static void set_request(struct facepp *s, const char *operation, const char *path,
                        const char *outer_id, struct cloud_request *r)
{
    facepp_begin(s, operation, path, 0, r);
    facepp_field(r, 0, "outer_id", outer_id);
    r->effect = CLOUD_ACT;
}

static enum vendor_outcome read_created(const struct vendor_reply *r,
                                        struct vendor_said *said)
{
    vendor_id id;

    return facepp_read_create(r, id, said);
}

int facepp_remove(struct backend *b, const char *gallery, struct err *err)
{
    struct facepp *s = b->state;
    struct cloud_request r;

    set_request(s, SET, "/facepp/v3/faceset/delete", gallery, &r);
    facepp_field(&r, 0, "check_empty", "0");
    facepp_end(&r, 0);
    r.cleanup = true;
    int code = vendor_do(b, s->cloud, &r, facepp_read_done, VENDOR_GONE,
                         "the faceset was not deleted", err);
    return code < 0 ? code : 0;
}

/* One part: 1 where others have its name. */
static int create_part(struct facepp *s, const struct vendor_gallery *g, size_t i,
                       struct err *err)
{
    char name[VENDOR_GALLERY_NAME];
    struct cloud_request r;

    vendor_gallery_part(g, i, name);
    int code = cloud_gallery_made(s->cloud, name, err);
    if (code)
        return code;
    set_request(s, SET, "/facepp/v3/faceset/create", name, &r);
    facepp_end(&r, 0);
    code = vendor_do(s->b, s->cloud, &r, read_created, VENDOR_TAKEN, "no faceset was made",
                     err);
    if (code > 0)
        cloud_gallery_gone(s->cloud, name);
    return code;
}

/* Its first part under a name that is free, and the others. */
static int create(struct facepp *s, struct vendor_gallery *g, struct err *err)
{
    int code = 1;

    g->parts = (g->n + (size_t)s->faceset - 1) / (size_t)s->faceset;
    for (int i = 0; i < NAMES && code > 0; i++) {
        if (i)
            vendor_gallery_rename(&s->galleries, g);
        code = create_part(s, g, 0, err);
    }
    for (size_t i = 1; i < g->parts && !code; i++)
        code = create_part(s, g, i, err);
    return code <= 0 ? code : err_add(err, ERR_PROGRAM, "backend %s: there are facesets "
                                      "%.*s… already, which others made", s->b->name,
                                      (int)g->stem, g->name);
}

struct enrolling {
    struct facepp *s;
    struct vendor_gallery *gallery;
    const void *const *templates;
    const size_t *len;
    size_t refused;
};

/* Adds the named ones of a few faces to their faceset. VENDOR_GONE: some name has ended. */
static int add_named(struct enrolling *e, size_t at, size_t n, vendor_id *names, bool *gone,
                     struct err *err)
{
    struct facepp *s = e->s;
    struct vendor_said said = VENDOR_SAID_INIT;
    struct cloud_answer a = { .outcome = CLOUD_LOST };
    enum vendor_outcome outcome = VENDOR_BREACH;
    struct text tokens = TEXT_INIT;
    struct cloud_request r;
    char set[VENDOR_GALLERY_NAME];
    size_t asked = 0;
    int code = 0;

    for (size_t i = 0; i < n; i++)
        if (*names[i])
            text_addf(&tokens, "%s%s", asked++ ? "," : "", names[i]);
    vendor_gallery_part(e->gallery, at / (size_t)s->faceset, set);
    set_request(s, "AddFace", "/facepp/v3/faceset/addface", set, &r);
    facepp_field(&r, 0, "face_tokens", tokens.s);
    facepp_end(&r, 0);
    if (asked)
        code = cloud_exchange(s->cloud, &r, &a, 1, err);
    if (!code && a.outcome == CLOUD_ANSWERED) {
        const struct vendor_reply got = vendor_reply_of(&a);
        outcome = facepp_read_added(&got, asked, &said);
    }
    *gone = outcome == VENDOR_GONE;
    for (size_t i = 0; i < n && !code && outcome == VENDOR_OK; i++)
        if (*names[i])
            vendor_gallery_place(e->gallery, names[i], at + i);
    if (!code && asked && !*gone && outcome != VENDOR_OK && a.outcome != CLOUD_NOT_SENT)
        code = vendor_fail(s->b, &a, &said, "no faces were added", err);
    e->refused += !code && !*gone ? n - asked : 0;
    text_release(&tokens);
    vendor_said_release(&said);
    cloud_answer_release(&a);
    cloud_request_release(&r);
    return code;
}

static int add_few(struct enrolling *e, size_t at, size_t n, struct err *err)
{
    vendor_id names[MOST_ADDED];
    bool gone = true;
    int code = 0;

    for (unsigned g = 0; g < VENDOR_GENERATIONS && gone && !code; g++) {
        gone = false;
        code = vendor_names_get(&e->s->names, e->templates + at, e->len + at, n, g, names,
                                err);
        if (!code)
            code = add_named(e, at, n, names, &gone, err);
    }
    return !gone ? code : err_add(err, ERR_PROGRAM, "backend %s: the service forgot a face "
                                  "as soon as it had named it", e->s->b->name);
}

static int fill(struct enrolling *e, struct err *err)
{
    const size_t set = (size_t)e->s->faceset;
    int code = 0;

    for (size_t at = 0, n; at < e->gallery->n && !code; at += n) {
        n = set - at % set; /* of this faceset */
        n = n < MOST_ADDED ? n : MOST_ADDED;
        n = n < e->gallery->n - at ? n : e->gallery->n - at;
        code = add_few(e, at, n, err);
    }
    return code;
}

int facepp_enroll(struct session *session, const void *const *templates, const size_t *len,
                  size_t n, uint64_t *gallery, struct err *err)
{
    struct facepp *s = session->backend->state;
    struct vendor_gallery *one = vendor_gallery_new(&s->galleries, 'f', templates, len, n);
    struct enrolling e = { s, one, templates, len, 0 };
    int code = create(s, one, err);

    if (!code)
        code = fill(&e, err);
    if (!code && !cloud_is_dry(s->cloud))
        vendor_gallery_tell(s->b, e.refused, n, "the service finds no face in them");
    if (code)
        vendor_gallery_part_with(s->b, s->cloud, one, facepp_remove);
    else
        *gallery = vendor_galleries_add(&s->galleries, one);
    return code;
}

struct searching {
    struct facepp *s;
    const struct vendor_gallery *gallery;
    struct vendor_candidate *found; /* FACEPP_FOUND a part */
    size_t most;
};

static void ask_search(const struct searching *q, const char *name, size_t part,
                       struct cloud_request *r)
{
    char set[VENDOR_GALLERY_NAME], count[NUM_MAX];

    vendor_gallery_part(q->gallery, part, set);
    facepp_begin(q->s, "Search", "/facepp/v3/search", 0, r);
    facepp_field(r, 0, "face_token", name);
    facepp_field(r, 0, "outer_id", set);
    facepp_field(r, 0, "return_result_count", num_shortest(count, (double)q->most));
    facepp_end(r, 0);
    r->effect = CLOUD_GALLERY;
}

/* Takes what one part answered, behind the *n candidates there are. */
static int take_found(const struct searching *q, const struct cloud_answer *a, size_t *n,
                      bool *gone, struct err *err)
{
    const struct vendor_reply r = vendor_reply_of(a);
    struct vendor_said said = VENDOR_SAID_INIT;
    enum vendor_outcome outcome = VENDOR_BREACH;
    struct facepp_points points;
    size_t found = 0;
    int code = 0;

    if (a->outcome == CLOUD_ANSWERED)
        outcome = facepp_read_search(&r, q->found + *n, q->most, &found, &points, &said);
    *gone |= outcome == VENDOR_GONE;
    if (outcome == VENDOR_OK)
        facepp_note_points(q->s, &points);
    else if (outcome != VENDOR_GONE && outcome != VENDOR_SAMPLE)
        code = vendor_fail(q->s->b, a, &said, "a search failed", err);
    *n += found;
    vendor_said_release(&said);
    return code;
}

static int by_score(const void *a, const void *b)
{
    const struct vendor_candidate *x = a, *y = b;

    return x->score != y->score ? (x->score < y->score) - (x->score > y->score)
                                : strcmp(x->id, y->id);
}

static long search_once(void *arg, const char *name, bool *gone, struct err *err)
{
    const struct searching *q = arg;
    const size_t parts = q->gallery->parts;
    struct cloud_request *requests = mem_array(parts, sizeof *requests);
    struct cloud_answer *answers = mem_array(parts, sizeof *answers);
    size_t n = 0;

    for (size_t i = 0; i < parts; i++)
        ask_search(q, name, i, &requests[i]);
    int code = cloud_exchange(q->s->cloud, requests, answers, parts, err);
    for (size_t i = 0; i < parts; i++) {
        if (!code)
            code = take_found(q, &answers[i], &n, gone, err);
        cloud_request_release(&requests[i]);
        cloud_answer_release(&answers[i]);
    }
    free(requests);
    free(answers);
    if (parts > 1)
        qsort(q->found, n, sizeof *q->found, by_score);
    return code ? code : (long)n;
}

long facepp_search(struct session *session, uint64_t gallery, const void *probe, size_t len,
                   struct backend_candidate *to, size_t cap, struct err *err)
{
    struct facepp *s = session->backend->state;
    const struct vendor_gallery *g = vendor_galleries_find(&s->galleries, gallery);
    struct searching q = { s, g, NULL, cap < FACEPP_FOUND ? cap : FACEPP_FOUND };

    if (!g)
        return err_add(err, ERR_PROGRAM, "backend %s: there is no such gallery", s->b->name);
    if (!q.most)
        return 0;
    q.found = mem_array(g->parts * FACEPP_FOUND, sizeof *q.found);
    long n = vendor_names_try(&s->names, probe, len, search_once, &q, err);
    if (n > 0) /* beyond q.most another part may have better ones, unsaid */
        n = vendor_gallery_places(g, s->b, q.found, (size_t)n, to, q.most, err);
    free(q.found);
    return n;
}

void facepp_drop(struct session *session, uint64_t gallery)
{
    struct facepp *s = session->backend->state;

    vendor_gallery_part_with(s->b, s->cloud, vendor_galleries_take(&s->galleries, gallery),
                             facepp_remove);
}
