/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "images/fit.h"

#include <math.h>

#include "images/align.h"
#include "images/turn.h"

void fitter_release(struct fitter *f)
{
    shrinker_release(&f->shrinker);
    image_release(&f->turned);
}

static enum status no_region(struct decoding *d, const char *reason)
{
    return decode_fail(d, STATUS_NO_REGION, "%s", reason);
}

static enum status plan_alignment(struct fit *fit, struct decoding *d,
                                  const struct image_place *place)
{
    struct point middle = { 0, 0 };

    if (!place || !place->has_landmarks)
        return no_region(d, "no landmarks to align by");
    for (int i = 0; i < LANDMARKS; i++) {
        middle.x += place->landmarks[i].x / LANDMARKS;
        middle.y += place->landmarks[i].y / LANDMARKS;
    }
    if (!(middle.x >= 0 && middle.y >= 0 && middle.x < d->facts->width &&
          middle.y < d->facts->height))
        return no_region(d, "its landmarks lie outside of the picture");
    if (!align_fit(place->landmarks, align_template, LANDMARKS, &fit->transform))
        return no_region(d, "its landmarks do not make a face");
    fit->to_width = fit->to_height = ALIGN_SIDE;
    return STATUS_OK;
}

static int clamp(double v, int most)
{
    return v < 0 ? 0 : v > most ? most : (int)v;
}

/* The part of the picture in its own pixels, whole ones outwards. */
static enum status plan_box(struct fit *fit, struct decoding *d,
                            const struct image_place *place)
{
    const int width = d->facts->width, height = d->facts->height;

    if (!place || !place->has_box)
        return no_region(d, "no box to cut it to");
    const struct box *b = &place->box;
    const double mx = d->options->margin * b->width, my = d->options->margin * b->height;
    const double right = b->x + b->width + mx, bottom = b->y + b->height + my;
    if (!(isfinite(right) && isfinite(bottom) && b->width > 0 && b->height > 0))
        return no_region(d, "its box has no size");
    fit->x = clamp(floor(b->x - mx), width);
    fit->y = clamp(floor(b->y - my), height);
    fit->width = clamp(ceil(right), width) - fit->x;
    fit->height = clamp(ceil(bottom), height) - fit->y;
    if (fit->width <= 0 || fit->height <= 0)
        return no_region(d, "its box lies outside of the picture");
    return STATUS_OK;
}

static int scaled_side(int side, int most, int longer)
{
    int64_t v = ((int64_t)side * most + longer / 2) / longer;
    return v > 0 ? (int)v : 1;
}

static void plan_size(struct fit *fit, int max_side, bool scalable)
{
    const int longer = fit->width > fit->height ? fit->width : fit->height;

    fit->to_width = fit->width;
    fit->to_height = fit->height;
    if (max_side <= 0 || longer <= max_side)
        return;
    fit->to_width = scaled_side(fit->width, max_side, longer);
    fit->to_height = scaled_side(fit->height, max_side, longer);
    for (int e = 4; scalable && e >= 1; e /= 2)
        if ((int64_t)fit->width * e >= 8 * (int64_t)fit->to_width &&
            (int64_t)fit->height * e >= 8 * (int64_t)fit->to_height)
            fit->eighths = e;
}

/* A length in the picture as decoded, rounded up. */
static int eighths_of(int length, int eighths)
{
    return (int)(((int64_t)length * eighths + 7) / 8);
}

/* Puts the part into pixels as decoded, whole ones outwards, and says where it
 * goes. Its pixels are 8 / eighths long in the picture. */
static void place_part(struct fit *fit)
{
    const int right = eighths_of(fit->x + fit->width, fit->eighths);
    const int bottom = eighths_of(fit->y + fit->height, fit->eighths);
    const double pixel = 8. / fit->eighths;

    fit->x = (int)((int64_t)fit->x * fit->eighths / 8);
    fit->y = (int)((int64_t)fit->y * fit->eighths / 8);
    fit->width = right - fit->x;
    fit->height = bottom - fit->y;
    const double sx = fit->to_width / (fit->width * pixel);
    const double sy = fit->to_height / (fit->height * pixel);
    fit->transform = (struct affine){ { sx, 0, (.5 - fit->x * pixel) * sx - .5,
                                        0, sy, (.5 - fit->y * pixel) * sy - .5 } };
}

enum status fit_plan(struct fit *fit, struct decoding *d, const struct image_place *place,
                     bool scalable)
{
    const int width = d->facts->width, height = d->facts->height;
    enum status status = STATUS_OK;

    *fit = (struct fit){ .eighths = 8, .align = d->options->align, .width = width,
                         .height = height };
    if (fit->align) {
        status = plan_alignment(fit, d, place);
    } else {
        if (d->options->crop)
            status = plan_box(fit, d, place);
        if (status == STATUS_OK) {
            plan_size(fit, d->options->max_side, scalable);
            place_part(fit);
            fit->as_it_is = d->facts->orientation == 1 &&
                            fit->to_width == eighths_of(width, fit->eighths) &&
                            fit->to_height == eighths_of(height, fit->eighths);
        }
    }
    d->facts->to_pixels = fit->transform;
    return status;
}

/* The decoded picture upright, in f->turned; itself if it is upright as it is. */
static const struct image *upright(struct fitter *f, struct decoding *d,
                                   const struct image *from, enum status *status)
{
    const int orientation = d->facts->orientation;

    if (orientation == 1)
        return from;
    const bool swaps = turn_swaps(orientation);
    *status = decode_room(d, &f->turned, swaps ? from->height : from->width,
                          swaps ? from->width : from->height);
    if (*status == STATUS_OK)
        turn_upright(from, orientation, &f->turned);
    return &f->turned;
}

static enum status apply_alignment(struct fitter *f, const struct fit *fit,
                                   struct decoding *d, const struct image *decoded,
                                   struct image *im)
{
    enum status status = STATUS_OK;
    const struct image *from = upright(f, d, decoded, &status);

    if (status == STATUS_OK && !align_warp(from, &fit->transform, im))
        status = no_region(d, "its landmarks do not make a face");
    return status;
}

enum status fit_apply(struct fitter *f, const struct fit *fit, struct decoding *d,
                      const struct image *decoded, struct image *im)
{
    enum status status = decode_room(d, im, fit->to_width, fit->to_height);

    if (status != STATUS_OK)
        return status;
    if (fit->align)
        return apply_alignment(f, fit, d, decoded, im);

    /* Smaller first and upright then is the same picture, and less to turn. */
    const int orientation = d->facts->orientation;
    int x = fit->x, y = fit->y, width = fit->width, height = fit->height;
    turn_rectangle(orientation, decoded->width, decoded->height, &x, &y, &width, &height);
    const struct image part = image_part(decoded, x, y, width, height);
    if (fit->width == fit->to_width && fit->height == fit->to_height) {
        turn_upright(&part, orientation, im);
        return STATUS_OK;
    }
    struct image *small = im;
    if (orientation != 1) {
        const bool swaps = turn_swaps(orientation);
        small = &f->turned;
        status = decode_room(d, small, swaps ? fit->to_height : fit->to_width,
                             swaps ? fit->to_width : fit->to_height);
    }
    if (status == STATUS_OK && !shrink_area(&f->shrinker, &part, small))
        status = decode_fail(d, STATUS_TOO_LARGE, "no memory to make it smaller");
    if (status == STATUS_OK && orientation != 1)
        turn_upright(small, orientation, im);
    return status;
}
