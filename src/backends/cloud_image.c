/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pictures as they go out, and as opaque templates. */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backends/cloud_parts.h"
#include "backends/outside.h"
#include "base/file.h"

#define FILE_MAX ((size_t)256 << 20)
#define HELD_MAX ((size_t)256 << 20) /* bytes of images that come from no file */

static const char *encoding_of(const struct text *t)
{
    if (t->len >= 3 && !memcmp(t->s, "\xFF\xD8\xFF", 3))
        return "jpeg";
    if (t->len >= 8 && !memcmp(t->s, "\x89PNG\r\n\x1a\n", 8))
        return "png";
    return NULL;
}

static bool read_file(const char *path, size_t max, struct text *to)
{
    char *data;
    size_t len;

    if (!*path || file_read(path, max, &data, &len, NULL) < 0)
        return false;
    text_addn(to, data, len);
    free(data);
    return true;
}

static bool fits(const struct cloud_limits *l, int width, int height)
{
    return !l->max_side || (width <= l->max_side && height <= l->max_side);
}

/* The pixels as a JPEG that is small enough. */
static bool encode(struct cloud_image *im, const struct image *from,
                   const struct cloud_limits *l)
{
    static const int steps[] = { 95, 90, 85, 80, 70, 60, 50 };
    double scale = 1;

    if (!fits(l, from->width, from->height))
        scale = (double)l->max_side /
                (from->width > from->height ? from->width : from->height);
    for (size_t i = 0; i < sizeof steps / sizeof *steps && backend_outside.encode; i++) {
        text_reset(&im->bytes);
        if (!backend_outside.encode(from, l->max_side, steps[i], &im->bytes))
            return false;
        if (im->bytes.len > l->max_bytes)
            continue;
        im->encoding = "jpeg";
        im->quality = steps[i];
        im->width = (int)fmax(1, round(from->width * scale));
        im->height = (int)fmax(1, round(from->height * scale));
        return true;
    }
    return false;
}

/* NULL, or why it cannot go out. `image` may be NULL: then it is loaded if need be;
 * `anew`: not the file's own bytes. */
static const char *take(struct cloud_image *im, const char *path, const struct image *image,
                        int width, int height, bool anew, const struct cloud_limits *l)
{
    struct image loaded = IMAGE_INIT;
    struct text reason = TEXT_INIT;
    bool there = read_file(path, FILE_MAX, &im->bytes), done = false;

    im->encoding = there ? encoding_of(&im->bytes) : NULL;
    im->width = width;
    im->height = height;
    if (!anew && im->encoding && im->bytes.len <= l->max_bytes && fits(l, width, height)) {
        done = true;
    } else {
        if (!image && backend_outside.load &&
            backend_outside.load(path, &loaded, &reason) == STATUS_OK)
            image = &loaded;
        done = image && encode(im, image, l);
    }
    image_release(&loaded);
    text_release(&reason);
    if (!done)
        return backend_outside.encode ? "it cannot be made small enough for the service"
                                      : "it is no JPEG or PNG that the service takes";
    im->len = im->bytes.len;
    hash_bytes(im->sha256, im->bytes.s, im->len);
    return NULL;
}

bool cloud_image_take(struct cloud_image *im, const struct view *v,
                      const struct cloud_limits *l, struct answer *a)
{
    int width = v->image->width, height = v->image->height;

    memset(im, 0, sizeof *im);
    text_init(&im->bytes);
    if (width < l->min_side || height < l->min_side) {
        answer_fail(a, STATUS_REFUSED, "%d × %d pixels: the service wants at least %d a side; "
                    "it was not sent", width, height, l->min_side);
        return false;
    }
    const char *path = v->changed ? "" : v->path;
    const char *fault = take(im, path, v->image, width, height, v->changed, l);
    if (fault)
        answer_fail(a, STATUS_REFUSED, "%s; it was not sent", fault);
    return !fault;
}

void cloud_image_release(struct cloud_image *im)
{
    text_release(&im->bytes);
}

/* --- templates --- */

/* Notes where an image comes from; its bytes, if it comes from no file. */
static void note_source(struct cloud *c, const struct cloud_image *im, const char *path)
{
    bool fresh;

    pthread_mutex_lock(&c->lock);
    uint32_t i = dict_add(&c->seen, im->sha256, &fresh);
    if (fresh) {
        if (i >= c->sources_cap) {
            c->sources_cap = c->sources_cap ? 2 * c->sources_cap : 64;
            c->sources = mem_grow(c->sources, c->sources_cap, sizeof *c->sources);
        }
        c->sources[i].path = mem_strdup(path);
        text_init(&c->sources[i].bytes);
        if (!*path && c->held + im->len <= HELD_MAX) {
            text_addn(&c->sources[i].bytes, im->bytes.s, im->bytes.len);
            c->held += im->len;
        }
    }
    pthread_mutex_unlock(&c->lock);
}

static void add_template(struct text *to, const struct cloud_image *im, const char *path,
                         const struct box *face)
{
    struct json_out w = json_out(to);

    w.compact = true;
    text_reset(to);
    json_map(&w, NULL);
    json_string(&w, "image", im->sha256);
    json_int(&w, "bytes", (int64_t)im->len);
    json_int(&w, "width", im->width);
    json_int(&w, "height", im->height);
    json_string(&w, "encoding", im->encoding);
    json_int(&w, "quality", im->quality);
    json_list(&w, "face");
    json_number(&w, NULL, face->x);
    json_number(&w, NULL, face->y);
    json_number(&w, NULL, face->width);
    json_number(&w, NULL, face->height);
    json_end(&w);
    if (path)
        json_string(&w, "path", path);
    json_end(&w);
}

void cloud_template_make(struct cloud *c, const struct cloud_image *im, const char *path,
                         const struct box *face, struct arena *arena, const void **bytes,
                         size_t *len)
{
    struct text t = TEXT_INIT;

    note_source(c, im, path);
    add_template(&t, im, path, face);
    if (t.len > CLOUD_TEMPLATE)
        add_template(&t, im, NULL, face);
    *bytes = arena_strndup(arena, t.s, t.len);
    *len = t.len;
    text_release(&t);
}

static bool whole_in(const struct json_value *v, const char *key, int64_t low, int64_t high,
                     int64_t *to)
{
    return json_get_int(json_member(v, key), to) && *to >= low && *to <= high;
}

/* What the template says; its path is malloc'd, or NULL. */
static bool read_template(const struct json_value *v, struct cloud_image *im,
                          struct box *face, char **path)
{
    double *const sides[] = { &face->x, &face->y, &face->width, &face->height };
    int64_t bytes, width, height, quality;
    if (json_kind(v) != JSON_KIND_MAP)
        return false;
    const char *hash = json_get_string(json_member(v, "image"));
    const char *encoding = json_get_string(json_member(v, "encoding"));
    const char *where = json_get_string(json_member(v, "path"));
    const struct json_value *box = json_member(v, "face");

    if (!hash || strlen(hash) != HASH_HEX - 1 || !encoding ||
        !whole_in(v, "bytes", 1, (int64_t)FILE_MAX, &bytes) ||
        !whole_in(v, "width", 1, IMAGE_MAX_SIDE, &width) ||
        !whole_in(v, "height", 1, IMAGE_MAX_SIDE, &height) ||
        !whole_in(v, "quality", 0, 100, &quality) || !box ||
        json_kind(box) != JSON_KIND_LIST || json_list_size(box) != 4)
        return false;
    for (size_t i = 0; i < 4; i++)
        if (!json_get_number(json_list_item(box, i), sides[i]))
            return false;
    memcpy(im->sha256, hash, HASH_HEX);
    im->encoding = !strcmp(encoding, "png") ? "png" : "jpeg";
    im->len = (size_t)bytes;
    im->width = (int)width;
    im->height = (int)height;
    im->quality = (int)quality;
    *path = where ? mem_strdup(where) : NULL;
    return true;
}

/* What this process knows of where it comes from: replaces `path`, or fills `bytes`. */
static void find_source(struct cloud *c, const char *sha256, char **path, struct text *bytes)
{
    pthread_mutex_lock(&c->lock);
    uint32_t i = dict_find(&c->seen, sha256);
    if (i != DICT_NONE && *c->sources[i].path) {
        free(*path);
        *path = mem_strdup(c->sources[i].path);
    } else if (i != DICT_NONE) {
        text_addn(bytes, c->sources[i].bytes.s, c->sources[i].bytes.len);
    }
    pthread_mutex_unlock(&c->lock);
}

bool cloud_template_take(struct cloud *c, const void *bytes, size_t len,
                         const struct cloud_limits *l, struct cloud_image *im,
                         struct box *face, struct text *why)
{
    struct cloud_image said = { .len = 0 };
    struct json_doc doc;
    char *path = NULL;

    memset(im, 0, sizeof *im);
    text_init(&im->bytes);
    while (len && !((const char *)bytes)[len - 1]) /* as templates.npy pads it */
        len--;
    if (len > CLOUD_TEMPLATE || json_doc_parse(&doc, bytes, len, "", NULL) < 0) {
        text_add(why, "it is no template of this backend");
        return false;
    }
    bool good = read_template(doc.root, &said, face, &path);
    json_doc_release(&doc);
    if (!good) {
        text_add(why, "it is no template of this backend");
        return false;
    }
    if (!c->replay)
        find_source(c, said.sha256, &path, &im->bytes);
    if (c->replay || im->bytes.len) {
        said.bytes = im->bytes;
        *im = said;
        free(path);
        return true;
    }
    const char *fault = !path || !*path ? "nobody knows its file"
                        : take(im, path, NULL, said.width, said.height, said.quality, l);
    if (!fault && strcmp(im->sha256, said.sha256))
        fault = "its file has changed since";
    if (fault)
        text_addf(why, "picture %.12s: %s", said.sha256, fault);
    free(path);
    return !fault;
}
