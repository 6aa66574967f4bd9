/* SPDX-License-Identifier: 0BSD */
/* The call `process`: images of the shared memory in, what is said of them out. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host/frame.h"
#include "host/serve.h"

static const char *const statuses[] = {
    [MISID_OK] = "ok", [MISID_NO_FACE] = "no-face",
    [MISID_SEVERAL_FACES] = "several-faces", [MISID_REFUSED] = "refused",
    [MISID_TIMEOUT] = "timeout", [MISID_ERROR] = "error",
};
#define STATUSES (sizeof statuses / sizeof *statuses)

struct picture {
    struct misid_image image;
    float box[4], landmarks[10];
    uint64_t template_at, template_room;
};

struct work {
    size_t n, faces;
    uint32_t want;
    struct picture *pictures;
    const struct misid_image **images;
};

static int take_numbers(const json_t *list, float *to, size_t n)
{
    if (json_array_size(list) != n)
        return 0;
    for (size_t i = 0; i < n; i++) {
        const json_t *v = json_array_get(list, i);
        if (!json_is_number(v))
            return 0;
        to[i] = (float)json_number_value(v);
    }
    return 1;
}

/* One image of the request; NULL, or what is wrong with it. */
static const char *take_picture(const struct server *s, const json_t *from,
                                struct picture *p)
{
    const json_t *box = json_object_get(from, "box");
    const json_t *landmarks = json_object_get(from, "landmarks");
    const json_t *slot = json_object_get(from, "template");
    uint64_t at, width, height, stride;

    if (!frame_get_whole(from, "at", PTRDIFF_MAX, &at) ||
        !frame_get_whole(from, "width", 65535, &width) || width == 0 ||
        !frame_get_whole(from, "height", 65535, &height) || height == 0 ||
        !frame_get_whole(from, "stride", 1u << 30, &stride) || stride < 3 * width)
        return "an image's at, width, height or stride is missing or wrong";
    p->image = (struct misid_image){
        .size = sizeof p->image, .width = (uint32_t)width, .height = (uint32_t)height,
        .stride = (size_t)stride,
        .pixels = memory_at(&s->memory, at, stride * (height - 1) + 3 * width),
    };
    if (!p->image.pixels)
        return "an image lies outside the shared memory";
    if (box && !take_numbers(box, p->box, 4))
        return "a box is no list of 4 numbers";
    if (landmarks && !take_numbers(landmarks, p->landmarks, 10))
        return "landmarks are no list of 10 numbers";
    p->image.box = box ? p->box : NULL;
    p->image.landmarks = landmarks ? p->landmarks : NULL;
    if (!slot)
        return NULL;
    if (!frame_get_whole(slot, "at", PTRDIFF_MAX, &p->template_at) ||
        !frame_get_whole(slot, "room", PTRDIFF_MAX, &p->template_room) ||
        !memory_at(&s->memory, p->template_at, p->template_room))
        return "the room for templates lies outside the shared memory";
    return NULL;
}

static int take_want(const json_t *list, uint32_t *want)
{
    static const struct {
        const char *name;
        uint32_t bit;
    } wants[] = { { "class", MISID_CLASS }, { "template", MISID_TEMPLATE },
                  { "faces", MISID_FACES }, { "quality", MISID_QUALITY } };

    *want = 0;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *name = json_string_value(json_array_get(list, i));
        size_t k = 0;
        while (k < 4 && (!name || strcmp(name, wants[k].name) != 0))
            k++;
        if (k == 4)
            return 0;
        *want |= wants[k].bit;
    }
    return json_is_array(list);
}

static const char *take_work(const struct server *s, const json_t *request, struct work *w)
{
    const json_t *images = json_object_get(request, "images");
    uint64_t faces;

    if (!json_is_array(images) || json_array_size(images) < 1 ||
        json_array_size(images) > SERVE_IMAGES)
        return "images: expected a list of 1 to 4096";
    if (!take_want(json_object_get(request, "want"), &w->want))
        return "want: expected a list of class, template, faces, quality";
    if (!frame_get_whole(request, "faces", SERVE_FACES, &faces) || faces == 0)
        return "faces: expected 1 to 128";
    w->faces = (size_t)faces;
    size_t n = json_array_size(images);
    w->pictures = calloc(n, sizeof *w->pictures);
    w->images = calloc(n, sizeof *w->images);
    if (!w->pictures || !w->images)
        return "there is no memory";
    for (w->n = 0; w->n < n; w->n++) {
        const char *what = take_picture(s, json_array_get(images, w->n),
                                        &w->pictures[w->n]);
        if (what)
            return what;
        w->images[w->n] = &w->pictures[w->n].image;
    }
    return NULL;
}

/* NaN is not said; 0 if the number is infinite. */
static int say_number(json_t *to, const char *key, double v)
{
    if (!isnan(v) && isfinite(v))
        json_object_set_new(to, key, json_real(v));
    return isnan(v) || isfinite(v);
}

static int say_text(json_t *to, const char *key, const char *s)
{
    return !*s || json_object_set_new(to, key, json_string(s)) == 0;
}

static const char *say_attributes(json_t *to, const struct room_face *f)
{
    uint32_t n = f->face.n_attributes;

    if (n > MISID_ATTRIBUTES)
        return "says more attributes than there was room for";
    json_t *map = n ? json_object() : NULL;
    for (uint32_t i = 0; i < n; i++) {
        const char *name = f->names[i].s;
        if (!*name || json_object_get(map, name) ||
            json_object_set_new(map, name, json_string(f->values[i].s)) < 0) {
            json_decref(map);
            return "an attribute has no name, has one twice, or is not UTF-8";
        }
    }
    if (map)
        json_object_set_new(to, "attributes", map);
    return NULL;
}

/* Puts the template where the request has room for it. */
static const char *say_template(struct server *s, json_t *to, const struct room_face *f,
                                const struct picture *p, size_t *used)
{
    size_t len = f->face.template_len;

    if (!len)
        return NULL;
    if (len > s->template_bytes)
        return "a template is longer than template_bytes";
    size_t at = (*used + 63) / 64 * 64;
    if (at > p->template_room || len > p->template_room - at)
        return "a template that nobody asked for";
    memcpy(s->memory.write + p->template_at + at, f->template_bytes, len);
    *used = at + len;
    json_object_set_new(to, "template", json_pack("{s:I,s:I}", "at",
                                                  (json_int_t)(p->template_at + at), "len",
                                                  (json_int_t)len));
    return NULL;
}

static const char *say_face(struct server *s, json_t *to, const struct room_face *f,
                            const struct picture *p, size_t *used)
{
    const struct misid_face *face = &f->face;
    const char *what;

    if (face->status >= STATUSES)
        return "the status of a face is none of enum misid_status";
    json_object_set_new(to, "status", json_string(statuses[face->status]));
    for (int i = 0; i < 4; i++)
        if (!isfinite(face->box[i]))
            return "a box is not finite";
    if (face->box[2] != 0)
        json_object_set_new(to, "box", json_pack("[f,f,f,f]", face->box[0], face->box[1],
                                                 face->box[2], face->box[3]));
    if (!say_number(to, "quality", face->quality) ||
        !say_number(to, "confidence", face->confidence))
        return "a quality or confidence is infinite";
    if (!say_text(to, "label", f->label.s))
        return "the label is not UTF-8";
    if ((what = say_attributes(to, f)))
        return what;
    return say_template(s, to, f, p, used);
}

/* Fills `to`; NULL, or what the plug-in did wrong. */
static const char *say_image(struct server *s, json_t *to, const struct room_image *im,
                             const struct picture *p)
{
    json_t *faces = json_array();
    size_t used = 0;

    json_object_set_new(to, "faces", faces);
    if (im->result.status >= STATUSES)
        return "the status is none of enum misid_status";
    if (im->result.status == MISID_OK && im->result.n_faces == 0)
        return "left the image out: status ok, but no face";
    json_object_set_new(to, "status", json_string(statuses[im->result.status]));
    if (!say_text(to, "reason", im->reason.s))
        return "the reason is not UTF-8";
    for (uint32_t k = 0; k < im->result.n_faces; k++) {
        json_t *face = json_object();
        json_array_append_new(faces, face);
        const char *what = say_face(s, face, &im->faces[k], p, &used);
        if (what)
            return what;
    }
    return NULL;
}

static json_t *say_images(struct server *s, const struct work *w)
{
    json_t *list = json_array();

    for (size_t i = 0; i < w->n; i++) {
        const char *what = room_breach(&s->room, i);
        json_t *image = json_object();
        if (!what)
            what = say_image(s, image, &s->room.images[i], &w->pictures[i]);
        if (what) {
            json_object_clear(image);
            json_object_set_new(image, "fault", json_string(what));
        }
        json_array_append_new(list, image);
    }
    return json_pack("{s:o}", "images", list);
}

json_t *serve_process(struct server *s, const json_t *request)
{
    struct work w = { 0 };
    const char *what = take_work(s, request, &w);
    json_t *answer;

    if (!what && room_prepare(&s->room, w.n, w.faces, s->template_bytes) < 0)
        what = "there is no memory";
    if (what)
        answer = serve_error("process: %s", what);
    else if (s->plugin.is.process(s->self, w.want & s->capabilities, w.images, w.n,
                                  s->room.results, serve_why(s)) < 0)
        answer = serve_failed(s, "process");
    else
        answer = say_images(s, &w);
    free(w.pictures);
    free(w.images);
    return answer;
}
