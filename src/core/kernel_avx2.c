/* SPDX-License-Identifier: GPL-3.0-or-later */
/* 6 × 16 scores: 12 of the 16 registers hold sums, enough to keep two units busy whose
 * fused multiply-add takes 4 or 5 clock ticks. */
#ifdef __x86_64__
#include "core/kernel.h"

#include <immintrin.h>

static bool runs(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

#ifdef __clang__
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2,fma")
#endif
#include "core/vector_avx2.h"

#define VECTOR_LANES 8
#define ROWS 6
#define VECTORS 2
#define KERNEL_ROWS(X) X(0) X(1) X(2) X(3) X(4) X(5)
#define KERNEL_VECTORS(X, r) X(r, 0) X(r, 1)
#define KERNEL kernel_avx2
#define KERNEL_NAME "avx2"
#include "core/kernel_tile.h"
#ifdef __clang__
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#endif
