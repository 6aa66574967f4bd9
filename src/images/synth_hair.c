/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Hair. In front it is what lies between two curves, both from the viewer's
 * left to the right: the outer one round the skull, the inner one along the
 * hairline or the fringe. Strands run along or across them. Long hair goes on
 * down both sides of the face; behind the neck hangs a darker mass.
 */
#include "images/synth_draw.h"

#define ALONG 48 /* points of either curve */

enum flow { FLOW_ALONG, FLOW_ACROSS, FLOW_CURLS, FLOW_COILS };

struct shape {
    struct synth_point outer[ALONG], inner[ALONG];
    bool hangs;     /* goes on below the ears */
    double parting; /* where along, 0…1 */
    enum flow flow;
};

static bool hangs(const struct synth_subject *s)
{
    return s->hair == HAIR_BOB || s->hair == HAIR_LONG || s->hair == HAIR_WAVY ||
           s->hair == HAIR_LONG_CURLS;
}

static enum flow flow_of(const struct synth_subject *s)
{
    switch (s->hair) {
    case HAIR_SHORT_CURLS:
    case HAIR_LONG_CURLS:
        return FLOW_CURLS;
    case HAIR_BUZZ:
    case HAIR_SHAVED:
    case HAIR_AFRO:
    case HAIR_PUFF:
    case HAIR_LOCS:
        return FLOW_COILS;
    case HAIR_CROP:
    case HAIR_SWEPT:
    case HAIR_PIXIE:
    case HAIR_CORNROWS:
        return FLOW_ACROSS;
    default:
        return FLOW_ALONG;
    }
}

static struct synth_point mix(struct synth_point a, struct synth_point b, float t)
{
    return (struct synth_point){ a.x + (b.x - a.x) * t, a.y + (b.y - a.y) * t };
}

/* `n` points evenly along a polyline. */
static void resample(const struct synth_path *path, struct synth_point *to, int n)
{
    float total = 0, walked = 0;
    int at = 0;

    for (int i = 1; i < path->n; i++) {
        float dx = path->p[i].x - path->p[i - 1].x, dy = path->p[i].y - path->p[i - 1].y;
        total += (dx < 0 ? -dx : dx) + (dy < 0 ? -dy : dy);
    }
    for (int k = 0; k < n; k++) {
        float want = total * (float)k / (float)(n - 1), step = 0;
        for (; at + 1 < path->n; at++) {
            struct synth_point a = path->p[at], b = path->p[at + 1];
            step = (b.x > a.x ? b.x - a.x : a.x - b.x) + (b.y > a.y ? b.y - a.y : a.y - b.y);
            if (walked + step >= want)
                break;
            walked += step;
        }
        if (at + 1 >= path->n)
            to[k] = path->p[path->n - 1];
        else
            to[k] = mix(path->p[at], path->p[at + 1], step > 0 ? (want - walked) / step : 0);
    }
}

/* Straight down from beside the ear, with waves. */
static struct synth_point hanging(const struct synth_sheet *d, int side, double y, double out)
{
    const struct synth_subject *s = d->s;
    struct synth_point p = head_edge(d, .1, side, out);
    double down = y - .1, flare = (.06 + .10 * s->hair_side) * down;
    double wave = .055 * s->hair_wave * synth_sin(down * 5.5 + side + (double)(s->number % 7));

    if (y > d->chin_y) /* in to the shoulder */
        flare -= .12 * (y - d->chin_y);
    p.x += (float)(side * flare + wave) * d->unit;
    p.y += (float)down * d->unit;
    return p;
}

static void outer_curve(struct synth_sheet *d, struct shape *h)
{
    const struct synth_subject *s = d->s;
    static const double levels[] = { .06, -.12, -.34, -.56, -.78, -.98, -1.14, -1.26 };
    int n_levels = sizeof levels / sizeof *levels, n = 0;
    struct synth_point p[40];
    double lean = s->hair == HAIR_PARTED || s->hair == HAIR_SWEPT ? .35 * s->hair_part / .5 : 0;

    for (int k = 0; h->hangs && k < 6; k++)
        p[n++] = hanging(d, -1, s->hair_fall + (.2 - s->hair_fall) * k / 6.0, s->hair_side);
    for (int side = -1; side <= 1; side += 2)
        for (int k = 0; k < n_levels; k++) {
            double y = levels[side < 0 ? k : n_levels - 1 - k];
            double t = (-.1 - y) / .95;
            t = t < 0 ? 0 : t > 1 ? 1 : t;
            t = t * t * (3 - 2 * t);
            double out = s->hair_side + (s->hair_lift - s->hair_side) * t;
            if (!h->hangs && y > 0)
                out *= .4;
            if (side > 0 && k == 0) /* the crown, between the sides */
                p[n++] = head_edge(d, -s->crown, 0, s->hair_lift * (1 + .1 * lean));
            if (y > -s->crown + .06)
                p[n++] = head_edge(d, y, side, out * (1 - side * lean * t));
        }
    for (int k = 0; h->hangs && k < 6; k++)
        p[n++] = hanging(d, 1, .2 + (s->hair_fall - .2) * (k + 1) / 6.0, s->hair_side);
    path_start(&d->path);
    path_curve(&d->path, p, n);
    resample(&d->path, h->outer, ALONG);
}

/* On the surface at a share of the half width. */
static struct synth_point on_side(const struct synth_sheet *d, int side, double share, double y)
{
    return head_on(d, side * share * head_half_width(d, y), y, .01);
}

static void inner_curve(struct synth_sheet *d, struct shape *h)
{
    const struct synth_subject *s = d->s;
    double line = s->hairline, back = s->recede, low = s->brow_y - .075;
    struct synth_point p[40];
    int n = 0;

    for (int side = -1; side <= 1; side += 2) {
        struct synth_point q[14];
        int m = 0;
        if (h->hangs) {
            for (int k = 0; k < 5; k++) {
                double y = s->hair_fall - .02 + (.5 - s->hair_fall) * k / 5.0;
                struct synth_point o = hanging(d, side, y, s->hair_side);
                o.x -= (float)(side * (.2 + s->hair_side * .75)) * d->unit;
                q[m++] = o;
            }
            q[m++] = on_side(d, side, .95, .42);
            q[m++] = on_side(d, side, .91, .05);
        } else {
            q[m++] = on_side(d, side, .985, s->gender == SYNTH_MALE ? .16 : .02);
            q[m++] = on_side(d, side, .93, -.06);
        }
        q[m++] = on_side(d, side, .90, -.30);
        if (s->fringe > 0) {
            double edge = low + (line - low) * (1 - s->fringe) * .5;
            bool sweep = s->hair_part * side > 0;
            q[m++] = on_side(d, side, .80, -.36);
            q[m++] = on_side(d, side, .55, edge + (sweep ? -.1 : .03));
            q[m++] = on_side(d, side, .2, edge + (sweep ? -.05 : .0));
        } else {
            q[m++] = on_side(d, side, .84 - .1 * back, -.52 - .25 * back);
            q[m++] = on_side(d, side, .68 - .1 * back, line * .86 - back * .75);
            q[m++] = on_side(d, side, .36, line - back * .55);
        }
        for (int k = 0; k < m; k++) /* the right side runs the other way */
            p[n++] = q[side < 0 ? k : m - 1 - k];
        if (side < 0 && !(s->fringe > 0))
            p[n++] = head_on(d, 0, line - back * .2 + .03, .01);
    }
    path_start(&d->path);
    path_curve(&d->path, p, n);
    resample(&d->path, h->inner, ALONG);
}

static void make_shape(struct synth_sheet *d, struct shape *h)
{
    h->hangs = hangs(d->s);
    h->flow = flow_of(d->s);
    h->parting = .5 + .2 * d->s->hair_part;
    outer_curve(d, h);
    inner_curve(d, h);
}

/* Fills `m` with circles along a curve: the edge of curls. */
static void add_curls(struct synth_sheet *d, struct synth_mask *m, const struct synth_point *p,
                      int n, double size, struct synth_random *r)
{
    for (int i = 0; i + 1 < n; i++)
        for (int k = 0; k < 2; k++) {
            float radius = (float)(size * synth_between(r, .45, 1.25)) * d->unit;
            struct synth_point c = mix(p[i], p[i + 1], (float)synth_uniform(r));
            c.x += (float)(size * synth_between(r, -.4, .4)) * d->unit;
            c.y += (float)(size * synth_between(r, -.4, .4)) * d->unit;
            path_ellipse(&d->path, c, radius, radius * .9f, 1, 0);
            mask_add(m, &d->path);
        }
}

static double curl_size(const struct synth_subject *s)
{
    switch (s->hair) {
    case HAIR_SHORT_CURLS: return .085;
    case HAIR_LONG_CURLS: return .12;
    case HAIR_AFRO: return .065;
    default: return 0;
    }
}

void hair_make_front(struct synth_sheet *d)
{
    const struct synth_subject *s = d->s;
    struct synth_random r = synth_random_at(d->seed, SYNTH_STREAM_HAIR, s->number, 3);
    struct shape h;

    mask_clear(&d->hair);
    if (s->hair == HAIR_SCARF) {
        struct synth_point oval[24];
        double middle = (d->chin_y - .84) / 2, radius = (d->chin_y + .84) / 2;
        for (int i = 0; i < 24; i++) {
            double a = 2 * SYNTH_PI * (i + .5) / 24, x = synth_sin(a);
            double y = middle - radius * synth_cos(a), w = .91 * head_half_width(d, y);
            x = y < 0 ? x * .9 * s->width : (x < 0 ? -1 : 1) * w;
            oval[i] = head_on(d, x < -w ? -w : x > w ? w : x, y, 0);
        }
        struct synth_point out[40];
        int n = 0;
        for (int k = 0; k < 12; k++)
            out[n++] = head_edge(d, .3 - (1.55 * k) / 11, -1, .09 + s->hair_lift * k / 14.0);
        out[n++] = head_edge(d, -s->crown, 0, s->hair_lift);
        for (int k = 11; k >= 0; k--)
            out[n++] = head_edge(d, .3 - (1.55 * k) / 11, 1, .09 + s->hair_lift * k / 14.0);
        out[n++] = body_point(d, .85, d->chin_y + .15);
        out[n++] = body_point(d, 1.25, d->chin_y + .62);
        out[n++] = body_point(d, .5, d->chin_y + 1.25);
        out[n++] = body_point(d, -.5, d->chin_y + 1.25);
        out[n++] = body_point(d, -1.25, d->chin_y + .62);
        out[n++] = body_point(d, -.85, d->chin_y + .15);
        path_loop(&d->path, out, n);
        mask_fill(&d->hair, &d->path);
        path_loop(&d->path, oval, 24);
        mask_fill(&d->m, &d->path);
        mask_minus(&d->hair, &d->m);
        return;
    }
    make_shape(d, &h);
    path_start(&d->path);
    for (int i = 0; i < ALONG; i++)
        path_line(&d->path, h.outer[i]);
    for (int i = ALONG - 1; i >= 0; i--)
        path_line(&d->path, h.inner[i]);
    mask_add(&d->hair, &d->path);
    double size = curl_size(s);
    if (size > 0) {
        add_curls(d, &d->hair, h.outer, ALONG, size, &r);
        add_curls(d, &d->hair, h.inner + 2, ALONG - 4, size * (h.hangs ? .8 : .42), &r);
    }
    mask_finish(&d->hair);
    if (s->hair == HAIR_BUZZ || s->hair == HAIR_SHAVED)
        mask_blur(&d->hair, .04f * d->unit, &d->tmp);
    else if (size == 0)
        mask_blur(&d->hair, .012f * d->unit, &d->tmp);
}

/* Covers with hair that is lit as a ball about the skull. */
static void fill_hair(struct synth_sheet *d, const struct synth_mask *m,
                      struct synth_colour colour, float opacity, float gloss)
{
    struct synth_point c = head_point(d, 0, -.35, 0);
    float scale = 1 / (1.75f * d->unit);
    synth_pixel tone = pixel_of(colour), ambient = pixel_of(d->ambient), key = pixel_of(d->key);
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
            float cosine = nx * (float)d->light.x + ny * (float)d->light.y + nz * (float)d->light.z;
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

static struct synth_point between(const struct shape *h, double along, double across)
{
    double at = along * (ALONG - 1);
    int i = at < 0 ? 0 : at >= ALONG - 1 ? ALONG - 2 : (int)at;
    float t = (float)(at - i);

    return mix(mix(h->outer[i], h->outer[i + 1], t), mix(h->inner[i], h->inner[i + 1], t),
               (float)across);
}

/* One layer of strands into d->m. */
static void strand_layer(struct synth_sheet *d, const struct shape *h, struct synth_random *r)
{
    const struct synth_subject *s = d->s;
    float u = d->unit;
    int n = h->flow == FLOW_COILS ? 260 : h->flow == FLOW_CURLS ? 130 : h->hangs ? 64 : 52;

    mask_clear(&d->m);
    for (int i = 0; i < n; i++) {
        struct synth_point p[6];
        double along = synth_uniform(r), across = synth_between(r, .04, .97);
        double turn = synth_between(r, 0, 2 * SYNTH_PI), size = synth_uniform(r);
        if (h->flow == FLOW_COILS) {
            struct synth_point c = between(h, along, across);
            float radius = (float)(.014 + .02 * size) * u;
            path_ellipse(&d->path, c, radius, radius * .8f, 1, 0);
            mask_add(&d->m, &d->path);
            continue;
        }
        int points = 0;
        if (h->flow == FLOW_CURLS) {
            struct synth_point c = between(h, along, across);
            double radius = curl_size(s) * (.45 + .5 * size);
            for (int k = 0; k < 5; k++) {
                double a = turn + k * .95;
                p[points++] = (struct synth_point){ c.x + (float)(radius * synth_cos(a)) * u,
                                                    c.y + (float)(radius * synth_sin(a)) * u };
            }
        } else if (h->flow == FLOW_ALONG) {
            /* From the parting to the ends, on its own side of it. */
            bool left = along < h->parting;
            double from = left ? h->parting : h->parting + .01, to = left ? 0 : 1;
            double a = from + (to - from) * size * .5, b = from + (to - from) * (.55 + .45 * along);
            for (int k = 0; k < 6; k++) {
                double t = k / 5.0, sway = .03 * s->hair_wave * synth_sin(turn + 7 * t);
                p[points++] = between(h, a + (b - a) * t, across + sway + .06 * (t - .5));
            }
        } else {
            double lean = .05 * (s->hair_part > 0 ? 1 : -1);
            for (int k = 0; k < 4; k++) {
                double t = k / 3.0;
                p[points++] = between(h, .1 + .8 * along + lean * t,
                                      .1 + .9 * (across * .3 + t * (.4 + .3 * size)));
            }
        }
        path_start(&d->path);
        path_curve(&d->path, p, points);
        float w = (float)(.014 + .022 * size) * u;
        mask_add_stroke(&d->m, &d->path, w * .3f, w, .2f * w);
    }
    mask_finish(&d->m);
    mask_times(&d->m, &d->hair);
}

static void draw_cornrows(struct synth_sheet *d)
{
    mask_clear(&d->m);
    for (int i = -4; i <= 4; i++) {
        double x = i / 4.6, w = head_half_width(d, -.75);
        struct synth_point p[] = {
            head_on(d, x * w, d->s->hairline * (1 - .42 * x * x) + .03, .02),
            head_on(d, x * w * .92, -1.08 + .3 * x * x, .02),
            head_point(d, x * w * .6, -d->s->crown - .02 + .2 * x * x, -.1),
        };
        path_start(&d->path);
        path_curve(&d->path, p, 3);
        mask_add_stroke(&d->m, &d->path, .03f * d->unit, .035f * d->unit, .03f * d->unit);
    }
    mask_finish(&d->m);
    mask_times(&d->m, &d->hair);
    canvas_fill(&d->canvas, &d->m, colour_scale(d->skin, .6f), .7f);
}

static void draw_locs(struct synth_sheet *d, bool front)
{
    const struct synth_subject *s = d->s;
    struct synth_random r = synth_random_at(d->seed, SYNTH_STREAM_HAIR, s->number, front ? 5 : 4);
    int n = front ? 9 : 13;

    for (int side = -1; side <= 1; side += 2)
        for (int i = 0; i < n; i++) {
            double t = (i + .5) / n, out = s->hair_side * (1 - t * (front ? 1.1 : 2.2));
            double end = s->hair_fall * synth_between(&r, .85, 1.05), sway = synth_between(&r, -.06, .06);
            double y = front ? -.62 + .5 * (1 - t) : -.3;
            struct synth_point p[] = { head_edge(d, y - .25, side, s->hair_lift * .7 - .1 * t),
                                       head_edge(d, y + .2, side, out + .03),
                                       hanging(d, side, .45, out - (front ? .02 : .2 * t)),
                                       hanging(d, side, .2 + .55 * end, out + sway - (front ? 0 : .3 * t)),
                                       hanging(d, side, end, out + .5 * sway - (front ? 0 : .3 * t)) };
            float w = (float)synth_between(&r, .075, .1) * d->unit;
            path_start(&d->path);
            path_curve(&d->path, p, 5);
            mask_stroke(&d->m, &d->path, w * .7f, w, w * .8f);
            float tone = (float)synth_between(&r, .6, 1.25) * (front ? 1 : .6f);
            fill_hair(d, &d->m, colour_scale(d->hair_colour, tone), 1, .2f);
            mask_stroke(&d->m, &d->path, w * .25f, w * .3f, w * .2f);
            canvas_fill(&d->canvas, &d->m, colour_mix(d->hair_colour, colour_hex(0x8a7a70), .22f), .35f);
        }
}

/* Light and dark strands over what the mask d->hair covers. */
static void texture(struct synth_sheet *d, const struct shape *h, struct synth_random *r)
{
    struct synth_colour light = colour_mix(d->hair_colour, colour_hex(0xb09a88), .17f);
    float soft = h->flow == FLOW_COILS ? .55f : .5f;

    strand_layer(d, h, r);
    fill_hair(d, &d->m, colour_scale(d->hair_colour, .45f), soft, 0);
    strand_layer(d, h, r);
    fill_hair(d, &d->m, light, soft, .5f);
}

static void draw_scarf(struct synth_sheet *d)
{
    struct synth_colour shade = { .55f, .52f, .55f };

    fill_hair(d, &d->hair, d->s->scarf, 1, .12f);
    mask_clear(&d->m);
    for (int i = 0; i < 5; i++) {
        double t = i / 4.0 - .5;
        struct synth_point p[] = { head_edge(d, .2 + .3 * t, -1, .05), body_point(d, -.5 + .4 * t, d->chin_y + .3 + .15 * t),
                                   body_point(d, .3 + .5 * t, d->chin_y + .38 + .45 * t),
                                   body_point(d, 1.0, d->chin_y + .45 + .5 * t) };
        path_start(&d->path);
        path_curve(&d->path, p, 4);
        mask_add_stroke(&d->m, &d->path, 0, .06f * d->unit, .02f * d->unit);
    }
    for (int side = -1; side <= 1; side += 2) {
        struct synth_point p[] = { head_edge(d, -1.0, side, .02), on_side(d, side, .97, -.4),
                                   head_edge(d, .3, side, .02) };
        path_start(&d->path);
        path_curve(&d->path, p, 3);
        mask_add_stroke(&d->m, &d->path, 0, .05f * d->unit, 0);
    }
    mask_finish(&d->m);
    mask_blur(&d->m, .02f * d->unit, &d->tmp);
    mask_times(&d->m, &d->hair);
    canvas_tint(&d->canvas, &d->m, shade, .7f);
}

void hair_draw_front(struct synth_sheet *d)
{
    const struct synth_subject *s = d->s;
    struct synth_random r = synth_random_at(d->seed, SYNTH_STREAM_HAIR, s->number, 6);
    struct shape h;

    if (s->hair == HAIR_SCARF) {
        draw_scarf(d);
        return;
    }
    make_shape(d, &h);
    bool dull = h.flow == FLOW_COILS || h.flow == FLOW_CURLS;
    float opacity = s->hair == HAIR_SHAVED ? .2f : s->hair == HAIR_BUZZ ? .82f : 1;
    fill_hair(d, &d->hair, d->hair_colour, opacity, dull ? .15f : .8f);
    if (s->hair == HAIR_SHAVED)
        return;
    if (s->hair == HAIR_CORNROWS)
        draw_cornrows(d);
    texture(d, &h, &r);
    if (h.flow == FLOW_ALONG && s->hair != HAIR_BUN && !(s->fringe > 0)) {
        path_start(&d->path);
        path_line(&d->path, between(&h, h.parting, 1));
        path_line(&d->path, between(&h, h.parting, .45));
        mask_stroke(&d->m, &d->path, .035f * d->unit, .03f * d->unit, 0);
        mask_times(&d->m, &d->hair);
        canvas_fill(&d->canvas, &d->m, colour_scale(d->skin, .55f), .55f);
    }
    if (s->hair == HAIR_LOCS)
        draw_locs(d, true);
}

void hair_cast_shadow(struct synth_sheet *d)
{
    struct synth_colour shade = { .58f, .44f, .40f };

    if (d->s->hair == HAIR_SHAVED)
        return;
    mask_move(&d->m, &d->hair, (int)(-.08f * (float)d->light.x * d->unit),
              (int)((.05f - .08f * (float)d->light.y) * d->unit));
    mask_blur(&d->m, .045f * d->unit, &d->tmp);
    mask_times(&d->m, &d->head);
    canvas_tint(&d->canvas, &d->m, shade, d->s->hair == HAIR_BUZZ ? .25f : .6f);
}

/* A ball of hair on the head, from behind: bun or puff. */
static void draw_ball(struct synth_sheet *d)
{
    const struct synth_subject *s = d->s;
    struct synth_random r = synth_random_at(d->seed, SYNTH_STREAM_HAIR, s->number, 7);
    bool puff = s->hair == HAIR_PUFF;
    double size = puff ? synth_between(&r, .46, .62) : synth_between(&r, .28, .4);
    struct synth_point c = head_point(d, 0, -s->crown - size * (puff ? .38 : .5), -.25), ring[18];

    for (int i = 0; i < 18; i++) {
        double a = 2 * SYNTH_PI * i / 18;
        ring[i] = (struct synth_point){ c.x + (float)(size * 1.12 * synth_cos(a)) * d->unit,
                                        c.y + (float)(size * .9 * synth_sin(a)) * d->unit };
    }
    mask_clear(&d->n);
    path_loop(&d->path, ring, 18);
    mask_add(&d->n, &d->path);
    if (puff)
        add_curls(d, &d->n, ring, 18, .11, &r);
    mask_finish(&d->n);
    fill_hair(d, &d->n, colour_scale(d->hair_colour, .85f), 1, .3f);
    for (int tone = 0; tone < 2; tone++) {
        mask_clear(&d->m);
        for (int i = 0; i < (puff ? 90 : 16); i++) {
            double a = synth_between(&r, 0, 2 * SYNTH_PI), k = synth_uniform(&r);
            if (puff) {
                struct synth_point p = { c.x + (float)(size * k * 1.15 * synth_cos(a)) * d->unit,
                                         c.y + (float)(size * k * .95 * synth_sin(a)) * d->unit };
                path_ellipse(&d->path, p, .024f * d->unit, .02f * d->unit, 1, 0);
                mask_add(&d->m, &d->path);
            } else {
                struct synth_point p[4];
                for (int j = 0; j < 4; j++) {
                    double b = a + j * .45, q = size * (.25 + .75 * k) ;
                    p[j] = (struct synth_point){ c.x + (float)(q * 1.1 * synth_cos(b)) * d->unit,
                                                 c.y + (float)(q * .85 * synth_sin(b)) * d->unit };
                }
                path_start(&d->path);
                path_curve(&d->path, p, 4);
                mask_add_stroke(&d->m, &d->path, 0, .03f * d->unit, 0);
            }
        }
        mask_finish(&d->m);
        mask_times(&d->m, &d->n);
        fill_hair(d, &d->m, tone ? colour_mix(d->hair_colour, colour_hex(0xb09a88), .15f)
                                 : colour_scale(d->hair_colour, .4f), .5f, .2f);
    }
}

static void draw_tail(struct synth_sheet *d)
{
    const struct synth_subject *s = d->s;
    int side = s->hair_part > 0 ? 1 : -1;
    double end = s->hair_fall, y = d->chin_y;
    struct synth_point p[] = {
        body_point(d, side * .35, .5), body_point(d, side * .75, y - .15),
        body_point(d, side * .95, y + .35), body_point(d, side * .85, y + .5 * (end - y) + .35),
        body_point(d, side * .72, end + .25),
    };
    float w = (float)(.34 + s->hair_lift) * d->unit;

    path_start(&d->path);
    path_curve(&d->path, p, 5);
    mask_stroke(&d->n, &d->path, w * .8f, w, .06f * w);
    fill_hair(d, &d->n, colour_scale(d->hair_colour, .8f), 1, 0);
    for (int i = -2; i <= 2; i++) {
        struct synth_path strand = d->path;
        for (int k = 0; k < strand.n; k++)
            strand.p[k].x += (float)i * w * .16f * (1 - .7f * (float)k / (float)strand.n);
        mask_stroke(&d->m, &strand, .02f * d->unit, .05f * d->unit, .01f * d->unit);
        mask_times(&d->m, &d->n);
        fill_hair(d, &d->m, i % 2 ? colour_scale(d->hair_colour, .45f)
                                  : colour_mix(d->hair_colour, colour_hex(0xb09a88), .15f), .6f, 0);
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
        draw_locs(d, false);
    if (!hangs(s) && s->hair != HAIR_AFRO)
        return;
    struct synth_point p[25];
    int n = 0;
    bool afro = s->hair == HAIR_AFRO;
    double end = afro ? .4 : s->hair_fall, top = afro ? -1 : -.5;
    for (int side = -1; side <= 1; side += 2) {
        for (int k = 0; k < 10; k++) {
            double t = side < 0 ? 1 - k / 9.0 : k / 9.0, y = top + (end - top) * t;
            double out = s->hair_side * (afro && y > 0 ? 1 - 1.6 * y : 1) - .03 - .1 * t * t * t;
            p[n++] = y < .1 ? head_edge(d, y, side, out) : hanging(d, side, y, out);
        }
        if (side < 0) /* across the top, under the cap */
            p[n++] = head_edge(d, -s->crown + .2, 0, 0);
    }
    path_start(&d->path);
    path_curve(&d->path, p, n);
    mask_clear(&d->n);
    mask_add(&d->n, &d->path);
    if (curl_size(s) > 0)
        add_curls(d, &d->n, p, n, curl_size(s) * 1.3, &r);
    mask_finish(&d->n);
    fill_hair(d, &d->n, colour_scale(d->hair_colour, .62f), 1, 0);
}
