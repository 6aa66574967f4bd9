/* SPDX-License-Identifier: GPL-3.0-or-later */
/* PNM files of any bytes; and what is no file of a known format. */
#include "fuzz_image.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    fuzz_image(data, len);
    return 0;
}
