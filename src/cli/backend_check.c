/* SPDX-License-Identifier: GPL-3.0-or-later */
/* misid backend check: whether a plug-in or program does what misid-backend(7) asks. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backends/checks.h"
#include "base/json.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "images/load.h"
#include "images/synth.h"
#include "images/synth_draw.h"

#define DRAWN 6
#define DRAWN_SIZE 320
#define SLOW 1.5 /* seconds: what NIST's FRTE lets a template take, in the median */

struct picture {
    struct image image;
    struct image_place place;
    char *name;
};

struct request {
    double slow;
    bool json, help;
    struct picture *pictures;
    size_t n;
};

/* Faces of which nobody exists, with their boxes and landmarks. */
static void draw(struct request *q)
{
    const struct synth_options o = { .seed = 1, .size = DRAWN_SIZE, .images = 1 };
    struct synth_sheet sheet;

    sheet_init(&sheet, DRAWN_SIZE);
    for (size_t i = 0; i < DRAWN; i++) {
        struct picture *p = &q->pictures[q->n++];
        struct synth_subject s;
        struct synth_view v;
        struct synth_truth truth;
        if (!image_resize(&p->image, DRAWN_SIZE, DRAWN_SIZE))
            mem_exhausted();
        synth_subject_make(&s, o.seed, i);
        synth_view_make(&v, &o, &s, 0);
        synth_draw(&sheet, o.seed, &s, &v, p->image.pixels, &truth);
        p->place = (struct image_place){ .has_box = true, .has_landmarks = true };
        p->place.box = (struct box){ truth.box[0], truth.box[1], truth.box[2],
                                     truth.box[3] };
        for (int k = 0; k < LANDMARKS; k++)
            p->place.landmarks[k] = (struct point){ truth.landmarks[k][0],
                                                    truth.landmarks[k][1] };
        p->name = mem_printf("drawn face %zu", i + 1);
    }
    sheet_release(&sheet);
}

static int load(struct request *q, const char *path, struct err *err)
{
    struct picture *p = &q->pictures[q->n++];
    const struct image_options options = IMAGE_OPTIONS_INIT;
    struct image_workspace *ws = image_workspace_new();
    struct image_facts facts;
    struct text reason = TEXT_INIT;
    int code = 0;

    p->name = mem_strdup(path);
    enum status status = image_load(ws, path, &options, NULL, &p->image, &facts, &reason);
    if (status != STATUS_OK)
        code = err_add(err, ERR_INPUT, "%s: %s: %s", path, status_name(status), reason.s);
    text_release(&reason);
    image_workspace_free(ws);
    return code;
}

static void print_json(const struct checks *c)
{
    struct text t = TEXT_INIT;
    struct json_out w = json_out(&t);

    json_map(&w, NULL);
    json_string(&w, "program", c->program);
    json_bool(&w, "conforms", !c->n_faults);
    json_list(&w, "faults");
    for (size_t i = 0; i < c->n_faults; i++) {
        json_map(&w, NULL);
        json_string(&w, "what", c->faults[i].what);
        json_string(&w, "image", *c->faults[i].image ? c->faults[i].image : NULL);
        json_int(&w, "times", (int64_t)c->faults[i].times);
        json_end(&w);
    }
    json_end(&w);
    json_list(&w, "notes");
    for (size_t i = 0; i < c->n_notes; i++)
        json_string(&w, NULL, c->notes[i]);
    json_end(&w);
    json_int(&w, "images", (int64_t)c->asked);
    json_int(&w, "faces", (int64_t)c->found);
    json_number(&w, "start_ms", 1e3 * c->start);
    json_number(&w, "median_ms", 1e3 * c->median);
    json_end(&w);
    fputs(t.s, stdout);
    text_release(&t);
}

static void print_words(const struct checks *c)
{
    for (size_t i = 0; i < c->n_faults; i++) {
        const struct checks_fault *f = &c->faults[i];
        printf("%s: %s", c->program, f->what);
        if (*f->image && f->times > 1)
            printf(" (%s, and %zu more)", f->image, f->times - 1);
        else if (*f->image)
            printf(" (%s)", f->image);
        putchar('\n');
    }
    for (size_t i = 0; i < c->n_notes; i++)
        printf("%s: note: %s\n", c->program, c->notes[i]);
    if (!c->n_faults)
        printf("%s: conforms; %zu of %zu images with a face, %.3g ms an image in the "
               "median, %.3g ms to start\n", c->program, c->found, c->asked,
               1e3 * c->median, 1e3 * c->start);
}

static int check(struct request *q, const struct option_list *args, struct checks *c,
                 struct err *err)
{
    struct checks_image *images;
    int code = 0;

    q->pictures = mem_array(DRAWN + args->n, sizeof *q->pictures);
    draw(q);
    for (size_t i = 1; i < args->n && !code; i++)
        code = load(q, args->items[i], err);
    images = mem_array(q->n, sizeof *images);
    for (size_t i = 0; i < q->n; i++) {
        struct picture *p = &q->pictures[i];
        images[i] = (struct checks_image){
            .name = p->name,
            .view = { .image = &p->image, .place = &p->place,
                      .path = i < DRAWN ? "" : p->name },
        };
    }
    const struct checks_options o = { .images = images, .n = q->n, .slow = q->slow };
    if (!code)
        code = checks_run(c, args->items[0], &o, err);
    for (size_t i = 0; i < q->n; i++) {
        image_release(&q->pictures[i].image);
        free(q->pictures[i].name);
    }
    free(q->pictures);
    free(images);
    return code;
}

int backend_check_main(int argc, char **argv)
{
    struct request q = { .slow = SLOW };
    struct option_list args = { 0 };
    struct checks c = { .program = "" };
    const struct option table[] = {
        { OPTION_NUMBER, "slow", "SECONDS",
          "what an image may take in the median (default: 1.5)", &q.slow },
        { OPTION_FLAG, "json", NULL, "print it as JSON", &q.json },
        { OPTION_FLAG, "help", NULL, "this text", &q.help },
        { OPTION_END, NULL, NULL, NULL, NULL },
    };
    struct err err = ERR_INIT;
    int code = options_parse("backend check", table, argc, argv, &args, &err);
    int status = EXIT_DONE;

    if (!code && q.help) {
        puts("usage: misid backend check NAME[:option=value,...] [FILE]... [--slow SECONDS] "
             "[--json]\n\nWhether a plug-in or program does what misid-backend(7) asks, "
             "tried on drawn faces\nand the FILEs. One line a fault; exit status 1 if there "
             "is one.\n");
        options_print(table);
    } else if (!code && !args.n) {
        code = err_add(&err, ERR_INPUT, "backend check: expected NAME[:option=value,...]");
    } else if (!code && !(q.slow > 0)) {
        code = err_add(&err, ERR_INPUT, "backend check: --slow %g, expected a number above "
                       "0", q.slow);
    } else if (!code && (code = check(&q, &args, &c, &err)) == 0) {
        if (q.json)
            print_json(&c);
        else
            print_words(&c);
        status = c.n_faults ? EXIT_NO : EXIT_DONE;
    }
    checks_release(&c);
    option_list_release(&args);
    return code ? cli_fail(&err) : status;
}
