/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What holds for the bytes of any image file, whatever they are: an image within
 * its bounds or a reason why there is none, facts that can be, and the same again
 * from a workspace that has seen every input before as from a fresh one.
 */
#ifndef FUZZ_IMAGE_H
#define FUZZ_IMAGE_H

#include "fuzz.h"
#include "images/load.h"

static inline uint64_t fuzz_checksum(const struct image *im)
{
    uint64_t sum = 14695981039346656037u;

    for (int y = 0; y < im->height; y++)
        for (int i = 0; i < 3 * im->width; i++)
            sum = (sum ^ image_row(im, y)[i]) * 1099511628211u;
    return sum;
}

static inline enum status fuzz_load(struct image_workspace *ws, const uint8_t *data,
                                    size_t len, const struct image_options *options,
                                    uint64_t *sum)
{
    const struct image_place place = {
        true, true, { 2, 1, 9, 7 }, { { 4, 4 }, { 9, 4 }, { 6, 7 }, { 5, 9 }, { 8, 9 } },
    };
    struct image im = IMAGE_INIT;
    struct image_facts facts;
    struct text reason = TEXT_INIT;
    enum status status =
        image_load_bytes(ws, data, len, options, &place, &im, &facts, &reason);

    assert((unsigned)status < STATUS_COUNT);
    assert(status_kind(status) == STATUS_KIND_OK ||
           status_kind(status) == STATUS_KIND_UNREADABLE);
    assert(text_is_utf8(reason.s, reason.len, NULL));
    assert(facts.orientation >= 1 && facts.orientation <= 8);
    assert(facts.quality >= 0 && facts.quality <= 100);
    if (status == STATUS_OK) {
        assert(im.width > 0 && im.height > 0 && im.stride >= 3 * (size_t)im.width);
        assert((uint64_t)facts.width * (uint64_t)facts.height <= options->max_pixels);
        assert(options->align || im.width <= facts.width);
        assert(options->max_side == 0 ||
               (im.width <= options->max_side && im.height <= options->max_side));
        *sum = fuzz_checksum(&im);
    } else {
        assert(reason.len > 0 && im.width == 0);
        *sum = 0;
    }
    image_release(&im);
    text_release(&reason);
    return status;
}

static inline void fuzz_image(const uint8_t *data, size_t len)
{
    static struct image_workspace *used;
    struct image_options options[3] = { IMAGE_OPTIONS_INIT, IMAGE_OPTIONS_INIT,
                                        IMAGE_OPTIONS_INIT };
    struct image_workspace *fresh = image_workspace_new();

    if (!used)
        used = image_workspace_new();
    options[1].max_side = 5;
    options[1].crop = true;
    options[1].margin = .2;
    options[2].align = true;
    for (int i = 0; i < 3; i++) {
        uint64_t first, again;
        options[i].max_pixels = 1 << 20; /* to be quick */
        options[i].measure = i == 0;
        enum status status = fuzz_load(used, data, len, &options[i], &first);
        options[i].measure = false; /* whose tables take longest to make */
        assert(fuzz_load(fresh, data, len, &options[i], &again) == status);
        assert(first == again);
    }
    image_workspace_free(fresh);
}

#endif
