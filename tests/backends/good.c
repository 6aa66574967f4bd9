/* SPDX-License-Identifier: 0BSD */
/*
 * A well-behaved plug-in that can do everything. A face is the whole image; dark images
 * (mean below 8) have none. The template is the mean grey of 4 × 4 cells, as 16 floats,
 * or with scores=own as 16 opaque bytes. With faces=2 there are two.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "misid-backend.h"

#define SIDE 4
#define CELLS (SIDE * SIDE)

struct self {
    int own, faces;
};

struct gallery {
    size_t n;
    uint8_t (*cells)[CELLS];
};

static const struct misid_option options[] = {
    { "faces", "1", "how many faces an image has, 1 or 2" },
    { "file", "", "a file that its answers rest on" },
    { "scores", "cosine", "cosine, or own: its templates are opaque" },
    { NULL, NULL, NULL }
};

static const char *value(const struct misid_setting *s, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(s[i].name, name))
            return s[i].value;
    return "";
}

static void say(struct misid_text *to, const char *s)
{
    snprintf(to->s, to->cap, "%s", s);
}

static void *open_good(const struct misid_setting *settings, size_t n,
                       struct misid_info *info, struct misid_text *why)
{
    const char *scores = value(settings, n, "scores");
    struct self *self = calloc(1, sizeof *self);

    self->own = !strcmp(scores, "own");
    self->faces = atoi(value(settings, n, "faces"));
    if ((!self->own && strcmp(scores, "cosine")) || self->faces < 1 || self->faces > 2) {
        say(why, "scores must be cosine or own, faces 1 or 2");
        free(self);
        return NULL;
    }
    if (!self->own)
        info->capabilities &= ~(uint32_t)(MISID_COMPARE | MISID_SEARCH);
    info->dimension = self->own ? 0 : CELLS;
    info->template_bytes = self->own ? CELLS : 4 * CELLS;
    info->batch = 4;
    info->score_high = 100;
    say(&info->similarity, self->own ? "own" : "cosine");
    say(&info->native, self->own ? "80;99.5" : "");
    say(&info->files, value(settings, n, "file"));
    say(&info->about, "means of cells");
    return self;
}

static void close_good(void *self)
{
    free(self);
}

static double mean_of(const struct misid_image *im, uint32_t x0, uint32_t x1, uint32_t y0,
                      uint32_t y1)
{
    double sum = 0, n = 0;

    for (uint32_t y = y0; y < y1; y++)
        for (uint32_t x = x0; x < x1; x++, n++) {
            const uint8_t *p = im->pixels + y * im->stride + 3 * (size_t)x;
            sum += (p[0] + p[1] + p[2]) / 3.0;
        }
    return n > 0 ? sum / n : 0;
}

static void fill_face(const struct self *self, uint32_t want, const struct misid_image *im,
                      struct misid_face *f)
{
    double mean = mean_of(im, 0, im->width, 0, im->height);

    f->box[2] = (float)im->width;
    f->box[3] = (float)im->height;
    if (want & MISID_QUALITY)
        f->quality = mean;
    if (want & MISID_CLASS) {
        say(&f->label, mean < 128 ? "dark" : "light");
        f->confidence = mean / 255;
        f->n_attributes = 1;
        say(&f->attribute_name[0], "mean");
        snprintf(f->attribute_value[0].s, f->attribute_value[0].cap, "%.1f", mean);
    }
    for (uint32_t i = 0; want & MISID_TEMPLATE && i < CELLS; i++) {
        uint32_t x = i % SIDE, y = i / SIDE;
        double cell = mean_of(im, im->width * x / SIDE, im->width * (x + 1) / SIDE,
                              im->height * y / SIDE, im->height * (y + 1) / SIDE);
        float v = (float)cell + 1;
        if (self->own)
            f->template_bytes[i] = (uint8_t)cell;
        else
            memcpy(f->template_bytes + 4 * i, &v, sizeof v);
        f->template_len = self->own ? CELLS : 4 * CELLS;
    }
}

static int process_good(void *arg, uint32_t want, const struct misid_image *const *images,
                        size_t n, struct misid_result *const *results,
                        struct misid_text *why)
{
    const struct self *self = arg;

    (void)why;
    for (size_t i = 0; i < n; i++) {
        const struct misid_image *im = images[i];
        struct misid_result *r = results[i];
        if (mean_of(im, 0, im->width, 0, im->height) < 8) {
            r->status = MISID_NO_FACE;
            say(&r->reason, "too dark");
            continue;
        }
        r->n_faces = want & MISID_FACES && r->cap > 1 ? (uint32_t)self->faces : 1;
        for (uint32_t k = 0; k < r->n_faces; k++)
            fill_face(self, want, im, r->faces[k]);
        if (im->box) /* so that a test sees what was given */
            snprintf(r->reason.s, r->reason.cap, "box %g %g %g %g%s", im->box[0],
                     im->box[1], im->box[2], im->box[3], im->landmarks ? " and points" : "");
    }
    return 0;
}

static double score(const uint8_t *a, const uint8_t *b)
{
    double sum = 0;

    for (int i = 0; i < CELLS; i++)
        sum += fabs((double)a[i] - b[i]);
    return 100 - 100 * sum / (255 * CELLS);
}

static int compare_good(void *self, const struct misid_template *const *a,
                        const struct misid_template *const *b, size_t n, double *scores,
                        struct misid_text *why)
{
    (void)self;
    (void)why;
    for (size_t i = 0; i < n; i++)
        scores[i] = a[i]->len == CELLS && b[i]->len == CELLS
                        ? score(a[i]->bytes, b[i]->bytes) : NAN;
    return 0;
}

static void *enroll_good(void *self, const struct misid_template *const *templates,
                         size_t n, struct misid_text *why)
{
    struct gallery *g = calloc(1, sizeof *g);

    (void)self;
    (void)why;
    g->n = n;
    g->cells = calloc(n, sizeof *g->cells);
    for (size_t i = 0; i < n; i++)
        memcpy(g->cells[i], templates[i]->bytes, CELLS);
    return g;
}

static long search_good(void *self, void *gallery, const struct misid_template *probe,
                        struct misid_candidate *const *candidates, size_t cap,
                        struct misid_text *why)
{
    const struct gallery *g = gallery;
    size_t got = 0;

    (void)self;
    (void)why;
    for (size_t i = 0; i < g->n; i++) {
        double s = score(probe->bytes, g->cells[i]);
        size_t at = got < cap ? got++ : cap;
        for (; at > 0 && candidates[at - 1]->score < s; at--)
            if (at < cap) {
                candidates[at]->place = candidates[at - 1]->place;
                candidates[at]->score = candidates[at - 1]->score;
            }
        if (at < cap) {
            candidates[at]->place = (uint32_t)i;
            candidates[at]->score = s;
        }
    }
    return (long)got;
}

static void drop_good(void *self, void *gallery)
{
    struct gallery *g = gallery;

    (void)self;
    free(g->cells);
    free(g);
}

static const struct misid_backend me = {
    .abi = MISID_ABI, .size = sizeof me, .name = "good", .version = "1.0",
    .about = "for tests",
    .capabilities = MISID_CLASS | MISID_TEMPLATE | MISID_FACES | MISID_QUALITY |
                    MISID_COMPARE | MISID_SEARCH,
    .options = options, .open = open_good, .close = close_good, .process = process_good,
    .compare = compare_good, .enroll = enroll_good, .search = search_good,
    .drop = drop_good,
};

const struct misid_backend *misid_backend(uint32_t abi)
{
    return abi == MISID_ABI ? &me : NULL;
}
