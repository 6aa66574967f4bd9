/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "backends/vendor.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>
#include <strings.h>

#include "backends/cloud.h"
#include "backends/reply_read.h"

#define PIXELS_MAX 1e6

void vendor_said_reset(struct vendor_said *said)
{
    said->status = STATUS_OK;
    text_reset(&said->why);
}

void vendor_said_release(struct vendor_said *said)
{
    text_release(&said->why);
}

enum vendor_outcome vendor_say(struct vendor_said *said, enum vendor_outcome outcome,
                               enum status status, const char *fmt, ...)
{
    struct text t = TEXT_INIT; /* the words may be those of `why` */
    va_list ap;

    va_start(ap, fmt);
    text_addfv(&t, fmt, ap);
    va_end(ap);
    text_release(&said->why);
    said->why = t;
    said->status = status;
    return outcome;
}

enum vendor_outcome vendor_from_http(const struct vendor_reply *r, struct vendor_said *said)
{
    if (r->http == 429 || r->http == 408 || (r->http >= 500 && r->http < 600))
        return vendor_say(said, VENDOR_AGAIN, STATUS_ERROR, "HTTP status %ld", r->http);
    if (r->http == 401 || r->http == 402 || r->http == 403)
        return vendor_say(said, VENDOR_CLOSED, STATUS_ERROR, "HTTP status %ld", r->http);
    if (r->http == 413)
        return vendor_say(said, VENDOR_SAMPLE, STATUS_REFUSED,
                          "the request is too large for the service");
    return vendor_say(said, VENDOR_BREACH, STATUS_ERROR, "HTTP status %ld, and no answer "
                      "that the service documents", r->http);
}

bool vendor_is_shallow(const char *s, size_t len)
{
    size_t depth = 0;
    bool in_string = false;

    for (size_t i = 0; i < len; i++) {
        if (in_string) {
            if (s[i] == '\\')
                i++;
            else if (s[i] == '"')
                in_string = false;
        } else if (s[i] == '"') {
            in_string = true;
        } else if (s[i] == '[' || s[i] == '{') {
            if (++depth > VENDOR_DEPTH_MAX)
                return false;
        } else if ((s[i] == ']' || s[i] == '}') && depth) {
            depth--;
        }
    }
    return true;
}

enum vendor_outcome vendor_parse(struct json_doc *doc, const struct vendor_reply *r,
                                 struct vendor_said *said)
{
    struct err err = ERR_INIT;

    if (r->len > VENDOR_ANSWER_MAX)
        return vendor_say(said, VENDOR_BREACH, STATUS_ERROR, "an answer of %zu bytes, "
                          "expected at most %zu", r->len, VENDOR_ANSWER_MAX);
    if (!vendor_is_shallow(r->body, r->len))
        return vendor_say(said, VENDOR_BREACH, STATUS_ERROR, "an answer of more than %d "
                          "levels", VENDOR_DEPTH_MAX);
    if (json_doc_parse(doc, r->body, r->len, "answer", &err) < 0) {
        vendor_say(said, VENDOR_BREACH, STATUS_ERROR, "an answer that is no JSON: %s",
                   err_text(&err));
        err_release(&err);
        return VENDOR_BREACH;
    }
    return VENDOR_OK;
}

enum vendor_outcome vendor_end(struct json_doc *doc, bool good, struct vendor_said *said)
{
    json_doc_release(doc);
    if (good)
        return VENDOR_OK;
    return vendor_say(said, VENDOR_BREACH, STATUS_ERROR, "an answer that the service does "
                      "not document: %s", said->why.s);
}

bool vendor_need(const struct json_value *map, const char *key, enum json_kind kind,
                 const struct json_value **to, struct text *why)
{
    static const char *const names[] = { "null", "a text or number", "a list", "an object" };

    *to = json_member(map, key);
    if (!*to || json_kind(*to) != kind)
        return reply_bad(why, "'%s' is %s, expected %s", key, *to ? "of another kind"
                         : "missing", names[kind]);
    return true;
}

bool vendor_need_number(const struct json_value *map, const char *key, double low,
                        double high, double *to, struct text *why)
{
    if (!reply_number(map, key, low, high, to, why))
        return false;
    return !isnan(*to) || reply_bad(why, "'%s' is missing, expected a number", key);
}

bool vendor_need_id(const struct json_value *map, const char *key,
                    char to[VENDOR_ID_MAX + 1], struct text *why)
{
    const char *s = json_get_string(json_member(map, key));
    size_t len = s ? strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                               "0123456789-_") : 0;

    *to = '\0';
    if (!len || s[len] || len > VENDOR_ID_MAX)
        return reply_bad(why, "'%s' is no name of 1 to %d letters, digits, - and _", key,
                         VENDOR_ID_MAX);
    memcpy(to, s, len + 1);
    return true;
}

bool vendor_need_box(const struct json_value *map, const char *left, const char *top,
                     struct box *to, struct text *why)
{
    return vendor_need_number(map, left, -PIXELS_MAX, PIXELS_MAX, &to->x, why) &&
           vendor_need_number(map, top, -PIXELS_MAX, PIXELS_MAX, &to->y, why) &&
           vendor_need_number(map, "width", 0, PIXELS_MAX, &to->width, why) &&
           vendor_need_number(map, "height", 0, PIXELS_MAX, &to->height, why);
}

bool vendor_add_text(struct answer *a, struct face_answer *f, const char *name,
                     const struct json_value *map, const char *key, struct text *why)
{
    const struct json_value *v = json_member(map, key);
    const char *value;

    if (!v || json_kind(v) == JSON_KIND_NULL)
        return true;
    if (!reply_text(map, key, REPLY_LABEL_MAX, true, &a->arena, &value, why))
        return false;
    cloud_attribute(a, f, name, value);
    return true;
}

bool vendor_add_number(struct answer *a, struct face_answer *f, const char *name,
                       const struct json_value *map, const char *key, double low,
                       double high, struct text *why)
{
    double value;

    if (!reply_number(map, key, low, high, &value, why))
        return false;
    cloud_attribute_number(a, f, name, value);
    return true;
}

bool vendor_set_class(struct answer *a, struct face_answer *f, const char *word,
                      struct text *why)
{
    if (!word || !*word) {
        cloud_attribute(a, f, "class", "not offered");
        return true;
    }
    if (!strcasecmp(word, "female") || !strcasecmp(word, "f"))
        f->label = "female";
    else if (!strcasecmp(word, "male") || !strcasecmp(word, "m"))
        f->label = "male";
    else
        return reply_bad(why, "a gender that is neither female nor male");
    return true;
}
