/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "images/synth_draw.h"

#include <math.h>

static double clamp(double v, double lo, double hi)
{
    return v < lo ? lo : v > hi ? hi : v;
}

/* The right half of the outline in front view, crown to chin, as half widths at
 * even steps of height. */
static void make_outline(struct synth_sheet *d)
{
    const struct synth_subject *s = d->s;
    double w = s->width, jaw = s->jaw * w, chin = d->chin_y;
    struct synth_point p[] = {
        { 0, (float)-s->crown },
        { (float)(.48 * w), (float)(-s->crown + .11) },
        { (float)(.84 * w), (float)(-s->crown + .46) },
        { (float)(s->temple * w), -.32f },
        { (float)(s->cheek * w), .16f },
        { (float)(jaw + (s->cheek * w - jaw) * (.42 + .25 * s->fullness)), .58f },
        { (float)jaw, (float)(s->jaw_y * chin / 1.32) },
        { (float)(s->chin_width + (jaw - s->chin_width) * (.3 + .25 * s->fullness)),
          (float)(chin - .19) },
        { (float)s->chin_width, (float)(chin - .055) },
        { 0, (float)chin },
    };

    path_start(&d->path);
    path_curve(&d->path, p, sizeof p / sizeof *p);
    double step = (chin + s->crown) / (HEAD_LEVELS - 1);
    int at = 1;
    for (int i = 0; i < HEAD_LEVELS; i++) {
        double y = -s->crown + i * step;
        while (at + 1 < d->path.n && d->path.p[at].y < y)
            at++;
        struct synth_point a = d->path.p[at - 1], b = d->path.p[at];
        double t = b.y > a.y ? clamp((y - a.y) / (b.y - a.y), 0, 1) : 0;
        d->half[i] = a.x + t * (b.x - a.x);
    }
    d->half[0] = d->half[HEAD_LEVELS - 1] = 0;
}

double head_half_width(const struct synth_sheet *d, double y)
{
    double at = (y + d->s->crown) / (d->chin_y + d->s->crown) * (HEAD_LEVELS - 1);
    int i = (int)clamp(at, 0, HEAD_LEVELS - 2);
    double t = clamp(at - i, 0, 1), a = d->half[i], b = d->half[i + 1];

    if (i == 0) /* round at both ends */
        return b * sqrt(t);
    if (i == HEAD_LEVELS - 2)
        return a * sqrt(1 - t);
    return a + t * (b - a);
}

/* A horizontal section is an ellipse: its middle lies back at the skull and
 * comes forward to the chin. */
static double section_middle(const struct synth_sheet *d, double y)
{
    double t = y > 0 ? y / d->chin_y : 0;

    return -.14 + .62 * t * t * 1.4 / (t + .4);
}

static double section_half_depth(const struct synth_sheet *d, double y)
{
    double t = clamp(y / d->chin_y, 0, 1);

    return (1.12 - .28 * t) * head_half_width(d, y);
}

double head_depth(const struct synth_sheet *d, double x, double y)
{
    double w = head_half_width(d, y), q = w > 0 ? x / w : 0;

    return section_middle(d, y) +
           section_half_depth(d, y) * sqrt(1 - clamp(q * q, 0, .995));
}

static struct synth_point to_picture(const struct synth_sheet *d, double x, double y)
{
    return (struct synth_point){
        d->at_x + d->unit * (float)(x * d->cos_roll - y * d->sin_roll),
        d->at_y + d->unit * (float)(x * d->sin_roll + y * d->cos_roll),
    };
}

/* Yaw about y, pitch about x: the plane of the picture before the roll. */
static struct synth_solid turn(const struct synth_sheet *d, double x, double y,
                               double z)
{
    double x1 = x * d->cos_yaw + z * d->sin_yaw, z1 = z * d->cos_yaw - x * d->sin_yaw;

    return (struct synth_solid){ x1, y * d->cos_pitch - z1 * d->sin_pitch,
                                 y * d->sin_pitch + z1 * d->cos_pitch };
}

struct synth_point head_point(const struct synth_sheet *d, double x, double y, double z)
{
    struct synth_solid p = turn(d, x, y, z);

    return to_picture(d, p.x, p.y);
}

struct synth_point head_on(const struct synth_sheet *d, double x, double y, double lift)
{
    return head_point(d, x, y, head_depth(d, x, y) + lift);
}

/* The outline of a turned ellipse keeps its middle's shift and mixes width and
 * depth. In the plane before the roll. */
static struct synth_solid edge(const struct synth_sheet *d, double y, int side,
                               double out)
{
    double w = head_half_width(d, y) * d->cos_yaw;
    double depth = section_half_depth(d, y) * d->sin_yaw, middle = section_middle(d, y);
    double x = side * sqrt(w * w + depth * depth), top = -.35;

    /* Outward from a point amid the skull, level below it. */
    double dx = x, dy = y < top ? y - top : 0, len = sqrt(dx * dx + dy * dy);
    if (len > 0) {
        x += out * dx / len;
        y += out * dy / len;
    } else {
        y -= out;
    }
    return (struct synth_solid){ x + middle * d->sin_yaw,
                                 y * d->cos_pitch - middle * d->cos_yaw * d->sin_pitch,
                                 0 };
}

struct synth_point head_edge(const struct synth_sheet *d, double y, int side,
                             double out)
{
    struct synth_solid p = edge(d, y, side, out);

    return to_picture(d, p.x, p.y);
}

struct synth_point body_point(const struct synth_sheet *d, double x, double y)
{
    return (struct synth_point){ d->at_x + d->unit * (float)x,
                                 d->at_y + d->unit * (float)y };
}

static void add_bump(struct synth_sheet *d, double x, double y, double lift, double rx,
                     double ry, double height)
{
    struct synth_solid p = turn(d, x, y, head_depth(d, x, y) + lift);

    if (d->n_bumps < HEAD_BUMPS)
        d->bumps[d->n_bumps++] = (struct synth_bump){
            (float)p.x, (float)p.y, (float)(rx * (.25 + .75 * d->cos_yaw)), (float)ry,
            (float)height,
        };
}

static void make_bumps(struct synth_sheet *d)
{
    const struct synth_subject *s = d->s;
    double smile = d->v->smile > 0 ? d->v->smile : 0, age = s->age_lines;

    d->n_bumps = 0;
    add_bump(d, 0, s->nose_y * .45, .1, 1.9 * s->nose_bridge, s->nose_y * .75, .13);
    add_bump(d, 0, s->nose_y - .05, s->nose_out * .7, .17 + s->nose_tip * .5, .2, .15);
    add_bump(d, 0, -.75, 0, .75, .5, .06);
    add_bump(d, 0, d->chin_y - .16, 0, .3, .2, .05);
    add_bump(d, 0, s->mouth_y - s->lip_upper * .4, 0, s->mouth_width, .13, .028);
    add_bump(d, 0, s->mouth_y + s->lip_lower * .6, 0, s->mouth_width * .8, .13, .035);
    add_bump(d, 0, s->mouth_y + s->lip_lower + .09, 0, .22, .08, -.025);
    for (int side = -1; side <= 1; side += 2) {
        add_bump(d, side * s->eye_x * .95, -.02, 0, .3, .2, -.06);
        add_bump(d, side * .42, s->brow_y + .01, 0, .36, .13, .04);
        add_bump(d, side * .58, .36 - .05 * smile, 0, .32, .3, .05 + .04 * smile);
        add_bump(d, side * s->nose_width * .85, s->nose_y - .01, .1, .11, .11, .035);
        add_bump(d, side * .5, .78, 0, .26, .34, -.045 * (1 - s->fullness) - .02 * age);
    }
}

void head_pose(struct synth_sheet *d)
{
    const struct synth_view *v = d->v;
    double rad = SYNTH_PI / 180;

    d->unit = (float)(d->size * .205 * v->scale);
    d->at_x = (float)(d->size * (.5 + v->shift_x));
    d->at_y = (float)(d->size * (.455 + v->shift_y));
    d->cos_yaw = synth_cos(v->yaw * rad);
    d->sin_yaw = synth_sin(v->yaw * rad);
    d->cos_pitch = synth_cos(v->pitch * rad);
    d->sin_pitch = synth_sin(v->pitch * rad);
    d->cos_roll = synth_cos(v->roll * rad);
    d->sin_roll = synth_sin(v->roll * rad);
    d->chin_y = d->s->chin_y + .09 * v->open;
    make_outline(d);
    make_bumps(d);

    double az = v->light_azimuth * rad, el = v->light_elevation * rad;
    d->light = (struct synth_solid){ synth_sin(az) * synth_cos(el), -synth_sin(el),
                                     synth_cos(az) * synth_cos(el) };
    double hx = d->light.x, hy = d->light.y, hz = d->light.z + 1;
    double len = sqrt(hx * hx + hy * hy + hz * hz);
    d->shine = (struct synth_solid){ hx / len, hy / len, hz / len };
    float key = (float)(v->key * 1.02), ambient = (float)v->ambient,
          warm = (float)v->warmth;
    d->key = (struct synth_colour){ key * (1 + warm), key, key * (1 - warm) };
    d->ambient = (struct synth_colour){ ambient * (1 - .3f * warm), ambient,
                                        ambient * (1 + .3f * warm) };
}

/* Light on a surface whose normal is n: what its colour is multiplied by. Light
 * reaches round into the shade, red farthest, as it does in skin. */
static struct synth_colour diffuse(const struct synth_sheet *d, float nx, float ny,
                                   float nz)
{
    float cosine = nx * (float)d->light.x + ny * (float)d->light.y +
                   nz * (float)d->light.z;
    float r = (cosine + .42f) / 1.42f, g = (cosine + .27f) / 1.27f,
          b = (cosine + .22f) / 1.22f;
    float sky = .82f - .18f * ny;

    return (struct synth_colour){ d->ambient.r * sky + d->key.r * (r > 0 ? r : 0),
                                  d->ambient.g * sky + d->key.g * (g > 0 ? g : 0),
                                  d->ambient.b * sky + d->key.b * (b > 0 ? b : 0) };
}

static float highlight(const struct synth_sheet *d, float nx, float ny, float nz)
{
    float h = nx * (float)d->shine.x + ny * (float)d->shine.y + nz * (float)d->shine.z;

    if (h <= 0)
        return 0;
    h *= h;
    h *= h;
    h *= h;
    return h * h * h; /* cos²⁴ */
}

/* The smooth head's normal, from where a point lies between the outlines. */
struct row {
    float middle, half, ny;
};

static struct row row_at(const struct synth_sheet *d, double y)
{
    double level = y;
    for (int i = 0; i < 3; i++) /* the height whose outline is turned to y */
        level = clamp((y + section_middle(d, level) * d->cos_yaw * d->sin_pitch) /
                          d->cos_pitch,
                      -d->s->crown + .03, d->chin_y - .02);
    struct synth_solid a = edge(d, level, -1, 0), b = edge(d, level, 1, 0);
    double top = level < -.2 ? (level + .2) / (d->s->crown - .2) : 0;
    double low = level > .5 ? (level - .5) / (d->chin_y - .5) : 0;

    return (struct row){ (float)(a.x + b.x) / 2, (float)(b.x - a.x) / 2 + .001f,
                         (float)(-.9 * top * top + .38 * low * low -
                                 .25 * d->sin_pitch) };
}

static void normal_at(const struct synth_bump *bumps, int n_bumps, struct row row,
                      float x, float y, float n[3])
{
    float q = (x - row.middle) / row.half;

    q = q < -1 ? -1 : q > 1 ? 1 : q;
    float qq = q * q;
    n[0] = q * (.38f + .54f * qq);
    n[1] = row.ny * (1 - .3f * qq);
    float rest = 1 - n[0] * n[0] - n[1] * n[1];
    n[2] = sqrtf(rest > .04f ? rest : .04f);
    for (int i = 0; i < n_bumps; i++) {
        const struct synth_bump *b = &bumps[i];
        float u = (x - b->x) / b->rx, v = (y - b->y) / b->ry, rr = u * u + v * v;
        if (rr >= 1)
            continue;
        /* height·(1 − r²)³ */
        float fall = 6 * b->height * (1 - rr) * (1 - rr);
        n[0] += fall * u / b->rx;
        n[1] += fall * v / b->ry;
    }
    float len = 1 / sqrtf(n[0] * n[0] + n[1] * n[1] + n[2] * n[2]);
    n[0] *= len;
    n[1] *= len;
    n[2] *= len;
}

struct synth_colour head_light(const struct synth_sheet *d, double x, double y)
{
    struct synth_solid p = turn(d, x, y, head_depth(d, x, y));
    float n[3];

    normal_at(d->bumps, d->n_bumps, row_at(d, p.y), (float)p.x, (float)p.y, n);
    return diffuse(d, n[0], n[1], n[2]);
}

#define ROWS 160 /* of normals' rows, over −2…2 units */

/* Those that a row of the picture may cross, tilted by the roll or not. */
static int bumps_near(const struct synth_sheet *d, int row, struct synth_bump *near)
{
    float y = ((float)row + .5f - d->at_y) / d->unit;
    int n = 0;

    for (int i = 0; i < d->n_bumps; i++) {
        const struct synth_bump *b = &d->bumps[i];
        float middle = b->x * (float)d->sin_roll + b->y * (float)d->cos_roll;
        float reach = b->rx > b->ry ? b->rx : b->ry;
        if (y > middle - reach && y < middle + reach)
            near[n++] = *b;
    }
    return n;
}

static void shade_head(struct synth_sheet *d)
{
    struct row rows[ROWS];
    float lum = .3f * d->skin.r + .6f * d->skin.g + .1f * d->skin.b;
    float gloss = .062f + .055f * (1 - lum) * (1 - lum);
    synth_pixel skin = pixel_of(d->skin), key = pixel_of(d->key),
                ambient = pixel_of(d->ambient);
    float scale = 1 / d->unit, cr = (float)d->cos_roll, sr = (float)d->sin_roll;

    for (int i = 0; i < ROWS; i++)
        rows[i] = row_at(d, -2 + 4 * i / (double)(ROWS - 1));
    for (int y = d->head.y0; y < d->head.y1; y++) {
        const float *a = mask_row(&d->head, y);
        struct synth_bump near[HEAD_BUMPS];
        int n_near = bumps_near(d, y, near);
        for (int x = d->head.x0; x < d->head.x1; x++) {
            if (a[x] <= 0)
                continue;
            float px = ((float)x + .5f - d->at_x) * scale,
                  py = ((float)y + .5f - d->at_y) * scale;
            float hx = px * cr + py * sr, hy = py * cr - px * sr, n[3];
            float at = (hy + 2) / 4 * (ROWS - 1);
            int i = at < 0 ? 0 : at >= ROWS - 1 ? ROWS - 2 : (int)at;
            float t = at - (float)i;
            struct row row = { rows[i].middle +
                                   t * (rows[i + 1].middle - rows[i].middle),
                               rows[i].half + t * (rows[i + 1].half - rows[i].half),
                               rows[i].ny + t * (rows[i + 1].ny - rows[i].ny) };
            normal_at(near, n_near, row, hx, hy, n);
            struct synth_colour lit = diffuse(d, n[0], n[1], n[2]);
            float shine = highlight(d, n[0], n[1], n[2]) * gloss;
            float rim = (1 - n[2]) * (1 - n[2]) * .03f;
            synth_pixel *p = canvas_at(&d->canvas, x, y);
            *p += (skin * pixel_of(lit) + key * shine + ambient * rim - *p) * a[x];
        }
    }
}

static void draw_ear(struct synth_sheet *d, int side)
{
    const struct synth_subject *s = d->s;
    double top = -.16 - .12 * (s->ear_size - 1),
           low = .40 * s->ear_size + .06 * s->ear_lobe;
    double w = side * head_half_width(d, .1) * .93, out = .75 * s->ear_out + .04,
           z = -.12;
    struct synth_point p[] = {
        head_point(d, w, top + .1, z),
        head_point(d, w + side * out * .55, top, z - .1),
        head_point(d, w + side * (out + .05), top + .09, z - .2),
        head_point(d, w + side * (out + .04), (top + low) * .5 - .02, z - .2),
        head_point(d, w + side * (out * .5 + .03), low - .07, z - .12),
        head_point(d, w + side * (.02 + .03 * s->ear_lobe), low, z - .04),
        head_point(d, w - side * .06, low - .14, z),
    };
    struct synth_colour lit = diffuse(d, (float)side * .6f, 0, .8f);
    struct synth_colour red = { 1.0f, .9f, .88f };

    path_loop(&d->path, p, sizeof p / sizeof *p);
    mask_fill(&d->m, &d->path);
    canvas_fill(&d->canvas, &d->m, colour_times(colour_times(d->skin, red), lit), 1);

    /* The shell's rim and hollow. */
    struct synth_point in[] = {
        head_point(d, w + side * .03, top + .12, z - .05),
        head_point(d, w + side * out * .6, top + .07, z - .12),
        head_point(d, w + side * (out * .85), top + .14, z - .18),
        head_point(d, w + side * (out * .8), (top + low) * .5, z - .18),
        head_point(d, w + side * (out * .4), low - .16, z - .1),
    };
    struct synth_colour shade = { .62f, .5f, .46f };
    path_start(&d->path);
    path_curve(&d->path, in, sizeof in / sizeof *in);
    mask_stroke(&d->n, &d->path, .02f * d->unit, .05f * d->unit, .02f * d->unit);
    mask_times(&d->n, &d->m);
    canvas_tint(&d->canvas, &d->n, shade, .8f);
    struct synth_point hollow = head_point(d, w + side * .06, (top + low) * .45,
                                           z - .08);
    path_ellipse(&d->path, hollow, .045f * d->unit, .11f * d->unit, 1, 0);
    mask_fill(&d->n, &d->path);
    mask_blur(&d->n, .03f * d->unit, &d->tmp);
    mask_times(&d->n, &d->m);
    canvas_tint(&d->canvas, &d->n, shade, .7f);
}

void head_draw(struct synth_sheet *d)
{
    struct synth_point p[2 * HEAD_LEVELS];
    int n = 0;

    draw_ear(d, -1);
    draw_ear(d, 1);
    /* Denser where the outline turns in, at crown and chin. */
    double middle = (d->chin_y - d->s->crown) / 2,
           radius = (d->chin_y + d->s->crown) / 2;
    for (int i = 0; i < 64; i++) {
        double angle = 2 * SYNTH_PI * (i + .5) / 64;
        p[n++] = head_edge(d, middle - radius * synth_cos(angle), i < 32 ? 1 : -1, 0);
    }
    path_loop(&d->path, p, n);
    mask_fill(&d->head, &d->path);
    shade_head(d);
}
