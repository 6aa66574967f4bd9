/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The scalar kernel where fmaf() is an instruction; elsewhere on this machine it is a
 * function of the C library, a hundred times slower. */
#ifdef __x86_64__
#include <stdbool.h>

static bool runs(void)
{
    return __builtin_cpu_supports("fma");
}

#define COARSE_TARGET __attribute__((target("fma")))
#define COARSE_NAME coarse_scalar_fma
#include "core/coarse_scalar.h"
#endif
