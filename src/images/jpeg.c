/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
#include <jerror.h>

#include "base/mem.h"
#include "images/decode.h"

#define MAX_SCANS 100
#define ROWS 4

struct jpeg_reader {
    struct jpeg_decompress_struct c;
    struct jpeg_error_mgr errors;
    struct jpeg_progress_mgr progress;
    jmp_buf give_up;
    struct decoding *d;
    enum status status; /* why it gave up */
    bool at_end;        /* libjpeg asked for more bytes than there are */
    uint16_t table[64]; /* the last that was looked at, and its quality */
    int quality;
    bool quality_exact;
    uint8_t *row;       /* of values that are to be converted */
    size_t row_cap;
};

/* The reader that libjpeg's struct is the first member of. */
static struct jpeg_reader *reader_of(void *c)
{
    return c;
}

_Noreturn static void give_up(struct jpeg_reader *r, enum status status)
{
    r->status = status;
    longjmp(r->give_up, 1);
}

/* The status of an error that libjpeg cannot go on from. */
static enum status status_of(const struct jpeg_reader *r)
{
    switch (r->errors.msg_code) {
    case JERR_OUT_OF_MEMORY:
    case JERR_NO_BACKING_STORE:
    case JERR_IMAGE_TOO_BIG:
    case JERR_WIDTH_OVERFLOW:
        return STATUS_TOO_LARGE;
    case JERR_ARITH_NOTIMPL:
    case JERR_BAD_PRECISION:
    case JERR_CCIR601_NOTIMPL:
    case JERR_COMPONENT_COUNT:
    case JERR_CONVERSION_NOTIMPL:
    case JERR_EMPTY_IMAGE: /* its height comes later, in a DNL segment */
    case JERR_FRACT_SAMPLE_NOTIMPL:
    case JERR_NOTIMPL:
    case JERR_NOT_COMPILED:
    case JERR_SOF_UNSUPPORTED:
        return r->at_end ? STATUS_TRUNCATED : STATUS_UNSUPPORTED;
    default:
        return r->at_end ? STATUS_TRUNCATED : STATUS_CORRUPT;
    }
}

static enum status libjpeg_says(struct jpeg_reader *r, enum status status)
{
    char message[JMSG_LENGTH_MAX];

    if (status == STATUS_TRUNCATED)
        return decode_fail(r->d, status, "JPEG: the file ends before the picture does");
    r->errors.format_message((j_common_ptr)&r->c, message);
    return decode_fail(r->d, status, "JPEG: %s", message);
}

static void on_error(j_common_ptr c)
{
    struct jpeg_reader *r = reader_of(c);

    give_up(r, libjpeg_says(r, status_of(r)));
}

/* Warnings have a negative level. Those below leave every pixel as it was meant;
 * all others mean that some are lost. */
static void on_message(j_common_ptr c, int level)
{
    struct jpeg_reader *r = reader_of(c);

    if (level >= 0)
        return;
    switch (r->errors.msg_code) {
    case JWRN_JPEG_EOF: /* it matters if the picture is not complete then */
        r->at_end = true;
        return;
    case JWRN_EXTRANEOUS_DATA:
        if (r->errors.num_warnings++ == 0)
            decode_note(r->d, "JPEG: bytes of no use between its segments");
        return;
    case JWRN_ADOBE_XFORM:
    case JWRN_BOGUS_ICC: /* told by decode_icc()'s absence of a profile */
    case JWRN_JFIF_MAJOR:
    case JWRN_TOO_MUCH_DATA:
        return;
    default:
        give_up(r, libjpeg_says(r, r->at_end ? STATUS_TRUNCATED : STATUS_CORRUPT));
    }
}

static void on_output(j_common_ptr c)
{
    (void)c;
}

static void on_progress(j_common_ptr c)
{
    struct jpeg_reader *r = reader_of(c);

    if (r->c.input_scan_number > MAX_SCANS)
        give_up(r, decode_fail(r->d, STATUS_TOO_LARGE, "JPEG: more than %d scans",
                               MAX_SCANS));
}

static enum status make(struct jpeg_reader *r)
{
    if (setjmp(r->give_up))
        return r->status;
    jpeg_create_decompress(&r->c);
    r->c.progress = &r->progress;
    jpeg_save_markers(&r->c, JPEG_APP0 + 1, 0xffff); /* EXIF */
    jpeg_save_markers(&r->c, JPEG_APP0 + 2, 0xffff); /* ICC */
    return STATUS_OK;
}

struct jpeg_reader *jpeg_reader_new(void)
{
    struct jpeg_reader *r = mem_alloc(sizeof *r);

    r->c.err = jpeg_std_error(&r->errors);
    r->errors.error_exit = on_error;
    r->errors.emit_message = on_message;
    r->errors.output_message = on_output;
    r->progress.progress_monitor = on_progress;
    return r;
}

void jpeg_reader_free(struct jpeg_reader *r)
{
    if (!r)
        return;
    jpeg_reader_close(r);
    free(r->row);
    free(r);
}

bool jpeg_sniff(const uint8_t *bytes, size_t len)
{
    return len >= 3 && bytes[0] == 0xff && bytes[1] == 0xd8 && bytes[2] == 0xff;
}

static void look_at_exif(struct jpeg_reader *r)
{
    for (jpeg_saved_marker_ptr m = r->c.marker_list; m; m = m->next) {
        if (m->marker == JPEG_APP0 + 1 && m->data_length > sizeof EXIF_START &&
            !memcmp(m->data, EXIF_START, sizeof EXIF_START)) {
            decode_exif(r->d, m->data, m->data_length);
            return;
        }
    }
}

static void look_at_quality(struct jpeg_reader *r)
{
    const int number = r->c.comp_info[0].quant_tbl_no; /* as the file says */
    const JQUANT_TBL *t =
        number >= 0 && number < NUM_QUANT_TBLS ? r->c.quant_tbl_ptrs[number] : NULL;

    if (!t) /* libjpeg will refuse it when it is needed */
        return;
    if (!r->quality || memcmp(t->quantval, r->table, sizeof r->table)) {
        memcpy(r->table, t->quantval, sizeof r->table);
        r->quality = jpeg_quality(r->table, &r->quality_exact);
    }
    r->d->facts->quality = r->quality;
    r->d->facts->quality_exact = r->quality_exact;
}

static enum status read_header(struct jpeg_reader *r)
{
    struct image_facts *facts = r->d->facts;

    if (setjmp(r->give_up))
        return r->status;
    jpeg_mem_src(&r->c, r->d->bytes, (unsigned long)r->d->len);
    jpeg_read_header(&r->c, TRUE);
    facts->depth = r->c.data_precision;
    facts->channels = r->c.num_components;
    facts->progressive = r->c.progressive_mode;
    if (r->c.num_components != 1 && r->c.num_components != 3 && r->c.num_components != 4)
        return decode_fail(r->d, STATUS_UNSUPPORTED, "JPEG: %d components",
                           r->c.num_components);
    enum status status = decode_size(r->d, r->c.image_width, r->c.image_height);
    if (status == STATUS_OK) {
        look_at_exif(r);
        look_at_quality(r);
    }
    return status;
}

enum status jpeg_reader_open(struct jpeg_reader *r, struct decoding *d)
{
    enum status status;

    r->d = d;
    r->at_end = false;
    /* A decompressor keeps the tables of the last picture for the next, which may
     * have left out its own: so each gets a new one. */
    jpeg_reader_close(r);
    status = make(r);
    if (status != STATUS_OK)
        return status;
    /* Coefficients of a picture in several scans: 2 bytes each, 4 components at
     * most, and what the rest of libjpeg needs for some rows. */
    r->c.mem->max_memory_to_use = (long)(d->options->max_pixels * 10 + (64 << 20));
    status = read_header(r);
    if (status != STATUS_OK)
        jpeg_reader_close(r);
    return status;
}

void jpeg_reader_close(struct jpeg_reader *r)
{
    jpeg_destroy_decompress(&r->c);
}

/* The conversion that the picture's profile asks for, NULL if none does. */
static const struct conversion *profile_conversion(struct jpeg_reader *r,
                                                   struct colour_layout layout)
{
    const struct conversion *v = NULL;
    bool has_profile = false;
    JOCTET *icc = NULL;
    unsigned len = 0;

    for (jpeg_saved_marker_ptr m = r->c.marker_list; m && !has_profile; m = m->next)
        has_profile = m->marker == JPEG_APP0 + 2 && m->data_length >= 14 &&
                      !memcmp(m->data, "ICC_PROFILE", 12);
    if (has_profile) {
        jpeg_read_icc_profile(&r->c, &icc, &len);
        v = decode_icc(r->d, icc, len, layout); /* says so if it has no length */
        free(icc);
    }
    return v;
}

static enum status start(struct jpeg_reader *r, int eighths, struct image *im)
{
    struct jpeg_decompress_struct *c = &r->c;

    c->scale_num = (unsigned)eighths;
    c->scale_denom = 8;
    jpeg_start_decompress(c);
    /* Of a picture in several scans nobody can tell that the last one is there
     * but by the end marker. */
    if (r->at_end && jpeg_has_multiple_scans(c))
        return libjpeg_says(r, STATUS_TRUNCATED);
    return decode_room(r->d, im, (int)c->output_width, (int)c->output_height);
}

static enum status read_plain(struct jpeg_reader *r, int eighths, struct image *im)
{
    r->c.out_color_space = JCS_RGB;
    enum status status = start(r, eighths, im);
    if (status != STATUS_OK)
        return status;
    while (r->c.output_scanline < r->c.output_height) {
        JSAMPROW rows[ROWS];
        JDIMENSION n = 0, y = r->c.output_scanline;
        for (; n < ROWS && y + n < r->c.output_height; n++)
            rows[n] = image_row(im, (int)(y + n));
        jpeg_read_scanlines(&r->c, rows, n);
    }
    return STATUS_OK;
}

static enum status read_converted(struct jpeg_reader *r, int eighths, struct image *im,
                                  const struct conversion *v, struct colour_layout layout)
{
    enum status status = start(r, eighths, im);
    if (status != STATUS_OK)
        return status;
    size_t need = (size_t)im->width * (size_t)layout.channels;
    if (need > r->row_cap) {
        r->row = mem_grow(r->row, need, 1);
        r->row_cap = need;
    }
    for (int y = 0; y < im->height; y++) {
        jpeg_read_scanlines(&r->c, &r->row, 1);
        if (v)
            conversion_run(v, r->row, image_row(im, y), (size_t)im->width);
        else
            decode_ink(r->row, image_row(im, y), (size_t)im->width, layout.inverted);
    }
    return STATUS_OK;
}

static enum status read_pixels(struct jpeg_reader *r, int eighths, struct image *im)
{
    struct colour_layout layout = { .channels = r->c.num_components, .bytes = 1 };

    if (setjmp(r->give_up))
        return r->status;
    if (layout.channels == 4) {
        r->c.out_color_space = JCS_CMYK;
        layout.inverted = r->c.saw_Adobe_marker;
        r->d->facts->colour = IMAGE_COLOUR_INK;
    }
    const struct conversion *v = profile_conversion(r, layout);
    if (layout.channels == 4) {
        if (!v)
            r->d->facts->colour = IMAGE_COLOUR_INK;
        return read_converted(r, eighths, im, v, layout);
    }
    if (!v)
        return read_plain(r, eighths, im);
    r->c.out_color_space = layout.channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
    return read_converted(r, eighths, im, v, layout);
}

enum status jpeg_reader_read(struct jpeg_reader *r, struct decoding *d, int eighths,
                      struct image *im)
{
    r->d = d;
    enum status status = read_pixels(r, eighths, im);
    if (status == STATUS_OK && r->at_end)
        decode_note(d, "JPEG: without its end marker");
    jpeg_reader_close(r);
    return status;
}
