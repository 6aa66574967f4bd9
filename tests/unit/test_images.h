/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the tests of images have between them: a loader with everything that
 * image_load() takes.
 */
#ifndef TEST_IMAGES_H
#define TEST_IMAGES_H

#include "test.h"

#include "base/text.h"
#include "images/load.h"
#include "../pictures/pictures.h"

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

#endif
