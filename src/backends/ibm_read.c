/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "backends/ibm_read.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "backends/reply_read.h"
#include "base/file.h"

void ibm_answers_release(struct ibm_answers *a)
{
    for (size_t i = 0; i < a->n_docs; i++)
        json_doc_release(&a->docs[i]);
    free(a->docs);
    free(a->images);
    dict_release(&a->names);
    *a = (struct ibm_answers){ 0 };
}

const char *ibm_answers_name(const struct ibm_answers *a, size_t i)
{
    return dict_at(&a->names, (uint32_t)i);
}

static const char *name_of(const struct json_value *image)
{
    static const char *const keys[] = { "image", "source_url", "resolved_url" };

    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const char *name = json_get_string(json_member(image, keys[i]));
        if (name && *name)
            return name;
    }
    return NULL;
}

static int add_image(struct ibm_answers *to, const struct json_value *image,
                     const char *path, size_t line, struct err *err)
{
    const char *name = json_kind(image) == JSON_KIND_MAP ? name_of(image) : NULL;
    char cut[TEXT_CUT];
    bool fresh;

    if (!name)
        return err_add(err, ERR_INPUT, "%s:%zu: an image that is no object with 'image', "
                       "'source_url' or 'resolved_url'", path, line);
    dict_add(&to->names, name, &fresh);
    if (!fresh)
        return err_add(err, ERR_INPUT, "%s:%zu: a second answer on '%s', expected one a "
                       "picture", path, line, text_cut(cut, name));
    MEM_ROOM(to->images, to->n, to->cap);
    to->images[to->n++] = image;
    return 0;
}

static int add_answer(struct ibm_answers *to, const struct json_value *v,
                      const char *path, size_t line, struct err *err)
{
    const struct json_value *list = json_kind(v) == JSON_KIND_MAP ? json_member(v, "images")
                                                                   : NULL;

    if (!list || json_kind(list) != JSON_KIND_LIST)
        return err_add(err, ERR_INPUT, "%s:%zu: no answer of detect_faces, expected an "
                       "object with a list 'images'", path, line);
    for (size_t i = 0; i < json_list_size(list); i++) {
        int code = add_image(to, json_list_item(list, i), path, line, err);
        if (code)
            return code;
    }
    return 0;
}

/* An answer, or a list of them. */
static int add_text(struct ibm_answers *to, const char *text, size_t len, const char *path,
                    size_t line, struct err *err)
{
    int code;

    if (!vendor_is_shallow(text, len))
        return err_add(err, ERR_LIMIT, "%s:%zu: JSON of more than %d levels", path, line,
                       VENDOR_DEPTH_MAX);
    MEM_ROOM(to->docs, to->n_docs, to->docs_cap);
    if ((code = json_doc_parse(&to->docs[to->n_docs], text, len, path, err)) < 0)
        return code;
    const struct json_value *root = to->docs[to->n_docs++].root;
    if (json_kind(root) != JSON_KIND_LIST)
        return add_answer(to, root, path, line, err);
    for (size_t i = 0; i < json_list_size(root) && !code; i++)
        code = add_answer(to, json_list_item(root, i), path, line, err);
    return code;
}

/* Whether every line is an answer of its own: the first is a value that has ended, and
 * something follows. */
static bool is_lines(const char *text)
{
    const char *at = text + strspn(text, " \t\r\n"), *end = strchr(at, '\n');
    struct err ignored = ERR_INIT;
    struct json_doc doc;

    if (!end || !end[strspn(end, " \t\r\n")] || !vendor_is_shallow(at, (size_t)(end - at)))
        return false;
    bool ended = json_doc_parse(&doc, at, (size_t)(end - at), "", &ignored) == 0;
    if (ended)
        json_doc_release(&doc);
    err_release(&ignored);
    return ended;
}

int ibm_answers_parse(struct ibm_answers *to, const char *text, size_t len,
                      const char *path, struct err *err)
{
    const char *at = text, *end = text + len;
    size_t line = 1;
    int code = 0;

    *to = (struct ibm_answers){ 0 };
    if (!is_lines(text))
        return add_text(to, text, len, path, line, err);
    for (; at < end && !code; line++) {
        const char *next = memchr(at, '\n', (size_t)(end - at));
        size_t n = (size_t)((next ? next : end) - at);
        if (strspn(at, " \t\r") < n)
            code = add_text(to, at, n, path, line, err);
        at += n + 1;
    }
    return code;
}

int ibm_answers_load(struct ibm_answers *to, const char *path, struct err *err)
{
    char *text;
    size_t len;
    int code = file_read(path, IBM_FILE_MAX, &text, &len, err);

    *to = (struct ibm_answers){ 0 };
    if (code)
        return code;
    code = ibm_answers_parse(to, text, len, path, err);
    free(text);
    return code;
}

static bool read_face(const struct json_value *v, struct answer *a, struct face_answer *f,
                      struct text *why)
{
    const struct json_value *box, *gender, *age;
    const char *word = NULL;

    if (json_kind(v) != JSON_KIND_MAP)
        return reply_bad(why, "a face that is no object");
    if (!vendor_need(v, "face_location", JSON_KIND_MAP, &box, why) ||
        !vendor_need_box(box, "left", "top", &f->box, why))
        return false;
    gender = json_member(v, "gender");
    if (gender && json_kind(gender) == JSON_KIND_MAP) {
        word = json_get_string(json_member(gender, "gender"));
        if (!word)
            return reply_bad(why, "'gender' says none");
        if (!reply_number(gender, "score", 0, 1, &f->confidence, why))
            return false;
    }
    age = json_member(v, "age");
    return vendor_set_class(a, f, word, why) &&
           vendor_add_number(a, f, "age_min", age, "min", 0, 200, why) &&
           vendor_add_number(a, f, "age_max", age, "max", 0, 200, why) &&
           vendor_add_number(a, f, "age_score", age, "score", 0, 1, why);
}

/* What went wrong with this one picture, in the service's words. */
static enum vendor_outcome read_error(const struct json_value *error,
                                      struct vendor_said *said)
{
    struct arena arena = ARENA_INIT;
    const char *words = "";

    if (json_kind(error) == JSON_KIND_MAP)
        reply_words(error, "description", &arena, &words, &said->why);
    vendor_say(said, VENDOR_SAMPLE, STATUS_REFUSED, "%s",
               *words ? words : "the service reported an error");
    arena_release(&arena);
    return VENDOR_SAMPLE;
}

enum vendor_outcome ibm_read_image(const struct ibm_answers *a, size_t i,
                                   struct answer *to, struct vendor_said *said)
{
    const struct json_value *image = a->images[i], *list, *error;

    vendor_said_reset(said);
    if ((error = json_member(image, "error")))
        return read_error(error, said);
    bool good = vendor_need(image, "faces", JSON_KIND_LIST, &list, &said->why) &&
                (json_list_size(list) <= VENDOR_FACES_MAX ||
                 reply_bad(&said->why, "more than %d faces", VENDOR_FACES_MAX));
    size_t n = good ? json_list_size(list) : 0;
    struct face_answer *faces = answer_faces(to, n);
    for (size_t k = 0; k < n && good; k++)
        good = read_face(json_list_item(list, k), to, &faces[k], &said->why);
    if (!good)
        return vendor_say(said, VENDOR_BREACH, STATUS_ERROR, "an answer that the service "
                          "did not document: %s", said->why.s);
    if (!n)
        return vendor_say(said, VENDOR_SAMPLE, STATUS_NO_FACE, "the service found no face");
    return VENDOR_OK;
}
