/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifdef __x86_64__
#include "core/kernel.h"

#include <immintrin.h>

static bool runs(void)
{
    return __builtin_cpu_supports("avx512f");
}

#ifdef __clang__
#pragma clang attribute push(__attribute__((target("avx512f,fma"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx512f,fma")
#endif
#include "core/vector_avx512.h"

#define VECTOR_LANES 16
#define KERNEL kernel_avx512
#include "core/kernel_avx512.h"
#ifdef __clang__
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#endif
