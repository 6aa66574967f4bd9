/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From light to bytes: blur, exposure, noise, encoding, and the mark. */
#include <math.h>
#include <string.h>

#include "images/synth_draw.h"

/* A three-tap kernel along rows, then columns, that adds the variance 2·side. */
static void blur_pass(struct synth_sheet *d, float side)
{
    struct synth_canvas *c = &d->canvas;
    int n = c->size;
    float middle = 1 - 2 * side;
    size_t row_size = (size_t)n * sizeof *c->pixels;
    synth_pixel *old = d->line + 1; /* a row as it was, with its ends repeated */

    for (int y = 0; y < n; y++) {
        synth_pixel *row = canvas_at(c, 0, y);
        memcpy(old, row, row_size);
        old[-1] = old[0];
        old[n] = old[n - 1];
        for (int x = 0; x < n; x++)
            row[x] = middle * old[x] + side * (old[x - 1] + old[x + 1]);
    }
    memcpy(old, c->pixels, row_size);
    for (int y = 0; y < n; y++) {
        synth_pixel *row = canvas_at(c, 0, y), *next = y + 1 < n ? row + n : row;
        for (int x = 0; x < n; x++) {
            synth_pixel now = row[x];
            row[x] = middle * now + side * (old[x] + next[x]);
            old[x] = now;
        }
    }
}

static void blur(struct synth_sheet *d)
{
    double sigma = d->v->blur * d->size / 256, variance = sigma * sigma;

    while (variance > .02) {
        double part = variance < .5 ? variance : .5;
        blur_pass(d, (float)(part / 2));
        variance -= part;
    }
}

/* Whole numbers, or the outcome of a test, a channel. */
typedef int32_t pixel_int __attribute__((vector_size(16)));

/* `a` where the test holds, else `b`. */
static synth_pixel choose(pixel_int test, synth_pixel a, synth_pixel b)
{
    return (synth_pixel)((test & (pixel_int)a) | (~test & (pixel_int)b));
}

#define SIGMAS 256 /* steps of the light for which the noise is reckoned */

/* Exposes, rolls off the highlights, adds noise, encodes. Photon noise grows
 * with the root of the light and read noise stays, so what is under-exposed is
 * noisier; bell-shaped: the sum of three 4-bit numbers. */
static void develop(struct synth_sheet *d, uint8_t *rgb)
{
    const struct synth_view *v = d->v;
    struct synth_random r = synth_random_at(d->seed, SYNTH_STREAM_NOISE, d->s->number,
                                            v->number);
    float gain = (float)synth_exp2(v->exposure - v->planted), sigmas[SIGMAS + 1];
    float photon = (float)(.0020 * v->noise), read = (float)(.0052 * v->noise);
    long n = (long)d->size * d->size;

    for (int i = 0; i <= SIGMAS; i++) /* 7.98: of the sum below */
        sigmas[i] = sqrtf(photon * ((float)i + .5f) / SIGMAS + read * read) / 7.98f;
    const synth_pixel zero = { 0, 0, 0, 0 }, one = zero + 1;
    for (long i = 0; i < n; i++, rgb += 3) {
        synth_pixel light = d->canvas.pixels[i] * gain;
        pixel_int bright = light > .8f;
        synth_pixel over = choose(bright, (light - .8f) * 5, zero);
        light = choose(bright, .8f + .2f * (over / (1 + over)), light);
        uint64_t bits = synth_bits(&r), sums = 0;
        for (int k = 0; k < 3; k++) /* a byte a channel */
            sums += bits >> (4 * k) & 0x0f000f000f;
        synth_pixel noise = { (float)(sums & 255), (float)(sums >> 16 & 255),
                              (float)(sums >> 32 & 255), 0 };
        pixel_int at = __builtin_convertvector(light * SIGMAS, pixel_int);
        synth_pixel sigma = { sigmas[at[0]], sigmas[at[1]], sigmas[at[2]], 0 };
        light += sigma * (noise - 22.5f);
        light = choose(light < zero, zero, choose(light > one, one, light));
        at = __builtin_convertvector(light * ENCODE_STEPS + .5f, pixel_int);
        rgb[0] = d->encode[at[0]];
        rgb[1] = d->encode[at[1]];
        rgb[2] = d->encode[at[2]];
    }
}

/* Five columns of seven pixels a letter, the top one in the lowest bit. */
static const struct {
    char letter;
    uint8_t columns[5];
} font[] = {
    { 'C', { 0x3e, 0x41, 0x41, 0x41, 0x22 } },
    { 'E', { 0x7f, 0x49, 0x49, 0x49, 0x41 } },
    { 'H', { 0x7f, 0x08, 0x08, 0x08, 0x7f } },
    { 'I', { 0x00, 0x41, 0x7f, 0x41, 0x00 } },
    { 'N', { 0x7f, 0x04, 0x08, 0x10, 0x7f } },
    { 'S', { 0x26, 0x49, 0x49, 0x49, 0x32 } },
    { 'T', { 0x01, 0x01, 0x7f, 0x01, 0x01 } },
    { 'Y', { 0x03, 0x04, 0x78, 0x04, 0x03 } },
};

static const uint8_t *glyph(char letter)
{
    for (size_t i = 0; i < sizeof font / sizeof *font; i++)
        if (font[i].letter == letter)
            return font[i].columns;
    return NULL;
}

static void mark_square(uint8_t *rgb, int size, int x, int y, int side, int value,
                        int weight)
{
    for (int j = y; j < y + side; j++)
        for (int i = x; i < x + side; i++) {
            if (i < 0 || j < 0 || i >= size || j >= size)
                continue;
            uint8_t *p = rgb + ((long)j * size + i) * 3;
            for (int k = 0; k < 3; k++)
                p[k] = (uint8_t)((p[k] * (16 - weight) + value * weight) / 16);
        }
}

/* Light letters on their own dark shadow, in the lower right corner. */
static void mark(uint8_t *rgb, int size)
{
    static const char word[] = "SYNTHETIC";
    int dot = size >= 512 ? size / 256 : 1, step = 6 * dot;
    int x0 = size - (int)(sizeof word - 1) * step - 3 * dot, y0 = size - 10 * dot;

    for (int pass = 0; pass < 2; pass++)
        for (int i = 0; word[i]; i++) {
            const uint8_t *columns = glyph(word[i]);
            for (int c = 0; c < 5; c++)
                for (int row = 0; row < 7; row++)
                    if (columns[c] >> row & 1)
                        mark_square(rgb, size, x0 + i * step + c * dot + dot * !pass,
                                    y0 + row * dot + dot * !pass, dot, pass ? 240 : 20,
                                    pass ? 12 : 9);
        }
}

void camera_make_table(struct synth_sheet *d)
{
    for (int i = 0; i <= ENCODE_STEPS; i++)
        d->encode[i] = (uint8_t)(synth_encode((double)i / ENCODE_STEPS) * 255 + .5);
}

void camera_take(struct synth_sheet *d, uint8_t *rgb)
{
    blur(d);
    develop(d, rgb);
    mark(rgb, d->size);
}
