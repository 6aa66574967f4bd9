/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/machine.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"

#define DOTS 64
#define LENGTH 512
#define SUMS 8
#define WIDTH 160
#define HEIGHT 120
#define MOST_THREADS 256
#define ROUNDS_BETWEEN_LOOKS 16 /* at the clock */

void machine_add_cpu(struct text *to)
{
    FILE *fp = fopen("/proc/cpuinfo", "r");
    size_t before = to->len, cap = 0;
    struct utsname u;
    char *data = NULL;

    while (fp && to->len == before && getline(&data, &cap, fp) >= 0)
        if (!strncmp(data, "model name", 10) && strchr(data, ':')) {
            char *name = strchr(data, ':') + 1;
            name += strspn(name, " \t");
            text_addn(to, name, strcspn(name, "\n"));
        }
    if (fp)
        fclose(fp);
    free(data);
    if (to->len == before)
        text_add(to, uname(&u) == 0 ? u.machine : "unknown");
}

static const char *instructions(void)
{
#if defined(__x86_64__)
    return __builtin_cpu_supports("avx512f") ? "avx512"
           : __builtin_cpu_supports("avx2")  ? "avx2"
                                             : "sse2";
#elif defined(__aarch64__)
    return "neon";
#else
    return "plain";
#endif
}

void machine_add_class(struct text *to)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);

    machine_add_cpu(to);
    text_addf(to, ", %ld processor%s, %s", processors, processors == 1 ? "" : "s",
              instructions());
}

struct yard {                /* what one thread works on */
    float a[DOTS][LENGTH], b[LENGTH];
    uint8_t picture[HEIGHT][WIDTH], half[HEIGHT / 2][WIDTH / 2];
    uint8_t quarter[HEIGHT / 4][WIDTH / 4];
    double seconds;          /* to work */
    double rounds, took;
    volatile float sink;     /* so that no work can be left out */
};

static void lay_out(struct yard *y)
{
    uint32_t v = 1;

    for (int i = 0; i < DOTS; i++)
        for (int k = 0; k < LENGTH; k++) {
            v = v * 1664525 + 1013904223;
            y->a[i][k] = (float)(v >> 8) * 0x1p-24f - .5f;
        }
    memcpy(y->b, y->a[DOTS / 2], sizeof y->b);
    for (int r = 0; r < HEIGHT; r++)
        for (int c = 0; c < WIDTH; c++) {
            v = v * 1664525 + 1013904223;
            y->picture[r][c] = (uint8_t)(v >> 24);
        }
}

static float dot(const float *a, const float *b)
{
    float sum[SUMS] = { 0 };

    for (int k = 0; k < LENGTH; k += SUMS)
        for (int s = 0; s < SUMS; s++)
            sum[s] += a[k + s] * b[k + s];
    return ((sum[0] + sum[1]) + (sum[2] + sum[3])) + ((sum[4] + sum[5]) + (sum[6] + sum[7]));
}

static void halve(const uint8_t *from, int width, int height, uint8_t *to)
{
    for (int r = 0; r + 1 < height; r += 2)
        for (int c = 0; c + 1 < width; c += 2) {
            const uint8_t *p = from + r * width + c;
            *to++ = (uint8_t)((p[0] + p[1] + p[width] + p[width + 1] + 2) >> 2);
        }
}

static void do_round(struct yard *y, unsigned round)
{
    float sum = 0;

    y->b[round % LENGTH] = y->a[round % DOTS][round % LENGTH];
    for (int i = 0; i < DOTS; i++)
        sum += dot(y->a[i], y->b);
    y->picture[round % HEIGHT][round % WIDTH] ^= 1;
    halve(y->picture[0], WIDTH, HEIGHT, y->half[0]);
    halve(y->half[0], WIDTH / 2, HEIGHT / 2, y->quarter[0]);
    y->sink = sum + y->quarter[round % (HEIGHT / 4)][0];
}

static void *work(void *arg)
{
    struct yard *y = arg;
    unsigned round = 0;
    double start = clock_now();

    do {
        for (int i = 0; i < ROUNDS_BETWEEN_LOOKS; i++)
            do_round(y, round++);
        y->took = clock_now() - start;
    } while (y->took < y->seconds);
    y->rounds = round;
    return NULL;
}

void calibrate(struct calibration *c, unsigned threads, double seconds)
{
    unsigned n = threads < 1 ? 1 : threads > MOST_THREADS ? MOST_THREADS : threads;
    struct yard *yards = mem_array(n, sizeof *yards);
    pthread_t *ids = mem_array(n, sizeof *ids);
    unsigned started = 0;
    double rate = 0;

    for (unsigned i = 0; i < n; i++) {
        lay_out(&yards[i]);
        yards[i].seconds = seconds;
    }
    while (started < n - 1 &&
           !pthread_create(&ids[started], NULL, work, &yards[started + 1]))
        started++;
    work(&yards[0]);
    for (unsigned i = 0; i < started; i++)
        pthread_join(ids[i], NULL);
    for (unsigned i = 0; i <= started; i++)
        rate += yards[i].rounds / yards[i].took;
    c->rounds += rate * seconds;
    c->seconds += seconds;
    free(yards);
    free(ids);
}

double calibration_rate(const struct calibration *c)
{
    return c->seconds > 0 ? c->rounds / c->seconds : NAN;
}
