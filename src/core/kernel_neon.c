/* SPDX-License-Identifier: GPL-3.0-or-later */
/* 8 × 12 scores: 24 of the 32 registers hold sums. Every 64-bit ARM has NEON. */
#ifdef __aarch64__
#include "core/kernel.h"

#include "core/vector_neon.h"

static bool runs(void)
{
    return true;
}

#define VECTOR_LANES 4
#define ROWS 8
#define VECTORS 3
#define KERNEL_ROWS(X) X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7)
#define KERNEL_VECTORS(X, r) X(r, 0) X(r, 1) X(r, 2)
#define KERNEL kernel_neon
#define KERNEL_NAME "neon"
#include "core/kernel_tile.h"
#endif
