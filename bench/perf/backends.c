/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What misid adds to the matchers it drives.
 *
 *   harness   microseconds a sample beyond decoding, with the backend that does nothing:
 *             one worker, pictures that lie in memory
 *   plug-in   images a second through misid-host, of a plug-in that does next to nothing
 *   exec      the same program, started as an external one
 *   onnx      images a second with the onnx backend, over those of a loop that runs the
 *             same nets on the same tensors and does nothing else, in the same run;
 *             where the models of the card are there, else left out
 *
 *     bench/perf/backends [--json] [--card NAME] [--threads N] [--images N]
 */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "backends/drive.h"
#include "base/file.h"
#include "base/json.h"
#include "images/load.h"
#include "images/synth.h"

#define PEOPLE 16
#define SIDE 320
#define NULL_SAMPLES 50000
#define HOST_SAMPLES 5000
#define ROUNDS 3

struct pictures {
    struct image images[PEOPLE];
};

static void *open_pictures(void *arg)
{
    return arg;
}

static void close_pictures(void *self)
{
    (void)self;
}

/* The path is the number of the picture. */
static enum status read_nothing(void *self, const char *path, const void **bytes,
                                size_t *len, struct text *reason)
{
    (void)self;
    (void)reason;
    *bytes = path;
    *len = strlen(path);
    return STATUS_OK;
}

static enum status borrow(void *self, const void *bytes, size_t len,
                          struct image_place *place, struct image *im,
                          struct image_facts *facts, struct text *reason)
{
    const struct pictures *p = self;

    (void)len;
    (void)place;
    (void)facts;
    (void)reason;
    const struct image *from = &p->images[strtoul(bytes, NULL, 10) % PEOPLE];
    *im = image_part(from, 0, 0, from->width, from->height);
    return STATUS_OK;
}

/* Drawn faces, so that a detector has something to find. */
static int draw(struct pictures *p, struct err *err)
{
    struct synth_options o = SYNTH_OPTIONS_INIT;
    struct image_options options = IMAGE_OPTIONS_INIT;
    struct synth_summary summary;
    struct text reason = TEXT_INIT;
    struct image_facts facts;
    const char *tmp = getenv("TMPDIR");
    char *dir = mem_printf("%s/misid-bench.XXXXXX", tmp && *tmp ? tmp : "/tmp");

    o.subjects = PEOPLE;
    o.size = SIDE;
    o.format = SYNTH_PNG;
    if (!mkdtemp(dir)) {
        free(dir);
        return err_add(err, ERR_IO, "no folder for the pictures");
    }
    int code = synth_cohort(&o, dir, NULL, NULL, &summary, err);
    struct image_workspace *ws = image_workspace_new();
    for (int i = 0; i < PEOPLE && !code; i++) {
        char *path = mem_printf("%s/images/S%05d/S%05d-000.png", dir, i, i);
        enum status status = image_load(ws, path, &options, NULL, &p->images[i], &facts,
                                        &reason);
        if (status != STATUS_OK)
            code = err_add(err, ERR_IO, "%s: %s", path, reason.s);
        unlink(path);
        free(path);
        path = mem_printf("%s/images/S%05d", dir, i);
        rmdir(path);
        free(path);
    }
    static const char *const rest[] = { "README.txt", "labels.csv", "images" };
    for (size_t i = 0; i < sizeof rest / sizeof *rest; i++) {
        char *path = path_join(dir, rest[i]);
        remove(path);
        free(path);
    }
    rmdir(dir);
    image_workspace_free(ws);
    text_release(&reason);
    free(dir);
    return code;
}

/* Seconds that the samples take, start and end of the backend left out, and what of it
 * was in the matcher, by its own clock. */
static int drive_it(const char *spec, struct pictures *p, size_t n, unsigned threads,
                    double *wall, double *matcher, struct err *err)
{
    const struct drive_images images = { open_pictures, close_pictures, read_nothing, borrow,
                                         p, "drawn", false };
    size_t *rows = mem_array(n, sizeof *rows);
    struct drive_timing timing = { 0 };
    struct outputs o;
    struct roster r;
    struct backend *b;
    bool fresh;
    int code = backend_open(&b, spec, err);

    roster_init(&r);
    outputs_init(&o, spec);
    for (size_t i = 0; i < n; i++) {
        char name[32];
        snprintf(name, sizeof name, "%zu", i);
        rows[i] = (size_t)roster_add(&r, name, &fresh);
    }
    if (!code) {
        const struct drive d = { .backend = b, .want = MISID_TEMPLATE, .roster = &r,
                                 .rows = rows, .n = n, .images = &images,
                                 .threads = threads };
        code = drive(&d, &o, &timing, err);
    }
    *matcher = 0;
    for (size_t i = 0; i < timing.n && !code; i++)
        *matcher += timing.samples[i].matcher;
    *wall = timing.wall - timing.start;
    drive_timing_release(&timing);
    outputs_release(&o);
    roster_release(&r);
    backend_close(b);
    free(rows);
    return code;
}

struct result {
    double harness_us, plugin, exec;
    double misid, bare;        /* images a second; NaN: not measured */
    unsigned threads;
    const char *card;
    char *why;                 /* it was not */
};

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double median(double *v, size_t n)
{
    qsort(v, n, sizeof *v, by_value);
    return v[n / 2];
}

static int measure_harness(struct result *m, struct pictures *p, struct err *err)
{
    double wall, matcher, us[ROUNDS];

    for (int i = 0; i < ROUNDS; i++) {
        int code = drive_it("null", p, NULL_SAMPLES, 1, &wall, &matcher, err);
        if (code)
            return code;
        us[i] = 1e6 * wall / NULL_SAMPLES;
    }
    m->harness_us = median(us, ROUNDS);
    return 0;
}

static int measure_host(struct result *m, struct pictures *p, struct err *err)
{
    const char *specs[2] = { BUILD_DIR "/bench/perf/cells.so",
                             "exec:command=" BUILD_DIR "/misid-host " BUILD_DIR
                             "/bench/perf/cells.so" };
    double wall, matcher;
    int code = 0;

    for (int i = 0; i < 2 && !code; i++) {
        code = drive_it(specs[i], p, HOST_SAMPLES, m->threads, &wall, &matcher, err);
        *(i ? &m->exec : &m->plugin) = HOST_SAMPLES / wall;
    }
    return code;
}

/* All pictures as they lie in memory, one behind the other; the path, or NULL. */
static char *write_pictures(const struct pictures *p, struct err *err)
{
    const char *tmp = getenv("TMPDIR");
    char *path = mem_printf("%s/misid-bench.%ld", tmp && *tmp ? tmp : "/tmp", (long)getpid());
    struct text t = TEXT_INIT;

    for (int i = 0; i < PEOPLE; i++)
        for (int y = 0; y < SIDE; y++)
            text_addn(&t, (const char *)image_row(&p->images[i], y), 3 * SIDE);
    int code = file_write(path, t.s, t.len, err);
    text_release(&t);
    if (!code)
        return path;
    free(path);
    return NULL;
}

/* The same nets without misid: bench/perf/backends-bare, a program of its own. */
static int run_bare(const struct result *m, const char *path, size_t n, double *seconds,
                    struct err *err)
{
    const char *program = BUILD_DIR "/bench/perf/backends-bare";
    char line[200] = "";

    if (!path_is_file(program))
        return err_add(err, ERR_PROGRAM, "built without ONNX Runtime");
    char *command = mem_printf("'%s' '%s' '%s' %d %d %zu %u 2>&1", program, m->card, path,
                               SIDE, PEOPLE, n, m->threads);
    FILE *fp = popen(command, "r");
    free(command);
    if (fp && !fgets(line, sizeof line, fp))
        line[0] = '\0';
    line[strcspn(line, "\n")] = '\0';
    if (fp && pclose(fp) == 0 && num_parse_double(line, seconds))
        return 0;
    return err_add(err, ERR_PROGRAM, "%s", line);
}

/* What cannot be measured here is told, and is no fault. */
static void measure_onnx(struct result *m, struct pictures *p, size_t n)
{
    double ours[ROUNDS], bare[ROUNDS], wall = 0, matcher, seconds = 0;
    struct err err = ERR_INIT;
    char *spec = mem_printf("%s/src/host/plugins/onnx.so:card=%s", BUILD_DIR, m->card);
    char *path = write_pictures(p, &err);
    int code = path ? 0 : ERR_IO;

    m->misid = m->bare = NAN;
    for (int i = 0; i < ROUNDS && !code; i++) {
        code = run_bare(m, path, n, &seconds, &err);
        if (!code)
            code = drive_it(spec, p, n, m->threads, &wall, &matcher, &err);
        bare[i] = (double)n / seconds;
        ours[i] = (double)n / wall;
    }
    if (!code) {
        m->misid = median(ours, ROUNDS);
        m->bare = median(bare, ROUNDS);
    } else {
        m->why = mem_strndup(err_text(&err), strcspn(err_text(&err), "\n"));
    }
    if (path)
        unlink(path);
    err_release(&err);
    free(spec);
    free(path);
}

static void print_json(const struct result *m)
{
    struct text t = TEXT_INIT;
    struct json_out w = json_out(&t);

    json_map(&w, NULL);
    json_number(&w, "harness_us_per_sample", m->harness_us);
    json_int(&w, "threads", m->threads);
    json_number(&w, "plugin_images_per_second", m->plugin);
    json_number(&w, "exec_images_per_second", m->exec);
    json_map(&w, "onnx");
    json_string(&w, "card", m->card);
    json_number(&w, "images_per_second", m->misid);
    json_number(&w, "bare_images_per_second", m->bare);
    json_number(&w, "ratio", m->misid / m->bare);
    json_string(&w, "left_out", m->why);
    json_end(&w);
    json_end(&w);
    fputs(t.s, stdout);
    text_release(&t);
}

static void print_words(const struct result *m)
{
    printf("harness  %.2f us a sample beyond decoding (bound: 20)\n", m->harness_us);
    printf("plug-in  %.0f images of %d x %d a second, %u threads\n", m->plugin, SIDE, SIDE,
           m->threads);
    printf("exec     %.0f images a second\n", m->exec);
    if (m->why)
        printf("onnx     left out: %s\n", m->why);
    else
        printf("onnx     %.1f images a second, a bare loop %.1f: ratio %.3f (bound: .95)\n",
               m->misid, m->bare, m->misid / m->bare);
}

/* A whole number of 1 to a million behind an option. */
static bool take_number(const char *value, size_t *to)
{
    int64_t v;

    if (!value || !num_parse_int64(value, &v) || v < 1 || v > 1000000)
        return false;
    *to = (size_t)v;
    return true;
}

int main(int argc, char **argv)
{
    struct result m = { .card = "faceplugin" };
    static struct pictures pictures;
    struct err err = ERR_INIT;
    size_t n = 120, threads = 2;
    bool json = false, good = true;

    for (int i = 1; i < argc && good; i++) {
        if (!strcmp(argv[i], "--json"))
            json = true;
        else if (!strcmp(argv[i], "--card") && i + 1 < argc)
            m.card = argv[++i];
        else if (!strcmp(argv[i], "--threads"))
            good = take_number(argv[++i], &threads);
        else if (!strcmp(argv[i], "--images"))
            good = take_number(argv[++i], &n);
        else
            good = false;
    }
    if (!good) {
        fputs("usage: bench/perf/backends [--json] [--card NAME] [--threads N] "
              "[--images N]\n", stderr);
        return 2;
    }
    m.threads = (unsigned)threads;
    setenv("MISID_HOST", BUILD_DIR "/misid-host", 0);
    int code = draw(&pictures, &err);
    if (!code)
        code = measure_harness(&m, &pictures, &err);
    if (!code)
        code = measure_host(&m, &pictures, &err);
    if (!code)
        measure_onnx(&m, &pictures, n);
    if (code)
        fprintf(stderr, "backends: %s\n", err_text(&err));
    else if (json)
        print_json(&m);
    else
        print_words(&m);
    for (int i = 0; i < PEOPLE; i++)
        image_release(&pictures.images[i]);
    free(m.why);
    err_release(&err);
    return code ? 2 : 0;
}
