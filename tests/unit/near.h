/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers that are equal but for rounding, or for the digits a paper prints. */
#ifndef NEAR_H
#define NEAR_H

#include <math.h>

#define assert_near(got, expected, within)                                      \
    do {                                                                        \
        double got_ = (got), expected_ = (expected);                            \
        if (!(fabs(got_ - expected_) <= (within)))                              \
            fail_msg("%s is %.15g, expected %.15g", #got, got_, expected_);     \
    } while (0)

#endif
