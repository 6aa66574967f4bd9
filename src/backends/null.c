/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * null: looks at next to nothing and answers at once. What a run with it takes is what
 * the harness takes. Its templates and labels are pseudo-random numbers seeded by 64
 * pixels and the size of the image, so that the same image always gets the same answer,
 * and they say nothing of anybody.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "backends/kinds.h"

#define PROBES 64

struct state {
    int64_t dim, delay_ms, no_face; /* no_face: percent */
    bool constant;
    char **labels;
    size_t n_labels;
};

static const struct backend_option options[] = {
    { "cache", "no", "yes: its answers are cached like those of others" },
    { "delay_ms", "0", "milliseconds that an image takes, 0 to 60000" },
    { "dim", "512", "length of the templates, 1 to 16384" },
    { "labels", "", "labels to choose from by chance, with ';' between them" },
    { "no_face", "0", "percent of the images in which it finds no face, by chance" },
    { "template", "image", "image: another for each image; constant: the same for all" },
    { NULL, NULL, NULL }
};

/* One of `words`, NULL-terminated: its place, or -1 with a fault. */
static int choice(const struct backend *b, const char *name, const char *const *words,
                  struct err *err)
{
    const char *value = backend_setting(b, name);

    for (int i = 0; words[i]; i++)
        if (!strcmp(words[i], value))
            return i;
    return err_add(err, ERR_INPUT, "backend %s: %s=%.60s, expected %s or %s", b->asked,
                   name, value, words[0], words[1]);
}

static void split_labels(struct backend *b, struct state *s)
{
    char *at = arena_strdup(&b->arena, backend_setting(b, "labels"));
    size_t cap = 1;

    for (const char *c = at; *c; c++)
        cap += *c == ';';
    s->labels = arena_array(&b->arena, cap, sizeof *s->labels);
    for (char *item; *at && (item = strsep(&at, ";"));) {
        s->labels[s->n_labels++] = item;
        if (!at)
            break;
    }
}

/* SplitMix64 (Steele, Lea & Flood 2014, OOPSLA, figure 17). */
static uint64_t next(uint64_t *state)
{
    uint64_t z = *state += 0x9E3779B97F4A7C15u;

    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
}

static uint64_t seed_of(const struct image *im)
{
    uint64_t seed = (uint64_t)im->width << 32 | (uint64_t)im->height;

    for (uint64_t i = 0; i < PROBES; i++) {
        uint64_t at = (uint64_t)im->width * (uint64_t)im->height * i / PROBES;
        const uint8_t *p = image_row(im, (int)(at / (uint64_t)im->width)) +
                           3 * (at % (uint64_t)im->width);
        seed ^= (uint64_t)p[0] << 16 | (uint64_t)p[1] << 8 | p[2];
        next(&seed);
    }
    return seed;
}

static void nap(int64_t ms)
{
    struct timespec left = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };

    while (nanosleep(&left, &left) < 0)
        ;
}

static void answer_one(const struct state *s, unsigned want, const struct view *v,
                       struct answer *a)
{
    uint64_t chance = seed_of(v->image);
    uint64_t constant = 1;

    if (s->delay_ms)
        nap(s->delay_ms);
    if ((int64_t)(next(&chance) % 100) < s->no_face) {
        answer_fail(a, STATUS_NO_FACE, "by chance: no_face asks for it");
        return;
    }
    struct face_answer *f = answer_faces(a, 1);
    f->box = (struct box){ 0, 0, v->image->width, v->image->height };
    if (want & MISID_CLASS && s->n_labels) {
        f->label = arena_strdup(&a->arena, s->labels[next(&chance) % s->n_labels]);
        f->confidence = (double)(next(&chance) >> 11) * 0x1p-53;
    }
    if (want & MISID_TEMPLATE) {
        uint64_t *from = s->constant ? &constant : &chance;
        float *t = arena_array(&a->arena, (size_t)s->dim, sizeof *t);
        for (int64_t i = 0; i < s->dim; i++)
            t[i] = (float)((int64_t)next(from) >> 40) * 0x1p-23f;
        f->template = t;
        f->template_len = (size_t)s->dim * sizeof *t;
    }
}

static int process(struct session *session, unsigned want, const struct view *views,
                   size_t n, struct answer *answers, struct err *err)
{
    (void)err;
    for (size_t i = 0; i < n; i++)
        answer_one(session->backend->state, want, &views[i], &answers[i]);
    return 0;
}

static int open_null(struct backend *b, const struct setting *settings, size_t n,
                     struct err *err)
{
    static const char *const switches[] = { "no", "yes", NULL };
    static const char *const templates[] = { "image", "constant", NULL };
    struct state *s = arena_alloc(&b->arena, sizeof *s);
    int cached = choice(b, "cache", switches, err);
    int constant = choice(b, "template", templates, err);
    int code;

    (void)settings;
    (void)n;
    if ((code = backend_whole(b, "dim", 1, 16384, &s->dim, err)) ||
        (code = backend_whole(b, "delay_ms", 0, 60000, &s->delay_ms, err)) ||
        (code = backend_whole(b, "no_face", 0, 100, &s->no_face, err)))
        return code;
    if (cached < 0 || constant < 0)
        return ERR_INPUT;
    split_labels(b, s);
    s->constant = constant;
    b->cached = cached;
    b->version = "1";
    b->capabilities = MISID_TEMPLATE | (s->n_labels ? (unsigned)MISID_CLASS : 0);
    b->dimension = (uint32_t)s->dim;
    b->similarity = SIMILARITY_COSINE;
    b->batch = 1;
    b->state = s;
    b->session = session_plain;
    b->end = session_plain_end;
    b->process = process;
    return 0;
}

const struct backend_kind backend_null = {
    .name = "null", .about = "answers by chance, at once: measures the harness itself",
    .options = options, .open = open_null,
};
