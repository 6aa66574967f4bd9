/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Answers to hello and open, and those that hold scores. */
#include "backends/reply.h"

#include <math.h>
#include <string.h>

#include "backends/reply_read.h"
#include "model/scores.h"

#define TEXT_MAX 4096
#define OPTIONS_MAX 256
#define FILES_MAX 4096
#define SCORE_MAX 1e300

static bool read_option(const struct json_value *v, struct arena *arena,
                        struct backend_option *to, struct text *why)
{
    if (json_kind(v) != JSON_KIND_MAP)
        return reply_bad(why, "'options' holds what is no object");
    if (!reply_text(v, "name", REPLY_NAME_MAX, true, arena, &to->name, why) ||
        !reply_text(v, "default", TEXT_MAX, false, arena, &to->fallback, why) ||
        !reply_text(v, "help", TEXT_MAX, false, arena, &to->help, why))
        return false;
    if (to->name[strspn(to->name, "abcdefghijklmnopqrstuvwxyz0123456789-_")])
        return reply_bad(why, "an option's name must be small letters, digits, '-' and '_'");
    return true;
}

static bool read_options(const struct json_value *map, struct arena *arena,
                         struct reply_hello *to, struct text *why)
{
    const struct json_value *list;
    size_t n;

    if (!reply_list(map, "options", OPTIONS_MAX, &list, &n, why))
        return false;
    to->options = arena_array(arena, n + 1, sizeof *to->options);
    for (to->n_options = 0; to->n_options < n; to->n_options++) {
        struct backend_option *o = &to->options[to->n_options];
        if (!read_option(json_list_item(list, to->n_options), arena, o, why))
            return false;
        for (size_t i = 0; i < to->n_options; i++)
            if (!strcmp(to->options[i].name, o->name))
                return reply_bad(why, "the option '%s' is there twice", o->name);
    }
    return true;
}

static bool read_pixels(const struct json_value *map, enum reply_pixels *to,
                        struct text *why)
{
    static const char *const names[] = { "memory", "ppm", "png" };
    const struct json_value *v = json_member(map, "pixels");
    const char *name = json_get_string(v);

    *to = REPLY_MEMORY;
    for (int i = 0; name && i < 3; i++) {
        *to = (enum reply_pixels)i;
        if (!strcmp(name, names[i]))
            return true;
    }
    return !v || reply_bad(why, "'pixels' is none of memory, ppm, png");
}

static bool read_hello(const struct json_value *map, struct arena *arena,
                       struct reply_hello *to, struct text *why)
{
    uint64_t protocol, abi;

    if (!reply_whole(map, "protocol", INT32_MAX, &protocol, why) ||
        !reply_whole(map, "abi", UINT32_MAX, &abi, why))
        return false;
    if (protocol != PROTOCOL)
        return reply_bad(why, "speaks protocol %llu, expected %d",
                         (unsigned long long)protocol, PROTOCOL);
    if (json_member(map, "abi") && abi != MISID_ABI)
        return reply_bad(why, "speaks ABI %llu, expected %u", (unsigned long long)abi,
                         MISID_ABI);
    if (!reply_text(map, "name", REPLY_NAME_MAX + 1, true, arena, &to->name, why) ||
        !reply_text(map, "version", REPLY_NAME_MAX + 1, true, arena, &to->version, why) ||
        !reply_words(map, "about", arena, &to->about, why) ||
        !reply_capabilities(map, &to->capabilities, why) ||
        !read_pixels(map, &to->pixels, why))
        return false;
    if (!(to->capabilities & (MISID_CLASS | MISID_TEMPLATE)))
        return reply_bad(why, "'capabilities' holds neither class nor template");
    return read_options(map, arena, to, why);
}

enum reply reply_hello(const char *line, size_t len, uint64_t id, struct arena *arena,
                       struct reply_hello *to, struct text *why)
{
    struct json_doc doc;
    enum reply reply = reply_begin(&doc, line, len, id, why);

    *to = (struct reply_hello){ .name = "" };
    if (reply != REPLY_OK)
        return reply;
    if (!read_hello(doc.root, arena, to, why))
        reply = REPLY_BREACH;
    json_doc_release(&doc);
    return reply;
}

static bool read_similarity(const struct json_value *map, struct reply_info *to,
                            struct text *why)
{
    const struct json_value *v = json_member(map, "similarity");
    const char *name = json_get_string(v);
    bool template = to->capabilities & MISID_TEMPLATE;
    bool own = to->capabilities & (MISID_COMPARE | MISID_SEARCH);

    if (v && !name)
        return reply_bad(why, "'similarity' is no text");
    if (!name || !*name) {
        to->own_scores = own;
        return !template || own ||
               reply_bad(why, "'similarity' is missing");
    }
    to->own_scores = !strcmp(name, "own");
    if (to->own_scores)
        return own || reply_bad(why, "'similarity' is own, but it can neither compare nor "
                                "search");
    for (int i = 0; i < SIMILARITIES_OF_TEMPLATES; i++) {
        to->similarity = (enum similarity)i;
        if (!strcmp(name, similarity_names[i]))
            return true;
    }
    return reply_bad(why, "'similarity' is none of cosine, inner, euclidean, chi-square, "
                     "own");
}

/* A text that is a number counts as one: plug-ins tell their points so. */
static bool read_native(const struct json_value *map, struct arena *arena,
                        struct reply_info *to, struct text *why)
{
    const struct json_value *list;

    if (!reply_list(map, "native", 100, &list, &to->n_native, why))
        return false;
    to->native = arena_array(arena, to->n_native, sizeof *to->native);
    for (size_t i = 0; i < to->n_native; i++) {
        const struct json_value *v = json_list_item(list, i);
        const char *s = json_get_string(v);
        if (!(s ? num_parse_double(s, &to->native[i])
                : json_get_number(v, &to->native[i])) || !isfinite(to->native[i]))
            return reply_bad(why, "'native' holds what is no number");
    }
    return true;
}

static bool read_files(const struct json_value *map, struct arena *arena,
                       struct reply_info *to, struct text *why)
{
    const struct json_value *list;

    if (!reply_list(map, "files", FILES_MAX, &list, &to->n_files, why))
        return false;
    to->files = arena_array(arena, to->n_files, sizeof *to->files);
    for (size_t i = 0; i < to->n_files; i++) {
        const char *s = json_get_string(json_list_item(list, i));
        if (!s || !*s || strlen(s) > TEXT_MAX)
            return reply_bad(why, "'files' holds what is no path");
        to->files[i] = arena_strdup(arena, s);
    }
    return true;
}

static bool read_template_size(const struct json_value *map, struct reply_info *to,
                               struct text *why)
{
    uint64_t dimension, bytes;

    if (!reply_whole(map, "dimension", REPLY_TEMPLATE_MAX / 4, &dimension, why) ||
        !reply_whole(map, "template_bytes", REPLY_TEMPLATE_MAX, &bytes, why))
        return false;
    if (dimension && !bytes)
        bytes = 4 * dimension;
    if (dimension && bytes != 4 * dimension)
        return reply_bad(why, "'template_bytes' is %llu, expected 4 × dimension, %llu",
                         (unsigned long long)bytes, (unsigned long long)(4 * dimension));
    if (to->capabilities & MISID_TEMPLATE && !bytes)
        return reply_bad(why, "gives templates, but says neither 'dimension' nor "
                         "'template_bytes'");
    if (to->capabilities & MISID_TEMPLATE && !dimension &&
        !(to->capabilities & (MISID_COMPARE | MISID_SEARCH)))
        return reply_bad(why, "gives opaque templates, but cannot compare them");
    to->dimension = (uint32_t)dimension;
    to->template_bytes = (uint32_t)bytes;
    return true;
}

static bool read_info(const struct json_value *map, struct arena *arena,
                      const struct reply_hello *hello, struct reply_info *to,
                      struct text *why)
{
    const struct json_value *distance = json_member(map, "distance");
    uint64_t batch;

    to->capabilities = hello->capabilities;
    if (!reply_capabilities(map, &to->capabilities, why) ||
        !reply_words(map, "about", arena, &to->about, why) ||
        !reply_whole(map, "batch", 4096, &batch, why) ||
        !reply_number(map, "low", -SCORE_MAX, SCORE_MAX, &to->low, why) ||
        !reply_number(map, "high", -SCORE_MAX, SCORE_MAX, &to->high, why) ||
        !read_native(map, arena, to, why) || !read_files(map, arena, to, why))
        return false;
    to->batch = (uint32_t)batch;
    if (to->capabilities & ~hello->capabilities)
        return reply_bad(why, "'capabilities' holds more than hello said");
    if (!(to->capabilities & (MISID_CLASS | MISID_TEMPLATE)))
        return reply_bad(why, "'capabilities' holds neither class nor template");
    if (distance && !json_get_bool(distance, &to->distance))
        return reply_bad(why, "'distance' is neither true nor false");
    if (isnan(to->low) || isnan(to->high))
        to->low = to->high = 0;
    if (to->low > to->high)
        return reply_bad(why, "'low' is above 'high'");
    return read_template_size(map, to, why) && read_similarity(map, to, why);
}

enum reply reply_open(const char *line, size_t len, uint64_t id, struct arena *arena,
                      const struct reply_hello *hello, struct reply_info *to,
                      struct text *why)
{
    struct json_doc doc;
    enum reply reply = reply_begin(&doc, line, len, id, why);

    *to = (struct reply_info){ .about = "" };
    if (reply != REPLY_OK)
        return reply;
    if (!read_info(doc.root, arena, hello, to, why))
        reply = REPLY_BREACH;
    json_doc_release(&doc);
    return reply;
}

static bool read_scores(const struct json_value *map, double *scores, size_t n,
                        struct text *why)
{
    const struct json_value *list;
    size_t got;

    if (!reply_list(map, "scores", SIZE_MAX, &list, &got, why))
        return false;
    if (got != n)
        return reply_bad(why, "gave %zu scores of %zu", got, n);
    for (size_t i = 0; i < n; i++) {
        const struct json_value *v = json_list_item(list, i);
        scores[i] = NAN;
        if (json_kind(v) != JSON_KIND_NULL && !json_get_number(v, &scores[i]))
            return reply_bad(why, "'scores' holds what is neither number nor null");
    }
    return true;
}

enum reply reply_compare(const char *line, size_t len, uint64_t id, double *scores,
                         size_t n, struct text *why)
{
    struct json_doc doc;
    enum reply reply = reply_begin(&doc, line, len, id, why);

    if (reply != REPLY_OK)
        return reply;
    if (!read_scores(doc.root, scores, n, why))
        reply = REPLY_BREACH;
    json_doc_release(&doc);
    return reply;
}

enum reply reply_enroll(const char *line, size_t len, uint64_t id, uint64_t *gallery,
                        struct text *why)
{
    struct json_doc doc;
    enum reply reply = reply_begin(&doc, line, len, id, why);

    if (reply != REPLY_OK)
        return reply;
    if (!json_member(doc.root, "gallery"))
        reply_bad(why, "'gallery' is missing");
    if (why->len || !reply_whole(doc.root, "gallery", INT32_MAX, gallery, why))
        reply = REPLY_BREACH;
    json_doc_release(&doc);
    return reply;
}

static bool read_candidates(const struct json_value *map, struct backend_candidate *to,
                            size_t cap, size_t enrolled, size_t *n, struct text *why)
{
    const struct json_value *list;

    if (!reply_list(map, "candidates", SIZE_MAX, &list, n, why))
        return false;
    if (!list)
        return reply_bad(why, "'candidates' is missing");
    if (*n > cap)
        return reply_bad(why, "gave %zu candidates, at most %zu were asked for", *n, cap);
    struct arena arena = ARENA_INIT;
    uint8_t *seen = arena_array(&arena, enrolled / 8 + 1, 1);
    bool sound = true;
    for (size_t i = 0; i < *n && sound; i++) {
        const struct json_value *v = json_list_item(list, i);
        int64_t place;
        sound = json_kind(v) == JSON_KIND_LIST && json_list_size(v) == 2 &&
                json_get_int(json_list_item(v, 0), &place) && place >= 0 &&
                (uint64_t)place < enrolled &&
                json_get_number(json_list_item(v, 1), &to[i].score) &&
                !(seen[place / 8] & 1u << place % 8);
        if (!sound)
            reply_bad(why, "a candidate is not [place, score] with a place of the gallery, "
                      "each once");
        else
            seen[place / 8] |= (uint8_t)(1u << place % 8);
        to[i].place = sound ? (uint32_t)place : 0;
    }
    arena_release(&arena);
    return sound;
}

enum reply reply_search(const char *line, size_t len, uint64_t id,
                        struct backend_candidate *to, size_t cap, size_t enrolled,
                        size_t *n, struct text *why)
{
    struct json_doc doc;
    enum reply reply = reply_begin(&doc, line, len, id, why);

    *n = 0;
    if (reply != REPLY_OK)
        return reply;
    if (!read_candidates(doc.root, to, cap, enrolled, n, why))
        reply = REPLY_BREACH;
    json_doc_release(&doc);
    return reply;
}

enum reply reply_done(const char *line, size_t len, uint64_t id, struct text *why)
{
    struct json_doc doc;
    enum reply reply = reply_begin(&doc, line, len, id, why);

    if (reply == REPLY_OK)
        json_doc_release(&doc);
    return reply;
}
