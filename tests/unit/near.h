/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What tests of statistics begin with. */
#ifndef NEAR_H
#define NEAR_H

#include "stats/methods.h"
#include "test.h"

/* A group's set-up. */
static inline int start_stats(void **state)
{
    (void)state;
    stats_start();
    return 0;
}

#endif
