/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What lies on the skin: blush, lines of age, freckles, moles, beard. */
#include "images/synth_draw.h"

static const struct synth_colour crease = { .55f, .40f, .36f };

static void line(struct synth_sheet *d, const struct synth_point *p, int n,
                 double width, double soft, double opacity)
{
    path_start(&d->path);
    path_curve(&d->path, p, n);
    mask_stroke(&d->m, &d->path, 0, (float)width * d->unit, 0);
    mask_blur(&d->m, (float)soft * d->unit, &d->tmp);
    mask_times(&d->m, &d->head);
    canvas_tint(&d->canvas, &d->m, crease, (float)opacity);
}

static void draw_blush(struct synth_sheet *d)
{
    const struct synth_subject *s = d->s;
    struct synth_colour red = { 1.0f, .80f, .80f };

    for (int i = -1; i <= 1; i++) {
        struct synth_point p = i ? head_on(d, i * .56, .40, 0)
                                 : head_on(d, 0, s->nose_y - .1, s->nose_out * .8);
        float r = i ? .24f : .12f;
        path_ellipse(&d->path, p, r * d->unit * (float)(.3 + .7 * d->cos_yaw),
                     r * .8f * d->unit, 1, 0);
        mask_fill(&d->m, &d->path);
        mask_blur(&d->m, .1f * d->unit, &d->tmp);
        mask_times(&d->m, &d->head);
        canvas_tint(&d->canvas, &d->m, red, (float)((i ? .5 : .35) * s->flush +
                                                    (i ? .15 : 0) * (s->lipstick > 0)));
    }
}

static void draw_lines(struct synth_sheet *d)
{
    const struct synth_subject *s = d->s;
    double age = s->age_lines, smile = d->v->smile > 0 ? d->v->smile : 0;
    double raise = d->v->brow_raise > 0 ? d->v->brow_raise : 0;

    for (int side = -1; side <= 1; side += 2) {
        /* From the wing of the nose to the corner of the mouth. */
        double out = s->mouth_width * (1.14 + .14 * smile);
        struct synth_point fold[] = {
            head_on(d, side * s->nose_width * 1.02, s->nose_y - .07, .03),
            head_on(d, side * (s->nose_width * .45 + out * .62), s->nose_y + .1, .0),
            head_on(d, side * out, s->mouth_y - .06 * smile - .02, 0),
            head_on(d, side * out * 1.02, s->mouth_y + .06 + .06 * age, 0),
        };
        line(d, fold, 4, .05, .02, .10 + .42 * age + .30 * smile);
        if (age > .45) { /* from the corner of the mouth down */
            struct synth_point sag[] = {
                head_on(d, side * s->mouth_width * 1.1, s->mouth_y + .06, 0),
                head_on(d, side * s->mouth_width * 1.2, s->mouth_y + .26, 0)
            };
            line(d, sag, 2, .04, .016, .5 * (age - .3));
        }
        for (int i = -1; i <= 1 && age + smile * .5 > .45; i++) { /* crow's feet */
            double x = s->eye_x + s->eye_width;
            struct synth_point foot[] = { head_on(d, side * (x + .05), .0 + .02 * i, 0),
                                          head_on(d, side * (x + .16), .01 + .075 * i,
                                                  0) };
            line(d, foot, 2, .018, .006, .55 * age);
        }
        if (age > .25) { /* between the brows */
            struct synth_point frown[] = { head_on(d, side * .07, s->brow_y - .06, .03),
                                           head_on(d, side * .06, s->brow_y + .09,
                                                   .03) };
            line(d, frown, 2, .02, .008, .45 * age);
        }
    }
    int n = 1 + (int)(age * 3);
    for (int i = 0; i < n && age + raise > .3; i++) { /* the forehead */
        double y = s->brow_y - .16 - .115 * i, x = .42 - .05 * i;
        struct synth_point across[] = { head_on(d, -x, y + .02, 0),
                                        head_on(d, -x * .4, y - .012, 0),
                                        head_on(d, x * .3, y + .004, 0),
                                        head_on(d, x, y + .025, 0) };
        line(d, across, 4, .022, .008, .42 * age + .35 * raise);
    }
}

static void draw_spots(struct synth_sheet *d)
{
    const struct synth_subject *s = d->s;
    struct synth_random r = synth_random_at(d->seed, SYNTH_STREAM_SKIN, s->number, 0);
    struct synth_colour freckle = { .72f, .56f, .46f }, mole = { .32f, .22f, .18f };
    int n = (int)(s->freckles * 60);

    mask_clear(&d->m);
    for (int i = 0; i < n; i++) {
        double x = .72 * (synth_uniform(&r) - .5), out = synth_uniform(&r);
        double y = .02 + .5 * synth_uniform(&r) + .06 * out;
        float size = (float)synth_between(&r, .010, .022) * d->unit;
        path_ellipse(&d->path, head_on(d, x * (1 + .9 * out), y, .02), size, size, 1,
                     0);
        mask_add(&d->m, &d->path);
    }
    mask_finish(&d->m);
    mask_times(&d->m, &d->head);
    canvas_tint(&d->canvas, &d->m, freckle, .7f);
    mask_clear(&d->m);
    for (int i = 0; i < s->moles; i++) {
        double x = synth_between(&r, -.7, .7), y = synth_between(&r, .1, 1);
        float size = (float)synth_between(&r, .018, .028) * d->unit;
        if (x > -.4 && x < .4 && y > s->mouth_y - .2)
            continue; /* none on the lips */
        path_ellipse(&d->path, head_on(d, x, y, 0), size, size, 1, 0);
        mask_add(&d->m, &d->path);
    }
    mask_finish(&d->m);
    mask_times(&d->m, &d->head);
    canvas_tint(&d->canvas, &d->m, mole, .85f);
}

void skin_draw(struct synth_sheet *d)
{
    draw_blush(d);
    draw_spots(d);
    draw_lines(d);
}

/* The beard's upper bound on one side, from the sideburn to the lip. */
static void beard_region(struct synth_sheet *d)
{
    const struct synth_subject *s = d->s;
    double y = s->mouth_y,
           w = s->mouth_width * (1.12 + .15 * (d->v->smile > 0 ? d->v->smile : 0));
    double low = d->v->open * .15;
    bool round = s->beard == BEARD_GOATEE;
    double out = s->beard == BEARD_FULL ? .13 : s->beard == BEARD_SHORT ? .04 : 0;
    struct synth_point p[64];
    int n = 0;

    mask_clear(&d->n);
    if (s->beard != BEARD_MOUSTACHE && !round) {
        for (int side = 1; side >= -1; side -= 2)
            for (int i = 0; i < 12; i++) { /* along the jaw, right then left */
                double t = side > 0 ? i / 11.0 : 1 - i / 11.0,
                       level = -.05 + (d->chin_y - .03) * t;
                p[n++] = head_edge(d, level > d->chin_y ? d->chin_y : level, side,
                                   out * t - .005);
            }
        double h = head_half_width(d, .2);
        static const double edge_x[] = { .93, .86, .68, .42 },
                            edge_y[] = { .1, .42, .62, .70 };
        for (int i = 0; i < 4; i++)
            p[n++] = head_on(d, -h * edge_x[i], edge_y[i] * (y + .12), 0);
        p[n++] = head_on(d, 0, s->nose_y + .12, 0);
        for (int i = 3; i >= 0; i--)
            p[n++] = head_on(d, h * edge_x[i], edge_y[i] * (y + .12), 0);
        path_loop(&d->path, p, n);
        mask_add(&d->n, &d->path);
    }
    if (round) {
        struct synth_point g[] = {
            head_on(d, -w, y - .02, 0),
            head_on(d, -w * .95, y + .3, 0),
            head_on(d, -w * .55, d->chin_y - .1, 0),
            head_point(d, 0, d->chin_y + .05, head_depth(d, 0, d->chin_y - .1)),
            head_on(d, w * .55, d->chin_y - .1, 0),
            head_on(d, w * .95, y + .3, 0),
            head_on(d, w, y - .02, 0),
            head_on(d, 0, y + s->lip_lower + low + .04, .02),
        };
        path_loop(&d->path, g, 8);
        mask_add(&d->n, &d->path);
    }
    struct synth_point tash[] = {
        head_on(d, -w * .98, y + .005, .0),
        head_on(d, -w * .7, y - .10, .01),
        head_on(d, -w * .25, s->nose_y + .085, .03),
        head_on(d, w * .25, s->nose_y + .085, .03),
        head_on(d, w * .7, y - .10, .01),
        head_on(d, w * .98, y + .005, .0),
        head_on(d, w * .5, y - s->lip_upper * .55, .02),
        head_on(d, 0, y - s->lip_upper - .01, .03),
        head_on(d, -w * .5, y - s->lip_upper * .55, .02),
    };
    path_loop(&d->path, tash, 9);
    mask_add(&d->n, &d->path);
    mask_finish(&d->n);
    /* The lips stay free. */
    path_ellipse(&d->path, head_on(d, 0, y + .015 + low * .5, .03),
                 (float)(s->mouth_width * (.9 + .2 * d->v->smile) *
                         (.3 + .7 * d->cos_yaw)) *
                     d->unit,
                 (float)((s->lip_lower + s->lip_upper) * .55 + low * .6) * d->unit,
                 (float)d->cos_roll, (float)d->sin_roll);
    if (s->beard != BEARD_MOUSTACHE) {
        mask_fill(&d->m, &d->path);
        mask_minus(&d->n, &d->m);
    }
}

void skin_draw_beard(struct synth_sheet *d)
{
    const struct synth_subject *s = d->s;
    struct synth_random r = synth_random_at(d->seed, SYNTH_STREAM_HAIR, s->number, 2);

    if (s->beard == BEARD_NONE)
        return;
    beard_region(d);
    bool stubble = s->beard == BEARD_STUBBLE;
    float u = d->unit, strong = stubble ? .34f : s->beard == BEARD_SHORT ? .9f : .96f;
    struct synth_colour lit = head_light(d, 0, .9);
    /* Darker than on the head, but where it is grey. */
    struct synth_colour hair =
        colour_times(colour_scale(d->hair_colour, .45f + .35f * (float)s->grey), lit);
    mask_blur(&d->n, (stubble ? .05f : .022f) * u, &d->tmp);
    if (stubble)
        mask_times(&d->n, &d->head);
    canvas_fill(&d->canvas, &d->n, hair, strong);
    /* Hairs: light and dark dashes that point down and out. */
    for (int tone = 0; tone < 2 && !stubble; tone++) {
        mask_clear(&d->m);
        for (int i = 0; i < 110; i++) {
            double x = synth_between(&r, -.85, .85),
                   y = synth_between(&r, s->nose_y, d->s->chin_y + .02);
            double long_ = synth_between(&r, .05, .13);
            struct synth_point a = head_on(d, x, y, .02),
                               b = head_on(d, x * 1.06, y + long_, .02);
            path_start(&d->path);
            path_line(&d->path, a);
            path_line(&d->path, b);
            mask_add_stroke(&d->m, &d->path, .008f * u, .02f * u, .004f * u);
        }
        mask_finish(&d->m);
        mask_times(&d->m, &d->n);
        struct synth_colour c =
            tone ? colour_scale(hair, .5f)
                 : colour_mix(hair, colour_times(colour_hex(0xb8a698), lit), .16f);
        canvas_fill(&d->canvas, &d->m, c, .55f);
    }
}
