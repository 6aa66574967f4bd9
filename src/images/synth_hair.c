/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Hair. In front it is what lies between two curves, both from the viewer's
 * left to the right: the outer one round the skull, the inner one along the
 * hairline or the fringe. Strands run along or across them. Long hair goes on
 * down both sides of the face; behind the neck hangs a darker mass.
 */
#include "images/synth_hair.h"

#define ALONG 48 /* points of either curve */

enum flow { FLOW_ALONG, FLOW_ACROSS, FLOW_CURLS, FLOW_COILS };

struct shape {
    struct synth_point outer[ALONG], inner[ALONG];
    bool hangs;     /* goes on below the ears */
    double parting; /* where along, 0…1 */
    enum flow flow;
};

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

/* `n` points evenly along a polyline. */
static void resample(const struct synth_path *path, struct synth_point *to, int n)
{
    float total = 0, walked = 0;
    int at = 0;

    for (int i = 1; i < path->n; i++) {
        float dx = path->p[i].x - path->p[i - 1].x,
              dy = path->p[i].y - path->p[i - 1].y;
        total += (dx < 0 ? -dx : dx) + (dy < 0 ? -dy : dy);
    }
    for (int k = 0; k < n; k++) {
        float want = total * (float)k / (float)(n - 1), step = 0;
        for (; at + 1 < path->n; at++) {
            struct synth_point a = path->p[at], b = path->p[at + 1];
            step = (b.x > a.x ? b.x - a.x : a.x - b.x) +
                   (b.y > a.y ? b.y - a.y : a.y - b.y);
            if (walked + step >= want)
                break;
            walked += step;
        }
        if (at + 1 >= path->n)
            to[k] = path->p[path->n - 1];
        else
            to[k] = point_mix(path->p[at], path->p[at + 1],
                              step > 0 ? (want - walked) / step : 0);
    }
}

static void outer_curve(struct synth_sheet *d, struct shape *h)
{
    const struct synth_subject *s = d->s;
    static const double levels[] = { .06, -.12, -.34, -.56, -.78, -.98, -1.14, -1.26 };
    int n_levels = sizeof levels / sizeof *levels, n = 0;
    struct synth_point p[40];
    double lean = s->hair == HAIR_PARTED || s->hair == HAIR_SWEPT
                      ? .35 * s->hair_part / .5
                      : 0;

    for (int k = 0; h->hangs && k < 6; k++)
        p[n++] = hair_hanging(d, -1, s->hair_fall + (.2 - s->hair_fall) * k / 6.0,
                              s->hair_side);
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
        p[n++] = hair_hanging(d, 1, .2 + (s->hair_fall - .2) * (k + 1) / 6.0,
                              s->hair_side);
    path_start(&d->path);
    path_curve(&d->path, p, n);
    resample(&d->path, h->outer, ALONG);
}

/* On the surface at a share of the half width. */
static struct synth_point on_side(const struct synth_sheet *d, int side, double share,
                                  double y)
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
        struct synth_point q[16];
        int m = 0;
        if (h->hangs) {
            for (int k = 0; k < 5; k++) {
                double y = s->hair_fall - .02 + (.5 - s->hair_fall) * k / 5.0;
                struct synth_point o = hair_hanging(d, side, y, s->hair_side);
                o.x -= (float)(side * (.2 + s->hair_side * .75 - (k ? 0 : .1))) *
                       d->unit;
                if (k == 0) /* longest in the middle of the lock */
                    q[m++] = (struct synth_point){ o.x + (float)(side * .08) * d->unit,
                                                   o.y + .10f * d->unit };
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
    h->hangs = hair_hangs(d->s);
    h->flow = flow_of(d->s);
    h->parting = .5 + .2 * d->s->hair_part;
    outer_curve(d, h);
    inner_curve(d, h);
}

/* A scarf about head and shoulders, but for an oval that the face looks out of. */
static void make_scarf(struct synth_sheet *d)
{
    const struct synth_subject *s = d->s;
    double middle = (d->chin_y - .84) / 2, radius = (d->chin_y + .84) / 2;
    struct synth_point oval[24], out[31];
    int n = 0;

    for (int i = 0; i < 24; i++) {
        double a = 2 * SYNTH_PI * (i + .5) / 24, x = synth_sin(a);
        double y = middle - radius * synth_cos(a), w = .91 * head_half_width(d, y);
        x = y < 0 ? x * .9 * s->width : (x < 0 ? -1 : 1) * w;
        oval[i] = head_on(d, x < -w ? -w : x > w ? w : x, y, 0);
    }
    for (int side = -1; side <= 1; side += 2) {
        for (int i = 0; i < 12; i++) {
            int k = side < 0 ? i : 11 - i;
            out[n++] = head_edge(d, .3 - (1.55 * k) / 11, side,
                                 .09 + s->hair_lift * k / 14.0);
        }
        if (side < 0)
            out[n++] = head_edge(d, -s->crown, 0, s->hair_lift);
    }
    static const double drape[3][2] = { { .85, .15 }, { 1.25, .62 }, { .5, 1.25 } };
    for (int i = 0; i < 6; i++) {
        const double *at = drape[i < 3 ? i : 5 - i];
        out[n++] = body_point(d, i < 3 ? at[0] : -at[0], d->chin_y + at[1]);
    }
    path_loop(&d->path, out, n);
    mask_fill(&d->hair, &d->path);
    path_loop(&d->path, oval, 24);
    mask_fill(&d->m, &d->path);
    mask_minus(&d->hair, &d->m);
}

void hair_make_front(struct synth_sheet *d)
{
    const struct synth_subject *s = d->s;
    struct synth_random r = synth_random_at(d->seed, SYNTH_STREAM_HAIR, s->number, 3);
    struct shape h;

    mask_clear(&d->hair);
    if (s->hair == HAIR_SCARF) {
        make_scarf(d);
        return;
    }
    make_shape(d, &h);
    path_start(&d->path);
    for (int i = 0; i < ALONG; i++)
        path_line(&d->path, h.outer[i]);
    for (int i = ALONG - 1; i >= 0; i--)
        path_line(&d->path, h.inner[i]);
    mask_add(&d->hair, &d->path);
    double size = hair_curl_size(s);
    if (size > 0) {
        hair_add_curls(d, &d->hair, h.outer, ALONG, size, &r);
        hair_add_curls(d, &d->hair, h.inner + 2, ALONG - 4, size * (h.hangs ? .8 : .42),
                       &r);
    }
    mask_finish(&d->hair);
    if (s->hair == HAIR_BUZZ || s->hair == HAIR_SHAVED)
        mask_blur(&d->hair, .04f * d->unit, &d->tmp);
    else if (size == 0)
        mask_blur(&d->hair, .012f * d->unit, &d->tmp);
}

static struct synth_point between(const struct shape *h, double along, double across)
{
    double at = along * (ALONG - 1);
    int i = at < 0 ? 0 : at >= ALONG - 1 ? ALONG - 2 : (int)at;
    float t = (float)(at - i);

    return point_mix(point_mix(h->outer[i], h->outer[i + 1], t),
                     point_mix(h->inner[i], h->inner[i + 1], t), (float)across);
}

/* One layer of strands into d->m. */
static void strand_layer(struct synth_sheet *d, const struct shape *h,
                         struct synth_random *r)
{
    const struct synth_subject *s = d->s;
    float u = d->unit;
    static const int strands[] = { [FLOW_ALONG] = 52, [FLOW_ACROSS] = 52,
                                   [FLOW_CURLS] = 130, [FLOW_COILS] = 260 };
    int n = strands[h->flow] + (h->hangs && h->flow == FLOW_ALONG ? 12 : 0);

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
            double radius = hair_curl_size(s) * (.45 + .5 * size);
            for (int k = 0; k < 5; k++) {
                double a = turn + k * .95;
                p[points++] = (struct synth_point){
                    c.x + (float)(radius * synth_cos(a)) * u,
                    c.y + (float)(radius * synth_sin(a)) * u
                };
            }
        } else if (h->flow == FLOW_ALONG) {
            /* From the parting to the ends, on its own side of it. */
            bool left = along < h->parting;
            double from = left ? h->parting : h->parting + .01, to = left ? 0 : 1;
            double a = from + (to - from) * size * .5,
                   b = from + (to - from) * (.55 + .45 * along);
            for (int k = 0; k < 6; k++) {
                double t = k / 5.0, sway = .03 * s->hair_wave * synth_sin(turn + 7 * t);
                p[points++] = between(h, a + (b - a) * t,
                                      across + sway + .06 * (t - .5));
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
        mask_add_stroke(&d->m, &d->path, .03f * d->unit, .035f * d->unit,
                        .03f * d->unit);
    }
    mask_finish(&d->m);
    mask_times(&d->m, &d->hair);
    canvas_fill(&d->canvas, &d->m, colour_scale(d->skin, .6f), .7f);
}

/* Light and dark strands over what the mask d->hair covers. */
static void texture(struct synth_sheet *d, const struct shape *h,
                    struct synth_random *r)
{
    struct synth_colour light = colour_mix(d->hair_colour, colour_hex(0xb09a88), .17f);
    float soft = h->flow == FLOW_COILS ? .55f : .5f;

    strand_layer(d, h, r);
    hair_fill(d, &d->m, colour_scale(d->hair_colour, .45f), soft, 0);
    strand_layer(d, h, r);
    hair_fill(d, &d->m, light, soft, .5f);
}

static void draw_scarf(struct synth_sheet *d)
{
    struct synth_colour shade = { .55f, .52f, .55f };

    hair_fill(d, &d->hair, d->s->scarf, 1, .12f);
    mask_clear(&d->m);
    for (int i = 0; i < 5; i++) {
        double t = i / 4.0 - .5;
        struct synth_point p[] = {
            head_edge(d, .2 + .3 * t, -1, .05),
            body_point(d, -.5 + .4 * t, d->chin_y + .3 + .15 * t),
            body_point(d, .3 + .5 * t, d->chin_y + .38 + .45 * t),
            body_point(d, 1.0, d->chin_y + .45 + .5 * t)
        };
        path_start(&d->path);
        path_curve(&d->path, p, 4);
        mask_add_stroke(&d->m, &d->path, 0, .06f * d->unit, .02f * d->unit);
    }
    for (int side = -1; side <= 1; side += 2) {
        struct synth_point p[] = { head_edge(d, -1.0, side, .02),
                                   on_side(d, side, .97, -.4),
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
    hair_fill(d, &d->hair, d->hair_colour, opacity, dull ? .15f : .8f);
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
        hair_draw_locs(d, true);
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
