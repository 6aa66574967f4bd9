/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "host/plugins/onnx/chain.h"

#include <math.h>
#include <stdio.h>

int chain_estimate(const struct chain *chain, size_t which, double *male, double *age)
{
    const struct attribute *a = &chain->card->attributes[which];
    const struct session *s = &chain->attributes[which];
    int code;

    *male = *age = 0;
    if (a->estimator == ESTIMATOR_GENDERAGE)
        return decode_genderage(s->outputs, s->n_outputs, male, age);
    code = decode_ssrnet(s->outputs, s->n_outputs, male);
    *age = *male * a->span;
    return code;
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
    double male, age;
    int code;

    if (!canvas_part(&chain->canvas, image, &square, s->width, s->height))
        return err_add(err, ERR_LIMIT, "no picture for the net of attributes");
    canvas_numbers(&chain->canvas, &a->net, s->pixels);
    code = session_run(s, err);
    if (code < 0)
        return code;
    code = chain_estimate(chain, which, &male, &age);
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

int chain_describe(struct chain *chain, const struct image *image,
                   const struct face *found, struct misid_face *face, struct err *err)
{
    int code = 0;

    for (size_t i = 0; code == 0 && i < chain->card->n_attributes; i++)
        code = say_attribute(chain, i, image, found, face, err);
    return code;
}
