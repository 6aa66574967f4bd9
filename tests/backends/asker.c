/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * asker SPEC PICTURE…: everything that a backend says of some pictures, as text, for
 * tests that hold one way of asking against another: each picture, each pair of those
 * with a template, and a search of each in a gallery of every second one, made twice.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backends/backend.h"
#include "cli/lend.h"
#include "images/load.h"

#define MOST 64
#define FOUND 8

struct desk {
    struct backend *b;
    struct session *s;
    struct image images[MOST];
    struct view views[MOST];
    struct answer answers[MOST];
    size_t n;
    const void *templates[MOST];
    size_t len[MOST], n_templates;
};

static void load(struct desk *d, const char *path)
{
    const struct image_options options = IMAGE_OPTIONS_INIT;
    struct image_workspace *ws = image_workspace_new();
    struct image_facts facts;
    struct text reason = TEXT_INIT;
    struct image *im = &d->images[d->n];

    if (image_load(ws, path, &options, NULL, im, &facts, &reason) != STATUS_OK) {
        fprintf(stderr, "%s: %s\n", path, reason.s);
        exit(2);
    }
    d->views[d->n] = (struct view){ im, NULL, path, d->n, false };
    d->answers[d->n] = (struct answer){ .status = STATUS_OK };
    answer_reset(&d->answers[d->n++]);
    text_release(&reason);
    image_workspace_free(ws);
}

static void tell(struct desk *d, size_t i)
{
    struct answer *a = &d->answers[i];

    answer_check(a, d->b, d->b->capabilities);
    printf("%zu %s %s\n", i, status_name(a->status), a->reason);
    for (size_t k = 0; k < a->n_faces; k++) {
        const struct face_answer *f = &a->faces[k];
        printf("  %s '%s' %.17g %.17g %g %g %g %g", status_name(f->status), f->label,
               f->confidence, f->quality, f->box.x, f->box.y, f->box.width, f->box.height);
        for (size_t j = 0; j < f->n_attributes; j++)
            printf(" %s=%s", f->attributes[j].name, f->attributes[j].value);
        printf("\n");
    }
    if (a->status == STATUS_OK && a->faces[0].template_len) {
        d->templates[d->n_templates] = a->faces[0].template;
        d->len[d->n_templates++] = a->faces[0].template_len;
    }
}

static int compare(struct desk *d, struct err *err)
{
    const void *a[MOST * MOST], *b[MOST * MOST];
    size_t a_len[MOST * MOST], b_len[MOST * MOST], n = 0;
    double scores[MOST * MOST];

    for (size_t i = 0; i < d->n_templates; i++)
        for (size_t k = 0; k <= i; k++, n++) {
            a[n] = d->templates[i];
            a_len[n] = d->len[i];
            b[n] = d->templates[k];
            b_len[n] = d->len[k];
        }
    int code = d->b->compare(d->s, a, a_len, b, b_len, n, scores, err);
    n = 0;
    for (size_t i = 0; i < d->n_templates && !code; i++)
        for (size_t k = 0; k <= i; k++)
            printf("%zu against %zu: %.17g\n", i, k, scores[n++]);
    return code;
}

static int search(struct desk *d, struct err *err)
{
    const void *gallery[MOST];
    size_t len[MOST], n = 0;
    uint64_t handle;

    for (size_t i = 0; i < d->n_templates; i += 2) {
        gallery[n] = d->templates[i];
        len[n++] = d->len[i];
    }
    int code = d->b->enroll(d->s, gallery, len, n, &handle, err);
    for (size_t i = 0; i < d->n_templates && !code; i++) {
        struct backend_candidate found[FOUND];
        long most = d->b->search(d->s, handle, d->templates[i], d->len[i], found, FOUND, err);
        printf("%zu:", i);
        for (long k = 0; k < most; k++)
            printf(" %u %.17g", found[k].place, found[k].score);
        printf("\n");
        code = most < 0 ? (int)most : 0;
    }
    if (!code)
        d->b->drop(d->s, handle);
    return code;
}

static int ask(struct desk *d, struct err *err)
{
    const unsigned want = d->b->capabilities & ~(unsigned)(MISID_COMPARE | MISID_SEARCH);
    int code = d->b->session(d->b, &d->s, err);

    if (code)
        return code;
    code = d->b->process(d->s, want, d->views, d->n, d->answers, err);
    for (size_t i = 0; i < d->n && !code; i++)
        tell(d, i);
    if (!code && d->b->compare)
        code = compare(d, err);
    for (int i = 0; i < 2 && !code && d->b->enroll; i++)
        code = search(d, err);
    for (size_t i = 0; i < d->b->n_native && !code; i++)
        printf("native %.17g\n", d->b->native[i]);
    d->b->end(d->s);
    return code;
}

int main(int argc, char **argv)
{
    static struct desk d;
    struct err err = ERR_INIT;

    if (argc < 3 || argc > 2 + MOST) {
        fprintf(stderr, "usage: asker SPEC PICTURE…, up to %d\n", MOST);
        return 2;
    }
    lend_to_backends();
    for (int i = 2; i < argc; i++)
        load(&d, argv[i]);
    int code = backend_open(&d.b, argv[1], &err);
    if (!code)
        code = ask(&d, &err);
    backend_close(d.b);
    if (code)
        fprintf(stderr, "asker: %s\n", err_text(&err));
    for (size_t i = 0; i < d.n; i++) {
        answer_release(&d.answers[i]);
        image_release(&d.images[i]);
    }
    err_release(&err);
    return code ? 2 : 0;
}
