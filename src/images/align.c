/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "images/align.h"

#include <math.h>

const struct point align_template[LANDMARKS] = {
    { 38.2946, 51.6963 }, { 73.5318, 51.5014 }, { 56.0252, 71.7366 },
    { 41.5493, 92.3655 }, { 70.7299, 92.2041 },
};

static struct point mean(const struct point *p, int n)
{
    struct point sum = { 0, 0 };

    for (int i = 0; i < n; i++) {
        sum.x += p[i].x;
        sum.y += p[i].y;
    }
    return (struct point){ sum.x / n, sum.y / n };
}

bool align_fit(const struct point *from, const struct point *to, int n,
               struct affine *fit)
{
    const struct point f = mean(from, n), t = mean(to, n);
    double re = 0, im = 0, spread = 0;

    for (int i = 0; i < n; i++) {
        double fx = from[i].x - f.x, fy = from[i].y - f.y;
        double tx = to[i].x - t.x, ty = to[i].y - t.y;
        re += fx * tx + fy * ty;
        im += fx * ty - fy * tx;
        spread += fx * fx + fy * fy;
    }
    re /= spread;
    im /= spread;
    if (!(spread > 0) || !isfinite(re) || !isfinite(im) || hypot(re, im) < 1e-6)
        return false;
    *fit = (struct affine){ { re, -im, t.x - re * f.x + im * f.y,
                              im, re, t.y - im * f.x - re * f.y } };
    return true;
}

static bool invert(const struct affine *a, struct affine *inverse)
{
    const double *m = a->m, d = 1 / (m[0] * m[4] - m[1] * m[3]);
    double *v = inverse->m;

    v[0] = m[4] * d;
    v[1] = -m[1] * d;
    v[3] = -m[3] * d;
    v[4] = m[0] * d;
    v[2] = -v[0] * m[2] - v[1] * m[5];
    v[5] = -v[3] * m[2] - v[4] * m[5];
    for (int i = 0; i < 6; i++)
        if (!isfinite(v[i]))
            return false;
    return true;
}

#define STEPS 1024 /* a pixel, for origins and columns */
#define TAPS 32    /* a pixel, for what is looked up */

/* In 1/1024 pixel. What is so far off is outside of any picture. */
static int64_t steps(double pixels)
{
    const double far = 1e9;
    double v = pixels * STEPS;

    return llrint(v < -far ? -far : v > far ? far : v);
}

/* The pixel if it is inside, else black. */
static const uint8_t *pixel_or_black(const struct image *im, int64_t x, int64_t y)
{
    static const uint8_t black[3] = { 0, 0, 0 };

    if (x < 0 || y < 0 || x >= im->width || y >= im->height)
        return black;
    return image_row(im, (int)y) + 3 * (size_t)x;
}

static void interpolate(const struct image *im, int64_t x, int64_t y, uint8_t *to)
{
    const int64_t px = x >> 5, py = y >> 5;
    const int fx = (int)(x & (TAPS - 1)), fy = (int)(y & (TAPS - 1));
    const int w00 = (TAPS - fx) * (TAPS - fy), w01 = fx * (TAPS - fy);
    const int w10 = (TAPS - fx) * fy, w11 = fx * fy;
    const uint8_t *a = pixel_or_black(im, px, py), *b = pixel_or_black(im, px + 1, py);
    const uint8_t *c = pixel_or_black(im, px, py + 1);
    const uint8_t *d = pixel_or_black(im, px + 1, py + 1);

    for (int k = 0; k < 3; k++)
        to[k] = (uint8_t)((w00 * a[k] + w01 * b[k] + w10 * c[k] + w11 * d[k] +
                           TAPS * TAPS / 2) / (TAPS * TAPS));
}

bool align_warp(const struct image *from, const struct affine *transform,
                struct image *to)
{
    struct affine back;

    if (!invert(transform, &back))
        return false;
    for (int y = 0; y < to->height; y++) {
        const int64_t half = STEPS / TAPS / 2;
        const int64_t x0 = steps(back.m[1] * y + back.m[2]) + half;
        const int64_t y0 = steps(back.m[4] * y + back.m[5]) + half;
        uint8_t *p = image_row(to, y);
        for (int x = 0; x < to->width; x++, p += 3)
            interpolate(from, (x0 + steps(back.m[0] * x)) >> 5,
                        (y0 + steps(back.m[3] * x)) >> 5, p);
    }
    return true;
}
