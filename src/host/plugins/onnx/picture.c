/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "host/plugins/onnx/picture.h"

#include <math.h>
#include <string.h>

#include "images/align.h"

void canvas_release(struct canvas *c)
{
    image_release(&c->image);
    shrinker_release(&c->shrinker);
}

static bool resize(struct canvas *c, const struct image *from, struct image *to)
{
    if (to->width <= from->width && to->height <= from->height)
        return shrink_area(&c->shrinker, from, to);
    return canvas_enlarge(from, to);
}

static int at_least_one(double v)
{
    return v < 1 ? 1 : (int)v;
}

bool canvas_whole(struct canvas *c, const struct image *from, int width, int height,
                  enum fit fit, bool enlarge, double *across, double *down)
{
    int to_width = width, to_height = height;

    if (!image_resize(&c->image, width, height))
        return false;
    if (fit == FIT_KEEP) {
        double scale = fmin((double)width / from->width, (double)height / from->height);
        if (scale > 1 && !enlarge)
            scale = 1;
        to_width = at_least_one(fmin(width, round(from->width * scale)));
        to_height = at_least_one(fmin(height, round(from->height * scale)));
        memset(c->image.pixels, 0, c->image.stride * (size_t)height);
    }
    *across = (double)to_width / from->width;
    *down = (double)to_height / from->height;
    struct image part = image_part(&c->image, 0, 0, to_width, to_height);
    return resize(c, from, &part);
}

struct box crop_square(const struct crop *crop, const struct box *box, int width,
                       int height)
{
    double side = crop->longer ? fmax(box->width, box->height) : box->height;
    double x, y;

    side *= crop->scale;
    if (crop->inside)
        side = fmin(side, fmin(width, height));
    x = box->x + (box->width - side) / 2;
    y = box->y + (box->height - side) / 2;
    if (crop->inside) {
        x = fmax(0, fmin(x, width - side));
        y = fmax(0, fmin(y, height - side));
    }
    return (struct box){ x, y, side, side };
}

bool canvas_part(struct canvas *c, const struct image *from, const struct box *part,
                 int width, int height)
{
    const double across = width / part->width, down = height / part->height;
    const struct affine a = { { across, 0, (across - 1) / 2 - part->x * across,
                                0, down, (down - 1) / 2 - part->y * down } };

    return image_resize(&c->image, width, height) && align_warp(from, &a, &c->image);
}

bool canvas_aligned(struct canvas *c, const struct image *from,
                    const struct point points[LANDMARKS], int width, int height)
{
    struct point to[LANDMARKS];
    struct affine a;

    for (int i = 0; i < LANDMARKS; i++)
        to[i] = (struct point){ align_template[i].x * width / ALIGN_SIDE,
                                align_template[i].y * height / ALIGN_SIDE };
    return align_fit(points, to, LANDMARKS, &a) &&
           image_resize(&c->image, width, height) && align_warp(from, &a, &c->image);
}

/* ITU-R BT.601, as in training: three bytes to a level. */
static uint8_t grey_of(const uint8_t *p)
{
    return (uint8_t)((299 * p[0] + 587 * p[1] + 114 * p[2] + 500) / 1000);
}

void canvas_numbers(const struct canvas *c, const struct net *net, float *to)
{
    const int width = c->image.width, height = c->image.height;
    const bool grey = net->order == ORDER_GREY, swapped = net->order == ORDER_BGR;
    const size_t plane = (size_t)width * (size_t)height;
    float of[3][256]; /* each level, as the net's channels are ordered */

    for (int k = 0; k < 3; k++)
        for (int v = 0; v < 256; v++)
            of[k][v] = (float)((v - net->mean[k]) / net->scale[k]);
    for (int y = 0; y < height; y++, to += width) {
        const uint8_t *p = image_row(&c->image, y);
        if (grey) {
            for (int x = 0; x < width; x++, p += 3)
                to[x] = of[0][grey_of(p)];
            continue;
        }
        const uint8_t *first = p + (swapped ? 2 : 0), *third = p + (swapped ? 0 : 2);
        for (int x = 0; x < width; x++) {
            to[x] = of[0][first[3 * x]];
            to[plane + (size_t)x] = of[1][p[3 * x + 1]];
            to[2 * plane + (size_t)x] = of[2][third[3 * x]];
        }
    }
}
