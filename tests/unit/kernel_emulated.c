/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The AVX-512 kernel on vectors in plain C, so that what it does is tested where there
 * is no such machine. */
#include <stdbool.h>

#ifdef __x86_64__
#ifdef __clang__
#pragma clang attribute push(__attribute__((target("fma"))), apply_to = function)
#else
#pragma GCC target("fma")
#endif
static bool runs(void)
{
    return __builtin_cpu_supports("fma");
}
#else
static bool runs(void)
{
    return true;
}
#endif

#define VECTOR_LANES 16
#include "core/vector_plain.h"

#define KERNEL kernel_emulated
#include "core/kernel_avx512.h"

#if defined(__x86_64__) && defined(__clang__)
#pragma clang attribute pop
#endif
