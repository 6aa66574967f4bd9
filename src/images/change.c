/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "images/change.h"

#include <endian.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "images/encode.h"
#include "images/load.h"
#include "images/shrink.h"
#include "images/synth_random.h"

#define BLUR_ROWS 250       /* the height that a sigma is given for */
#define BLUR_REACH 4        /* sigmas */
#define NOISE_PARTS 8       /* uniform numbers of 16 bits in one of noise */

struct changer {
    struct shrinker shrinker;
    struct image other;     /* the next state of the picture */
    struct text bytes;      /* of a JPEG */
    struct image_workspace *ws; /* made when first asked for */
    float *weights;         /* of half a kernel, the middle first */
    float *padded;          /* a row with its mirrored ends */
    float *rows;            /* blurred along */
    float *sums;
    size_t weights_cap, padded_cap, rows_cap, sums_cap;
};

struct changer *changer_new(void)
{
    struct changer *c = mem_alloc(sizeof *c);

    text_init(&c->bytes);
    return c;
}

void changer_free(struct changer *c)
{
    if (!c)
        return;
    shrinker_release(&c->shrinker);
    image_release(&c->other);
    text_release(&c->bytes);
    image_workspace_free(c->ws);
    free(c->weights);
    free(c->padded);
    free(c->rows);
    free(c->sums);
    free(c);
}

static uint8_t level(double v)
{
    return (uint8_t)(v <= 0 ? 0 : v >= 255 ? 255 : (int)(v + .5));
}

static void look_up(struct image *im, const uint8_t table[256])
{
    for (int y = 0; y < im->height; y++) {
        uint8_t *row = image_row(im, y);
        for (size_t i = 0; i < 3 * (size_t)im->width; i++)
            row[i] = table[row[i]];
    }
}

static void change_values(struct image *im, struct dose d)
{
    uint8_t table[256];

    for (int v = 0; v < 256; v++) {
        double to = 0;
        if (d.kind == DOSE_EXPOSURE)
            to = 255 * synth_encode(fmin(1, synth_exp2(d.value) * synth_decode(v / 255.)));
        else if (d.kind == DOSE_GAMMA)
            to = 255 * synth_pow(v / 255., d.value);
        else
            to = 127.5 + d.value * (v - 127.5);
        table[v] = level(to);
    }
    look_up(im, table);
}

/* A seed of all pixels. */
static uint64_t seed_of(const struct image *im, double dose)
{
    uint64_t h, word;

    memcpy(&h, &dose, sizeof h);
    h = synth_mix(h ^ ((uint64_t)im->width << 32 | (uint64_t)im->height));
    for (int y = 0; y < im->height; y++) {
        const uint8_t *row = image_row(im, y);
        size_t n = 3 * (size_t)im->width, i = 0;
        for (; i + sizeof word <= n; i += sizeof word) {
            memcpy(&word, row + i, sizeof word);
            h = synth_mix(h ^ le64toh(word));
        }
        for (word = 0; i < n; i++)
            word = word << 8 | row[i];
        h = synth_mix(h ^ word);
    }
    return h;
}

static void add_noise(struct image *im, double dose)
{
    const double mean = NOISE_PARTS * 65535 / 2.;
    const double scale = dose / sqrt(NOISE_PARTS * (65536. * 65536 - 1) / 12);
    uint64_t at = seed_of(im, dose);

    for (int y = 0; y < im->height; y++) {
        uint8_t *row = image_row(im, y);
        for (size_t i = 0; i < 3 * (size_t)im->width; i++) {
            uint64_t a = synth_mix(at += 0x9e3779b97f4a7c15u);
            uint64_t b = synth_mix(at += 0x9e3779b97f4a7c15u);
            uint64_t sum = 0;
            for (int part = 0; part < NOISE_PARTS / 2; part++)
                sum += (a >> 16 * part & 0xffff) + (b >> 16 * part & 0xffff);
            row[i] = level(row[i] + scale * ((double)sum - mean));
        }
    }
}

/* Room for n values, or false. */
static bool have(void *at, size_t *cap, size_t n, size_t size)
{
    void **values = at;

    if (n <= *cap)
        return true;
    free(*values);
    *values = mem_try_array(n, size);
    *cap = *values ? n : 0;
    return *values != NULL;
}

/* Half a Gaussian, which with its mirror sums up to 1: of floats that are whole in
 * 1/65536, so that every machine has the same. */
static size_t make_weights(struct changer *c, double sigma)
{
    const double log2e = 1.4426950408889634, scale = -log2e / (2 * sigma * sigma);
    size_t reach = (size_t)ceil(BLUR_REACH * sigma);
    double total = 1, rest = 1;

    if (!have(&c->weights, &c->weights_cap, reach + 1, sizeof *c->weights))
        return SIZE_MAX;
    for (size_t k = 1; k <= reach; k++)
        total += 2 * synth_exp2(scale * (double)(k * k));
    for (size_t k = 1; k <= reach; k++) {
        double share = synth_exp2(scale * (double)(k * k)) / total;
        c->weights[k] = (float)(floor(65536 * share + .5) / 65536);
        rest -= 2 * (double)c->weights[k];
    }
    c->weights[0] = (float)rest;
    return reach;
}

/* Where a row or column outside of n is mirrored from: … 2 1 [0 1 2 … */
static size_t mirror(ptrdiff_t i, size_t n)
{
    if (n == 1)
        return 0;
    size_t period = 2 * (n - 1), at = (size_t)(i < 0 ? -i : i) % period;
    return at < n ? at : period - at;
}

/* sums += w (a + b), n values. In fours, of which every compiler makes vectors. */
static void add_weighted(float *restrict sums, const float *restrict a,
                         const float *restrict b, float w, size_t n)
{
    size_t i = 0;

    for (; i + 4 <= n; i += 4) {
        sums[i] += w * (a[i] + b[i]);
        sums[i + 1] += w * (a[i + 1] + b[i + 1]);
        sums[i + 2] += w * (a[i + 2] + b[i + 2]);
        sums[i + 3] += w * (a[i + 3] + b[i + 3]);
    }
    for (; i < n; i++)
        sums[i] += w * (a[i] + b[i]);
}

static void blur_row(struct changer *c, const uint8_t *row, size_t width, size_t reach,
                     float *to)
{
    const float *middle = c->padded + 3 * reach;

    for (size_t x = 0; x < width + 2 * reach; x++) {
        const uint8_t *p = row + 3 * mirror((ptrdiff_t)x - (ptrdiff_t)reach, width);
        for (size_t i = 0; i < 3; i++)
            c->padded[3 * x + i] = p[i];
    }
    for (size_t i = 0; i < 3 * width; i++)
        to[i] = c->weights[0] * middle[i];
    for (size_t k = 1; k <= reach; k++)
        add_weighted(to, middle - 3 * k, middle + 3 * k, c->weights[k], 3 * width);
}

static void blur_column(struct changer *c, size_t y, size_t height, size_t n, size_t reach,
                        uint8_t *to)
{
    const float *middle = c->rows + y * n;

    for (size_t i = 0; i < n; i++)
        c->sums[i] = c->weights[0] * middle[i];
    for (size_t k = 1; k <= reach; k++)
        add_weighted(c->sums, c->rows + mirror((ptrdiff_t)y - (ptrdiff_t)k, height) * n,
                     c->rows + mirror((ptrdiff_t)(y + k), height) * n, c->weights[k], n);
    for (size_t i = 0; i < n; i++)
        to[i] = level((double)c->sums[i]);
}

static bool blur(struct changer *c, struct image *im, double dose)
{
    const double sigma = dose * im->height / BLUR_ROWS;
    const size_t width = (size_t)im->width, height = (size_t)im->height, n = 3 * width;
    size_t reach = make_weights(c, sigma);

    if (reach == SIZE_MAX ||
        !have(&c->padded, &c->padded_cap, 3 * (width + 2 * reach),
              sizeof *c->padded) ||
        !have(&c->rows, &c->rows_cap, n * height, sizeof *c->rows) ||
        !have(&c->sums, &c->sums_cap, n, sizeof *c->sums))
        return false;
    for (size_t y = 0; y < height; y++)
        blur_row(c, image_row(im, (int)y), width, reach, c->rows + y * n);
    for (size_t y = 0; y < height; y++)
        blur_column(c, y, height, n, reach, image_row(im, (int)y));
    return true;
}

static int scaled(int side, double factor)
{
    double to = floor(side * factor + .5);

    return to < 1 ? 1 : (int)to;
}

/* Behind what `a` does, the pixels of a picture x and y times as wide and high. */
static void scale(struct affine *a, double x, double y)
{
    for (int i = 0; i < 3; i++) {
        a->m[i] *= x;
        a->m[3 + i] *= y;
    }
    a->m[2] += .5 * x - .5;
    a->m[5] += .5 * y - .5;
}

static bool make_smaller(struct changer *c, struct image *im, struct affine *to_pixels,
                         double factor)
{
    const int width = scaled(im->width, factor), height = scaled(im->height, factor);

    if (factor >= 1)
        return true;
    if (!image_resize(&c->other, width, height) || !shrink_area(&c->shrinker, im, &c->other))
        return false;
    if (to_pixels)
        scale(to_pixels, (double)width / im->width, (double)height / im->height);
    struct image old = *im;
    *im = c->other;
    c->other = old;
    return true;
}

static enum status through_jpeg(struct changer *c, struct image *im, int quality,
                                struct text *reason)
{
    struct image_options options = IMAGE_OPTIONS_INIT;
    struct image_facts facts;
    struct err err = ERR_INIT;

    if (!c->ws)
        c->ws = image_workspace_new();
    options.max_pixels = IMAGE_MAX_PIXELS;
    text_reset(&c->bytes);
    int code = image_encode_jpeg(im, quality, NULL, &c->bytes, &err);
    if (code)
        text_addf(reason, "changed: %s", err_text(&err));
    err_release(&err);
    return code ? STATUS_TOO_LARGE
                : image_load_bytes(c->ws, c->bytes.s, c->bytes.len, &options, NULL, im,
                                   &facts, reason);
}

enum status change_apply(struct changer *c, const struct dosage *change, struct image *im,
                         struct affine *to_pixels, struct text *reason)
{
    enum status status = STATUS_OK;

    for (size_t i = 0; i < change->n && status == STATUS_OK; i++) {
        struct dose d = change->steps[i];
        bool room = true;
        switch (d.kind) {
        case DOSE_BLUR:
            room = blur(c, im, d.value);
            break;
        case DOSE_NOISE:
            add_noise(im, d.value);
            break;
        case DOSE_RESOLUTION:
            room = make_smaller(c, im, to_pixels, d.value);
            break;
        case DOSE_HEIGHT:
            room = make_smaller(c, im, to_pixels, d.value / im->height);
            break;
        case DOSE_JPEG:
            status = through_jpeg(c, im, (int)d.value, reason);
            break;
        default:
            change_values(im, d);
        }
        if (!room) {
            text_addf(reason, "no memory for a change of %d × %d pixels", im->width,
                      im->height);
            status = STATUS_TOO_LARGE;
        }
    }
    return status;
}
