/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What tests of statistics begin with. */
#ifndef NEAR_H
#define NEAR_H

#include "stats/methods.h"
#include "test.h"

/* One of the tables in tests/data. */
static inline FILE *open_data(const char *name)
{
    const char *source = getenv("SRCDIR");
    char path[4096];

    snprintf(path, sizeof path, "%s/tests/data/%s", source ? source : ".", name);
    FILE *f = fopen(path, "r");
    if (!f)
        fail_msg("cannot open %s (set SRCDIR to the source tree)", path);
    return f;
}

/* A group's set-up. */
static inline int start_stats(void **state)
{
    (void)state;
    stats_start();
    return 0;
}

#endif
