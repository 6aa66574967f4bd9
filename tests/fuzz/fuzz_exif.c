/* SPDX-License-Identifier: GPL-3.0-or-later */
/* EXIF data of any bytes, from its TIFF header on: one of eight orientations. */
#include "fuzz.h"
#include "images/decode.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct image_facts facts = { .orientation = 1 };
    struct text reason = TEXT_INIT;
    struct decoding d = { .facts = &facts, .reason = &reason };

    decode_exif(&d, data, len);
    assert(facts.orientation >= 1 && facts.orientation <= 8);
    assert(facts.orientation == 1 || reason.len == 0);
    text_release(&reason);
    return 0;
}
