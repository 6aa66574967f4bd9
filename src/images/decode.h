/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * decode: what load.c and the decoders of the formats have between them.
 *
 * A decoder works in two steps, so that what is to be done with the picture can
 * be decided between them: open() reads the header, fills `facts` and checks the
 * bounds; read() decodes the pixels, as they lie in the file, into an image. Each
 * gives a status, and with any but STATUS_OK the reason. Nothing of one picture
 * is left to free after either has failed, or after close(). `bytes` must stay
 * in place until then.
 *
 * A decoder keeps what it can use again (`struct jpeg_reader` …) in the
 * workspace that it was made for.
 */
#ifndef IMAGES_DECODE_H
#define IMAGES_DECODE_H

#include "images/colour.h"
#include "images/load.h"

struct decoding {
    const uint8_t *bytes;
    size_t len;
    const struct image_options *options;
    struct colour *colour;
    struct image_facts *facts; /* whose width and height load.c makes upright */
    int width, height;         /* as the picture lies in the file */
    struct text *reason;
};

/* Sets the reason, and returns `status`. */
enum status decode_fail(struct decoding *d, enum status status, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* Adds to the reason something worth knowing about a picture that is ok. */
void decode_note(struct decoding *d, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* Checks a header's size against the bounds and keeps it. */
enum status decode_size(struct decoding *d, uint64_t width, uint64_t height);
/* As image_resize(), with a status. */
enum status decode_room(struct decoding *d, struct image *im, int width, int height);

/* Takes an orientation from EXIF data into `facts`: EXIF_START, a TIFF header and on,
 * as in a JPEG's APP1; at most EXIF_MAX bytes. */
#define EXIF_START "Exif\0" /* and the 0 behind it */
#define EXIF_MAX ((size_t)1 << 20)
void decode_exif(struct decoding *d, const void *app1, size_t len);
/* The conversion to sRGB that `icc` asks for, facts->colour and notes set; NULL
 * if there is none to do or it cannot be used. */
const struct conversion *decode_icc(struct decoding *d, const void *icc, size_t len,
                                    struct colour_layout layout);

/* Red, green and blue of n pixels of cyan, magenta, yellow and black ink (255:
 * full) without a profile. */
void decode_ink(const uint8_t *cmyk, uint8_t *rgb, size_t n, bool inverted);

struct jpeg_reader *jpeg_reader_new(void);
void jpeg_reader_free(struct jpeg_reader *r);
bool jpeg_sniff(const uint8_t *bytes, size_t len);
enum status jpeg_reader_open(struct jpeg_reader *r, struct decoding *d);
/* At `eighths` / 8 of its size, rounded up: 1, 2, 4 or 8. */
enum status jpeg_reader_read(struct jpeg_reader *r, struct decoding *d, int eighths,
                      struct image *im);
void jpeg_reader_close(struct jpeg_reader *r);

struct png_reader *png_reader_new(void);
void png_reader_free(struct png_reader *r);
bool png_sniff(const uint8_t *bytes, size_t len);
enum status png_reader_open(struct png_reader *r, struct decoding *d);
enum status png_reader_read(struct png_reader *r, struct decoding *d, struct image *im);
void png_reader_close(struct png_reader *r);

struct pnm_header {
    char kind; /* '1' to '6' */
    unsigned max;
    size_t at; /* of the first value */
};
bool pnm_sniff(const uint8_t *bytes, size_t len);
enum status pnm_open(struct pnm_header *h, struct decoding *d);
enum status pnm_read(const struct pnm_header *h, struct decoding *d, struct image *im);

/* The quality 1 to 100 whose luminance table by libjpeg's scaling of table K.1
 * of ITU-T T.81 (baseline: values 1 to 255) differs least from `table` (in rows,
 * not zigzag), in the sum of absolute differences; of several the highest. */
int jpeg_quality(const uint16_t table[64], bool *exact);

#endif
