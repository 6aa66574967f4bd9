/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lbp: templates as Ahonen, Hadid & Pietikäinen (2006), "Face Description with Local
 * Binary Patterns: Application to Face Recognition", IEEE TPAMI 28(12), 2037–2041, make
 * them: the face is cut into grid × grid windows, and the template is the histograms of
 * LBP^u2 codes of the windows, one behind the other (their equations 3 to 5). It needs
 * no model and no training, looks for no face, and says nothing of its own accord of
 * whom it shows: an honest baseline of the time before learned templates.
 *
 * The face is brought to 130 × 150 grey pixels: by the eyes of the landmarks to (30, 45)
 * and (100, 45), as in the CSU evaluation system that the paper used; else the box of the
 * data set, widened to these proportions; else the largest part of these proportions in
 * the middle of the image. An image that is larger is averaged over up to 8 × 8 samples
 * a pixel.
 *
 * Code of a pixel: bit p is set where the grey value at angle 2πp/8 and distance
 * `radius` is not below that of the pixel (equation 1), read between pixels by bilinear
 * interpolation in whole numbers, so that an even surface is even. Codes with at most
 * two changes around the circle are the 58 uniform ones, with a bin each; all others
 * share the 59th. Each window's histogram is divided by its pixels and by grid², so that
 * all sum to 1 and the chi-square distance Σ (a−b)²/(a+b) is from 0 to 2 (their equation
 * 7 with equal weights).
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "backends/kinds.h"

enum { WIDTH = 130, HEIGHT = 150, POINTS = 8, BINS = 59 };
static const struct point eyes[2] = { { 30, 45 }, { 100, 45 } };
#define LEAST_PIXELS 20 /* a face that is fewer pixels wide is refused */
#define MOST_SAMPLES 8  /* a pixel and side */

static const struct backend_option options[] = {
    { "grid", "7", "windows a side, 1 to 16; 59 × grid² numbers a template" },
    { "radius", "2", "distance of the points compared, in pixels, 1 to 8" },
    { NULL, NULL, NULL }
};

struct tap { /* a point of the circle: the pixel below and to the left, and weights */
    int dx, dy;
    int weight[4]; /* of (x, y), (x+1, y), (x, y+1), (x+1, y+1); they sum to 65536 */
};

struct state {
    int64_t grid, radius;
    uint8_t bin[256];
    struct tap taps[POINTS];
};

/* The face in the image: pixel (u, v) of the 130 × 150 is at
 * origin + u (ax, ay) + v (−ay, ax). */
struct region {
    double x, y, ax, ay;
};

static void make_bins(struct state *s)
{
    uint8_t next = 0;

    for (unsigned code = 0; code < 256; code++) {
        unsigned turned = (code >> 1 | code << 7) & 255;
        s->bin[code] = __builtin_popcount(code ^ turned) <= 2 ? next++ : BINS - 1;
    }
}

static void make_taps(struct state *s)
{
    const double diagonal = sqrt(.5);
    static const int sign[POINTS][2] = {
        { 1, 0 }, { 1, -1 }, { 0, -1 }, { -1, -1 }, { -1, 0 }, { -1, 1 }, { 0, 1 }, { 1, 1 }
    };

    for (int p = 0; p < POINTS; p++) {
        double r = (double)s->radius * (sign[p][0] && sign[p][1] ? diagonal : 1);
        double x = r * sign[p][0], y = r * sign[p][1];
        struct tap *t = &s->taps[p];
        t->dx = (int)floor(x);
        t->dy = (int)floor(y);
        int fx = (int)lrint(256 * (x - t->dx)), fy = (int)lrint(256 * (y - t->dy));
        t->weight[0] = (256 - fx) * (256 - fy);
        t->weight[1] = fx * (256 - fy);
        t->weight[2] = (256 - fx) * fy;
        t->weight[3] = fx * fy;
    }
}

/* Whether all of it can be said in 1/65536 pixel; what cannot is no face. */
static bool is_near(const struct region *r)
{
    return fabs(r->x) < 1e9 && fabs(r->y) < 1e9 && hypot(r->ax, r->ay) < 1e6;
}

/* False: too small to say anything of. */
static bool find_region(const struct view *v, struct region *to)
{
    const struct image_place *place = v->place;
    double width = v->image->width, height = v->image->height;
    double x = width / 2, y = height / 2, wide = fmin(width, height * WIDTH / HEIGHT);

    if (place && place->has_landmarks) {
        const struct point *a = &place->landmarks[LANDMARK_EYE_LEFT];
        const struct point *b = &place->landmarks[LANDMARK_EYE_RIGHT];
        double apart = eyes[1].x - eyes[0].x;
        to->ax = (b->x - a->x) / apart;
        to->ay = (b->y - a->y) / apart;
        to->x = a->x - eyes[0].x * to->ax + eyes[0].y * to->ay;
        to->y = a->y - eyes[0].x * to->ay - eyes[0].y * to->ax;
        return hypot(to->ax, to->ay) * WIDTH >= LEAST_PIXELS && is_near(to);
    }
    if (place && place->has_box) {
        const struct box *b = &place->box;
        x = b->x + b->width / 2;
        y = b->y + b->height / 2;
        wide = fmax(b->width, b->height * WIDTH / HEIGHT);
    }
    to->ax = wide / WIDTH;
    to->ay = 0;
    to->x = x - wide / 2 + to->ax / 2 - .5;
    to->y = y - to->ax * HEIGHT / 2 + to->ax / 2 - .5;
    return wide >= LEAST_PIXELS && is_near(to);
}

/* The picture in grey: .299 R + .587 G + .114 B (ITU-R BT.601) in 1/256. */
static uint8_t *make_grey(const struct image *im)
{
    uint8_t *grey = mem_try_array((size_t)im->width, (size_t)im->height);

    for (int y = 0; grey && y < im->height; y++) {
        const uint8_t *p = image_row(im, y);
        uint8_t *to = grey + (size_t)y * (size_t)im->width;
        for (int x = 0; x < im->width; x++, p += 3)
            to[x] = (uint8_t)((77 * p[0] + 150 * p[1] + 29 * p[2] + 128) >> 8);
    }
    return grey;
}

/* Places in the picture are in 1/65536 pixel, so that every machine reads the same. */
#define ONE 65536

static int64_t clamp(int64_t v, int64_t most)
{
    return v < 0 ? 0 : v > most ? most : v;
}

/* 65536 times the grey value between pixels, as the edge beyond it. */
static int64_t grey_at(const uint8_t *grey, const struct image *im, int64_t x, int64_t y)
{
    x = clamp(x, (int64_t)(im->width - 1) * ONE);
    y = clamp(y, (int64_t)(im->height - 1) * ONE);
    int64_t fx = x % ONE >> 8, fy = y % ONE >> 8;
    const uint8_t *p = grey + y / ONE * im->width + x / ONE;
    int right = fx ? 1 : 0, below = fy ? im->width : 0;

    return (256 - fy) * ((256 - fx) * p[0] + fx * p[right]) +
           fy * ((256 - fx) * p[below] + fx * p[below + right]);
}

static void take_face(const uint8_t *grey, const struct image *im, const struct region *r,
                      uint8_t *face)
{
    const double scale = hypot(r->ax, r->ay);
    const int n = scale <= 1 ? 1 : scale >= MOST_SAMPLES ? MOST_SAMPLES : (int)ceil(scale);
    const int64_t ax = llrint(r->ax * ONE / n), ay = llrint(r->ay * ONE / n);
    /* the middle of the first sample of the first pixel */
    const double first = .5 / n - .5;
    const int64_t x0 = llrint((r->x + first * (r->ax - r->ay)) * ONE);
    const int64_t y0 = llrint((r->y + first * (r->ax + r->ay)) * ONE);

    for (int64_t v = 0; v < HEIGHT; v++)
        for (int64_t u = 0; u < WIDTH; u++) {
            int64_t sum = 0;
            for (int64_t j = v * n; j < (v + 1) * n; j++)
                for (int64_t i = u * n; i < (u + 1) * n; i++)
                    sum += grey_at(grey, im, x0 + i * ax - j * ay, y0 + i * ay + j * ax);
            *face++ = (uint8_t)((sum + (int64_t)n * n * ONE / 2) / ((int64_t)n * n * ONE));
        }
}

static unsigned code_at(const struct state *s, const uint8_t *centre)
{
    const int middle = *centre << 16;
    unsigned code = 0;

    for (int p = 0; p < POINTS; p++) {
        const struct tap *t = &s->taps[p];
        const uint8_t *at = centre + t->dy * WIDTH + t->dx;
        int value = t->weight[0] * at[0];
        if (t->weight[1])
            value += t->weight[1] * at[1];
        if (t->weight[2])
            value += t->weight[2] * at[WIDTH];
        if (t->weight[3])
            value += t->weight[3] * at[WIDTH + 1];
        code |= (unsigned)(value >= middle) << p;
    }
    return code;
}

static void describe(const struct state *s, const uint8_t *face, float *to)
{
    const int g = (int)s->grid, r = (int)s->radius;
    const int width = WIDTH - 2 * r, height = HEIGHT - 2 * r;

    for (int cy = 0; cy < g; cy++)
        for (int cx = 0; cx < g; cx++, to += BINS) {
            const int x0 = cx * width / g, x1 = (cx + 1) * width / g;
            const int y0 = cy * height / g, y1 = (cy + 1) * height / g;
            int count[BINS] = { 0 };
            for (int y = y0; y < y1; y++)
                for (int x = x0; x < x1; x++)
                    count[s->bin[code_at(s, face + (y + r) * WIDTH + x + r)]]++;
            double share = 1.0 / ((x1 - x0) * (y1 - y0)) / (g * g);
            for (int i = 0; i < BINS; i++)
                to[i] = (float)(count[i] * share);
        }
}

static int process(struct session *session, unsigned want, const struct view *views,
                   size_t n, struct answer *answers, struct err *err)
{
    const struct backend *b = session->backend;
    uint8_t *face = mem_array(WIDTH, HEIGHT);

    (void)err;
    for (size_t i = 0; i < n; i++) {
        struct region region;
        if (!find_region(&views[i], &region)) {
            answer_fail(&answers[i], STATUS_REFUSED, "no face of at least %d pixels",
                        LEAST_PIXELS);
            continue;
        }
        struct face_answer *f = answer_faces(&answers[i], 1);
        if (views[i].place && views[i].place->has_box)
            f->box = views[i].place->box;
        if (!(want & MISID_TEMPLATE))
            continue;
        uint8_t *grey = make_grey(views[i].image);
        if (!grey) {
            answer_fail(&answers[i], STATUS_ERROR, "no memory for the picture in grey");
            continue;
        }
        take_face(grey, views[i].image, &region, face);
        free(grey);
        float *t = arena_array(&answers[i].arena, b->dimension, sizeof *t);
        describe(b->state, face, t);
        f->template = t;
        f->template_len = b->dimension * sizeof *t;
    }
    free(face);
    return 0;
}

static int open_lbp(struct backend *b, const struct setting *settings, size_t n,
                    struct err *err)
{
    struct state *s = arena_alloc(&b->arena, sizeof *s);
    int code;

    (void)settings;
    (void)n;
    if ((code = backend_whole(b, "grid", 1, 16, &s->grid, err)) ||
        (code = backend_whole(b, "radius", 1, 8, &s->radius, err)))
        return code;
    make_bins(s);
    make_taps(s);
    b->version = "1";
    b->capabilities = MISID_TEMPLATE;
    b->dimension = (uint32_t)(BINS * s->grid * s->grid);
    b->similarity = SIMILARITY_CHI_SQUARE;
    b->state = s;
    b->session = session_plain;
    b->end = session_plain_end;
    b->process = process;
    return 0;
}

const struct backend_kind backend_lbp = {
    .name = "lbp", .about = "histograms of local binary patterns (Ahonen et al. 2006)",
    .options = options, .open = open_lbp,
};
