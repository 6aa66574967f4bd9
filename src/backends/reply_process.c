/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Answers to process: what is said of each image and face. */
#include <math.h>
#include <string.h>

#include "backends/reply.h"
#include "backends/reply_read.h"

#define BOX_MAX 1e6
#define QUALITY_MAX 1e300

/* Of an image or face: one of the outcomes that a matcher may tell. */
static bool read_status(const struct json_value *map, enum status *to, struct text *why)
{
    const char *name = json_get_string(json_member(map, "status"));

    if (!name || !status_parse(name, to) || *to == STATUS_CRASHED ||
        (*to != STATUS_OK && status_kind(*to) != STATUS_KIND_MATCHER))
        return reply_bad(why, "'status' is none of ok, no-face, several-faces, refused, "
                         "timeout, error");
    return true;
}

static bool read_box(const struct json_value *map, struct box *to, struct text *why)
{
    const struct json_value *v = json_member(map, "box");
    double n[4];

    if (!v || json_kind(v) == JSON_KIND_NULL)
        return true;
    if (json_kind(v) != JSON_KIND_LIST || json_list_size(v) != 4)
        return reply_bad(why, "'box' is no list of 4 numbers");
    for (size_t i = 0; i < 4; i++)
        if (!json_get_number(json_list_item(v, i), &n[i]) || !(fabs(n[i]) <= BOX_MAX))
            return reply_bad(why, "'box' is no list of 4 numbers up to a million");
    if (!(n[2] >= 0 && n[3] >= 0))
        return reply_bad(why, "'box' has a negative width or height");
    *to = (struct box){ n[0], n[1], n[2], n[3] };
    return true;
}

static bool read_attributes(const struct json_value *map, struct arena *arena,
                            struct face_answer *f, struct text *why)
{
    const struct json_value *v = json_member(map, "attributes");

    if (!v)
        return true;
    if (json_kind(v) != JSON_KIND_MAP)
        return reply_bad(why, "'attributes' is no object");
    f->attributes = arena_array(arena, MISID_ATTRIBUTES, sizeof *f->attributes);
    for (struct json_members m = json_members(v); json_members_next(&m);) {
        struct setting *to = &f->attributes[f->n_attributes];
        const char *c = m.key;
        if (f->n_attributes == MISID_ATTRIBUTES)
            return reply_bad(why, "more than %d attributes", MISID_ATTRIBUTES);
        while (*c && (unsigned char)*c >= ' ' && *c != 127)
            c++;
        if (c == m.key || *c || strlen(m.key) > REPLY_NAME_MAX)
            return reply_bad(why, "an attribute has a name of no or more than %d bytes, or "
                             "one with controls", REPLY_NAME_MAX);
        if (!reply_text(v, m.key, REPLY_LABEL_MAX, false, arena, &to->value, why))
            return false;
        to->name = arena_strdup(arena, m.key);
        f->n_attributes++;
    }
    return true;
}

/* Numbers in the line itself: floats, or bytes where templates are opaque. */
static bool read_inline(const struct json_value *v, const struct reply_asked *asked,
                        struct arena *arena, struct face_answer *f, struct text *why)
{
    size_t n = json_list_size(v), size = asked->dimension ? 4 : 1;
    char *bytes = arena_array(arena, n, size);

    for (size_t i = 0; i < n; i++) {
        const struct json_value *item = json_list_item(v, i);
        int64_t whole;
        double number;
        if (asked->dimension && json_get_number(item, &number)) {
            float value = (float)number;
            memcpy(bytes + 4 * i, &value, sizeof value);
        } else if (!asked->dimension && json_get_int(item, &whole) && whole >= 0 &&
                   whole <= 255) {
            bytes[i] = (char)whole;
        } else {
            return reply_bad(why, "'template' holds what is no %s",
                             asked->dimension ? "number" : "byte from 0 to 255");
        }
    }
    f->template = bytes;
    f->template_len = n * size;
    return true;
}

/* Bytes of the shared memory, where there is room for those of this image. */
static bool read_shared(const struct json_value *v, const struct reply_asked *asked,
                        const struct span *room, struct arena *arena,
                        struct face_answer *f, struct text *why)
{
    int64_t at, len;

    if (!json_get_int(json_member(v, "at"), &at) ||
        !json_get_int(json_member(v, "len"), &len) || at < 0 || len < 0)
        return reply_bad(why, "'template' is neither a list of numbers nor {at, len}");
    if ((uint64_t)at < room->at || (uint64_t)at - room->at > room->len ||
        (uint64_t)len > room->len - ((uint64_t)at - room->at))
        return reply_bad(why, "'template' lies outside the room for it");
    char *bytes = arena_alloc(arena, (size_t)len);
    memcpy(bytes, asked->shared + at, (size_t)len);
    f->template = bytes;
    f->template_len = (size_t)len;
    return true;
}

static bool check_template(const struct reply_asked *asked, const struct face_answer *f,
                           struct text *why)
{
    if (asked->dimension && f->template_len != (size_t)4 * asked->dimension)
        return reply_bad(why, "a template of %zu bytes, expected %zu", f->template_len,
                         (size_t)4 * asked->dimension);
    if (!f->template_len || f->template_len > asked->template_bytes)
        return reply_bad(why, "a template of %zu bytes, expected 1 to %u", f->template_len,
                         asked->template_bytes);
    for (uint32_t i = 0; i < asked->dimension; i++) {
        float v;
        memcpy(&v, (const char *)f->template + (size_t)4 * i, sizeof v);
        if (!isfinite(v))
            return reply_bad(why, "number %u of a template is %s", i,
                             isnan(v) ? "NaN" : "infinite");
    }
    return true;
}

static bool read_template(const struct json_value *map, const struct reply_asked *asked,
                          const struct span *room, struct arena *arena,
                          struct face_answer *f, struct text *why)
{
    const struct json_value *v = json_member(map, "template");

    if (!v || json_kind(v) == JSON_KIND_NULL)
        return f->status != STATUS_OK || !(asked->want & MISID_TEMPLATE) ||
               reply_bad(why, "'template' is missing");
    if (!(asked->want & MISID_TEMPLATE))
        return reply_bad(why, "'template' is there, but was not asked for");
    bool read = json_kind(v) == JSON_KIND_LIST ? read_inline(v, asked, arena, f, why)
                : json_kind(v) == JSON_KIND_MAP
                    ? read_shared(v, asked, room, arena, f, why)
                    : reply_bad(why, "'template' is neither a list of numbers nor "
                                "{at, len}");
    return read && check_template(asked, f, why);
}

static bool read_face(const struct json_value *v, const struct reply_asked *asked,
                      const struct span *room, struct arena *arena,
                      struct face_answer *f, struct text *why)
{
    if (json_kind(v) != JSON_KIND_MAP)
        return reply_bad(why, "'faces' holds what is no object");
    if (!read_status(v, &f->status, why) || !read_box(v, &f->box, why) ||
        !reply_number(v, "quality", -QUALITY_MAX, QUALITY_MAX, &f->quality, why) ||
        !reply_number(v, "confidence", 0, 1, &f->confidence, why) ||
        !reply_text(v, "label", REPLY_LABEL_MAX, false, arena, &f->label, why) ||
        !read_attributes(v, arena, f, why) ||
        !read_template(v, asked, room, arena, f, why))
        return false;
    if (f->status != STATUS_OK)
        return true;
    if (asked->want & MISID_CLASS && !*f->label && !f->n_attributes)
        return reply_bad(why, "neither 'label' nor 'attributes' is there");
    if (asked->want & MISID_QUALITY && isnan(f->quality))
        return reply_bad(why, "'quality' is missing");
    return true;
}

static bool read_image(const struct json_value *v, const struct reply_asked *asked,
                       const struct span *room, struct answer *a, struct text *why)
{
    const struct json_value *list;
    const char *fault;
    size_t n;

    if (json_kind(v) != JSON_KIND_MAP)
        return reply_bad(why, "'images' holds what is no object");
    if (!reply_words(v, "fault", &a->arena, &fault, why))
        return false;
    if (*fault)
        return reply_bad(why, "%s", fault);
    if (!read_status(v, &a->status, why) ||
        !reply_words(v, "reason", &a->arena, &a->reason, why) ||
        !reply_list(v, "faces", asked->faces, &list, &n, why))
        return false;
    struct face_answer *faces = answer_faces(a, n);
    for (size_t i = 0; i < n; i++)
        if (!read_face(json_list_item(list, i), asked, room, &a->arena, &faces[i], why))
            return false;
    if (a->status == STATUS_OK && (!n || faces[0].status != STATUS_OK))
        return reply_bad(why, "status ok, but %s", n ? "its first face is not" : "no face");
    return true;
}

static bool read_images(const struct json_value *map, const struct reply_asked *asked,
                        const struct request_image *images, size_t n,
                        struct answer *answers, size_t *breaches, struct text *why)
{
    const struct json_value *list;
    struct text wrong = TEXT_INIT;
    size_t got;

    if (!reply_list(map, "images", SIZE_MAX, &list, &got, why))
        return false;
    if (got != n)
        return reply_bad(why, "gave answers to %zu images of %zu", got, n);
    for (size_t i = 0; i < n; i++) {
        text_reset(&wrong);
        answer_reset(&answers[i]);
        if (read_image(json_list_item(list, i), asked, &images[i].templates, &answers[i],
                       &wrong))
            continue;
        answer_fail(&answers[i], STATUS_ERROR, "its answer breaks the rules: %s", wrong.s);
        text_reset(why);
        text_add(why, wrong.s);
        ++*breaches;
    }
    text_release(&wrong);
    return true;
}

enum reply reply_process(const char *line, size_t len, uint64_t id,
                         const struct reply_asked *asked,
                         const struct request_image *images, size_t n,
                         struct answer *answers, size_t *breaches, struct text *why)
{
    struct json_doc doc;
    enum reply reply = reply_begin(&doc, line, len, id, why);

    *breaches = 0;
    if (reply != REPLY_OK)
        return reply;
    if (!read_images(doc.root, asked, images, n, answers, breaches, why))
        reply = REPLY_BREACH;
    json_doc_release(&doc);
    return reply;
}
