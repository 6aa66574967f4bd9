/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Eyes, brows, nose and mouth, each on the turned surface of the head. */
#include "images/synth_draw.h"

static const struct synth_colour black = { .008f, .006f, .006f };
static const struct synth_colour crease = { .50f, .34f, .30f }; /* a fold's shadow */

static struct synth_colour minimum(struct synth_colour c, float least)
{
    return (struct synth_colour){ c.r > least ? c.r : least, c.g > least ? c.g : least,
                                  c.b > least ? c.b : least };
}

/* A tapered stroke through points, softened, that multiplies what is there. */
static void fold(struct synth_sheet *d, const struct synth_point *p, int n,
                 double width, double soft, struct synth_colour factor, double opacity)
{
    path_start(&d->path);
    path_curve(&d->path, p, n);
    mask_stroke(&d->m, &d->path, 0, (float)width * d->unit, 0);
    mask_blur(&d->m, (float)soft * d->unit, &d->tmp);
    mask_times(&d->m, &d->head);
    canvas_tint(&d->canvas, &d->m, factor, (float)opacity);
}

struct eye {
    int side;
    double x, w, up, low, tilt; /* middle, half width, lids' heights */
};

static struct eye eye_of(const struct synth_sheet *d, int side)
{
    const struct synth_subject *s = d->s;
    double lids = d->v->lids;
    double open = s->eye_open * lids * (1 - .14 * s->age_lines);

    return (struct eye){ side, side * s->eye_x, s->eye_width, open, .62 * open / lids,
                         s->eye_tilt };
}

/* A point of the eye: t from the inner corner (−1) to the outer (1), up in
 * units. */
static struct synth_point eye_point(const struct synth_sheet *d, const struct eye *e,
                                    double t, double up)
{
    return head_on(d, e->x + e->side * t * e->w, -up - e->tilt * t, -.02);
}

static void upper_lid(const struct synth_sheet *d, const struct eye *e, double more,
                      struct synth_point p[5])
{
    p[0] = eye_point(d, e, -1, -.008 + more * .2);
    p[1] = eye_point(d, e, -.55, e->up * .74 + more);
    p[2] = eye_point(d, e, -.02, e->up + more);
    p[3] = eye_point(d, e, .55, e->up * .80 + more);
    p[4] = eye_point(d, e, 1, more * .4);
}

static void lower_lid(const struct synth_sheet *d, const struct eye *e, double more,
                      struct synth_point p[5])
{
    p[0] = eye_point(d, e, 1, -more * .4);
    p[1] = eye_point(d, e, .5, -e->low * .8 - more);
    p[2] = eye_point(d, e, .02, -e->low - more);
    p[3] = eye_point(d, e, -.5, -e->low * .74 - more);
    p[4] = eye_point(d, e, -1, -.008 - more * .2);
}

static void draw_socket(struct synth_sheet *d, const struct eye *e)
{
    struct synth_point middle = head_on(d, e->x, -.05, 0);
    struct synth_colour shade = { .80f, .68f, .66f };

    path_ellipse(&d->path, middle, (float)(e->w * 1.15 * d->cos_yaw) * d->unit,
                 .15f * d->unit, (float)d->cos_roll, (float)d->sin_roll);
    mask_fill(&d->m, &d->path);
    mask_blur(&d->m, .07f * d->unit, &d->tmp);
    mask_times(&d->m, &d->head);
    canvas_tint(&d->canvas, &d->m, shade, .55f);
}

static void draw_iris(struct synth_sheet *d, const struct eye *e,
                      struct synth_colour lit)
{
    const struct synth_subject *s = d->s;
    double x = e->x + d->v->gaze_x, y = -.012 - d->v->gaze_y - .12 * e->up;
    struct synth_point c = head_on(d, x, y, 0);
    float radius = (float)(.052 + .26 * e->w) * d->unit,
          narrow = (float)(.3 + .7 * d->cos_yaw);

    /* Ring, disc, pupil, and the light's reflex; inside the lids (d->n). */
    path_ellipse(&d->path, c, radius * narrow, radius, 1, 0);
    mask_fill(&d->m, &d->path);
    mask_times(&d->m, &d->n);
    canvas_fill(&d->canvas, &d->m, colour_times(colour_scale(s->iris, .38f), lit), 1);
    path_ellipse(&d->path, c, radius * .80f * narrow, radius * .80f, 1, 0);
    mask_fill(&d->m, &d->path);
    mask_times(&d->m, &d->n);
    canvas_fill(&d->canvas, &d->m, colour_times(s->iris, lit), .95f);
    struct synth_point low = { c.x, c.y + radius * .35f };
    path_ellipse(&d->path, low, radius * .55f * narrow, radius * .4f, 1, 0);
    mask_fill(&d->m, &d->path);
    mask_times(&d->m, &d->n);
    canvas_glow(&d->canvas, &d->m, colour_times(s->iris, lit), .5f);
    path_ellipse(&d->path, c, radius * .40f * narrow, radius * .40f, 1, 0);
    mask_fill(&d->m, &d->path);
    mask_times(&d->m, &d->n);
    canvas_fill(&d->canvas, &d->m, black, .95f);
    struct synth_point reflex = { c.x + radius * .42f * (float)d->light.x,
                                  c.y - radius * .34f };
    path_ellipse(&d->path, reflex, radius * .24f, radius * .24f, 1, 0);
    mask_fill(&d->m, &d->path);
    mask_times(&d->m, &d->n);
    canvas_fill(&d->canvas, &d->m, minimum(d->key, .45f), .9f);
}

static void draw_eye(struct synth_sheet *d, int side)
{
    const struct synth_subject *s = d->s;
    struct eye e = eye_of(d, side);
    struct synth_colour lit = head_light(d, e.x, -.02);
    float shown = .44f + .20f * (.3f * d->skin.r + .6f * d->skin.g + .1f * d->skin.b);
    struct synth_colour white = { shown * 1.03f, shown * .97f, shown * .92f },
                        shade = { .45f, .38f, .36f };
    struct synth_point lid[5];
    float u = d->unit;

    draw_socket(d, &e);
    path_start(&d->path);
    upper_lid(d, &e, 0, lid);
    path_curve(&d->path, lid, 5);
    lower_lid(d, &e, 0, lid);
    path_curve(&d->path, lid, 5);
    mask_fill(&d->n, &d->path);
    canvas_fill(&d->canvas, &d->n, colour_times(white, lit), 1);
    draw_iris(d, &e, lit);

    /* The upper lid shades the ball. */
    upper_lid(d, &e, 0, lid);
    path_start(&d->path);
    path_curve(&d->path, lid, 5);
    mask_stroke(&d->m, &d->path, .02f * u, .075f * u, .02f * u);
    mask_blur(&d->m, .02f * u, &d->tmp);
    mask_times(&d->m, &d->n);
    canvas_tint(&d->canvas, &d->m, shade, .8f);

    /* Lines of the lids; lashes thicken the upper one to the outside. */
    double line = .020 + .020 * s->lashes;
    mask_stroke(&d->m, &d->path, .012f * u, (float)line * u, (float)(line + .008) * u);
    canvas_fill(&d->canvas, &d->m, black, (float)(.62 + .3 * s->lashes));
    if (s->lashes > .6) {
        struct synth_point flick[] = { eye_point(d, &e, .72, e.up * .55),
                                       eye_point(d, &e, 1, .005),
                                       eye_point(d, &e, 1.2, .035) };
        path_start(&d->path);
        path_curve(&d->path, flick, 3);
        mask_stroke(&d->m, &d->path, .03f * u, .022f * u, 0);
        canvas_fill(&d->canvas, &d->m, black, .8f);
    }
    lower_lid(d, &e, .004, lid);
    fold(d, lid, 5, .022, .006, crease, .75);
    if (s->eye_crease > 0) {
        double above = s->eye_crease * (1 - .55 * s->eye_hood);
        upper_lid(d, &e, above, lid);
        fold(d, lid, 5, .028, .008, crease, .75);
    }
    /* The fold below the eye, deeper with age. */
    lower_lid(d, &e, .075, lid);
    fold(d, lid, 4, .03, .02, crease, .16 + .38 * s->age_lines);
}

void face_draw_eyes(struct synth_sheet *d)
{
    draw_eye(d, -1);
    draw_eye(d, 1);
}

static struct synth_point brow_point(const struct synth_sheet *d, int side, double t,
                                     double off)
{
    const struct synth_subject *s = d->s;
    double raise = d->v->brow_raise, x = s->brow_in + t * (s->brow_out - s->brow_in);
    double y = s->brow_y - .075 * raise * (raise > 0 ? 1 : .45);

    y += -s->brow_tilt * (t - .5) - s->brow_arch * 4 * t * (1 - t) * (.6 + .4 * t) +
         .05 * t * t;
    if (raise < 0)
        y += -.07 * raise * (1 - t) * (1 - t);
    return head_on(d, side * x, y + off, .02);
}

void face_draw_brows(struct synth_sheet *d)
{
    const struct synth_subject *s = d->s;
    struct synth_random r = synth_random_at(d->seed, SYNTH_STREAM_HAIR, s->number, 1);

    for (int side = -1; side <= 1; side += 2) {
        struct synth_colour lit = head_light(d, side * .4, s->brow_y);
        struct synth_colour hair = colour_mix(d->hair_colour, black,
                                              (float)s->brow_dark * .6f);
        double th = s->brow_thick;
        struct synth_point top[6], low[6];

        for (int i = 0; i < 6; i++) {
            double t = i / 5.0, w = th * (i == 0   ? .8
                                          : t < .5 ? 1
                                                   : 1.15 * (1 - t) + .42);
            top[i] = brow_point(d, side, t, -.55 * w);
            low[5 - i] = brow_point(d, side, t, .45 * w);
        }
        path_start(&d->path);
        path_curve(&d->path, top, 6);
        path_curve(&d->path, low, 6);
        mask_fill(&d->m, &d->path);
        mask_blur(&d->m, .013f * d->unit, &d->tmp);
        canvas_fill(&d->canvas, &d->m, colour_times(hair, lit),
                    (float)(.5 + .3 * s->brow_dark));
        mask_clear(&d->n);
        for (int i = 0; i < 22; i++) {
            double t = (i + synth_uniform(&r)) / 22, lean = .05 + .06 * t;
            double from = th * synth_between(&r, -.05, .55),
                   w = th * (t < .5 ? 1 : 1.3 - .6 * t);
            struct synth_point p[2] = { brow_point(d, side, t, from * (w / th)),
                                        brow_point(d, side, t + lean, -.5 * w) };
            path_start(&d->path);
            path_line(&d->path, p[0]);
            path_line(&d->path, p[1]);
            mask_add_stroke(&d->n, &d->path, .018f * d->unit, .016f * d->unit,
                            .004f * d->unit);
        }
        mask_finish(&d->n);
        canvas_fill(&d->canvas, &d->n, colour_times(hair, lit), .55f);
    }
}

void face_draw_nose(struct synth_sheet *d)
{
    const struct synth_subject *s = d->s;
    double y = s->nose_y, w = s->nose_width, up = s->nose_lift;
    struct synth_colour dark = { .30f, .17f, .14f };
    float u = d->unit;

    /* Its shadow on the lip, away from the light. */
    double away = -.10 * d->light.x;
    struct synth_point under[] = {
        head_on(d, -w * .85 + away, y + .03, .0), head_on(d, away * .5, y + .1, .06),
        head_on(d, w * .85 + away, y + .03, .0), head_on(d, 0, y - .01, .1),
    };
    path_loop(&d->path, under, 4);
    mask_fill(&d->m, &d->path);
    mask_blur(&d->m, .035f * u, &d->tmp);
    mask_times(&d->m, &d->head);
    canvas_tint(&d->canvas, &d->m, crease, (float)(.38 + .35 * -d->light.y));

    /* The side of the bridge that lies in the shade. */
    int shaded = d->light.x > 0 ? -1 : 1;
    double side_light = d->light.x < 0 ? -d->light.x : d->light.x;
    struct synth_point ridge[] = {
        head_on(d, shaded * (s->nose_bridge + .03), -.16, .02),
        head_on(d, shaded * s->nose_bridge, .1, .07),
        head_on(d, shaded * (s->nose_bridge + .01), y * .62, .12),
        head_on(d, shaded * (w * .62), y - .05, .1),
    };
    fold(d, ridge, 4, .09, .035, crease, .16 + .34 * side_light);

    for (int side = -1; side <= 1; side += 2) {
        struct synth_point wing[] = {
            head_on(d, side * (w * .80), y - .135, .06),
            head_on(d, side * (w * 1.0), y - .06, .03),
            head_on(d, side * (w * .96), y + .01, .03),
            head_on(d, side * w * .72, y + .03, .08),
        };
        fold(d, wing, 4, .035, .012, crease, .75);
        struct synth_point hole[] = {
            head_on(d, side * w * .22, y - .005 - up * .3, s->nose_out * .5),
            head_on(d, side * w * .45, y - .035 - up * .6, s->nose_out * .42),
            head_on(d, side * w * .74, y - .005, s->nose_out * .25),
            head_on(d, side * w * .5, y + .018, s->nose_out * .35),
        };
        path_loop(&d->path, hole, 4);
        mask_fill(&d->m, &d->path);
        mask_blur(&d->m, .012f * u, &d->tmp);
        canvas_tint(&d->canvas, &d->m, dark, (float)(.75 + up * 3));
    }
    /* Underside of the tip. */
    struct synth_point tip[] = {
        head_on(d, -w * .4, y - .03, s->nose_out * .6),
        head_on(d, 0, y + .015, s->nose_out * .75),
        head_on(d, w * .4, y - .03, s->nose_out * .6),
    };
    fold(d, tip, 3, .045, .018, crease, .5);
    struct synth_point shine = head_on(d, .03 * d->light.x, y - .11 - up * .5,
                                       s->nose_out);
    path_ellipse(&d->path, shine, (float)s->nose_tip * .42f * u,
                 (float)s->nose_tip * .36f * u, 1, 0);
    mask_fill(&d->m, &d->path);
    mask_blur(&d->m, .025f * u, &d->tmp);
    canvas_glow(&d->canvas, &d->m, d->key, .07f);
}

/* The mouth's points: t from the viewer's left corner (−1) to the right (1). */
static struct synth_point mouth_point(const struct synth_sheet *d, double t,
                                      double down)
{
    const struct synth_subject *s = d->s;
    double smile = d->v->smile, a = t < 0 ? -t : t;
    double half = s->mouth_width * (1 + .2 * (smile > 0 ? smile : .5 * smile) -
                                    .1 * d->v->open * (smile > .3 ? 0 : 1));
    double y = s->mouth_y + down - .085 * smile * (a * a - .28) +
               s->mouth_slant * t * .5;

    return head_on(d, t * half, y, .015 + .03 * (1 - a * a));
}

static void lip_line(const struct synth_sheet *d, double middle, double side,
                     double corner, int way, struct synth_point p[7])
{
    static const double at[7] = { -1, -.62, -.25, 0, .25, .62, 1 };

    for (int i = 0; i < 7; i++) {
        double t = at[i] * way, a = t < 0 ? -t : t;
        p[i] = mouth_point(d, t, a > .9 ? corner : a > .5 ? side : middle);
    }
}

static void draw_teeth(struct synth_sheet *d, double up, double low,
                       struct synth_colour lit)
{
    struct synth_colour inside = { .10f, .022f, .02f }, tooth = { .64f, .60f, .53f };
    struct synth_point p[7];

    path_start(&d->path);
    lip_line(d, -up, -up * .75, 0, 1, p);
    path_curve(&d->path, p, 7);
    lip_line(d, low, low * .72, 0, -1, p);
    path_curve(&d->path, p, 7);
    mask_fill(&d->n, &d->path);
    canvas_fill(&d->canvas, &d->n, colour_times(inside, lit), 1);
    double teeth = d->v->smile > .3 ? up + low * .75 : (up + low) * .4;
    path_start(&d->path);
    lip_line(d, -up - .02, -up - .02, -.01, 1, p);
    path_curve(&d->path, p, 7);
    lip_line(d, -up + teeth, -up * .75 + teeth * .68, 0, -1, p);
    path_curve(&d->path, p, 7);
    mask_fill(&d->m, &d->path);
    mask_times(&d->m, &d->n);
    canvas_fill(&d->canvas, &d->m, colour_times(tooth, lit), .95f);
    /* Dark towards the corners and under the lip. */
    struct synth_colour shade = { .42f, .32f, .3f };
    path_start(&d->path);
    lip_line(d, -up, -up * .75, 0, 1, p);
    path_curve(&d->path, p, 7);
    mask_stroke(&d->m, &d->path, .1f * d->unit, .045f * d->unit, .1f * d->unit);
    mask_blur(&d->m, .02f * d->unit, &d->tmp);
    mask_times(&d->m, &d->n);
    canvas_tint(&d->canvas, &d->m, shade, .8f);
}

void face_draw_mouth(struct synth_sheet *d)
{
    const struct synth_subject *s = d->s;
    double smile = d->v->smile > 0 ? d->v->smile : 0, open = d->v->open;
    double up = open * .055, low = open * .15, thin = 1 - .22 * smile;
    double upper = s->lip_upper * thin, lower = s->lip_lower * thin;
    struct synth_colour lit = head_light(d, 0, s->mouth_y);
    /* Redder than the skin, less so the darker that is. */
    float light = (s->skin.r + s->skin.g + s->skin.b) / 3;
    struct synth_colour stain = { .84f - .06f * light, .58f - .08f * light,
                                  .58f - .06f * light };
    struct synth_colour deep = { .70f, .62f, .60f }; /* the upper lip's shade */
    struct synth_colour paint = colour_mix(s->lip_paint, d->skin, .35f);
    struct synth_point p[7];
    float u = d->unit;

    paint = colour_times(paint, lit);
    if (open > .02)
        draw_teeth(d, up, low, lit);
    for (int lip = 0; lip < 2; lip++) {
        path_start(&d->path);
        if (lip == 0) {
            lip_line(d, -up - upper - s->lip_bow, -up * .8 - upper * .62, 0, 1, p);
            p[3] = mouth_point(d, 0, -up - upper + .3 * s->lip_bow);
            path_curve(&d->path, p, 7);
            lip_line(d, -up + .008, -up * .75, 0, -1, p);
            p[3] = mouth_point(d, 0, -up + .018);
        } else {
            lip_line(d, low - .002, low * .72, 0, 1, p);
            p[3] = mouth_point(d, 0, low + .012);
            path_curve(&d->path, p, 7);
            lip_line(d, low + lower, low * .75 + lower * .72, 0, -1, p);
        }
        path_curve(&d->path, p, 7);
        mask_fill(&d->m, &d->path);
        mask_blur(&d->m, .010f * u, &d->tmp);
        canvas_tint(&d->canvas, &d->m, lip ? stain : colour_times(stain, deep), .85f);
        canvas_fill(&d->canvas, &d->m, lip ? paint : colour_times(paint, deep),
                    (float)s->lipstick);
    }
    struct synth_point shine = mouth_point(d, .12 * d->light.x, low + lower * .5);
    path_ellipse(&d->path, shine, (float)s->mouth_width * .4f * u,
                 (float)lower * .22f * u, (float)d->cos_roll, (float)d->sin_roll);
    mask_fill(&d->m, &d->path);
    mask_blur(&d->m, .02f * u, &d->tmp);
    canvas_glow(&d->canvas, &d->m, d->key, (float)(.045 + .05 * s->lipstick));

    struct synth_colour line = { .28f, .14f, .13f };
    if (open <= .02) {
        lip_line(d, .008, .0, 0, 1, p);
        p[3] = mouth_point(d, 0, .018);
        fold(d, p, 7, .036, .006, line, .85);
    }
    for (int side = -1; side <= 1; side += 2) { /* corners */
        struct synth_point c[] = { mouth_point(d, side * .93, -.006),
                                   mouth_point(d, side * 1.05,
                                               -.012 + .02 * (smile > 0 ? 0 : 1)) };
        fold(d, c, 2, .05, .014, crease, .6);
    }
    struct synth_point below[] = { mouth_point(d, -.5, low + lower + .035),
                                   mouth_point(d, 0, low + lower + .05),
                                   mouth_point(d, .5, low + lower + .035) };
    fold(d, below, 3, .06, .03, crease, .35 + .2 * -d->light.y);
    struct synth_point groove[] = { head_on(d, 0, s->nose_y + .06, .05),
                                    mouth_point(d, 0, -up - upper - .02) };
    fold(d, groove, 2, .05, .02, crease, .2);
}

/* From the corner of the first pixel to its centre. */
static void put(double to[2], struct synth_point p)
{
    to[0] = p.x - .5;
    to[1] = p.y - .5;
}

void face_landmarks(const struct synth_sheet *d, struct synth_truth *truth)
{
    const struct synth_subject *s = d->s;
    double left = 0, right = d->size, top = 0, low = d->size;

    for (int side = -1; side <= 1; side += 2) {
        int k = side < 0 ? 0 : 1;
        struct eye e = eye_of(d, side);
        put(truth->landmarks[k], eye_point(d, &e, 0, .2 * e.up));
        put(truth->landmarks[3 + k], mouth_point(d, side, 0));
    }
    put(truth->landmarks[2],
        head_on(d, 0, s->nose_y - .08 - s->nose_lift * .5, s->nose_out));
    for (int i = 0; i <= 40; i++) {
        double y = s->hairline + (d->chin_y - s->hairline) * i / 40;
        for (int side = -1; side <= 1; side += 2) {
            struct synth_point p = head_edge(d, y, side, 0);
            if (i == 0 && side < 0) {
                left = right = p.x;
                top = low = p.y;
            }
            left = p.x < left ? p.x : left;
            right = p.x > right ? p.x : right;
            top = p.y < top ? p.y : top;
            low = p.y > low ? p.y : low;
        }
    }
    truth->box[0] = left;
    truth->box[1] = top;
    truth->box[2] = right - left;
    truth->box[3] = low - top;
}
