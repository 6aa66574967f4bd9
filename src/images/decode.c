/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "images/decode.h"

#include <stdarg.h>

#include <libexif/exif-data.h>

#include "base/mem.h"

enum status decode_fail(struct decoding *d, enum status status, const char *fmt, ...)
{
    va_list ap;

    text_reset(d->reason);
    va_start(ap, fmt);
    text_addfv(d->reason, fmt, ap);
    va_end(ap);
    return status;
}

void decode_note(struct decoding *d, const char *fmt, ...)
{
    va_list ap;

    if (d->reason->len)
        text_add(d->reason, "; ");
    va_start(ap, fmt);
    text_addfv(d->reason, fmt, ap);
    va_end(ap);
}

enum status decode_size(struct decoding *d, uint64_t width, uint64_t height)
{
    const uint64_t bound = d->options->max_pixels;

    if (width == 0 || height == 0)
        return decode_fail(d, STATUS_CORRUPT, "its header says %llu × %llu pixels",
                           (unsigned long long)width, (unsigned long long)height);
    if (width > IMAGE_MAX_SIDE || height > IMAGE_MAX_SIDE)
        return decode_fail(d, STATUS_TOO_LARGE,
                           "%llu × %llu pixels, a side may have %d at most",
                           (unsigned long long)width, (unsigned long long)height,
                           IMAGE_MAX_SIDE);
    d->width = (int)width;
    d->height = (int)height;
    if (width * height > bound)
        return decode_fail(d, STATUS_TOO_LARGE, "%llu × %llu pixels, at most %llu are allowed",
                           (unsigned long long)width, (unsigned long long)height,
                           (unsigned long long)bound);
    return STATUS_OK;
}

enum status decode_room(struct decoding *d, struct image *im, int width, int height)
{
    if (image_resize(im, width, height))
        return STATUS_OK;
    return decode_fail(d, STATUS_TOO_LARGE, "no memory for %d × %d pixels", width, height);
}

/* EXIF 2.32, 4.6.4: tag 274 of the 0th IFD, one SHORT. */
void decode_exif(struct decoding *d, const void *app1, size_t len)
{
    ExifData *exif = exif_data_new();
    if (!exif)
        mem_exhausted();
    exif_data_unset_option(exif, EXIF_DATA_OPTION_FOLLOW_SPECIFICATION);
    exif_data_load_data(exif, app1, (unsigned)len);
    const ExifEntry *e = exif_content_get_entry(exif->ifd[EXIF_IFD_0], EXIF_TAG_ORIENTATION);
    if (e && e->format == EXIF_FORMAT_SHORT && e->components == 1 && e->data && e->size >= 2) {
        int value = exif_get_short(e->data, exif_data_get_byte_order(exif));
        if (value >= 1 && value <= 8)
            d->facts->orientation = value;
        else if (value != 0) /* 0 is what many programs write for "unknown" */
            decode_note(d, "EXIF orientation %d is none of 1 to 8: taken as 1", value);
    }
    exif_data_unref(exif);
}

const struct conversion *decode_icc(struct decoding *d, const void *icc, size_t len,
                                    struct colour_layout layout)
{
    const struct conversion *v = colour_from_icc(d->colour, icc, len, layout);

    if (!v) {
        d->facts->colour = IMAGE_COLOUR_IGNORED;
        decode_note(d, "its ICC profile cannot be used: taken as %s",
                    layout.channels == 4 ? "plain ink" : "sRGB");
        return NULL;
    }
    if (conversion_is_srgb(v)) {
        d->facts->colour = IMAGE_COLOUR_SRGB;
        return NULL;
    }
    d->facts->colour = IMAGE_COLOUR_PROFILE;
    return v;
}

void decode_ink(const uint8_t *cmyk, uint8_t *rgb, size_t n, bool inverted)
{
    const uint8_t flip = inverted ? 0 : 255;

    for (size_t i = 0; i < n; i++) {
        unsigned k = cmyk[4 * i + 3] ^ flip;
        for (int c = 0; c < 3; c++)
            rgb[3 * i + (size_t)c] = (uint8_t)(((cmyk[4 * i + (size_t)c] ^ flip) * k + 127) / 255);
    }
}
