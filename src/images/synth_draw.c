/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "images/synth_draw.h"

#include <stdlib.h>

#include "base/mem.h"

void sheet_init(struct synth_sheet *d, int size)
{
    *d = (struct synth_sheet){ .size = size };
    canvas_init(&d->canvas, size);
    mask_init(&d->head, size);
    mask_init(&d->hair, size);
    mask_init(&d->m, size);
    mask_init(&d->n, size);
    mask_init(&d->tmp, size);
    d->line = mem_array((size_t)size + 2, sizeof *d->line);
    camera_make_table(d);
}

void sheet_release(struct synth_sheet *d)
{
    canvas_release(&d->canvas);
    mask_release(&d->head);
    mask_release(&d->hair);
    mask_release(&d->m);
    mask_release(&d->n);
    mask_release(&d->tmp);
    free(d->line);
}

static double mean_luminance(const uint8_t *rgb, int size, const double box[4])
{
    double sum = 0;
    long n = 0;

    for (int y = 0; y < size; y++)
        for (int x = 0; x < size; x++) {
            if (x + .5 < box[0] || x + .5 > box[0] + box[2] || y + .5 < box[1] ||
                y + .5 > box[1] + box[3])
                continue;
            const uint8_t *p = rgb + ((long)y * size + x) * 3;
            sum += .2126 * p[0] + .7152 * p[1] + .0722 * p[2];
            n++;
        }
    return n ? sum / (double)n : 0;
}

/* What the skin reflects: of a dark tone more than its colour, since a face
 * shows as much of its shade as of its light; and the blood below. */
static struct synth_colour albedo(const struct synth_subject *s)
{
    float lum = (float)synth_encode(.3 * s->skin.r + .6 * s->skin.g + .1 * s->skin.b);
    float dark = 1 - lum, k = 1 + 1.25f * dark * dark * dark, flush = (float)s->flush;

    return (struct synth_colour){ s->skin.r * k * (1 + .16f * dark * dark),
                                  s->skin.g * k * (.965f - .05f * flush),
                                  s->skin.b * k * (.945f - .06f * flush) };
}

void synth_draw(struct synth_sheet *d, uint64_t seed, const struct synth_subject *s,
                const struct synth_view *v, uint8_t *rgb, struct synth_truth *truth)
{
    d->s = s;
    d->v = v;
    d->seed = seed;
    d->skin = albedo(s);
    d->hair_colour = s->hair_colour;
    head_pose(d);
    scene_draw_background(d);
    scene_draw_body(d);
    hair_draw_back(d);
    scene_draw_neck(d);
    head_draw(d);
    hair_make_front(d);
    skin_draw(d);
    hair_cast_shadow(d);
    face_draw_nose(d);
    face_draw_eyes(d);
    face_draw_brows(d);
    skin_draw_beard(d);
    face_draw_mouth(d);
    scene_draw_glasses(d);
    scene_draw_earrings(d);
    hair_draw_front(d);
    camera_take(d, rgb);
    face_landmarks(d, truth);
    truth->luminance = mean_luminance(rgb, d->size, truth->box);
}
