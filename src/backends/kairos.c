/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * kairos: the face recognition API of Kairos: detect with gender and its confidence,
 * verify, and recognize over galleries (kairos_gallery.c).
 *
 * It takes pictures only, and chooses the face in them itself: the largest. Pictures are
 * sent with store_image: false, so that Kairos keeps none.
 */
#include "backends/kairos.h"

#include <stdlib.h>
#include <string.h>

#include "backends/kinds.h"

#define ID "KAIROS_APP_ID"
#define KEY "KAIROS_APP_KEY"

/* JPEG and PNG; its reference names no bound, these are ours. */
const struct cloud_limits kairos_limits = { .max_bytes = (size_t)5 << 20, .min_side = 32,
                                            .max_side = 4096 };

static const struct backend_option options[] = {
    { "selector", "ROLL", "faces that are looked for: FRONTAL, FULL, ROLL or SETPOSE" },
    { "threshold", "0.01", "least confidence of what recognize gives, 0 to 1" },
    CLOUD_OPTIONS,
    { NULL, NULL, NULL }
};

static const struct cloud_key keys[] = { { ID, false }, { KEY, false }, { NULL, false } };

static const struct cloud_price prices[] = {
    { "Detect", 0.02 },    { "Enroll", 0.02 },  { "Verify", 0.02 },
    { "Recognize", 0.02 }, { "Gallery", 0 },    { NULL, 0 },
};

void kairos_sign(struct cloud_request *r)
{
    cloud_secret_header(r, "app_id", "", ID);
    cloud_secret_header(r, "app_key", "", KEY);
    cloud_header(r, "Content-Type", "application/json");
    cloud_header(r, "store_image", "false");
}

void kairos_request(struct kairos *s, const char *operation, const char *path,
                    struct cloud_request *r)
{
    cloud_request_init(r, s->cloud, operation, "POST", path);
    kairos_sign(r);
}

static void ask(struct backend *b, unsigned want, const struct cloud_image *im,
                struct cloud_request *r)
{
    (void)want;
    kairos_sign(r);
    cloud_text(r, "{\"image\":\"");
    cloud_base64(r, im);
    cloud_textf(r, "\",\"selector\":\"%s\"}", backend_setting(b, "selector"));
}

static void read_faces(struct backend *b, const struct view *v,
                       const struct cloud_answer *from, struct answer *a)
{
    (void)b;
    (void)v;
    vendor_read_faces(kairos_read_detect, from, a);
}

static int process(struct session *session, unsigned want, const struct view *views,
                   size_t n, struct answer *answers, struct err *err)
{
    struct kairos *s = session->backend->state;
    const struct cloud_asking how = {
        .limits = kairos_limits, .ask = ask, .operation = "Detect", .method = "POST",
        .path = "/detect", .read = read_faces, .sent_pixels = true, .templates = true,
    };

    return cloud_process(s->cloud, session, &how, want, views, n, answers, err);
}

static size_t plan(const struct backend *b, const struct backend_plan *p,
                   struct cloud_planned *to)
{
    size_t n = 0;

    (void)b;
    if (p->images)
        to[n++] = (struct cloud_planned){ "Detect", p->images };
    if (p->pairs || p->enrolled)
        to[n++] = (struct cloud_planned){
            "Enroll", p->enrolled + (p->images && p->images < p->pairs ? p->images
                                                                       : p->pairs) };
    if (p->pairs)
        to[n++] = (struct cloud_planned){ "Verify", p->pairs };
    if (p->probes)
        to[n++] = (struct cloud_planned){ "Recognize", p->probes };
    return n;
}

static enum cloud_verdict judge(const struct cloud_answer *a, struct text *why)
{
    return vendor_judge(kairos_read_done, a, why);
}

static const struct cloud_service service = {
    .name = "kairos", .vendor = "Kairos", .api = "Kairos v2", .keys = keys,
    .prices = prices, .prices_of = "assumed, not read from a list: $0.02 a call",
    .plan = plan, .judge = judge, .remove = kairos_remove,
};

static void close_kairos(struct backend *b)
{
    struct kairos *s = b->state;

    cloud_close(s->cloud);
    vendor_galleries_release(&s->galleries);
    dict_release(&s->subjects);
    free(s->enrolled);
    pthread_mutex_destroy(&s->lock);
}

static int check_options(const struct backend *b, struct kairos *s, struct err *err)
{
    static const char *const selectors[] = { "FRONTAL", "FULL", "ROLL", "SETPOSE" };
    const char *selector = backend_setting(b, "selector");
    const char *threshold = backend_setting(b, "threshold");
    size_t i = 0, n = sizeof selectors / sizeof *selectors;

    while (i < n && strcmp(selectors[i], selector) != 0)
        i++;
    if (i == n)
        return err_add(err, ERR_INPUT, "backend %s: selector=%.60s, expected FRONTAL, FULL, "
                       "ROLL or SETPOSE", b->asked, selector);
    if (!num_parse_double(threshold, &s->threshold) ||
        !(s->threshold >= 0 && s->threshold <= 1))
        return err_add(err, ERR_INPUT, "backend %s: threshold=%.60s, expected a number from "
                       "0 to 1", b->asked, threshold);
    return 0;
}

static int open_kairos(struct backend *b, const struct setting *settings, size_t n,
                       struct err *err)
{
    struct kairos *s = b->state = arena_alloc(&b->arena, sizeof *s);
    int code;

    (void)settings;
    (void)n;
    s->b = b;
    pthread_mutex_init(&s->lock, NULL);
    vendor_galleries_init(&s->galleries);
    b->close = close_kairos;
    if ((code = check_options(b, s, err)) ||
        (code = cloud_open(&s->cloud, b, &service, "https://api.kairos.com", err)) ||
        (code = backend_add_native(b, "0.6", err)))
        return code;
    b->capabilities = MISID_CLASS | MISID_FACES | MISID_QUALITY | MISID_TEMPLATE |
                      MISID_COMPARE | MISID_SEARCH;
    b->template_bytes = CLOUD_TEMPLATE;
    b->own_scores = true;
    b->score_high = 1;
    b->most_found = KAIROS_FOUND;
    b->least_found = s->threshold;
    b->session = session_plain;
    b->end = session_plain_end;
    b->process = process;
    b->compare = kairos_compare;
    b->enroll = kairos_enroll;
    b->search = kairos_search;
    b->drop = kairos_drop;
    return 0;
}

const struct backend_kind backend_kairos = {
    .name = "kairos", .about = "Kairos: detect, verify, recognize",
    .options = options, .open = open_kairos,
};
