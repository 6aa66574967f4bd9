/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "images/measure.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "images/dhash.h"

#define Y_BITS 22          /* of relative luminance */
#define LOOKED_AT 4096     /* pixels, at most, for skin */
#define FEWEST_SKIN 64
#define CURVE 4096         /* steps of CIE's cube root */
#define BINS 2048          /* of the medians */
#define B_FROM (-128)

struct measurer {
    /* What each value of a channel adds: to Y in the upper half, to the grey level in
     * 1/32768 in the lower, so that one sum has both. */
    uint64_t adds[3][256];
    float linear[256];
    float curve[CURVE + 2];
    int16_t *grey;       /* three rows, with an edge of one at each end */
    size_t grey_cap;     /* of a row */
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
    static const uint32_t grey[3] = { 9798, 19235, 3735 }; /* .299, .587 and .114 */
    struct measurer *m = mem_alloc(sizeof *m);

    for (int v = 0; v < 256; v++) {
        m->linear[v] = (float)to_linear(v / 255.);
        for (int c = 0; c < 3; c++)
            m->adds[c][v] =
                (uint64_t)llrint(weight[c] * to_linear(v / 255.) * (1 << Y_BITS)) << 32 |
                grey[c] * (uint32_t)v;
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

struct light {
    uint64_t sum, under, over;
};

/* Adds up the light of a row, and leaves its grey levels in `grey`, mirrored at both
 * ends. */
static void take_row(const struct measurer *m, const uint8_t *p, int width,
                     struct light *light, int16_t *grey)
{
    /* 255 Y, rounded, is at most 25 below 25.5, and at least 247 from 246.5 on. */
    const uint32_t dark = (uint32_t)(25.5 / 255 * (1 << Y_BITS));
    const uint32_t bright = (uint32_t)(246.5 / 255 * (1 << Y_BITS)) + 1;
    uint64_t sum = 0;
    uint32_t under = 0, over = 0;

    for (int x = 1; x <= width; x++, p += 3) {
        uint64_t v = m->adds[0][p[0]] + m->adds[1][p[1]] + m->adds[2][p[2]];
        uint32_t y = (uint32_t)(v >> 32);
        sum += y;
        under += y < dark;
        over += y >= bright;
        grey[x] = (int16_t)(((uint32_t)v + (1 << 14)) >> 15);
    }
    light->sum += sum;
    light->under += under;
    light->over += over;
    grey[0] = grey[width > 1 ? 2 : 1];
    grey[width + 1] = grey[width > 1 ? width - 1 : 1];
}

typedef int16_t short8 __attribute__((vector_size(16)));
typedef int32_t lanes __attribute__((vector_size(32)));

static inline short8 load8(const int16_t *p)
{
    short8 v;

    memcpy(&v, p, sizeof v);
    return v;
}

/* Adds up the Laplacian of a row and its squares, which are at most 1020². */
static void laplacian_row(const int16_t *above, const int16_t *here, const int16_t *below,
                          int width, int64_t *sum, int64_t *squares)
{
    int x = 1;

    while (x + 7 <= width) {
        /* of what is added to a lane, 1024 squares fit */
        const int end = width - x >= 8 * 1024 ? x + 8 * 1024 : width + 1;
        lanes s = { 0 }, q = { 0 };
        for (; x + 8 <= end; x += 8) {
            short8 v = load8(above + x) + load8(below + x) + load8(here + x - 1) +
                       load8(here + x + 1) - 4 * load8(here + x);
            lanes wide = __builtin_convertvector(v, lanes);
            s += wide;
            q += wide * wide;
        }
        for (int i = 0; i < 8; i++) {
            *sum += s[i];
            *squares += q[i];
        }
    }
    for (; x <= width; x++) {
        int32_t v = above[x] + below[x] + here[x - 1] + here[x + 1] - 4 * here[x];
        *sum += v;
        *squares += v * v;
    }
}

/* Light and sharpness, in one pass. */
static void measure_rows(struct measurer *m, const struct image *im,
                         struct image_measures *to)
{
    const size_t width = (size_t)im->width + 2;
    const double n = (double)im->width * im->height;
    struct light light = { 0, 0, 0 };
    int64_t sum = 0, squares = 0;

    if (width > m->grey_cap) {
        m->grey = mem_grow(m->grey, 3 * width, sizeof *m->grey);
        m->grey_cap = width;
    }
    int16_t *const row[3] = { m->grey, m->grey + width, m->grey + 2 * width };
    take_row(m, image_row(im, 0), im->width, &light, row[0]);
    for (int y = 0; y < im->height; y++) {
        const int16_t *here = row[y % 3], *above = row[(y + 2) % 3];
        int16_t *below = row[(y + 1) % 3];
        if (y + 1 < im->height)
            take_row(m, image_row(im, y + 1), im->width, &light, below);
        /* mirrored at both ends, if there is another row */
        const int16_t *first = im->height > 1 ? below : here;
        const int16_t *last = im->height > 1 ? above : here;
        laplacian_row(y > 0 ? above : first, here, y + 1 < im->height ? below : last,
                      im->width, &sum, &squares);
    }
    const double mean = (double)sum / n;
    to->sharpness = (double)squares / n - mean * mean;
    to->luminance = (double)light.sum / n / (1 << Y_BITS);
    to->under = (double)light.under / n;
    to->over = (double)light.over / n;
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
    measure_rows(m, im, to);
    measure_skin(m, im, to);
    dhash_image(im, to->dhash);
}
