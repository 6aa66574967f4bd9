/* SPDX-License-Identifier: GPL-3.0-or-later */
/* misid synth: a cohort of drawn faces, for tests and demonstrations. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "base/mem.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "images/synth.h"

struct request {
    const char *subjects, *images, *seed, *out, *size, *format, *darker, *plant;
    const char *threads;
    bool quiet, json, help;
    struct synth_options options;
};

/* The whole number of `--name`, if it was given. */
static int take_whole(const char *name, const char *text, int64_t lo, int64_t hi,
                      int64_t *to, struct err *err)
{
    int64_t v;

    if (!text)
        return 0;
    if (!num_parse_int64(text, &v) || v < lo || v > hi)
        return err_add(err, ERR_INPUT, "synth: --%s '%s', expected a whole number from "
                       "%lld to %lld", name, text, (long long)lo, (long long)hi);
    *to = v;
    return 0;
}

/* off, or underexpose=STOPS */
static int take_plant(const char *text, double *stops, struct err *err)
{
    static const char kind[] = "underexpose=";
    double v = 0;
    bool off = !strcmp(text, "off");
    bool stops_given = !strncmp(text, kind, sizeof kind - 1) &&
                       num_parse_double(text + sizeof kind - 1, &v) && v >= 0 &&
                       v <= SYNTH_PLANT_MAX;

    if (!off && !stops_given)
        return err_add(err, ERR_INPUT, "synth: --plant '%s', expected off or "
                       "underexpose=STOPS, 0 to %g", text, SYNTH_PLANT_MAX);
    *stops = v;
    return 0;
}

static int take_format(const char *text, enum synth_format *to, struct err *err)
{
    static const char *const names[] = { "mixed", "png", "jpeg" };

    for (int i = 0; i < 3; i++)
        if (!strcmp(text, names[i])) {
            *to = (enum synth_format)i;
            return 0;
        }
    return err_add(err, ERR_INPUT,
                   "synth: --format '%s', expected one of mixed, png, jpeg", text);
}

static int prepare(struct request *r, struct err *err)
{
    struct synth_options *o = &r->options;
    int64_t threads = sysconf(_SC_NPROCESSORS_ONLN);
    int64_t subjects = 20, images = 4, seed = 1;
    int64_t size = o->size, darker = o->darker_from;
    int code;

    if (!r->out)
        return err_add(err, ERR_INPUT,
                       "synth: expected --out DIR, a new or empty folder");
    code = take_whole("subjects", r->subjects, 1, SYNTH_SUBJECTS_MAX, &subjects, err);
    if (!code)
        code = take_whole("images", r->images, 1, SYNTH_IMAGES_MAX, &images, err);
    if (!code)
        code = take_whole("seed", r->seed, 0, INT64_MAX, &seed, err);
    if (!code)
        code = take_whole("size", r->size, SYNTH_SIZE_MIN, SYNTH_SIZE_MAX, &size, err);
    if (!code)
        code = take_whole("darker-from", r->darker, 2, 10, &darker, err);
    if (!code)
        code = take_whole("threads", r->threads, 1, SYNTH_THREADS_MAX, &threads, err);
    if (!code && r->plant)
        code = take_plant(r->plant, &o->underexpose, err);
    if (!code && r->format)
        code = take_format(r->format, &o->format, err);
    threads = threads < 1 ? 1 : threads > SYNTH_THREADS_MAX ? SYNTH_THREADS_MAX : threads;
    o->subjects = (size_t)subjects;
    o->images = (size_t)images;
    o->seed = (uint64_t)seed;
    o->size = (int)size;
    o->darker_from = (int)darker;
    o->threads = (int)threads;
    return code;
}

static void show_progress(void *arg, size_t done, size_t total)
{
    (void)arg;
    fprintf(stderr, "\r%zu of %zu images%s", done, total, done == total ? "\n" : "");
}

static void print_json(const struct request *r, const struct synth_summary *s)
{
    struct text t = TEXT_INIT;
    struct json_out w = json_out(&t);

    json_map(&w, NULL);
    json_string(&w, "out", r->out);
    json_int(&w, "seed", (int64_t)r->options.seed);
    json_int(&w, "subjects", (int64_t)r->options.subjects);
    json_int(&w, "images", (int64_t)s->images);
    json_int(&w, "jpeg", (int64_t)s->jpeg);
    json_int(&w, "png", (int64_t)(s->images - s->jpeg));
    json_int(&w, "planted", (int64_t)s->planted);
    json_number(&w, "stops", r->options.underexpose);
    json_end(&w);
    puts(t.s);
    text_release(&t);
}

static void print_summary(const struct request *r, const struct synth_summary *s)
{
    char stops[NUM_MAX];

    printf("%zu drawn images of %zu subjects in %s: %zu JPEG, %zu PNG\n", s->images,
           r->options.subjects, r->out, s->jpeg, s->images - s->jpeg);
    if (r->options.underexpose > 0)
        printf("planted: the %zu images of Monk tones %d to 10 are under-exposed, by "
               "%s stop%s\n",
               s->planted, SYNTH_PLANT_FROM,
               num_shortest(stops, r->options.underexpose),
               r->options.underexpose == 1 ? "" : "s");
    else
        puts("planted: nothing");
}

int synth_main(int argc, char **argv)
{
    struct request r = { .options = SYNTH_OPTIONS_INIT };
    const struct option table[] = {
        { OPTION_TEXT, "out", "DIR", "a new or empty folder to draw into", &r.out },
        { OPTION_TEXT, "subjects", "N", "people (20); multiples of 20 are balanced",
          &r.subjects },
        { OPTION_TEXT, "images", "M", "images of each (4)", &r.images },
        { OPTION_TEXT, "seed", "S", "chance begins here (1)", &r.seed },
        { OPTION_TEXT, "size", "N", "pixels a side (256)", &r.size },
        { OPTION_TEXT, "format", "F", "mixed, png or jpeg (mixed)", &r.format },
        { OPTION_TEXT, "plant", "P", "off, or underexpose=STOPS for tones 8 to 10 (1)",
          &r.plant },
        { OPTION_TEXT, "darker-from", "T", "Monk tone from which skin is darker (6)",
          &r.darker },
        { OPTION_TEXT, "threads", "N", "threads (all processors)", &r.threads },
        { OPTION_FLAG, "quiet", NULL, "print nothing", &r.quiet },
        { OPTION_FLAG, "json", NULL, "print the summary as JSON", &r.json },
        { OPTION_FLAG, "help", NULL, "this text", &r.help },
        { OPTION_END, NULL, NULL, NULL, NULL },
    };
    struct option_list args = { 0 };
    struct err err = ERR_INIT;
    struct synth_summary summary;
    int code = options_parse("synth", table, argc, argv, &args, &err);

    if (!code && r.help) {
        puts("usage: misid synth --out DIR [OPTION]...\n");
        options_print(table);
    } else if (!code && args.n) {
        code = err_add(&err, ERR_INPUT, "synth: unexpected argument '%s'",
                       args.items[0]);
    } else if (!code) {
        bool progress = !r.quiet && !r.json && isatty(STDERR_FILENO);
        code = prepare(&r, &err);
        if (!code)
            code = synth_cohort(&r.options, r.out, progress ? show_progress : NULL,
                                NULL, &summary, &err);
        if (!code && r.json)
            print_json(&r, &summary);
        else if (!code && !r.quiet)
            print_summary(&r, &summary);
    }
    option_list_release(&args);
    return code ? cli_fail(&err) : EXIT_DONE;
}
