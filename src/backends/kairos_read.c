/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "backends/kairos_read.h"

#include <math.h>
#include <string.h>

#include "backends/reply_read.h"

static enum vendor_outcome judge(const struct vendor_reply *r, uint64_t code,
                                 const char *message, struct vendor_said *said)
{
    static const struct {
        uint64_t code;
        enum vendor_outcome outcome;
        enum status status;
    } known[] = {
        { 3000, VENDOR_AGAIN, STATUS_ERROR },     { 3001, VENDOR_AGAIN, STATUS_ERROR },
        { 3003, VENDOR_CLOSED, STATUS_ERROR },    { 5000, VENDOR_SAMPLE, STATUS_REFUSED },
        { 5002, VENDOR_SAMPLE, STATUS_NO_FACE },  { 5003, VENDOR_GONE, STATUS_ERROR },
        { 5004, VENDOR_GONE, STATUS_ERROR },      { 5005, VENDOR_SAMPLE, STATUS_REFUSED },
        { 5010, VENDOR_SAMPLE, STATUS_SEVERAL_FACES },
    };
    enum vendor_outcome outcome = VENDOR_BREACH;
    enum status status = STATUS_ERROR;

    if (r->http != 200)
        outcome = vendor_from_http(r, said);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i].code == code) {
            outcome = known[i].outcome;
            status = known[i].status;
        }
    return vendor_say(said, outcome, status, "error %llu: %s", (unsigned long long)code,
                      message);
}

/* The first of Errors. */
static bool read_error(const struct json_value *root, struct arena *arena, uint64_t *code,
                       const char **message, struct text *why)
{
    const struct json_value *list, *first;
    size_t n;

    if (!reply_list(root, "Errors", 64, &list, &n, why))
        return false;
    first = n ? json_list_item(list, 0) : NULL;
    if (!first || json_kind(first) != JSON_KIND_MAP)
        return reply_bad(why, "'Errors' holds no error");
    return reply_whole(first, "ErrCode", 1000000, code, why) &&
           reply_words(first, "Message", arena, message, why);
}

/* Opens an answer that is an object and no failure. */
static enum vendor_outcome begin(struct json_doc *doc, const struct vendor_reply *r,
                                 struct vendor_said *said)
{
    struct arena arena = ARENA_INIT;
    const char *message;
    uint64_t code;

    vendor_said_reset(said);
    enum vendor_outcome outcome = vendor_parse(doc, r, said);
    if (outcome != VENDOR_OK)
        return r->http == 200 ? outcome : vendor_from_http(r, said);
    if (json_kind(doc->root) == JSON_KIND_MAP && json_member(doc->root, "Errors")) {
        if (!read_error(doc->root, &arena, &code, &message, &said->why))
            return vendor_end(doc, false, said);
        outcome = judge(r, code, message, said);
    } else if (r->http != 200) {
        outcome = vendor_from_http(r, said);
    } else if (json_kind(doc->root) != JSON_KIND_MAP) {
        outcome = vendor_say(said, VENDOR_BREACH, STATUS_ERROR,
                             "an answer that is no object");
    }
    arena_release(&arena);
    if (outcome != VENDOR_OK)
        json_doc_release(doc);
    return outcome;
}

enum vendor_outcome kairos_read_done(const struct vendor_reply *r, struct vendor_said *said)
{
    struct json_doc doc;
    enum vendor_outcome outcome = begin(&doc, r, said);

    return outcome == VENDOR_OK ? vendor_end(&doc, true, said) : outcome;
}

static bool read_gender(const struct json_value *v, struct answer *a,
                        struct face_answer *f, struct text *why)
{
    const struct json_value *gender = json_member(v, "gender");
    double female, male;

    if (!gender || json_kind(gender) == JSON_KIND_NULL)
        return vendor_set_class(a, f, NULL, why);
    if (json_kind(gender) != JSON_KIND_MAP)
        return reply_bad(why, "'gender' is no object");
    if (!vendor_set_class(a, f, json_get_string(json_member(gender, "type")), why) ||
        !reply_number(gender, "femaleConfidence", 0, 1, &female, why) ||
        !reply_number(gender, "maleConfidence", 0, 1, &male, why))
        return false;
    if (*f->label)
        f->confidence = *f->label == 'f' ? female : male;
    return true;
}

static bool read_attributes(const struct json_value *v, struct answer *a,
                            struct face_answer *f, struct text *why)
{
    static const char *const scores[] = { "asian", "black", "hispanic", "other", "white" };

    if (v && json_kind(v) != JSON_KIND_MAP)
        return reply_bad(why, "'attributes' is no object");
    if (!read_gender(v, a, f, why) ||
        !vendor_add_number(a, f, "age", v, "age", 0, 200, why) ||
        !vendor_add_text(a, f, "glasses", v, "glasses", why))
        return false;
    for (size_t i = 0; i < sizeof scores / sizeof *scores; i++)
        if (!vendor_add_number(a, f, scores[i], v, scores[i], 0, 1, why))
            return false;
    return true;
}

static bool read_face(const struct json_value *v, struct answer *a, struct face_answer *f,
                      struct text *why)
{
    if (json_kind(v) != JSON_KIND_MAP)
        return reply_bad(why, "a face that is no object");
    return vendor_need_box(v, "topLeftX", "topLeftY", &f->box, why) &&
           reply_number(v, "quality", -1, 1, &f->quality, why) &&
           read_attributes(json_member(v, "attributes"), a, f, why) &&
           vendor_add_number(a, f, "yaw", v, "yaw", -180, 180, why) &&
           vendor_add_number(a, f, "pitch", v, "pitch", -180, 180, why) &&
           vendor_add_number(a, f, "roll", v, "roll", -180, 180, why);
}

/* The one picture of the answer, which is all that was asked about. */
static bool need_image(const struct json_value *root, const struct json_value **to,
                       struct text *why)
{
    const struct json_value *list;

    if (!vendor_need(root, "images", JSON_KIND_LIST, &list, why))
        return false;
    *to = json_list_item(list, 0);
    if (json_list_size(list) != 1 || json_kind(*to) != JSON_KIND_MAP)
        return reply_bad(why, "'images' is not one picture, which was asked about");
    return true;
}

enum vendor_outcome kairos_read_detect(const struct vendor_reply *r, struct answer *to,
                                       struct vendor_said *said)
{
    const struct json_value *image, *list = NULL;
    struct json_doc doc;
    enum vendor_outcome outcome = begin(&doc, r, said);

    if (outcome != VENDOR_OK)
        return outcome;
    bool good = need_image(doc.root, &image, &said->why) &&
                vendor_need(image, "faces", JSON_KIND_LIST, &list, &said->why) &&
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

/* The transaction of the one picture. *failed: it says so, with its message in `why`. */
static bool need_transaction(const struct json_value *root, const struct json_value **image,
                             const struct json_value **to, bool *failed, struct text *why)
{
    struct arena arena = ARENA_INIT;
    const char *status, *message = "";

    bool good = need_image(root, image, why) &&
                vendor_need(*image, "transaction", JSON_KIND_MAP, to, why) &&
                reply_text(*to, "status", REPLY_LABEL_MAX, true, &arena, &status, why) &&
                reply_words(*to, "message", &arena, &message, why);
    *failed = good && !strcmp(status, "failure");
    if (*failed)
        text_add(why, *message ? message : "failed, and did not say why");
    else if (good && strcmp(status, "success") != 0)
        good = reply_bad(why, "the status '%s', expected success or failure", status);
    arena_release(&arena);
    return good;
}

enum vendor_outcome kairos_read_verify(const struct vendor_reply *r, double *confidence,
                                       struct vendor_said *said)
{
    const struct json_value *image, *transaction;
    struct json_doc doc;
    enum vendor_outcome outcome = begin(&doc, r, said);
    bool failed = false;

    *confidence = NAN;
    if (outcome != VENDOR_OK)
        return outcome;
    bool good = need_transaction(doc.root, &image, &transaction, &failed, &said->why) &&
                (failed || vendor_need_number(transaction, "confidence", 0, 1, confidence,
                                              &said->why));
    outcome = vendor_end(&doc, good, said);
    return outcome == VENDOR_OK && failed
               ? vendor_say(said, VENDOR_SAMPLE, STATUS_REFUSED, "%s", said->why.s)
               : outcome;
}

static bool has_subject(const struct vendor_candidate *list, size_t n, const char *id)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(list[i].id, id))
            return true;
    return false;
}

static bool read_candidates(const struct json_value *list, struct vendor_candidate *to,
                            size_t cap, size_t *n, struct text *why)
{
    if (json_list_size(list) > cap)
        return reply_bad(why, "%zu candidates, expected at most %zu", json_list_size(list),
                         cap);
    for (size_t i = 0; i < json_list_size(list); i++) {
        const struct json_value *v = json_list_item(list, i);
        struct vendor_candidate *next = &to[*n];
        if (json_kind(v) != JSON_KIND_MAP)
            return reply_bad(why, "a candidate that is no object");
        if (!vendor_need_id(v, "subject_id", next->id, why) ||
            !vendor_need_number(v, "confidence", 0, 1, &next->score, why))
            return false;
        if (has_subject(to, *n, next->id)) /* by another of its faces */
            continue;
        if (*n && next->score > next[-1].score)
            return reply_bad(why, "candidates that are not best first");
        ++*n;
    }
    return true;
}

enum vendor_outcome kairos_read_recognize(const struct vendor_reply *r,
                                          struct vendor_candidate *to, size_t cap,
                                          size_t *n, struct vendor_said *said)
{
    const struct json_value *image, *transaction, *list;
    struct json_doc doc;
    enum vendor_outcome outcome = begin(&doc, r, said);
    bool failed = false;

    *n = 0;
    if (outcome != VENDOR_OK)
        return outcome;
    bool good = need_transaction(doc.root, &image, &transaction, &failed, &said->why);
    if (good && !failed)
        good = vendor_need(image, "candidates", JSON_KIND_LIST, &list, &said->why) &&
               read_candidates(list, to, cap, n, &said->why);
    if (failed && !strcasestr(said->why.s, "no match")) {
        json_doc_release(&doc);
        return vendor_say(said, VENDOR_SAMPLE, STATUS_REFUSED, "%s", said->why.s);
    }
    return vendor_end(&doc, good, said);
}

enum vendor_outcome kairos_read_enroll(const struct vendor_reply *r, const char *subject,
                                       struct vendor_said *said)
{
    const struct json_value *image, *transaction;
    char id[VENDOR_ID_MAX + 1];
    struct json_doc doc;
    enum vendor_outcome outcome = begin(&doc, r, said);
    bool failed = false;

    if (outcome != VENDOR_OK)
        return outcome;
    bool good = need_transaction(doc.root, &image, &transaction, &failed, &said->why);
    if (good && !failed)
        good = vendor_need_id(transaction, "subject_id", id, &said->why) &&
               (!strcmp(id, subject) ||
                reply_bad(&said->why, "another subject than was enrolled"));
    outcome = vendor_end(&doc, good, said);
    return outcome == VENDOR_OK && failed
               ? vendor_say(said, VENDOR_SAMPLE, STATUS_REFUSED, "%s", said->why.s)
               : outcome;
}
