/* SPDX-License-Identifier: GPL-3.0-or-later */
/* clock: the one that never goes back (CLOCK_MONOTONIC), for durations and deadlines. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <time.h>

/* Seconds since some moment in the past, to a nanosecond. */
static inline double clock_now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

#endif
