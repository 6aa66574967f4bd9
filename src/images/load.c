/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "images/load.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "images/change.h"
#include "images/decode.h"
#include "images/fit.h"
#include "images/measure.h"
#include "images/turn.h"

struct image_workspace {
    struct colour *colour;
    struct jpeg_reader *jpeg;
    struct png_reader *png;
    struct pnm_header pnm;
    struct measurer *measurer; /* made when first asked for */
    struct changer *changer;   /* likewise */
    struct fitter fitter;
    struct image decoded;
    uint8_t *file;
    size_t file_cap;
};

struct image_workspace *image_workspace_new(void)
{
    struct image_workspace *ws = mem_alloc(sizeof *ws);

    ws->colour = colour_new();
    ws->jpeg = jpeg_reader_new();
    ws->png = png_reader_new();
    return ws;
}

void image_workspace_free(struct image_workspace *ws)
{
    if (!ws)
        return;
    colour_free(ws->colour);
    jpeg_reader_free(ws->jpeg);
    png_reader_free(ws->png);
    measurer_free(ws->measurer);
    changer_free(ws->changer);
    fitter_release(&ws->fitter);
    image_release(&ws->decoded);
    free(ws->file);
    free(ws);
}

/* What people have that is not one of ours, so that the reason can name it. */
static const struct {
    size_t at, len;
    const char *magic, *name;
} strangers[] = {
    { 0, 4, "GIF8", "GIF" },
    { 8, 4, "WEBP", "WebP" },
    { 0, 2, "BM", "BMP" },
    { 0, 4, "II*\0", "TIFF" },
    { 0, 4, "MM\0*", "TIFF" },
    { 4, 8, "ftypavif", "AVIF" },
    { 4, 8, "ftyphei", "HEIC" },
    { 4, 8, "ftypmif1", "HEIC" },
    { 4, 8, "jP  \r\n\x87\n", "JPEG 2000" },
    { 0, 2, "\xff\x0a", "JPEG XL" },
    { 4, 8, "JXL \r\n\x87\n", "JPEG XL" },
    { 0, 2, "P7", "PAM" },
    { 0, 4, "%PDF", "PDF" },
    { 0, 4, "PK\3\4", "ZIP archive" },
    { 0, 2, "\x1f\x8b", "gzip file" },
    { 0, 9, "<!DOCTYPE", "web page" },
    { 0, 9, "<!doctype", "web page" },
    { 0, 5, "<html", "web page" },
    { 0, 5, "<?xml", "XML file" },
    { 0, 4, "<svg", "SVG" },
    { 0, 23, "version https://git-lfs", "Git LFS pointer without its file" },
};

static enum status unknown_format(struct decoding *d)
{
    for (size_t i = 0; i < sizeof strangers / sizeof *strangers; i++)
        if (d->len >= strangers[i].at + strangers[i].len &&
            !memcmp(d->bytes + strangers[i].at, strangers[i].magic, strangers[i].len))
            return decode_fail(d, STATUS_UNSUPPORTED, "a %s, expected JPEG, PNG or PNM",
                               strangers[i].name);
    return decode_fail(d, STATUS_UNSUPPORTED, "no known image format, expected JPEG, PNG "
                       "or PNM");
}

static enum status too_many_bytes(struct decoding *d, uint64_t bytes)
{
    return decode_fail(d, STATUS_TOO_LARGE, "%llu bytes, at most %llu are allowed",
                       (unsigned long long)bytes,
                       (unsigned long long)d->options->max_bytes);
}

static enum status open_picture(struct image_workspace *ws, struct decoding *d)
{
    if (jpeg_sniff(d->bytes, d->len)) {
        d->facts->format = IMAGE_FORMAT_JPEG;
        return jpeg_reader_open(ws->jpeg, d);
    }
    if (png_sniff(d->bytes, d->len)) {
        d->facts->format = IMAGE_FORMAT_PNG;
        return png_reader_open(ws->png, d);
    }
    if (pnm_sniff(d->bytes, d->len)) {
        d->facts->format = IMAGE_FORMAT_PNM;
        return pnm_open(&ws->pnm, d);
    }
    return unknown_format(d);
}

static enum status read_picture(struct image_workspace *ws, struct decoding *d,
                                int eighths, struct image *im)
{
    switch (d->facts->format) {
    case IMAGE_FORMAT_JPEG:
        return jpeg_reader_read(ws->jpeg, d, eighths, im);
    case IMAGE_FORMAT_PNG:
        return png_reader_read(ws->png, d, im);
    default:
        return pnm_read(&ws->pnm, d, im);
    }
}

static void close_picture(struct image_workspace *ws, const struct decoding *d)
{
    if (d->facts->format == IMAGE_FORMAT_JPEG)
        jpeg_reader_close(ws->jpeg);
    else if (d->facts->format == IMAGE_FORMAT_PNG)
        png_reader_close(ws->png);
}

static enum status load(struct image_workspace *ws, struct decoding *d,
                        const struct image_place *place, struct image *im)
{
    struct image_facts *facts = d->facts;
    struct fit fit;
    enum status status = open_picture(ws, d);

    const bool swaps = turn_swaps(facts->orientation);
    facts->width = swaps ? d->height : d->width;
    facts->height = swaps ? d->width : d->height;
    if (status != STATUS_OK)
        return status;
    status = fit_plan(&fit, d, place, facts->format == IMAGE_FORMAT_JPEG);
    if (status != STATUS_OK) {
        close_picture(ws, d);
        return status;
    }
    status = read_picture(ws, d, fit.eighths, fit.as_it_is ? im : &ws->decoded);
    if (status == STATUS_OK && !fit.as_it_is)
        status = fit_apply(&ws->fitter, &fit, d, &ws->decoded, im);
    return status;
}

static void begin(struct decoding *d, const struct image_place *place,
                  struct image_facts *facts, struct text *reason)
{
    *facts = (struct image_facts){ .orientation = 1, .eye_distance = NAN,
                                   .to_pixels = { { 1, 0, 0, 0, 1, 0 } } };
    if (place && place->has_landmarks) {
        const struct point *a = &place->landmarks[LANDMARK_EYE_LEFT];
        const struct point *b = &place->landmarks[LANDMARK_EYE_RIGHT];
        facts->eye_distance = hypot(b->x - a->x, b->y - a->y);
    }
    text_reset(reason);
    d->facts = facts;
    d->reason = reason;
}

enum status image_load_bytes(struct image_workspace *ws, const void *bytes, size_t len,
                             const struct image_options *options,
                             const struct image_place *place, struct image *im,
                             struct image_facts *facts, struct text *reason)
{
    struct decoding d = { .bytes = bytes, .len = len, .options = options,
                          .colour = ws->colour };
    enum status status;

    assert(options->max_pixels <= IMAGE_MAX_PIXELS);
    begin(&d, place, facts, reason);
    if (len == 0)
        status = decode_fail(&d, STATUS_EMPTY, "holds no bytes");
    else if (len > options->max_bytes)
        status = too_many_bytes(&d, len);
    else
        status = load(ws, &d, place, im);
    if (status == STATUS_OK && options->change && options->change->n) {
        if (!ws->changer)
            ws->changer = changer_new();
        status = change_apply(ws->changer, options->change, im, &facts->to_pixels, reason);
    }
    if (status != STATUS_OK) {
        im->width = im->height = 0;
        return status;
    }
    if (options->measure) {
        if (!ws->measurer)
            ws->measurer = measurer_new();
        measure_image(ws->measurer, im, &facts->measures);
        facts->measured = true;
    }
    return STATUS_OK;
}

/* What the system's refusal means for the sample. */
static enum status system_says(struct decoding *d, int errnum)
{
    if (errnum == ENOENT || errnum == ENOTDIR)
        return decode_fail(d, STATUS_MISSING, "no such file");
    return decode_fail(d, STATUS_UNREADABLE, "%s", strerror(errnum));
}

static enum status not_a_file(struct decoding *d, mode_t mode)
{
    return decode_fail(d, STATUS_NOT_A_FILE, "is a %s, not a regular file",
                       S_ISDIR(mode) ? "folder" : S_ISFIFO(mode) ? "FIFO"
                       : S_ISSOCK(mode) ? "socket" : "device");
}

/* Reads the file into ws->file, and its length into *len. Looked at before it is
 * opened, because opening alone can set off a device, and again afterwards. */
static enum status read_file(struct image_workspace *ws, struct decoding *d,
                             const char *path, size_t *len)
{
    struct stat st;
    enum status status = STATUS_OK;
    size_t n = 0;

    if (stat(path, &st) < 0)
        return system_says(d, errno);
    if (!S_ISREG(st.st_mode))
        return not_a_file(d, st.st_mode);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return system_says(d, errno);
    if (fstat(fd, &st) < 0)
        status = system_says(d, errno);
    else if (!S_ISREG(st.st_mode))
        status = not_a_file(d, st.st_mode);
    else if ((uint64_t)st.st_size > d->options->max_bytes)
        status = too_many_bytes(d, (uint64_t)st.st_size);
    else
        n = (size_t)st.st_size;
    if (status == STATUS_OK && n > ws->file_cap) {
        free(ws->file);
        ws->file = mem_try_array(n, 1);
        ws->file_cap = ws->file ? n : 0;
        if (!ws->file)
            status = decode_fail(d, STATUS_TOO_LARGE, "no memory for %zu bytes", n);
    }
    while (status == STATUS_OK && *len < n) {
        ssize_t got = read(fd, ws->file + *len, n - *len);
        if (got < 0 && errno != EINTR)
            status = system_says(d, errno);
        if (got == 0) /* it shrank; the decoder will tell */
            break;
        if (got > 0)
            *len += (size_t)got;
    }
    close(fd);
    return status;
}

enum status image_read(struct image_workspace *ws, const char *path,
                       const struct image_options *options, const void **bytes,
                       size_t *len, struct text *reason)
{
    struct image_facts facts;
    struct decoding d = { .options = options };

    *len = 0;
    begin(&d, NULL, &facts, reason);
    enum status status = read_file(ws, &d, path, len);
    *bytes = ws->file;
    return status;
}

enum status image_load(struct image_workspace *ws, const char *path,
                       const struct image_options *options,
                       const struct image_place *place, struct image *im,
                       struct image_facts *facts, struct text *reason)
{
    struct decoding d = { .options = options };
    size_t len = 0;

    begin(&d, place, facts, reason);
    enum status status = read_file(ws, &d, path, &len);
    if (status == STATUS_OK)
        return image_load_bytes(ws, ws->file, len, options, place, im, facts, reason);
    im->width = im->height = 0;
    return status;
}
