/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rekognition: Amazon Rekognition, API version 2016-06-27, as its documentation has it:
 * DetectFaces for classes and boxes, CompareFaces 1:1, and 1:N by a collection that is
 * made for the gallery, filled by IndexFaces, asked by SearchFacesByImage and deleted.
 *
 * Thresholds are left open (SimilarityThreshold and FaceMatchThreshold 0), so that every
 * score is seen, and the service's default of 80 is an operating point like others.
 * Templates are opaque: they name a picture (cloud.h), which CompareFaces and IndexFaces
 * get again. Of a source, of a picture that is indexed and of a probe the service itself
 * takes the largest face; of a target the face is taken that DetectFaces had found and
 * was chosen.
 *
 * A face is indexed under the number of its place as ExternalImageId, so that an answer
 * says who was found even where an index was sent twice. The name of a collection comes
 * from what is in it, so that a replay asks for the same.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backends/kinds.h"
#include "backends/rekognition.h"
#include "backends/rekognition_read.h"

static const struct backend_option options[] = {
    { "attributes", "all", "what DetectFaces is asked for: all, or default (no gender)" },
    { "native", "80", "operating points of the service, with ';' between them" },
    { "quality-filter", "NONE", "faces that the service may pass over when it compares, "
      "indexes and searches: NONE, AUTO, LOW, MEDIUM or HIGH" },
    { "region", "us-east-1", "of Amazon's" },
    CLOUD_OPTIONS,
    { NULL, NULL, NULL }
};

static const struct cloud_key keys[] = {
    { "AWS_ACCESS_KEY_ID", false }, { "AWS_SECRET_ACCESS_KEY", false },
    { "AWS_SESSION_TOKEN", true }, { NULL, false }
};

static const struct cloud_price prices[] = {
    { "DetectFaces", .001 }, { "CompareFaces", .001 }, { "IndexFaces", .001 },
    { "SearchFacesByImage", .001 }, { "CreateCollection", 0 }, { "DeleteCollection", 0 },
    { NULL, 0 }
};

#define LIMITS { (size_t)5 << 20, 80, 0 } /* "5 MB" of picture bytes a call, 80 pixels */
const struct cloud_limits rekognition_limits = LIMITS;

static void add_headers(struct cloud_request *r, const char *operation)
{
    char target[64];

    snprintf(target, sizeof target, "RekognitionService.%s", operation);
    cloud_header(r, "Content-Type", "application/x-amz-json-1.1");
    cloud_header(r, "X-Amz-Target", target);
}

void rekognition_ask(struct cloud_request *r, const struct rekognition *s,
                     const char *operation)
{
    cloud_request_init(r, s->cloud, operation, "POST", "/");
    add_headers(r, operation);
}

/* --- what answers mean --- */

static bool one_of(const char *type, const char *const *list)
{
    while (*list && strcmp(*list, type) != 0)
        list++;
    return *list;
}

static enum cloud_verdict judge(const struct cloud_answer *a, struct text *why)
{
    static const char *const passing[] = {
        "ThrottlingException", "ProvisionedThroughputExceededException",
        "InternalServerError", "RequestTimeoutException", "ServiceUnavailableException",
        "TooManyRequestsException", NULL
    };
    static const char *const fatal[] = {
        "ExpiredTokenException", "UnrecognizedClientException", "InvalidSignatureException",
        "IncompleteSignatureException", "MissingAuthenticationTokenException",
        "MissingAuthenticationToken", "AccessDeniedException", "NotAuthorizedException",
        "OptInRequired", "SubscriptionRequiredException", "InvalidClientTokenId",
        "LimitExceededException", NULL
    };
    char type[REKOGNITION_TYPE];
    struct text words = TEXT_INIT;
    enum cloud_verdict verdict = CLOUD_DONE;

    if (a->status == 200)
        return CLOUD_DONE;
    rekognition_error(a, type, &words);
    if (one_of(type, passing)) {
        verdict = CLOUD_AGAIN;
    } else if (one_of(type, fatal)) {
        verdict = CLOUD_HALT;
        text_addf(why, "Amazon says %s: %s", type, words.s);
    } else {
        verdict = cloud_judge(a, why);
        if (verdict == CLOUD_HALT && words.len)
            text_addf(why, ": %s", words.s);
    }
    text_release(&words);
    return verdict;
}

/* The outcome of a sample from an answer that is an error. */
void rekognition_fail_as(const struct cloud_answer *from, struct answer *a)
{
    static const char *const refusals[] = {
        "ImageTooLargeException", "InvalidImageFormatException", "InvalidParameterException",
        "RequestEntityTooLargeException", "HTTP 413", NULL
    };
    char type[REKOGNITION_TYPE];
    struct text words = TEXT_INIT;

    rekognition_error(from, type, &words);
    answer_fail(a, one_of(type, refusals) ? STATUS_REFUSED : STATUS_ERROR, "%s%s%s", type,
                words.len ? ": " : "", words.s);
    text_release(&words);
}

/* --- classes --- */

static void ask_faces(struct backend *b, unsigned want, const struct cloud_image *im,
                      struct cloud_request *r)
{
    bool all = !strcmp(backend_setting(b, "attributes"), "all");

    (void)want;
    add_headers(r, "DetectFaces");
    cloud_textf(r, "{\"Attributes\":[\"%s\"],\"Image\":{\"Bytes\":\"",
                all ? "ALL" : "DEFAULT");
    cloud_base64(r, im);
    cloud_text(r, "\"}}");
}

static void read_faces(struct backend *b, const struct view *v,
                       const struct cloud_answer *from, struct answer *a)
{
    struct text why = TEXT_INIT;

    (void)b;
    if (from->status != 200)
        rekognition_fail_as(from, a);
    else if (!rekognition_read_faces(from, v->image->width, v->image->height, a, &why))
        answer_fail(a, STATUS_ERROR, "%s", why.s);
    text_release(&why);
}

static int process(struct session *session, unsigned want, const struct view *views,
                   size_t n, struct answer *answers, struct err *err)
{
    static const struct cloud_asking how = {
        .limits = LIMITS, .ask = ask_faces, .read = read_faces,
        .operation = "DetectFaces", .method = "POST", .path = "/", .templates = true,
    };
    struct rekognition *s = session->backend->state;

    return cloud_process(s->cloud, session, &how, want, views, n, answers, err);
}

/* --- 1:1 --- */

struct pair {
    struct cloud_image a, b;
    struct box face;           /* of b */
    bool sent;
};

static void ask_compare(struct rekognition *s, struct pair *p, struct cloud_request *r)
{
    rekognition_ask(r, s, "CompareFaces");
    cloud_textf(r, "{\"QualityFilter\":\"%s\",\"SimilarityThreshold\":0,\"SourceImage\":{"
                "\"Bytes\":\"", s->filter);
    cloud_base64(r, &p->a);
    cloud_text(r, "\"},\"TargetImage\":{\"Bytes\":\"");
    cloud_base64(r, &p->b);
    cloud_text(r, "\"}}");
}

static double read_score(const struct cloud_answer *from, const struct box *face)
{
    struct text why = TEXT_INIT;
    double score = NAN;

    if (from->outcome == CLOUD_ANSWERED && from->status == 200 &&
        !rekognition_read_compare(from, face, &score, &why))
        score = NAN;
    text_release(&why);
    return score;
}

static int compare(struct session *session, const void *const *a, const size_t *a_len,
                   const void *const *b, const size_t *b_len, size_t n, double *scores,
                   struct err *err)
{
    struct rekognition *s = session->backend->state;
    const size_t most = 2 * session->backend->batch;
    struct pair *pairs = mem_array(most, sizeof *pairs);
    struct cloud_request *requests = mem_array(most, sizeof *requests);
    struct cloud_answer *from = mem_array(most, sizeof *from);
    struct text why = TEXT_INIT;
    struct box unused;
    int code = 0;

    for (size_t at = 0; at < n && !code; at += most) {
        size_t k = n - at < most ? n - at : most, asked = 0;
        for (size_t i = 0; i < k; i++) {
            struct pair *p = &pairs[i];
            p->sent = cloud_template_take(s->cloud, a[at + i], a_len[at + i], &rekognition_limits, &p->a, &unused, &why);
            p->sent &= cloud_template_take(s->cloud, b[at + i], b_len[at + i], &rekognition_limits, &p->b, &p->face, &why);
            if (p->sent)
                ask_compare(s, p, &requests[asked++]);
        }
        code = cloud_exchange(s->cloud, requests, from, asked, err);
        asked = 0;
        for (size_t i = 0; i < k; i++) {
            scores[at + i] = NAN;
            if (pairs[i].sent) {
                scores[at + i] = read_score(&from[asked], &pairs[i].face);
                cloud_answer_release(&from[asked]);
                cloud_request_release(&requests[asked++]);
            }
            cloud_image_release(&pairs[i].a);
            cloud_image_release(&pairs[i].b);
        }
    }
    text_release(&why);
    free(pairs);
    free(requests);
    free(from);
    return code;
}

/* --- opening --- */

static size_t plan(const struct backend *b, const struct backend_plan *p,
                   struct cloud_planned *to)
{
    const struct cloud_planned all[] = {
        { "DetectFaces", p->images }, { "CompareFaces", p->pairs },
        { "IndexFaces", p->enrolled }, { "SearchFacesByImage", p->probes },
    };
    size_t n = 0;

    (void)b;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (all[i].calls)
            to[n++] = all[i];
    return n;
}

static const struct cloud_service service = {
    .name = "rekognition", .vendor = "Amazon", .api = "2016-06-27", .keys = keys,
    .prices = prices, .prices_of = "list prices of 2024 in us-east-1, first million calls a "
    "month", .signing = CLOUD_SIGV4, .signing_name = "rekognition", .plan = plan,
    .judge = judge, .remove = rekognition_delete,
};

static int check_word(const struct backend *b, const char *name, const char *const *words,
                      const char *expected, struct err *err)
{
    const char *value = backend_setting(b, name);

    return one_of(value, words) ? 0
                                : err_add(err, ERR_INPUT, "backend %s: %s=%.60s, expected %s",
                                          b->asked, name, value, expected);
}

static int check_options(const struct backend *b, struct err *err)
{
    static const char *const attributes[] = { "all", "default", NULL };
    static const char *const filters[] = { "NONE", "AUTO", "LOW", "MEDIUM", "HIGH", NULL };
    const char *region = backend_setting(b, "region");
    size_t n = strlen(region);
    int code;

    if (!n || n > 40 || region[strspn(region, "abcdefghijklmnopqrstuvwxyz0123456789-")])
        return err_add(err, ERR_INPUT, "backend %s: region=%.60s, expected one as us-east-1",
                       b->asked, region);
    code = check_word(b, "attributes", attributes, "all or default", err);
    return code ? code : check_word(b, "quality-filter", filters,
                                    "NONE, AUTO, LOW, MEDIUM or HIGH", err);
}

static void close_it(struct backend *b)
{
    struct rekognition *s = b->state;

    cloud_close(b->client);
    for (size_t i = 0; i < s->n; i++)
        free(s->collections[i].id);
    free(s->collections);
    pthread_mutex_destroy(&s->lock);
}

static int open_it(struct backend *b, const struct setting *settings, size_t n,
                   struct err *err)
{
    struct rekognition *s = arena_alloc(&b->arena, sizeof *s);
    int code = check_options(b, err);

    (void)settings;
    (void)n;
    if (code)
        return code;
    pthread_mutex_init(&s->lock, NULL);
    b->state = s;
    b->close = close_it;
    s->filter = backend_setting(b, "quality-filter");
    const char *region = backend_setting(b, "region");
    code = cloud_open(&s->cloud, b, &service,
                      arena_printf(&b->arena, "https://rekognition.%s.amazonaws.com", region),
                      err);
    if (!code)
        code = backend_add_native(b, backend_setting(b, "native"), err);
    if (code)
        return code;
    cloud_set_region(s->cloud, region);
    b->capabilities = MISID_TEMPLATE | MISID_FACES | MISID_QUALITY | MISID_COMPARE |
                      MISID_SEARCH;
    if (!strcmp(backend_setting(b, "attributes"), "all"))
        b->capabilities |= MISID_CLASS;
    b->template_bytes = CLOUD_TEMPLATE;
    b->own_scores = true;
    b->score_high = 100;
    b->most_found = REKOGNITION_FOUND;
    b->session = session_plain;
    b->end = session_plain_end;
    b->process = process;
    b->compare = compare;
    b->enroll = rekognition_enroll;
    b->search = rekognition_search;
    b->drop = rekognition_drop;
    return 0;
}

const struct backend_kind backend_rekognition = {
    .name = "rekognition", .about = "Amazon Rekognition, a service on the network",
    .options = options, .open = open_it,
};
