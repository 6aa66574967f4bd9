/* SPDX-License-Identifier: GPL-3.0-or-later */
/* misid image: what a matcher would get of one file. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "images/encode.h"
#include "images/load.h"

struct request {
    const char *file, *out, *align, *box, *background, *change;
    double size, margin, max_pixels, max_bytes;
    bool json, help;
    struct image_options options;
    struct image_place place;
    struct dosage changed;
};

/* The n numbers of `--name a,b,…`. */
static int parse_numbers(const char *name, const char *text, double *to, int n,
                         struct err *err)
{
    char *copy = mem_strdup(text), *at = copy;
    int got = 0;

    for (char *item; got < n && (item = strsep(&at, ", ")); got++)
        if (!num_parse_double(item, &to[got]))
            break;
    bool ok = got == n && !at;
    free(copy);
    return ok ? 0 : err_add(err, ERR_INPUT, "image: --%s '%s', expected %d numbers with "
                            "commas between them", name, text, n);
}

static int parse_background(const char *text, uint8_t to[3], struct err *err)
{
    char *end;
    unsigned long v = strtoul(text, &end, 16);

    if (strlen(text) != 6 || strspn(text, "0123456789abcdefABCDEF") != 6 || *end)
        return err_add(err, ERR_INPUT, "image: --background '%s', expected six "
                       "hexadecimal digits: red, green, blue", text);
    to[0] = (uint8_t)(v >> 16);
    to[1] = (uint8_t)(v >> 8);
    to[2] = (uint8_t)v;
    return 0;
}

/* A whole number from 1 to `most`. */
static int parse_bound(const char *name, double v, double most, uint64_t *to,
                       struct err *err)
{
    if (!(v >= 1 && v <= most && v == floor(v)))
        return err_add(err, ERR_INPUT, "image: --%s %g, expected a whole number from 1 to "
                       "%.0f", name, v, most);
    *to = (uint64_t)v;
    return 0;
}

/* From the texts of the options to what image_load() takes. */
static int prepare(struct request *r, struct err *err)
{
    struct image_options *o = &r->options;
    double number[2 * LANDMARKS];
    uint64_t side = 0;
    int code = 0;

    o->measure = true;
    if (r->align) {
        code = parse_numbers("align", r->align, number, 2 * LANDMARKS, err);
        o->align = r->place.has_landmarks = true;
        for (int i = 0; !code && i < LANDMARKS; i++)
            r->place.landmarks[i] = (struct point){ number[2 * i], number[2 * i + 1] };
    }
    if (!code && r->box) {
        code = parse_numbers("box", r->box, number, 4, err);
        o->crop = r->place.has_box = true;
        if (!code)
            r->place.box = (struct box){ number[0], number[1], number[2], number[3] };
    }
    if (!code && !(r->margin >= 0 && r->margin <= 100))
        code = err_add(err, ERR_INPUT, "image: --margin %g, expected 0 to 100", r->margin);
    o->margin = r->margin;
    if (!code && r->size) {
        code = parse_bound("size", r->size, IMAGE_MAX_SIDE, &side, err);
        o->max_side = (int)side;
    }
    if (!code && r->max_pixels)
        code = parse_bound("max-pixels", r->max_pixels, IMAGE_MAX_PIXELS, &o->max_pixels,
                           err);
    if (!code && r->max_bytes)
        code = parse_bound("max-bytes", r->max_bytes, 1 << 30, &o->max_bytes, err);
    if (!code && r->background)
        code = parse_background(r->background, o->background, err);
    if (!code && r->change) {
        code = change_parse(&r->changed, r->change, "image: --change", err);
        o->change = &r->changed;
    }
    if (!code && r->align && (r->box || r->size))
        code = err_add(err, ERR_INPUT, "image: --align makes 112 × 112 pixels of the whole "
                       "picture: give no --box or --size");
    return code;
}

static void print_json(const struct request *r, enum status status,
                       const struct image_facts *f, const struct image *im,
                       const char *reason)
{
    struct text text = TEXT_INIT;
    struct json_out w = json_out(&text);

    json_map(&w, NULL);
    json_string(&w, "file", r->file);
    json_string(&w, "status", status_name(status));
    json_string(&w, "reason", *reason ? reason : NULL);
    json_string(&w, "format", image_format_names[f->format]);
    json_int(&w, "width", f->width);
    json_int(&w, "height", f->height);
    json_int(&w, "depth", f->depth);
    json_int(&w, "channels", f->channels);
    json_bool(&w, "alpha", f->alpha);
    json_bool(&w, "progressive", f->progressive);
    json_int(&w, "orientation", f->orientation);
    json_number(&w, "quality", f->quality ? f->quality : NAN);
    json_bool(&w, "quality_exact", f->quality_exact);
    if (status == STATUS_OK) {
        json_string(&w, "colour", image_colour_names[f->colour]);
        json_number(&w, "eye_distance", f->eye_distance);
        json_map(&w, "image");
        json_int(&w, "width", im->width);
        json_int(&w, "height", im->height);
        json_list(&w, "to_pixels");
        for (int i = 0; i < 6; i++)
            json_number(&w, NULL, f->to_pixels.m[i]);
        json_end(&w);
        json_number(&w, "luminance", f->measures.luminance);
        json_number(&w, "under_exposed", f->measures.under);
        json_number(&w, "over_exposed", f->measures.over);
        json_number(&w, "sharpness", f->measures.sharpness);
        json_number(&w, "skin", f->measures.skin);
        json_number(&w, "apparent_ita", f->measures.ita);
        json_end(&w);
    }
    json_end(&w);
    puts(text.s);
    text_release(&text);
}

static void print_words(const struct image_facts *f, const struct image *im,
                        const char *reason)
{
    const struct image_measures *m = &f->measures;

    printf("format          %s, %d bits, %d channel%s%s%s\n", image_format_names[f->format],
           f->depth, f->channels, f->channels == 1 ? "" : "s",
           f->alpha ? " with alpha" : "",
           !f->progressive ? "" : f->format == IMAGE_FORMAT_PNG ? ", interlaced"
                                                                : ", progressive");
    printf("size            %d × %d, upright", f->width, f->height);
    if (f->orientation != 1)
        printf(" by EXIF orientation %d", f->orientation);
    printf("\ncolour          %s\n", image_colour_names[f->colour]);
    if (f->quality)
        printf("JPEG quality    %s%d\n", f->quality_exact ? "" : "about ", f->quality);
    if (!isnan(f->eye_distance))
        printf("eye distance    %.1f pixels\n", f->eye_distance);
    printf("image           %d × %d, 8-bit sRGB\n", im->width, im->height);
    printf("luminance       %.4f\n", m->luminance);
    printf("under-exposed   %.2f %%\n", 100 * m->under);
    printf("over-exposed    %.2f %%\n", 100 * m->over);
    printf("sharpness       %.1f\n", m->sharpness);
    printf("like skin       %.1f %%\n", 100 * m->skin);
    if (!isnan(m->ita))
        printf("apparent ITA    %.1f degrees\n", m->ita);
    if (*reason)
        printf("note            %s\n", reason);
}

static int show(struct request *r, struct err *err)
{
    struct image_workspace *ws = image_workspace_new();
    struct image im = IMAGE_INIT;
    struct image_facts facts;
    struct text reason = TEXT_INIT;
    int code = 0;

    enum status status =
        image_load(ws, r->file, &r->options, &r->place, &im, &facts, &reason);
    if (status == STATUS_OK && r->out)
        code = image_write_png(&im, NULL, r->out, err);
    if (!code && r->json)
        print_json(r, status, &facts, &im, reason.s);
    else if (!code && status == STATUS_OK)
        print_words(&facts, &im, reason.s);
    if (status != STATUS_OK)
        code = err_add(err, ERR_INPUT, "%s: %s: %s", r->file, status_name(status), reason.s);
    text_release(&reason);
    image_release(&im);
    image_workspace_free(ws);
    return code;
}

int image_main(int argc, char **argv)
{
    struct request r = { .options = IMAGE_OPTIONS_INIT, .place = IMAGE_PLACE_INIT };
    const struct option table[] = {
        { OPTION_TEXT, "out", "FILE", "write the image as a PNG", &r.out },
        { OPTION_NUMBER, "size", "N", "longer side at most N pixels", &r.size },
        { OPTION_TEXT, "box", "X,Y,W,H", "cut it to this box", &r.box },
        { OPTION_NUMBER, "margin", "F", "and F of the box's sides around it", &r.margin },
        { OPTION_TEXT, "align", "X,Y,…", "align by five points: eyes, nose, mouth corners",
          &r.align },
        { OPTION_TEXT, "change", "NAME=DOSE,…", "change it so: exposure, blur, jpeg, "
          "resolution …", &r.change },
        { OPTION_TEXT, "background", "RRGGBB", "below what is transparent (ffffff)",
          &r.background },
        { OPTION_NUMBER, "max-pixels", "N", "refuse larger pictures (100000000)",
          &r.max_pixels },
        { OPTION_NUMBER, "max-bytes", "N", "refuse larger files (268435456)", &r.max_bytes },
        { OPTION_FLAG, "json", NULL, "print what is known as JSON", &r.json },
        { OPTION_FLAG, "help", NULL, "this text", &r.help },
        { OPTION_END, NULL, NULL, NULL, NULL },
    };
    struct option_list args = { 0 };
    struct err err = ERR_INIT;
    int code = options_parse("image", table, argc, argv, &args, &err);

    if (!code && r.help) {
        puts("usage: misid image show FILE [OPTION]...\n");
        options_print(table);
    } else if (!code && (args.n != 2 || strcmp(args.items[0], "show"))) {
        code = err_add(&err, ERR_INPUT, "image: expected 'show' and one file");
    } else if (!code) {
        r.file = args.items[1];
        code = prepare(&r, &err);
        if (!code)
            code = show(&r, &err);
    }
    option_list_release(&args);
    return code ? cli_fail(&err) : EXIT_DONE;
}
