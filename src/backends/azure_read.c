/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "backends/azure_read.h"

#include <math.h>
#include <string.h>

#include "backends/reply_read.h"

/* What a code says of an image. Several faults of one share the code InvalidImage and
 * differ in the message only. */
static enum vendor_outcome judge_image(const char *code, const char *message,
                                       struct vendor_said *said)
{
    enum status status = STATUS_REFUSED;

    if (strcasestr(message, "no face"))
        status = STATUS_NO_FACE;
    else if (strcasestr(message, "more than 1 face"))
        status = STATUS_SEVERAL_FACES;
    return vendor_say(said, VENDOR_SAMPLE, status, "%s: %s", code, message);
}

static enum vendor_outcome judge(const struct vendor_reply *r, const char *code,
                                 const char *inner, const char *message,
                                 struct vendor_said *said)
{
    static const char *const gone[] = {
        "FaceNotFound", "PersonGroupNotFound", "LargePersonGroupNotFound",
        "PersonNotFound", "FaceListNotFound", "LargeFaceListNotFound",
        "PersistedFaceNotFound",
    };

    if (!strncmp(code, "InvalidImage", 12))
        return judge_image(code, message, said);
    for (size_t i = 0; i < sizeof gone / sizeof *gone; i++)
        if (!strcmp(code, gone[i]))
            return vendor_say(said, VENDOR_GONE, STATUS_ERROR, "%s: %s", code, message);
    if (r->http == 409 && strstr(code, "Exists"))
        return vendor_say(said, VENDOR_TAKEN, STATUS_ERROR, "%s: %s", code, message);
    if (r->http == 409)
        return vendor_say(said, VENDOR_AGAIN, STATUS_ERROR, "%s: %s", code, message);
    enum vendor_outcome outcome = vendor_from_http(r, said);
    return vendor_say(said, outcome, said->status, "HTTP status %ld: %s%s%s: %s", r->http,
                      code, *inner ? "/" : "", inner, message);
}

static bool read_error(const struct json_value *root, struct arena *arena,
                       const char **code, const char **inner, const char **message,
                       struct text *why)
{
    const struct json_value *error = json_member(root, "error"), *deep;

    *code = *inner = "";
    if (!error)                /* of the gateway */
        return reply_words(root, "message", arena, message, why) && **message;
    if (json_kind(error) != JSON_KIND_MAP ||
        !reply_words(error, "message", arena, message, why) ||
        !reply_text(error, "code", REPLY_LABEL_MAX, false, arena, code, why))
        return false;
    deep = json_member(error, "innererror");
    if (!deep || json_kind(deep) != JSON_KIND_MAP)
        return true;
    return reply_text(deep, "code", REPLY_LABEL_MAX, false, arena, inner, why) &&
           (!json_member(deep, "message") ||
            reply_words(deep, "message", arena, message, why));
}

static enum vendor_outcome fail(const struct vendor_reply *r, struct vendor_said *said)
{
    const char *code, *inner, *message = "";
    struct arena arena = ARENA_INIT;
    struct json_doc doc;
    enum vendor_outcome outcome;

    if (vendor_parse(&doc, r, said) != VENDOR_OK)
        return vendor_from_http(r, said);
    if (read_error(doc.root, &arena, &code, &inner, &message, &said->why))
        outcome = judge(r, code, inner, message, said);
    else
        outcome = vendor_from_http(r, said);
    arena_release(&arena);
    json_doc_release(&doc);
    return outcome;
}

enum vendor_outcome azure_read_done(const struct vendor_reply *r, struct vendor_said *said)
{
    vendor_said_reset(said);
    return r->http >= 200 && r->http < 300 ? VENDOR_OK : fail(r, said);
}

static enum vendor_outcome begin(struct json_doc *doc, const struct vendor_reply *r,
                                 enum json_kind kind, struct vendor_said *said)
{
    vendor_said_reset(said);
    if (r->http != 200)
        return fail(r, said);
    enum vendor_outcome outcome = vendor_parse(doc, r, said);
    if (outcome != VENDOR_OK || json_kind(doc->root) == kind)
        return outcome;
    json_doc_release(doc);
    return vendor_say(said, VENDOR_BREACH, STATUS_ERROR, "an answer that is no %s",
                      kind == JSON_KIND_LIST ? "list" : "object");
}

static bool read_attributes(const struct json_value *v, struct answer *a,
                            struct face_answer *f, struct text *why)
{
    const struct json_value *pose = json_member(v, "headPose");
    const char *gender = json_get_string(json_member(v, "gender"));

    if (v && json_kind(v) != JSON_KIND_MAP)
        return reply_bad(why, "'faceAttributes' is no object");
    return vendor_set_class(a, f, gender, why) &&
           vendor_add_number(a, f, "age", v, "age", 0, 200, why) &&
           vendor_add_text(a, f, "glasses", v, "glasses", why) &&
           vendor_add_text(a, f, "recognition_quality", v, "qualityForRecognition", why) &&
           vendor_add_number(a, f, "yaw", pose, "yaw", -180, 180, why) &&
           vendor_add_number(a, f, "pitch", pose, "pitch", -180, 180, why) &&
           vendor_add_number(a, f, "roll", pose, "roll", -180, 180, why);
}

static bool read_face(const struct json_value *v, struct answer *a, struct face_answer *f,
                      struct text *why)
{
    const struct json_value *box;
    char id[VENDOR_ID_MAX + 1];

    if (json_kind(v) != JSON_KIND_MAP)
        return reply_bad(why, "a face that is no object");
    if (!vendor_need(v, "faceRectangle", JSON_KIND_MAP, &box, why) ||
        !vendor_need_box(box, "left", "top", &f->box, why) ||
        !read_attributes(json_member(v, "faceAttributes"), a, f, why))
        return false;
    if (!json_member(v, "faceId")) /* not asked for */
        return true;
    if (!vendor_need_id(v, "faceId", id, why))
        return false;
    f->template = arena_strdup(&a->arena, id);
    f->template_len = strlen(id);
    return true;
}

enum vendor_outcome azure_read_detect(const struct vendor_reply *r, struct answer *to,
                                      struct vendor_said *said)
{
    struct json_doc doc;
    enum vendor_outcome outcome = begin(&doc, r, JSON_KIND_LIST, said);

    if (outcome != VENDOR_OK)
        return outcome;
    size_t n = json_list_size(doc.root);
    bool good = n <= VENDOR_FACES_MAX ||
                reply_bad(&said->why, "more than %d faces", VENDOR_FACES_MAX);
    struct face_answer *faces = answer_faces(to, good ? n : 0);
    for (size_t i = 0; i < n && good; i++)
        good = read_face(json_list_item(doc.root, i), to, &faces[i], &said->why);
    outcome = vendor_end(&doc, good, said);
    if (outcome == VENDOR_OK && !n)
        return vendor_say(said, VENDOR_SAMPLE, STATUS_NO_FACE, "the service found no face");
    return outcome;
}

enum vendor_outcome azure_read_verify(const struct vendor_reply *r, double *confidence,
                                      struct vendor_said *said)
{
    struct json_doc doc;
    enum vendor_outcome outcome = begin(&doc, r, JSON_KIND_MAP, said);
    bool identical;

    *confidence = NAN;
    if (outcome != VENDOR_OK)
        return outcome;
    bool good = vendor_need_number(doc.root, "confidence", 0, 1, confidence, &said->why) &&
                (json_get_bool(json_member(doc.root, "isIdentical"), &identical) ||
                 reply_bad(&said->why, "'isIdentical' is neither true nor false"));
    return vendor_end(&doc, good, said);
}

static bool read_candidates(const struct json_value *list, const char *key,
                            struct vendor_candidate *to, size_t cap, size_t *n,
                            struct text *why)
{
    if (json_list_size(list) > cap)
        return reply_bad(why, "%zu candidates, expected at most %zu", json_list_size(list),
                         cap);
    for (size_t i = 0; i < json_list_size(list); i++) {
        const struct json_value *v = json_list_item(list, i);
        if (json_kind(v) != JSON_KIND_MAP)
            return reply_bad(why, "a candidate that is no object");
        if (!vendor_need_id(v, key, to[i].id, why) ||
            !vendor_need_number(v, "confidence", 0, 1, &to[i].score, why))
            return false;
        if (i && to[i].score > to[i - 1].score)
            return reply_bad(why, "candidates that are not best first");
    }
    *n = json_list_size(list);
    return true;
}

enum vendor_outcome azure_read_identify(const struct vendor_reply *r,
                                        struct vendor_candidate *to, size_t cap, size_t *n,
                                        struct vendor_said *said)
{
    const struct json_value *one, *list;
    struct json_doc doc;
    enum vendor_outcome outcome = begin(&doc, r, JSON_KIND_LIST, said);

    *n = 0;
    if (outcome != VENDOR_OK)
        return outcome;
    one = json_list_item(doc.root, 0);
    bool good = (json_list_size(doc.root) == 1 && json_kind(one) == JSON_KIND_MAP) ||
                reply_bad(&said->why, "not just one face, which was asked for");
    good = good && vendor_need(one, "candidates", JSON_KIND_LIST, &list, &said->why) &&
           read_candidates(list, "personId", to, cap, n, &said->why);
    return vendor_end(&doc, good, said);
}

enum vendor_outcome azure_read_similar(const struct vendor_reply *r,
                                       struct vendor_candidate *to, size_t cap, size_t *n,
                                       struct vendor_said *said)
{
    struct json_doc doc;
    enum vendor_outcome outcome = begin(&doc, r, JSON_KIND_LIST, said);

    *n = 0;
    if (outcome != VENDOR_OK)
        return outcome;
    return vendor_end(&doc, read_candidates(doc.root, "persistedFaceId", to, cap, n,
                                            &said->why), said);
}

enum vendor_outcome azure_read_made(const struct vendor_reply *r, const char *key,
                                    char id[VENDOR_ID_MAX + 1], struct vendor_said *said)
{
    struct json_doc doc;
    enum vendor_outcome outcome = begin(&doc, r, JSON_KIND_MAP, said);

    *id = '\0';
    if (outcome != VENDOR_OK)
        return outcome;
    return vendor_end(&doc, vendor_need_id(doc.root, key, id, &said->why), said);
}

enum vendor_outcome azure_read_training(const struct vendor_reply *r, bool *ended,
                                        struct vendor_said *said)
{
    const char *status, *message;
    struct arena arena = ARENA_INIT;
    struct json_doc doc;
    enum vendor_outcome outcome = begin(&doc, r, JSON_KIND_MAP, said);

    *ended = false;
    if (outcome != VENDOR_OK)
        return outcome;
    bool good = reply_text(doc.root, "status", REPLY_LABEL_MAX, true, &arena, &status,
                           &said->why);
    *ended = good && !strcmp(status, "succeeded");
    if (good && !*ended && strcmp(status, "running") != 0 &&
        strcmp(status, "notstarted") != 0 && strcmp(status, "notStarted") != 0) {
        message = json_get_string(json_member(doc.root, "message"));
        good = reply_bad(&said->why, "the training is '%s': %.200s", status,
                         message ? message : "");
    }
    arena_release(&arena);
    return vendor_end(&doc, good, said);
}
