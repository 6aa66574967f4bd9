/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "images/measure.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define Y_BITS 22          /* of relative luminance */
#define LOOKED_AT 16384    /* pixels, at most, for skin */
#define FEWEST_SKIN 64
#define CURVE 4096         /* steps of CIE's cube root */
#define BINS 2048          /* of the medians */
#define B_FROM (-128)

struct measurer {
    uint32_t y[3][256];  /* what each value of a channel adds to Y */
    float linear[256];
    float curve[CURVE + 2];
    int16_t *grey;       /* three rows, with an edge of one at each end */
    size_t grey_width;
    uint32_t l[BINS], b[BINS];
};

static double to_linear(double v)
{
    return v <= .04045 ? v / 12.92 : pow((v + .055) / 1.055, 2.4);
}

/* CIE 15, 8.2.1.1. */
static double cie_f(double t)
{
    return t > 216. / 24389 ? cbrt(t) : (24389. / 27 * t + 16) / 116;
}

struct measurer *measurer_new(void)
{
    static const double weight[3] = { .2126, .7152, .0722 };
    struct measurer *m = mem_alloc(sizeof *m);

    for (int v = 0; v < 256; v++) {
        m->linear[v] = (float)to_linear(v / 255.);
        for (int c = 0; c < 3; c++)
            m->y[c][v] = (uint32_t)lrint(weight[c] * to_linear(v / 255.) * (1 << Y_BITS));
    }
    for (int i = 0; i <= CURVE + 1; i++)
        m->curve[i] = (float)cie_f((double)i / CURVE);
    return m;
}

void measurer_free(struct measurer *m)
{
    if (!m)
        return;
    free(m->grey);
    free(m);
}

static void measure_light(const struct measurer *m, const struct image *im,
                          struct image_measures *to)
{
    /* 255 Y, rounded, is at most 25 below 25.5, and at least 247 from 246.5 on. */
    const uint32_t dark = (uint32_t)(25.5 / 255 * (1 << Y_BITS));
    const uint32_t bright = (uint32_t)ceil(246.5 / 255 * (1 << Y_BITS));
    const double n = (double)im->width * im->height;
    uint64_t sum = 0, under = 0, over = 0;

    for (int y = 0; y < im->height; y++) {
        const uint8_t *p = image_row(im, y);
        for (int x = 0; x < im->width; x++, p += 3) {
            uint32_t v = m->y[0][p[0]] + m->y[1][p[1]] + m->y[2][p[2]];
            sum += v;
            under += v < dark;
            over += v >= bright;
        }
    }
    to->luminance = (double)sum / n / (1 << Y_BITS);
    to->under = (double)under / n;
    to->over = (double)over / n;
}

static void grey_row(const struct image *im, int y, int16_t *to)
{
    const uint8_t *p = image_row(im, y);
    const int w = im->width;

    for (int x = 0; x < w; x++, p += 3)
        to[x + 1] = (int16_t)((9798 * p[0] + 19235 * p[1] + 3735 * p[2] + (1 << 14)) >> 15);
    to[0] = to[w > 1 ? 2 : 1];
    to[w + 1] = to[w > 1 ? w - 1 : 1];
}

static double sharpness(struct measurer *m, const struct image *im)
{
    const size_t w = (size_t)im->width + 2;
    const double n = (double)im->width * im->height;
    int64_t sum = 0, squares = 0;

    if (w > m->grey_width) {
        m->grey = mem_grow(m->grey, 3 * w, sizeof *m->grey);
        m->grey_width = w;
    }
    int16_t *above = m->grey, *here = above + w, *below = here + w;
    grey_row(im, 0, here);
    grey_row(im, im->height > 1 ? 1 : 0, above); /* mirrored */
    for (int y = 0; y < im->height; y++) {
        if (y + 1 < im->height)
            grey_row(im, y + 1, below);
        else
            grey_row(im, y > 0 ? y - 1 : 0, below); /* mirrored */
        int32_t row = 0;
        for (int x = 1; x <= im->width; x++) {
            int32_t v = above[x] + below[x] + here[x - 1] + here[x + 1] - 4 * here[x];
            row += v;
            squares += v * v;
        }
        sum += row;
        int16_t *old = above;
        above = here;
        here = below;
        below = old;
    }
    double mean = (double)sum / n;
    return (double)squares / n - mean * mean;
}

static float curve(const struct measurer *m, float t)
{
    float at = t * CURVE;
    int i = (int)at;

    return m->curve[i] + (at - (float)i) * (m->curve[i + 1] - m->curve[i]);
}

static bool is_skin(int r, int g, int b)
{
    /* JFIF's Cb and Cr, in 1/65536 and without their 128. */
    int cb = -11059 * r - 21709 * g + 32768 * b;
    int cr = 32768 * r - 27439 * g - 5329 * b;

    return cb >= (77 - 128) * 65536 && cb <= (127 - 128) * 65536 &&
           cr >= (133 - 128) * 65536 && cr <= (173 - 128) * 65536;
}

static void count(uint32_t *bins, double at)
{
    int i = (int)at;

    bins[i < 0 ? 0 : i >= BINS ? BINS - 1 : i]++;
}

/* The median of n in bins, as if those of a bin lay evenly in it; in bins. */
static double median(const uint32_t *bins, uint32_t n)
{
    double half = n / 2., before = 0;
    int i = 0;

    while (before + bins[i] < half)
        before += bins[i++];
    return i + (half - before) / bins[i];
}

/* Half the columns of the middle ellipse in row y of `height`, `half` in its middle
 * row: those whose pixel centres lie inside. */
static int half_columns(double half, int y, int height)
{
    double v = (y + .5 - height / 2.) / (height / 4.);

    return v * v < 1 ? (int)(half * sqrt(1 - v * v) + .5) : 0;
}

/* How many pixels of the middle ellipse are looked at, every step-th of every
 * step-th row. */
static int64_t ellipse_pixels(const struct image *im, int step)
{
    int64_t n = 0;

    for (int y = 0; y < im->height; y += step)
        n += 2 * half_columns(im->width / 4., y, im->height) / step;
    return n;
}

static void measure_skin(struct measurer *m, const struct image *im,
                         struct image_measures *to)
{
    const double l_bins = BINS / 100., b_bins = BINS / 256.;
    uint32_t skin = 0, looked = 0;
    int step = 1;

    while (ellipse_pixels(im, step) > LOOKED_AT)
        step++;
    memset(m->l, 0, sizeof m->l);
    memset(m->b, 0, sizeof m->b);
    for (int y = 0; y < im->height; y += step) {
        const int half = half_columns(im->width / 4., y, im->height);
        for (int x = im->width / 2 - half; x < im->width / 2 + half; x += step) {
            const uint8_t *p = image_row(im, y) + 3 * (size_t)x;
            looked++;
            if (!is_skin(p[0], p[1], p[2]))
                continue;
            float r = m->linear[p[0]], g = m->linear[p[1]], b = m->linear[p[2]];
            float fy = curve(m, .2126f * r + .7152f * g + .0722f * b);
            float fz = curve(m, (.0193f * r + .1192f * g + .9505f * b) / 1.0890f);
            count(m->l, (116 * fy - 16) * l_bins);
            count(m->b, (200 * (fy - fz) - B_FROM) * b_bins);
            skin++;
        }
    }
    to->skin = looked ? (double)skin / looked : 0;
    to->ita = NAN;
    if (skin < FEWEST_SKIN || skin < .01 * looked)
        return;
    double l = median(m->l, skin) / l_bins, b = median(m->b, skin) / b_bins + B_FROM;
    to->ita = atan2(l - 50, b) * 180 / M_PI;
}

void measure_image(struct measurer *m, const struct image *im,
                   struct image_measures *to)
{
    measure_light(m, im, to);
    to->sharpness = sharpness(m, im);
    measure_skin(m, im, to);
}
