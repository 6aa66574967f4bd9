/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What tests of statistics begin with: numbers that are equal but for rounding, or
 * for the digits a paper prints. */
#ifndef NEAR_H
#define NEAR_H

#include <math.h>

#include "stats/methods.h"

#define assert_near(got, expected, within)                                      \
    do {                                                                        \
        double got_ = (got), expected_ = (expected);                            \
        if (!(fabs(got_ - expected_) <= (within)))                              \
            fail_msg("%s is %.15g, expected %.15g", #got, got_, expected_);     \
    } while (0)

/* A group's set-up. */
static inline int start_stats(void **state)
{
    (void)state;
    stats_start();
    return 0;
}

#endif
