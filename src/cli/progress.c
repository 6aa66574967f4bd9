/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/progress.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"

#define BAR 24
#define SLOW_S .5 /* nothing is drawn of what is quicker */

void progress_begin(struct progress *p, const char *what, const char *unit, bool quiet)
{
    *p = (struct progress){ .what = what, .unit = unit, .quiet = quiet,
                            .bar = isatty(STDERR_FILENO) };
    p->start = p->last = clock_now();
}

/* "1:02:03", "2:03". */
static void format_time(char *to, size_t size, double s)
{
    long t = s < 1e7 ? (long)(s + .5) : 9999999;

    if (t >= 3600)
        snprintf(to, size, "%ld:%02ld:%02ld", t / 3600, t / 60 % 60, t % 60);
    else
        snprintf(to, size, "%ld:%02ld", t / 60, t % 60);
}

void progress_show(void *arg, size_t done, size_t n)
{
    struct progress *p = arg;
    double now = clock_now(), spent = now - p->start, rate = spent > 0 ? (double)done / spent : 0;
    char left[24], bar[BAR + 1];

    if (p->quiet || spent < SLOW_S || !n ||
        (!p->bar && now - p->last < PROGRESS_LINE_S))
        return;
    p->last = now;
    format_time(left, sizeof left, rate > 0 ? (double)(n - done) / rate : 0);
    if (!p->bar) {
        fprintf(stderr, "%s: %zu of %zu %s, %.3g a second, %s left\n", p->what, done, n,
                p->unit, rate, left);
        return;
    }
    size_t full = done * BAR / n;
    memset(bar, ' ', BAR);
    memset(bar, '#', full);
    bar[BAR] = '\0';
    fprintf(stderr, "\r\033[K%s [%s] %zu/%zu %s, %.3g/s, %s left", p->what, bar, done, n,
            p->unit, rate, left);
    p->drawn = true;
}

void progress_end(struct progress *p)
{
    if (p->drawn)
        fputs("\r\033[K", stderr);
    p->drawn = false;
}
