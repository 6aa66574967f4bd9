/* SPDX-License-Identifier: GPL-3.0-or-later */
/* EXIF data of any bytes, from its TIFF header on: one of eight orientations. */
#include <stdlib.h>

#include "fuzz.h"
#include "images/decode.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct image_facts facts = { .orientation = 1 };
    struct text reason = TEXT_INIT;
    struct decoding d = { .facts = &facts, .reason = &reason };

    uint8_t *app1 = malloc(sizeof EXIF_START + len);
    memcpy(app1, EXIF_START, sizeof EXIF_START);
    memcpy(app1 + sizeof EXIF_START, data, len);
    decode_exif(&d, app1, sizeof EXIF_START + len);
    free(app1);
    assert(facts.orientation >= 1 && facts.orientation <= 8);
    assert(facts.orientation == 1 || reason.len == 0);
    text_release(&reason);
    return 0;
}
