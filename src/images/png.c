/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <png.h>

#include "base/mem.h"
#include "images/decode.h"

struct png_reader {
    png_structp png;
    png_infop info;
    jmp_buf give_up;
    struct decoding *d;
    enum status status;
    size_t at; /* how far the bytes are read */
    uint8_t *raw; /* rows as libpng gives them, where they are not the image's */
    size_t raw_cap;
};

static void on_error(png_structp png, png_const_charp message)
{
    struct png_reader *r = png_get_error_ptr(png);

    if (r->at > r->d->len)
        r->status = decode_fail(r->d, STATUS_TRUNCATED,
                                "PNG: the file ends before the picture does");
    else
        r->status = decode_fail(r->d, STATUS_CORRUPT, "PNG: %s", message);
    longjmp(r->give_up, 1);
}

/* About what does not touch the pixels; libpng then leaves the chunk out. */
static void on_warning(png_structp png, png_const_charp message)
{
    (void)png;
    (void)message;
}

static void take(png_structp png, png_bytep to, size_t len)
{
    struct png_reader *r = png_get_io_ptr(png);

    if (len > r->d->len - r->at) {
        r->at = r->d->len + 1;
        png_error(png, "ends early");
    }
    memcpy(to, r->d->bytes + r->at, len);
    r->at += len;
}

struct png_reader *png_reader_new(void)
{
    return mem_alloc(sizeof(struct png_reader));
}

void png_reader_free(struct png_reader *r)
{
    if (!r)
        return;
    free(r->raw);
    free(r);
}

bool png_sniff(const uint8_t *bytes, size_t len)
{
    static const uint8_t signature[8] = { 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n' };
    return len >= 8 && !memcmp(bytes, signature, 8);
}

static uint32_t big_endian(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* Room for raw bytes; what there was is lost. */
static bool make_room(struct png_reader *r, size_t need)
{
    if (need <= r->raw_cap)
        return true;
    free(r->raw);
    r->raw = mem_try_array(need, 1);
    r->raw_cap = r->raw ? need : 0;
    return r->raw;
}

/* Finds eXIf, which may stand behind the pixels, where it is needed too late. */
static void look_at_exif(struct png_reader *r)
{
    const struct decoding *d = r->d;
    size_t at = 8;

    while (d->len - at >= 12) {
        const uint8_t *p = d->bytes + at;
        size_t len = big_endian(p);
        if (len > d->len - at - 12)
            return;
        if (!memcmp(p + 4, "eXIf", 4)) {
            const size_t start = sizeof EXIF_START;
            if (len > EXIF_MAX - start || !make_room(r, start + len))
                return;
            memcpy(r->raw, EXIF_START, start);
            memcpy(r->raw + start, p + 8, len);
            decode_exif(r->d, r->raw, start + len);
            return;
        }
        at += 12 + len;
    }
}

/* Chunks that say nothing of the pixels are passed over: libpng would have memory
 * for some of them by the length that they claim. (eXIf is looked at above.) */
static const uint8_t of_no_use[] = "bKGD\0eXIf\0hIST\0iTXt\0oFFs\0pCAL\0pHYs\0sBIT\0sCAL\0"
                                   "sPLT\0tEXt\0tIME\0zTXt";

static enum status read_header(struct png_reader *r)
{
    struct decoding *d = r->d;

    if (setjmp(r->give_up))
        return r->status;
    r->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, r, on_error, on_warning);
    if (r->png)
        r->info = png_create_info_struct(r->png);
    if (!r->info)
        return decode_fail(d, STATUS_TOO_LARGE, "no memory to decode it");
    png_set_user_limits(r->png, IMAGE_MAX_SIDE, IMAGE_MAX_SIDE);
    png_set_chunk_malloc_max(r->png, (png_alloc_size_t)4 << 20);
    png_set_chunk_cache_max(r->png, 100);
    png_set_keep_unknown_chunks(r->png, PNG_HANDLE_CHUNK_NEVER, of_no_use,
                                sizeof of_no_use / 5);
    png_set_read_fn(r->png, r, take);
    png_read_info(r->png, r->info);
    int type = png_get_color_type(r->png, r->info);
    d->facts->depth = png_get_bit_depth(r->png, r->info);
    d->facts->alpha = (type & PNG_COLOR_MASK_ALPHA) ||
                      png_get_valid(r->png, r->info, PNG_INFO_tRNS);
    d->facts->channels = (type & PNG_COLOR_MASK_COLOR ? 3 : 1) + d->facts->alpha;
    d->facts->progressive =
        png_get_interlace_type(r->png, r->info) != PNG_INTERLACE_NONE;
    return STATUS_OK;
}

enum status png_reader_open(struct png_reader *r, struct decoding *d)
{
    enum status status;

    r->d = d;
    r->at = 0;
    if (d->len < 33)
        return decode_fail(d, STATUS_TRUNCATED, "PNG: the file ends in its header");
    if (memcmp(d->bytes + 12, "IHDR", 4))
        return decode_fail(d, STATUS_CORRUPT, "PNG: does not begin with its header");
    status = decode_size(d, big_endian(d->bytes + 16), big_endian(d->bytes + 20));
    if (status == STATUS_OK)
        status = read_header(r);
    if (status == STATUS_OK)
        look_at_exif(r);
    else
        png_reader_close(r);
    return status;
}

void png_reader_close(struct png_reader *r)
{
    png_destroy_read_struct(&r->png, &r->info, NULL);
}

/* The conversion that the chunks ask for, by the order of the PNG specification
 * (third edition, 4.3): iCCP, then sRGB, then gAMA with cHRM. NULL: none. */
static const struct conversion *wanted_conversion(struct png_reader *r,
                                                  struct colour_layout layout)
{
    struct image_facts *facts = r->d->facts;
    png_charp name;
    png_bytep icc;
    png_uint_32 len;
    int method, intent;
    double gamma, c[8];

    if (png_get_iCCP(r->png, r->info, &name, &method, &icc, &len))
        return decode_icc(r->d, icc, len, layout);
    if (png_get_sRGB(r->png, r->info, &intent)) {
        facts->colour = IMAGE_COLOUR_SRGB;
        return NULL;
    }
    if (!png_get_gAMA(r->png, r->info, &gamma))
        return NULL;
    bool has_primaries = layout.channels == 3 &&
                         png_get_cHRM(r->png, r->info, &c[0], &c[1], &c[2], &c[3], &c[4],
                                      &c[5], &c[6], &c[7]);
    /* 1/2.2 is how files that mean sRGB have always put it. */
    if (!has_primaries && gamma > .4545 && gamma < .4546) {
        facts->colour = IMAGE_COLOUR_SRGB;
        return NULL;
    }
    const struct conversion *v =
        colour_from_gamma(r->d->colour, gamma, has_primaries ? c : NULL, layout);
    if (!v) {
        facts->colour = IMAGE_COLOUR_IGNORED;
        decode_note(r->d, "PNG: its gAMA and cHRM make no sense: taken as sRGB");
    } else if (conversion_is_srgb(v)) {
        facts->colour = IMAGE_COLOUR_SRGB;
        v = NULL;
    } else {
        facts->colour = IMAGE_COLOUR_GAMMA;
    }
    return v;
}

/* How the values of a row are to come from libpng. */
struct row_form {
    struct colour_layout layout;
    const struct conversion *conversion; /* NULL: they are sRGB */
    bool direct;                         /* they are the image's as they come */
};

static struct row_form choose_form(struct png_reader *r)
{
    const struct image_facts *facts = r->d->facts;
    struct row_form f = { .layout = { .channels = facts->channels - facts->alpha,
                                      .bytes = facts->depth == 16 ? 2 : 1,
                                      .alpha = facts->alpha } };

    f.conversion = wanted_conversion(r, f.layout);
    f.direct = !f.conversion && !facts->alpha;
    png_set_expand(r->png); /* palettes, fewer bits than 8, tRNS */
    if (!f.conversion) {    /* else the conversion does both, and better */
        png_set_scale_16(r->png);
        png_set_gray_to_rgb(r->png);
        f.layout.channels = 3;
        f.layout.bytes = 1;
    } else if (f.layout.bytes == 2) {
        const uint16_t one = 1;
        if (*(const uint8_t *)&one == 1)
            png_set_swap(r->png);
    }
    return f;
}

/* One value over another by alpha of `most`, rounded. */
static uint8_t over(uint8_t value, uint8_t below, unsigned alpha, unsigned most)
{
    return (uint8_t)((value * alpha + below * (most - alpha) + most / 2) / most);
}

static void put_over(const uint8_t *raw, struct colour_layout layout,
                     const uint8_t background[3], uint8_t *rgb, int width)
{
    const size_t pixel = (size_t)((layout.channels + 1) * layout.bytes);
    const uint8_t *alpha = raw + pixel - layout.bytes;

    for (int x = 0; x < width; x++, alpha += pixel, rgb += 3) {
        uint16_t wide = *alpha;
        if (layout.bytes == 2)
            memcpy(&wide, alpha, 2);
        for (int c = 0; c < 3; c++)
            rgb[c] = over(rgb[c], background[c], wide, layout.bytes == 2 ? 65535 : 255);
    }
}

static void finish_row(struct png_reader *r, const struct row_form *f, const uint8_t *raw,
                       uint8_t *rgb, int width)
{
    if (f->conversion)
        conversion_run(f->conversion, raw, rgb, (size_t)width);
    else
        for (int x = 0; x < width; x++)
            memcpy(rgb + 3 * (size_t)x, raw + 4 * (size_t)x, 3);
    if (f->layout.alpha)
        put_over(raw, f->layout, r->d->options->background, rgb, width);
}

static enum status read_pixels(struct png_reader *r, struct image *im)
{
    struct decoding *d = r->d;

    if (setjmp(r->give_up))
        return r->status;
    const struct row_form f = choose_form(r);
    const int passes = png_set_interlace_handling(r->png);
    png_read_update_info(r->png, r->info);
    enum status status = decode_room(d, im, d->width, d->height);
    if (status != STATUS_OK)
        return status;
    /* Interlaced rows are not complete before the last pass. */
    const size_t stride = f.direct ? 0 : png_get_rowbytes(r->png, r->info);
    const size_t need = passes > 1 ? stride * (size_t)im->height : stride;
    if (!make_room(r, need))
        return decode_fail(d, STATUS_TOO_LARGE, "no memory for %d × %d pixels", im->width,
                           im->height);
    for (int pass = 0; pass < passes; pass++) {
        for (int y = 0; y < im->height; y++) {
            uint8_t *raw = f.direct ? image_row(im, y)
                         : passes > 1 ? r->raw + (size_t)y * stride : r->raw;
            png_read_row(r->png, raw, NULL);
            if (!f.direct && pass == passes - 1)
                finish_row(r, &f, raw, image_row(im, y), im->width);
        }
    }
    return STATUS_OK;
}

enum status png_reader_read(struct png_reader *r, struct decoding *d, struct image *im)
{
    r->d = d;
    enum status status = read_pixels(r, im);
    png_reader_close(r);
    return status;
}
