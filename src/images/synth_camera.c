/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From light to bytes: blur, exposure, noise, encoding, and the mark. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "images/synth_draw.h"

/* A three-tap kernel along rows, then columns, of the wanted variance (σ² ≤ ½
 * a pass). */
static void blur_pass(struct synth_canvas *c, float side)
{
    int n = c->size;
    float middle = 1 - 2 * side;
    long stride = 3L * n;

    for (int y = 0; y < n; y++) {
        float *row = canvas_at(c, 0, y), before[3];
        memcpy(before, row, sizeof before);
        for (int x = 0; x < n; x++)
            for (int k = 0; k < 3; k++) {
                float now = row[3 * x + k], next = x + 1 < n ? row[3 * x + 3 + k] : now;
                row[3 * x + k] = middle * now + side * (before[k] + next);
                before[k] = now;
            }
    }
    float *above = mem_array((size_t)stride, sizeof *above);
    memcpy(above, c->rgb, (size_t)stride * sizeof *above);
    for (int y = 0; y < n; y++) {
        float *row = canvas_at(c, 0, y), *next = y + 1 < n ? row + stride : row;
        for (long i = 0; i < stride; i++) {
            float now = row[i];
            row[i] = middle * now + side * (above[i] + next[i]);
            above[i] = now;
        }
    }
    free(above);
}

static void blur(struct synth_sheet *d)
{
    double sigma = d->v->blur * d->size / 256, variance = sigma * sigma;

    while (variance > .02) {
        double part = variance < .5 ? variance : .5;
        blur_pass(&d->canvas, (float)(part / 2));
        variance -= part;
    }
}

/* What the sensor sees of a linear value: exposed, its highlights rolled off. */
static float expose(float v, float gain)
{
    v *= gain;
    if (v > .8f) {
        float t = (v - .8f) * 5;
        v = .8f + .2f * t / (1 + t);
    }
    return v;
}

/* Photon noise grows with the root of the light, read noise stays; so what is
 * under-exposed is noisier. Bell-shaped: the sum of three 7-bit numbers. */
static void develop(struct synth_sheet *d, uint8_t *rgb)
{
    const struct synth_view *v = d->v;
    struct synth_random r = synth_random_at(d->seed, SYNTH_STREAM_NOISE, d->s->number, v->number);
    float gain = (float)synth_exp2(v->exposure - v->planted);
    float photon = (float)(.0020 * v->noise), read = (float)(.0052 * v->noise);
    long n = (long)d->size * d->size;
    const float *in = d->canvas.rgb;

    for (long i = 0; i < n; i++) {
        uint64_t bits = synth_bits(&r);
        for (int k = 0; k < 3; k++, bits >>= 21, in++, rgb++) {
            int sum = (int)((bits & 127) + (bits >> 7 & 127) + (bits >> 14 & 127));
            float light = expose(*in, gain);
            light += sqrtf(photon * light + read * read) * ((float)sum - 190.5f) / 64;
            light = light < 0 ? 0 : light > 1 ? 1 : light;
            *rgb = d->encode[(int)(light * ENCODE_STEPS + .5f)];
        }
    }
}

/* Five columns of seven pixels a letter, the top one in the lowest bit. */
static const struct {
    char letter;
    uint8_t columns[5];
} font[] = {
    { 'C', { 0x3e, 0x41, 0x41, 0x41, 0x22 } }, { 'E', { 0x7f, 0x49, 0x49, 0x49, 0x41 } },
    { 'H', { 0x7f, 0x08, 0x08, 0x08, 0x7f } }, { 'I', { 0x00, 0x41, 0x7f, 0x41, 0x00 } },
    { 'N', { 0x7f, 0x04, 0x08, 0x10, 0x7f } }, { 'S', { 0x26, 0x49, 0x49, 0x49, 0x32 } },
    { 'T', { 0x01, 0x01, 0x7f, 0x01, 0x01 } }, { 'Y', { 0x03, 0x04, 0x78, 0x04, 0x03 } },
};

static const uint8_t *glyph(char letter)
{
    for (size_t i = 0; i < sizeof font / sizeof *font; i++)
        if (font[i].letter == letter)
            return font[i].columns;
    return NULL;
}

static void mark_square(uint8_t *rgb, int size, int x, int y, int side, int value, int weight)
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
