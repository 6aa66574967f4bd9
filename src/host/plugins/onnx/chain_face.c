/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "host/plugins/onnx/chain.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* The points that a face is aligned by: by a net of 68 in a square around its box, or
 * those that came with it. */
static int find_points(struct chain *chain, const struct image *image,
                       const struct face *found, struct point points[LANDMARKS],
                       struct err *err)
{
    struct session *s = &chain->landmarks;
    struct point all[68];
    int code;

    if (!chain->card->has_landmarks) {
        if (!found->has_points)
            return err_add(err, ERR_INPUT, "%s: gives no points", chain->detector.path);
        memcpy(points, found->points, sizeof found->points);
        return 0;
    }
    const struct box square = crop_square(&chain->card->landmarks_crop, &found->box,
                                          image->width, image->height);
    if (!canvas_part(&chain->canvas, image, &square, s->width, s->height))
        return err_add(err, ERR_LIMIT, "no picture for the net of points");
    canvas_numbers(&chain->canvas, &chain->card->landmarks, s->pixels);
    code = session_run(s, err);
    if (code < 0)
        return code;
    if (s->n_outputs != 1 || tensor_count(&s->outputs[0]) != 2 * 68)
        return err_add(err, ERR_INPUT, "%s: does not give 68 points", s->path);
    for (int i = 0; i < 68; i++) {
        const float *v = s->outputs[0].values + 2 * i;
        all[i] = (struct point){ square.x + v[0] * square.width,
                                 square.y + v[1] * square.height };
    }
    points_of_68(all, points);
    return 0;
}

/* Copies a template of n numbers, brought to length 1 if asked; false if a number is
 * none, or all are 0 where they are not to be. */
static bool take_template(const float *from, size_t n, bool normalise, float *to)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += (double)from[i] * from[i];
    if (!isfinite(sum) || (normalise && !(sum > 0)))
        return false;
    const double length = normalise ? sqrt(sum) : 1;
    for (size_t i = 0; i < n; i++)
        to[i] = (float)(from[i] / length);
    return true;
}

static int embed(struct chain *chain, const struct image *image, const struct face *found,
                 struct misid_face *face, struct err *err)
{
    struct session *s = &chain->embedder;
    struct point points[LANDMARKS];
    int code = find_points(chain, image, found, points, err);

    if (code < 0)
        return code;
    if (!canvas_aligned(&chain->canvas, image, points, s->width, s->height))
        return err_add(err, ERR_INPUT, "the face's points cannot be aligned");
    canvas_numbers(&chain->canvas, &chain->card->embedder, s->pixels);
    code = session_run(s, err);
    if (code < 0)
        return code;
    if (s->n_outputs != 1 || tensor_count(&s->outputs[0]) != chain->dimension)
        return err_add(err, ERR_INPUT, "%s: changes the length of its templates", s->path);
    if (face->template_cap < chain->dimension * sizeof(float))
        return err_add(err, ERR_LIMIT, "the host has no room for a template");
    if (!take_template(s->outputs[0].values, chain->dimension, chain->card->normalise,
                       (float *)(void *)face->template_bytes))
        return err_add(err, ERR_NUMERIC, "%s: gives a template that is not of numbers, or "
                       "0", s->path);
    face->template_len = chain->dimension * sizeof(float);
    return 0;
}

static void add_attribute(struct misid_face *face, const char *name, double value)
{
    const uint32_t i = face->n_attributes;

    if (i == MISID_ATTRIBUTES || !face->attribute_name[i].cap || !face->attribute_value[i].cap)
        return;
    snprintf(face->attribute_name[i].s, face->attribute_name[i].cap, "%s", name);
    snprintf(face->attribute_value[i].s, face->attribute_value[i].cap, "%.6g", value);
    face->n_attributes++;
}

/* `score` of the second label, 0 to 1. */
static void say_gender(const struct attribute *a, double score, struct misid_face *face)
{
    const bool second = score >= a->cut;
    const double sure = second ? score : 1 - score;

    if (face->label.cap)
        snprintf(face->label.s, face->label.cap, "%s", a->labels[second]);
    face->confidence = fmin(1, fmax(0, sure));
    add_attribute(face, "gender.score", score);
}

static int say_attribute(struct chain *chain, size_t which, const struct image *image,
                         const struct face *found, struct misid_face *face, struct err *err)
{
    const struct attribute *a = &chain->card->attributes[which];
    struct session *s = &chain->attributes[which];
    const struct box square = crop_square(&a->crop, &found->box, image->width,
                                          image->height);
    double male = 0, age = 0;
    int code;

    if (!canvas_part(&chain->canvas, image, &square, s->width, s->height))
        return err_add(err, ERR_LIMIT, "no picture for the net of attributes");
    canvas_numbers(&chain->canvas, &a->net, s->pixels);
    code = session_run(s, err);
    if (code < 0)
        return code;
    if (a->estimator == ESTIMATOR_GENDERAGE) {
        code = decode_genderage(s->outputs, s->n_outputs, &male, &age);
    } else {
        code = decode_ssrnet(s->outputs, s->n_outputs, &male);
        age = male * a->span;
    }
    if (code < 0)
        return err_add(err, ERR_INPUT, "%s: its outputs are not those of its estimator",
                       s->path);
    if (!isfinite(male) || !isfinite(age))
        return err_add(err, ERR_NUMERIC, "%s: gives what is not a number", s->path);
    if (a->estimator == ESTIMATOR_GENDERAGE || a->given == GIVEN_GENDER)
        say_gender(a, male, face);
    if (a->estimator == ESTIMATOR_GENDERAGE || a->given == GIVEN_AGE)
        add_attribute(face, "age", age);
    return 0;
}

void chain_face(struct chain *chain, uint32_t want, const struct image *image,
                const struct face *found, struct misid_face *face)
{
    struct err err = ERR_INIT;
    int code = 0;

    face->status = MISID_OK;
    face->box[0] = (float)found->box.x;
    face->box[1] = (float)found->box.y;
    face->box[2] = (float)found->box.width;
    face->box[3] = (float)found->box.height;
    if (want & MISID_QUALITY)
        face->quality = found->score;
    if ((want & MISID_TEMPLATE) && chain->dimension)
        code = embed(chain, image, found, face, &err);
    for (size_t i = 0; code == 0 && (want & MISID_CLASS) && i < chain->card->n_attributes; i++)
        code = say_attribute(chain, i, image, found, face, &err);
    if (code < 0) {
        face->status = MISID_ERROR;
        face->template_len = 0;
        text_add(&chain->reason, err_text(&err));
    }
    err_release(&err);
}
