/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdbool.h>

static bool runs(void)
{
    return true;
}

#define COARSE_TARGET
#define COARSE_NAME coarse_scalar
#include "core/coarse_scalar.h"
