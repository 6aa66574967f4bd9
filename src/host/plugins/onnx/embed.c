/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "host/plugins/onnx/chain.h"

#include <math.h>
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
    if (tensor_count(&s->outputs[0]) != 2 * 68)
        return err_add(err, ERR_INPUT, "%s: no longer gives 68 points", s->path);
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

int chain_embed(struct chain *chain, const struct image *image, const struct face *found,
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
    if (tensor_count(&s->outputs[0]) != chain->dimension)
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
