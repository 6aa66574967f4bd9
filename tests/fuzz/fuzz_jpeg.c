/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JPEG files of any bytes, from their first three on. */
#include "fuzz_image.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    if (len >= 3 && !memcmp(data, "\xff\xd8\xff", 3))
        fuzz_image(data, len);
    return 0;
}
