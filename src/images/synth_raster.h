/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * synth_raster: smooth shapes to pixels, for the drawn faces.
 *
 * A *path* is a polyline in pixel coordinates (x right, y down, the centre of
 * the top left pixel at ½, ½), mostly sampled from Catmull–Rom splines. A
 * *mask* is the part of every pixel that shapes cover, 0…1, computed from the
 * exact areas that edges cut off pixels. A *canvas* is linear-light RGB.
 *
 * Masks hold only what lies inside the canvas; shapes may reach outside it.
 * Shapes of a mask overlap as a union as long as all wind the same way round;
 * path_close() turns a path so. Float arithmetic is +, −, ×, ÷ and sqrt in a
 * fixed order, so that the bits are the same everywhere.
 *
 * Ownership: canvases and masks own their pixels until released. Threads: one
 * canvas and its masks a thread. Fails when: never (memory: see base/mem.h).
 */
#ifndef IMAGES_SYNTH_RASTER_H
#define IMAGES_SYNTH_RASTER_H

#include <stdint.h>

struct synth_point {
    float x, y;
};

struct synth_colour {
    float r, g, b;
};

#define SYNTH_PATH_MAX 1536
struct synth_path {
    int n;
    struct synth_point p[SYNTH_PATH_MAX]; /* points past the last are dropped */
};

void path_start(struct synth_path *path);
void path_line(struct synth_path *path, struct synth_point to);
/* Appends a smooth curve through the n points, ends included. */
void path_curve(struct synth_path *path, const struct synth_point *p, int n);
/* Makes the path the smooth closed curve through the n points. */
void path_loop(struct synth_path *path, const struct synth_point *p, int n);
/* Makes the path an ellipse, turned by the angle whose cosine and sine are
 * given. */
void path_ellipse(struct synth_path *path, struct synth_point centre, float rx,
                  float ry, float cosine, float sine);

struct synth_mask {
    int size;
    float *a;           /* size rows of size + 2 */
    int x0, y0, x1, y1; /* outside of this box all is 0 */
};

void mask_init(struct synth_mask *m, int size);
void mask_release(struct synth_mask *m);
void mask_clear(struct synth_mask *m);
/* Adds edges; mask_finish() after the last makes them the coverage. */
void mask_add(struct synth_mask *m, struct synth_path *path);
/* Adds a stroke along the path whose width goes from `start` over `middle` to
 * `end`. */
void mask_add_stroke(struct synth_mask *m, const struct synth_path *path, float start,
                     float middle, float end);
void mask_finish(struct synth_mask *m);
/* The usual: clear, add, finish. */
void mask_fill(struct synth_mask *m, struct synth_path *path);
void mask_stroke(struct synth_mask *m, const struct synth_path *path, float start,
                 float middle, float end);
/* Three passes of a box filter, close to a Gaussian. `tmp` is overwritten. */
void mask_blur(struct synth_mask *m, float sigma, struct synth_mask *tmp);
void mask_times(struct synth_mask *m, const struct synth_mask *other);
/* m·(1 − other) */
void mask_minus(struct synth_mask *m, const struct synth_mask *other);
/* `to` becomes `from` moved by whole pixels. */
void mask_move(struct synth_mask *to, const struct synth_mask *from, int dx, int dy);

static inline float *mask_row(const struct synth_mask *m, int y)
{
    return m->a + (long)y * (m->size + 2);
}

/* Red, green, blue and nothing: one vector, so that all three are reckoned in
 * one step (both compilers know these on every machine). */
typedef float synth_pixel __attribute__((vector_size(16), aligned(4)));

struct synth_canvas {
    int size;
    synth_pixel *pixels; /* size × size */
};

void canvas_init(struct synth_canvas *c, int size);
void canvas_release(struct synth_canvas *c);
/* Covers with a colour, multiplies by one (a shadow or a stain), adds one (a
 * highlight), each to the part `opacity`·mask. */
void canvas_fill(struct synth_canvas *c, const struct synth_mask *m,
                 struct synth_colour colour, float opacity);
void canvas_tint(struct synth_canvas *c, const struct synth_mask *m,
                 struct synth_colour factor, float opacity);
void canvas_glow(struct synth_canvas *c, const struct synth_mask *m,
                 struct synth_colour colour, float opacity);

static inline synth_pixel *canvas_at(const struct synth_canvas *c, int x, int y)
{
    return c->pixels + (long)y * c->size + x;
}

static inline synth_pixel pixel_of(struct synth_colour c)
{
    return (synth_pixel){ c.r, c.g, c.b, 0 };
}

static inline struct synth_colour colour_times(struct synth_colour a,
                                               struct synth_colour b)
{
    return (struct synth_colour){ a.r * b.r, a.g * b.g, a.b * b.b };
}

static inline struct synth_colour colour_scale(struct synth_colour a, float k)
{
    return (struct synth_colour){ a.r * k, a.g * k, a.b * k };
}

static inline struct synth_colour colour_mix(struct synth_colour a,
                                             struct synth_colour b, float t)
{
    return (struct synth_colour){ a.r + (b.r - a.r) * t, a.g + (b.g - a.g) * t,
                                  a.b + (b.b - a.b) * t };
}

/* The linear colour of an sRGB value 0xRRGGBB. */
struct synth_colour colour_hex(uint32_t rgb);

#endif
