/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * facepp: Face++ of Megvii, API 3.0: detect with gender and age, compare, and search over
 * facesets (facepp_gallery.c).
 *
 * Keys are fields of its forms; the client puts them in, and the cassette has their names
 * only. Confidences are from 0 to 100. With each the service gives its thresholds at false
 * match rates of 1e-3, 1e-4 and 1e-5, which it says are not static: those of the first
 * answer are this backend's own operating points, unless points= says others, and that
 * they change is told at once.
 */
#include "backends/facepp.h"

#include <string.h>

#include "backends/kinds.h"

#define KEY "FACEPP_API_KEY"
#define SECRET "FACEPP_API_SECRET"
#define BOUNDARY "misid-7d1c5f0ab9e84c6db3a2"
#define POINTS "62.327;69.101;73.975" /* usual; replaced by what the first answer says */

/* https://console.faceplusplus.com/documents/5679127: JPEG and PNG of 48 to 4096 pixels
 * a side and 2 MiB; a face from 48 pixels, and a 48th of the shorter side. */
#define LIMITS { .max_bytes = (size_t)2 << 20, .min_side = 48, .max_side = 4096 }
static const struct cloud_limits limits = LIMITS;

static const struct backend_option options[] = {
    { "faceset", "10000", "faces that a faceset holds; larger galleries have several" },
    { "points", "", "its own operating points, in place of those it answers with" },
    CLOUD_OPTIONS,
    { NULL, NULL, NULL }
};

static const struct cloud_key keys[] = {
    { KEY, false }, { SECRET, false }, { NULL, false }
};

static const struct cloud_price prices[] = {
    { "Detect", 0.0005 }, { "Compare", 0.0005 }, { "Search", 0.0005 },
    { "AddFace", 0 },     { "Faceset", 0 },      { NULL, 0 },
};

void facepp_field(struct cloud_request *r, unsigned generation, const char *name,
                  const char *value)
{
    cloud_textf(r, "--" BOUNDARY "%u\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n"
                   "%s\r\n", generation, name, value);
}

static void secret(struct cloud_request *r, unsigned generation, const char *name,
                   const char *key)
{
    cloud_textf(r, "--" BOUNDARY "%u\r\nContent-Disposition: form-data; name=\"%s\""
                   "\r\n\r\n", generation, name);
    cloud_secret(r, key);
    cloud_text(r, "\r\n");
}

void facepp_image(struct cloud_request *r, unsigned generation,
                  const struct cloud_image *im)
{
    cloud_textf(r, "--" BOUNDARY "%u\r\nContent-Disposition: form-data; name=\"image_file\"; "
                   "filename=\"image\"\r\nContent-Type: image/%s\r\n\r\n", generation,
                im->encoding);
    cloud_raw(r, im);
    cloud_text(r, "\r\n");
}

void facepp_end(struct cloud_request *r, unsigned generation)
{
    cloud_textf(r, "--" BOUNDARY "%u--\r\n", generation);
}

static void begin(struct cloud_request *r, unsigned generation)
{
    struct text t = TEXT_INIT;

    text_addf(&t, "multipart/form-data; boundary=" BOUNDARY "%u", generation);
    cloud_header(r, "Content-Type", t.s);
    text_release(&t);
    secret(r, generation, "api_key", KEY);
    secret(r, generation, "api_secret", SECRET);
}

void facepp_begin(struct facepp *s, const char *operation, const char *path,
                  unsigned generation, struct cloud_request *r)
{
    cloud_request_init(r, s->cloud, operation, "POST", path);
    begin(r, generation);
}

void facepp_note_points(struct facepp *s, const struct facepp_points *points)
{
    struct text t = TEXT_INIT;
    char digits[NUM_MAX];

    pthread_mutex_lock(&s->lock);
    if (!s->points_known && !s->points_given)
        memcpy(s->b->native, points->at, sizeof points->at);
    s->points_known = true;
    pthread_mutex_unlock(&s->lock);
    for (int i = 0; i < FACEPP_POINTS; i++)
        text_addf(&t, "%s%s", i ? ";" : "", num_shortest(digits, points->at[i]));
    cloud_model(s->cloud, "thresholds", t.s);
    text_release(&t);
}

static void fill_detect(struct cloud_request *r, unsigned generation,
                        const struct cloud_image *im)
{
    facepp_field(r, generation, "return_attributes", "gender,age,headpose,facequality");
    facepp_image(r, generation, im);
    facepp_end(r, generation);
}

static void ask(struct backend *b, unsigned want, const struct cloud_image *im,
                struct cloud_request *r)
{
    (void)b;
    (void)want;
    begin(r, 0);
    fill_detect(r, 0, im);
}

static void ask_names(struct backend *b, const struct cloud_image *im, unsigned generation,
                      struct cloud_request *r)
{
    facepp_begin(b->state, "Detect", "/facepp/v3/detect", generation, r);
    fill_detect(r, generation, im);
}

static void ask_pair(struct backend *b, const char *one, const char *other,
                     struct cloud_request *r)
{
    facepp_begin(b->state, "Compare", "/facepp/v3/compare", 0, r);
    facepp_field(r, 0, "face_token1", one);
    facepp_field(r, 0, "face_token2", other);
    facepp_end(r, 0);
}

static enum vendor_outcome read_pair(struct backend *b, const struct vendor_reply *r,
                                     double *score, struct vendor_said *said)
{
    struct facepp_points points;
    enum vendor_outcome outcome = facepp_read_compare(r, score, &points, said);

    if (outcome == VENDOR_OK)
        facepp_note_points(b->state, &points);
    return outcome;
}

static void read_faces(struct backend *b, const struct view *v,
                       const struct cloud_answer *from, struct answer *a)
{
    (void)b;
    (void)v;
    vendor_read_faces(facepp_read_detect, from, a);
}

static int process(struct session *session, unsigned want, const struct view *views,
                   size_t n, struct answer *answers, struct err *err)
{
    static const struct cloud_asking how = {
        .limits = LIMITS, .ask = ask, .operation = "Detect", .method = "POST",
        .path = "/facepp/v3/detect", .read = read_faces, .sent_pixels = true,
        .templates = true,
    };
    struct facepp *s = session->backend->state;

    return cloud_process(s->cloud, session, &how, want, views, n, answers, err);
}

static int compare(struct session *session, const void *const *a, const size_t *a_len,
                   const void *const *b, const size_t *b_len, size_t n, double *scores,
                   struct err *err)
{
    struct facepp *s = session->backend->state;

    return vendor_names_compare(&s->names, a, a_len, b, b_len, n, scores, err);
}

static size_t plan(const struct backend *b, const struct backend_plan *p,
                   struct cloud_planned *to)
{
    const struct facepp *s = b->state;
    size_t sets = (p->enrolled + (size_t)s->faceset - 1) / (size_t)s->faceset, n = 0;

    to[n++] = (struct cloud_planned){
        "Detect", p->images ? p->images : 2 * p->pairs + p->enrolled + p->probes };
    if (p->pairs)
        to[n++] = (struct cloud_planned){ "Compare", p->pairs };
    if (p->probes)
        to[n++] = (struct cloud_planned){ "Search", p->probes * (sets ? sets : 1) };
    return n;
}

static enum cloud_verdict judge(const struct cloud_answer *a, struct text *why)
{
    return vendor_judge(facepp_read_done, a, why);
}

static const struct cloud_service service = {
    .name = "facepp", .vendor = "Megvii", .api = "Face++ 3.0", .keys = keys,
    .prices = prices, .prices_of = "assumed, not read from a list: $0.50 a 1,000 calls",
    .plan = plan, .judge = judge, .remove = facepp_remove,
};

static void close_facepp(struct backend *b)
{
    struct facepp *s = b->state;

    cloud_close(s->cloud);
    vendor_galleries_release(&s->galleries);
    vendor_names_release(&s->names);
    pthread_mutex_destroy(&s->lock);
}

static int open_facepp(struct backend *b, const struct setting *settings, size_t n,
                       struct err *err)
{
    struct facepp *s = b->state = arena_alloc(&b->arena, sizeof *s);
    const char *points = backend_setting(b, "points");
    int code;

    (void)settings;
    (void)n;
    s->b = b;
    s->points_given = *points;
    pthread_mutex_init(&s->lock, NULL);
    vendor_names_init(&s->names, b, NULL);
    vendor_galleries_init(&s->galleries);
    b->close = close_facepp;
    if ((code = backend_whole(b, "faceset", 1, 10000, &s->faceset, err)) ||
        (code = backend_add_native(b, *points ? points : POINTS, err)) ||
        (code = cloud_open(&s->cloud, b, &service, "https://api-us.faceplusplus.com", err)))
        return code;
    s->names.cloud = s->cloud;
    s->names.limits = limits;
    s->names.ask = ask_names;
    s->names.read = facepp_read_detect;
    s->names.ask_pair = ask_pair;
    s->names.read_pair = read_pair;
    b->capabilities = MISID_CLASS | MISID_FACES | MISID_QUALITY | MISID_TEMPLATE |
                      MISID_COMPARE | MISID_SEARCH;
    b->template_bytes = CLOUD_TEMPLATE;
    b->own_scores = true;
    b->score_high = 100;
    b->most_found = FACEPP_FOUND;
    b->session = session_plain;
    b->end = session_plain_end;
    b->process = process;
    b->compare = compare;
    b->enroll = facepp_enroll;
    b->search = facepp_search;
    b->drop = facepp_drop;
    return 0;
}

const struct backend_kind backend_facepp = {
    .name = "facepp", .about = "Face++ (Megvii): detect, compare, search",
    .options = options, .open = open_facepp,
};
