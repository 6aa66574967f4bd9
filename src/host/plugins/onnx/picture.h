/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * picture: pixels for a net: made to its size, cut out, and turned into numbers.
 *
 * Smaller is by the exact area filter (images/shrink.h); larger is bilinear, in the way
 * of OpenCV's resize() (enlarge.c); turned is bilinear (images/align.h), and outside of
 * the picture it is black.
 *
 * Ownership: `struct canvas` keeps memory. Threads: one canvas a thread. Fails when:
 * there is no memory.
 */
#ifndef ONNX_PICTURE_H
#define ONNX_PICTURE_H

#include "host/plugins/onnx/card.h"
#include "host/plugins/onnx/decode.h"
#include "images/shrink.h"
#include "model/image.h"

struct canvas {
    struct image image;   /* what a net is to see */
    struct shrinker shrinker;
};
void canvas_release(struct canvas *c);

/* All of `from` over all of `to`, sized by the caller: bilinear between the centres of
 * pixels, in 1/1024 of their distance; beyond the outermost centres as there. */
bool canvas_enlarge(const struct image *from, struct image *to);

/* The whole picture onto a canvas of width × height; *across and *down are how many
 * pixels of the canvas one of the picture is. */
bool canvas_whole(struct canvas *c, const struct image *from, int width, int height,
                  enum fit fit, bool enlarge, double *across, double *down);

/* The square that a crop makes of a box, in a picture of that size. */
struct box crop_square(const struct crop *crop, const struct box *box, int width,
                       int height);
/* A part of the picture, width × height of the canvas. */
bool canvas_part(struct canvas *c, const struct image *from, const struct box *part,
                 int width, int height);
/* The face with these points on the template of 112 × 112 pixels, stretched to
 * width × height. False also where the points coincide. */
bool canvas_aligned(struct canvas *c, const struct image *from,
                    const struct point points[LANDMARKS], int width, int height);

/* The numbers that a net wants of the canvas: channel after channel, one or three. */
void canvas_numbers(const struct canvas *c, const struct net *net, float *to);

#endif
