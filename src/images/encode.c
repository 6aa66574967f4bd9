/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "images/encode.h"

#include <assert.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <jpeglib.h>
#include <png.h>

#include "base/file.h"

/* What a library says as it gives up, and where to go on. It lives outside the
 * function that calls setjmp(), so that nothing of it is lost by the jump. */
struct give_up {
    jmp_buf to;
    char message[JMSG_LENGTH_MAX];
    struct text *out;
};

static void png_gave_up(png_structp png, png_const_charp message)
{
    struct give_up *g = png_get_error_ptr(png);

    snprintf(g->message, sizeof g->message, "%s", message);
    longjmp(g->to, 1);
}

static void png_warned(png_structp png, png_const_charp message)
{
    (void)png;
    (void)message;
}

static void png_take(png_structp png, png_bytep data, size_t len)
{
    struct give_up *g = png_get_io_ptr(png);

    text_addn(g->out, (const char *)data, len);
}

static void png_flush_nothing(png_structp png)
{
    (void)png;
}

struct png_writer {
    png_structp png;
    png_infop info;
    struct give_up give_up;
};

static int png_write(struct png_writer *w, const struct image *im, const char *comment)
{
    if (setjmp(w->give_up.to))
        return -1;
    w->png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &w->give_up, png_gave_up,
                                     png_warned);
    if (w->png)
        w->info = png_create_info_struct(w->png);
    if (!w->info) {
        strcpy(w->give_up.message, "no memory");
        return -1;
    }
    png_set_write_fn(w->png, &w->give_up, png_take, png_flush_nothing);
    png_set_compression_level(w->png, 6);
    png_set_IHDR(w->png, w->info, (png_uint_32)im->width, (png_uint_32)im->height, 8,
                 PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
                 PNG_FILTER_TYPE_DEFAULT);
    png_set_sRGB(w->png, w->info, PNG_sRGB_INTENT_PERCEPTUAL);
    if (comment) {
        png_text text = { .compression = PNG_TEXT_COMPRESSION_NONE,
                          .key = (png_charp) "Comment",
                          .text = (png_charp)comment,
                          .text_length = strlen(comment) };
        png_set_text(w->png, w->info, &text, 1);
    }
    png_write_info(w->png, w->info);
    for (int y = 0; y < im->height; y++)
        png_write_row(w->png, image_row(im, y));
    png_write_end(w->png, w->info);
    return 0;
}

/* Ends an encoding that began at `begun` bytes of `out`. */
static int finish(int failed, const char *message, size_t begun, struct text *out,
                  struct err *err)
{
    if (!failed)
        return 0;
    if (out->cap) {
        out->len = begun;
        out->s[begun] = '\0';
    }
    return err_add(err, ERR_LIMIT, "cannot encode the image: %s", message);
}

int image_encode_png(const struct image *im, const char *comment, struct text *out,
                     struct err *err)
{
    struct png_writer w = { .give_up = { .out = out } };
    size_t begun = out->len;
    int failed = png_write(&w, im, comment);

    png_destroy_write_struct(&w.png, &w.info);
    return finish(failed, w.give_up.message, begun, out, err);
}

struct jpeg_writer {
    struct jpeg_compress_struct c;
    struct jpeg_error_mgr errors;
    struct jpeg_destination_mgr to;
    struct give_up give_up;
    JOCTET block[8192];
};

static struct jpeg_writer *writer_of(j_compress_ptr c)
{
    struct give_up *g = c->client_data;

    return (struct jpeg_writer *)((char *)g - offsetof(struct jpeg_writer, give_up));
}

static void jpeg_begin_block(j_compress_ptr c)
{
    struct jpeg_writer *w = writer_of(c);

    w->to.next_output_byte = w->block;
    w->to.free_in_buffer = sizeof w->block;
}

static boolean jpeg_block_full(j_compress_ptr c)
{
    struct jpeg_writer *w = writer_of(c);

    text_addn(w->give_up.out, (const char *)w->block, sizeof w->block);
    jpeg_begin_block(c);
    return TRUE;
}

static void jpeg_end_blocks(j_compress_ptr c)
{
    struct jpeg_writer *w = writer_of(c);

    text_addn(w->give_up.out, (const char *)w->block,
              sizeof w->block - w->to.free_in_buffer);
}

static void jpeg_gave_up(j_common_ptr c)
{
    struct give_up *g = c->client_data;

    c->err->format_message(c, g->message);
    longjmp(g->to, 1);
}

static void jpeg_says_nothing(j_common_ptr c, int level)
{
    (void)c;
    (void)level;
}

static int jpeg_write(struct jpeg_writer *w, const struct image *im, int quality,
                      const char *comment)
{
    struct jpeg_compress_struct *c = &w->c;

    c->err = jpeg_std_error(&w->errors);
    w->errors.error_exit = jpeg_gave_up;
    w->errors.emit_message = jpeg_says_nothing;
    c->client_data = &w->give_up;
    if (setjmp(w->give_up.to))
        return -1;
    jpeg_create_compress(c);
    c->client_data = &w->give_up;
    w->to.init_destination = jpeg_begin_block;
    w->to.empty_output_buffer = jpeg_block_full;
    w->to.term_destination = jpeg_end_blocks;
    c->dest = &w->to;
    c->image_width = (JDIMENSION)im->width;
    c->image_height = (JDIMENSION)im->height;
    c->input_components = 3;
    c->in_color_space = JCS_RGB;
    jpeg_set_defaults(c);
    jpeg_set_quality(c, quality, TRUE);
    c->optimize_coding = TRUE;
    jpeg_start_compress(c, TRUE);
    if (comment)
        jpeg_write_marker(c, JPEG_COM, (const JOCTET *)comment,
                          (unsigned)strlen(comment));
    while (c->next_scanline < c->image_height) {
        JSAMPROW row = image_row(im, (int)c->next_scanline);
        jpeg_write_scanlines(c, &row, 1);
    }
    jpeg_finish_compress(c);
    return 0;
}

int image_encode_jpeg(const struct image *im, int quality, const char *comment,
                      struct text *out, struct err *err)
{
    assert(quality >= 1 && quality <= 100);
    struct jpeg_writer w = { .give_up = { .out = out } };
    size_t begun = out->len;
    int failed = jpeg_write(&w, im, quality, comment);

    jpeg_destroy_compress(&w.c);
    return finish(failed, w.give_up.message, begun, out, err);
}

int image_write_png(const struct image *im, const char *comment, const char *path,
                    struct err *err)
{
    struct text bytes = TEXT_INIT;
    int code = image_encode_png(im, comment, &bytes, err);

    if (!code)
        code = file_write(path, bytes.s, bytes.len, err);
    text_release(&bytes);
    return code;
}

int image_write_jpeg(const struct image *im, int quality, const char *comment,
                     const char *path, struct err *err)
{
    struct text bytes = TEXT_INIT;
    int code = image_encode_jpeg(im, quality, comment, &bytes, err);

    if (!code)
        code = file_write(path, bytes.s, bytes.len, err);
    text_release(&bytes);
    return code;
}
