/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "images/synth_raster.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "images/synth_random.h"

#define STEPS 8 /* lines a piece of a spline */

static float minf(float a, float b)
{
    return a < b ? a : b;
}

static float maxf(float a, float b)
{
    return a > b ? a : b;
}

void path_start(struct synth_path *path)
{
    path->n = 0;
}

void path_line(struct synth_path *path, struct synth_point to)
{
    if (path->n < SYNTH_PATH_MAX)
        path->p[path->n++] = to;
}

/* Lines from b to c of the uniform Catmull–Rom spline through a, b, c, d. */
static void spline_piece(struct synth_path *path, struct synth_point a,
                         struct synth_point b, struct synth_point c,
                         struct synth_point d)
{
    for (int i = 1; i <= STEPS; i++) {
        float t = (float)i / STEPS, tt = t * t, ttt = tt * t;
        float ka = .5f * (-ttt + 2 * tt - t), kb = .5f * (3 * ttt - 5 * tt + 2);
        float kc = .5f * (-3 * ttt + 4 * tt + t), kd = .5f * (ttt - tt);
        path_line(path, (struct synth_point){
            ka * a.x + kb * b.x + kc * c.x + kd * d.x,
            ka * a.y + kb * b.y + kc * c.y + kd * d.y,
        });
    }
}

void path_curve(struct synth_path *path, const struct synth_point *p, int n)
{
    path_line(path, p[0]);
    for (int i = 0; i + 1 < n; i++)
        spline_piece(path, p[i ? i - 1 : 0], p[i], p[i + 1],
                     p[i + 2 < n ? i + 2 : n - 1]);
}

void path_loop(struct synth_path *path, const struct synth_point *p, int n)
{
    path_start(path);
    for (int i = 0; i < n; i++)
        spline_piece(path, p[(i + n - 1) % n], p[i], p[(i + 1) % n], p[(i + 2) % n]);
}

void path_ellipse(struct synth_path *path, struct synth_point centre, float rx,
                  float ry, float cosine, float sine)
{
    /* Points on the unit circle by turning one step at a time. */
    int n = maxf(rx, ry) > 12 ? 48 : 20;
    double step_c = synth_cos(2 * SYNTH_PI / n), step_s = synth_sin(2 * SYNTH_PI / n);
    double c = 1, s = 0;

    path_start(path);
    for (int i = 0; i < n; i++) {
        float x = (float)c * rx, y = (float)s * ry;
        path_line(path, (struct synth_point){ centre.x + x * cosine - y * sine,
                                              centre.y + x * sine + y * cosine });
        double turned = c * step_c - s * step_s;
        s = s * step_c + c * step_s;
        c = turned;
    }
}

void mask_init(struct synth_mask *m, int size)
{
    *m = (struct synth_mask){ .size = size, .x0 = size, .y0 = size };
    m->a = mem_array((size_t)size * (size_t)(size + 2), sizeof *m->a);
}

void mask_release(struct synth_mask *m)
{
    free(m->a);
    m->a = NULL;
}

void mask_clear(struct synth_mask *m)
{
    /* One or two cells right of the box may hold the rest of an edge. */
    for (int y = m->y0; y < m->y1; y++)
        memset(mask_row(m, y) + m->x0, 0, (size_t)(m->x1 - m->x0 + 2) * sizeof *m->a);
    m->x0 = m->y0 = m->size;
    m->x1 = m->y1 = 0;
}

/* One edge's part in one row of pixels: it falls by `dy` going from xa to xb.
 * A cell gets the change of coverage against its left neighbour. */
static void edge_in_row(float *row, float size, float xa, float xb, float dy)
{
    float left = minf(xa, xb), right = maxf(xa, xb);

    if (left >= size)
        return;
    if (right <= 0) {
        row[0] += dy;
        return;
    }
    float slope = right > left ? dy / (right - left) : 0;
    if (left < 0) {
        row[0] += -left * slope;
        dy += left * slope;
        left = 0;
    }
    if (right > size) {
        dy -= (right - size) * slope;
        right = size;
    }
    int first = (int)left, last = (int)right;
    if (first == last) {
        float here = dy * ((float)(first + 1) - .5f * (left + right));
        row[first] += here;
        row[first + 1] += dy - here;
        return;
    }
    for (int cell = first; cell <= last; cell++) {
        float from = maxf(left, (float)cell), to = minf(right, (float)(cell + 1));
        float fall = slope * (to - from);
        float here = fall * ((float)(cell + 1) - .5f * (from + to));
        row[cell] += here;
        row[cell + 1] += fall - here;
    }
}

static void add_edge(struct synth_mask *m, struct synth_point a, struct synth_point b)
{
    float sign = 1, size = (float)m->size;

    if (a.y == b.y)
        return;
    if (a.y > b.y) {
        struct synth_point swap = a;
        a = b;
        b = swap;
        sign = -1;
    }
    if (b.y <= 0 || a.y >= size)
        return;
    float slope = (b.x - a.x) / (b.y - a.y);
    float top = maxf(a.y, 0), bottom = minf(b.y, size);
    for (int y = (int)top; y < m->size && (float)y < bottom; y++) {
        float from = maxf(top, (float)y), to = minf(bottom, (float)(y + 1));
        edge_in_row(mask_row(m, y), size, a.x + (from - a.y) * slope,
                    a.x + (to - a.y) * slope, sign * (to - from));
    }
}

static int inside(float v, int size)
{
    return v <= 0 ? 0 : v >= (float)size ? size : (int)v;
}

static void grow_box(struct synth_mask *m, const struct synth_path *path)
{
    float x0 = path->p[0].x, x1 = x0, y0 = path->p[0].y, y1 = y0;

    for (int i = 1; i < path->n; i++) {
        x0 = minf(x0, path->p[i].x);
        x1 = maxf(x1, path->p[i].x);
        y0 = minf(y0, path->p[i].y);
        y1 = maxf(y1, path->p[i].y);
    }
    if (x1 <= 0 || y1 <= 0 || x0 >= (float)m->size || y0 >= (float)m->size)
        return;
    int box[4] = { inside(x0, m->size), inside(y0, m->size),
                   inside(x1 + 1, m->size), inside(y1 + 1, m->size) };
    m->x0 = box[0] < m->x0 ? box[0] : m->x0;
    m->y0 = box[1] < m->y0 ? box[1] : m->y0;
    m->x1 = box[2] > m->x1 ? box[2] : m->x1;
    m->y1 = box[3] > m->y1 ? box[3] : m->y1;
}

void mask_add(struct synth_mask *m, struct synth_path *path)
{
    double area = 0;

    if (path->n < 3)
        return;
    grow_box(m, path);
    for (int i = 0; i < path->n; i++) {
        struct synth_point a = path->p[i], b = path->p[(i + 1) % path->n];
        area += (double)a.x * b.y - (double)b.x * a.y;
    }
    for (int i = 0; i < path->n; i++) {
        struct synth_point a = path->p[i], b = path->p[(i + 1) % path->n];
        if (area > 0)
            add_edge(m, b, a);
        else
            add_edge(m, a, b);
    }
}

void mask_add_stroke(struct synth_mask *m, const struct synth_path *path, float start,
                     float middle, float end)
{
    struct synth_path outline;
    int n = path->n < SYNTH_PATH_MAX / 2 ? path->n : SYNTH_PATH_MAX / 2;

    if (n < 2)
        return;
    outline.n = 2 * n;
    for (int i = 0; i < n; i++) {
        struct synth_point a = path->p[i ? i - 1 : 0],
                           b = path->p[i + 1 < n ? i + 1 : i];
        float t = (float)i / (float)(n - 1), dx = b.x - a.x, dy = b.y - a.y;
        float len = sqrtf(dx * dx + dy * dy);
        float half = .5f * ((1 - t) * (1 - 2 * t) * start + 4 * t * (1 - t) * middle +
                            t * (2 * t - 1) * end);
        half = len > 0 ? half / len : 0;
        struct synth_point p = path->p[i];
        outline.p[i] = (struct synth_point){ p.x + dy * half, p.y - dx * half };
        outline.p[2 * n - 1 - i] = (struct synth_point){ p.x - dy * half,
                                                         p.y + dx * half };
    }
    mask_add(m, &outline);
}

void mask_finish(struct synth_mask *m)
{
    for (int y = m->y0; y < m->y1; y++) {
        float *row = mask_row(m, y), sum = 0;
        for (int x = m->x0; x < m->x1; x++) {
            sum += row[x];
            row[x] = minf(sum < 0 ? -sum : sum, 1);
        }
        row[m->x1] = 0;
        row[m->x1 + 1 < m->size + 2 ? m->x1 + 1 : m->x1] = 0;
    }
}

void mask_fill(struct synth_mask *m, struct synth_path *path)
{
    mask_clear(m);
    mask_add(m, path);
    mask_finish(m);
}

void mask_stroke(struct synth_mask *m, const struct synth_path *path, float start,
                 float middle, float end)
{
    mask_clear(m);
    mask_add_stroke(m, path, start, middle, end);
    mask_finish(m);
}

/* One box of 2·r + 1 along a row. What lies outside of it counts as the value
 * at its end, which is 0 but at the canvas' border. */
static void box_row(const float *from, float *to, int n, int r)
{
    float sum = from[0] * (float)(r + 1), scale = 1 / (float)(2 * r + 1);

    for (int i = 1; i <= r; i++)
        sum += from[i < n ? i : n - 1];
    for (int i = 0; i < n; i++) {
        to[i] = sum * scale;
        sum += from[i + r + 1 < n ? i + r + 1 : n - 1] - from[i - r > 0 ? i - r : 0];
    }
}

/* Four columns at a time: a vector has as many floats as a pixel. */
static void box_columns(const float *from, float *to, int width, int n, long step,
                        int r)
{
    float scale = 1 / (float)(2 * r + 1);

    for (int x = 0; x < width; x += 4) {
        int columns = width - x < 4 ? width - x : 4;
        synth_pixel sum = { 0, 0, 0, 0 }, in = sum, out = sum;
        for (int i = -r; i <= r; i++) {
            memcpy(&in, from + x + (i < 0 ? 0 : i < n ? i : n - 1) * step,
                   columns == 4 ? sizeof in : (size_t)columns * sizeof *from);
            sum += in;
        }
        for (int i = 0; i < n; i++) {
            synth_pixel mean = sum * scale;
            const float *next = from + x + (i + r + 1 < n ? i + r + 1 : n - 1) * step;
            const float *last = from + x + (i - r > 0 ? i - r : 0) * step;
            if (columns == 4) {
                memcpy(to + x + i * step, &mean, sizeof mean);
                memcpy(&in, next, sizeof in);
                memcpy(&out, last, sizeof out);
            } else {
                memcpy(to + x + i * step, &mean, (size_t)columns * sizeof *to);
                memcpy(&in, next, (size_t)columns * sizeof *from);
                memcpy(&out, last, (size_t)columns * sizeof *from);
            }
            sum += in - out;
        }
    }
}

void mask_blur(struct synth_mask *m, float sigma, struct synth_mask *tmp)
{
    int r = (int)(sigma + .5f); /* three boxes of 2r + 1: variance r(r + 1) */

    if (r < 1 || m->x0 >= m->x1)
        return;
    mask_clear(tmp);
    m->x0 = tmp->x0 = m->x0 > 3 * r ? m->x0 - 3 * r : 0;
    m->y0 = tmp->y0 = m->y0 > 3 * r ? m->y0 - 3 * r : 0;
    m->x1 = tmp->x1 = m->x1 + 3 * r < m->size ? m->x1 + 3 * r : m->size;
    m->y1 = tmp->y1 = m->y1 + 3 * r < m->size ? m->y1 + 3 * r : m->size;
    int width = m->x1 - m->x0, height = m->y1 - m->y0;
    for (int pass = 0; pass < 3; pass++) {
        for (int y = m->y0; y < m->y1; y++)
            box_row(mask_row(m, y) + m->x0, mask_row(tmp, y) + m->x0, width, r);
        box_columns(mask_row(tmp, m->y0) + m->x0, mask_row(m, m->y0) + m->x0, width,
                    height, m->size + 2, r);
    }
}

void mask_times(struct synth_mask *m, const struct synth_mask *other)
{
    for (int y = m->y0; y < m->y1; y++) {
        float *a = mask_row(m, y);
        const float *b = mask_row(other, y);
        bool row = y >= other->y0 && y < other->y1;
        for (int x = m->x0; x < m->x1; x++)
            a[x] = row && x >= other->x0 && x < other->x1 ? a[x] * b[x] : 0;
    }
}

void mask_minus(struct synth_mask *m, const struct synth_mask *other)
{
    int y0 = m->y0 > other->y0 ? m->y0 : other->y0,
        y1 = m->y1 < other->y1 ? m->y1 : other->y1;
    int x0 = m->x0 > other->x0 ? m->x0 : other->x0,
        x1 = m->x1 < other->x1 ? m->x1 : other->x1;

    for (int y = y0; y < y1; y++)
        for (int x = x0; x < x1; x++)
            mask_row(m, y)[x] *= 1 - mask_row(other, y)[x];
}

void mask_move(struct synth_mask *to, const struct synth_mask *from, int dx, int dy)
{
    int size = to->size;

    mask_clear(to);
    int x0 = from->x0 + dx > 0 ? from->x0 + dx : 0,
        x1 = from->x1 + dx < size ? from->x1 + dx : size;
    int y0 = from->y0 + dy > 0 ? from->y0 + dy : 0,
        y1 = from->y1 + dy < size ? from->y1 + dy : size;
    if (x0 >= x1 || y0 >= y1)
        return;
    to->x0 = x0;
    to->x1 = x1;
    to->y0 = y0;
    to->y1 = y1;
    for (int y = y0; y < y1; y++)
        memcpy(mask_row(to, y) + x0, mask_row(from, y - dy) + x0 - dx,
               (size_t)(x1 - x0) * sizeof *to->a);
}

void canvas_init(struct synth_canvas *c, int size)
{
    c->size = size;
    c->pixels = mem_array((size_t)size * (size_t)size, sizeof *c->pixels);
}

void canvas_release(struct synth_canvas *c)
{
    free(c->pixels);
    c->pixels = NULL;
}

/* px = px·(1 + (k − 1)·a) + add·a, which is all three ways of painting. */
static void blend(struct synth_canvas *c, const struct synth_mask *m,
                  struct synth_colour k, struct synth_colour add, float opacity)
{
    synth_pixel factor = pixel_of(k) - 1, more = pixel_of(add);

    for (int y = m->y0; y < m->y1; y++) {
        const float *a = mask_row(m, y);
        synth_pixel *px = canvas_at(c, m->x0, y);
        for (int x = m->x0; x < m->x1; x++, px++) {
            float t = a[x] * opacity;
            *px = *px * (1 + factor * t) + more * t;
        }
    }
}

static const struct synth_colour none = { 0, 0, 0 }, whole = { 1, 1, 1 };

void canvas_fill(struct synth_canvas *c, const struct synth_mask *m,
                 struct synth_colour colour, float opacity)
{
    blend(c, m, none, colour, opacity);
}

void canvas_tint(struct synth_canvas *c, const struct synth_mask *m,
                 struct synth_colour factor, float opacity)
{
    blend(c, m, factor, none, opacity);
}

void canvas_glow(struct synth_canvas *c, const struct synth_mask *m,
                 struct synth_colour colour, float opacity)
{
    blend(c, m, whole, colour, opacity);
}

struct synth_colour colour_hex(uint32_t rgb)
{
    return (struct synth_colour){ (float)synth_decode((rgb >> 16 & 255) / 255.0),
                                  (float)synth_decode((rgb >> 8 & 255) / 255.0),
                                  (float)synth_decode((rgb & 255) / 255.0) };
}
