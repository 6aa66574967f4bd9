/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The scalar kernel where fmaf() is an instruction; elsewhere on this machine it is a
 * function of the C library, a hundred times slower. */
#ifdef __x86_64__
#include "core/kernel.h"

static bool runs(void)
{
    return __builtin_cpu_supports("fma");
}

#include <math.h>

#ifdef __clang__
#pragma clang attribute push(__attribute__((target("fma"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("fma")
#endif
#define KERNEL kernel_scalar_fma
#include "core/kernel_scalar.h"
#ifdef __clang__
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#endif
