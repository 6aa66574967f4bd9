/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/image.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

const char *const image_format_names[IMAGE_FORMATS] = { "unknown", "jpeg", "png", "pnm" };

const char *const image_colour_names[IMAGE_COLOURS] = {
    "assumed", "srgb", "profile", "gamma", "ink", "ignored",
};

bool image_resize(struct image *im, int width, int height)
{
    assert(width > 0 && height > 0 && width <= IMAGE_MAX_SIDE && height <= IMAGE_MAX_SIDE);
    size_t stride = 3 * (size_t)width, need = stride * (size_t)height;

    if (need > im->cap) {
        image_release(im);
        im->pixels = mem_try_array(need, 1);
        if (!im->pixels)
            return false;
        im->cap = need;
    }
    im->width = width;
    im->height = height;
    im->stride = stride;
    return true;
}

void image_release(struct image *im)
{
    if (im->cap)
        free(im->pixels);
    *im = (struct image)IMAGE_INIT;
}

struct image image_part(const struct image *im, int x, int y, int width, int height)
{
    assert(x >= 0 && y >= 0 && width > 0 && height > 0);
    assert(x <= im->width - width && y <= im->height - height);
    return (struct image){ image_row(im, y) + 3 * (size_t)x, width, height, im->stride, 0 };
}

struct point affine_apply(const struct affine *a, struct point p)
{
    return (struct point){ a->m[0] * p.x + a->m[1] * p.y + a->m[2],
                           a->m[3] * p.x + a->m[4] * p.y + a->m[5] };
}

/* The n numbers of a text and nothing else. */
static bool parse_numbers(const char *text, double *to, size_t n)
{
    char *copy = mem_strdup(text), *at = copy;
    size_t got = 0;
    bool good = true;

    for (char *item; good && (item = strsep(&at, " "));)
        if (*item)
            good = got < n && num_parse_double(item, &to[got++]);
    free(copy);
    return good && got == n;
}

const char *image_place_parse(struct image_place *place, const char *box,
                              const char *landmarks)
{
    double v[2 * LANDMARKS];

    *place = (struct image_place)IMAGE_PLACE_INIT;
    if (*box) {
        if (!parse_numbers(box, v, 4) || v[2] <= 0 || v[3] <= 0)
            return "the data set's box is not four numbers: x, y, width, height";
        place->has_box = true;
        place->box = (struct box){ v[0], v[1], v[2], v[3] };
    }
    if (*landmarks) {
        if (!parse_numbers(landmarks, v, 2 * LANDMARKS))
            return "the data set's landmarks are not five points";
        place->has_landmarks = true;
        for (int i = 0; i < LANDMARKS; i++)
            place->landmarks[i] = (struct point){ v[2 * i], v[2 * i + 1] };
    }
    return NULL;
}

unsigned image_dhash_distance(const uint64_t *a, const uint64_t *b)
{
    unsigned bits = 0;

    for (int i = 0; i < IMAGE_DHASH_WORDS; i++)
        bits += (unsigned)__builtin_popcountll(a[i] ^ b[i]);
    return bits;
}

void image_dhash_add(struct text *to, const uint64_t *dhash)
{
    for (int i = 0; i < IMAGE_DHASH_WORDS; i++)
        text_addf(to, "%016" PRIx64, dhash[i]);
}

bool image_dhash_parse(const char *s, uint64_t *to)
{
    const size_t digits = 16;
    char word[17];

    if (strlen(s) != digits * IMAGE_DHASH_WORDS ||
        strspn(s, "0123456789abcdef") != digits * IMAGE_DHASH_WORDS)
        return false;
    for (size_t i = 0; i < IMAGE_DHASH_WORDS; i++) {
        memcpy(word, s + digits * i, digits);
        word[digits] = '\0';
        to[i] = strtoull(word, NULL, 16);
    }
    return true;
}

void image_place_move(struct image_place *place, const struct affine *by)
{
    const struct box b = place->box;
    /* of a box the corners, half a pixel up and left of the centres */
    struct point from = affine_apply(by, (struct point){ b.x - .5, b.y - .5 });
    struct point to = affine_apply(by, (struct point){ b.x + b.width - .5,
                                                       b.y + b.height - .5 });

    if (place->has_box)
        place->box = (struct box){ from.x + .5, from.y + .5, to.x - from.x, to.y - from.y };
    for (int i = 0; place->has_landmarks && i < LANDMARKS; i++)
        place->landmarks[i] = affine_apply(by, place->landmarks[i]);
}
