/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * progress: how far a long piece of work is, on stderr: a bar with rate and time left on
 * a terminal, else a line every PROGRESS_LINE_S seconds. Work that is quicker than
 * that says nothing.
 *
 *     struct progress p;
 *     progress_begin(&p, "lbp", "images", quiet);
 *     … progress_show(&p, done, n) as often as one likes …
 *     progress_end(&p);
 */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>

#define PROGRESS_LINE_S 10

struct progress {
    const char *what, *unit;
    bool quiet, bar, drawn;
    double start, last; /* of clock_now() */
};

void progress_begin(struct progress *p, const char *what, const char *unit, bool quiet);
/* `p` is a struct progress; fits drive()'s callback. */
void progress_show(void *p, size_t done, size_t n);
void progress_end(struct progress *p);

#endif
