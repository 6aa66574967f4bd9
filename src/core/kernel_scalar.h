/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * kernel_scalar: the kernel of one lane, in plain C. Included by the files that
 * compile it, for machines with and without an instruction for fmaf().
 */
#define VECTOR_LANES 1
#define ROWS 4
#define VECTORS 2
#define KERNEL_ROWS(X) X(0) X(1) X(2) X(3)
#define KERNEL_VECTORS(X, r) X(r, 0) X(r, 1)
#define KERNEL_NAME "scalar"

#include "core/vector_plain.h"
#include "core/kernel_tile.h"
