/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/coarse.h"

#include <string.h>

const struct coarse *const coarses[] = {
#ifdef __x86_64__
    &coarse_avx512,
    &coarse_avx2,
    &coarse_scalar_fma,
#endif
#ifdef __aarch64__
    &coarse_neon,
#endif
    &coarse_scalar,
    NULL,
};

const struct coarse *coarse_of(const char *name)
{
    bool from = false;

    for (const struct coarse *const *c = coarses; *c; c++) {
        from |= !strcmp((*c)->name, name);
        if (from && (*c)->runs())
            return *c;
    }
    return &coarse_scalar;
}
