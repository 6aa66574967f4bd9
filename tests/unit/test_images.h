/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the tests of images have between them: a loader with everything that
 * image_load() takes, and pictures to try it on.
 */
#ifndef TEST_IMAGES_H
#define TEST_IMAGES_H

#include "test.h"

#include "base/text.h"
#include "images/load.h"

struct loader {
    struct image_workspace *ws;
    struct image_options options;
    struct image_place place;
    struct image im;
    struct image_facts facts;
    struct text reason;
};

static inline int loader_setup(void **state)
{
    struct loader *l = mem_alloc(sizeof *l);

    l->ws = image_workspace_new();
    l->options = (struct image_options)IMAGE_OPTIONS_INIT;
    text_init(&l->reason);
    *state = l;
    return 0;
}

static inline int loader_teardown(void **state)
{
    struct loader *l = *state;

    image_workspace_free(l->ws);
    image_release(&l->im);
    text_release(&l->reason);
    free(l);
    return 0;
}

#define loader_test(f) cmocka_unit_test_setup_teardown(f, loader_setup, loader_teardown)

/* The bytes are given as a block of just their length, so that AddressSanitizer
 * sees whoever reads past them. */
static inline enum status load_exact(struct loader *l, const void *bytes, size_t len)
{
    char *copy = malloc(len ? len : 1);

    assert_non_null(copy);
    memcpy(copy, bytes, len);
    enum status status = image_load_bytes(l->ws, copy, len, &l->options, &l->place, &l->im,
                                          &l->facts, &l->reason);
    free(copy);
    if (status != STATUS_OK) {
        assert_true(l->reason.len > 0);
        assert_int_equal(l->im.width, 0);
    } else {
        assert_true(l->im.width > 0 && l->im.height > 0);
    }
    return status;
}

#define assert_status(l, bytes, len, expected)                                          \
    do {                                                                                \
        enum status got_ = load_exact(l, bytes, len);                                   \
        if (got_ != (expected))                                                         \
            fail_msg("%s (%s), expected %s", status_name(got_), (l)->reason.s,          \
                     status_name(expected));                                            \
    } while (0)

#define assert_reason(l, part)                                                          \
    do {                                                                                \
        if (!strstr((l)->reason.s, part))                                               \
            fail_msg("\"%s\" does not say \"%s\"", (l)->reason.s, part);                \
    } while (0)

static inline int apart(int a, int b)
{
    return a > b ? a - b : b - a;
}

/* The pixel at (x, y) is r, g, b, give or take `by`. */
#define assert_pixel(im, x, y, r, g, b, by)                                             \
    do {                                                                                \
        const uint8_t *p_ = image_row(im, y) + 3 * (x);                                 \
        if (apart(p_[0], r) > (by) || apart(p_[1], g) > (by) || apart(p_[2], b) > (by)) \
            fail_msg("pixel %d,%d is %d %d %d, expected %d %d %d", x, y, p_[0], p_[1],  \
                     p_[2], r, g, b);                                                   \
    } while (0)

/* A small generator, so that pictures are the same everywhere (xorshift32). */
static inline uint32_t next_random(uint32_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed;
}

static inline struct image noise_image(int width, int height, uint32_t seed)
{
    struct image im = IMAGE_INIT;

    assert_true(image_resize(&im, width, height));
    for (size_t i = 0; i < im.stride * (size_t)height; i++)
        im.pixels[i] = (uint8_t)(next_random(&seed) >> 11);
    return im;
}

/* Smooth, and different at every corner: red to the right, green downwards. */
static inline struct image smooth_image(int width, int height)
{
    struct image im = IMAGE_INIT;

    assert_true(image_resize(&im, width, height));
    for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
            uint8_t *p = image_row(&im, y) + 3 * x;
            p[0] = (uint8_t)(40 + 170 * x / width);
            p[1] = (uint8_t)(40 + 170 * y / height);
            p[2] = 90;
        }
    }
    return im;
}

/* An EXIF APP1's content from the TIFF header on, that says nothing but an
 * orientation. */
#define EXIF_LEN 26
static inline void make_exif(unsigned char to[EXIF_LEN], int orientation, bool big_endian)
{
    static const unsigned char big[EXIF_LEN] = "MM\0*\0\0\0\x08\0\1\1\x12\0\3\0\0\0\1\0\0\0\0";
    static const unsigned char little[EXIF_LEN] =
        "II*\0\x08\0\0\0\1\0\x12\1\3\0\1\0\0\0\0\0\0\0";

    memcpy(to, big_endian ? big : little, EXIF_LEN);
    to[big_endian ? 19 : 18] = (unsigned char)orientation;
}

#endif
