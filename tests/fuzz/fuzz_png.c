/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * PNG files of any bytes: as they are, and with the check sums of their chunks
 * mended, without which hardly one would come further than its first chunk.
 */
#include <stdlib.h>

#include "fuzz_image.h"

/* CRC-32 of PNG, annex D. */
static uint32_t crc(const uint8_t *p, size_t n)
{
    static uint32_t table[256];
    uint32_t c = 0xffffffff;

    for (uint32_t i = 0; !table[255] && i < 256; i++) {
        uint32_t v = i;
        for (int bit = 0; bit < 8; bit++)
            v = v & 1 ? 0xedb88320 ^ v >> 1 : v >> 1;
        table[i] = v;
    }
    for (size_t i = 0; i < n; i++)
        c = table[(c ^ p[i]) & 255] ^ c >> 8;
    return ~c;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    if (len < 8 || memcmp(data, "\x89PNG\r\n\x1a\n", 8))
        return 0;
    fuzz_image(data, len);

    uint8_t *mended = malloc(len);
    memcpy(mended, data, len);
    for (size_t at = 8; len - at >= 12;) {
        uint8_t *p = mended + at;
        size_t n = (size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3];
        if (n > len - at - 12)
            break;
        uint32_t sum = crc(p + 4, n + 4);
        for (int i = 0; i < 4; i++)
            p[8 + n + (size_t)i] = (uint8_t)(sum >> (24 - 8 * i));
        at += 12 + n;
    }
    fuzz_image(mended, len);
    free(mended);
    return 0;
}
