/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/point.h"

#include <stdio.h>
#include <string.h>

static const char fmr[] = "fmr=";

const char *point_of_fmr(char buf[POINT_MAX], double rate)
{
    char number[NUM_MAX];

    snprintf(buf, POINT_MAX, "%s%s", fmr, num_fewest(number, rate));
    return buf;
}

const char *point_spelled(struct arena *arena, const char *point)
{
    const char *at = point ? strstr(point, fmr) : NULL;
    char number[NUM_MAX], name[POINT_MAX];
    double rate;

    if (!at || (at > point && at[-1] != ' ' && at[-1] != ','))
        return point;
    size_t before = (size_t)(at - point), n = strcspn(at += strlen(fmr), ",");
    if (n >= sizeof number)
        return point;
    memcpy(number, at, n);
    number[n] = '\0';
    if (!num_parse_double(number, &rate))
        return point;
    return arena_printf(arena, "%.*s%s%s", (int)before, point, point_of_fmr(name, rate), at + n);
}
