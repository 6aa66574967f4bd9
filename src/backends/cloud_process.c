/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The usual process(): a request a picture, the face that is meant, what is said of it. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backends/cloud_parts.h"

void cloud_attribute(struct answer *a, struct face_answer *f, const char *name,
                     const char *value)
{
    if (!f->attributes)
        f->attributes = arena_array(&a->arena, MISID_ATTRIBUTES, sizeof *f->attributes);
    if (f->n_attributes < MISID_ATTRIBUTES)
        f->attributes[f->n_attributes++] = (struct setting){
            arena_strdup(&a->arena, name), arena_strdup(&a->arena, value) };
}

void cloud_attribute_number(struct answer *a, struct face_answer *f, const char *name,
                            double value)
{
    char digits[NUM_MAX];

    if (isfinite(value))
        cloud_attribute(a, f, name, num_shortest(digits, value));
}

static double area(const struct box *b)
{
    return b->width * b->height;
}

static double overlap(const struct box *a, const struct box *b)
{
    double wide = fmin(a->x + a->width, b->x + b->width) - fmax(a->x, b->x);
    double high = fmin(a->y + a->height, b->y + b->height) - fmax(a->y, b->y);
    double both = wide > 0 && high > 0 ? wide * high : 0;
    double all = area(a) + area(b) - both;

    return all > 0 ? both / all : 0;
}

bool cloud_choose(struct answer *a, const struct image_place *place)
{
    bool boxed = place && place->has_box;
    double most = -1;
    size_t best = 0;

    for (size_t i = 0; i < a->n_faces; i++) {
        const struct box *b = &a->faces[i].box;
        double merit = boxed ? overlap(b, &place->box) : area(b);
        if (merit > most) {
            most = merit;
            best = i;
        }
    }
    if (boxed && a->n_faces && !(most > 0))
        return false;
    if (best) {
        struct face_answer chosen = a->faces[best];
        memmove(a->faces + 1, a->faces, best * sizeof *a->faces);
        a->faces[0] = chosen;
    }
    return true;
}

/* The box of a face in shares of the picture's sides. */
static struct box share_of(const struct box *b, const struct image *im)
{
    return (struct box){ b->x / im->width, b->y / im->height, b->width / im->width,
                         b->height / im->height };
}

static void scale_boxes(struct answer *a, double x, double y)
{
    for (size_t i = 0; i < a->n_faces; i++) {
        struct box *b = &a->faces[i].box;
        *b = (struct box){ b->x * x, b->y * y, b->width * x, b->height * y };
    }
}

/* From what was said of a picture to the sample's answer. */
static void settle(struct cloud *c, struct session *s, const struct cloud_asking *how,
                   unsigned want, const struct view *v, const struct cloud_image *im,
                   const struct cloud_answer *from, struct answer *a)
{
    char sent[32];

    if (from->outcome != CLOUD_ANSWERED)
        cloud_answer_fail(from, a);
    else
        how->read(s->backend, v, from, a);
    if (how->sent_pixels && a->status == STATUS_OK)
        scale_boxes(a, (double)v->image->width / im->width,
                    (double)v->image->height / im->height);
    a->latency = from->seconds;
    if (a->status != STATUS_OK || !a->n_faces)
        return;
    if (!cloud_choose(a, v->place)) {
        answer_fail(a, STATUS_NO_FACE, "none of the %zu faces found is where the data set "
                    "has one", a->n_faces);
        return;
    }
    if (!(want & MISID_FACES))
        a->n_faces = 1;
    snprintf(sent, sizeof sent, im->quality ? "jpeg %d" : "original", im->quality);
    for (size_t i = 0; i < a->n_faces; i++)
        cloud_attribute(a, &a->faces[i], "sent", sent);
    for (size_t i = 0; i < a->n_faces && how->templates && want & MISID_TEMPLATE; i++) {
        struct box face = share_of(&a->faces[i].box, v->image);
        cloud_template_make(c, im, v->changed ? "" : v->path, &face, &a->arena, &a->faces[i].template,
                            &a->faces[i].template_len);
    }
}

int cloud_process(struct cloud *c, struct session *s, const struct cloud_asking *how,
                  unsigned want, const struct view *views, size_t n, struct answer *answers,
                  struct err *err)
{
    struct cloud_image *images = mem_array(n, sizeof *images);
    struct cloud_request *requests = mem_array(n, sizeof *requests);
    struct cloud_answer *from = mem_array(n, sizeof *from);
    size_t *place = mem_array(n, sizeof *place), asked = 0;

    for (size_t i = 0; i < n; i++) {
        if (!cloud_image_take(&images[i], &views[i], &how->limits, &answers[i]))
            continue;
        struct cloud_request *r = &requests[asked];
        cloud_request_init(r, c, how->operation, how->method, how->path);
        how->ask(s->backend, want, &images[i], r);
        place[asked++] = i;
    }
    int code = cloud_exchange(c, requests, from, asked, err);
    for (size_t k = 0; k < asked; k++) {
        size_t i = place[k];
        if (!code)
            settle(c, s, how, want, &views[i], &images[i], &from[k], &answers[i]);
        cloud_request_release(&requests[k]);
        cloud_answer_release(&from[k]);
    }
    for (size_t i = 0; i < n; i++)
        cloud_image_release(&images[i]);
    free(images);
    free(requests);
    free(from);
    free(place);
    return code;
}
