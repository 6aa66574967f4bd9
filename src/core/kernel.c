/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/kernel.h"

#include <stdlib.h>
#include <string.h>

const struct kernel *const kernels[] = {
#ifdef __x86_64__
    &kernel_avx512,
    &kernel_avx2,
    &kernel_scalar_fma,
#endif
#ifdef __aarch64__
    &kernel_neon,
#endif
    &kernel_scalar,
    NULL,
};

#define NAMES "scalar, avx2, avx512, neon"

const struct kernel *sweep_kernel(struct err *err)
{
    const char *name = getenv("MISID_ISA");
    bool known = false;

    for (const struct kernel *const *k = kernels; *k; k++) {
        const bool named = !name || !*name || !strcmp(name, (*k)->name);
        known |= named;
        if (named && (*k)->runs())
            return *k;
    }
    err_add(err, ERR_INPUT,
            known ? "MISID_ISA=%s: this machine has no such instructions"
                  : "MISID_ISA=%s: no such kernel is in this program (there are " NAMES ")",
            name);
    return NULL;
}
