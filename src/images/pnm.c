/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The formats of pbm(5), pgm(5) and ppm(5). */
#include "images/decode.h"

struct cursor {
    const uint8_t *p, *end;
};

static bool is_space(uint8_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

bool pnm_sniff(const uint8_t *bytes, size_t len)
{
    return len >= 3 && bytes[0] == 'P' && bytes[1] >= '1' && bytes[1] <= '6' &&
           (is_space(bytes[2]) || bytes[2] == '#');
}

static void skip_space(struct cursor *c)
{
    while (c->p < c->end && (is_space(*c->p) || *c->p == '#')) {
        if (*c->p == '#')
            while (c->p < c->end && *c->p != '\n' && *c->p != '\r')
                c->p++;
        else
            c->p++;
    }
}

/* The next number; -1 if there is none or it is past `most`. */
static long number(struct cursor *c, long most)
{
    long v = 0;

    skip_space(c);
    if (c->p == c->end || *c->p < '0' || *c->p > '9')
        return -1;
    for (; c->p < c->end && *c->p >= '0' && *c->p <= '9'; c->p++) {
        v = 10 * v + (*c->p - '0');
        if (v > most)
            return -1;
    }
    return v;
}

/* A fault at the cursor: too few bytes, or wrong ones. */
static enum status fault(struct decoding *d, const struct cursor *c, const char *what)
{
    if (c->p >= c->end)
        return decode_fail(d, STATUS_TRUNCATED, "PNM: the file ends before its %s", what);
    return decode_fail(d, STATUS_CORRUPT, "PNM: no %s at byte %zu", what,
                       (size_t)(c->p - d->bytes));
}

static bool is_bits(const struct pnm_header *h)
{
    return h->kind == '1' || h->kind == '4';
}

enum status pnm_open(struct pnm_header *h, struct decoding *d)
{
    struct cursor c = { d->bytes + 2, d->bytes + d->len };
    long width, height, max = 1;

    h->kind = (char)d->bytes[1];
    if ((width = number(&c, 1000000000)) < 0)
        return fault(d, &c, "width");
    if ((height = number(&c, 1000000000)) < 0)
        return fault(d, &c, "height");
    if (!is_bits(h) && ((max = number(&c, 65535)) < 1))
        return fault(d, &c, "greatest value (1 to 65535)");
    if (c.p == c.end || !is_space(*c.p))
        return fault(d, &c, "blank after the header");
    h->at = (size_t)(c.p + 1 - d->bytes);
    h->max = (unsigned)max;
    d->facts->channels = h->kind == '3' || h->kind == '6' ? 3 : 1;
    d->facts->depth = is_bits(h) ? 1 : max > 255 ? 16 : 8;
    return decode_size(d, (uint64_t)width, (uint64_t)height);
}

static uint8_t to_8_bit(unsigned v, unsigned max)
{
    return (uint8_t)(max == 255 ? v : (v * 255u + max / 2) / max);
}

/* The next value of a plain (ASCII) picture; of bits, one digit, 1 being black. */
static long plain_value(struct cursor *c, const struct pnm_header *h)
{
    if (h->kind != '1')
        return number(c, (long)h->max);
    skip_space(c);
    if (c->p == c->end || (*c->p != '0' && *c->p != '1'))
        return -1;
    return '1' - *c->p++;
}

static enum status read_plain(const struct pnm_header *h, struct decoding *d,
                              struct image *im)
{
    struct cursor c = { d->bytes + h->at, d->bytes + d->len };
    const int channels = d->facts->channels;

    for (int y = 0; y < im->height; y++) {
        uint8_t *to = image_row(im, y);
        for (int x = 0; x < im->width; x++, to += 3) {
            for (int k = 0; k < channels; k++) {
                long v = plain_value(&c, h);
                if (v < 0)
                    return fault(d, &c, "next value");
                to[k] = to_8_bit((unsigned)v, h->max);
            }
            if (channels == 1)
                to[1] = to[2] = to[0];
        }
    }
    return STATUS_OK;
}

static void read_bits(const uint8_t *from, struct image *im)
{
    const size_t stride = ((size_t)im->width + 7) / 8;

    for (int y = 0; y < im->height; y++, from += stride) {
        uint8_t *to = image_row(im, y);
        for (int x = 0; x < im->width; x++, to += 3)
            to[0] = to[1] = to[2] = from[x / 8] >> (7 - x % 8) & 1 ? 0 : 255;
    }
}

static enum status read_values(const struct pnm_header *h, struct decoding *d,
                               struct image *im)
{
    const int channels = d->facts->channels, wide = h->max > 255;
    const uint8_t *from = d->bytes + h->at;

    for (int y = 0; y < im->height; y++) {
        uint8_t *to = image_row(im, y);
        for (int x = 0; x < im->width; x++, to += 3) {
            for (int k = 0; k < channels; k++, from += 1 + wide) {
                unsigned v = wide ? (unsigned)from[0] << 8 | from[1] : from[0];
                if (v > h->max)
                    return decode_fail(d, STATUS_CORRUPT, "PNM: %u at byte %zu, the "
                                       "header says at most %u", v,
                                       (size_t)(from - d->bytes), h->max);
                to[k] = to_8_bit(v, h->max);
            }
            if (channels == 1)
                to[1] = to[2] = to[0];
        }
    }
    return STATUS_OK;
}

/* The bytes that the values take up, at least. */
static size_t least_bytes(const struct pnm_header *h, const struct decoding *d)
{
    const size_t width = (size_t)d->width, height = (size_t)d->height;
    const size_t values = width * height * (size_t)d->facts->channels;

    switch (h->kind) {
    case '1':
        return values;
    case '4':
        return (width + 7) / 8 * height;
    case '5':
    case '6':
        return h->max > 255 ? 2 * values : values;
    default:
        return 2 * values - 1; /* a digit each, and a blank between two */
    }
}

enum status pnm_read(const struct pnm_header *h, struct decoding *d, struct image *im)
{
    if (d->len - h->at < least_bytes(h, d))
        return decode_fail(d, STATUS_TRUNCATED,
                           "PNM: the file ends before the picture does");
    enum status status = decode_room(d, im, d->width, d->height);
    if (status != STATUS_OK)
        return status;
    if (h->kind <= '3')
        return read_plain(h, d, im);
    if (h->kind == '4') {
        read_bits(d->bytes + h->at, im);
        return STATUS_OK;
    }
    return read_values(h, d, im);
}
