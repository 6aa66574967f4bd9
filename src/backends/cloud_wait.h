/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cloud_wait: how long a client of a service waits. Inside src/backends only; no state.
 */
#ifndef BACKENDS_CLOUD_WAIT_H
#define BACKENDS_CLOUD_WAIT_H

#include <stdbool.h>
#include <time.h>

#define WAIT_BASE 0.2          /* seconds */
#define WAIT_MOST 20

/* Seconds before the next try when `tries` (from 1) have failed: chance (in [0, 1)) times
 * min(WAIT_MOST, WAIT_BASE 2^tries), the "full jitter" of Brooker (2015), "Exponential
 * Backoff And Jitter", AWS Architecture Blog. */
double wait_backoff(unsigned tries, double chance);
/* Retry-After of RFC 9110, 10.2.3: seconds, or a date. False: it is neither. */
bool wait_retry_after(const char *value, time_t now, double *seconds);
/* What x-ratelimit-reset and its like say: seconds, or, past 10^9, seconds since 1970. */
bool wait_reset(const char *value, time_t now, double *seconds);

#endif
