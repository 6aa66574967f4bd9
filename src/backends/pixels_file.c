/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "backends/pixels_file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* A PNG being written: CRC-32 of the chunk (ISO 3309), Adler-32 of the rows (RFC 1950),
 * and how much is left of the current stored block (RFC 1951, 3.2.4). */
struct png {
    FILE *fp;
    uint32_t table[256], crc, a, b;
    size_t left, block;
};

#define BLOCK_MAX 65535

static void put(struct png *p, const void *bytes, size_t n)
{
    const uint8_t *c = bytes;

    for (size_t i = 0; i < n; i++)
        p->crc = p->table[(p->crc ^ c[i]) & 255] ^ p->crc >> 8;
    fwrite(bytes, 1, n, p->fp);
}

static void put_u32(struct png *p, uint32_t v)
{
    const uint8_t bytes[4] = { (uint8_t)(v >> 24), (uint8_t)(v >> 16), (uint8_t)(v >> 8),
                               (uint8_t)v };

    put(p, bytes, 4);
}

static void begin_chunk(struct png *p, const char *type, size_t len)
{
    put_u32(p, (uint32_t)len);
    p->crc = ~0u;
    put(p, type, 4);
}

static void end_chunk(struct png *p)
{
    put_u32(p, ~p->crc);
}

/* Adler-32; of 5552 bytes the sums stay below 2^32 (zlib's NMAX). */
static void add_adler(struct png *p, const uint8_t *bytes, size_t n)
{
    while (n) {
        size_t k = n < 5552 ? n : 5552;
        for (size_t i = 0; i < k; i++)
            p->b += p->a += bytes[i];
        p->a %= 65521;
        p->b %= 65521;
        bytes += k;
        n -= k;
    }
}

/* n bytes of the rows, in stored blocks. */
static void put_stored(struct png *p, const uint8_t *bytes, size_t n)
{
    while (n) {
        if (!p->block) {
            p->block = p->left < BLOCK_MAX ? p->left : BLOCK_MAX;
            const uint8_t head[5] = {
                p->block == p->left, (uint8_t)p->block, (uint8_t)(p->block >> 8),
                (uint8_t)~p->block, (uint8_t)(~p->block >> 8),
            };
            put(p, head, sizeof head);
        }
        size_t k = n < p->block ? n : p->block;
        put(p, bytes, k);
        add_adler(p, bytes, k);
        bytes += k;
        n -= k;
        p->block -= k;
        p->left -= k;
    }
}

static void write_png(FILE *fp, const struct image *im)
{
    static const uint8_t signature[8] = { 137, 'P', 'N', 'G', 13, 10, 26, 10 };
    static const uint8_t kind[5] = { 8, 2, 0, 0, 0 }; /* 8 bits, RGB */
    size_t row = 3 * (size_t)im->width, all = (row + 1) * (size_t)im->height;
    struct png p = { .fp = fp, .a = 1, .left = all };

    for (uint32_t i = 0; i < 256; i++) {
        p.table[i] = i;
        for (int k = 0; k < 8; k++)
            p.table[i] = p.table[i] & 1 ? 0xEDB88320u ^ p.table[i] >> 1 : p.table[i] >> 1;
    }
    fwrite(signature, 1, sizeof signature, fp);
    begin_chunk(&p, "IHDR", 13);
    put_u32(&p, (uint32_t)im->width);
    put_u32(&p, (uint32_t)im->height);
    put(&p, kind, sizeof kind);
    end_chunk(&p);
    begin_chunk(&p, "sRGB", 1);
    put(&p, "", 1);
    end_chunk(&p);
    begin_chunk(&p, "IDAT", 2 + all + 5 * ((all + BLOCK_MAX - 1) / BLOCK_MAX) + 4);
    put(&p, "\x78\x01", 2);
    for (int y = 0; y < im->height; y++) {
        put_stored(&p, (const uint8_t *)"", 1); /* filter: none */
        put_stored(&p, image_row(im, y), row);
    }
    put_u32(&p, p.b << 16 | p.a);
    end_chunk(&p);
    begin_chunk(&p, "IEND", 0);
    end_chunk(&p);
}

int pixels_write(const struct image *im, bool png, const char *path, struct err *err)
{
    FILE *fp = fopen(path, "wbe");

    if (!fp)
        return err_add_errno(err, ERR_IO, errno, "%s: cannot write", path);
    if (png) {
        write_png(fp, im);
    } else {
        fprintf(fp, "P6\n%d %d\n255\n", im->width, im->height);
        for (int y = 0; y < im->height; y++)
            fwrite(image_row(im, y), 3, (size_t)im->width, fp);
    }
    bool failed = ferror(fp);
    if (fclose(fp) != 0 || failed)
        return err_add_errno(err, ERR_IO, errno, "%s: cannot write", path);
    return 0;
}
