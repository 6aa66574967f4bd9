/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdbool.h>

static bool runs(void)
{
    return true;
}

#define KERNEL kernel_scalar
#include "core/kernel_scalar.h"
