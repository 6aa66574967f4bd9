/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * azure-face: Microsoft's Azure AI Face service: detect, verify, and identify over a
 * large person group, or find similar faces in a large face list (azure_gallery.c).
 *
 * Microsoft retired the attributes gender and age in 2022: there is no class to be had.
 * gender=ask asks all the same, for accounts and recordings that still have it. A faceId,
 * on which verify and identify rest, is given to approved customers only; identity=no
 * asks for none.
 */
#include "backends/azure.h"

#include <string.h>

#include "backends/azure_read.h"
#include "backends/kinds.h"

#define KEY "AZURE_FACE_KEY"
#define TOKEN "AZURE_FACE_TOKEN"

/* https://learn.microsoft.com/azure/ai-services/face/: JPEG, PNG, GIF and BMP of 1 KiB to
 * 6 MiB; faces from 36 pixels in pictures up to 1920 × 1080, larger ones in proportion. */
static const struct cloud_limits limits = { .max_bytes = (size_t)6 << 20, .min_side = 36,
                                            .max_side = 8192 };

static const struct backend_option options[] = {
    { "api", "v1.0", "version of the API in the address" },
    { "detection", "detection_03", "detectionModel: detection_01 to detection_03" },
    { "gallery", "group", "group: identify over a large person group; list: find similar "
      "in a large face list" },
    { "gender", "no", "ask: for the retired attributes gender and age, with detection_01" },
    { "identity", "yes", "no: no faceId, for accounts not approved for recognition" },
    { "recognition", "recognition_04", "recognitionModel: recognition_01 to "
      "recognition_04" },
    { "region", "", "of the resource, as westeurope, in place of endpoint=" },
    { "training", "600", "seconds that the training of a gallery may take" },
    CLOUD_OPTIONS,
    { NULL, NULL, NULL }
};

static const struct cloud_key keys[] = {
    { KEY, true }, { TOKEN, true }, { NULL, false }
};

static const struct cloud_price prices[] = {
    { "Detect", 0.001 },   { "Verify", 0.001 },      { "Identify", 0.001 },
    { "FindSimilar", 0.001 }, { "CreatePerson", 0.001 }, { "AddFace", 0.001 },
    { "Gallery", 0.001 },  { NULL, 0 },
};

static void sign(struct cloud_request *r)
{
    cloud_secret_header(r, "Authorization", "Bearer ", TOKEN);
    cloud_secret_header(r, "Ocp-Apim-Subscription-Key", "", KEY);
}

void azure_request(struct azure *s, const char *operation, const char *method,
                   const char *path, struct cloud_request *r)
{
    struct text t = TEXT_INIT;

    text_addf(&t, "/face/%s%s", backend_setting(s->b, "api"), path);
    cloud_request_init(r, s->cloud, operation, method, t.s);
    text_release(&t);
    sign(r);
}

static bool is(const struct backend *b, const char *option, const char *value)
{
    return !strcmp(backend_setting(b, option), value);
}

/* What the models allow to be asked for. */
static void add_attributes(const struct backend *b, struct text *to)
{
    bool late = is(b, "recognition", "recognition_03") ||
                is(b, "recognition", "recognition_04");

    if (is(b, "detection", "detection_02"))
        return;
    text_add(to, "&returnFaceAttributes=headPose");
    if (is(b, "detection", "detection_01"))
        text_add(to, ",glasses");
    if (late)
        text_add(to, ",qualityForRecognition");
    if (is(b, "gender", "ask"))
        text_add(to, ",age,gender");
}

/* Detects; a later generation differs in how long the faceIds last, by as many seconds. */
static void add_detect(const struct backend *b, unsigned generation, struct text *to)
{
    bool identity = is(b, "identity", "yes");

    text_addf(to, "/detect?returnFaceId=%s&detectionModel=%s", identity ? "true" : "false",
              backend_setting(b, "detection"));
    if (identity)
        text_addf(to, "&recognitionModel=%s&faceIdTimeToLive=%u",
                  backend_setting(b, "recognition"), 86400 - generation);
    add_attributes(b, to);
}

static void ask(struct backend *b, unsigned want, const struct cloud_image *im,
                struct cloud_request *r)
{
    (void)b;
    (void)want;
    sign(r);
    cloud_header(r, "Content-Type", "application/octet-stream");
    cloud_raw(r, im);
}

static void ask_names(struct backend *b, const struct cloud_image *im, unsigned generation,
                      struct cloud_request *r)
{
    struct text path = TEXT_INIT;

    add_detect(b, generation, &path);
    azure_request(b->state, "Detect", "POST", path.s, r);
    text_release(&path);
    cloud_header(r, "Content-Type", "application/octet-stream");
    cloud_raw(r, im);
}

static void ask_pair(struct backend *b, const char *one, const char *other,
                     struct cloud_request *r)
{
    azure_request(b->state, "Verify", "POST", "/verify", r);
    cloud_header(r, "Content-Type", "application/json");
    cloud_textf(r, "{\"faceId1\":\"%s\",\"faceId2\":\"%s\"}", one, other);
}

static enum vendor_outcome read_pair(struct backend *b, const struct vendor_reply *r,
                                     double *score, struct vendor_said *said)
{
    (void)b;
    return azure_read_verify(r, score, said);
}

static void read_faces(struct backend *b, const struct view *v,
                       const struct cloud_answer *from, struct answer *a)
{
    (void)b;
    (void)v;
    vendor_read_faces(azure_read_detect, from, a);
}

static int process(struct session *session, unsigned want, const struct view *views,
                   size_t n, struct answer *answers, struct err *err)
{
    struct azure *s = session->backend->state;
    const struct cloud_asking how = {
        .limits = limits, .ask = ask, .operation = "Detect", .method = "POST",
        .path = s->detect, .read = read_faces, .sent_pixels = true,
        .templates = is(s->b, "identity", "yes"),
    };

    return cloud_process(s->cloud, session, &how, want, views, n, answers, err);
}

static int compare(struct session *session, const void *const *a, const size_t *a_len,
                   const void *const *b, const size_t *b_len, size_t n, double *scores,
                   struct err *err)
{
    struct azure *s = session->backend->state;

    return vendor_names_compare(&s->names, a, a_len, b, b_len, n, scores, err);
}

static size_t plan(const struct backend *b, const struct backend_plan *p,
                   struct cloud_planned *to)
{
    bool group = is(b, "gallery", "group");
    size_t n = 0;

    to[n++] = (struct cloud_planned){ "Detect", p->images ? p->images
                                                          : 2 * p->pairs + p->probes };
    if (p->pairs)
        to[n++] = (struct cloud_planned){ "Verify", p->pairs };
    if (p->enrolled && group)
        to[n++] = (struct cloud_planned){ "CreatePerson", p->enrolled };
    if (p->enrolled)
        to[n++] = (struct cloud_planned){ "AddFace", p->enrolled };
    if (p->probes)
        to[n++] = (struct cloud_planned){ group ? "Identify" : "FindSimilar", p->probes };
    return n;
}

static enum cloud_verdict judge(const struct cloud_answer *a, struct text *why)
{
    return vendor_judge(azure_read_done, a, why);
}

static const struct cloud_service service = {
    .name = "azure-face", .vendor = "Microsoft", .api = "Face v1.0", .keys = keys,
    .one_key = true, .prices = prices,
    .prices_of = "assumed, not read from a list: $1 a 1,000 calls",
    .plan = plan, .judge = judge, .remove = azure_remove,
};

static int check_choice(const struct backend *b, const char *option,
                        const char *const *choices, struct err *err)
{
    struct text t = TEXT_INIT;

    for (size_t i = 0; choices[i]; i++) {
        if (is(b, option, choices[i])) {
            text_release(&t);
            return 0;
        }
        text_addf(&t, "%s%s", i ? ", " : "", choices[i]);
    }
    int code = err_add(err, ERR_INPUT, "backend %s: %s=%.60s, expected one of %s", b->asked,
                       option, backend_setting(b, option), t.s);
    text_release(&t);
    return code;
}

static int check_options(struct backend *b, struct azure *s, struct err *err)
{
    static const struct {
        const char *option, *choices[5];
    } all[] = {
        { "api", { "v1.0", "v1.1-preview.1", "v1.2", NULL } },
        { "detection", { "detection_01", "detection_02", "detection_03", NULL } },
        { "gallery", { "group", "list", NULL } },
        { "gender", { "no", "ask", NULL } },
        { "identity", { "yes", "no", NULL } },
        { "recognition", { "recognition_01", "recognition_02", "recognition_03",
                           "recognition_04", NULL } },
    };
    const char *region = backend_setting(b, "region");
    int code = backend_whole(b, "training", 1, 86400, &s->training, err);

    for (size_t i = 0; i < sizeof all / sizeof *all && !code; i++)
        code = check_choice(b, all[i].option, all[i].choices, err);
    if (code)
        return code;
    if (is(b, "gender", "ask") && !is(b, "detection", "detection_01"))
        return err_add(err, ERR_INPUT, "backend %s: gender=ask, expected "
                       "detection=detection_01 beside it: no other gave that attribute",
                       b->asked);
    if (!*region == !*backend_setting(b, "endpoint"))
        return err_add(err, ERR_INPUT, "backend %s: expected one of region=NAME and "
                       "endpoint=https://NAME.cognitiveservices.azure.com", b->asked);
    if (region[strspn(region, "abcdefghijklmnopqrstuvwxyz0123456789")])
        return err_add(err, ERR_INPUT, "backend %s: region=%.60s, expected one as "
                       "westeurope", b->asked, region);
    return 0;
}

static void close_azure(struct backend *b)
{
    struct azure *s = b->state;

    cloud_close(s->cloud);
    vendor_galleries_release(&s->galleries);
    vendor_names_release(&s->names);
}

static int open_azure(struct backend *b, const struct setting *settings, size_t n,
                      struct err *err)
{
    struct azure *s = b->state = arena_alloc(&b->arena, sizeof *s);
    struct text t = TEXT_INIT;
    bool identity;

    (void)settings;
    (void)n;
    s->b = b;
    vendor_names_init(&s->names, b, NULL);
    vendor_galleries_init(&s->galleries);
    b->close = close_azure;
    int code = check_options(b, s, err);
    if (!code)
        code = cloud_open(&s->cloud, b, &service,
                          arena_printf(&b->arena, "https://%s.api.cognitive.microsoft.com",
                                       backend_setting(b, "region")), err);
    if (code)
        return code;
    identity = is(b, "identity", "yes");
    text_addf(&t, "/face/%s", backend_setting(b, "api"));
    add_detect(b, 0, &t);
    s->detect = arena_strdup(&b->arena, t.s);
    text_release(&t);
    s->names.cloud = s->cloud;
    s->names.limits = limits;
    s->names.ask = ask_names;
    s->names.read = azure_read_detect;
    s->names.ask_pair = ask_pair;
    s->names.read_pair = read_pair;
    b->capabilities = MISID_FACES | MISID_QUALITY;
    if (is(b, "gender", "ask"))
        b->capabilities |= MISID_CLASS;
    b->classless = "Microsoft no longer offers the attribute gender, retired in 2022";
    b->session = session_plain;
    b->end = session_plain_end;
    b->process = process;
    if (!identity)
        return backend_add_native(b, "", err);
    b->capabilities |= MISID_TEMPLATE | MISID_COMPARE | MISID_SEARCH;
    b->template_bytes = CLOUD_TEMPLATE;
    b->own_scores = true;
    b->score_high = 1;
    b->most_found = is(b, "gallery", "group") ? AZURE_IDENTIFIED : AZURE_SIMILAR;
    b->compare = compare;
    b->enroll = azure_enroll;
    b->search = azure_search;
    b->drop = azure_drop;
    return backend_add_native(b, "0.5", err);
}

const struct backend_kind backend_azure = {
    .name = "azure-face", .about = "Azure AI Face: detect, verify, identify",
    .options = options, .open = open_azure,
};
