/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is around the face: background, shoulders and clothes, neck, glasses. */
#include "images/synth_draw.h"

static struct synth_random chance(const struct synth_sheet *d, enum synth_stream stream)
{
    return synth_random_at(d->seed, stream, d->s->number, d->v->number);
}

void scene_draw_background(struct synth_sheet *d)
{
    static const uint32_t walls[] = {
        0xb9c2c9, 0xd8d2c6, 0x8fa3ad, 0x9aa58f, 0xc7b7a3,
        0x6f7c86, 0xa9a1b3, 0xdedede, 0x7d8f84, 0x565f6a
    };
    struct synth_random r = chance(d, SYNTH_STREAM_SCENE);
    struct synth_colour a = colour_hex(walls[synth_bits(&r) % 10]);
    struct synth_colour b = colour_scale(a, (float)synth_between(&r, .45, .9));
    float tilt = (float)synth_between(&r, -.6, .6), scale = 1 / (float)d->size;

    synth_pixel from = pixel_of(a), to = pixel_of(b);

    for (int y = 0; y < d->size; y++) {
        synth_pixel *p = canvas_at(&d->canvas, 0, y);
        for (int x = 0; x < d->size; x++, p++) {
            float u = ((float)x + .5f) * scale, v = ((float)y + .5f) * scale;
            float t = v * .75f + (u - .5f) * tilt + .12f;
            t = t < 0 ? 0 : t > 1 ? 1 : t;
            *p = from + (to - from) * t;
        }
    }
    /* Out of focus: lamps, or panels and shelves; or a plain wall. */
    float size = (float)d->size;
    int kind = d->v->background, n = kind == 1 ? 7 : kind == 2 ? 4 : kind == 3 ? 3 : 0;
    for (int i = 0; i < n; i++) {
        struct synth_colour c = colour_hex(walls[synth_bits(&r) % 10]);
        float x = (float)synth_between(&r, 0, 1) * size,
              y = (float)synth_between(&r, 0, .8) * size;
        float w = (float)synth_between(&r, .06, .2) * size;
        if (kind == 1) {
            path_ellipse(&d->path, (struct synth_point){ x, y }, w * .6f, w * .6f, 1,
                         0);
        } else {
            bool wide = kind == 3;
            float h = wide ? w * .25f : size;
            struct synth_point corner[] = {
                { wide ? 0 : x - w * .6f, wide ? y : 0 },
                { wide ? size : x + w * .6f, wide ? y : 0 },
                { wide ? size : x + w * .6f, wide ? y + h : h },
                { wide ? 0 : x - w * .6f, wide ? y + h : h },
            };
            path_start(&d->path);
            for (int k = 0; k < 4; k++)
                path_line(&d->path, corner[k]);
        }
        mask_fill(&d->m, &d->path);
        mask_blur(&d->m, size * (kind == 1 ? .018f : .012f), &d->tmp);
        canvas_fill(&d->canvas, &d->m, c, .45f);
    }
}

/* Cloth gets the light of a rounded front. */
static void shade_body(struct synth_sheet *d)
{
    float middle = body_point(d, 0, 0).x, half = 2.3f * d->unit;
    float lx = (float)d->light.x, lz = (float)d->light.z, ly = (float)-d->light.y;

    for (int y = d->m.y0; y < d->m.y1; y++) {
        const float *a = mask_row(&d->m, y);
        for (int x = d->m.x0; x < d->m.x1; x++) {
            if (a[x] <= 0)
                continue;
            float q = ((float)x - middle) / half;
            float light = .62f * q * lx + .75f * lz + .35f * ly;
            float k = (float)d->v->ambient + (float)d->v->key * (light > 0 ? light : 0);
            *canvas_at(&d->canvas, x, y) *= 1 + (k - 1) * a[x];
        }
    }
}

enum collar { COLLAR_ROUND, COLLAR_V, COLLAR_SHIRT, COLLAR_WIDE, COLLAR_HIGH, COLLARS };

struct outfit {
    enum collar collar;
    struct synth_colour cloth, lining;
    double neck, shoulder_y, shoulder_x; /* half width; where the shoulders end */
};

static struct outfit outfit_of(const struct synth_sheet *d)
{
    static const uint32_t cloths[] = { 0x2b3a55, 0x7a2e35, 0x2f5d50, 0x444444, 0xe6e1d6,
                                       0x8a6d3b, 0x5b4a72, 0x1f1f24, 0x6a8caf, 0xb56b52,
                                       0x9aa37a, 0xcfd6dc };
    static const double odds[COLLARS] = { 3, 2, 2, 1, 1 };
    const struct synth_subject *s = d->s;
    struct synth_random r = chance(d, SYNTH_STREAM_CLOTHES);
    double m = s->gender == SYNTH_MALE;
    struct outfit o;

    o.collar = (enum collar)synth_pick(&r, odds, COLLARS);
    o.cloth = colour_hex(cloths[synth_bits(&r) % 12]);
    o.lining = colour_mix(o.cloth, colour_hex(0xf2f0ea),
                          synth_chance(&r, .3) ? .85f : .12f);
    o.neck = (.44 + .12 * m + .06 * s->fullness) * s->width;
    o.shoulder_y = d->s->chin_y + .5;
    o.shoulder_x = 1.75 + .3 * m + .2 * s->fullness;
    return o;
}

void scene_draw_body(struct synth_sheet *d)
{
    struct outfit o = outfit_of(d);
    double y = o.shoulder_y, x = o.shoulder_x, n = o.neck;
    struct synth_point top[] = {
        body_point(d, -x - .25, 5),       body_point(d, -x - .12, y + .95),
        body_point(d, -x + .1, y + .42),  body_point(d, -x * .62, y + .14),
        body_point(d, -n - .12, y - .12), body_point(d, 0, y - .16),
        body_point(d, n + .12, y - .12),  body_point(d, x * .62, y + .14),
        body_point(d, x - .1, y + .42),   body_point(d, x + .12, y + .95),
        body_point(d, x + .25, 5),
    };

    path_start(&d->path);
    path_curve(&d->path, top, sizeof top / sizeof *top);
    mask_fill(&d->m, &d->path);
    canvas_fill(&d->canvas, &d->m, o.cloth, 1);
    shade_body(d);
    /* Seams of the sleeves, folds from the neck. */
    struct synth_colour shade = { .6f, .58f, .58f };
    for (int side = -1; side <= 1; side += 2) {
        struct synth_point seam[] = { body_point(d, side * (x - .28), y + .32),
                                      body_point(d, side * (x - .42), y + .8),
                                      body_point(d, side * (x - .36), y + 1.5) };
        path_start(&d->path);
        path_curve(&d->path, seam, 3);
        mask_stroke(&d->n, &d->path, 0, .05f * d->unit, .07f * d->unit);
        mask_blur(&d->n, .02f * d->unit, &d->tmp);
        mask_times(&d->n, &d->m);
        canvas_tint(&d->canvas, &d->n, shade, .6f);
    }
}

static void neck_path(struct synth_sheet *d, const struct outfit *o)
{
    double n = o->neck, y = o->shoulder_y, top = d->s->jaw_y - .1, low, wide;

    switch (o->collar) {
    case COLLAR_V: low = .62; wide = .26; break;
    case COLLAR_SHIRT: low = .34; wide = .14; break;
    case COLLAR_WIDE: low = .36; wide = .62; break;
    case COLLAR_HIGH: low = -.14; wide = .04; break;
    default: low = .16; wide = .2; break;
    }
    struct synth_solid jaw = { .35 * d->sin_yaw, 0, 0 };
    struct synth_point left[] = { body_point(d, jaw.x - n * .96, top),
                                  body_point(d, jaw.x * .6 - n * .97, y - .38),
                                  body_point(d, -n - wide * .45, y - .13),
                                  body_point(d, -n - wide, y - .02) };
    struct synth_point right[] = { body_point(d, n + wide, y - .02),
                                   body_point(d, n + wide * .45, y - .13),
                                   body_point(d, jaw.x * .6 + n * .97, y - .38),
                                   body_point(d, jaw.x + n * .96, top) };
    path_start(&d->path);
    path_curve(&d->path, left, 4);
    if (o->collar == COLLAR_V || o->collar == COLLAR_SHIRT) {
        path_line(&d->path, body_point(d, 0, y + low));
    } else {
        struct synth_point bow[] = { body_point(d, -(n + wide) * .55, y + low * .8),
                                     body_point(d, 0, y + low),
                                     body_point(d, (n + wide) * .55, y + low * .8) };
        path_curve(&d->path, bow, 3);
    }
    path_curve(&d->path, right, 4);
}

static void draw_collar(struct synth_sheet *d, const struct outfit *o)
{
    double n = o->neck, y = o->shoulder_y;
    struct synth_colour lit = { (float)(d->v->ambient + .6 * d->v->key),
                                (float)(d->v->ambient + .6 * d->v->key),
                                (float)(d->v->ambient + .6 * d->v->key) };

    if (o->collar == COLLAR_SHIRT) {
        for (int side = -1; side <= 1; side += 2) {
            struct synth_point wing[] = {
                body_point(d, side * (n + .02), y - .26),
                body_point(d, side * (n + .2), y - .1),
                body_point(d, side * .42, y + .52),
                body_point(d, side * .02, y + .36),
            };
            path_start(&d->path);
            for (int i = 0; i < 4; i++)
                path_line(&d->path, wing[i]);
            mask_fill(&d->m, &d->path);
            canvas_fill(&d->canvas, &d->m, colour_times(o->lining, lit), 1);
            path_start(&d->path);
            path_line(&d->path, wing[1]);
            path_line(&d->path, wing[2]);
            path_line(&d->path, wing[3]);
            mask_stroke(&d->m, &d->path, .02f * d->unit, .03f * d->unit,
                        .02f * d->unit);
            canvas_tint(&d->canvas, &d->m, (struct synth_colour){ .5f, .5f, .5f }, .7f);
        }
        return;
    }
    /* A hem along the neckline: the part of a stroke round the neck's path. */
    neck_path(d, o);
    struct synth_path hem = d->path;
    int skip = 2 * 8; /* the sides above the collar */
    if (hem.n > 2 * skip + 4) {
        struct synth_path part = { .n = hem.n - 2 * skip };
        for (int i = 0; i < part.n; i++)
            part.p[i] = hem.p[i + skip];
        mask_stroke(&d->m, &part, .09f * d->unit, .09f * d->unit, .09f * d->unit);
        canvas_fill(&d->canvas, &d->m, colour_times(o->lining, lit), .85f);
    }
}

void scene_draw_neck(struct synth_sheet *d)
{
    struct outfit o = outfit_of(d);
    struct synth_colour deep = { .46f, .34f, .31f }, soft = { .72f, .60f, .57f };
    float middle = body_point(d, .3 * d->sin_yaw, 0).x,
          half = (float)o.neck * d->unit * 1.5f;

    synth_pixel skin = pixel_of(d->skin), key = pixel_of(d->key),
                ambient = pixel_of(d->ambient);
    neck_path(d, &o);
    mask_fill(&d->m, &d->path);
    for (int y = d->m.y0; y < d->m.y1; y++) {
        const float *a = mask_row(&d->m, y);
        for (int x = d->m.x0; x < d->m.x1; x++) {
            if (a[x] <= 0)
                continue;
            float q = ((float)x - middle) / half;
            q = q < -1 ? -1 : q > 1 ? 1 : q;
            float light = q * (float)d->light.x + (1 - .5f * q * q) * (float)d->light.z;
            light = (light + .3f) / 1.3f;
            light = light > 0 ? light * .92f : 0;
            synth_pixel *p = canvas_at(&d->canvas, x, y);
            *p += (skin * (ambient * .8f + key * light) - *p) * a[x];
        }
    }
    /* The chin's shadow: the jaw again, lower, and away from the light. */
    struct synth_point jaw[20];
    for (int i = 0; i < 20; i++) {
        double t = i < 10 ? i / 9.0 : (19 - i) / 9.0, y = .3 + (d->chin_y - .3) * t;
        jaw[i] = head_edge(d, y, i < 10 ? 1 : -1, .02);
        jaw[i].x -= (float)(.12 * d->light.x) * d->unit;
        jaw[i].y += (float)(.17 - .16 * d->light.y) * d->unit;
    }
    path_loop(&d->path, jaw, 20);
    mask_fill(&d->n, &d->path);
    mask_blur(&d->n, .05f * d->unit, &d->tmp);
    mask_times(&d->n, &d->m);
    canvas_tint(&d->canvas, &d->n, deep, .85f);
    /* Cords and the pit between the collar bones. */
    for (int side = -1; side <= 1; side += 2) {
        struct synth_point cord[] = {
            body_point(d, side * o.neck * .72, o.shoulder_y - .5),
            body_point(d, side * o.neck * .42, o.shoulder_y - .1),
            body_point(d, side * .1, o.shoulder_y + .12)
        };
        path_start(&d->path);
        path_curve(&d->path, cord, 3);
        mask_stroke(&d->n, &d->path, .02f * d->unit, .07f * d->unit, .02f * d->unit);
        mask_blur(&d->n, .03f * d->unit, &d->tmp);
        mask_times(&d->n, &d->m);
        canvas_tint(&d->canvas, &d->n, soft, .55f);
    }
    draw_collar(d, &o);
}

void scene_draw_glasses(struct synth_sheet *d)
{
    const struct synth_subject *s = d->s;
    double rx = s->glasses == GLASSES_ROUND ? .275 : .30,
           ry = s->glasses == GLASSES_ROUND ? .25 : .2;
    double power = s->glasses == GLASSES_ROUND ? .92 : .5;
    float u = d->unit, thick = .045f * u;

    if (!d->v->glasses)
        return;
    for (int side = -1; side <= 1; side += 2) {
        double cx = side * (s->eye_x + .02),
               z = head_depth(d, side * s->eye_x, 0) + .12;
        struct synth_point rim[16];
        for (int i = 0; i < 16; i++) { /* a superellipse */
            double a = 2 * SYNTH_PI * i / 16, c = synth_cos(a), sn = synth_sin(a);
            double x = (c < 0 ? -1 : 1) * synth_pow(c < 0 ? -c : c, power);
            double y = (sn < 0 ? -1 : 1) * synth_pow(sn < 0 ? -sn : sn, power);
            rim[i] = head_point(d, cx + rx * x, .04 + ry * y,
                                z - .1 * (side * x > 0 ? x * x : 0));
        }
        path_loop(&d->path, rim, 16);
        path_line(&d->path, d->path.p[0]);
        mask_fill(&d->n, &d->path);
        canvas_tint(&d->canvas, &d->n, (struct synth_colour){ .93f, .95f, .97f }, 1);
        mask_stroke(&d->m, &d->path, thick, thick, thick);
        mask_move(&d->n, &d->m, 0, (int)(.06f * u));
        mask_blur(&d->n, .03f * u, &d->tmp);
        mask_times(&d->n, &d->head);
        canvas_tint(&d->canvas, &d->n, (struct synth_colour){ .5f, .4f, .38f }, .4f);
        canvas_fill(&d->canvas, &d->m, colour_scale(s->frame, .8f), .95f);
        /* The arm to the ear, on the side that is seen. */
        struct synth_point arm[] = { head_point(d, cx + side * rx, -.02, z - .1),
                                     head_point(d, side * head_half_width(d, 0) * .99,
                                                -.04, -.05) };
        if (side * (arm[1].x - arm[0].x) > 0) {
            path_start(&d->path);
            path_line(&d->path, arm[0]);
            path_line(&d->path, arm[1]);
            mask_stroke(&d->m, &d->path, thick, thick, thick);
            canvas_fill(&d->canvas, &d->m, colour_scale(s->frame, .7f), .95f);
        }
        struct synth_point glint[] = { head_point(d, cx - rx * .45, .04 + ry * .25, z),
                                       head_point(d, cx - rx * .05, .04 - ry * .55,
                                                  z) };
        path_start(&d->path);
        path_line(&d->path, glint[0]);
        path_line(&d->path, glint[1]);
        mask_stroke(&d->m, &d->path, 0, .06f * u, 0);
        canvas_glow(&d->canvas, &d->m, d->key, .10f);
    }
    double in = s->eye_x + .02 - rx, z = head_depth(d, 0, 0) + .16;
    struct synth_point bridge[] = { head_point(d, -in, -.02, z - .03),
                                    head_point(d, 0, -.06, z),
                                    head_point(d, in, -.02, z - .03) };
    path_start(&d->path);
    path_curve(&d->path, bridge, 3);
    mask_stroke(&d->m, &d->path, thick, thick, thick);
    canvas_fill(&d->canvas, &d->m, colour_scale(s->frame, .9f), .95f);
}

void scene_draw_earrings(struct synth_sheet *d)
{
    const struct synth_subject *s = d->s;
    struct synth_colour gold = colour_hex(0xd9b45a);

    if (!s->earrings)
        return;
    for (int side = -1; side <= 1; side += 2) {
        if (side * d->v->yaw > 8) /* behind the head */
            continue;
        double w = side * head_half_width(d, .1) * .93;
        struct synth_point p = head_point(d, w + side * (.04 + .03 * s->ear_lobe),
                                          .40 * s->ear_size + .06 * s->ear_lobe - .02,
                                          -.14);
        path_ellipse(&d->path, p, .042f * d->unit, .05f * d->unit, 1, 0);
        mask_fill(&d->m, &d->path);
        canvas_fill(&d->canvas, &d->m, gold, 1);
    }
}
