/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * kernel_avx512: 8 × 48 scores: 24 of the 32 registers hold sums. A machine that has
 * AVX-512 is not always at hand; so the tests include this after vector_plain.h with
 * 16 lanes, and hold what it does to scorer_pair() anywhere.
 */
#define ROWS 8
#define VECTORS 3
#define KERNEL_ROWS(X) X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7)
#define KERNEL_VECTORS(X, r) X(r, 0) X(r, 1) X(r, 2)
#define KERNEL_NAME "avx512"

#include "core/kernel_tile.h"
