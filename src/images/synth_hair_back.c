/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What all hair has in common, and the hair that hangs or is tied behind. */
#include "images/synth_hair.h"

bool hair_hangs(const struct synth_subject *s)
{
    return s->hair == HAIR_BOB || s->hair == HAIR_LONG || s->hair == HAIR_WAVY ||
           s->hair == HAIR_LONG_CURLS;
}

struct synth_point hair_hanging(const struct synth_sheet *d, int side, double y,
                                double out)
{
    const struct synth_subject *s = d->s;
    struct synth_point p = head_edge(d, .1, side, out);
    double down = y - .1, flare = (.06 + .10 * s->hair_side) * down;
    double wave = .055 * s->hair_wave *
                  synth_sin(down * 5.5 + side + (double)(s->number % 7));

    if (y > d->chin_y) /* in to the shoulder */
        flare -= .12 * (y - d->chin_y);
    p.x += (float)(side * flare + wave) * d->unit;
    p.y += (float)down * d->unit;
    return p;
}

void hair_add_curls(struct synth_sheet *d, struct synth_mask *m,
                    const struct synth_point *p, int n, double size,
                    struct synth_random *r)
{
    for (int i = 0; i + 1 < n; i++)
        for (int k = 0; k < 2; k++) {
            float radius = (float)(size * synth_between(r, .45, 1.25)) * d->unit;
            struct synth_point c = point_mix(p[i], p[i + 1], (float)synth_uniform(r));
            c.x += (float)(size * synth_between(r, -.4, .4)) * d->unit;
            c.y += (float)(size * synth_between(r, -.4, .4)) * d->unit;
            path_ellipse(&d->path, c, radius, radius * .9f, 1, 0);
            mask_add(m, &d->path);
        }
}

double hair_curl_size(const struct synth_subject *s)
{
    switch (s->hair) {
    case HAIR_SHORT_CURLS: return .085;
    case HAIR_LONG_CURLS: return .12;
    case HAIR_AFRO: return .065;
    default: return 0;
    }
}

void hair_fill(struct synth_sheet *d, const struct synth_mask *m,
               struct synth_colour colour, float opacity, float gloss)
{
    struct synth_point c = head_point(d, 0, -.35, 0);
    float scale = 1 / (1.75f * d->unit);
    synth_pixel tone = pixel_of(colour), ambient = pixel_of(d->ambient),
                key = pixel_of(d->key);
    synth_pixel sheen = { .035f, .033f, .032f, 0 };

    for (int y = m->y0; y < m->y1; y++) {
        const float *a = mask_row(m, y);
        for (int x = m->x0; x < m->x1; x++) {
            if (a[x] <= 0)
                continue;
            float nx = ((float)x - c.x) * scale, ny = ((float)y - c.y) * scale;
            nx = nx < -.8f ? -.8f : nx > .8f ? .8f : nx;
            ny = ny < -.8f ? -.8f : ny > .5f ? .5f : ny;
            float nz = 1 - .55f * (nx * nx + ny * ny);
            float cosine = nx * (float)d->light.x + ny * (float)d->light.y +
                           nz * (float)d->light.z;
            float k = (cosine + .3f) / 1.3f, t = a[x] * opacity;
            k = k > 0 ? k : 0;
            /* A band of shine where the head turns to the light. */
            float up = ny + .42f, aside = nx - .5f * (float)d->light.x;
            float band = 1 - 14 * up * up - 2.2f * aside * aside;
            band = band > 0 ? band * band * gloss : 0;
            synth_pixel lit = tone * (ambient + key * k) + band * (.25f * tone + sheen);
            synth_pixel *p = canvas_at(&d->canvas, x, y);
            *p += (lit - *p) * t;
        }
    }
}

void hair_draw_locs(struct synth_sheet *d, bool front)
{
    const struct synth_subject *s = d->s;
    struct synth_random r = synth_random_at(d->seed, SYNTH_STREAM_HAIR, s->number,
                                            front ? 5 : 4);
    int n = front ? 9 : 13;

    for (int side = -1; side <= 1; side += 2)
        for (int i = 0; i < n; i++) {
            double t = (i + .5) / n, out = s->hair_side * (1 - t * (front ? 1.1 : 2.2));
            double end = s->hair_fall * synth_between(&r, .85, 1.05),
                   sway = synth_between(&r, -.06, .06);
            double y = front ? -.62 + .5 * (1 - t) : -.3;
            struct synth_point p[] = {
                head_edge(d, y - .25, side, s->hair_lift * .7 - .1 * t),
                head_edge(d, y + .2, side, out + .03),
                hair_hanging(d, side, .45, out - (front ? .02 : .2 * t)),
                hair_hanging(d, side, .2 + .55 * end,
                             out + sway - (front ? 0 : .3 * t)),
                hair_hanging(d, side, end, out + .5 * sway - (front ? 0 : .3 * t))
            };
            float w = (float)synth_between(&r, .075, .1) * d->unit;
            path_start(&d->path);
            path_curve(&d->path, p, 5);
            mask_stroke(&d->m, &d->path, w * .7f, w, w * .8f);
            float tone = (float)synth_between(&r, .6, 1.25) * (front ? 1 : .6f);
            hair_fill(d, &d->m, colour_scale(d->hair_colour, tone), 1, .2f);
            mask_stroke(&d->m, &d->path, w * .25f, w * .3f, w * .2f);
            canvas_fill(&d->canvas, &d->m,
                        colour_mix(d->hair_colour, colour_hex(0x8a7a70), .22f), .35f);
        }
}

/* A ball of hair on the head, from behind: bun or puff. */
static void draw_ball(struct synth_sheet *d)
{
    const struct synth_subject *s = d->s;
    struct synth_random r = synth_random_at(d->seed, SYNTH_STREAM_HAIR, s->number, 7);
    bool puff = s->hair == HAIR_PUFF;
    double size = puff ? synth_between(&r, .46, .62) : synth_between(&r, .28, .4);
    struct synth_point c = head_point(d, 0, -s->crown - size * (puff ? .38 : .5), -.25),
                       ring[18];

    for (int i = 0; i < 18; i++) {
        double a = 2 * SYNTH_PI * i / 18;
        ring[i] = (struct synth_point){
            c.x + (float)(size * 1.12 * synth_cos(a)) * d->unit,
            c.y + (float)(size * .9 * synth_sin(a)) * d->unit
        };
    }
    mask_clear(&d->n);
    path_loop(&d->path, ring, 18);
    mask_add(&d->n, &d->path);
    if (puff)
        hair_add_curls(d, &d->n, ring, 18, .11, &r);
    mask_finish(&d->n);
    hair_fill(d, &d->n, colour_scale(d->hair_colour, .85f), 1, .3f);
    for (int tone = 0; tone < 2; tone++) {
        mask_clear(&d->m);
        for (int i = 0; i < (puff ? 90 : 16); i++) {
            double a = synth_between(&r, 0, 2 * SYNTH_PI), k = synth_uniform(&r);
            if (puff) {
                struct synth_point p = {
                    c.x + (float)(size * k * 1.15 * synth_cos(a)) * d->unit,
                    c.y + (float)(size * k * .95 * synth_sin(a)) * d->unit
                };
                path_ellipse(&d->path, p, .024f * d->unit, .02f * d->unit, 1, 0);
                mask_add(&d->m, &d->path);
            } else {
                struct synth_point p[4];
                for (int j = 0; j < 4; j++) {
                    double b = a + j * .45, q = size * (.25 + .75 * k);
                    p[j] = (struct synth_point){
                        c.x + (float)(q * 1.1 * synth_cos(b)) * d->unit,
                        c.y + (float)(q * .85 * synth_sin(b)) * d->unit
                    };
                }
                path_start(&d->path);
                path_curve(&d->path, p, 4);
                mask_add_stroke(&d->m, &d->path, 0, .03f * d->unit, 0);
            }
        }
        mask_finish(&d->m);
        mask_times(&d->m, &d->n);
        hair_fill(d, &d->m,
                  tone ? colour_mix(d->hair_colour, colour_hex(0xb09a88), .15f)
                       : colour_scale(d->hair_colour, .4f),
                  .5f, .2f);
    }
}

static void draw_tail(struct synth_sheet *d)
{
    const struct synth_subject *s = d->s;
    int side = s->hair_part > 0 ? 1 : -1;
    double end = s->hair_fall, y = d->chin_y;
    struct synth_point p[] = {
        body_point(d, side * .35, .5),
        body_point(d, side * .75, y - .15),
        body_point(d, side * .95, y + .35),
        body_point(d, side * .85, y + .5 * (end - y) + .35),
        body_point(d, side * .72, end + .25),
    };
    float w = (float)(.34 + s->hair_lift) * d->unit;

    path_start(&d->path);
    path_curve(&d->path, p, 5);
    mask_stroke(&d->n, &d->path, w * .8f, w, .06f * w);
    hair_fill(d, &d->n, colour_scale(d->hair_colour, .8f), 1, 0);
    for (int i = -2; i <= 2; i++) {
        struct synth_path strand = d->path;
        for (int k = 0; k < strand.n; k++)
            strand.p[k].x += (float)i * w * .16f *
                             (1 - .7f * (float)k / (float)strand.n);
        mask_stroke(&d->m, &strand, .02f * d->unit, .05f * d->unit, .01f * d->unit);
        mask_times(&d->m, &d->n);
        hair_fill(d, &d->m,
                  i % 2 ? colour_scale(d->hair_colour, .45f)
                        : colour_mix(d->hair_colour, colour_hex(0xb09a88), .15f),
                  .6f, 0);
    }
}

void hair_draw_back(struct synth_sheet *d)
{
    const struct synth_subject *s = d->s;
    struct synth_random r = synth_random_at(d->seed, SYNTH_STREAM_HAIR, s->number, 8);

    if (s->hair == HAIR_BUN || s->hair == HAIR_PUFF)
        draw_ball(d);
    if (s->hair == HAIR_TAIL)
        draw_tail(d);
    if (s->hair == HAIR_LOCS)
        hair_draw_locs(d, false);
    if (!hair_hangs(s) && s->hair != HAIR_AFRO)
        return;
    struct synth_point p[25];
    int n = 0;
    bool afro = s->hair == HAIR_AFRO;
    double end = afro ? .4 : s->hair_fall, top = afro ? -1 : .02;
    for (int side = -1; side <= 1; side += 2) {
        for (int k = 0; k < 10; k++) {
            double t = side < 0 ? 1 - k / 9.0 : k / 9.0, y = top + (end - top) * t;
            double in = .03 + .1 * t * t * t +
                        (afro ? 0 : .14 * (1 - t) * (1 - t) * (1 - t));
            double out = s->hair_side * (afro && y > 0 ? 1 - 1.6 * y : 1) - in;
            p[n++] = y < .1 ? head_edge(d, y, side, out)
                            : hair_hanging(d, side, y, out);
        }
        if (side < 0) /* across the top, under the cap */
            p[n++] = head_edge(d, afro ? -s->crown + .2 : -.4, 0, 0);
    }
    path_start(&d->path);
    path_curve(&d->path, p, n);
    if (!afro) { /* the ends: not cut with a ruler */
        struct synth_point ends[7];
        for (int i = 0; i < 7; i++) {
            ends[i] = point_mix(p[n - 1], p[0], (float)i / 6);
            if (i > 0 && i < 6)
                ends[i].y += (float)synth_between(&r, .0, .13) * d->unit;
        }
        path_curve(&d->path, ends, 7);
    }
    mask_clear(&d->n);
    mask_add(&d->n, &d->path);
    if (hair_curl_size(s) > 0)
        hair_add_curls(d, &d->n, p, n, hair_curl_size(s) * 1.3, &r);
    mask_finish(&d->n);
    hair_fill(d, &d->n, colour_scale(d->hair_colour, .62f), 1, 0);
}
