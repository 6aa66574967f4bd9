/* SPDX-License-Identifier: 0BSD */
#include "host/plugins/frte/twin.h"

#include <string.h>

#define MAGIC "FRT1"
#define HEAD 16

size_t twin_size(const struct twin *t)
{
    return HEAD + t->part[FRTE_ENROL].len + t->part[FRTE_PROBE].len;
}

void twin_write(const struct twin *t, uint8_t *to)
{
    memcpy(to, MAGIC, 4);
    for (int i = 0; i < 2; i++) {
        const int16_t code = (int16_t)t->code[i];
        const uint32_t len = (uint32_t)t->part[i].len;
        memcpy(to + 4 + 2 * i, &code, 2);
        memcpy(to + 8 + 4 * i, &len, 4);
    }
    to += HEAD;
    for (int i = 0; i < 2; i++) {
        if (t->part[i].len)
            memcpy(to, t->part[i].bytes, t->part[i].len);
        to += t->part[i].len;
    }
}

int twin_read(struct twin *t, const uint8_t *bytes, size_t len)
{
    size_t at = HEAD;

    if (len < HEAD || memcmp(bytes, MAGIC, 4) != 0)
        return -1;
    for (int i = 0; i < 2; i++) {
        int16_t code;
        uint32_t n;
        memcpy(&code, bytes + 4 + 2 * i, 2);
        memcpy(&n, bytes + 8 + 4 * i, 4);
        if (n > len - at)
            return -1;
        t->code[i] = code;
        t->part[i] = (struct frte_template){ .bytes = bytes + at, .len = n };
        at += n;
    }
    return at == len ? 0 : -1;
}
