/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bench/perf/images: how many files a second become images, on all cores.
 *
 *   bench/perf/images [--json] [--rounds N] [--folder DIR]
 *
 * The files are made anew in a folder that is removed, or are those *.jpg of DIR.
 * The jobs:
 *   small   250 × 250 JPEGs (as LFW's) to images of their size;
 *   large   12-megapixel JPEGs, smooth as portraits are (.7 bit a pixel), to images
 *           of at most 320 pixels a side, as detectors and classifiers take them;
 *   large640  the same to 640 pixels;
 *   grainy  12 megapixels with the grain of a sharp, noisy photograph (2 bits a
 *           pixel) to 320.
 * Each is done by
 *   bare   a loop around libjpeg-turbo, which reads the file and decodes all of it
 *          to RGB, its decompressor used again: the most that there is to have;
 *   misid  image_load(), and so reading, sniffing, EXIF, ICC, bounds, size;
 *   misid+ the same with the measures of the image;
 *   Pillow, OpenCV  the same as misid in Python, a process a core, where they are
 *          installed.
 * Every round does all of them one after the other, on files that are in the
 * page cache; the ratio to bare is taken within a round. Printed are medians over
 * the rounds, the least and the greatest ratio, and the ratio of the CPU time that
 * it takes, which other work on the machine disturbs least.
 *
 * What was expected before anything was made faster: bare at 150 megapixels a
 * second and core. small: opening, two stat() and what else there is at 15 µs, of
 * 420 µs: .95 of bare, and no less than .8. With measures, at 3 ns a pixel, .65.
 * large: entropy decoding, which scaling does not save, is about a third of the
 * time: 2.5 of bare, and no less than 2. Pillow's draft mode does the same there:
 * equal. OpenCV decodes whole: 1.
 * What was learned: entropy decoding is a third of the time only for smooth
 * pictures; at 2 bits a pixel (grainy) it is more than half, and what scaling leaves
 * is 1.7 to 2. To 640 pixels, which needs a quarter and not an eighth of the size,
 * the area filter is a sixth of the time.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <jpeglib.h>

#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "images/encode.h"
#include "images/load.h"

struct job {
    const char *name;
    int max_side;
    char **paths;
    size_t n, cap;
    int passes; /* over the paths, a round */
};

struct worker {
    const struct job *job;
    size_t first, step; /* of the paths, this one's */
    bool measure;
    const char *fault;
    double pixels;
};

static double now(clockid_t clock)
{
    struct timespec t;

    clock_gettime(clock, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* bare */

struct bare {
    struct jpeg_decompress_struct c;
    struct jpeg_error_mgr errors;
    uint8_t *file, *pixels;
    size_t file_cap, pixels_cap;
};

static void decode_bare(struct bare *b, const char *path, struct worker *w)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0 || fstat(fd, &st) < 0) {
        w->fault = "a file cannot be read";
        return;
    }
    if ((size_t)st.st_size > b->file_cap)
        b->file = mem_grow(b->file, b->file_cap = (size_t)st.st_size, 1);
    if (read(fd, b->file, (size_t)st.st_size) != st.st_size)
        w->fault = "a file cannot be read";
    close(fd);
    jpeg_mem_src(&b->c, b->file, (unsigned long)st.st_size);
    jpeg_read_header(&b->c, TRUE);
    b->c.out_color_space = JCS_RGB;
    jpeg_start_decompress(&b->c);
    size_t stride = 3 * (size_t)b->c.output_width;
    if (stride * b->c.output_height > b->pixels_cap) {
        b->pixels_cap = stride * b->c.output_height;
        b->pixels = mem_grow(b->pixels, b->pixels_cap, 1);
    }
    while (b->c.output_scanline < b->c.output_height) {
        JSAMPROW row = b->pixels + stride * b->c.output_scanline;
        jpeg_read_scanlines(&b->c, &row, 1);
    }
    w->pixels += (double)b->c.output_width * b->c.output_height;
    jpeg_finish_decompress(&b->c);
}

static void *run_bare(void *arg)
{
    struct worker *w = arg;
    struct bare b = { .file = NULL };

    b.c.err = jpeg_std_error(&b.errors);
    jpeg_create_decompress(&b.c);
    for (int pass = 0; pass < w->job->passes; pass++)
        for (size_t i = w->first; i < w->job->n && !w->fault; i += w->step)
            decode_bare(&b, w->job->paths[i], w);
    jpeg_destroy_decompress(&b.c);
    free(b.file);
    free(b.pixels);
    return NULL;
}

/* misid */

static void *run_misid(void *arg)
{
    struct worker *w = arg;
    struct image_workspace *ws = image_workspace_new();
    struct image_options options = IMAGE_OPTIONS_INIT;
    struct image im = IMAGE_INIT;
    struct image_facts facts;
    struct text reason = TEXT_INIT;

    options.max_side = w->job->max_side;
    options.measure = w->measure;
    for (int pass = 0; pass < w->job->passes; pass++) {
        for (size_t i = w->first; i < w->job->n && !w->fault; i += w->step) {
            if (image_load(ws, w->job->paths[i], &options, NULL, &im, &facts, &reason))
                w->fault = "a file is not ok";
            w->pixels += (double)facts.width * facts.height;
        }
    }
    text_release(&reason);
    image_release(&im);
    image_workspace_free(ws);
    return NULL;
}

/* What a contestant takes for a job. */
struct spent {
    double seconds;
    double cpu; /* of all threads; NaN if not known */
};

static struct spent run_threads(const struct job *job, int threads, void *(*run)(void *),
                          bool measure)
{
    struct worker *workers = mem_array((size_t)threads, sizeof *workers);
    pthread_t *ids = mem_array((size_t)threads, sizeof *ids);
    const double begun = now(CLOCK_MONOTONIC), cpu = now(CLOCK_PROCESS_CPUTIME_ID);

    for (int i = 0; i < threads; i++) {
        workers[i] = (struct worker){ job, (size_t)i, (size_t)threads, measure, NULL, 0 };
        if (pthread_create(&ids[i], NULL, run, &workers[i]))
            mem_exhausted();
    }
    for (int i = 0; i < threads; i++)
        pthread_join(ids[i], NULL);
    const struct spent spent = { now(CLOCK_MONOTONIC) - begun,
                                 now(CLOCK_PROCESS_CPUTIME_ID) - cpu };
    for (int i = 0; i < threads; i++) {
        if (workers[i].fault) {
            fprintf(stderr, "bench/perf/images: %s\n", workers[i].fault);
            exit(2);
        }
    }
    free(ids);
    free(workers);
    return spent;
}

/* Python: prints the seconds that it took, or nothing if it cannot; then NaN. */
static struct spent run_peer(const struct job *job, int threads, const char *peer)
{
    static const char *const pythons[] = { "python3", "/usr/bin/python3" };
    double seconds = NAN;

    for (size_t i = 0; isnan(seconds) && i < sizeof pythons / sizeof *pythons; i++) {
        char *command = mem_printf("%s '%s/images-peers.py' %s %d %d %d 2>/dev/null",
                                   pythons[i], BENCH_DIR, peer, threads, job->passes,
                                   job->max_side);
        char *dir = path_dirname(job->paths[0]);
        if (setenv("MISID_BENCH_FOLDER", dir, 1) == 0) {
            FILE *p = popen(command, "r");
            if (p && fscanf(p, "%lf", &seconds) != 1)
                seconds = NAN;
            if (p)
                pclose(p);
        }
        free(dir);
        free(command);
    }
    return (struct spent){ seconds, NAN };
}

/* files */

/* Noise of several sizes on each other, as coarse as portraits are; and grain. */
static void draw(struct image *im, uint32_t seed, int grain)
{
    memset(im->pixels, 0, im->stride * (size_t)im->height);
    for (int cell = 256, weight = 90; cell >= 2; cell /= 2, weight = weight * 5 / 8) {
        for (int y = 0; y < im->height; y++) {
            uint8_t *p = image_row(im, y);
            for (int x = 0; x < im->width; x++, p += 3) {
                int v[4];
                for (int k = 0; k < 4; k++) {
                    uint32_t h = (uint32_t)(x / cell + k % 2) * 73856093u ^
                                 (uint32_t)(y / cell + k / 2) * 19349663u ^
                                 (uint32_t)cell * 83492791u ^ seed;
                    h = (h ^ h >> 15) * 2246822519u;
                    v[k] = (int)((h ^ h >> 13) & 255);
                }
                int fx = x % cell, fy = y % cell;
                int64_t sum = ((int64_t)v[0] * (cell - fx) + (int64_t)v[1] * fx) * (cell - fy) +
                              ((int64_t)v[2] * (cell - fx) + (int64_t)v[3] * fx) * fy;
                int level = (int)(sum / cell / cell) * weight / 255;
                p[0] = (uint8_t)(p[0] + level);
                p[1] = (uint8_t)(p[1] + level * 7 / 8);
                p[2] = (uint8_t)(p[2] + level * 6 / 8);
            }
        }
    }
    for (size_t i = 0; grain && i < im->stride * (size_t)im->height; i++) {
        seed = seed * 1664525u + 1013904223u;
        im->pixels[i] = (uint8_t)(im->pixels[i] + (int)(seed >> 16) % grain);
    }
}

static void add_path(struct job *job, char *path)
{
    MEM_ROOM(job->paths, job->n, job->cap);
    job->paths[job->n++] = path;
}

static void make_files(struct job *job, const char *dir, int n, int width, int height,
                       int grain)
{
    struct image im = IMAGE_INIT;
    struct err err = ERR_INIT;

    if (!image_resize(&im, width, height))
        mem_exhausted();
    for (int i = 0; i < n; i++) {
        char *path = mem_printf("%s/%04d.jpg", dir, i);
        draw(&im, (uint32_t)i * 2654435761u + (uint32_t)width, grain);
        if (image_write_jpeg(&im, 90, NULL, path, &err) < 0) {
            fprintf(stderr, "bench/perf/images: %s\n", err_text(&err));
            exit(2);
        }
        add_path(job, path);
    }
    image_release(&im);
}

static void list_files(struct job *job, const char *dir)
{
    DIR *d = opendir(dir);

    if (!d) {
        fprintf(stderr, "bench/perf/images: %s: %s\n", dir, strerror(errno));
        exit(2);
    }
    for (struct dirent *e; (e = readdir(d));) {
        size_t len = strlen(e->d_name);
        if (len > 4 && !strcmp(e->d_name + len - 4, ".jpg"))
            add_path(job, path_join(dir, e->d_name));
    }
    closedir(d);
    if (!job->n) {
        fprintf(stderr, "bench/perf/images: %s: no *.jpg in it\n", dir);
        exit(2);
    }
}

/* rounds */

enum { BARE, MISID, MISID_PLUS, PILLOW, OPENCV, CONTESTANTS };
static const char *const contestants[CONTESTANTS] = { "bare", "misid", "misid+", "Pillow",
                                                      "OpenCV" };
#define MAX_ROUNDS 99

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static struct spent contest(const struct job *job, int threads, int who)
{
    switch (who) {
    case BARE:
        return run_threads(job, threads, run_bare, false);
    case MISID:
    case MISID_PLUS:
        return run_threads(job, threads, run_misid, who == MISID_PLUS);
    default:
        return run_peer(job, threads, who == PILLOW ? "pillow" : "opencv");
    }
}

struct summary {
    double median, least, most;
};

/* Of n values, which it sorts. */
static struct summary summarise(double *v, int n)
{
    qsort(v, (size_t)n, sizeof *v, ascending);
    return (struct summary){ v[n / 2], v[0], v[n - 1] };
}

static void print_row(const struct job *job, const char *who, double rate,
                      struct summary ratio, struct summary cpu, struct json_out *json)
{
    if (json) {
        json_map(json, NULL);
        json_string(json, "job", job->name);
        json_string(json, "by", who);
        json_number(json, "images_per_second", rate);
        json_number(json, "ratio_to_bare", ratio.median);
        json_number(json, "least", ratio.least);
        json_number(json, "most", ratio.most);
        json_number(json, "ratio_of_cpu_time", cpu.median);
        json_end(json);
        return;
    }
    printf("%-8s %-8s %10.1f %8.2f  %5.2f to %5.2f", job->name, who, rate, ratio.median,
           ratio.least, ratio.most);
    if (!isnan(cpu.median))
        printf(" %9.2f", cpu.median);
    putchar('\n');
    fflush(stdout);
}

static void run_job(const struct job *job, int threads, int rounds, struct json_out *json)
{
    static struct spent spent[CONTESTANTS][MAX_ROUNDS];
    static double seconds[MAX_ROUNDS], ratio[MAX_ROUNDS], cpu[MAX_ROUNDS];

    run_threads(job, threads, run_bare, false); /* to have the files in memory */
    for (int r = 0; r < rounds; r++)
        for (int who = 0; who < CONTESTANTS; who++)
            spent[who][r] = r && isnan(spent[who][0].seconds) ? spent[who][0]
                                                              : contest(job, threads, who);
    for (int who = 0; who < CONTESTANTS; who++) {
        if (isnan(spent[who][0].seconds))
            continue;
        for (int r = 0; r < rounds; r++) {
            seconds[r] = spent[who][r].seconds;
            ratio[r] = spent[BARE][r].seconds / seconds[r];
            cpu[r] = spent[BARE][r].cpu / spent[who][r].cpu;
        }
        const double rate = (double)job->n * job->passes / summarise(seconds, rounds).median;
        print_row(job, contestants[who], rate, summarise(ratio, rounds),
                  summarise(cpu, rounds), json);
    }
}

static void make_job(struct job *job, int n, int width, int height, int grain)
{
    const char *tmp = getenv("TMPDIR");
    char *dir = mem_printf("%s/misid-bench.XXXXXX", tmp && *tmp ? tmp : "/tmp");

    if (!mkdtemp(dir)) {
        perror(dir);
        exit(2);
    }
    make_files(job, dir, n, width, height, grain);
    free(dir);
}

static void remove_job(struct job *job, bool files_too)
{
    char *dir = path_dirname(job->paths[0]);

    for (size_t i = 0; i < job->n; i++) {
        if (files_too)
            unlink(job->paths[i]);
        free(job->paths[i]);
    }
    if (files_too)
        rmdir(dir);
    free(dir);
    free(job->paths);
}

static int usage(void)
{
    fprintf(stderr, "usage: bench/perf/images [--json] [--rounds 1…%d] [--folder DIR]\n",
            MAX_ROUNDS);
    return 2;
}

int main(int argc, char **argv)
{
    static const struct option options[] = { { "json", no_argument, NULL, 'j' },
                                             { "rounds", required_argument, NULL, 'r' },
                                             { "folder", required_argument, NULL, 'f' },
                                             { NULL, 0, NULL, 0 } };
    struct job jobs[] = { { .name = "small", .passes = 2 },
                          { .name = "large", .max_side = 320, .passes = 1 },
                          { .name = "grainy", .max_side = 320, .passes = 1 } };
    const char *folder = NULL;
    int rounds = 5, threads = (int)sysconf(_SC_NPROCESSORS_ONLN), n_jobs = 3;
    bool as_json = false;

    for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (c == 'j')
            as_json = true;
        else if (c == 'r')
            rounds = atoi(optarg);
        else if (c == 'f')
            folder = optarg;
        else
            return usage();
    }
    if (rounds < 1 || rounds > MAX_ROUNDS || optind != argc)
        return usage();
    if (folder) {
        jobs[0].name = "folder";
        list_files(&jobs[0], folder);
        n_jobs = 1;
    } else {
        make_job(&jobs[0], 300, 250, 250, 0);
        make_job(&jobs[1], 6, 4000, 3000, 0);
        make_job(&jobs[2], 4, 4000, 3000, 24);
    }
    struct text text = TEXT_INIT;
    struct json_out json = json_out(&text), *to = as_json ? &json : NULL;
    if (as_json) {
        json_map(&json, NULL);
        json_string(&json, "bench", "images");
        json_int(&json, "threads", threads);
        json_int(&json, "rounds", rounds);
        json_list(&json, "results");
    } else {
        printf("on %d cores, medians of %d rounds\n%-8s %-8s %10s %8s  %-14s %9s\n", threads,
               rounds, "job", "by", "images/s", "of bare", "least to most", "CPU time");
    }
    for (int i = 0; i < n_jobs; i++) {
        run_job(&jobs[i], threads, rounds, to);
        if (!strcmp(jobs[i].name, "large")) {
            struct job larger = jobs[i];
            larger.name = "large640";
            larger.max_side = 640;
            run_job(&larger, threads, rounds, to);
        }
    }
    if (as_json) {
        json_end(&json);
        json_end(&json);
        puts(text.s);
    }
    text_release(&text);
    for (int i = 0; i < n_jobs; i++)
        remove_job(&jobs[i], !folder);
    return 0;
}
