/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "make_png.h"

#include "base/mem.h"

static void put(png_structp png, png_bytep data, size_t len)
{
    text_addn(png_get_io_ptr(png), (const char *)data, len);
}

static void flush_nothing(png_structp png)
{
    (void)png;
}

int png_values(int type)
{
    return type == PNG_COLOR_TYPE_RGB ? 3 : type == PNG_COLOR_TYPE_RGBA ? 4
         : type == PNG_COLOR_TYPE_GA ? 2 : 1;
}

unsigned png_value(const struct png_kind *k, int x, int y, int i)
{
    uint32_t seed = (uint32_t)(1 + x + PNG_WIDTH * y + PNG_WIDTH * PNG_HEIGHT * i) * 2654435761u;

    return next_random(&seed) >> 7 & ((1u << k->depth) - 1);
}

static const png_color_16 transparent = { .index = 0, .red = 7, .green = 8, .blue = 9,
                                          .gray = 1 };

png_color png_palette_colour(unsigned i)
{
    return (png_color){ (png_byte)(i * 7), (png_byte)(255 - i), (png_byte)(i * 31) };
}

png_byte png_palette_alpha(unsigned i)
{
    return (png_byte)(i * 85);
}

static void set_chunks(png_structp png, png_infop info, const struct png_kind *k)
{
    if (k->type == PNG_COLOR_TYPE_PALETTE) {
        png_color palette[256];
        png_byte alpha[256];
        for (unsigned i = 0; i < 256; i++) {
            palette[i] = png_palette_colour(i);
            alpha[i] = png_palette_alpha(i);
        }
        png_set_PLTE(png, info, palette, 1 << k->depth);
        if (k->transparent)
            png_set_tRNS(png, info, alpha, k->depth == 8 ? 256 : 2, NULL);
    } else if (k->transparent) {
        png_set_tRNS(png, info, NULL, 0, &transparent);
    }
    if (k->gamma > 0)
        png_set_gAMA(png, info, k->gamma);
    if (k->says_srgb)
        png_set_sRGB(png, info, PNG_sRGB_INTENT_PERCEPTUAL);
    if (k->chromaticities) {
        const double *c = k->chromaticities;
        png_set_cHRM(png, info, c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7]);
    }
    if (k->icc)
        png_set_iCCP(png, info, "a profile", PNG_COMPRESSION_TYPE_BASE, k->icc,
                     (png_uint_32)k->icc_len);
    if (k->orientation) {
        unsigned char exif[EXIF_LEN];
        make_exif(exif, k->orientation, true);
        png_set_eXIf_1(png, info, EXIF_LEN, exif);
    }
}

struct text make_png(const struct png_kind *k)
{
    struct text out = TEXT_INIT;
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(png);
    const int values = png_values(k->type);
    const int width = k->width ? k->width : PNG_WIDTH;
    const int height = k->height ? k->height : PNG_HEIGHT;
    uint8_t *row = mem_alloc((size_t)width * 8);

    png_set_write_fn(png, &out, put, flush_nothing);
    png_set_IHDR(png, info, (png_uint_32)width, (png_uint_32)height, k->depth, k->type,
                 k->interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    set_chunks(png, info, k);
    png_write_info(png, info);
    if (k->depth < 8)
        png_set_packing(png);
    int passes = png_set_interlace_handling(png);
    for (int pass = 0; pass < passes; pass++) {
        for (int y = 0; y < height; y++) {
            uint8_t *p = row;
            for (int x = 0; x < width; x++) {
                for (int i = 0; i < values; i++) {
                    unsigned v = png_value(k, x, y, i);
                    if (k->depth == 16)
                        *p++ = (uint8_t)(v >> 8);
                    *p++ = (uint8_t)v;
                }
            }
            png_write_row(png, row);
        }
    }
    png_write_end(png, info);
    png_destroy_write_struct(&png, &info);
    free(row);
    return out;
}

/* CRC-32 of PNG, annex D. */
static uint32_t crc(const unsigned char *p, size_t n)
{
    uint32_t c = 0xffffffff;

    while (n--) {
        c ^= *p++;
        for (int i = 0; i < 8; i++)
            c = c & 1 ? 0xedb88320 ^ c >> 1 : c >> 1;
    }
    return ~c;
}

void png_add_chunk(struct text *png, const char *type, const void *data, size_t len)
{
    const size_t at = png->len;
    const unsigned char size[4] = { (unsigned char)(len >> 24), (unsigned char)(len >> 16),
                                    (unsigned char)(len >> 8), (unsigned char)len };

    text_addn(png, (const char *)size, 4);
    text_addn(png, type, 4);
    text_addn(png, data, len);
    uint32_t c = crc((const unsigned char *)png->s + at + 4, len + 4);
    const unsigned char sum[4] = { (unsigned char)(c >> 24), (unsigned char)(c >> 16),
                                   (unsigned char)(c >> 8), (unsigned char)c };
    text_addn(png, (const char *)sum, 4);
}
