/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "backends/facepp_read.h"

#include <math.h>
#include <string.h>

#include "backends/reply_read.h"

static const char *const point_names[FACEPP_POINTS] = { "1e-3", "1e-4", "1e-5" };

static bool is_code(const char *message, const char *code)
{
    size_t len = strlen(code);

    return !strncmp(message, code, len) &&
           (!message[len] || message[len] == ':' || message[len] == ' ');
}

static bool is_any(const char *message, const char *const *codes)
{
    for (; *codes; codes++)
        if (is_code(message, *codes))
            return true;
    return false;
}

static enum vendor_outcome judge(const struct vendor_reply *r, const char *message,
                                 struct vendor_said *said)
{
    static const char *const image[] = { "IMAGE_ERROR_UNSUPPORTED_FORMAT",
                                         "INVALID_IMAGE_SIZE", "IMAGE_FILE_TOO_LARGE",
                                         "EMPTY_FACESET", NULL };
    static const char *const gone[] = { "INVALID_FACE_TOKEN", "INVALID_FACESET_TOKEN",
                                        "INVALID_OUTER_ID", NULL };
    enum vendor_outcome outcome = vendor_from_http(r, said);
    enum status status = said->status;

    if (is_any(message, image)) {
        outcome = VENDOR_SAMPLE;
        status = STATUS_REFUSED;
    } else if (is_any(message, gone)) {
        outcome = VENDOR_GONE;
    } else if (is_code(message, "FACESET_EXIST")) {
        outcome = VENDOR_TAKEN;
    } else if (is_code(message, "CONCURRENCY_LIMIT_EXCEEDED") || r->http == 412) {
        outcome = VENDOR_AGAIN;
    }
    return vendor_say(said, outcome, status, "HTTP status %ld: %s", r->http, message);
}

/* The service's words, if it says that it failed. */
static bool get_error(const struct json_value *root, struct arena *arena,
                      const char **message)
{
    struct text ignored = TEXT_INIT;
    bool there = json_kind(root) == JSON_KIND_MAP && json_member(root, "error_message") &&
                 reply_words(root, "error_message", arena, message, &ignored) && **message;

    text_release(&ignored);
    return there;
}

/* Opens an answer that is an object and no failure. */
static enum vendor_outcome begin(struct json_doc *doc, const struct vendor_reply *r,
                                 struct vendor_said *said)
{
    struct arena arena = ARENA_INIT;
    const char *message;

    vendor_said_reset(said);
    enum vendor_outcome outcome = vendor_parse(doc, r, said);
    if (outcome != VENDOR_OK)  /* "Request Entity Too Large" is plain text */
        return r->http == 200 ? outcome : vendor_from_http(r, said);
    if (get_error(doc->root, &arena, &message))
        outcome = judge(r, message, said);
    else if (r->http != 200)
        outcome = vendor_from_http(r, said);
    else if (json_kind(doc->root) != JSON_KIND_MAP)
        outcome = vendor_say(said, VENDOR_BREACH, STATUS_ERROR,
                             "an answer that is no object");
    arena_release(&arena);
    if (outcome != VENDOR_OK)
        json_doc_release(doc);
    return outcome;
}

enum vendor_outcome facepp_read_done(const struct vendor_reply *r, struct vendor_said *said)
{
    struct json_doc doc;
    enum vendor_outcome outcome = begin(&doc, r, said);

    return outcome == VENDOR_OK ? vendor_end(&doc, true, said) : outcome;
}

/* {"value": …} of an attribute; absent: NULL. */
static const struct json_value *find(const struct json_value *map, const char *name)
{
    const struct json_value *v = json_member(map, name);

    return v && json_kind(v) == JSON_KIND_MAP ? v : NULL;
}

static bool read_attributes(const struct json_value *v, struct answer *a,
                            struct face_answer *f, struct text *why)
{
    const struct json_value *pose = find(v, "headpose");
    const char *gender = json_get_string(json_member(find(v, "gender"), "value"));

    if (v && json_kind(v) != JSON_KIND_MAP)
        return reply_bad(why, "'attributes' is no object");
    return vendor_set_class(a, f, gender, why) &&
           reply_number(find(v, "facequality"), "value", 0, 100, &f->quality, why) &&
           vendor_add_number(a, f, "age", find(v, "age"), "value", 0, 200, why) &&
           vendor_add_text(a, f, "ethnicity", find(v, "ethnicity"), "value", why) &&
           vendor_add_text(a, f, "glasses", find(v, "glass"), "value", why) &&
           vendor_add_number(a, f, "yaw", pose, "yaw_angle", -180, 180, why) &&
           vendor_add_number(a, f, "pitch", pose, "pitch_angle", -180, 180, why) &&
           vendor_add_number(a, f, "roll", pose, "roll_angle", -180, 180, why);
}

static bool read_face(const struct json_value *v, struct answer *a, struct face_answer *f,
                      struct text *why)
{
    const struct json_value *box;
    char id[VENDOR_ID_MAX + 1];

    if (json_kind(v) != JSON_KIND_MAP)
        return reply_bad(why, "a face that is no object");
    if (!vendor_need_id(v, "face_token", id, why) ||
        !vendor_need(v, "face_rectangle", JSON_KIND_MAP, &box, why) ||
        !vendor_need_box(box, "left", "top", &f->box, why) ||
        !read_attributes(json_member(v, "attributes"), a, f, why))
        return false;
    f->template = arena_strdup(&a->arena, id);
    f->template_len = strlen(id);
    return true;
}

enum vendor_outcome facepp_read_detect(const struct vendor_reply *r, struct answer *to,
                                       struct vendor_said *said)
{
    const struct json_value *list = NULL;
    struct json_doc doc;
    enum vendor_outcome outcome = begin(&doc, r, said);

    if (outcome != VENDOR_OK)
        return outcome;
    bool good = vendor_need(doc.root, "faces", JSON_KIND_LIST, &list, &said->why) &&
                (json_list_size(list) <= VENDOR_FACES_MAX ||
                 reply_bad(&said->why, "more than %d faces", VENDOR_FACES_MAX));
    size_t n = good ? json_list_size(list) : 0;
    struct face_answer *faces = answer_faces(to, n);
    for (size_t i = 0; i < n && good; i++)
        good = read_face(json_list_item(list, i), to, &faces[i], &said->why);
    outcome = vendor_end(&doc, good, said);
    if (outcome == VENDOR_OK && !n)
        return vendor_say(said, VENDOR_SAMPLE, STATUS_NO_FACE, "the service found no face");
    return outcome;
}

static bool read_points(const struct json_value *root, struct facepp_points *to,
                        struct text *why)
{
    const struct json_value *v;

    if (!vendor_need(root, "thresholds", JSON_KIND_MAP, &v, why))
        return false;
    for (int i = 0; i < FACEPP_POINTS; i++)
        if (!vendor_need_number(v, point_names[i], 0, 100, &to->at[i], why))
            return false;
    return true;
}

enum vendor_outcome facepp_read_compare(const struct vendor_reply *r, double *confidence,
                                        struct facepp_points *points,
                                        struct vendor_said *said)
{
    struct json_doc doc;
    enum vendor_outcome outcome = begin(&doc, r, said);

    *confidence = NAN;
    if (outcome != VENDOR_OK)
        return outcome;
    return vendor_end(&doc, vendor_need_number(doc.root, "confidence", 0, 100, confidence,
                                               &said->why) &&
                      read_points(doc.root, points, &said->why), said);
}

static bool read_results(const struct json_value *list, struct vendor_candidate *to,
                         size_t cap, size_t *n, struct text *why)
{
    if (json_list_size(list) > cap)
        return reply_bad(why, "%zu results, expected at most %zu", json_list_size(list), cap);
    for (size_t i = 0; i < json_list_size(list); i++) {
        const struct json_value *v = json_list_item(list, i);
        if (json_kind(v) != JSON_KIND_MAP)
            return reply_bad(why, "a result that is no object");
        if (!vendor_need_id(v, "face_token", to[i].id, why) ||
            !vendor_need_number(v, "confidence", 0, 100, &to[i].score, why))
            return false;
        if (i && to[i].score > to[i - 1].score)
            return reply_bad(why, "results that are not best first");
    }
    *n = json_list_size(list);
    return true;
}

enum vendor_outcome facepp_read_search(const struct vendor_reply *r,
                                       struct vendor_candidate *to, size_t cap, size_t *n,
                                       struct facepp_points *points,
                                       struct vendor_said *said)
{
    const struct json_value *list;
    struct json_doc doc;
    enum vendor_outcome outcome = begin(&doc, r, said);

    *n = 0;
    if (outcome != VENDOR_OK)
        return outcome;
    bool good = vendor_need(doc.root, "results", JSON_KIND_LIST, &list, &said->why) &&
                read_results(list, to, cap, n, &said->why) &&
                read_points(doc.root, points, &said->why);
    return vendor_end(&doc, good, said);
}

enum vendor_outcome facepp_read_create(const struct vendor_reply *r,
                                       char id[VENDOR_ID_MAX + 1], struct vendor_said *said)
{
    struct json_doc doc;
    enum vendor_outcome outcome = begin(&doc, r, said);

    *id = '\0';
    if (outcome != VENDOR_OK)
        return outcome;
    return vendor_end(&doc, vendor_need_id(doc.root, "faceset_token", id, &said->why), said);
}

enum vendor_outcome facepp_read_added(const struct vendor_reply *r, size_t asked,
                                      struct vendor_said *said)
{
    const struct json_value *list, *first;
    struct arena arena = ARENA_INIT;
    const char *reason = "";
    struct json_doc doc;
    enum vendor_outcome outcome = begin(&doc, r, said);
    uint64_t added;
    size_t failed;

    if (outcome != VENDOR_OK)
        return outcome;
    bool good = (json_member(doc.root, "face_added") ||
                 reply_bad(&said->why, "'face_added' is missing")) &&
                reply_whole(doc.root, "face_added", asked, &added, &said->why) &&
                reply_list(doc.root, "failure_detail", asked, &list, &failed, &said->why);
    first = good && failed ? json_list_item(list, 0) : NULL;
    if (first && json_kind(first) == JSON_KIND_MAP)
        good = reply_words(first, "reason", &arena, &reason, &said->why);
    outcome = vendor_end(&doc, good, said);
    if (outcome == VENDOR_OK && added != asked)
        outcome = vendor_say(said, VENDOR_GONE, STATUS_ERROR, "%zu of %zu faces were not "
                             "added to the faceset: %s", asked - (size_t)added, asked,
                             *reason ? reason : "no reason was given");
    arena_release(&arena);
    return outcome;
}
