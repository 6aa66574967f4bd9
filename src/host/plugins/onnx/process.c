/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "host/plugins/onnx/chain.h"

#include <stdio.h>

/* Ends an image with what became of it. */
static void outcome(struct misid_result *r, enum misid_status status, const char *reason)
{
    r->status = status;
    if (r->reason.cap)
        snprintf(r->reason.s, r->reason.cap, "%s", reason);
}

int chain_decode(struct chain *chain)
{
    const struct session *s = &chain->detector;
    const struct detector *d = &chain->card->detector;
    const struct decoding_job job = { s->width, s->height, chain->score, d->overlap };

    switch (d->family) {
    case FAMILY_ULTRAFACE:
        return decode_ultraface(&chain->faces, s->outputs, s->n_outputs, d->priors, &job);
    case FAMILY_SCRFD:
        return decode_scrfd(&chain->faces, s->outputs, s->n_outputs, &job);
    case FAMILY_YUNET:
        return decode_yunet(&chain->faces, s->outputs, s->n_outputs, &job);
    }
    return DECODE_SHAPE;
}

/* From pixels of the detector's input to those of the picture. */
static void to_picture(struct faces *f, double across, double down)
{
    for (size_t i = 0; i < f->n; i++) {
        struct face *face = &f->items[i];
        face->box = (struct box){ face->box.x / across, face->box.y / down,
                                  face->box.width / across, face->box.height / down };
        for (int k = 0; k < LANDMARKS; k++)
            face->points[k] = (struct point){ face->points[k].x / across,
                                              face->points[k].y / down };
    }
}

static int detect(struct chain *chain, const struct image *image, struct err *err)
{
    const struct detector *d = &chain->card->detector;
    struct session *s = &chain->detector;
    double across, down;
    int code;

    if (!canvas_whole(&chain->canvas, image, s->width, s->height, d->fit, d->enlarge,
                      &across, &down))
        return err_add(err, ERR_LIMIT, "no memory for the detector's picture");
    canvas_numbers(&chain->canvas, &d->net, s->pixels);
    code = session_run(s, err);
    if (code < 0)
        return code;
    if (chain_decode(chain) < 0)
        return err_add(err, ERR_INPUT, "%s: its outputs have changed their shape", s->path);
    to_picture(&chain->faces, across, down);
    return 0;
}

static void say_face(struct chain *chain, uint32_t want, const struct image *image,
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
        code = chain_embed(chain, image, found, face, &err);
    if (code == 0 && (want & MISID_CLASS))
        code = chain_describe(chain, image, found, face, &err);
    if (code < 0) {
        face->status = MISID_ERROR;
        face->template_len = 0;
        text_add(&chain->reason, err_text(&err));
    }
    err_release(&err);
}

/* The faces asked for, the chosen one first; the result's status is that one's. */
static void say_faces(struct chain *chain, uint32_t want, const struct image *image,
                      struct misid_result *result)
{
    const size_t most = want & MISID_FACES ? result->cap : result->cap > 0;

    for (size_t i = 0; i < chain->faces.n && i < most; i++) {
        text_reset(&chain->reason);
        say_face(chain, want, image, &chain->faces.items[i], result->faces[i]);
        result->n_faces++;
        if (i == 0)
            outcome(result, result->faces[0]->status, chain->reason.s);
    }
}

void chain_process(struct chain *chain, uint32_t want, const struct misid_image *from,
                   struct misid_result *result)
{
    struct err err = ERR_INIT;
    /* Only read. */
    const struct image image = { (uint8_t *)(uintptr_t)from->pixels, (int)from->width,
                                 (int)from->height, from->stride, 0 };

    result->n_faces = 0;
    if (from->width < 1 || from->height < 1 || from->width > IMAGE_MAX_SIDE ||
        from->height > IMAGE_MAX_SIDE) {
        outcome(result, MISID_REFUSED, "a side is 0 or longer than 65535 pixels");
        return;
    }
    if (detect(chain, &image, &err) < 0)
        outcome(result, MISID_ERROR, err_text(&err));
    else if (!chain->faces.n)
        outcome(result, MISID_NO_FACE, "");
    else if (chain->choice == CHOICE_ONLY && chain->faces.n > 1)
        outcome(result, MISID_SEVERAL_FACES, "");
    else if (!faces_choose(&chain->faces, chain->choice, image.width, image.height, from->box))
        outcome(result, MISID_NO_FACE, "none of those found is in the data set's box");
    else
        say_faces(chain, want, &image, result);
    err_release(&err);
}
