/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * image: pixels as every matcher gets them, and what is known about them.
 *
 * Invariants: upright (the way a person looks at it); three bytes a pixel, red,
 * green, blue, encoded as sRGB (IEC 61966-2-1); the first row is the top one;
 * row y begins at `pixels + y * stride`, stride >= 3 * width. Neither side is
 * longer than IMAGE_MAX_SIDE, and a picture that was read from a file has no
 * more pixels than the bound it was read with.
 *
 * Places in a picture are in pixels of the upright picture, x to the right and
 * y down, with (0, 0) the centre of the first pixel for landmarks (as OpenCV and
 * the matchers' templates have it) and its upper left corner for boxes.
 *
 * Ownership: an image owns its pixels if `cap` is not 0; image_part() gives one
 * that borrows. Threads: one image a thread. Fails when: there is no memory.
 */
#ifndef MODEL_IMAGE_H
#define MODEL_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

#define IMAGE_MAX_SIDE 65535

/* Of the way from a file to these pixels (images/load.h); goes up whenever the same
 * file and options give other pixels, so that no answer to the old ones is served. */
#define IMAGE_NORMALISATION 1

struct image {
    uint8_t *pixels;
    int width, height;
    size_t stride; /* bytes from one row to the next */
    size_t cap;    /* bytes owned at `pixels`; 0: borrowed, or none */
};
#define IMAGE_INIT { NULL, 0, 0, 0, 0 }

/* Makes `im` width × height (each 1 to IMAGE_MAX_SIDE), its rows without gaps,
 * keeping the memory it has where that is enough. What the pixels are is left
 * open. False, and `im` empty, if there is no memory. */
bool image_resize(struct image *im, int width, int height);
void image_release(struct image *im);

static inline uint8_t *image_row(const struct image *im, int y)
{
    return im->pixels + (size_t)y * im->stride;
}

/* A part of `im` that borrows its pixels; must lie inside. */
struct image image_part(const struct image *im, int x, int y, int width, int height);

/* The five points that face matchers align by, from the viewer's left to right
 * and from top to bottom. */
enum landmark {
    LANDMARK_EYE_LEFT, /* the subject's right eye: the one on the viewer's left */
    LANDMARK_EYE_RIGHT,
    LANDMARK_NOSE,
    LANDMARK_MOUTH_LEFT,
    LANDMARK_MOUTH_RIGHT,
    LANDMARKS
};

struct point {
    double x, y;
};

struct box {
    double x, y, width, height;
};

/* Where a face is, as a data set says. */
struct image_place {
    bool has_box, has_landmarks;
    struct box box;
    struct point landmarks[LANDMARKS];
};
#define IMAGE_PLACE_INIT { false, false, { 0, 0, 0, 0 }, { { 0, 0 } } }

/* From numbers with blanks between them, as a roster has them: x, y, width, height of
 * a box; x and y of five landmarks; "" where there are none. NULL, or what is wrong, in
 * words. */
const char *image_place_parse(struct image_place *place, const char *box,
                              const char *landmarks);

/* Where it is in a picture whose pixels were moved so (scaled and shifted only). */
struct affine;
void image_place_move(struct image_place *place, const struct affine *by);

/* (x, y) ↦ (m[0] x + m[1] y + m[2], m[3] x + m[4] y + m[5]), of pixel centres. */
struct affine {
    double m[6];
};
struct point affine_apply(const struct affine *a, struct point p);

#define IMAGE_DHASH_WORDS 4

/* What was measured on the pixels that a matcher gets. */
struct image_measures {
    double luminance;  /* mean relative luminance, 0 to 1 */
    double under;      /* share of pixels under-exposed, 0 to 1 */
    double over;       /* share of pixels over-exposed, 0 to 1 */
    double sharpness;  /* variance of the Laplacian, grey levels squared */
    double skin;       /* share of pixels that look like skin, 0 to 1 */
    double ita;        /* their apparent ITA in degrees; NaN if they are too few */
    uint64_t dhash[IMAGE_DHASH_WORDS]; /* what it looks like, roughly (images/dhash.h) */
};

/* Bits in which two differ, and the most at which pictures are called near duplicates. */
#define IMAGE_DHASH_NEAR 24
unsigned image_dhash_distance(const uint64_t *a, const uint64_t *b);
/* As 64 hexadecimal digits, and back; false if it is not that. */
void image_dhash_add(struct text *to, const uint64_t *dhash);
bool image_dhash_parse(const char *s, uint64_t *to);

enum image_format { IMAGE_FORMAT_UNKNOWN, IMAGE_FORMAT_JPEG, IMAGE_FORMAT_PNG,
                    IMAGE_FORMAT_PNM, IMAGE_FORMATS };
extern const char *const image_format_names[IMAGE_FORMATS]; /* "unknown", "jpeg" … */

/* How the colours of the file were understood. */
enum image_colour {
    IMAGE_COLOUR_ASSUMED,   /* "assumed": nothing said, taken as sRGB */
    IMAGE_COLOUR_SRGB,      /* "srgb": the file says that it is sRGB */
    IMAGE_COLOUR_PROFILE,   /* "profile": converted from its ICC profile */
    IMAGE_COLOUR_GAMMA,     /* "gamma": converted from its gAMA and cHRM chunks */
    IMAGE_COLOUR_INK,       /* "ink": CMYK without a profile that can be used */
    IMAGE_COLOUR_IGNORED,   /* "ignored": its profile cannot be used, taken as sRGB */
    IMAGE_COLOURS
};
extern const char *const image_colour_names[IMAGE_COLOURS];

struct image_facts {
    enum image_format format;
    enum image_colour colour;
    int width, height;       /* of the upright picture in the file; 0 if unknown */
    int depth;               /* bits a channel in the file */
    int channels;            /* in the file: 1 grey, 2 with alpha, 3 colour, 4 */
    bool alpha;              /* transparent parts were put over the background */
    bool progressive;        /* or interlaced */
    int orientation;         /* EXIF's, 1 to 8; 1 if it says none */
    int quality;             /* JPEG quality 1 to 100 by its tables; 0: unknown */
    bool quality_exact;      /* its luminance table is libjpeg's of that quality */
    double eye_distance;     /* in pixels of the file; NaN without landmarks */
    struct affine to_pixels; /* from the upright picture in the file to the image */
    bool measured;
    struct image_measures measures;
};

#endif
