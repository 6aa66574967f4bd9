/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "backends/cloud_wait.h"

#include <math.h>

#include "base/text.h"

double wait_backoff(unsigned tries, double chance)
{
    return chance * fmin(WAIT_MOST, WAIT_BASE * ldexp(1, tries < 32 ? (int)tries : 32));
}

bool wait_retry_after(const char *value, time_t now, double *seconds)
{
    struct tm tm = { .tm_sec = 0 };

    if (num_parse_double(value, seconds))
        return *seconds >= 0;
    const char *end = strptime(value, "%a, %d %b %Y %H:%M:%S GMT", &tm);
    if (!end || *end)
        return false;
    *seconds = fmax(0, difftime(timegm(&tm), now));
    return true;
}

bool wait_reset(const char *value, time_t now, double *seconds)
{
    if (!num_parse_double(value, seconds) || *seconds < 0)
        return false;
    if (*seconds > 1e9)
        *seconds = fmax(0, *seconds - (double)now);
    return true;
}
