/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "backends/rekognition_read.h"

#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json_read.h"

#define FACES_MAX 1000         /* of a picture; the service gives at most 100 */

static bool fault(struct text *why, const char *what)
{
    text_reset(why);
    text_addf(why, "its answer is not as documented: %s", what);
    return false;
}

/* The answer's object; false with `why` if there is none. */
static bool open_doc(const struct cloud_answer *from, struct json_doc *doc,
                     struct text *why)
{
    if (json_doc_parse(doc, from->body, from->len, "", NULL) < 0)
        return fault(why, "no JSON");
    if (json_kind(doc->root) == JSON_KIND_MAP)
        return true;
    json_doc_release(doc);
    return fault(why, "no object");
}

/* A member of this kind, or NULL. */
static const struct json_value *member(const struct json_value *v, const char *key,
                                       enum json_kind kind)
{
    const struct json_value *m = v ? json_member(v, key) : NULL;

    return m && json_kind(m) == kind ? m : NULL;
}

static bool number_in(const struct json_value *v, const char *key, double low, double high,
                      double *to)
{
    return v && json_get_number(json_member(v, key), to) && *to >= low && *to <= high;
}

void rekognition_error(const struct cloud_answer *from, char type[REKOGNITION_TYPE],
                       struct text *words)
{
    const char *name = cloud_answer_header(from, "x-amzn-errortype"), *said = NULL;
    struct json_doc doc = { NULL };

    text_reset(words);
    snprintf(type, REKOGNITION_TYPE, "HTTP %ld", from->status);
    if (json_doc_parse(&doc, from->body, from->len, "", NULL) == 0 &&
        json_kind(doc.root) == JSON_KIND_MAP) {
        const char *own = json_get_string(json_member(doc.root, "__type"));
        name = own ? own : name;
        said = json_get_string(json_member(doc.root, "message"));
        said = said ? said : json_get_string(json_member(doc.root, "Message"));
    }
    if (name) { /* com.amazon.coral.service#NAME, or NAME:http://… */
        const char *hash = strrchr(name, '#');
        name = hash ? hash + 1 : name;
        size_t n = strcspn(name, ":");
        if (n && n < REKOGNITION_TYPE)
            snprintf(type, REKOGNITION_TYPE, "%.*s", (int)n, name);
    }
    if (said)
        text_addf(words, "%.400s", said);
    if (doc.root)
        json_doc_release(&doc);
}

/* --- faces --- */

/* Shares of the picture's sides; they may lie a little outside it. */
static bool read_box(const struct json_value *v, struct box *to)
{
    return number_in(v, "Left", -4, 4, &to->x) && number_in(v, "Top", -4, 4, &to->y) &&
           number_in(v, "Width", 0, 8, &to->width) && number_in(v, "Height", 0, 8, &to->height);
}

static void add_number(struct answer *a, struct face_answer *f, const char *name,
                       const struct json_value *v, const char *key)
{
    double x;

    if (number_in(v, key, -1e6, 1e6, &x))
        cloud_attribute_number(a, f, name, x);
}

/* {"Value": true, "Confidence": 99.1} as "yes" or "no" and its confidence. */
static void add_yes_no(struct answer *a, struct face_answer *f, const struct json_value *face,
                       const char *key, const char *name, const char *sure)
{
    const struct json_value *v = member(face, key, JSON_KIND_MAP);
    bool yes;

    if (!v || !json_get_bool(json_member(v, "Value"), &yes))
        return;
    cloud_attribute(a, f, name, yes ? "yes" : "no");
    add_number(a, f, sure, v, "Confidence");
}

static void add_gender(struct answer *a, struct face_answer *f,
                       const struct json_value *face)
{
    const struct json_value *v = member(face, "Gender", JSON_KIND_MAP);
    const char *value = v ? json_get_string(json_member(v, "Value")) : NULL;
    double sure;

    if (!value || !*value || strlen(value) > 60)
        return;
    char *label = arena_strdup(&a->arena, value);
    for (char *c = label; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    f->label = label;
    cloud_attribute(a, f, "gender", value);
    if (number_in(v, "Confidence", 0, 100, &sure)) {
        f->confidence = sure / 100;
        cloud_attribute_number(a, f, "gender.confidence", sure);
    }
}

static void add_emotion(struct answer *a, struct face_answer *f,
                        const struct json_value *face)
{
    const struct json_value *list = member(face, "Emotions", JSON_KIND_LIST);
    const char *first = NULL;
    double most = -1;

    for (size_t i = 0; list && i < json_list_size(list); i++) {
        const struct json_value *v = json_list_item(list, i);
        const char *type = json_kind(v) == JSON_KIND_MAP
                               ? json_get_string(json_member(v, "Type")) : NULL;
        double sure;
        if (type && strlen(type) < 60 && number_in(v, "Confidence", 0, 100, &sure) &&
            sure > most) {
            most = sure;
            first = type;
        }
    }
    if (first) {
        cloud_attribute(a, f, "emotion", first);
        cloud_attribute_number(a, f, "emotion.confidence", most);
    }
}

static bool read_face(struct answer *a, struct face_answer *f, const struct json_value *v,
                      int width, int height)
{
    static const char *const switches[][3] = {
        { "Smile", "smile", "smile.confidence" },
        { "Eyeglasses", "eyeglasses", "eyeglasses.confidence" },
        { "Sunglasses", "sunglasses", "sunglasses.confidence" },
        { "Beard", "beard", "beard.confidence" },
        { "Mustache", "mustache", "mustache.confidence" },
        { "EyesOpen", "eyes_open", "eyes_open.confidence" },
        { "MouthOpen", "mouth_open", "mouth_open.confidence" },
        { "FaceOccluded", "face_occluded", "face_occluded.confidence" },
    };
    const struct json_value *age = member(v, "AgeRange", JSON_KIND_MAP);
    const struct json_value *pose = member(v, "Pose", JSON_KIND_MAP);
    const struct json_value *quality = member(v, "Quality", JSON_KIND_MAP);
    struct box b;

    if (!read_box(member(v, "BoundingBox", JSON_KIND_MAP), &b))
        return false;
    f->box = (struct box){ b.x * width, b.y * height, b.width * width, b.height * height };
    add_gender(a, f, v);
    add_number(a, f, "age.low", age, "Low");
    add_number(a, f, "age.high", age, "High");
    add_number(a, f, "face.confidence", v, "Confidence");
    add_number(a, f, "pose.roll", pose, "Roll");
    add_number(a, f, "pose.yaw", pose, "Yaw");
    add_number(a, f, "pose.pitch", pose, "Pitch");
    add_number(a, f, "brightness", quality, "Brightness");
    add_number(a, f, "sharpness", quality, "Sharpness");
    double sharpness;
    if (number_in(quality, "Sharpness", -1e6, 1e6, &sharpness))
        f->quality = sharpness;
    for (size_t i = 0; i < sizeof switches / sizeof *switches; i++)
        add_yes_no(a, f, v, switches[i][0], switches[i][1], switches[i][2]);
    add_emotion(a, f, v);
    return true;
}

bool rekognition_read_faces(const struct cloud_answer *from, int width, int height,
                            struct answer *a, struct text *why)
{
    struct json_doc doc;

    if (!open_doc(from, &doc, why))
        return false;
    const struct json_value *list = member(doc.root, "FaceDetails", JSON_KIND_LIST);
    size_t n = list ? json_list_size(list) : 0;
    bool good = list && n <= FACES_MAX;
    if (good && !n)
        answer_fail(a, STATUS_NO_FACE, "it found no face");
    struct face_answer *faces = good && n ? answer_faces(a, n) : NULL;
    for (size_t i = 0; good && i < n; i++) {
        const struct json_value *v = json_list_item(list, i);
        good = json_kind(v) == JSON_KIND_MAP && read_face(a, &faces[i], v, width, height);
    }
    json_doc_release(&doc);
    return good || fault(why, list ? "a face without a box" : "no FaceDetails");
}

/* --- comparing --- */

static double overlap(const struct box *a, const struct box *b)
{
    double wide = fmin(a->x + a->width, b->x + b->width) - fmax(a->x, b->x);
    double high = fmin(a->y + a->height, b->y + b->height) - fmax(a->y, b->y);

    return wide > 0 && high > 0 ? wide * high : 0;
}

/* The larger, the rather the box is that of `face`. */
static double merit(const struct box *b, const struct box *face)
{
    double area = b->width * b->height, both;

    if (!(face->width > 0))
        return area;
    both = overlap(b, face);
    double all = area + face->width * face->height - both;
    return all > 0 ? both / all : 0;
}

struct choosing {
    const struct box *face;
    double most, score;
};

/* A face of the target, which scores `score`. */
static bool weigh(struct choosing *c, const struct json_value *face, double score)
{
    struct box b;

    if (!read_box(member(face, "BoundingBox", JSON_KIND_MAP), &b))
        return false;
    double m = merit(&b, c->face);
    if (m > c->most) {
        c->most = m;
        c->score = score;
    }
    return true;
}

bool rekognition_read_compare(const struct cloud_answer *from, const struct box *face,
                              double *score, struct text *why)
{
    struct choosing c = { face, 0, NAN };
    struct json_doc doc;

    if (!open_doc(from, &doc, why))
        return false;
    const struct json_value *matched = member(doc.root, "FaceMatches", JSON_KIND_LIST);
    const struct json_value *other = member(doc.root, "UnmatchedFaces", JSON_KIND_LIST);
    bool good = matched;
    for (size_t i = 0; good && i < json_list_size(matched); i++) {
        const struct json_value *v = json_list_item(matched, i);
        double s = 0;
        good = json_kind(v) == JSON_KIND_MAP && number_in(v, "Similarity", 0, 100, &s) &&
               weigh(&c, member(v, "Face", JSON_KIND_MAP), s);
    }
    for (size_t i = 0; good && other && i < json_list_size(other); i++) {
        const struct json_value *v = json_list_item(other, i);
        good = json_kind(v) == JSON_KIND_MAP && weigh(&c, v, 0);
    }
    *score = c.score;
    json_doc_release(&doc);
    return good || fault(why, matched ? "a match without similarity or box"
                                      : "no FaceMatches");
}

/* --- galleries --- */

bool rekognition_read_index(const struct cloud_answer *from, size_t *indexed,
                            struct text *why)
{
    struct json_doc doc;

    if (!open_doc(from, &doc, why))
        return false;
    const struct json_value *records = member(doc.root, "FaceRecords", JSON_KIND_LIST);
    *indexed = records ? json_list_size(records) : 0;
    json_doc_release(&doc);
    return records || fault(why, "no FaceRecords");
}

void rekognition_read_version(const struct cloud_answer *from, struct text *version)
{
    struct json_doc doc;

    text_reset(version);
    if (json_doc_parse(&doc, from->body, from->len, "", NULL) < 0)
        return;
    const char *v = json_kind(doc.root) == JSON_KIND_MAP
                        ? json_get_string(json_member(doc.root, "FaceModelVersion")) : NULL;
    if (v && strlen(v) < 60)
        text_add(version, v);
    json_doc_release(&doc);
}

static int by_score(const void *a, const void *b)
{
    const struct backend_candidate *x = a, *y = b;

    if (x->score != y->score)
        return x->score > y->score ? -1 : 1;
    return x->place < y->place ? -1 : x->place > y->place;
}

/* The place that stands in a face's ExternalImageId. */
static bool read_place(const struct json_value *face, size_t enrolled, uint32_t *place)
{
    const char *id = face ? json_get_string(json_member(face, "ExternalImageId")) : NULL;
    int64_t v;

    if (!id || !num_parse_int64(id, &v) || v < 0 || (uint64_t)v >= enrolled)
        return false;
    *place = (uint32_t)v;
    return true;
}

/* Best first; a place that was indexed twice counts once, with its best. */
static size_t tidy(struct backend_candidate *all, size_t n)
{
    size_t kept = 0;

    qsort(all, n, sizeof *all, by_score);
    for (size_t i = 0; i < n; i++) {
        size_t k = 0;
        while (k < kept && all[k].place != all[i].place)
            k++;
        if (k == kept)
            all[kept++] = all[i];
    }
    return kept;
}

bool rekognition_read_search(const struct cloud_answer *from, size_t enrolled,
                             struct backend_candidate *to, size_t cap, size_t *n,
                             struct text *why)
{
    struct json_doc doc;

    *n = 0;
    if (!open_doc(from, &doc, why))
        return false;
    const struct json_value *list = member(doc.root, "FaceMatches", JSON_KIND_LIST);
    size_t count = list ? json_list_size(list) : 0;
    struct backend_candidate *all = mem_array(count, sizeof *all);
    bool good = list;
    for (size_t i = 0; good && i < count; i++) {
        const struct json_value *v = json_list_item(list, i);
        good = json_kind(v) == JSON_KIND_MAP &&
               number_in(v, "Similarity", 0, 100, &all[i].score) &&
               read_place(member(v, "Face", JSON_KIND_MAP), enrolled, &all[i].place);
    }
    if (good) {
        count = tidy(all, count);
        *n = count < cap ? count : cap;
        memcpy(to, all, *n * sizeof *to);
    }
    free(all);
    json_doc_release(&doc);
    return good || fault(why, list ? "a match that names nobody enrolled" : "no FaceMatches");
}
